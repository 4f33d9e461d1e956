import { Token } from 'aws-cdk-lib';
import { fabricAdapters, unknownAdapters } from '../../lib/rules/fabric-adapters';
import { checkMix, checkNodeSettings, checkOneZone, checkReservation, chooseNodeCount } from '../../lib/rules/nodes';
import { expectFailure } from '../support/errors';

const NUMBER = Token.asNumber({ Ref: 'Number' });
const TEXT = Token.asString({ Ref: 'Text' });

describe('the number of nodes', () => {
  test.each([
    [{ maxNodes: 10 }, 2],
    [{ maxNodes: 1 }, 1],
    [{ minNodes: 0, maxNodes: 1 }, 0],
    [{ minNodes: 3, maxNodes: 3 }, 3],
    [{ minNodes: 5, maxNodes: NUMBER }, 5],
    [{ maxNodes: NUMBER }, 2],
    [{ minNodes: NUMBER, maxNodes: 1 }, NUMBER],
  ])('of %j has at least %d', (given, minNodes) => {
    expect(chooseNodeCount(given)).toEqual({ minNodes, maxNodes: given.maxNodes });
  });

  test.each<[object, string]>([
    [{}, 'maxNodes must be given, got undefined'],
    [{ maxNodes: null }, 'maxNodes must be given, got null'],
    [{ maxNodes: 0 }, 'maxNodes must be at least 1, got 0'],
    [{ maxNodes: NaN }, 'maxNodes must be at least 1, got NaN'],
    [{ maxNodes: 1.5 }, 'maxNodes must be a whole number, got 1.5'],
    [{ maxNodes: '3' }, "maxNodes must be a whole number, got '3'"],
    [{ minNodes: -1, maxNodes: 3 }, 'minNodes must be at least 0, got -1'],
    [{ minNodes: 2.5, maxNodes: 3 }, 'minNodes must be a whole number, got 2.5'],
    [{ minNodes: 4, maxNodes: 3 }, 'minNodes must not be greater than maxNodes, got 4 and 3'],
  ])('fails when it is %j', (given, message) => expectFailure(() => chooseNodeCount(given as never), message));
});

describe('settings of a node', () => {
  test.each([
    {},
    { metadataHopLimit: 1, volumeGiB: 20, securityGroups: [1] },
    { metadataHopLimit: 64, volumeGiB: 65536, securityGroups: Array(15).fill(1) },
    { metadataHopLimit: NUMBER, volumeGiB: NUMBER },
    { detailedMonitoring: false, elasticFabricAdapter: true, allowSessions: true, allowNetworking: true },
  ])('can be %j', (settings) => expect(() => checkNodeSettings(settings, 20)).not.toThrow());

  test.each<[object, string]>([
    [{ metadataHopLimit: 0 }, 'metadataHopLimit must be between 1 and 64, got 0'],
    [{ metadataHopLimit: 65 }, 'metadataHopLimit must be between 1 and 64, got 65'],
    [{ volumeGiB: 19 }, 'volumeSize in GiB must be between 20 and 65536, got 19'],
    [{ volumeGiB: 65537 }, 'volumeSize in GiB must be between 20 and 65536, got 65537'],
    [{ volumeGiB: 20.5 }, 'volumeSize in GiB must be a whole number, got 20.5'],
    [{ securityGroups: [] }, 'the number of securityGroups must be between 1 and 15, got 0'],
    [{ securityGroups: Array(16).fill(1) }, 'the number of securityGroups must be between 1 and 15, got 16'],
    [{ securityGroups: 'sg-1' }, "securityGroups must be a list, got 'sg-1': put it into brackets"],
    [{ detailedMonitoring: 'no' }, "detailedMonitoring must be true or false, got 'no'"],
    [{ elasticFabricAdapter: 1 }, 'elasticFabricAdapter must be true or false, got 1'],
    [{ allowSessions: 'yes' }, "allowSessions must be true or false, got 'yes'"],
    [{ allowNetworking: 0 }, 'allowNetworking must be true or false, got 0'],
  ])('fails when they are %j', (settings, message) =>
    expectFailure(() => checkNodeSettings(settings as never, 20), message),
  );
});

