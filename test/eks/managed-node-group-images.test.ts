import { Token } from 'aws-cdk-lib';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { NodeImage, WindowsNodeRelease } from '../../lib/eks/node-image';
import { expectFailure } from '../support/errors';
import { warnings } from '../support/fixture';
import { newNodeGroup, NODEGROUP, NodesFixture } from '../support/node-groups';
import { once, resourceOf } from '../support/resources';

/** All in one stack, because a stack takes longer than a group. */
const CASES: [type: string, image: NodeImage | undefined, amiType: string][] = [
  ['m7i.large', undefined, 'AL2023_x86_64_STANDARD'],
  ['m7g.large', undefined, 'AL2023_ARM_64_STANDARD'],
  ['u7i-12tb.224xlarge', undefined, 'AL2023_x86_64_STANDARD'],
  ['c7i-flex.large', undefined, 'AL2023_x86_64_STANDARD'],
  ['g4ad.xlarge', undefined, 'AL2023_x86_64_STANDARD'],
  ['p4d.24xlarge', undefined, 'AL2023_x86_64_NVIDIA'],
  ['p5.48xlarge', undefined, 'AL2023_x86_64_NVIDIA'],
  ['p6-b200.48xlarge', undefined, 'AL2023_x86_64_NVIDIA'],
  ['g6.xlarge', undefined, 'AL2023_x86_64_NVIDIA'],
  ['g6e.xlarge', undefined, 'AL2023_x86_64_NVIDIA'],
  ['g7e.2xlarge', undefined, 'AL2023_x86_64_NVIDIA'],
  ['g5g.xlarge', undefined, 'AL2023_ARM_64_NVIDIA'],
  ['p6e-gb200.36xlarge', undefined, 'AL2023_ARM_64_NVIDIA'],
  ['inf2.xlarge', undefined, 'AL2023_x86_64_NEURON'],
  ['trn2.48xlarge', undefined, 'AL2023_x86_64_NEURON'],
  ['m7g.large', NodeImage.bottlerocket(), 'BOTTLEROCKET_ARM_64'],
  ['m7i.large', NodeImage.bottlerocket(), 'BOTTLEROCKET_x86_64'],
  ['g6.xlarge', NodeImage.bottlerocket(), 'BOTTLEROCKET_x86_64_NVIDIA'],
  ['g5g.xlarge', NodeImage.bottlerocket(), 'BOTTLEROCKET_ARM_64_NVIDIA'],
  ['m7i.large', NodeImage.bottlerocket({ fips: true }), 'BOTTLEROCKET_x86_64_FIPS'],
  ['m7g.large', NodeImage.bottlerocket({ fips: true }), 'BOTTLEROCKET_ARM_64_FIPS'],
  ['g6.xlarge', NodeImage.bottlerocket({ fips: true }), 'BOTTLEROCKET_x86_64_NVIDIA_FIPS'],
  ['m7i.large', NodeImage.windows(), 'WINDOWS_CORE_2022_x86_64'],
  ['m7i.large', NodeImage.windows({ release: WindowsNodeRelease.SERVER_2025 }), 'WINDOWS_CORE_2025_x86_64'],
  ['m7i.large', NodeImage.windows({ release: WindowsNodeRelease.SERVER_2019, full: true }), 'WINDOWS_FULL_2019_x86_64'],
];

const groups = once(() => {
  const fixture = new NodesFixture();
  const made = CASES.map(([type, image], index) =>
    newNodeGroup(fixture, { image, capacity: NodeCapacity.onDemand([type]) }, `Nodes${index}`),
  );
  const template = fixture.template();
  return made.map((group) => ({ group, ...resourceOf(template, group.nodegroup).Properties }));
});

test.each(CASES.map(([type, , amiType], index) => [type, amiType, index] as const))(
  'the image for %s is %s',
  (type, amiType, index) => {
    expect(groups()[index]).toMatchObject({ AmiType: amiType, InstanceTypes: [type] });
  },
);

test('a stack with all of them has a node group for each', () => {
  expect(new Set(groups().map(({ group }) => group.nodegroup.node.path)).size).toBe(CASES.length);
  expect(groups().every(({ group }) => group.nodegroup.cfnResourceType === NODEGROUP)).toBe(true);
});

test('GPUs and Neuron devices that are driven are no reason to warn', () => {
  const quiet = ['p5.48xlarge', 'p6-b200.48xlarge', 'g7e.2xlarge', 'trn2.48xlarge', 'g5g.xlarge'];
  const found = CASES.flatMap(([type, image], index) =>
    image || !quiet.includes(type) ? [] : [groups()[index].group],
  );
  expect(found).toHaveLength(quiet.length);
  expect(found.flatMap((group) => warnings(group))).toEqual([]);
});

test.each<[types: string[], image: NodeImage | undefined, message: RegExp]>([
  [['m7g.large', 'm7i.large'], undefined, /^instanceTypes must all have the same processor architecture/],
  [['g6.xlarge', 'm7i.large'], undefined, /^instanceTypes must all have the same kind of accelerator/],
  [['g6.xlarge'], NodeImage.windows(), /^NodeImage.windows\(\) must have instance types with x86, got x86 GPU/],
  [[], undefined, /^the number of instanceTypes must be between 1 and 20, got 0/],
  [Array.from({ length: 21 }, (_, index) => `m${index}i.large`), undefined, /between 1 and 20, got 21/],
  [[Token.asString({ Ref: 'Type' })], undefined, /^instanceTypes must be known now/],
])('fails when %j run on %p', (types, image, message) => {
  const fixture = new NodesFixture();
  expectFailure(() => newNodeGroup(fixture, { image, capacity: NodeCapacity.onDemand(types) }), message);
});
