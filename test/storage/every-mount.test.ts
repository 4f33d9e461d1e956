import { aws_ecs as ecs } from 'aws-cdk-lib';
import { PLATFORMS } from '../../lib/rules/platforms';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { MOUNTS } from '../support/mounts';
import type { MountRow } from '../support/mounts';
import { PLATFORM_CAPACITIES } from '../support/platforms';
import type { Platform } from '../support/platforms';
import { newWorker } from '../support/pools';
import { lenientApp, taskOf } from '../support/resources';

const PLATFORM_NAMES = Object.keys(PLATFORMS) as Platform[];
const ROWS = MOUNTS.flatMap((row) => PLATFORM_NAMES.map((platform) => ({ ...row, row, platform })));
const REFUSED = ROWS.filter(({ not, platform }) => not.includes(platform));
const TAKEN = ROWS.filter(({ not, nor = [], platform }) => ![...not, ...nor].includes(platform));

/** A worker with a mount on a platform. */
function mounted({ make, windows }: MountRow, platform: Platform) {
  const fixture = new Fixture(lenientApp());
  const { mount, fileSystems } = make(fixture);
  newWorker(fixture, {
    capacity: PLATFORM_CAPACITIES[platform].make(fixture, fileSystems),
    container: { image: IMAGE, mounts: [mount] },
    operatingSystemFamily: windows ? ecs.OperatingSystemFamily.WINDOWS_SERVER_2022_CORE : undefined,
  });
  return fixture.template();
}

test('there is a mount for every feature that a mount can ask for', () => {
  const asked = new Set(MOUNTS.flatMap(({ feature }) => feature ?? []));
  expect([...asked].sort()).toEqual([
    'dockerVolume',
    'elasticBlockStore',
    'elasticFileSystem',
    'hostDirectory',
    'instanceFileSystem',
    'magneticVolume',
    's3Files',
    'windowsFileServer',
  ]);
});

describe.each(TAKEN)('$kind on $platform', ({ row, platform }) => {
  test('is in the task definition and in its container, and all that it needs is in the template', () => {
    const template = mounted(row, platform);
    const { Volumes = [], ContainerDefinitions } = taskOf(template);
    const points = ContainerDefinitions[0].MountPoints ?? [];
    if (row.volume) {
      const point = points.find(({ ContainerPath }: any) => ContainerPath === row.at);
      const { Name, ...volume } = Volumes.find((each: any) => each.Name === point?.SourceVolume);
      expect(Name).toMatch(/^[A-Za-z0-9_-]{1,255}$/);
      expect(volume).toEqual(row.volume);
      expect(Volumes).toHaveLength(1);
    } else {
      expect(Volumes).toEqual([]);
      const { Tmpfs } = ContainerDefinitions[0].LinuxParameters;
      expect(Tmpfs).toEqual(expect.arrayContaining([expect.objectContaining({ ContainerPath: row.at })]));
    }
    for (const [type, properties] of Object.entries(row.resources ?? {})) {
      template.hasResourceProperties(type, properties);
    }
    expectAcyclic(template);
  });
});

test.each(REFUSED)('$kind fails on $platform, naming both and the alternative', ({ row, platform }) => {
  // Of Windows itself it says that it runs elsewhere.
  const asked = row.windows ? { ...row, windows: false } : row;
  expectFailure(
    () => mounted(asked, platform),
    `${row.must} on ${PLATFORM_CAPACITIES[platform].name}, got one at '${row.at}': ${row.instead}`,
  );
});
