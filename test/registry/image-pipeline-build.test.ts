import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetStaging, aws_ecs as ecs, Duration } from 'aws-cdk-lib';
import { ImageSource } from '../../lib';
import type { ImagePipelineProps } from '../../lib';
import { commandsOf, runBuild } from '../support/build-spec-run';
import type { Run, RunOptions } from '../support/build-spec-run';
import { Fixture } from '../support/fixture';
import { directoryWith, PipelineFixture, projectIn } from '../support/pipelines';

const COMMIT = '4f2a9c1e0d7b6a5f4e3d2c1b0a9f8e7d6c5b4a39';
const HOST = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
const TAG = '20261109-080000-4f2a9c1';
const PARAMETER = '/cdk-containers/Shop/Rebuild/tag';
const READ = [
  'aws',
  'ssm',
  'get-parameters',
  '--names',
  PARAMETER,
  '--query',
  'Parameters[0].Value',
  '--output',
  'text',
];

/** Runs a build of a commit, unless told otherwise. */
function run(props: Partial<ImagePipelineProps> = {}, options: RunOptions = {}, project?: string): Run {
  const template = new PipelineFixture(() => props).template();
  const env = { CODEBUILD_RESOLVED_SOURCE_VERSION: COMMIT, ...options.env };
  return runBuild(projectIn(template, project), { ...options, env });
}

/** The image in what was called. */
const uri = ({ calls }: Run) => calls.find(([name, verb]) => name === 'docker' && verb === 'push')?.[2];
const tagOf = (made: Run) => uri(made)?.split(':')[1];
const verbs = ({ calls }: Run) => calls.map((call) => call.slice(0, call[0] === 'aws' ? 3 : 2).join(' '));
const published = ({ calls }: Run) => calls.filter((call) => call[2] === 'put-parameter').map((call) => call.at(-1));
const value = ({ calls }: Run, option: string, verb = 'build') => {
  const call = calls.find((each) => each[1] === verb)!;
  return call.flatMap((argument, index) => (argument === option ? [call[index + 1]] : []));
};

