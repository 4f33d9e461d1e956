import { aws_ecr as ecr, aws_ecs as ecs, CfnParameter, Duration, Lazy, SecretValue, Stack } from 'aws-cdk-lib';
import { ImagePipeline } from '../../lib';
import type { ImagePipelineProps, RebuildOptions } from '../../lib';
import { Severity } from '../../lib/registry/severity';
import { expectFailure } from '../support/errors';
import { newApp, Template } from '../support/fixture';
import { git, imagesIn, PipelineFixture, wrapped } from '../support/pipelines';
import { allowing } from '../support/policies';

const STRONG = { '@aws-cdk/core:defaultCrossStackReferences': 'strong' };
const GB = { account: '111122223333', region: 'eu-west-2' };

describe('channelTag', () => {
  const { IMMUTABLE, IMMUTABLE_WITH_EXCLUSION, MUTABLE, MUTABLE_WITH_EXCLUSION } = ecr.TagMutability;
  const made = (imageTagMutability: ecr.TagMutability | undefined, tag: string, patterns: string[]) => {
    const stack = new Stack(newApp(), 'Shop');
    const repository = new ecr.Repository(stack, 'Images', {
      imageTagMutability,
      imageTagMutabilityExclusionFilters: patterns.length
        ? patterns.map((each) => ecr.ImageTagMutabilityExclusionFilter.wildcard(each))
        : undefined,
    });
    return new ImagePipeline(stack, 'Rebuild', { repository: wrapped(repository), source: git(), channelTag: tag });
  };

  test.each<[string, ecr.TagMutability | undefined, string, string[]]>([
    ['of a repository that says nothing', undefined, 'stable', []],
    ['where all tags move', MUTABLE, 'stable', []],
    ['that is named', IMMUTABLE_WITH_EXCLUSION, 'stable', ['latest', 'stable']],
    ['that a pattern names', IMMUTABLE_WITH_EXCLUSION, 'web-stable', ['web-*']],
    ['that is not among those that do not move', MUTABLE_WITH_EXCLUSION, 'stable', ['v*']],
    ['that is a token', IMMUTABLE, Lazy.string({ produce: () => 'stable' }), []],
  ])('may be one %s', (_name, mutability, tag, patterns) => {
    expect(() => made(mutability, tag, patterns)).not.toThrow();
  });

  test.each<[string, ecr.TagMutability, string, string[]]>([
    ['no tag moves', IMMUTABLE, 'stable', []],
    ['others move', IMMUTABLE_WITH_EXCLUSION, 'stable', ['latest', 'stable-*', 'st.ble']],
    ['it is one of those that do not move', MUTABLE_WITH_EXCLUSION, 'v1', ['v*']],
  ])('fails when %s', (_name, mutability, tag, patterns) => {
    expectFailure(
      () => made(mutability, tag, patterns),
      `channelTag must be a tag that may move, got '${tag}', which is immutable in 'Shop/WrappedImages': add it to mutableTags there`,
    );
  });

  test('of a repository that tells nothing', () => {
    const stack = new Stack(newApp(), 'Shop');
    const imported = wrapped(ecr.Repository.fromRepositoryName(stack, 'Imported', 'shop/web'));
    expect(() => new PipelineFixture(() => ({ repository: imported, channelTag: 'any' }), stack)).not.toThrow();

    const odd = imagesIn(stack, 'Odd');
    const cfn = odd.repository.node.defaultChild as ecr.CfnRepository;
    cfn.imageTagMutability = new CfnParameter(stack, 'Mutability').valueAsString;
    expect(() => new ImagePipeline(stack, 'A', { repository: odd, source: git(), channelTag: 'any' })).not.toThrow();
    cfn.imageTagMutability = 'IMMUTABLE_WITH_EXCLUSION';
    const filter = { imageTagMutabilityExclusionFilterType: 'WILDCARD' };
    const token = new CfnParameter(stack, 'Filter').valueAsString;
    cfn.imageTagMutabilityExclusionFilters = [{ ...filter, imageTagMutabilityExclusionFilterValue: token }];
    expect(() => new ImagePipeline(stack, 'B', { repository: odd, source: git(), channelTag: 'any' })).not.toThrow();
  });
});

