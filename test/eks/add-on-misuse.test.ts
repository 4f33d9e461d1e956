import { aws_ec2 as ec2, aws_iam as iam, aws_s3 as s3, Stack } from 'aws-cdk-lib';
import { AddOn } from '../../lib/eks/add-on';
import { ClusterAddOn } from '../../lib/eks/cluster-add-on';
import { importedCluster, importingStack, newCluster } from '../support/add-ons';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { idOf } from '../support/resources';

const ARN = 'arn:aws:iam::123456789012:role/adot';
const wrong = (value: unknown) => value as never;
const subnet = (stack: Stack) =>
  ec2.Subnet.fromSubnetAttributes(stack, 'Subnet', { subnetId: 'subnet-1', availabilityZone: 'eu-west-1a' });

describe('fails when the options of an add-on', () => {
  const FACTORIES: [string, (options: never) => AddOn][] = [
    ['vpcCni', (options) => AddOn.vpcCni(options)],
    ['kubeProxy', (options) => AddOn.kubeProxy(options)],
    ['podIdentityAgent', (options) => AddOn.podIdentityAgent(options)],
    ['coreDns', (options) => AddOn.coreDns(options)],
    ['of', (options) => AddOn.of('adot', options)],
  ];
  const COMMON = 'version, configuration, resolveConflicts, preserveOnDelete';

  test.each(FACTORIES)('are none: %s', (name, make) => {
    for (const options of [null, 'v1.2.3-eksbuild.1', 5, true, []]) {
      const start = `the options of AddOn.${name} must be an object with ${COMMON}`;
      expectFailure(() => make(wrong(options)), new RegExp(`^${start}.*, got no object$`));
    }
  });

  test.each(FACTORIES)('have one that there is not: %s', (name, make) => {
    expectFailure(
      () => make(wrong({ vesion: 'v1' })),
      new RegExp(`^the options of AddOn.${name} must .*, got vesion$`),
    );
  });

  test.each<[string, () => AddOn, string | RegExp]>([
    [
      'say how many by a number',
      () => AddOn.coreDns({ scaling: wrong(4) }),
      'the options of scaling must be an object with minReplicas, maxReplicas, got no object',
    ],
    [
      'turn network policies on by true',
      () => AddOn.vpcCni({ networkPolicy: wrong(true) }),
      'the options of networkPolicy must be an object with strict, logs, got no object',
    ],
    [
      'have no custom networking',
      () => AddOn.vpcCni({ customNetworking: wrong(null) }),
      'the options of customNetworking must be an object with subnets, securityGroups, got no object',
    ],
    [
      'have ids of subnets',
      () => AddOn.vpcCni({ customNetworking: { subnets: wrong(['subnet-1']) } }),
      'subnet 1 of customNetworking must be a construct with a subnetId, got string: import it',
    ],
    [
      'have ids of security groups',
      () => AddOn.vpcCni({ customNetworking: { subnets: [subnet(new Stack())], securityGroups: wrong(['sg-1']) } }),
      'security group 1 of customNetworking must be a construct with a securityGroupId, got string: import it',
    ],
    [
      'have an ARN for a role',
      () => AddOn.vpcCni({ role: wrong(ARN) }),
      `role of AddOn.vpcCni() ${noRole(`'${ARN}'`)}`,
    ],
    [
      'have something else for a role',
      () => AddOn.vpcCni({ serviceAccountRole: wrong({}) }),
      `serviceAccountRole of AddOn.vpcCni() ${noRole('something else')}`,
    ],
    [
      'have null for a role',
      () => AddOn.of('adot', { serviceAccountRole: wrong(null) }),
      `serviceAccountRole of the add-on 'adot' ${noRole('null')}`,
    ],
    [
      'have an ARN for the role of a service account',
      () => AddOn.of('adot', { identities: [{ serviceAccount: 'adot', role: wrong(ARN) }] }),
      `role of 'adot' ${noRole(`'${ARN}'`)}`,
    ],
    [
      'have names of policies',
      () =>
        AddOn.of('adot', { identities: [{ serviceAccount: 'adot', managedPolicies: wrong(['AWSXrayFullAccess']) }] }),
      "managedPolicies of 'adot' must be policies such as iam.ManagedPolicy.fromAwsManagedPolicyName(…), got something else",
    ],
    [
      'have JSON of statements',
      () => AddOn.of('adot', { identities: [{ serviceAccount: 'adot', statements: wrong([{ Effect: 'Allow' }]) }] }),
      "statements of 'adot' must be of type iam.PolicyStatement, got something else",
    ],
  ])('%s', (_what, run, message) => expectFailure(run, message));

  function noRole(got: string): string {
    return `must be a role such as iam.Role.fromRoleArn(…), got ${got}: leave it out, or import the role`;
  }
});

describe('ClusterAddOn', () => {
  test.each([null, undefined])('fails when it comes after %s', (nothing) => {
    const { stack, cluster } = importingStack();
    const props = { cluster, addOn: AddOn.coreDns(), after: wrong([nothing]) };
    expectFailure(
      () => new ClusterAddOn(stack, 'Dns', props),
      `what an add-on comes after must be given, got ${String(nothing)}`,
    );
    expectFailure(() => new ClusterAddOn(stack, 'None', wrong(nothing)), /^properties must be given/);
  });

  test('fails when the cluster is in another region, also where it has a name', () => {
    const app = newApp();
    const env = (region: string) => ({ env: { account: '111122223333', region } });
    const cluster = newCluster(new Stack(app, 'There', env('eu-west-1')), { clusterName: 'live' });
    expectFailure(
      () => new ClusterAddOn(new Stack(app, 'Here', env('us-east-1')), 'Dns', { cluster, addOn: AddOn.coreDns() }),
      "the cluster 'There/Cluster' must be in the region of 'Here/Dns', us-east-1, got eu-west-1: use one there",
    );
  });
});

describe('a role of the user', () => {
  test.each<[string, (role: iam.IRole) => AddOn]>([
    ['by Pod Identity', (role) => AddOn.of('adot', { identities: [{ serviceAccount: 'adot', role }] })],
    ['by OpenID Connect', (serviceAccountRole) => AddOn.of('adot', { serviceAccountRole })],
    ['of the network plugin', (role) => AddOn.vpcCni({ role })],
  ])('has its policies before pods start: %s', (_how, addOn) => {
    const { stack, cluster } = importingStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('pods.eks.amazonaws.com') });
    new ClusterAddOn(stack, 'AddOn', { cluster, addOn: addOn(role) });
    new s3.Bucket(stack, 'Bucket').grantRead(role);
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::EKS::Addon').DependsOn).toContain(only(template, 'AWS::IAM::Policy').id);
  });

  test('of another stack is not waited for, whose stack may need the add-on', () => {
    const app = newApp();
    const [roles, home] = [new Stack(app, 'Roles'), new Stack(app, 'Home')];
    const role = new iam.Role(roles, 'Role', { assumedBy: new iam.ServicePrincipal('pods.eks.amazonaws.com') });
    const addOn = AddOn.of('adot', { identities: [{ serviceAccount: 'adot', role }] });
    const { addon } = new ClusterAddOn(home, 'AddOn', { cluster: importedCluster(home), addOn });
    expect(only(Template.fromStack(home), 'AWS::EKS::Addon')).toMatchObject({ id: idOf(addon) });
    expect(addon.node.dependencies.map(({ node }) => node.path)).not.toContain(role.node.path);
  });
});
