import { App, CfnOutput, Stack, aws_ec2 as ec2, aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import { KarpenterInfrastructure } from '../../lib/eks/karpenter-infrastructure';
import { describeCluster } from '../../lib/eks/private/cluster-facts';
import { clusterHome, namedCluster, namedKarpenter, outputOf, ownKarpenter } from '../support/controllers';
import { expectFailure } from '../support/errors';
import { Template, newApp, warnings } from '../support/fixture';
import { allows, permissionsOf } from '../support/iam';
import { idOf } from '../support/resources';

const INSTANCE = 'arn:aws:ec2:eu-west-1:111122223333:instance/i-1';

describe('the network', () => {
  test('may be narrowed', () => {
    const { karpenter, vpc, resolve } = ownKarpenter(({ vpc: { availabilityZones } }) => ({
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, availabilityZones: [availabilityZones[1]] },
    }));
    expect(resolve(karpenter.nodeClass.subnetSelectorTerms)).toEqual([{ id: resolve(vpc.privateSubnets[1].subnetId) }]);
  });

  test('is that of isolated subnets where there are no others', () => {
    const stack = new Stack(newApp(), 'Shop');
    const vpc = new ec2.Vpc(stack, 'Vpc', {
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'In', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
    });
    const cluster = eks.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop' });
    const { nodeClass } = new KarpenterInfrastructure(stack, 'Karpenter', { cluster, vpc });
    expect(stack.resolve(nodeClass.subnetSelectorTerms)).toEqual(
      vpc.isolatedSubnets.map(({ subnetId }) => ({ id: stack.resolve(subnetId) })),
    );
    expect(vpc.isolatedSubnets.length).toBeGreaterThan(0);
  });

  test('is found by tags where nothing is known but the name of the cluster', () => {
    const { karpenter } = namedKarpenter();
    expect(karpenter.nodeClass).toMatchObject({
      subnetSelectorTerms: [{ tags: { 'karpenter.sh/discovery': 'shop' } }],
      securityGroupSelectorTerms: [{ tags: { 'aws:eks:cluster-name': 'shop' } }],
    });
    expect(karpenter.discoveryTags).toEqual({ 'karpenter.sh/discovery': 'shop' });
  });

  test('is found by ids where an imported cluster knows them', () => {
    const stack = new Stack(newApp(), 'Shop');
    const cluster = eks.Cluster.fromClusterAttributes(stack, 'Cluster', {
      clusterName: 'shop',
      clusterSecurityGroupId: 'sg-1',
    });
    const karpenter = new KarpenterInfrastructure(stack, 'Karpenter', { cluster });
    expect(karpenter.nodeClass.securityGroupSelectorTerms).toEqual([{ id: 'sg-1' }]);
  });
});

