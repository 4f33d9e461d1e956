import type { aws_iam as iam } from 'aws-cdk-lib';
import { Size, Stack, Tags, aws_ec2 as ec2, aws_kms as kms } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { NodeImage } from '../../lib/eks/node-image';
import type { NodeOptions } from '../../lib/eks/node-options';
import { newNodeLaunchTemplate, nodeSecurityGroups } from '../../lib/eks/private/node-launch-template';
import { chooseNodes } from '../../lib/eks/private/nodes';
import { NodeRole } from '../../lib/identity/node-role';
import { importedCluster, NodeFixture } from '../support/eks-nodes';
import { expectFailure } from '../support/errors';
import { only, warnings } from '../support/fixture';
import { lenientApp, once } from '../support/resources';

const BLOCK = 'cr-02168da1478b509e0';
type Given = Partial<NodeOptions> & {
  readonly self?: boolean;
  readonly instanceType?: string;
  readonly userData?: string;
};

/** Makes a launch template of nodes in a cluster that is imported. */
function make(given: Given | ((scope: Stack, vpc: ec2.IVpc) => Given), stack = new Stack(lenientApp(), 'Kube')) {
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    privateSubnetIds: ['subnet-1', 'subnet-2'],
  });
  const { self, instanceType, userData, ...more } = typeof given === 'function' ? given(stack, vpc) : given;
  const nodes = {
    cluster: importedCluster(stack),
    vpc,
    capacity: NodeCapacity.onDemand(['m7g.large']),
    maxNodes: 2,
    ...more,
  };
  const scope = new Construct(stack, 'Nodes');
  const chosen = chooseNodes(scope, nodes);
  const template = newNodeLaunchTemplate(scope, 'LaunchTemplate', {
    nodes,
    chosen,
    userData,
    instanceType,
    ...(self ? { role: chosen.role, machineImage: chosen.image.machineImage('1.36') } : {}),
  });
  const json = Template.fromStack(stack);
  return { stack, scope, template, json, data: only(json, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData };
}

const ONE_ZONE = (_stack: Stack, vpc: ec2.IVpc) => ({ vpcSubnets: { subnets: [vpc.privateSubnets[0]] } });

describe('the launch template of a managed node group', () => {
  const usual = once(() => make({}));

  test('is hardened', () => {
    expect(usual().data).toEqual({
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeSize: 30, VolumeType: 'gp3' } }],
      MetadataOptions: { HttpPutResponseHopLimit: 1, HttpTokens: 'required' },
      Monitoring: { Enabled: true },
      TagSpecifications: ['instance', 'volume', 'network-interface'].map((ResourceType) => ({
        ResourceType,
        Tags: [{ Key: 'Name', Value: 'Kube/Nodes/LaunchTemplate' }],
      })),
    });
  });

  test('names nothing that EKS wants to say', () => {
    for (const name of [
      'ImageId',
      'InstanceType',
      'IamInstanceProfile',
      'SecurityGroupIds',
      'NetworkInterfaces',
      'UserData',
    ]) {
      expect(usual().data).not.toHaveProperty(name);
    }
  });

  test('carries the tags of the app', () => {
    const stack = new Stack(lenientApp(), 'Kube');
    Tags.of(stack).add('team', 'shop');
    for (const { Tags: tags } of make({}, stack).data.TagSpecifications) {
      expect(tags).toContainEqual({ Key: 'team', Value: 'shop' });
    }
  });

  test('without tags has none', () => {
    const stack = new Stack(lenientApp(), 'Kube');
    Tags.of(stack).remove('Name', { priority: 1000 });
    expect(make({}, stack).data).not.toHaveProperty('TagSpecifications');
  });

  test('does what it is told', () => {
    const { data } = make((stack) => ({
      metadataHopLimit: 2,
      detailedMonitoring: false,
      volumeSize: Size.gibibytes(100),
      volumeEncryptionKey: new kms.Key(stack, 'Key'),
      placementGroup: new ec2.PlacementGroup(stack, 'Group', { strategy: ec2.PlacementGroupStrategy.SPREAD }),
      userData: 'text',
    }));
    expect(data).toMatchObject({
      BlockDeviceMappings: [
        {
          Ebs: { Encrypted: true, KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] }, VolumeSize: 100 },
        },
      ],
      MetadataOptions: { HttpPutResponseHopLimit: 2, HttpTokens: 'required' },
      Monitoring: { Enabled: false },
      Placement: { GroupName: { 'Fn::GetAtt': [expect.stringMatching(/^Group/), 'GroupName'] } },
      UserData: { 'Fn::Base64': 'text' },
    });
  });

  test('has two disks with Bottlerocket, and a large one with Windows', () => {
    const disk = (VolumeSize?: number) => ({
      Encrypted: true,
      VolumeType: 'gp3',
      ...(VolumeSize ? { VolumeSize } : {}),
    });
    expect(make({ image: NodeImage.bottlerocket() }).data.BlockDeviceMappings).toEqual([
      { DeviceName: '/dev/xvda', Ebs: disk() },
      { DeviceName: '/dev/xvdb', Ebs: disk(30) },
    ]);
    const windows = { image: NodeImage.windows(), capacity: NodeCapacity.onDemand(['m7i.large']) };
    expect(make(windows).data.BlockDeviceMappings).toEqual([{ DeviceName: '/dev/sda1', Ebs: disk(50) }]);
  });

  test('lets the key of the disks be used through EC2', () => {
    const { json, scope } = make((stack) => ({ volumeEncryptionKey: new kms.Key(stack, 'Key') }));
    expect(JSON.stringify(only(json, 'AWS::KMS::Key').Properties.KeyPolicy)).toContain('kms:ViaService');
    expect(warnings(scope)).toEqual([]);
    const imported = make((stack) => ({
      volumeEncryptionKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/1'),
    }));
    expect(warnings(imported.scope)).toEqual([expect.stringContaining('cdk-containers:PoolKeyPolicy')]);
  });
});

