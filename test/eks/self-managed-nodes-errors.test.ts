import { Duration, Stack, Token, aws_autoscaling as autoscaling, aws_eks_v2 as eks } from 'aws-cdk-lib';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { NodeImage } from '../../lib/eks/node-image';
import { expectFailure } from '../support/errors';
import { importedCluster, NodesFixture, twoZones } from '../support/node-groups';
import { lenientApp } from '../support/resources';
import { ATTRIBUTES, expectWrongNodes, newNodes } from '../support/self-managed-nodes';
import type { WrongNodes } from '../support/self-managed-nodes';

const OR = 'or set clusterAutoscaler to false, without which nothing scales the group from zero';
const LABEL = `${'d'.repeat(60)}.example/name${'x'.repeat(20)}`;
const BLOCK = NodeCapacity.capacityBlock('p5.48xlarge', { capacityReservationId: 'cr-0123456789abcdef0' });

const WRONG: WrongNodes[] = [
  ['minNodes is above maxNodes', () => ({ minNodes: 5 }), 'minNodes must not be greater than maxNodes, got 5 and 4'],
  [
    'more nodes are On-Demand than there may be',
    () => ({ capacity: NodeCapacity.mixed(['m7g.large', 'm6g.large', 'c7g.large'], { onDemandBase: 5 }) }),
    'onDemandBase of the capacity must be between 0 and 4, got 5',
  ],
  [
    'the image is Windows',
    () => ({ capacity: NodeCapacity.onDemand(['m7i.large']), image: NodeImage.windows() }),
    'image must be NodeImage.al2023() or NodeImage.bottlerocket() for nodes that join by themselves, got NodeImage.windows(): use a ManagedNodeGroup',
  ],
  [
    'nodes start before their capacity block begins',
    ({ vpc }) => ({ capacity: BLOCK, minNodes: 1, vpcSubnets: { subnets: [vpc.privateSubnets[0]] } }),
    /^minNodes must be 0 for a capacity block, got 1: nothing starts before it begins/,
  ],
  [
    'nodes are newer than the cluster',
    () => ({ version: eks.KubernetesVersion.V1_37 }),
    'version must be that of the cluster, 1.36, or up to 3 before it, got 1.37: upgrade the cluster first',
  ],
  [
    'nodes are too old for the cluster',
    () => ({ version: eks.KubernetesVersion.V1_32 }),
    'version must be that of the cluster, 1.36, or up to 3 before it, got 1.32: upgrade the nodes first',
  ],
  [
    'drainTimeout is shorter than a hook can be',
    () => ({ drainTimeout: Duration.seconds(10) }),
    'drainTimeout must be between 30 and 7200 seconds, got 10 seconds',
  ],
  [
    'maxInstanceLifetime is under a day',
    () => ({ maxInstanceLifetime: Duration.hours(23) }),
    'maxInstanceLifetime must be between 86400 and 31536000 seconds, got 82800 seconds',
  ],
  [
    'labels are more than a group has tags',
    () => ({ labels: Object.fromEntries(Array.from({ length: 47 }, (_, index) => [`label${index}`, 'x'])) }),
    `labels and taints must together be at most 46, because each is a tag of the Auto Scaling group, got 47: use fewer, ${OR}`,
  ],
  [
    'labels are more than a group that is drained has tags',
    () => ({
      drainTimeout: Duration.minutes(5),
      labels: Object.fromEntries(Array.from({ length: 46 }, (_, index) => [`label${index}`, 'x'])),
    }),
    `labels and taints must together be at most 45, because each is a tag of the Auto Scaling group, got 46: use fewer, ${OR}`,
  ],
  [
    'a label is longer than a tag',
    () => ({ labels: { [LABEL]: 'x' } }),
    `labels and taints must have keys for which a tag of 128 characters has room, got 'k8s.io/cluster-autoscaler/node-template/label/${LABEL}' with 139: shorten it, ${OR}`,
  ],
  [
    'a warm pool has fewer than no instances',
    () => ({ warmPool: { minSize: -1 } }),
    'warmPool.minSize must be at least 0, got -1',
  ],
  [
    'the size of a warm pool is a token',
    () => ({ warmPool: { maxGroupPreparedCapacity: Token.asNumber({ Ref: 'Size' }) } }),
    'the sizes of warmPool must be known now, got a token: the L2 checks them',
  ],
  [
    'a warm pool takes nodes back',
    () => ({ warmPool: { reuseOnScaleIn: true } }),
    'warmPool.reuseOnScaleIn must not be true, because a node that comes back would join with what it ran before: leave it out',
  ],
  [
    'a warm pool hibernates',
    () => ({ warmPool: { poolState: autoscaling.PoolState.HIBERNATED } }),
    "warmPool.poolState must be STOPPED or RUNNING, got 'Hibernated': the memory of a node would go on with the cluster of another day",
  ],
  [
    'a warm pool stands beside Spot',
    () => ({ warmPool: {}, capacity: NodeCapacity.spot(['m7g.large', 'm6g.large', 'c7g.large']) }),
    'warmPool must be given with capacity that is On-Demand only, got SPOT: Auto Scaling keeps no other instances warm',
  ],
  [
    'a label is one of Kubernetes itself',
    () => ({ labels: { 'node-role.kubernetes.io/worker': '' } }),
    /^a key of labels must not be in the domains of Kubernetes/,
  ],
  [
    'there are 51 taints',
    () => ({
      taints: Array.from({ length: 51 }, (_, index) => ({ key: `t${index}`, effect: eks.TaintEffect.NO_SCHEDULE })),
    }),
    'the number of taints must be between 0 and 50, got 51',
  ],
  [
    'the instance types have two architectures',
    () => ({ capacity: NodeCapacity.onDemand(['m7g.large', 'm7i.large']) }),
    /^instanceTypes must all have the same processor architecture/,
  ],
];