describe('a reservation', () => {
  const GROUP = 'arn:aws-us-gov:resource-groups:us-gov-west-1:111122223333:group/my-group';
  test.each([
    [undefined, undefined],
    ['cr-02168da1478b509e0', undefined],
    [undefined, GROUP],
    [TEXT, undefined],
    [undefined, TEXT],
  ])('can be %s %s', (id, group) => expect(() => checkReservation(id, group)).not.toThrow());

  test.each<[string | undefined, string | undefined, string]>([
    ['cr-1', undefined, "capacityReservationId must be such as 'cr-02168da1478b509e0', got 'cr-1'"],
    [
      '02168da1478b509e0',
      undefined,
      "capacityReservationId must be such as 'cr-02168da1478b509e0', got '02168da1478b509e0'",
    ],
    [
      undefined,
      'my-group',
      "capacityReservationGroupArn must be the ARN of a resource group such as 'arn:aws:resource-groups:eu-west-1:111122223333:group/reservations', got 'my-group'",
    ],
    [
      'cr-02168da1478b509e0',
      GROUP,
      'either capacityReservationId or capacityReservationGroupArn must be given, got both: a group holds several reservations',
    ],
  ])('fails when it is %s %s', (id, group, message) => expectFailure(() => checkReservation(id, group), message));
});

test.each<[number, number, string]>([
  [-1, 0, 'onDemandBase must be at least 0, got -1'],
  [0, 101, 'onDemandPercent must be between 0 and 100, got 101'],
  [0, -1, 'onDemandPercent must be between 0 and 100, got -1'],
])('a mix fails when it is %d and %d percent', (base, percent, message) =>
  expectFailure(() => checkMix(base, percent), message),
);

test('several zones fail where there must be one', () => {
  expect(() => checkOneZone('x', ['a'])).not.toThrow();
  expect(() => checkOneZone('x', [])).not.toThrow();
  expectFailure(
    () => checkOneZone('a capacity reservation is in one', ['a', 'b']),
    'vpcSubnets must be in one zone, because a capacity reservation is in one, got 2 zones: select with availabilityZones or subnets',
  );
});

describe('Elastic Fabric Adapters', () => {
  test.each([
    [['c7gn.16xlarge'], 1],
    [['hpc7a.96xlarge'], 2],
    [['p4d.24xlarge', 'p4de.24xlarge'], 4],
    [['trn1.32xlarge'], 8],
    [['p5en.48xlarge', 'trn2.48xlarge'], 16],
    [['p5.48xlarge'], 32],
    [['p5.4xlarge'], 1],
  ])('of %j are %d', (types, count) => expect(fabricAdapters(types)).toBe(count));

  test('fails when a type is too small to have one', () =>
    expectFailure(
      () => fabricAdapters(['g6.8xlarge', 'g6.2xlarge']),
      'capacity must have instance types with an Elastic Fabric Adapter, got g6.2xlarge: choose a larger one, or leave out elasticFabricAdapter',
    ));

  test('fails when types have different numbers of them', () =>
    expectFailure(
      () => fabricAdapters(['p5.48xlarge', 'p4d.24xlarge', 'g6.8xlarge']),
      'capacity must have instance types with the same number of Elastic Fabric Adapters, got p5.48xlarge with 32, p4d.24xlarge with 4, g6.8xlarge with 1: make a node group for each',
    ));

  test('are unknown where nobody says how the cards are laid out', () => {
    expect(unknownAdapters(['p5.48xlarge', 'p6-b200.48xlarge', 'p6-b300.48xlarge', 'p6e-gb200.36xlarge'])).toEqual([
      'p6-b300.48xlarge',
      'p6e-gb200.36xlarge',
    ]);
  });
});
