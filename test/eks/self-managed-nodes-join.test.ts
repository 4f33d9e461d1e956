import { Stack, aws_ec2 as ec2, aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import { Dependable } from 'constructs';
import { NodeImage } from '../../lib/eks/node-image';
import { describeCluster } from '../../lib/eks/private/cluster-facts';
import { nodeConfigsIn, settingsIn } from '../support/eks-nodes';
import { only, Template } from '../support/fixture';
import { importedCluster, NodesFixture, twoZones } from '../support/node-groups';
import { all, idOf, lenientApp, once } from '../support/resources';
import {
  ATTRIBUTES,
  DEPLOYED,
  GROUP,
  launchDataOf,
  made,
  newFixture,
  newNodes,
  readMessage,
  userDataOf,
} from '../support/self-managed-nodes';

/** What an imported cluster does not tell. */
const OUTSIDE = { version: eks.KubernetesVersion.V1_35, serviceCidr: '10.100.0.0/16' };

const ENTRY = 'AWS::EKS::AccessEntry';
const LABELS = { team: 'search', 'example.com/tier': 'batch' };
const TAINTS = [
  { key: 'dedicated', value: 'search', effect: eks.TaintEffect.NO_SCHEDULE },
  { key: 'draining', effect: eks.TaintEffect.NO_EXECUTE },
];

const al2023 = once(() => made(() => ({ labels: LABELS, taints: TAINTS })));
const bottlerocket = once(() => made(() => ({ labels: LABELS, taints: TAINTS, image: NodeImage.bottlerocket() })));

describe('nodes that really join', () => {
  test('have an access entry as nodes of Linux, which is not the case with the L2', () => {
    const { template, nodes, stack } = al2023();
    const entry = only(template, ENTRY);
    expect(entry.Properties).toEqual({
      ClusterName: stack.resolve(nodes.accessEntry.clusterName),
      PrincipalArn: stack.resolve(nodes.role.roleArn),
      Type: 'EC2_LINUX',
    });
    expect(idOf(nodes.accessEntry)).toBe(entry.id);
  });

  test('start after their access entry, the policies of their role, and the cluster', () => {
    const { group, template, nodes, cluster } = al2023();
    expect(group.DependsOn).toEqual(
      expect.arrayContaining([only(template, ENTRY).id, idOf(cluster), roleIdOf(nodes.role)]),
    );
  });

  test('start after the add-ons that an EksCluster makes first', () => {
    const fixture = newFixture();
    const addon = new eks.CfnAddon(fixture.stack, 'VpcCni', {
      addonName: 'vpc-cni',
      clusterName: fixture.cluster.clusterName,
    });
    Dependable.implement(fixture.cluster, { dependencyRoots: [fixture.cluster, addon] });
    newNodes(fixture);
    expect(only(fixture.template(), GROUP).DependsOn).toContain('VpcCni');
  });

  test('start after the routes of their subnets', () => {
    const stack = new Stack(lenientApp(), 'Shop');
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
    newNodes({ stack, cluster: importedCluster(stack, { ...ATTRIBUTES, vpc }) }, { ...OUTSIDE });
    const { DependsOn, Properties } = only(Template.fromStack(stack), GROUP);
    expect(DependsOn).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^VpcPrivateSubnet1DefaultRoute/),
        expect.stringMatching(/^VpcPrivateSubnet2DefaultRoute/),
      ]),
    );
    expect(Properties.VPCZoneIdentifier).toEqual([
      { Ref: expect.stringMatching(/^VpcPrivateSubnet1/) },
      { Ref: expect.stringMatching(/^VpcPrivateSubnet2/) },
    ]);
  });

  test('start from an image that AWS still makes, and not from Amazon Linux 2, which is what the L2 takes', () => {
    const { template, data } = al2023();
    const path = '/aws/service/eks/optimized-ami/1.36/amazon-linux-2023/arm64/standard/recommended/image_id';
    const [id] = Object.keys(template.findParameters('*', { Default: path }));
    expect(data.ImageId).toEqual({ Ref: id });
  });

  test('are told their cluster by nodeadm and not by bootstrap.sh', async () => {
    const { template, cluster } = al2023();
    const userData = userDataOf(template, cluster);
    expect(userData).not.toContain('bootstrap.sh');
    const { nodeConfigs, scripts } = await readMessage(userData);
    expect(scripts).toEqual([]);
    expect(await nodeConfigsIn(userData)).toEqual(nodeConfigs.map(({ spec }) => spec));
    expect(nodeConfigs).toEqual([
      {
        apiVersion: 'node.eks.aws/v1alpha1',
        kind: 'NodeConfig',
        spec: {
          cluster: {
            name: DEPLOYED.name,
            apiServerEndpoint: DEPLOYED.endpoint,
            certificateAuthority: DEPLOYED.certificate,
            cidr: '172.20.0.0/16',
          },
          kubelet: {
            flags: [
              '--node-labels=team=search,example.com/tier=batch',
              '--register-with-taints=dedicated=search:NoSchedule,draining:NoExecute',
            ],
          },
        },
      },
    ]);
  });

  test('are told their cluster in the settings of Bottlerocket', () => {
    const { template, cluster } = bottlerocket();
    expect(settingsIn(userDataOf(template, cluster))).toMatchObject({
      kubernetes: {
        'cluster-name': DEPLOYED.name,
        'api-server': DEPLOYED.endpoint,
        'cluster-certificate': DEPLOYED.certificate,
        'node-labels': LABELS,
        'node-taints': { dedicated: ['search:NoSchedule'], draining: [':NoExecute'] },
      },
    });
  });

  test('start from Bottlerocket for their processor', () => {
    const { template, data } = bottlerocket();
    const [id] = Object.keys(
      template.findParameters('*', { Default: '/aws/service/bottlerocket/aws-k8s-1.36/arm64/latest/image_id' }),
    );
    expect(data.ImageId).toEqual({ Ref: id });
    expect(data.BlockDeviceMappings.map(({ DeviceName }: any) => DeviceName)).toEqual(['/dev/xvda', '/dev/xvdb']);
  });

  test('have the settings that are theirs beside those of the cluster', async () => {
    const image = NodeImage.al2023({ nodeConfig: { kubelet: { config: { maxPods: 50 } } } });
    const { template, cluster } = made(() => ({ image }));
    const { nodeConfigs } = await readMessage(userDataOf(template, cluster));
    expect(nodeConfigs).toHaveLength(2);
    expect(nodeConfigs[1].spec).toEqual({ kubelet: { config: { maxPods: 50 } } });
  });

  test('have the role by an instance profile, as nobody else gives it to them', () => {
    const { template, data, nodes } = al2023();
    const profile = only(template, 'AWS::IAM::InstanceProfile');
    expect(data.IamInstanceProfile).toEqual({ Arn: { 'Fn::GetAtt': [profile.id, 'Arn'] } });
    expect(profile.Properties.Roles).toEqual([{ Ref: roleIdOf(nodes.role) }]);
  });

  test('have the security group of the cluster, through which they talk with it, and no rule more', () => {
    const { template, data, cluster, stack } = al2023();
    expect(data.NetworkInterfaces).toEqual([
      {
        AssociatePublicIpAddress: false,
        DeviceIndex: 0,
        Groups: [stack.resolve(cluster.clusterSecurityGroupId)],
      },
    ]);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('are found by the cluster by their tag, whose key is known at deployment only', () => {
    const { group, cluster } = al2023();
    expect(group.Properties.Tags).toContainEqual({
      Key: { 'Fn::Join': ['', ['kubernetes.io/cluster/', { Ref: idOf(cluster) }]] },
      Value: 'owned',
      PropagateAtLaunch: true,
    });
  });
});