describe('self-managed nodes', () => {
  test.each(WRONG)('fails when %s', (_, props, message) => {
    expectWrongNodes(props, message);
  });

  test('take long labels and many of them where no autoscaler reads tags', () => {
    const labels = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`label${index}`, 'x']));
    const fixture = new NodesFixture(undefined, { serviceIpv4Cidr: '172.20.0.0/16' });
    expect(() => newNodes(fixture, { labels: { ...labels, [LABEL]: 'x' }, clusterAutoscaler: false })).not.toThrow();
  });
});

/** What JavaScript lets pass. */
const ODD: [what: string, props: object, message: string | RegExp][] = [
  ['no cluster', { cluster: undefined }, 'cluster must be given, got undefined'],
  ['no capacity', { capacity: null }, /^capacity must be a NodeCapacity such as .*, got null$/],
  [
    'types for a capacity',
    { capacity: ['m7g.large'] },
    /^capacity must be a NodeCapacity such as .*, got something else$/,
  ],
  ['no maxNodes', { maxNodes: undefined }, 'maxNodes must be given, got undefined'],
  ['a word for clusterAutoscaler', { clusterAutoscaler: 'no' }, "clusterAutoscaler must be true or false, got 'no'"],
  [
    'a word for version',
    { version: '1.36' },
    "version must be an eks.KubernetesVersion such as eks.KubernetesVersion.V1_36, got '1.36'",
  ],
  [
    'a number for drainTimeout',
    { drainTimeout: 300 },
    'drainTimeout must be a Duration such as Duration.seconds(30), got 300',
  ],
  [
    'no version in a version',
    { version: {} },
    'version must be an eks.KubernetesVersion such as eks.KubernetesVersion.V1_36, got something else',
  ],
  [
    'a word for a topic',
    { notificationTopic: 'topic' },
    "notificationTopic must be a topic such as new sns.Topic(…), got 'topic'",
  ],
  ['a number for warmPool', { warmPool: 2 }, /^the options of warmPool must be an object with .*, got no object$/],
  [
    'a word for a queue',
    { drainTimeout: Duration.minutes(5), interruptionQueue: 'drain' },
    "interruptionQueue must be a queue such as sqs.Queue.fromQueueArn(…), got 'drain'",
  ],
];

describe('without a compiler', () => {
  test.each(ODD)('fails when there is %s', (_, props, message) => {
    expectWrongNodes(() => props as object, message);
  });
});

describe('an imported cluster', () => {
  const made = (attributes: Partial<eks.ClusterAttributes>, props: object = {}) => {
    const stack = new Stack(lenientApp(), 'Nodes');
    const cluster = importedCluster(stack, attributes);
    const version = eks.KubernetesVersion.V1_36;
    return newNodes({ stack, cluster }, { vpc: twoZones(stack), version, serviceCidr: '10.100.0.0/16', ...props });
  };

  test.each(['clusterEndpoint', 'clusterCertificateAuthorityData', 'clusterSecurityGroupId'] as const)(
    'fails when it has no %s',
    (missing) => {
      expectFailure(
        () => made({ ...ATTRIBUTES, [missing]: undefined }),
        `cluster must be imported with ${missing} for these nodes, got one without: add it to fromClusterAttributes`,
      );
    },
  );

  test('fails when nobody says its version', () => {
    expectFailure(
      () => made(ATTRIBUTES, { version: undefined }),
      'version must be given for a cluster that does not tell its own, got none: the image depends on it, so pass that of the cluster, such as eks.KubernetesVersion.V1_36',
    );
  });

  test('fails when nobody says where its services are, which Amazon Linux must know', () => {
    expectFailure(() => made(ATTRIBUTES, { serviceCidr: undefined }), /^serviceCidr must be given, got none/);
  });

  test('fails when nobody says its VPC', () => {
    expectFailure(() => made(ATTRIBUTES, { vpc: undefined }), /^vpc must be given/);
  });

  test('fails when it is in another region', () => {
    const app = lenientApp();
    const there = new Stack(app, 'There', { env: { account: '111122223333', region: 'eu-west-1' } });
    const here = new Stack(app, 'Here', { env: { account: '111122223333', region: 'us-east-1' } });
    const cluster = importedCluster(there, ATTRIBUTES);
    expectFailure(
      () => newNodes({ stack: here, cluster }, { vpc: twoZones(here) }),
      /^cluster must be in the region of/,
    );
  });
});