describe('repository', () => {
  const place = (env?: { account?: string; region?: string }, context = {}) => {
    const app = newApp(context);
    const images = imagesIn(new Stack(app, 'Registry', { env: GB }), 'Images');
    return new ImagePipeline(new Stack(app, 'Ci', { env }), 'Rebuild', { repository: images, source: git() });
  };

  test('may be in another stack', () => {
    const resourceOf = (pipeline: ImagePipeline) =>
      allowing(Template.fromStack(Stack.of(pipeline)), 'RebuildRole', 'ecr:PutImage')[0].Resource;
    expect(resourceOf(place(GB, STRONG))).toEqual({
      'Fn::ImportValue': expect.stringMatching(/^Registry:.*Images.*Arn/),
    });
    expect(resourceOf(place(GB))).toEqual({
      'Fn::GetStackOutput': expect.objectContaining({
        StackName: 'Registry',
        OutputName: expect.stringContaining('Images'),
      }),
    });
    expect(() => place()).not.toThrow();
  });

  test.each([
    ['region', { ...GB, region: 'eu-west-1' }, 'eu-west-1', 'eu-west-2'],
    ['account', { ...GB, account: '444455556666' }, '444455556666', '111122223333'],
  ])('fails when it is of another %s', (kind, env, here, there) => {
    expectFailure(
      () => place(env),
      `the repository 'Registry/Images' must be in the ${kind} of the pipeline, ${here}, got ${there}: use one there`,
    );
  });
});