describe('the role', () => {
  test('has what nodes need, and the network plugin where it has no identity of its own', () => {
    const [role] = all(al2023().template, 'AWS::IAM::Role').filter(({ Description }) =>
      Description?.startsWith('How nodes'),
    );
    const names = role.ManagedPolicyArns.map((arn: any) => arn['Fn::Join'][1].at(-1));
    expect(names).toEqual([
      ':iam::aws:policy/AmazonEKSWorkerNodePolicy',
      ':iam::aws:policy/AmazonEC2ContainerRegistryPullOnly',
      ':iam::aws:policy/AmazonEKS_CNI_Policy',
    ]);
  });

  test('leaves the network plugin out in a cluster that gave it an identity', () => {
    const fixture = newFixture();
    describeCluster(fixture.cluster, { networkingIdentity: true });
    newNodes(fixture);
    const policies = JSON.stringify(all(fixture.template(), 'AWS::IAM::Role').map((role) => role.ManagedPolicyArns));
    expect(policies).toContain('AmazonEKSWorkerNodePolicy');
    expect(policies).not.toContain('AmazonEKS_CNI_Policy');
  });

  test('can be one of yours', () => {
    const { nodes, template, stack, data } = made((fixture) => ({
      role: new iam.Role(fixture.stack, 'Own', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }),
    }));
    expect(nodes.role.node.id).toBe('Own');
    expect(only(template, ENTRY).Properties.PrincipalArn).toEqual(stack.resolve(nodes.role.roleArn));
    expect(all(template, 'AWS::IAM::InstanceProfile')[0].Roles).toEqual([{ Ref: idOf(nodes.role) }]);
    expect(data.IamInstanceProfile).toBeDefined();
  });

  test('that two have in common has one access entry', () => {
    const fixture = newFixture();
    const first = newNodes(fixture);
    const second = newNodes(fixture, { role: first.role }, 'More');
    expect(second.accessEntry).toBe(first.accessEntry);
    fixture.template().resourceCountIs(ENTRY, 1);
  });
});

