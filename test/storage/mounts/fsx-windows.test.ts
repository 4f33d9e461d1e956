import { aws_ecs as ecs, aws_secretsmanager as secretsmanager, Lazy, Stack } from 'aws-cdk-lib';
import { InstancePool, Mount } from '../../../lib';
import type { FsxWindowsMountOptions } from '../../../lib';
import { expectFailure } from '../../support/errors';
import { Fixture, IMAGE } from '../../support/fixture';
import { expectAcyclic } from '../../support/graph';
import { expectNothingInline, statementsOf } from '../../support/policies';
import { newWorker } from '../../support/pools';
import { bareService, containerOf, taskOf } from '../../support/resources';

const FILE_SYSTEM = 'fs-0123456789abcdef0';
const WINDOWS = { operatingSystemFamily: ecs.OperatingSystemFamily.WINDOWS_SERVER_2022_CORE };
const lazy = (value: string) => Lazy.string({ produce: () => value });

const options = (stack: Stack, more: Partial<FsxWindowsMountOptions> = {}): FsxWindowsMountOptions => ({
  fileSystemId: FILE_SYSTEM,
  credentials: new secretsmanager.Secret(stack, 'Credentials'),
  domain: 'corp.example.com',
  ...more,
});

/** A worker on Windows instances of somebody, with mounts. */
function onWindows(fixture: Fixture, mounts: Mount[]) {
  const capacity = InstancePool.fromCapacityProviderName(fixture.stack, 'Pool', 'theirs').capacity();
  newWorker(fixture, { ...WINDOWS, capacity, container: { image: IMAGE, mounts } });
  return fixture.template();
}

function mounted(more: Partial<FsxWindowsMountOptions> = {}, path = 'C:\\data') {
  const fixture = new Fixture();
  return onWindows(fixture, [Mount.fsxWindows(path, options(fixture.stack, more))]);
}

