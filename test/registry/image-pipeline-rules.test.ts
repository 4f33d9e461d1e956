import { aws_ecr as ecr, aws_events as events, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import PUSH from './events/ecr-push.json';
import FINDING from './events/inspector-finding.json';
import { ImagePipeline, ImageSource } from '../../lib';
import type { ContainerRepository, ImagePipelineProps, RebuildOptions } from '../../lib';
import type { IContainerRepository } from '../../lib/registry/container-repository';
import { ScanType } from '../../lib/registry/scan-type';
import { Severity } from '../../lib/registry/severity';
import { expectFailure } from '../support/errors';
import { deployedRules, matches } from '../support/event-pattern';
import type { Json } from '../support/event-pattern';
import { newApp, only, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { directoryWith, git, imagesIn, PipelineFixture, projectIn, wrapped } from '../support/pipelines';
import { expectNothingInline, statementsOf } from '../support/policies';

const STACK_ID = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Shop/6f2a';
const VALUES = {
  'AWS::AccountId': '111122223333',
  'AWS::StackId': STACK_ID,
  ImagesRepository: 'shop/web',
  BaseRepository: 'base/node',
  ToolsRepository: 'base/tools',
};

function made(props: (stack: Stack) => Partial<ImagePipelineProps>) {
  const fixture = new PipelineFixture(props);
  const template = fixture.template();
  return { ...fixture, template, rules: deployedRules(template, VALUES) };
}

const rebuilt = (rebuild: RebuildOptions) => made(() => ({ rebuild }));

/** What a rule starts, and what it says to it. */
function targetOf(rule: Json): { project: string; input: unknown; retries?: number } {
  expect(rule.Targets).toHaveLength(1);
  const [{ Arn, Input, RetryPolicy, RoleArn }] = rule.Targets;
  expect(RoleArn).toMatch(/^RebuildEventRole/);
  const project = Arn.replace(/[0-9A-F]{8}\.Arn$/, '');
  return { project, input: JSON.parse(Input), retries: RetryPolicy?.MaximumRetryAttempts };
}

const because = (trigger: string) => ({
  environmentVariablesOverride: [{ name: 'TRIGGER', type: 'PLAINTEXT', value: trigger }],
});

describe('without rebuild', () => {
  test('nothing but a push to the branch builds', () => {
    const { template, pipeline } = made(() => ({}));
    template.resourceCountIs('AWS::Events::Rule', 0);
    template.resourceCountIs('AWS::IAM::Role', 1);
    expect(pipeline).toMatchObject({ rules: [], findingsProject: undefined });
    expect(rebuilt({}).pipeline.rules).toEqual([]);
    expect(rebuilt({ onFindings: false }).pipeline.rules).toEqual([]);
  });
});

describe('by the clock', () => {
  test('builds every week', () => {
    const { rules, template, pipeline, stack } = rebuilt({ every: Duration.days(7) });
    expect(rules).toEqual({ RebuildScheduleRule: expect.objectContaining({ ScheduleExpression: 'rate(7 days)' }) });
    expect(targetOf(rules.RebuildScheduleRule)).toEqual({ project: 'RebuildProject', input: because('schedule') });
    expect(pipeline.rules.map(({ ruleName }) => stack.resolve(ruleName).Ref)).toEqual([
      only(template, 'AWS::Events::Rule').id,
    ]);
  });

  test('builds at a time', () => {
    const schedule = events.Schedule.cron({ weekDay: 'SUN', hour: '3', minute: '0' });
    expect(rebuilt({ schedule }).rules.RebuildScheduleRule.ScheduleExpression).toBe('cron(0 3 ? * SUN *)');
  });

  const everyToken = (of: (amount: number) => Duration) =>
    made((stack) => ({ rebuild: { every: of(new CfnParameter(stack, 'Amount', { type: 'Number' }).valueAsNumber) } }));

  test.each([
    ['minutes', Duration.minutes],
    ['hours', Duration.hours],
    ['days', Duration.days],
  ])('takes a token of %s', (unit, of) => {
    expect(only(everyToken(of).template, 'AWS::Events::Rule').Properties.ScheduleExpression).toEqual({
      'Fn::Join': ['', ['rate(', { Ref: 'Amount' }, ` ${unit})`]],
    });
  });

  test('fails for a token of seconds', () => {
    expectFailure(
      () => everyToken(Duration.seconds),
      "the unit of every, which is a token, must be one of minutes, hours, days, got 'seconds'",
    );
  });

  test('fails when both are given', () => {
    const both = { every: Duration.days(7), schedule: events.Schedule.cron({}) };
    expectFailure(() => rebuilt(both), 'rebuild must have every or schedule, got both: leave one of them out');
  });
});

describe('onPushOf', () => {
  const bases = () => made((stack) => ({ rebuild: { onPushOf: [imagesIn(stack, 'Base'), imagesIn(stack, 'Tools')] } }));
  const push = (more: Json) => ({ ...PUSH, detail: { ...PUSH.detail, ...more } });

  test('starts the project, by one rule', () => {
    const { rules } = bases();
    expect(Object.keys(rules)).toEqual(['RebuildBaseImageRule']);
    expect(targetOf(rules.RebuildBaseImageRule)).toEqual({ project: 'RebuildProject', input: because('base-image') });
  });

  test.each<[string, Json, boolean]>([
    ['an image', push({ 'repository-name': 'base/node' }), true],
    ['an image of the other one', push({ 'repository-name': 'base/tools', 'image-tag': 'x' }), true],
    ['a part of an image, which has no tag', push({ 'repository-name': 'base/node', 'image-tag': undefined }), false],
    ['an image of another repository', push({ 'repository-name': 'shop/web' }), false],
    ['an image that was refused', push({ 'repository-name': 'base/node', result: 'FAILURE' }), false],
    ['an image that was deleted', push({ 'repository-name': 'base/node', 'action-type': 'DELETE' }), false],
  ])('of %s', (_name, event, expected) => {
    expect(matches(bases().rules.RebuildBaseImageRule.EventPattern, event)).toBe(expected);
  });

  test('of one repository, in another stack', () => {
    const app = newApp();
    const base = imagesIn(new Stack(app, 'Bases'), 'Base');
    const { stack } = new PipelineFixture(() => ({ rebuild: { onPushOf: [base] } }), new Stack(app, 'Shop'));
    const { detail } = only(Template.fromStack(stack), 'AWS::Events::Rule').Properties.EventPattern;
    expect(detail['repository-name']).toEqual([
      { 'Fn::GetStackOutput': expect.objectContaining({ StackName: 'Bases' }) },
    ]);
  });

  test('may be a repository of the same name and place in the tree of another stack', () => {
    const app = newApp();
    const base = imagesIn(new Stack(app, 'Bases'), 'Images');
    expect(() => new PipelineFixture(() => ({ rebuild: { onPushOf: [base] } }), new Stack(app, 'Shop'))).not.toThrow();
  });

  const own = (stack: Stack) => stack.node.findChild('Images') as ContainerRepository;

  test.each<[string, (stack: Stack) => IContainerRepository, string]>([
    ['itself', own, 'Images'],
    ['itself, by its L2', (stack) => wrapped(own(stack).repository), 'WrappedRepository'],
    [
      'itself, by its name',
      (stack) => {
        (own(stack).repository.node.defaultChild as ecr.CfnRepository).repositoryName = 'shop/base';
        return wrapped(ecr.Repository.fromRepositoryName(stack, 'Named', 'shop/base'));
      },
      'WrappedNamed',
    ],
    [
      'itself, imported',
      (stack) => {
        const { repositoryArn, repositoryName } = own(stack).repository;
        return wrapped(ecr.Repository.fromRepositoryAttributes(stack, 'Again', { repositoryArn, repositoryName }));
      },
      'WrappedAgain',
    ],
  ])('fails when it is %s', (_name, repository, id) => {
    expectFailure(
      () => made((stack) => ({ rebuild: { onPushOf: [imagesIn(stack, 'Base'), repository(stack)] } })),
      `onPushOf must not have the repository of the images itself, got the repository 'Shop/${id}': each build would start the next one`,
    );
  });

  test('fails when it is imported twice as the repository of the images', () => {
    const stack = new Stack(newApp(), 'Shop');
    const [one, other] = ['One', 'Other'].map((id) =>
      wrapped(ecr.Repository.fromRepositoryName(stack, id, 'shop/web')),
    );
    const props = { repository: one, source: git(), rebuild: { onPushOf: [other] } };
    expectFailure(() => new ImagePipeline(stack, 'Rebuild', props), /^onPushOf must not have .*'Shop\/WrappedOther'/);
  });

  test('fails when one is there twice', () => {
    expectFailure(
      () =>
        made((stack) => {
          const base = imagesIn(stack, 'Base');
          return { rebuild: { onPushOf: [base, base] } };
        }),
      "the repositories of onPushOf must be unique, got 'Shop/Base' twice",
    );
  });

  test.each([0, 1])('fails when number %d of it is of another region', (index) => {
    const app = newApp();
    const [here, there] = ['eu-west-1', 'eu-west-2'].map((region) => new Stack(app, region, { env: { region } }));
    const onPushOf = [imagesIn(index ? here : there, 'One'), imagesIn(index ? there : here, 'Two')];
    expectFailure(
      () => new PipelineFixture(() => ({ rebuild: { onPushOf } }), here),
      /^the repository 'eu-west-2\/(One|Two)\/Repository' must be in the region of its rules, eu-west-1, got eu-west-2: use one there$/,
    );
  });
});

describe('onFindings', () => {
  const found = (more: Json) => ({ ...FINDING, detail: { ...FINDING.detail, ...more } });

  test('starts a project of its own, which builds one image at a time and never again for the same event', () => {
    const { rules, template, pipeline, stack } = rebuilt({ onFindings: true });
    expect(Object.keys(rules)).toEqual(['RebuildFindingsRule']);
    expect(targetOf(rules.RebuildFindingsRule)).toEqual({
      project: 'RebuildFindingsProject',
      input: because('findings'),
      retries: 0,
    });
    const { Properties, DependsOn } = projectIn(template, 'RebuildFindingsProject');
    const { Properties: usual } = projectIn(template);
    const { Triggers, ...others } = usual;
    expect(Triggers).toBeDefined();
    expect(Properties).toEqual({
      ...others,
      ConcurrentBuildLimit: 1,
      Environment: {
        ...usual.Environment,
        EnvironmentVariables: [
          ...usual.Environment.EnvironmentVariables,
          { Name: 'MIN_INTERVAL', Type: 'PLAINTEXT', Value: '86400' },
        ],
      },
    });
    expect(DependsOn).toEqual([expect.stringMatching(/^RebuildRolePolicy/)]);
    expect(stack.resolve(pipeline.findingsProject!.projectName).Ref).toMatch(/^RebuildFindingsProject/);
    expectAcyclic(template);
  });

  test.each<[string, RebuildOptions, Json, boolean]>([
    ['what is fixed by an update', {}, FINDING, true],
    ['what is worse', {}, found({ severity: 'CRITICAL' }), true],
    ['what is not so bad', {}, found({ severity: 'MEDIUM' }), false],
    ['what is as bad as told', { minSeverity: Severity.MEDIUM }, found({ severity: 'MEDIUM' }), true],
    ['what nobody can fix', {}, found({ fixAvailable: 'NO' }), false],
    ['what is fixed in part', {}, found({ fixAvailable: 'PARTIAL' }), false],
    ['what is gone', {}, found({ status: 'CLOSED' }), false],
    ['what is no package', {}, found({ type: 'NETWORK_REACHABILITY' }), false],
    ['what is in another account', {}, found({ awsAccountId: '444455556666' }), false],
  ])('of %s', (_name, more, event, expected) => {
    const { EventPattern } = rebuilt({ onFindings: true, ...more }).rules.RebuildFindingsRule;
    expect(matches(EventPattern, event)).toBe(expected);
  });

  test('of images of the repository only', () => {
    const [resource] = FINDING.detail.resources;
    const { EventPattern } = rebuilt({ onFindings: true }).rules.RebuildFindingsRule;
    const image = { ...resource.details.awsEcrContainerImage, repositoryName: 'shop/other' };
    const event = found({ resources: [{ ...resource, details: { awsEcrContainerImage: image } }] });
    expect(matches(EventPattern, event)).toBe(false);
  });

  test('fails when the app sets the registry to basic scanning', () => {
    const { stack } = new PipelineFixture(() => ({ rebuild: { onFindings: true } }));
    const scanning = stack.node.findChild('Scanning') as ecr.CfnRegistryScanningConfiguration;
    scanning.scanType = ScanType.BASIC;
    expect(() => Template.fromStack(stack)).toThrow(/must have ENHANCED scanning for 'Shop\/Rebuild', got BASIC/);
  });

  test('warns when the app does not know of enhanced scanning', () => {
    const { stack } = new PipelineFixture(() => ({ rebuild: { onFindings: true } }));
    stack.node.tryRemoveChild('Scanning');
    expect(() => Template.fromStack(stack)).toThrow(/Annotation::cdk-containers:FindingsNeedEnhancedScanning/);
  });
});

describe('an asset', () => {
  const asset = () => made(() => ({ source: ImageSource.asset(directoryWith('Dockerfile')) }));
  const deployed = (status: string, stackId = STACK_ID) => ({
    source: 'aws.cloudformation',
    'detail-type': 'CloudFormation Stack Status Change',
    detail: { 'stack-id': stackId, 'status-details': { status, 'status-reason': '' } },
  });

  test('is built after the stack was deployed', () => {
    const { rules } = asset();
    expect(Object.keys(rules)).toEqual(['RebuildDeploymentRule']);
    expect(targetOf(rules.RebuildDeploymentRule)).toEqual({ project: 'RebuildProject', input: because('deployment') });
  });

  test.each<[string, Json, boolean]>([
    ['it was made', deployed('CREATE_COMPLETE'), true],
    ['it was changed', deployed('UPDATE_COMPLETE'), true],
    ['it is still changed', deployed('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'), false],
    ['it was rolled back', deployed('UPDATE_ROLLBACK_COMPLETE'), false],
    ['it was deleted', deployed('DELETE_COMPLETE'), false],
    ['another one was changed', deployed('UPDATE_COMPLETE', STACK_ID.replace('Shop', 'Shop2')), false],
  ])('when %s', (_name, event, expected) => {
    expect(matches(asset().rules.RebuildDeploymentRule.EventPattern, event)).toBe(expected);
  });
});

test('one role of EventBridge starts all of them, and nothing else', () => {
  const { template, pipeline } = made((stack) => ({
    source: ImageSource.asset(directoryWith('Dockerfile')),
    rebuild: { every: Duration.days(7), onFindings: true, onPushOf: [imagesIn(stack, 'Base')] },
  }));
  expect(pipeline.rules.map(({ node }) => node.id)).toEqual([
    'DeploymentRule',
    'ScheduleRule',
    'BaseImageRule',
    'FindingsRule',
  ]);
  const project = (id: RegExp) => ({ 'Fn::GetAtt': [expect.stringMatching(id), 'Arn'] });
  expect(statementsOf(template, 'RebuildEventRole')).toEqual([
    {
      Action: 'codebuild:StartBuild',
      Effect: 'Allow',
      Resource: expect.arrayContaining([project(/^RebuildProject/), project(/^RebuildFindingsProject/)]),
    },
  ]);
  const roles = Object.entries(template.findResources('AWS::IAM::Role'));
  const [, role] = roles.find(([id]) => id.startsWith('RebuildEventRole'))!;
  const inAccount = [
    'arn:',
    { Ref: 'AWS::Partition' },
    ':events:',
    { Ref: 'AWS::Region' },
    ':',
    { Ref: 'AWS::AccountId' },
    ':rule/*',
  ];
  expect(role.Properties.AssumeRolePolicyDocument.Statement).toEqual([
    {
      Action: 'sts:AssumeRole',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Condition: {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', inAccount] } },
      },
    },
  ]);
  expectNothingInline(template);
  expectAcyclic(template);
});