describe('security groups of yours', () => {
  const withOwn = once(() =>
    made(({ stack, vpc }) => ({ securityGroups: [new ec2.SecurityGroup(stack, 'Own', { vpc })] })),
  );

  test('come on top of that of the cluster', () => {
    const { data, nodes, stack, cluster } = withOwn();
    const groups = [
      stack.resolve(cluster.clusterSecurityGroupId),
      { 'Fn::GetAtt': [idOf(nodes.securityGroups[1]), 'GroupId'] },
    ];
    expect(data.NetworkInterfaces[0].Groups).toEqual(groups);
    expect(nodes.securityGroups.map(({ securityGroupId }) => stack.resolve(securityGroupId))).toEqual(groups);
  });

  test('are the network side of these nodes', () => {
    const { nodes } = withOwn();
    expect(nodes.connections.securityGroups).toEqual([nodes.securityGroups[1]]);
  });

  test('without any, the network side is that of the cluster', () => {
    const { nodes, stack, cluster } = al2023();
    expect(nodes.connections.securityGroups).toEqual(nodes.securityGroups);
    expect(nodes.securityGroups.map(({ securityGroupId }) => stack.resolve(securityGroupId))).toEqual([
      stack.resolve(cluster.clusterSecurityGroupId),
    ]);
  });
});

