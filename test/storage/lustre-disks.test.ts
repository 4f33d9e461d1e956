import { aws_fsx as fsx } from 'aws-cdk-lib';
import { LustreFileSystem } from '../../lib';
import type { LustreFileSystemProps } from '../../lib';
import { Fixture, only } from '../support/fixture';

function capacityOf(props: Partial<LustreFileSystemProps>): number {
  const fixture = new Fixture();
  new LustreFileSystem(fixture.stack, 'Lustre', { vpc: fixture.vpc, ...props });
  return only(fixture.template(), 'AWS::FSx::FileSystem').Properties.StorageCapacity;
}

test.each([
  [undefined, 6000],
  [12, 6000],
  [40, 1800],
])('hard disks with %p MB/s have %d GiB unless told otherwise', (perUnitStorageThroughput, capacity) => {
  const disks = {
    deploymentType: fsx.LustreDeploymentType.PERSISTENT_1,
    storageType: fsx.StorageType.HDD,
    perUnitStorageThroughput,
  };
  expect(capacityOf(disks)).toBe(capacity);
});
