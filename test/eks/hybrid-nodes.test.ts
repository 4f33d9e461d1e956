import { CfnParameter, Stack, aws_ec2 as ec2, aws_eks_v2 as eks } from 'aws-cdk-lib';
import { HybridNodes } from '../../lib/eks/hybrid-nodes';
import type { HybridNodesProps } from '../../lib/eks/hybrid-nodes';
import { HybridCredentials } from '../../lib/identity/hybrid-credentials';
import { HybridNodeRole } from '../../lib/identity/hybrid-node-role';
import { NodeRole } from '../../lib/identity/node-role';
import { expectFailure } from '../support/errors';
import { newApp, Template, warnings } from '../support/fixture';
import { idOf, lenientApp, once, resourceOf } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const REMOTE = {
  remoteNodeNetworks: [{ cidrs: ['192.168.64.0/18'] }],
  remotePodNetworks: [{ cidrs: ['192.168.128.0/17'] }],
};

/** A cluster of somebody who uses the L2 alone. */
function newCluster(scope: Stack, props: Partial<eks.ClusterProps> = {}): eks.Cluster {
  return new eks.Cluster(scope, 'K8s', {
    version: eks.KubernetesVersion.V1_34,
    endpointAccess: eks.EndpointAccess.PRIVATE,
    defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
    defaultCapacity: 0,
    ...props,
  });
}

function imported() {
  const stack = new Stack(lenientApp(), 'Shop');
  return { stack, cluster: eks.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'theirs' }) };
}

function made(props: Partial<HybridNodesProps> = {}) {
  const { stack, cluster } = imported();
  const nodes = new HybridNodes(stack, 'Site', { cluster, ...props });
  return { stack, cluster, nodes, template: Template.fromStack(stack) };
}

const plain = once(made);

