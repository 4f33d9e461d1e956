import { Size, Stack, aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { NodeImage } from '../../lib/eks/node-image';
import type { NodeOptions } from '../../lib/eks/node-options';
import { chooseNodes } from '../../lib/eks/private/nodes';
import { importedCluster, NodeFixture } from '../support/eks-nodes';
import { expectFailure } from '../support/errors';
import { warnings } from '../support/fixture';
import { lenientApp, once } from '../support/resources';

const usual = once(() => new NodeFixture());
let count = 0;

/** Nodes in a fixture that several tests share, with a scope of their own. */
function chosen(more: Partial<NodeOptions> = {}, fixture = usual()) {
  const scope = new Construct(fixture.stack, `Nodes${count++}`);
  return { scope, ...chooseNodes(scope, fixture.options(more)) };
}

const TYPES = (...types: string[]) => ({ capacity: NodeCapacity.onDemand(types) });

describe('warnings of', () => {
  const said = (more: Partial<NodeOptions>) =>
    warnings(chosen({ vpcSubnets: { subnets: [usual().vpc.privateSubnets[0]] }, ...more }).scope);
  const own = ec2.MachineImage.genericLinux({ 'eu-west-1': 'ami-0123456789abcdef0' });

  test.each<[NodeCapacity, string]>([
    [NodeCapacity.spot(['m7g.large']), '1 instance type (m7g.large)'],
    [NodeCapacity.spot(['m7g.large', 'm6g.large']), '2 instance types (m7g.large, m6g.large)'],
    [NodeCapacity.mixed(['m7g.large'], { onDemandPercent: 99 }), '1 instance type (m7g.large)'],
  ])('%# Spot with few types', (capacity, types) => {
    expect(said({ capacity })).toEqual([
      `nodes on Spot have ${types}: when AWS wants that capacity back, nothing takes its place. Name 3 or more. [ack: Annotation::cdk-containers:NodesSpotTypes]`,
    ]);
  });

  test.each([
    NodeCapacity.spot(['m7g.large', 'm6g.large', 'm8g.large']),
    NodeCapacity.mixed(['m7g.large'], { onDemandPercent: 100 }),
    NodeCapacity.onDemand(['m7g.large']),
  ])('nothing with capacity %#', (capacity) => expect(said({ capacity })).toEqual([]));

  test('settings that may not be known', () => {
    expect(said({ image: NodeImage.bottlerocket({ settings: { kubernetes: { maxPods: 3 } } }) })).toEqual([
      "settings.kubernetes has 'maxPods', which this library does not know: Amazon Linux passes over what it does not know, and Bottlerocket does not start with it. Check the spelling, and the version of the image. [ack: Annotation::cdk-containers:NodesSettingUnknown]",
    ]);
  });

  test.each([
    ['p5.48xlarge', 'GPUs'],
    ['trn2.48xlarge', 'Neuron devices'],
  ])('an own image for %s', (type, what) => {
    expect(said({ ...TYPES(type), image: NodeImage.of(own, NodeImage.al2023()) })).toEqual([
      `${type} have ${what}, and the image is your own: pods see them only if it has the driver. [ack: Annotation::cdk-containers:NodesOwnImageDriver]`,
    ]);
    expect(said({ image: NodeImage.of(own, NodeImage.al2023()) })).toEqual([]);
  });

  test('GPUs that nothing drives', () => {
    expect(said(TYPES('g4ad.xlarge'))).toEqual([
      'AWS does not list g4ad.xlarge among the types whose GPUs this image drives: choose other types, or an image of yours with the driver. [ack: Annotation::cdk-containers:NodesGpuDriver]',
    ]);
  });

  test('Elastic Fabric Adapters that nothing drives', () => {
    expect(said({ ...TYPES('c7gn.16xlarge'), elasticFabricAdapter: true })).toEqual([
      'Amazon Linux has what Elastic Fabric Adapters need in its images for GPUs and Neuron only: use NodeImage.bottlerocket(), or an image of yours. [ack: Annotation::cdk-containers:NodesFabricDriver]',
    ]);
    expect(said({ ...TYPES('c7gn.16xlarge'), elasticFabricAdapter: true, image: NodeImage.bottlerocket() })).toEqual(
      [],
    );
    expect(said({ ...TYPES('p5.48xlarge'), elasticFabricAdapter: true })).toEqual([]);
  });

  test('network cards that are not known', () => {
    expect(said({ ...TYPES('p6-b300.48xlarge'), elasticFabricAdapter: true })).toEqual([
      'how the network cards of p6-b300.48xlarge are laid out is not known, so there is one Elastic Fabric Adapter, on the first card: override NetworkInterfaces of the launch template. [ack: Annotation::cdk-containers:NodesFabricCards]',
    ]);
  });
});

test.each<[string, Partial<NodeOptions>, string]>([
  ['no cluster', { cluster: undefined }, 'cluster must be given, got undefined'],
  [
    'no capacity',
    { capacity: undefined },
    "capacity must be a NodeCapacity such as NodeCapacity.onDemand(['m7g.large']), got undefined",
  ],
  [
    'types as capacity',
    { capacity: ['m7g.large'] as never },
    "capacity must be a NodeCapacity such as NodeCapacity.onDemand(['m7g.large']), got something else",
  ],
  [
    'an image of EC2',
    { image: ec2.MachineImage.latestAmazonLinux2023() as never },
    'image must be a NodeImage such as NodeImage.bottlerocket(), got something else: NodeImage.of() takes an image of yours',
  ],
  [
    'null as image',
    { image: null as never },
    'image must be a NodeImage such as NodeImage.bottlerocket(), got something else: NodeImage.of() takes an image of yours',
  ],
  ['too few nodes', { minNodes: 5 }, 'minNodes must not be greater than maxNodes, got 5 and 4'],
  [
    'a reserved label',
    { labels: { 'eks.amazonaws.com/x': 'y' } },
    "a key of labels must not begin with eks.amazonaws.com/, got 'eks.amazonaws.com/x': EKS sets such labels itself",
  ],
  [
    'a taint without effect',
    { taints: [{ key: 'a' } as never] },
    "the effect of taint 'a' must be one of NO_SCHEDULE, PREFER_NO_SCHEDULE, NO_EXECUTE, got none",
  ],
  ['a small disk', { volumeSize: Size.gibibytes(8) }, 'volumeSize in GiB must be between 20 and 65536, got 8'],
  [
    'a small disk for Windows',
    { ...TYPES('m7i.large'), image: NodeImage.windows(), volumeSize: Size.gibibytes(30) },
    'volumeSize in GiB must be between 50 and 65536, got 30',
  ],
  ['a disk as number', { volumeSize: 50 as never }, 'a size must be a Size such as Size.gibibytes(50), got 50'],
  ['hops', { metadataHopLimit: 0 }, 'metadataHopLimit must be between 1 and 64, got 0'],
  [
    'Windows with adapters',
    {
      ...TYPES('m7i.48xlarge'),
      image: NodeImage.windows(),
      elasticFabricAdapter: true,
      vpcSubnets: { availabilityZones: ['dummy1a'] },
    },
    'elasticFabricAdapter must be left out with NodeImage.windows(), got true: Windows has no driver for it',
  ],
])('fails when there is %s', (_what, more, message) => {
  const subnets = more.vpcSubnets && { vpcSubnets: { subnets: [usual().vpc.privateSubnets[0]] } };
  expectFailure(() => chosen({ ...more, ...subnets }), message);
});

describe('another place', () => {
  const stackIn = (app: App, id: string, region: string, account = '111122223333') =>
    new Stack(app, id, { env: { account, region } });

  test.each([
    ['region', 'eu-west-1', 'us-east-1', '111122223333'],
    ['account', '111122223333', 'eu-west-1', '444455556666'],
  ])('fails when the cluster is in another %s', (kind, here, region, account) => {
    const app = lenientApp();
    const cluster = importedCluster(stackIn(app, 'There', region, account));
    const scope = new Construct(stackIn(app, 'Here', 'eu-west-1'), 'Nodes');
    expectFailure(
      () => chooseNodes(scope, { cluster, ...TYPES('m7g.large'), maxNodes: 1 }),
      `cluster must be in the ${kind} of its nodes, ${here}, got ${kind === 'region' ? region : account}: use one there`,
    );
  });

  test('fails when the VPC is in another region', () => {
    const app = lenientApp();
    const [here, there] = [stackIn(app, 'Here', 'eu-west-1'), stackIn(app, 'There', 'us-east-1')];
    const vpc = ec2.Vpc.fromVpcAttributes(there, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['us-east-1a'],
      privateSubnetIds: ['subnet-1'],
    });
    expectFailure(
      () =>
        chooseNodes(new Construct(here, 'Nodes'), {
          cluster: importedCluster(here),
          vpc,
          ...TYPES('m7g.large'),
          maxNodes: 1,
        }),
      'vpc must be in the region of its nodes, eu-west-1, got us-east-1: use one there',
    );
  });
});
