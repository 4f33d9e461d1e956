import { App, Stack, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { LoadBalancerControllerInfrastructure } from '../../lib/eks/load-balancer-controller-infrastructure';
import type { LoadBalancerControllerInfrastructureProps } from '../../lib/eks/load-balancer-controller-infrastructure';
import { describeCluster } from '../../lib/eks/private/cluster-facts';
import { clusterHome, loadBalancerController, namedCluster, networkedCluster, outputOf } from '../support/controllers';
import { expectFailure } from '../support/errors';
import { Template, newApp, only, warnings } from '../support/fixture';
import { allows, permissionsOf } from '../support/iam';
import { actionsOf, expectNothingInline, statementsOf } from '../support/policies';
import { once } from '../support/resources';

type Props = Partial<LoadBalancerControllerInfrastructureProps>;

const LOAD_BALANCER = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/k8s-shop/50dc';

describe('by default', () => {
  const made = once(() => {
    const { stack, controller } = loadBalancerController();
    return { stack, controller, template: Template.fromStack(stack) };
  });

  test('pods of the chart get the role by their service account', () => {
    const { template } = made();
    expect(only(template, 'AWS::EKS::PodIdentityAssociation').Properties).toMatchObject({
      ClusterName: 'shop',
      Namespace: 'kube-system',
      ServiceAccount: 'aws-load-balancer-controller',
      RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^LbcControllerRole/), 'Arn'] },
    });
    template.resourceCountIs('AWS::IAM::Role', 1);
    expectNothingInline(template);
  });

  test('the chart is told the cluster, the region, the network and the service account, and no more', () => {
    const { stack, controller } = made();
    expect(stack.resolve(controller.helmValues)).toEqual({
      clusterName: 'shop',
      region: { Ref: 'AWS::Region' },
      vpcId: 'vpc-0123',
      serviceAccount: { create: true, name: 'aws-load-balancer-controller' },
    });
  });

  test('there is no partition but that of the stack', () => {
    expect(JSON.stringify(made().template.toJSON())).not.toContain('arn:aws');
  });

  test('there is no warning', () => {
    expect(warnings(made().stack)).toEqual([]);
  });
});

describe('what is not wanted', () => {
  test.each<[string, Props, RegExp, Record<string, unknown>]>([
    ['web ACLs', { allowWebAcls: false }, /^waf|SetWebAcl/, { enableWaf: false, enableWafv2: false }],
    ['Shield', { allowShield: false }, /^shield/, { enableShield: false }],
    ['Cognito', { allowCognito: false }, /^cognito/, {}],
  ])('without %s the role is narrower, and the controller knows', (_what, props, gone, values) => {
    const { stack, controller } = loadBalancerController(props);
    const actionsWith = (more: Props) =>
      statementsOf(Template.fromStack(loadBalancerController(more).stack), 'LbcControllerRole')
        .flatMap(actionsOf)
        .sort();
    expect(actionsWith(props)).toEqual(actionsWith({}).filter((action) => !gone.test(action)));
    const { clusterName, region, vpcId, serviceAccount, ...rest } = stack.resolve(controller.helmValues);
    expect(rest).toEqual(values);
  });
});

