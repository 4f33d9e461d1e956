import { aws_autoscaling as autoscaling, aws_eks_v2 as eks, Duration, Size } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { ManagedNodeGroup } from '../../lib/eks/managed-node-group';
import { NodeRepairAction, NodeUpdateStrategy } from '../../lib/eks/managed-node-group-props';
import type { ManagedNodeGroupProps } from '../../lib/eks/managed-node-group-props';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { NodeImage } from '../../lib/eks/node-image';
import { maybe, mostly, number, oneOf, RUNS } from '../support/arbitrary';
import { expectErrorOrTemplate, importedVpc } from '../support/error-or-template';

const X86 = ['m7i.large', 'c7i.xlarge', 'r7i.2xlarge'];
const ARM = ['m7g.large', 'm6g.large', 'c7g.xlarge'];
const types = oneOf([X86, ARM, ['m7g.large'], ['g6.xlarge'], ['inf2.xlarge']], [], ['m7g.large', 'm7i.large'], ['x']);

/** Made late, because making it may fail. */
const capacity = mostly(
  fc.oneof(
    types.map((names) => () => NodeCapacity.onDemand(names)),
    types.map((names) => () => NodeCapacity.spot(names)),
    fc.constant(() => NodeCapacity.capacityBlock('p5.48xlarge', { capacityReservationId: 'cr-02168da1478b509e0' })),
  ),
  fc.constant(() => NodeCapacity.mixed(X86)),
);
const image = fc.constantFrom(
  () => undefined,
  () => NodeImage.al2023({ nodeConfig: { kubelet: { config: { maxPods: 40 } } } }),
  () => NodeImage.bottlerocket(),
  () => NodeImage.bottlerocket({ fips: true, settings: { kubernetes: { 'max-pods': 40 } } }),
  () => NodeImage.windows(),
);
const text = oneOf(['team', 'example.com/team', 'a', 'x'.repeat(63)], '', '-', 'kubernetes.io/x', 'x'.repeat(64));
const taint = fc.record({
  key: text,
  value: maybe(oneOf(['shop', ''], 'a b')),
  effect: oneOf(Object.values(eks.TaintEffect), undefined as never),
});
const repair = fc.record({
  enabled: maybe(fc.boolean()),
  maxParallelRepairs: mostly(fc.constant(undefined), number(1, 9)),
  maxParallelRepairsPercent: maybe(number(1, 100)),
  maxUnhealthyNodes: maybe(number(1, 9)),
  maxUnhealthyNodesPercent: mostly(fc.constant(undefined), number(1, 100)),
  overrides: maybe(
    fc.array(
      fc.record({
        condition: oneOf(['AcceleratedHardwareReady', 'KernelReady'], ''),
        reason: oneOf(['NvidiaXID31Error', 'IPAMDNotRunning'], undefined as never),
        waitTime: oneOf([1, 5, 60], 0).map((minutes) => Duration.minutes(minutes)),
        action: oneOf(Object.values(NodeRepairAction), 'Explode' as never),
      }),
      { maxLength: 2 },
    ),
  ),
});
const warmPool = fc.record({
  enabled: maybe(fc.boolean()),
  minSize: maybe(number(0, 3)),
  maxPreparedCapacity: maybe(number(0, 9)),
  state: maybe(oneOf(Object.values(autoscaling.PoolState), 'Asleep' as never)),
  reuseOnScaleIn: maybe(fc.boolean()),
});

type Case = Omit<ManagedNodeGroupProps, 'cluster' | 'capacity' | 'image'> & {
  readonly capacity: () => NodeCapacity;
  readonly image: () => NodeImage | undefined;
};
const nodes: fc.Arbitrary<Case> = fc.record({
  capacity,
  image,
  minNodes: maybe(number(0, 3)),
  maxNodes: number(3, 30),
  initialNodes: maybe(number(2, 3)),
  maxUnavailable: maybe(number(1, 3)),
  maxUnavailablePercent: mostly(fc.constant(undefined), number(1, 100)),
  updateStrategy: maybe(oneOf(Object.values(NodeUpdateStrategy), 'FAST' as never)),
  forceUpdate: maybe(fc.boolean()),
  repair: maybe(repair),
  warmPool: fc.option(warmPool, { nil: undefined, freq: 1 }),
  version: maybe(oneOf([eks.KubernetesVersion.V1_36, eks.KubernetesVersion.V1_33], eks.KubernetesVersion.V1_31)),
  releaseVersion: mostly(fc.constant(undefined), oneOf(['1.36.1-20261105', '1.47.0-6154605b'], 'latest')),
  nodegroupName: maybe(text.filter((name) => !name.includes('/'))),
  labels: maybe(fc.dictionary(text, oneOf(['shop', ''], 'a b'), { maxKeys: 3 })),
  taints: maybe(fc.array(taint, { maxLength: 2 })),
  volumeSize: maybe(number(50, 200).map((size) => Size.gibibytes(Math.abs(Math.floor(size))))),
  vpcSubnets: maybe(fc.constant({ availabilityZones: ['eu-west-1a'] })),
  detailedMonitoring: maybe(fc.boolean()),
  metadataHopLimit: maybe(number(1, 2)),
  allowSessions: maybe(fc.boolean()),
  elasticFabricAdapter: mostly(fc.constant(undefined), fc.boolean()),
});

const CASES = RUNS / 4;

test(`any node group either fails with one of our errors or is a template that the strict engine accepts (${CASES} cases)`, () => {
  expectErrorOrTemplate(nodes, CASES, ({ capacity: makeCapacity, image: makeImage, ...given }: Case, stack: Stack) => {
    const cluster = eks.Cluster.fromClusterAttributes(stack, 'K8s', {
      clusterName: 'shop',
      vpc: importedVpc(stack),
      clusterSecurityGroupId: 'sg-0123456789abcdef0',
    });
    new ManagedNodeGroup(stack, 'Nodes', { ...given, cluster, capacity: makeCapacity(), image: makeImage() });
  });
});