describe('security groups', () => {
  const own = (stack: Stack) =>
    ['sg-1', 'sg-2'].map((id) => ec2.SecurityGroup.fromSecurityGroupId(stack, id, id, { mutable: false }));

  test('of the user stand beside that of the cluster, which EKS no longer attaches', () => {
    const { data } = make((stack) => ({ securityGroups: own(stack) }));
    expect(data.NetworkInterfaces).toEqual([
      { DeviceIndex: 0, AssociatePublicIpAddress: false, Groups: ['sg-0123456789abcdef0', 'sg-1', 'sg-2'] },
    ]);
    expect(data).not.toHaveProperty('SecurityGroupIds');
  });

  test('of self-managed nodes are that of the cluster', () => {
    const { data } = make({ self: true });
    expect(data.NetworkInterfaces).toEqual([
      { DeviceIndex: 0, AssociatePublicIpAddress: false, Groups: ['sg-0123456789abcdef0'] },
    ]);
  });

  test('are in the order of the template', () => {
    const stack = new Stack();
    const cluster = importedCluster(stack);
    const ids = nodeSecurityGroups({ cluster, securityGroups: own(stack), capacity: undefined!, maxNodes: 1 }).map(
      ({ securityGroupId }) => securityGroupId,
    );
    expect(ids).toEqual(['sg-0123456789abcdef0', 'sg-1', 'sg-2']);
  });

  test.each<[string, Given]>([
    ['self-managed', { self: true }],
    ['beside own groups', { securityGroups: [] }],
  ])('fail when the cluster is imported without its group: %s', (_what, { securityGroups, ...given }) =>
    expectFailure(
      () =>
        make((stack) => ({
          ...given,
          securityGroups: securityGroups && own(stack),
          cluster: importedCluster(new Stack(), { clusterSecurityGroupId: undefined }),
        })),
      'cluster must be imported with clusterSecurityGroupId for these nodes, got one without: add it to fromClusterAttributes',
    ),
  );

  test('are not needed of a cluster that is imported by its name', () => {
    const cluster = { clusterSecurityGroupId: undefined, clusterEndpoint: undefined };
    expect(make(() => ({ cluster: importedCluster(new Stack(), cluster) })).data).not.toHaveProperty(
      'NetworkInterfaces',
    );
  });
});

test('self-managed nodes have an image and an identity of their own', () => {
  const { data, json } = make({
    self: true,
    instanceType: 'p6-b200.48xlarge',
    capacity: NodeCapacity.onDemand(['p6-b200.48xlarge']),
  });
  const [id] = Object.keys(
    json.findParameters('*', {
      Default: '/aws/service/eks/optimized-ami/1.36/amazon-linux-2023/x86_64/nvidia/recommended/image_id',
    }),
  );
  expect(data).toMatchObject({ ImageId: { Ref: id }, InstanceType: 'p6-b200.48xlarge' });
  const profile = only(json, 'AWS::IAM::InstanceProfile');
  expect(data.IamInstanceProfile).toEqual({ Arn: { 'Fn::GetAtt': [profile.id, 'Arn'] } });
});

