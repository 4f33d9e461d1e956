import { Token, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { expectFailure } from '../support/errors';

const ID = 'cr-02168da1478b509e0';
const GROUP = 'arn:aws:resource-groups:eu-west-1:111122223333:group/mine';

test('On-Demand keeps the order of its types', () => {
  expect(NodeCapacity.onDemand(['m7g.large', 'm6g.large'])._bind()).toEqual({
    instanceTypes: ['m7g.large', 'm6g.large'],
    hardware: { arm: true, accelerator: undefined },
    kind: 'ON_DEMAND',
  });
});

test.each([{ capacityReservationId: ID }, { capacityReservationGroupArn: GROUP }])('On-Demand can be %j', (options) => {
  expect(NodeCapacity.onDemand(['p5.48xlarge'], options)._bind()).toMatchObject({ ...options, kind: 'ON_DEMAND' });
});

test('Spot is of one kind', () => {
  expect(NodeCapacity.spot(['m7i.large'])._bind()).toMatchObject({ kind: 'SPOT', hardware: { arm: false } });
});

test('mixed is Spot when nothing is said', () => {
  expect(NodeCapacity.mixed(['m7i.large'])._bind()).toMatchObject({
    kind: 'MIXED',
    onDemandBase: 0,
    onDemandPercent: 0,
  });
  expect(NodeCapacity.mixed(['m7i.large'], { onDemandBase: 2, onDemandPercent: 25 })._bind()).toMatchObject({
    onDemandBase: 2,
    onDemandPercent: 25,
  });
});

test('a capacity block is one type', () => {
  expect(NodeCapacity.capacityBlock('p5.48xlarge', { capacityReservationId: ID })._bind()).toEqual({
    instanceTypes: ['p5.48xlarge'],
    hardware: { arm: false, accelerator: 'GPU' },
    kind: 'CAPACITY_BLOCK',
    capacityReservationId: ID,
  });
});

test('types of CDK say their names', () => {
  const types = [new ec2.InstanceType('m7g.large')] as never[];
  expect(NodeCapacity.onDemand(types)._bind().instanceTypes).toEqual(['m7g.large']);
});

test.each([
  ['p5.48xlarge', false, 'GPU'],
  ['p6-b200.48xlarge', false, 'GPU'],
  ['g7e.2xlarge', false, 'GPU'],
  ['trn2.48xlarge', false, 'Neuron'],
  ['inf2.xlarge', false, 'Neuron'],
  ['g5g.xlarge', true, 'GPU'],
  ['p6e-gb200.36xlarge', true, 'GPU'],
  ['g4ad.xlarge', false, undefined],
  ['c7gn.large', true, undefined],
])('%s is known', (type, arm, accelerator) => {
  expect(NodeCapacity.onDemand([type])._bind().hardware).toEqual({ arm, accelerator });
});

test('20 types are allowed', () => {
  const sizes = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge'];
  const types = ['m5', 'm6i', 'm7i', 'c7i'].flatMap((family) => sizes.map((size) => `${family}.${size}`));
  expect(NodeCapacity.spot(types)._bind().instanceTypes).toHaveLength(20);
  expectFailure(
    () => NodeCapacity.spot([...types, 'c6i.large']),
    'the number of instanceTypes must be between 1 and 20, got 21',
  );
});

test.each<[unknown, string]>([
  [undefined, 'instanceTypes must be given, got undefined'],
  [null, 'instanceTypes must be given, got null'],
  [[], 'the number of instanceTypes must be between 1 and 20, got 0'],
  ['m7g.large', "instanceTypes must be a list, got 'm7g.large': put it into brackets"],
  [['m7g.large', 'm7g.large'], "instanceTypes must be unique, got 'm7g.large' twice"],
  [['m7g'], "instanceTypes must be names such as 'm7g.large', and no Macs, got 'm7g'"],
  [[undefined], "instanceTypes must be names such as 'm7g.large', and no Macs, got 'undefined'"],
  [['mac2.metal'], "instanceTypes must be names such as 'm7g.large', and no Macs, got 'mac2.metal'"],
  [
    ['m7g.large', 'm7i.large'],
    'instanceTypes must all have the same processor architecture, got m7g.large, m7i.large: make a node group for each',
  ],
  [
    ['m7i.large', 'g6.xlarge'],
    'instanceTypes must all have the same kind of accelerator, or none, got m7i.large, g6.xlarge: their images differ, make a node group for each',
  ],
  [
    [Token.asString({ Ref: 'Type' })],
    'instanceTypes must be known now, got a token: the image depends on their processor',
  ],
])('fails when the types are %j', (types, message) => {
  for (const make of ['onDemand', 'spot', 'mixed'] as const) {
    expectFailure(() => NodeCapacity[make](types as never), message);
  }
});

test.each<[string, () => unknown, string]>([
  [
    'onDemand with both reservations',
    () => NodeCapacity.onDemand(['m7g.large'], { capacityReservationId: ID, capacityReservationGroupArn: GROUP }),
    'either capacityReservationId or capacityReservationGroupArn must be given, got both: a group holds several reservations',
  ],
  [
    'onDemand with a wrong id',
    () => NodeCapacity.onDemand(['m7g.large'], { capacityReservationId: 'x' }),
    "capacityReservationId must be such as 'cr-02168da1478b509e0', got 'x'",
  ],
  [
    'onDemand with an unknown option',
    () => NodeCapacity.onDemand(['m7g.large'], { spot: true } as never),
    'the options of NodeCapacity.onDemand must be an object with capacityReservationId, capacityReservationGroupArn, got spot',
  ],
  [
    'onDemand with types in a row',
    () => NodeCapacity.onDemand(['m7g.large'], 'm6g.large' as never),
    'the options of NodeCapacity.onDemand must be an object with capacityReservationId, capacityReservationGroupArn, got no object',
  ],
  [
    'mixed with too much',
    () => NodeCapacity.mixed(['m7g.large'], { onDemandPercent: 150 }),
    'onDemandPercent must be between 0 and 100, got 150',
  ],
  [
    'mixed with half a node',
    () => NodeCapacity.mixed(['m7g.large'], { onDemandBase: 0.5 }),
    'onDemandBase must be a whole number, got 0.5',
  ],
  [
    'a block without a reservation',
    () => NodeCapacity.capacityBlock('p5.48xlarge', {} as never),
    'capacityReservationId must be given, got undefined',
  ],
  [
    'a block without options',
    () => NodeCapacity.capacityBlock('p5.48xlarge', undefined as never),
    'the options of NodeCapacity.capacityBlock must be an object with capacityReservationId, got no object',
  ],
  [
    'a block without a type',
    () => NodeCapacity.capacityBlock(undefined as never, { capacityReservationId: ID }),
    'instanceType must be given, got undefined',
  ],
  [
    'a block with a wrong id',
    () => NodeCapacity.capacityBlock('p5.48xlarge', { capacityReservationId: 'cr-xyz' }),
    "capacityReservationId must be such as 'cr-02168da1478b509e0', got 'cr-xyz'",
  ],
  [
    'a mix with an unknown option',
    () => NodeCapacity.mixed(['m7g.large'], { spotPercent: 1 } as never),
    'the options of NodeCapacity.mixed must be an object with onDemandBase, onDemandPercent, got spotPercent',
  ],
])('fails when it is %s', (_what, make, message) => expectFailure(make, message));