describe('wrong input', () => {
  const bad = (value: unknown) => value as never;
  const PATH = "a path below the root of the source, such as 'services/web'";
  const NAME = "1 to 15 levels of letters, digits, '.', '_' and '-', not below /aws or /ssm, such as '/shop/web/tag'";
  const service = (stack: Stack, region?: string) =>
    ecs.FargateService.fromFargateServiceAttributes(stack, `Service${region}`, {
      serviceArn: `arn:aws:ecs:${region ?? 'eu-west-2'}:111122223333:service/main/web`,
      cluster: ecs.Cluster.fromClusterArn(stack, `Main${region}`, 'arn:aws:ecs:eu-west-2:111122223333:cluster/main'),
    });

  test.each<[string, Partial<ImagePipelineProps> | ((stack: Stack) => Partial<ImagePipelineProps>), string]>([
    ['directory is absolute', { directory: '/web' }, `directory must be ${PATH}, got '/web'`],
    ['directory is empty', { directory: '' }, `directory must be ${PATH}, got ''`],
    ['directory is above the source', { directory: 'a/../../b' }, `directory must be ${PATH}, got 'a/../../b'`],
    ['directory looks like an option', { directory: '--push' }, `directory must be ${PATH}, got '--push'`],
    ['dockerfile is above', { dockerfile: '..' }, `dockerfile must be ${PATH}, got '..'`],
    ['dockerfile is no string', { dockerfile: bad(1) }, `dockerfile must be ${PATH}, got 1, which is no string`],
    ['target has a space', { target: 'a b' }, "target must be the name of a stage such as 'production', got 'a b'"],
    [
      'the name of a build argument is none',
      { buildArgs: { 'A-B': '1' } },
      "the name of a build argument must be letters, digits and '_', such as 'NODE_ENV', got 'A-B'",
    ],
    [
      'the name of a build argument is a command',
      { buildArgs: { 'A$(id)': '1' } },
      "the name of a build argument must be letters, digits and '_', such as 'NODE_ENV', got 'A$(id)'",
    ],
    [
      'a build argument is a number',
      { buildArgs: bad({ A: 1 }) },
      'the build argument A must be a string, got 1, which is no string',
    ],
    [
      'timeout is too short',
      { timeout: Duration.minutes(4) },
      'timeout must be between 300 and 129600 seconds, got 240 seconds',
    ],
    [
      'timeout is too long',
      { timeout: Duration.hours(37) },
      'timeout must be between 300 and 129600 seconds, got 133200 seconds',
    ],
    [
      'timeout is no whole minute',
      { timeout: Duration.seconds(330) },
      'timeout in minutes must be a whole number, got 5.5',
    ],
    [
      'timeout is a token of hours',
      (stack) => ({ timeout: Duration.hours(new CfnParameter(stack, 'Hours', { type: 'Number' }).valueAsNumber) }),
      "the unit of timeout, which is a token, must be one of minutes, got 'hours'",
    ],
    ['timeout is a number', { timeout: bad(30) }, 'timeout must be a Duration such as Duration.seconds(30), got 30'],
    [
      'tagPrefix starts with a dot',
      { tagPrefix: '.web' },
      "tagPrefix must be at most 105 letters, digits, '_', '.' and '-', such as 'v1-', got '.web'",
    ],
    [
      'tagPrefix is too long',
      { tagPrefix: 'a'.repeat(106) },
      `tagPrefix must be at most 105 letters, digits, '_', '.' and '-', such as 'v1-', got '${'a'.repeat(106)}'`,
    ],
    ['channelTag is empty', { channelTag: '' }, "channelTag must be a tag such as 'stable', got ''"],
    ['channelTag is a pattern', { channelTag: 'v*' }, "channelTag must be a tag such as 'stable', got 'v*'"],
    ['parameterName has no slash', { parameterName: 'tag' }, `parameterName must be ${NAME}, got 'tag'`],
    ['parameterName is of AWS', { parameterName: '/AWS/tag' }, `parameterName must be ${NAME}, got '/AWS/tag'`],
    ['parameterName ends with a slash', { parameterName: '/shop/' }, `parameterName must be ${NAME}, got '/shop/'`],
    ['redeploy is empty', { redeploy: [] }, 'redeploy must have at least one entry, got an empty list: leave it out'],
    [
      'redeploy comes without channelTag',
      (stack) => ({ redeploy: [service(stack)] }),
      'channelTag must be the tag that the services of redeploy run, got none: with an immutable tag a service gets a new image by a new revision only',
    ],
    [
      'redeploy has a service twice',
      (stack) => {
        const one = service(stack);
        return { channelTag: 'stable', redeploy: [one, one] };
      },
      "the services of redeploy must be unique, got 'Shop/Serviceundefined' twice",
    ],
    [
      'redeploy has a service of another region',
      (stack) => ({ channelTag: 'stable', redeploy: [service(stack, 'us-east-1')] }),
      "the service 'Shop/Serviceus-east-1' must be in the region of the pipeline, eu-west-2, got us-east-1: use one there",
    ],
  ])('fails when %s', (_name, props, message) => {
    const stack = new Stack(newApp(), 'Shop', { env: GB });
    expectFailure(
      () => new PipelineFixture(() => (typeof props === 'function' ? props(stack) : props), stack),
      message,
    );
  });

  test.each<[string, RebuildOptions | ((stack: Stack) => RebuildOptions), string]>([
    ['every is under a minute', { every: Duration.seconds(30) }, 'every must be at least 60 seconds, got 30 seconds'],
    ['every is no whole minute', { every: Duration.seconds(90) }, 'every in minutes must be a whole number, got 1.5'],
    ['onPushOf is empty', { onPushOf: [] }, 'onPushOf must have at least one entry, got an empty list: leave it out'],
    [
      'minSeverity is none',
      { onFindings: true, minSeverity: bad('high') },
      "minSeverity must be one of CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, got 'high'",
    ],
    [
      'minSeverity comes without onFindings',
      { minSeverity: Severity.LOW },
      'minSeverity and minInterval must come with onFindings, got it off: set onFindings: true',
    ],
    [
      'minInterval comes without onFindings',
      { onFindings: false, minInterval: Duration.days(2) },
      'minSeverity and minInterval must come with onFindings, got it off: set onFindings: true',
    ],
    [
      'minInterval is too short',
      { onFindings: true, minInterval: Duration.minutes(59) },
      'minInterval must be at least 3600 seconds, got 3540 seconds',
    ],
  ])('fails when %s of rebuild', (_name, rebuild, message) => {
    expectFailure(
      () => new PipelineFixture((stack) => ({ rebuild: typeof rebuild === 'function' ? rebuild(stack) : rebuild })),
      message,
    );
  });

  test('fails when a build argument is a secret', () => {
    const secret = SecretValue.secretsManager('npm').toString();
    expect(() => new PipelineFixture(() => ({ buildArgs: { NPM_TOKEN: secret } }))).toThrow(
      /Plaintext environment variable/,
    );
  });
});