describe('a build', () => {
  test('logs in, builds with the newest base image, pushes, and says so', () => {
    const made = run();
    expect(made).toMatchObject({ status: 0, output: expect.stringContaining(`Published: ${TAG}\n`) });
    const image = uri(made)!;
    expect(image).toMatch(new RegExp(`^${HOST}/Images\\w+:${TAG}$`));
    expect(made.calls).toEqual([
      READ,
      expect.any(Array),
      expect.any(Array),
      ['docker', 'build', '--pull', '--file', './Dockerfile', '--tag', image, '.'],
      ['docker', 'push', image],
      READ,
      ['aws', 'ssm', 'put-parameter', '--name', PARAMETER, '--type', 'String', '--overwrite', '--value', TAG],
    ]);
    // The two sides of a pipe start in any order.
    expect(made.calls.slice(1, 3)).toEqual(
      expect.arrayContaining([
        ['aws', 'ecr', 'get-login-password'],
        ['docker', 'login', '--username', 'AWS', '--password-stdin', HOST],
      ]),
    );
  });

  test('is of a directory, a Dockerfile and a stage', () => {
    const made = run({ directory: 'services/web', dockerfile: 'docker/prod', target: 'production' });
    expect(made.calls.find(([, verb]) => verb === 'build')!.slice(2)).toEqual([
      '--pull',
      '--file',
      'services/web/docker/prod',
      '--tag',
      uri(made),
      '--target',
      'production',
      'services/web',
    ]);
  });

  test('gives build arguments on as they are', () => {
    const buildArgs = {
      QUOTES: `it's "so"`,
      SHELL_TEXT: '$HOME $(touch /tmp/owned) `id` ; exit 1 # \\ *',
      LINES: 'one\ntwo\nEOF\nthree',
      EMPTY: '',
      EQUALS: '--target=a b=c',
      PATH: '/nowhere',
      TAG_PREFIX: 'hello-',
    };
    const made = run({ buildArgs });
    expect(made.status).toBe(0);
    expect(value(made, '--build-arg')).toEqual(Object.entries(buildArgs).map(([name, each]) => `${name}=${each}`));
    expect(tagOf(made)).toBe(TAG);
  });

  test('of paths with spaces', () => {
    const made = run({ directory: 'my web', dockerfile: 'Docker $file' });
    expect(value(made, '--file')).toEqual(['my web/Docker $file']);
    expect(made.calls.find(([, verb]) => verb === 'build')!.at(-1)).toBe('my web');
  });

  test.each<[string, Record<string, string>, string]>([
    ['the commit', {}, TAG],
    ['a longer commit', { CODEBUILD_RESOLVED_SOURCE_VERSION: COMMIT + '0'.repeat(24) }, TAG],
    ['the build, where there is no commit', { CODEBUILD_RESOLVED_SOURCE_VERSION: '' }, '20261109-080000-b1e6661'],
    [
      'the build, where the version is that of an archive',
      { CODEBUILD_RESOLVED_SOURCE_VERSION: 'arn:aws:s3:::bucket/source.zip' },
      '20261109-080000-b1e6661',
    ],
    ['the time, in UTC', { TZ: 'Asia/Tokyo', CODEBUILD_START_TIME: '1772327045999' }, '20260301-010405-4f2a9c1'],
  ])('has a tag of %s', (_name, env, expected) => {
    expect(tagOf(run({}, { env }))).toBe(expected);
  });

  test('has a tag with the prefix', () => {
    const made = run({ tagPrefix: 'web-' });
    expect(tagOf(made)).toBe(`web-${TAG}`);
    expect(published(made)).toEqual([`web-${TAG}`]);
  });

  test.each(['aws ssm get-parameters', 'aws ecr get-login-password', 'docker login', 'docker build', 'docker push'])(
    'publishes nothing when %s fails',
    (failing) => {
      const made = run({ channelTag: 'stable' }, { failing });
      expect(made.status).not.toBe(0);
      expect(made.output).toContain(`${failing} failed`);
      expect(published(made)).toEqual([]);
      // The two sides of a pipe start in any order.
      const last = /login/.test(failing) ? /^(aws ecr|docker login)/ : failing;
      expect(made.calls.at(-1)!.join(' ')).toMatch(last);
    },
  );

  test.each(['docker tag', 'docker push', 'aws ecs update-service', 'aws ssm put-parameter'])(
    'is done again when %s fails: its tag is not published',
    (failing) => {
      const fixture = new Fixture();
      const redeploy = [fixture.web().service];
      new PipelineFixture(() => ({ channelTag: 'stable', redeploy }), fixture.stack);
      const made = runBuild(projectIn(fixture.template()), { failing });
      expect(made.status).not.toBe(0);
      expect(verbs(made).at(-1)).toBe(failing);
    },
  );

  test('moves the channel tag', () => {
    const made = run({ channelTag: 'stable' });
    const image = uri(made)!;
    const channel = image.replace(TAG, 'stable');
    expect(made.calls.slice(-3, -1)).toEqual([
      ['docker', 'tag', image, channel],
      ['docker', 'push', channel],
    ]);
    expect(published(made)).toEqual([TAG]);
  });

  test('deploys services anew, one after the other', () => {
    const fixture = new Fixture();
    const services = ['Web', 'Admin'].map((id) => fixture.web({}, fixture.stack, id).service);
    const { stack } = new PipelineFixture(() => ({ channelTag: 'stable', redeploy: services }), fixture.stack);
    const project = projectIn(fixture.template());
    const made = runBuild(project);
    const cluster = stack.resolve(fixture.cluster.clusterName).Ref;
    const names = services.map((service) => stack.resolve(service.serviceName)['Fn::GetAtt'][0]);
    const more = ['--force-new-deployment', '--query', 'service.serviceArn', '--output', 'text'];
    expect(made.calls.slice(-3, -1)).toEqual(
      names.map((name) => ['aws', 'ecs', 'update-service', '--cluster', cluster, '--service', name, ...more]),
    );
    expect(verbs(made).indexOf('docker tag')).toBeLessThan(verbs(made).indexOf('aws ecs update-service'));
    expect(runBuild(project, { failing: 'aws ecs update-service' }).status).not.toBe(0);
  });

  test('is a script that a shell can read, and shellcheck if it is there', () => {
    const template = new PipelineFixture(() => ({ buildArgs: { A: '1' }, channelTag: 'stable' })).template();
    const [command] = commandsOf(projectIn(template));
    expect(spawnSync('sh', ['-n'], { input: command }).status).toBe(0);
    const script = command.split("<<'EOF'\n")[1].split('\nEOF\n')[0];
    const { error, status, stdout } = spawnSync('shellcheck', ['--shell=bash', '-'], {
      input: script,
      encoding: 'utf8',
    });
    if (!error) expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});

describe('two builds at a time', () => {
  test('the one that began later is published, whichever is faster', () => {
    const newer = '20261109-080001-aaaaaaa';
    const made = run({ channelTag: 'stable' }, { published: ['20261108-080000-bbbbbbb', newer] });
    expect(made).toMatchObject({
      status: 0,
      output: expect.stringContaining(`Not published: ${newer} is newer than ${TAG}`),
    });
    expect(published(made)).toEqual([]);
    expect(verbs(made).at(-2)).toBe('docker push');
  });

  test.each([
    '20261109-075959-aaaaaaa',
    '20261109-080000-aaaaaaa',
    'None',
    'zzz',
    '1.4.2',
    'zz-20251109-080000-aaaaaaa',
  ])('after %s it is published', (last) => {
    expect(published(run({}, { published: [last] }))).toEqual([TAG]);
  });
});

describe('a build for findings', () => {
  const findings = (last: string, minInterval?: Duration) =>
    run(
      { rebuild: { onFindings: true, minInterval } },
      { published: [last], env: { TRIGGER: 'findings' } },
      'RebuildFindingsProject',
    );

  test.each<[string, string, Duration | undefined]>([
    ['a minute old', '20261109-075900-aaaaaaa', undefined],
    ['almost a day old', '20261108-080001-aaaaaaa', undefined],
    ['with a prefix', 'web-20261108-080001-aaaaaaa', undefined],
    ['almost as old as told', '20261102-080001-aaaaaaa', Duration.days(7)],
  ])('does nothing when the newest image is %s', (_name, last, minInterval) => {
    const made = findings(last, minInterval);
    expect(made).toMatchObject({ status: 0, calls: [READ], output: expect.stringContaining('Nothing to do') });
  });

  test.each<[string, string, Duration | undefined]>([
    ['a day old', '20261108-080000-aaaaaaa', undefined],
    ['a year old', '20251109-080000-aaaaaaa', undefined],
    ['as old as told', '20261109-070000-aaaaaaa', Duration.hours(1)],
    ['not there', 'None', undefined],
  ])('builds when the newest image is %s', (_name, last, minInterval) => {
    expect(published(findings(last, minInterval))).toEqual([TAG]);
  });

  test.each(['schedule', 'base-image', 'deployment', ''])('is not one started by "%s"', (TRIGGER) => {
    const made = run({ rebuild: { onFindings: true } }, { published: ['20261109-075900-aaaaaaa'], env: { TRIGGER } });
    expect(published(made)).toEqual([TAG]);
  });
});

describe('a build of an asset', () => {
  const directory = directoryWith('Dockerfile', 'web.js');
  const source = () => ImageSource.asset(directory);
  const asset = (env: Record<string, string>, last: string[] = ['None'], props: Partial<ImagePipelineProps> = {}) =>
    run({ source: source(), ...props }, { env: { CODEBUILD_RESOLVED_SOURCE_VERSION: '', ...env }, published: last });

  test('has a tag of what it was built of', () => {
    const tag = tagOf(asset({}))!;
    expect(tag).toMatch(/^20261109-080000-[0-9a-f]{7}$/);
    expect(tagOf(asset({ CODEBUILD_BUILD_ID: 'Project:ccccccc' }))).toBe(tag);
  });

  test('does nothing when a deployment did not change it', () => {
    const last = `20261101-000000-${tagOf(asset({}))!.slice(-7)}`;
    const made = asset({ TRIGGER: 'deployment' }, [last]);
    expect(made).toMatchObject({ status: 0, calls: [READ], output: expect.stringContaining('Nothing to do') });
    expect(published(asset({ TRIGGER: 'schedule' }, [last]))).toHaveLength(1);
    expect(published(asset({ TRIGGER: 'deployment' }, ['20261101-000000-0000000']))).toHaveLength(1);
    const elsewhere = `${last.slice(-7)}-20261101-000000-0000000`;
    expect(published(asset({ TRIGGER: 'deployment' }, [elsewhere]))).toHaveLength(1);
  });

  test('builds when a deployment changed what is in a file', () => {
    const changing = directoryWith('Dockerfile');
    const props = { source: ImageSource.asset(changing) };
    const last = `20261101-000000-${tagOf(asset({}, [], props))!.slice(-7)}`;
    writeFileSync(join(changing, 'Dockerfile'), 'FROM busybox\n');
    // CDK remembers what it saw in one run.
    AssetStaging.clearAssetHashCache();
    expect(published(asset({ TRIGGER: 'deployment' }, [last], props))).toHaveLength(1);
  });

  test.each<[string, Partial<ImagePipelineProps>]>([
    ['a file', { source: ImageSource.asset(directoryWith('Dockerfile', 'other.js')) }],
    ['a build argument', { buildArgs: { A: '1' } }],
    ['the stage', { target: 'production' }],
    ['the architecture', { cpuArchitecture: ecs.CpuArchitecture.ARM64 }],
    ['the channel', { channelTag: 'stable' }],
  ])('builds when a deployment changed %s', (_name, props) => {
    const last = `20261101-000000-${tagOf(asset({}))!.slice(-7)}`;
    expect(published(asset({ TRIGGER: 'deployment' }, [last], props))).toHaveLength(1);
  });
});