describe('an imported cluster', () => {
  const imported = once(() => {
    const stack = new Stack(lenientApp(), 'Nodes');
    const cluster = importedCluster(stack, ATTRIBUTES);
    newNodes({ stack, cluster }, { ...OUTSIDE, vpc: twoZones(stack) });
    return Template.fromStack(stack);
  });

  test('is what its attributes say', async () => {
    const { nodeConfigs } = await readMessage(launchDataOf(imported()).UserData['Fn::Base64']);
    expect(nodeConfigs[0].spec.cluster).toEqual({
      name: DEPLOYED.name,
      apiServerEndpoint: DEPLOYED.endpoint,
      certificateAuthority: DEPLOYED.certificate,
      cidr: '10.100.0.0/16',
    });
    expect(launchDataOf(imported()).NetworkInterfaces[0].Groups).toEqual([DEPLOYED.group]);
    imported().hasParameter('*', {
      Default: '/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/arm64/standard/recommended/image_id',
    });
  });

  test('has tags with its name', () => {
    const keys = only(imported(), GROUP).Properties.Tags.map(({ Key }: any) => Key);
    expect(keys).toContain('kubernetes.io/cluster/shop');
    expect(keys).toContain('k8s.io/cluster-autoscaler/shop');
  });

  test('needs no range of services with Bottlerocket, and no version with an image of yours', () => {
    const stack = new Stack(lenientApp(), 'Nodes');
    const cluster = importedCluster(stack, ATTRIBUTES);
    const own = ec2.MachineImage.fromSsmParameter('/own/image');
    newNodes({ stack, cluster }, { vpc: twoZones(stack), image: NodeImage.of(own, NodeImage.bottlerocket()) });
    const template = Template.fromStack(stack);
    template.hasParameter('*', { Default: '/own/image' });
    const { kubernetes } = settingsIn(launchDataOf(template).UserData['Fn::Base64']);
    expect(kubernetes).toMatchObject({ 'cluster-name': 'shop', 'api-server': DEPLOYED.endpoint });
  });
});

describe('a cluster of another stack', () => {
  const apart = once(() => {
    const fixture = new NodesFixture(undefined, { serviceIpv4Cidr: '172.20.0.0/16' });
    const alone = Object.keys(fixture.template().toJSON().Resources);
    const again = new NodesFixture(undefined, { serviceIpv4Cidr: '172.20.0.0/16' });
    const stack = new Stack(again.app, 'Nodes');
    const nodes = newNodes({ cluster: again.cluster, stack });
    nodes.connections.allowFrom(ec2.Peer.ipv4('10.0.0.0/8'), ec2.Port.tcp(9100));
    return { ...again, alone, nodes, there: stack, theirs: again.template(), ours: Template.fromStack(stack) };
  });

  test('gets nothing but outputs', () => {
    const { theirs, alone } = apart();
    expect(Object.keys(theirs.toJSON().Resources)).toEqual(alone);
    expect(Object.keys(theirs.toJSON().Outputs)).not.toEqual([]);
  });

  test('is joined from there, with the access entry and rules in the stack of the nodes', async () => {
    const { ours, stack, there } = apart();
    ours.resourceCountIs(ENTRY, 1);
    ours.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    expect(there.dependencies).toContain(stack);
    const { nodeConfigs } = await readMessage(userDataTextOf(ours));
    expect(nodeConfigs[0].spec.cluster).toMatchObject({
      name: expect.stringContaining('K8s'),
      apiServerEndpoint: expect.stringContaining('Endpoint'),
      certificateAuthority: expect.stringContaining('CertificateAuthorityData'),
      cidr: '172.20.0.0/16',
    });
  });

  test('is in the keys of the tags', () => {
    const { Tags } = only(apart().ours, GROUP).Properties;
    const keys = Tags.filter(({ Key }: any) => typeof Key !== 'string').map(({ Key }: any) => Key['Fn::Join'][1][0]);
    expect(keys).toEqual(['k8s.io/cluster-autoscaler/', 'kubernetes.io/cluster/']);
  });
});

/** A role of the library has the L2 within. */
function roleIdOf({ node }: iam.IRole): string {
  return idOf(node.findChild('Role'));
}

/** With the outputs of the other stack as they are called. */
function userDataTextOf(template: Template): string {
  const [delimiter, parts] = launchDataOf(template).UserData['Fn::Base64']['Fn::Join'];
  const named = (part: any) => (typeof part === 'string' ? part : String(part['Fn::GetStackOutput'].OutputName));
  return parts.map(named).join(delimiter);
}