describe('HybridNodes', () => {
  test('lets the role of the nodes into a cluster that is known by its name', () => {
    const { template, nodes } = plain();
    expect(resourceOf(template, nodes.accessEntry)).toMatchObject({
      Type: 'AWS::EKS::AccessEntry',
      Properties: {
        ClusterName: 'theirs',
        PrincipalArn: { 'Fn::GetAtt': [idOf(nodes.role.role), 'Arn'] },
        Type: 'HYBRID_LINUX',
      },
    });
    expect(nodes.accessEntry.accessPolicies).toBeUndefined();
    expect(nodes.accessEntry.kubernetesGroups).toBeUndefined();
  });

  test('makes an identity, an entry and nothing else', () => {
    const { template } = plain();
    const types = Object.values<{ Type: string }>(template.toJSON().Resources).map(({ Type }) => Type);
    expect(types.sort()).toEqual(['AWS::EKS::AccessEntry', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::Role']);
  });

  test('uses Systems Manager unless told otherwise', () => {
    const { stack, nodes } = plain();
    expect(stack.resolve(nodes.nodeConfig)).toEqual({
      apiVersion: 'node.eks.aws/v1alpha1',
      kind: 'NodeConfig',
      spec: {
        cluster: { name: 'theirs', region: { Ref: 'AWS::Region' } },
        hybrid: {
          ssm: { activationCode: 'ACTIVATION_CODE', activationId: 'ACTIVATION_ID' },
          enableCredentialsFile: true,
        },
      },
    });
    expect(nodes.activationCommand).toBe(nodes.role.activationCommand);
    expect(nodes.activationCommand).toContain('aws ssm create-activation');
  });

  test('uses certificates where told, and tells nodes where to show them', () => {
    const { stack, nodes } = made({ credentials: HybridCredentials.rolesAnywhere({ certificateBundle: PEM }) });
    expect(stack.resolve(nodes.nodeConfig)).toMatchObject({
      spec: {
        hybrid: {
          iamRolesAnywhere: {
            nodeName: 'NODE_NAME',
            trustAnchorArn: { 'Fn::GetAtt': [idOf(nodes.role.trustAnchor!), 'TrustAnchorArn'] },
            profileArn: { 'Fn::GetAtt': [idOf(nodes.role.profile!), 'ProfileArn'] },
            roleArn: { 'Fn::GetAtt': [idOf(nodes.role.role), 'Arn'] },
            certificatePath: '/etc/iam/pki/server.pem',
            privateKeyPath: '/etc/iam/pki/server.key',
          },
          enableCredentialsFile: true,
        },
      },
    });
    expect(nodes.activationCommand).toBeUndefined();
  });

  test('takes a role of its cluster', () => {
    const { stack, cluster } = imported();
    const credentials = HybridCredentials.systemsManager();
    const role = new HybridNodeRole(stack, 'Role', { cluster, credentials, path: '/sites/', allowPodIdentity: false });
    const nodes = new HybridNodes(stack, 'Site', { cluster, role });
    expect(nodes.role).toBe(role);
    expect(stack.resolve(nodes.nodeConfig)).toMatchObject({ spec: { hybrid: { ssm: {} } } });
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 1);
  });

  test('shares the entry of a role among several', () => {
    const { stack, cluster } = imported();
    const role = new HybridNodeRole(stack, 'Role', { cluster, credentials: HybridCredentials.systemsManager() });
    const [one, two] = ['One', 'Two'].map((id) => new HybridNodes(stack, id, { cluster, role }));
    expect(one.accessEntry).toBe(two.accessEntry);
    Template.fromStack(stack).resourceCountIs('AWS::EKS::AccessEntry', 1);
  });

  test('fails when both a role and credentials are given', () => {
    const { stack, cluster } = imported();
    const credentials = HybridCredentials.systemsManager();
    const role = new HybridNodeRole(stack, 'Role', { cluster, credentials });
    expectFailure(
      () => new HybridNodes(stack, 'Site', { cluster, role, credentials }),
      'credentials must be left out beside role, which has its own, got both',
    );
  });

  test('fails when the role is of another cluster', () => {
    const { stack, cluster } = imported();
    const other = eks.Cluster.fromClusterAttributes(stack, 'Others', { clusterName: 'others' });
    const role = new HybridNodeRole(stack, 'Role', { cluster: other, credentials: HybridCredentials.systemsManager() });
    expectFailure(
      () => new HybridNodes(stack, 'Site', { cluster, role }),
      "role must be a HybridNodeRole of the cluster 'Shop/Theirs', got one of 'Shop/Others': make one for it",
    );
  });

  test('fails when the role is of other nodes', () => {
    const { stack, cluster } = imported();
    expectFailure(
      () => new HybridNodes(stack, 'Site', { cluster, role: new NodeRole(stack, 'Role') as never }),
      "role must be a HybridNodeRole of the cluster 'Shop/Theirs', got another role: make one for it",
    );
  });

  test.each([undefined, null])('fails when the cluster is %s', (cluster) => {
    const { stack } = imported();
    const message = `cluster must be given, got ${String(cluster)}`;
    expectFailure(() => new HybridNodes(stack, 'Site', { cluster: cluster as never }), message);
  });

  test('fails when no properties are given', () => {
    expectFailure(() => new HybridNodes(imported().stack, 'Site', undefined as never), /^cluster must be given/);
  });
});

describe('the cluster', () => {
  test('of this app knows the networks of the nodes', () => {
    const stack = new Stack(lenientApp(), 'Shop');
    const cluster = newCluster(stack, REMOTE);
    const { accessEntry } = new HybridNodes(stack, 'Site', { cluster });
    const template = Template.fromStack(stack);
    expect(resourceOf(template, accessEntry).Properties.ClusterName).toEqual({ Ref: idOf(cluster) });
    expect(warnings(stack)).toEqual([]);
  });

  test('gets no rules for its security group, which EKS makes itself', () => {
    const stack = new Stack(newApp(), 'Shop');
    const cluster = newCluster(stack, REMOTE);
    const before = stack.node.findAll().length;
    const nodes = new HybridNodes(stack, 'Site', { cluster });
    const after = stack.node.findAll().length;
    expect(after - before).toBe(nodes.node.findAll().length + 1);
    Template.fromStack(stack).resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('fails when it has no remote networks', () => {
    const stack = new Stack(newApp(), 'Shop');
    expectFailure(
      () => new HybridNodes(stack, 'Site', { cluster: newCluster(stack) }),
      "the cluster 'Shop/K8s' must have remoteNodeNetworks, the addresses of the nodes outside AWS, got none: set them on the cluster, with remotePodNetworks if its pods are reached",
    );
  });

  test('fails when it is IPv6', () => {
    const stack = new Stack(newApp(), 'Shop');
    const vpc = new ec2.Vpc(stack, 'Vpc', { ipProtocol: ec2.IpProtocol.DUAL_STACK });
    const cluster = newCluster(stack, { vpc, ipFamily: eks.IpFamily.IP_V6 });
    expectFailure(
      () => new HybridNodes(stack, 'Site', { cluster }),
      "the cluster 'Shop/K8s' must use IPv4, because hybrid nodes know no other, got IPv6: make them a cluster of their own",
    );
  });

  test('fails when it is imported as IPv6', () => {
    const { stack } = imported();
    const ipFamily = eks.IpFamily.IP_V6;
    const cluster = eks.Cluster.fromClusterAttributes(stack, 'Six', { clusterName: 'six', ipFamily });
    expectFailure(() => new HybridNodes(stack, 'Site', { cluster }), /^the cluster 'Shop\/Six' must use IPv4/);
  });

  test('fails when its networks overlap', () => {
    const stack = new Stack(newApp(), 'Shop');
    const remotePodNetworks = [{ cidrs: ['192.168.64.0/24'] }];
    const cluster = newCluster(stack, { ...REMOTE, remotePodNetworks });
    expectFailure(
      () => new HybridNodes(stack, 'Site', { cluster }),
      /^remotePodNetworks must not overlap with remoteNodeNetworks, got 192.168.64.0\/24 and 192.168.64.0\/18/,
    );
  });

  test('fails when its networks overlap with its services', () => {
    const stack = new Stack(newApp(), 'Shop');
    const cluster = newCluster(stack, { ...REMOTE, serviceIpv4Cidr: '192.168.64.0/24' });
    expectFailure(() => new HybridNodes(stack, 'Site', { cluster }), /must not overlap with the addresses of services/);
  });

  test('fails when there are more than 15 networks', () => {
    const stack = new Stack(newApp(), 'Shop');
    const cidrs = Array.from({ length: 16 }, (_, index) => `192.168.${index}.0/24`);
    const cluster = newCluster(stack, { remoteNodeNetworks: [{ cidrs }] });
    expectFailure(() => new HybridNodes(stack, 'Site', { cluster }), /must be between 0 and 15, got 16$/);
  });

  test('fails when nobody joins by an access entry', () => {
    const stack = new Stack(newApp(), 'Shop');
    const cluster = newCluster(stack, REMOTE);
    const resource = cluster.node.defaultChild as eks.CfnCluster;
    resource.accessConfig = { authenticationMode: 'CONFIG_MAP' };
    expectFailure(() => new HybridNodes(stack, 'Site', { cluster }), /^the authentication mode of the cluster/);
  });

  test('is not judged where it holds tokens', () => {
    const stack = new Stack(newApp(), 'Shop');
    const list = new CfnParameter(stack, 'Networks', { type: 'CommaDelimitedList' }).valueAsList;
    const cluster = newCluster(stack, { remoteNodeNetworks: [{ cidrs: list }] });
    expect(() => new HybridNodes(stack, 'Site', { cluster })).not.toThrow();
  });

  test.each([
    [eks.EndpointAccess.PUBLIC_AND_PRIVATE, 1],
    [eks.EndpointAccess.PUBLIC, 0],
    [eks.EndpointAccess.PRIVATE, 0],
  ])('warns when its endpoint is both public and private', (endpointAccess, count) => {
    const stack = new Stack(lenientApp(), 'Shop');
    new HybridNodes(stack, 'Site', { cluster: newCluster(stack, { ...REMOTE, endpointAccess }) });
    expect(warnings(stack)).toEqual(
      Array(count).fill(
        "the endpoint of the cluster of 'Shop/Site' is public and private: outside the VPC its name leads to the public addresses, over which nodes may not get in. Make it one of the two. [ack: Annotation::cdk-containers:HybridNodesEndpoint]",
      ),
    );
  });

  test('warns in a region without hybrid nodes', () => {
    const stack = new Stack(lenientApp(), 'Shop', { env: { account: '111122223333', region: 'cn-north-1' } });
    const cluster = eks.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'theirs' });
    new HybridNodes(stack, 'Site', { cluster });
    expect(warnings(stack)).toEqual([
      'EKS was not known to have hybrid nodes in cn-north-1 when this library was made: use another region, or acknowledge this if they have come. [ack: Annotation::cdk-containers:HybridNodesRegion]',
    ]);
  });

  test('of another stack is used without changing it', () => {
    const app = newApp();
    const home = new Stack(app, 'Home');
    const cluster = newCluster(home, REMOTE);
    const stack = new Stack(app, 'Shop');
    new HybridNodes(stack, 'Site', {
      cluster,
      credentials: HybridCredentials.rolesAnywhere({ certificateBundle: PEM }),
    });
    app.synth();
    expect(stack.dependencies).toEqual([home]);
    expect(home.dependencies).toEqual([]);
    Template.fromStack(home).resourceCountIs('AWS::EKS::AccessEntry', 0);
  });

  test('fails when it is in another account', () => {
    const app = newApp();
    const env = { account: '111122223333', region: 'eu-west-1' };
    const home = new Stack(app, 'Home', { env });
    const cluster = eks.Cluster.fromClusterAttributes(home, 'Theirs', { clusterName: 'theirs' });
    const stack = new Stack(app, 'Shop', { env: { ...env, account: '444455556666' } });
    expectFailure(
      () => new HybridNodes(stack, 'Site', { cluster }),
      "the cluster 'Home/Theirs' must be in the account of 'Shop/Site', 444455556666, got 111122223333: use one there",
    );
  });
});

test('passes every validator', () => {
  const app = lenientApp(STRICT);
  const stack = new Stack(app, 'Shop');
  const [one, two] = ['One', 'Two'].map((id) =>
    eks.Cluster.fromClusterAttributes(stack, `${id}K8s`, { clusterName: id.toLowerCase() }),
  );
  new HybridNodes(stack, 'One', { cluster: one });
  new HybridNodes(stack, 'Two', {
    cluster: two,
    credentials: HybridCredentials.rolesAnywhere({ certificateBundle: PEM }),
  });
  const verdict = validate(app);
  expect(verdict.open).toEqual([]);
  const acknowledged = verdict.acknowledged.map(({ rule, path }) => `${path} ${rule.replace(/\[.*/s, '')}`);
  expect(acknowledged.filter((each) => each.includes('AwsSolutions')).sort()).toEqual([
    'Shop/One/Role/Policy/Resource AwsSolutions-IAM5',
    'Shop/One/Role/Policy/Resource AwsSolutions-IAM5',
    'Shop/One/Role/Role/Resource AwsSolutions-IAM4',
    'Shop/One/Role/Role/Resource AwsSolutions-IAM4',
    'Shop/Two/Role/Role/Resource AwsSolutions-IAM4',
  ]);
});