describe('Mount.fsxWindows', () => {
  test('is a volume that ECS mounts as a user of the domain', () => {
    expect(taskOf(mounted()).Volumes).toEqual([
      {
        Name: expect.stringMatching(/^appC--data-[0-9a-f]{8}$/),
        FSxWindowsFileServerVolumeConfiguration: {
          FileSystemId: FILE_SYSTEM,
          RootDirectory: 'share',
          AuthorizationConfig: {
            CredentialsParameter: { Ref: expect.stringMatching(/^Credentials/) },
            Domain: 'corp.example.com',
          },
        },
      },
    ]);
  });

  test('is seen by the container, writable, and nothing else is mounted', () => {
    const template = mounted();
    expect(containerOf(template).MountPoints).toEqual([
      { ContainerPath: 'C:\\data', SourceVolume: taskOf(template).Volumes[0].Name, ReadOnly: false },
    ]);
    expect(containerOf(template)).not.toHaveProperty('LinuxParameters');
  });

  test('forbids writing where told', () => {
    expect(containerOf(mounted({ readOnly: true })).MountPoints).toMatchObject([{ ReadOnly: true }]);
  });

  test.each(['share', 'share\\data', 'share\\a b\\c', 'share/data', 'd$'])('mounts the share %j', (directory) => {
    expect(taskOf(mounted({ directory })).Volumes).toMatchObject([
      { FSxWindowsFileServerVolumeConfiguration: { RootDirectory: directory } },
    ]);
  });

  test('takes tokens', () => {
    const tokens = { fileSystemId: lazy('fs-1'), directory: lazy('a:b'), domain: lazy('x') };
    expect(taskOf(mounted(tokens)).Volumes).toMatchObject([
      {
        FSxWindowsFileServerVolumeConfiguration: {
          FileSystemId: 'fs-1',
          RootDirectory: 'a:b',
          AuthorizationConfig: { Domain: 'x' },
        },
      },
    ]);
  });

  test('lets the execution role read these credentials and find this file system, and nothing else', () => {
    const template = mounted();
    const arn = [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':fsx:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      `:file-system/${FILE_SYSTEM}`,
    ];
    const found = statementsOf(template, 'WorkerExecutionRole');
    expect(found).toHaveLength(3);
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }),
        {
          Effect: 'Allow',
          Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
          Resource: { Ref: expect.stringMatching(/^Credentials/) },
        },
        { Effect: 'Allow', Action: 'fsx:DescribeFileSystems', Resource: { 'Fn::Join': ['', arn] } },
      ]),
    );
    expect(statementsOf(template, 'WorkerTaskRole')).toEqual([]);
    expectNothingInline(template);
    expectAcyclic(template);
  });

  test('may be several, beside volumes of other kinds', () => {
    const fixture = new Fixture();
    const both = options(fixture.stack);
    const task = new ecs.Ec2TaskDefinition(fixture.stack, 'Task');
    const container = task.addContainer('main', { image: IMAGE, memoryLimitMiB: 512 });
    const mounts = [
      Mount.host('/first', '/mnt'),
      Mount.fsxWindows('C:\\a', both),
      Mount.fsxWindows('D:', { ...both, directory: 'other' }),
      Mount.host('/last', '/mnt'),
    ];
    mounts.forEach((mount) => mount.bind(fixture.stack, { container, client: fixture.cluster }));
    const { Volumes, ContainerDefinitions } = taskOf(fixture.template());
    const found = Volumes.map((volume: any) => {
      return volume.Host?.SourcePath ?? volume.FSxWindowsFileServerVolumeConfiguration.RootDirectory;
    });
    expect(found).toEqual(['/mnt', 'share', 'other', '/mnt']);
    expect(ContainerDefinitions[0].MountPoints.map(({ SourceVolume }: any) => SourceVolume)).toEqual(
      Volumes.map(({ Name }: any) => Name),
    );
  });

  test.each([
    ['C:\\data', 'C:\\data'],
    ['d:', 'd:'],
    ['C:\\a b\\..c', 'C:\\a b\\..c'],
  ])('takes the path %j', (path, normal) => {
    expect(Mount.fsxWindows(path, options(new Stack())).path).toBe(normal);
  });

  test.each(['', 'C', '/data', 'C:/data', 'C:data', '\\data', 'C:\\..', 'C:\\a\\..\\b', 'C:\\.', 'C:\\a:b', 'C:\\a*'])(
    'fails when the path is %j',
    (path) => {
      expectFailure(
        () => Mount.fsxWindows(path, options(new Stack())),
        `mount path must be a drive or a directory of one, such as 'C:\\data', got '${path}'`,
      );
    },
  );

  test.each<[string, Partial<FsxWindowsMountOptions>, string]>([
    [
      'the file system has no id',
      { fileSystemId: 'files' },
      "fileSystemId must be the id of a file system such as 'fs-0123456789abcdef0', got 'files'",
    ],
    [
      'the file system is a volume',
      { fileSystemId: 'fsvol-0123456789abcdef0' },
      "fileSystemId must be the id of a file system such as 'fs-0123456789abcdef0', got 'fsvol-0123456789abcdef0'",
    ],
    ...['', '\\share', 'share\\', 'C:\\share', 'a\\\\b', 'a*'].map(
      (directory): [string, Partial<FsxWindowsMountOptions>, string] => [
        `the share is '${directory}'`,
        { directory },
        `directory must be a share such as 'share' or 'share\\data', got '${directory}'`,
      ],
    ),
    ...['', 'corp', '.corp.com', 'corp.com.', 'corp.com/x'].map(
      (domain): [string, Partial<FsxWindowsMountOptions>, string] => [
        `the domain is '${domain}'`,
        { domain },
        `domain must be a full domain name such as 'corp.example.com', got '${domain}'`,
      ],
    ),
  ])('fails when %s', (_when, more, message) => {
    expectFailure(() => Mount.fsxWindows('C:\\data', options(new Stack(), more)), message);
  });

  test('fails when a bare task is for Fargate', () => {
    const fixture = new Fixture();
    const service = bareService(fixture);
    const container = service.taskDefinition.defaultContainer!;
    expectFailure(
      () => Mount.fsxWindows('C:\\data', options(fixture.stack)).bind(fixture.stack, { container, client: service }),
      "mounts must have no Mount.fsxWindows(…) on a task definition for Fargate, got one at 'C:\\data': only Windows instances that joined the domain mount it, so use InstancePool.fromCapacityProviderName(…) with a pool of those",
    );
  });

  test.each<[string, Mount[], string]>([
    ['a scratch directory', [Mount.scratch('/cache')], '/cache'],
    ['a file', [Mount.configFile('/etc/app/a', 'x')], '/etc/app/a'],
    ['several', [Mount.host('/a', '/mnt'), Mount.shared('x', '/b')], '/a, /b'],
  ])('is the only one on Windows: fails when there is %s', (_what, mounts, paths) => {
    const fixture = new Fixture();
    const windows = Mount.fsxWindows('C:\\data', options(fixture.stack));
    expectFailure(
      () => onWindows(fixture, [windows, ...mounts]),
      `container.mounts must be of Mount.fsxWindows(…) on Windows, got ${paths}: scratch directories and the other file systems are Linux's`,
    );
  });
});

test('fails when the task is one of Linux', () => {
  const fixture = new Fixture();
  const capacity = InstancePool.fromCapacityProviderName(fixture.stack, 'Pool', 'theirs').capacity();
  const mounts = [Mount.fsxWindows('C:\\data', options(fixture.stack))];
  expectFailure(
    () => newWorker(fixture, { capacity, container: { image: IMAGE, mounts } }),
    "mounts must have no Mount.fsxWindows(…) on Linux, got one at 'C:\\data': set operatingSystemFamily to a Windows one",
  );
});