describe('capacity', () => {
  test('of a block is bought with its reservation, by its type', () => {
    const capacity = NodeCapacity.capacityBlock('p5.48xlarge', { capacityReservationId: BLOCK });
    expect(make((...args) => ({ ...ONE_ZONE(...args), capacity })).data).toMatchObject({
      InstanceType: 'p5.48xlarge',
      InstanceMarketOptions: { MarketType: 'capacity-block' },
      CapacityReservationSpecification: { CapacityReservationTarget: { CapacityReservationId: BLOCK } },
    });
  });

  test('that is reserved is used', () => {
    const capacity = NodeCapacity.onDemand(['m7g.large'], { capacityReservationId: BLOCK });
    const { data } = make((...args) => ({ ...ONE_ZONE(...args), capacity }));
    expect(data.CapacityReservationSpecification).toEqual({
      CapacityReservationTarget: { CapacityReservationId: BLOCK },
    });
    expect(data).not.toHaveProperty('InstanceMarketOptions');
    expect(data).not.toHaveProperty('InstanceType');
  });

  test('of a group of reservations is used in all zones', () => {
    const capacityReservationGroupArn = 'arn:aws:resource-groups:eu-west-1:111122223333:group/mine';
    const capacity = NodeCapacity.onDemand(['m7g.large'], { capacityReservationGroupArn });
    expect(make({ capacity }).data.CapacityReservationSpecification).toEqual({
      CapacityReservationTarget: { CapacityReservationResourceGroupArn: capacityReservationGroupArn },
    });
  });
});

describe('Elastic Fabric Adapters', () => {
  const groups = ['sg-0123456789abcdef0'];
  const card = (index: number, more: string[] = []) => ({
    NetworkCardIndex: index,
    DeviceIndex: index === 0 ? 0 : 1,
    InterfaceType: 'efa',
    Groups: [...groups, ...more],
  });
  const efa = (type: string, more: (stack: Stack) => Given = () => ({})) =>
    make((stack, vpc) => ({
      ...ONE_ZONE(stack, vpc),
      capacity: NodeCapacity.onDemand([type]),
      elasticFabricAdapter: true,
      ...more(stack),
    })).data;

  test('are on each network card, in the group that lets them talk', () => {
    const data = efa('p4d.24xlarge');
    expect(data.NetworkInterfaces).toEqual([0, 1, 2, 3].map((index) => card(index)));
    expect(data).not.toHaveProperty('SecurityGroupIds');
    expect(efa('p5.48xlarge').NetworkInterfaces).toHaveLength(32);
  });

  test('are in the groups of the user too', () => {
    const more = (stack: Stack) => ({
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Own', 'sg-1')],
      self: true,
    });
    expect(efa('g6.8xlarge', more).NetworkInterfaces).toEqual([card(0, ['sg-1'])]);
  });

  test('are none unless told', () => {
    expect(make({ capacity: NodeCapacity.onDemand(['p5.48xlarge']) }).data).not.toHaveProperty('NetworkInterfaces');
  });
});

test('stands in another stack than cluster and VPC, to which it adds nothing but outputs', () => {
  const { app, stack, cluster } = new NodeFixture();
  const before = Object.keys(Template.fromStack(new NodeFixture().stack).toJSON().Resources);
  const there = new Stack(app, 'Nodes');
  const nodes = { cluster, capacity: NodeCapacity.onDemand(['m7g.large']), maxNodes: 2 };
  const chosen = chooseNodes(there, nodes);
  const userData = chosen.image.join({ cluster, serviceCidr: '172.20.0.0/16', labels: {}, taints: [] });
  const machineImage = chosen.image.machineImage('1.34');
  newNodeLaunchTemplate(there, 'LaunchTemplate', { nodes, chosen, role: chosen.role, userData, machineImage });
  app.synth();
  expect(Object.keys(Template.fromStack(stack).toJSON().Resources)).toEqual(before);
  const { LaunchTemplateData } = only(Template.fromStack(there), 'AWS::EC2::LaunchTemplate').Properties;
  expect(JSON.stringify(LaunchTemplateData.NetworkInterfaces)).toContain('ClusterSecurityGroupId');
  expect(JSON.stringify(LaunchTemplateData.UserData)).toContain('CertificateAuthorityData');
});

test('a role of the user is the identity of self-managed nodes', () => {
  const { json } = make((stack) => ({ self: true, role: new NodeRole(stack, 'Own') as iam.IRole }));
  expect(only(json, 'AWS::IAM::InstanceProfile').Properties.Roles).toEqual([{ Ref: expect.stringMatching(/^Own/) }]);
});
