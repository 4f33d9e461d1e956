import { checkFeature, PLATFORMS } from '../../lib/rules/platforms';
import type { Feature } from '../../lib/rules/platforms';
import { expectFailure } from '../support/errors';

const FEATURES = Object.keys(PLATFORMS.fargate) as Feature[];

const INSTANCES: Feature[] = [
  'gpu',
  'privileged',
  'longTimeout',
  'network',
  'loadBalancer',
  'scaling',
  'elasticFileSystem',
  'elasticBlockStore',
  'magneticVolume',
  's3Files',
  'hostDirectory',
  'dockerVolume',
  'instanceFileSystem',
];

/** What each platform has. */
const HAS: Record<keyof typeof PLATFORMS, Feature[]> = {
  fargate: [
    'windows',
    'ephemeralStorage',
    'network',
    'publicIp',
    'loadBalancer',
    'scaling',
    'elasticFileSystem',
    'elasticBlockStore',
    's3Files',
  ],
  fargateSpot: [
    'ephemeralStorage',
    'network',
    'publicIp',
    'loadBalancer',
    'scaling',
    'elasticFileSystem',
    'elasticBlockStore',
    's3Files',
  ],
  instances: INSTANCES,
  importedInstances: [
    ...INSTANCES.filter((feature) => feature !== 'instanceFileSystem'),
    'windows',
    'windowsFileServer',
  ],
  bottlerocket: [
    'gpu',
    'privileged',
    'longTimeout',
    'network',
    'loadBalancer',
    'scaling',
    'hostDirectory',
    'dockerVolume',
  ],
  managedInstances: [
    'gpu',
    'privileged',
    'longTimeout',
    'network',
    'loadBalancer',
    'scaling',
    'elasticFileSystem',
    'elasticBlockStore',
    'magneticVolume',
    's3Files',
  ],
  // Windows would need another network mode than `bridge`.
  external: ['gpu', 'privileged', 'longTimeout', 'hostDirectory'],
};

describe.each(Object.entries(HAS))('the platform %s', (name, has) => {
  const platform = PLATFORMS[name as keyof typeof PLATFORMS];

  test('has what it has', () => {
    const had = FEATURES.filter((feature) => platform[feature]);
    expect(had.sort()).toEqual([...has].sort());
  });

  test.each(FEATURES)('is asked for %s', (feature) => {
    const ask = () => checkFeature('this', platform, feature, 'something');
    if (has.includes(feature)) expect(ask).not.toThrow();
    else expectFailure(ask, / must .* on this, got something: /);
  });

  test.each(FEATURES)('is not asked for %s', (feature) => {
    expect(() => checkFeature('this', platform, feature, undefined)).not.toThrow();
  });
});

test('fails when something is asked for that is 0', () => {
  expectFailure(
    () => checkFeature('Capacity.fargate()', PLATFORMS.fargate, 'gpu', 0),
    'container.gpuCount must be left out on Capacity.fargate(), got 0: use an InstancePool or ManagedInstances',
  );
});