describe('clusters', () => {
  test('of another stack get nothing but outputs, and there is no cycle', () => {
    const app = newApp();
    const { stack: there, cluster } = clusterHome(app);
    const stack = new Stack(app, 'Shop');
    const karpenter = new KarpenterInfrastructure(stack, 'Karpenter', { cluster });
    new CfnOutput(stack, 'NodeClass', { value: stack.toJsonString(karpenter.nodeClass) });
    app.synth();
    const alone = Template.fromStack(clusterHome(newApp()).stack).toJSON().Resources;
    expect(Template.fromStack(there).toJSON().Resources).toEqual(alone);
    expect(stack.dependencies).toEqual([there]);
    const name = outputOf('RefCluster');
    expect(stack.resolve(karpenter.helmValues)).toMatchObject({ settings: { clusterName: name } });
    const [policy] = karpenter.policies;
    expect(stack.resolve(policy.policyDocument)['Fn::Join'][1]).toContainEqual(name);
    expect(stack.resolve(karpenter.nodeClass)).toMatchObject({
      securityGroupSelectorTerms: [{ id: outputOf('ClusterSecurityGroupId') }],
    });
  });

  test('two of them share a stack', () => {
    const stack = new Stack(newApp(), 'Shop');
    ['one', 'two'].forEach((clusterName) => {
      const cluster = eks.Cluster.fromClusterAttributes(stack, `Cluster-${clusterName}`, { clusterName });
      new KarpenterInfrastructure(stack, clusterName, { cluster });
    });
    const template = Template.fromStack(stack);
    const ask = (role: string, cluster: string) =>
      allows(permissionsOf(template, role), {
        action: 'ec2:TerminateInstances',
        resource: INSTANCE,
        context: {
          [`aws:ResourceTag/kubernetes.io/cluster/${cluster}`]: 'owned',
          'aws:ResourceTag/karpenter.sh/nodepool': 'default',
        },
      });
    expect([ask('one', 'one'), ask('one', 'two'), ask('two', 'one'), ask('two', 'two')]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    template.resourceCountIs('AWS::SQS::Queue', 2);
    template.resourceCountIs('AWS::EKS::AccessEntry', 2);
  });

  test('with Auto Mode have it built in: a warning', () => {
    const { stack, cluster } = namedCluster();
    describeCluster(cluster, { autoMode: true });
    new KarpenterInfrastructure(stack, 'Karpenter', { cluster });
    expect(warnings(stack)).toEqual([
      expect.stringMatching(
        /^'Shop\/Cluster' is a cluster with EKS Auto Mode, which starts nodes for pods by itself: leave 'Shop\/Karpenter' out, .*\[ack: Annotation::cdk-containers:KarpenterOnAutoMode\]$/,
      ),
    ]);
  });

  test('with a name that is a token work', () => {
    const { karpenter, resolve, cluster } = ownKarpenter();
    expect(resolve(karpenter.discoveryTags)).toEqual({ 'karpenter.sh/discovery': { Ref: idOf(cluster) } });
  });
});

describe('bad input', () => {
  test('fails when the cluster has nothing but Fargate, and irsa is not set', () => {
    const { stack, cluster } = namedCluster();
    describeCluster(cluster, { fargateOnly: true });
    expectFailure(
      () => new KarpenterInfrastructure(stack, 'Karpenter', { cluster, irsa: false }),
      "irsa must be true for 'Shop/Cluster', which has nothing but Fargate, where there is no Pod Identity, got false: set it, or give the cluster nodes",
    );
  });

  test('fails when vpcSubnets come without a network', () => {
    expectFailure(
      () => namedKarpenter({ vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } }),
      "vpcSubnets must come with vpc for a cluster that was imported without one, got 'Shop/Cluster': pass vpc, or leave vpcSubnets out and tag the subnets",
    );
  });

  test('fails when the subnets are public', () => {
    expectFailure(
      () => ownKarpenter(() => ({ vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } })),
      'vpcSubnets must not be public, because nodes there would have public addresses, or reach nothing: leave it out for the private subnets',
    );
  });

  test('fails when no subnets are selected', () => {
    expectFailure(
      () => ownKarpenter(() => ({ vpcSubnets: { subnets: [] } })),
      'vpcSubnets must select at least one subnet, got none: leave it out for the private subnets',
    );
  });

  test('fails when the VPC has public subnets only', () => {
    const stack = new Stack(newApp(), 'Shop');
    const vpc = new ec2.Vpc(stack, 'Vpc', {
      natGateways: 0,
      subnetConfiguration: [{ name: 'Out', subnetType: ec2.SubnetType.PUBLIC }],
    });
    const cluster = eks.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop' });
    expectFailure(
      () => new KarpenterInfrastructure(stack, 'Karpenter', { cluster, vpc }),
      'nodes need private subnets, and the VPC has none: use a VPC with private subnets',
    );
  });

  test('fails when the VPC is another than that of the cluster', () => {
    expectFailure(
      () => ownKarpenter(({ stack }) => ({ vpc: new ec2.Vpc(stack, 'Other') })),
      "vpc must be that of the cluster, 'Home/Vpc', got 'Home/Other': leave it out",
    );
  });

  test('fails when nodeAccess is false without a role', () => {
    expectFailure(
      () => namedKarpenter({ nodeAccess: false }),
      'nodeAccess must not be false without nodeRole, because nothing else lets the role that is made here in: leave it out',
    );
  });

  test.each(['allowSessions', 'allowNetworking'])('fails when %s is given beside a role', (name) => {
    const stack = new Stack(newApp(), 'Roles');
    const nodeRole = iam.Role.fromRoleArn(stack, 'Nodes', 'arn:aws:iam::111122223333:role/nodes');
    expectFailure(
      () => namedKarpenter({ nodeRole, [name]: false }),
      `${name} must be left out beside nodeRole, got false: give a role of yours what it needs`,
    );
  });

  test('fails when a service account has two of them', () => {
    expectFailure(() => {
      const { stack, cluster } = namedKarpenter();
      new KarpenterInfrastructure(stack, 'Second', { cluster });
    }, /karpenter/);
  });

  test('fails when the cluster is in another region', () => {
    const app = new App();
    const there = new Stack(app, 'There', { env: { account: '111122223333', region: 'eu-west-1' } });
    const away = new Stack(app, 'Away', { env: { account: '111122223333', region: 'us-east-1' } });
    const cluster = eks.Cluster.fromClusterAttributes(there, 'Cluster', { clusterName: 'shop' });
    expectFailure(
      () => new KarpenterInfrastructure(away, 'Karpenter', { cluster }),
      "the cluster 'There/Cluster' must be in the region of 'Away/Karpenter', us-east-1, got eu-west-1: use one there",
    );
  });

  test.each(['irsa', 'nodeAccess', 'allowNetworking', 'allowSessions', 'interruption', 'zonalShift', 'isolatedVpc'])(
    'fails when %s is a string',
    (name) => {
      expectFailure(() => namedKarpenter({ [name]: 'false' }), `${name} must be true or false, got 'false'`);
    },
  );

  test.each([undefined, null])('fails when the cluster is %s', (cluster) => {
    const stack = new Stack(newApp(), 'Shop');
    expectFailure(
      () => new KarpenterInfrastructure(stack, 'Karpenter', { cluster: cluster as never }),
      `cluster must be given, got ${cluster}`,
    );
  });
});
