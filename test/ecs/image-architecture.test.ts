import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aws_ecr_assets as assets, aws_ecs as ecs } from 'aws-cdk-lib';
import type { InstancePoolProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, warnings } from '../support/fixture';
import { newPool, newWorker, types } from '../support/pools';
import { lenientApp, once } from '../support/resources';

/** A directory with something to build. */
const directory = once(() => {
  const path = mkdtempSync(join(process.env.CDK_CONTAINERS_TEST_OUT!, 'image-'));
  writeFileSync(join(path, 'Dockerfile'), 'FROM scratch');
  return path;
});

function placed(pool: Partial<InstancePoolProps>, task: ReturnType<typeof asset>) {
  const fixture = new Fixture(lenientApp());
  const worker = newWorker(fixture, { capacity: newPool(fixture, pool).capacity(), ...task });
  return { said: warnings(worker) };
}

const asset = (platform?: assets.Platform) => ({
  container: { image: ecs.ContainerImage.fromAsset(directory(), { platform }) },
});

describe('an image that is built here', () => {
  const ARM = { instanceTypes: types('m7g.large') };
  const OTHER = 'the platform of the image must be that of the task';

  test.each([
    [
      ARM,
      assets.Platform.LINUX_AMD64,
      `${OTHER} (ARM64), got 'linux/amd64': build it for Platform.LINUX_ARM64, or change cpuArchitecture`,
    ],
    [
      {},
      assets.Platform.LINUX_ARM64,
      `${OTHER} (X86_64), got 'linux/arm64': build it for Platform.LINUX_AMD64, or change cpuArchitecture`,
    ],
  ])('fails on %j when it is for %o', (pool, platform, message) => {
    expectFailure(() => placed(pool, asset(platform)), message);
  });

  test('fails on Fargate too', () => {
    expectFailure(
      () => newWorker(new Fixture(), asset(assets.Platform.LINUX_ARM64)),
      `${OTHER} (X86_64), got 'linux/arm64': build it for Platform.LINUX_AMD64, or change cpuArchitecture`,
    );
  });

  test('warns on ARM when it does not say for what it is', () => {
    expect(placed(ARM, asset()).said).toEqual([
      'the image is built for the processor of the machine that builds it, and the task runs on ARM64: say platform: Platform.LINUX_ARM64 in ContainerImage.fromAsset. [ack: Annotation::cdk-containers:ImagePlatformUnstated]',
    ]);
  });

  test.each<[string, Partial<InstancePoolProps>, assets.Platform | undefined]>([
    ['is for x86, as the task', {}, assets.Platform.LINUX_AMD64],
    ['is for ARM, as the task', ARM, assets.Platform.LINUX_ARM64],
    ['does not say, on x86', {}, undefined],
    ['is for something else', {}, assets.Platform.custom('linux/riscv64')],
  ])('is taken when it %s', (_what, pool, platform) => {
    expect(placed(pool, asset(platform)).said).toEqual([]);
  });
});