describe('the service account', () => {
  test('may have another name and namespace', () => {
    const { stack, controller } = loadBalancerController({ namespace: 'ingress', serviceAccount: 'lbc' });
    expect(only(Template.fromStack(stack), 'AWS::EKS::PodIdentityAssociation').Properties).toMatchObject({
      Namespace: 'ingress',
      ServiceAccount: 'lbc',
    });
    expect(controller.helmValues.serviceAccount).toEqual({ create: true, name: 'lbc' });
  });

  test('has an annotation with irsa, and no association', () => {
    const { stack, controller } = loadBalancerController({ irsa: true, serviceAccount: 'lbc' });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EKS::PodIdentityAssociation', 0);
    const [[id]] = Object.entries(template.findResources('AWS::IAM::Role'));
    expect(stack.resolve(controller.helmValues.serviceAccount)).toEqual({
      create: true,
      name: 'lbc',
      annotations: { 'eks.amazonaws.com/role-arn': { 'Fn::GetAtt': [id, 'Arn'] } },
    });
    const trust = JSON.stringify(only(template, 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument);
    expect(trust).toContain('system:serviceaccount:kube-system:lbc');
    expect(allows(permissionsOf(template, id), { action: 'ec2:DescribeVpcs', resource: '*' })).toBe(true);
  });
});

describe('clusters', () => {
  test('of another stack get nothing but outputs, and there is no cycle', () => {
    const app = newApp();
    const { stack: home, cluster } = clusterHome(app);
    const stack = new Stack(app, 'Shop');
    const controller = new LoadBalancerControllerInfrastructure(stack, 'Lbc', { cluster });
    app.synth();
    const alone = Template.fromStack(clusterHome(newApp()).stack).toJSON().Resources;
    expect(Template.fromStack(home).toJSON().Resources).toEqual(alone);
    expect(stack.dependencies).toEqual([home]);
    expect(stack.resolve(controller.helmValues)).toMatchObject({
      clusterName: outputOf('RefCluster'),
      vpcId: outputOf('RefVpc'),
    });
  });

  test('two of them share a stack', () => {
    const stack = new Stack(newApp(), 'Shop');
    ['one', 'two'].forEach(
      (name) => new LoadBalancerControllerInfrastructure(stack, name, { cluster: networkedCluster(stack, name) }),
    );
    const template = Template.fromStack(stack);
    const ask = (role: string, cluster: string) =>
      allows(permissionsOf(template, role), {
        action: 'elasticloadbalancing:DeleteLoadBalancer',
        resource: LOAD_BALANCER,
        context: { 'aws:ResourceTag/elbv2.k8s.aws/cluster': cluster },
      });
    expect([ask('one', 'one'), ask('one', 'two'), ask('two', 'one'), ask('two', 'two')]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  test('imported by name need the network besides', () => {
    const { stack, cluster } = namedCluster();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-7', availabilityZones: ['a'] });
    const controller = new LoadBalancerControllerInfrastructure(stack, 'Lbc', { cluster, vpc });
    expect(controller.helmValues).toMatchObject({ clusterName: 'shop', vpcId: 'vpc-7' });
  });

  test('with Auto Mode have it built in: a warning', () => {
    const stack = new Stack(newApp(), 'Shop');
    const cluster = networkedCluster(stack);
    describeCluster(cluster, { autoMode: true });
    new LoadBalancerControllerInfrastructure(stack, 'Lbc', { cluster });
    expect(warnings(stack)).toEqual([
      expect.stringMatching(
        /^'Shop\/Cluster-shop' is a cluster with EKS Auto Mode, which makes load balancers by itself: leave 'Shop\/Lbc' out, .*\[ack: Annotation::cdk-containers:LoadBalancerControllerOnAutoMode\]$/,
      ),
    ]);
  });

  test('with Fargate only can have it with irsa', () => {
    const stack = new Stack(newApp(), 'Shop');
    const cluster = networkedCluster(stack);
    describeCluster(cluster, { fargateOnly: true });
    new LoadBalancerControllerInfrastructure(stack, 'Lbc', { cluster, irsa: true });
    expect(warnings(stack)).toEqual([]);
  });
});

describe('bad input', () => {
  test('fails when the cluster does not know its network', () => {
    const { stack, cluster } = namedCluster();
    expectFailure(
      () => new LoadBalancerControllerInfrastructure(stack, 'Lbc', { cluster }),
      "vpc must be given for a cluster that was imported without one, got 'Shop/Cluster': the controller needs to know where it makes load balancers",
    );
  });

  test('fails when the network is another one', () => {
    const stack = new Stack(newApp(), 'Shop');
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Other', { vpcId: 'vpc-9999', availabilityZones: ['a'] });
    expectFailure(
      () => new LoadBalancerControllerInfrastructure(stack, 'Lbc', { cluster: networkedCluster(stack), vpc }),
      'vpc must be that of the cluster, vpc-0123, got vpc-9999: leave it out',
    );
  });

  test('fails when the cluster has nothing but Fargate, and irsa is not set', () => {
    const stack = new Stack(newApp(), 'Shop');
    const cluster = networkedCluster(stack);
    describeCluster(cluster, { fargateOnly: true });
    expectFailure(
      () => new LoadBalancerControllerInfrastructure(stack, 'Lbc', { cluster }),
      "irsa must be true for 'Shop/Cluster-shop', which has nothing but Fargate, where there is no Pod Identity, got undefined: set it, or give the cluster nodes",
    );
  });

  test('fails when the cluster is in another region', () => {
    const app = new App();
    const home = new Stack(app, 'Home', { env: { account: '111122223333', region: 'eu-west-1' } });
    const away = new Stack(app, 'Away', { env: { account: '111122223333', region: 'us-east-1' } });
    expectFailure(
      () => new LoadBalancerControllerInfrastructure(away, 'Lbc', { cluster: networkedCluster(home), irsa: true }),
      "the cluster 'Home/Cluster-shop' must be in the region of 'Away/Lbc', us-east-1, got eu-west-1: use one there",
    );
  });

  test.each(['irsa', 'allowWebAcls', 'allowShield', 'allowCognito'])('fails when %s is a string', (name) => {
    expectFailure(() => loadBalancerController({ [name]: 'false' }), `${name} must be true or false, got 'false'`);
  });

  test.each([undefined, null])('fails when the cluster is %s', (cluster) => {
    const stack = new Stack(newApp(), 'Shop');
    expectFailure(
      () => new LoadBalancerControllerInfrastructure(stack, 'Lbc', { cluster: cluster as never }),
      `cluster must be given, got ${cluster}`,
    );
  });

  test('fails when a name is none of Kubernetes', () => {
    expectFailure(
      () => loadBalancerController({ serviceAccount: 'Not_A_Name' }),
      /serviceAccount must .*got 'Not_A_Name'/,
    );
  });
});
