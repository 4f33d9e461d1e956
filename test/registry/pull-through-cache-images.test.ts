import {
  aws_ecs as ecs,
  aws_iam as iam,
  aws_kms as kms,
  aws_secretsmanager as secretsmanager,
  Stack,
  Stage,
} from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { ExecutionRole, PullThroughCache, RegistrySettings, ReplicationTarget, TaskRole, Upstream } from '../../lib';
import type { PullThroughCacheProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, newApp, only, Template, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { actionsOf, allowing, expectNothingInline, statementsOf, ownRepositoryArn } from '../support/policies';
import { STRICT, validate } from '../support/validate';

const HERE = { env: { account: '111122223333', region: 'eu-west-1' } };
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const PULL = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:BatchImportUpstreamImage',
  'ecr:CreateRepository',
  'ecr:GetDownloadUrlForLayer',
];
const TOKEN = { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' };

const imageIn = (name: string) => ({
  'Fn::Join': [
    '',
    [{ Ref: 'AWS::AccountId' }, '.dkr.ecr.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }, `/${name}`],
  ],
});

function cacheIn(stack: Stack, props: Partial<PullThroughCacheProps> = {}) {
  return new PullThroughCache(stack, 'Cache', { upstream: Upstream.quay(), ...props });
}

describe('PullThroughCache.image', () => {
  /** A service that runs an image of the cache, which stands in the same or another stack. */
  function service(name: string, props: Partial<PullThroughCacheProps> = {}, other = true, mode = 'weak') {
    const fixture = new Fixture(newApp({ '@aws-cdk/core:defaultCrossStackReferences': mode }));
    const cache = cacheIn(other ? new Stack(fixture.app, 'Registry') : fixture.stack, props);
    fixture.web({ container: { image: cache.image(name) } });
    return { ...fixture, cache, template: fixture.template() };
  }
  const task = (template: Template) => only(template, 'AWS::ECS::TaskDefinition');

  test.each<[string, Partial<PullThroughCacheProps>, string, string]>([
    ['a/b:1.29', {}, 'quay/a/b:1.29', 'quay/a/b'],
    [`a/b@${DIGEST}`, {}, `quay/a/b@${DIGEST}`, 'quay/a/b'],
    ['a/b:1', { prefix: 'ROOT' }, 'a/b:1', 'a/b'],
    ['b:1', { prefix: 'team/x/', upstreamPrefix: 'aa' }, 'team/x/b:1', 'team/x/b'],
  ])('%s is named, and its execution role may pull and cache it and no other', (name, props, image, repository) => {
    const { template } = service(name, props);
    expect(task(template).Properties.ContainerDefinitions[0].Image).toEqual(imageIn(image));
    const ofEcr = statementsOf(template, 'WebExecutionRole').filter((each) => /^ecr:/.test(actionsOf(each)[0]));
    expect(ofEcr).toEqual([{ Effect: 'Allow', Action: PULL, Resource: ownRepositoryArn(repository) }, TOKEN]);
    expect(statementsOf(template, 'WebTaskRole')).toEqual([]);
    expectNothingInline(template);
  });

  test('may tag the repository when the cache has tags', () => {
    const { template } = service('a/b:1', { resourceTags: { team: 'shop' } });
    expect(allowing(template, 'WebExecutionRole', 'ecr:TagResource')).toEqual([
      { Effect: 'Allow', Action: [...PULL, 'ecr:TagResource'], Resource: ownRepositoryArn('quay/a/b') },
    ]);
    expect(allowing(service('a/b:1', { resourceTags: {} }).template, 'WebExecutionRole', 'ecr:TagResource')).toEqual(
      [],
    );
  });

  test('is waited for in the stack of the cache', () => {
    const { template } = service('a/b:1', {}, false);
    expect(task(template).DependsOn).toContain(only(template, 'AWS::ECR::PullThroughCacheRule').id);
    expectAcyclic(template);
  });

  test.each(['strong', 'weak'])('is waited for from another stack, with %s references and without any', (mode) => {
    const { app, stack, cache } = service('a/b:1', {}, true, mode);
    expect(stack.dependencies.map(({ stackName }) => stackName)).toEqual(['Registry']);
    expect(Stack.of(cache).dependencies).toEqual([]);
    const assembly = app.synth();
    expect(JSON.stringify(assembly.getStackByName('Shop').template)).not.toMatch(/ImportValue|GetStackOutput/);
    expect(assembly.getStackByName('Registry').template.Outputs).toBeUndefined();
  });

  test('is of the account and region of its cache', () => {
    const app = newApp();
    const cache = cacheIn(new Stack(app, 'Registry', HERE));
    const stack = new Stack(app, 'Shop', { env: { account: '111122223333', region: 'us-east-1' } });
    new ecs.FargateTaskDefinition(stack, 'Task').addContainer('app', { image: cache.image('a/b:1') });
    const template = Template.fromStack(stack);
    expect(task(template).Properties.ContainerDefinitions[0].Image).toEqual({
      'Fn::Join': ['', ['111122223333.dkr.ecr.eu-west-1.', { Ref: 'AWS::URLSuffix' }, '/quay/a/b:1']],
    });
    const { Statement } = only(template, 'AWS::IAM::Policy').Properties.PolicyDocument;
    expect(Statement[0].Resource).toBe('arn:aws:ecr:eu-west-1:111122223333:repository/quay/a/b');
  });

  test('fails in another account, from which nobody fills the cache', () => {
    const app = newApp();
    const cache = cacheIn(new Stack(app, 'Registry', HERE));
    const stack = new Stack(app, 'Shop', { env: { account: '444455556666', region: 'eu-west-1' } });
    const container = () =>
      new ecs.FargateTaskDefinition(stack, 'Task').addContainer('app', { image: cache.image('a/b:1') });
    expectFailure(
      container,
      "the task definition 'Shop/Task' must be in the account of the cache, 111122223333, got 444455556666: only its own account fills a cache, make one there",
    );
  });

  test('works across stages, where the pipeline says what comes first', () => {
    const app = newApp();
    const cache = cacheIn(new Stack(new Stage(app, 'Base'), 'Registry', HERE));
    const stack = new Stack(new Stage(app, 'Prod'), 'Shop', HERE);
    new ecs.FargateTaskDefinition(stack, 'Task').addContainer('app', { image: cache.image('a/b:1') });
    expect(() => app.synth()).not.toThrow();
    expect(stack.dependencies).toEqual([]);
  });

  test.each<[string, (stack: Stack) => ecs.TaskDefinition]>([
    ['Fargate', (stack) => new ecs.FargateTaskDefinition(stack, 'Task')],
    ['EC2', (stack) => new ecs.Ec2TaskDefinition(stack, 'Task')],
    ['External', (stack) => new ecs.ExternalTaskDefinition(stack, 'Task')],
  ])('works with a bare task definition for %s, twice', (_name, taskDefinition) => {
    const stack = new Stack(newApp(), 'Shop');
    const cache = cacheIn(stack);
    const definition = taskDefinition(stack);
    for (const name of ['one', 'two']) {
      definition.addContainer(name, { image: cache.image(`a/${name}:1`), memoryLimitMiB: 256 });
    }
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::IAM::Policy').Properties).toMatchObject({
      PolicyDocument: {
        Statement: [
          { Action: PULL, Resource: [ownRepositoryArn('quay/a/one'), ownRepositoryArn('quay/a/two')] },
          TOKEN,
        ],
      },
      Roles: [{ Ref: expect.stringMatching(/^TaskExecutionRole/) }],
    });
    expectAcyclic(template);
  });

  test('is one image for many containers', () => {
    const fixture = new Fixture();
    const image = cacheIn(new Stack(fixture.app, 'Registry')).image('a/b:1');
    for (const id of ['One', 'Two']) fixture.web({ container: { image } }, fixture.stack, id);
    for (const id of ['One', 'Two']) {
      expect(allowing(fixture.template(), `${id}ExecutionRole`, 'ecr:BatchImportUpstreamImage')).toEqual([
        { Effect: 'Allow', Action: PULL, Resource: ownRepositoryArn('quay/a/b') },
      ]);
    }
    expect(warnings(fixture.stack)).toEqual([]);
  });

  test('fails when Docker Hub has no such name', () => {
    const stack = new Stack(newApp(), 'Shop');
    const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'ecr-pullthroughcache/hub');
    expectFailure(
      () => cacheIn(stack, { upstream: Upstream.dockerHub(secret) }).image('nginx:1.29'),
      "the image must have its namespace on Docker Hub, which only docker leaves out, got 'nginx:1.29': write 'library/nginx:1.29' for an official image",
    );
  });
});

describe('PullThroughCache.grantPull', () => {
  test('lets a role pull all of the upstream', () => {
    const stack = new Stack(newApp(), 'Shop');
    const cache = cacheIn(stack, { resourceTags: { team: 'shop' } });
    expect(cache.grantPull(new TaskRole(stack, 'Role')).success).toBe(true);
    expect(statementsOf(Template.fromStack(stack), 'Role')).toEqual([
      { Effect: 'Allow', Action: [...PULL, 'ecr:TagResource'], Resource: ownRepositoryArn('quay/*') },
      TOKEN,
    ]);
  });

  test('lets a bare role pull, for nodes of a cluster', () => {
    const stack = new Stack(newApp(), 'Shop');
    const role = new iam.Role(stack, 'Node', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    cacheIn(stack, { prefix: 'ROOT' }).grantPull(role);
    expect(only(Template.fromStack(stack), 'AWS::IAM::Policy').Properties.PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: PULL, Resource: ownRepositoryArn('*') },
      TOKEN,
    ]);
  });

  test.each<[string, (stack: Stack) => iam.IGrantable]>([
    ['an account', () => new iam.AccountPrincipal('444455556666')],
    ['a role that is imported', (stack) => iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/Node')],
    ['a user', (stack) => new iam.User(stack, 'User')],
    ['a group', (stack) => new iam.Group(stack, 'Group')],
    ['a service', (stack) => new Fixture(stack.node.root as App).web()],
  ])('can be asked for %s', (_name, grantee) => {
    const stack = new Stack(newApp(), 'Registry');
    expect(() => cacheIn(stack).grantPull(grantee(stack))).not.toThrow();
    (stack.node.root as App).synth();
  });
});

test('everything of caches and replicas passes all validators', () => {
  const app = newApp(STRICT);
  const stack = new Stack(app, 'Registry', HERE);
  const encryptionKey = new kms.Key(stack, 'Key', { enableKeyRotation: true });
  const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'ecr-pullthroughcache/hub');
  const hub = new PullThroughCache(stack, 'Hub', {
    upstream: Upstream.dockerHub(secret),
    encryptionKey,
    resourceTags: { team: 'shop' },
    allowPullFrom: { accounts: ['444455556666'], organization: 'o-a1b2c3d4e5', lambda: true },
  });
  const caches = [
    Upstream.ghcr(secret),
    Upstream.gitlab(secret),
    Upstream.azure('mine.azurecr.io', secret),
    Upstream.chainguard(secret),
    Upstream.quay(),
    Upstream.kubernetes(),
    Upstream.ecrPublic(),
    Upstream.privateEcr({ region: 'eu-west-1', account: '444455556666' }),
  ].map((upstream, index) => new PullThroughCache(stack, `Cache${index}`, { upstream }));
  new ReplicationTarget(stack, 'Target', {
    registry: new RegistrySettings(stack, 'Settings'),
    sourceAccounts: ['444455556666'],
    prefixes: ['shop/', 'team/'],
    encryptionKey,
    resourceTags: { team: 'shop' },
  });
  const anywhere = new Stack(app, 'Anywhere');
  caches.push(cacheIn(anywhere, { prefix: 'ROOT' }));
  const role = new TaskRole(anywhere, 'Role');
  [hub, ...caches].forEach((cache) => cache.grantPull(role));
  const executionRole = new ExecutionRole(anywhere, 'ExecutionRole');
  const task = new ecs.FargateTaskDefinition(anywhere, 'Task', { executionRole, taskRole: role });
  task.addContainer('app', { image: hub.image('library/nginx:1.29') });
  const { open, acknowledged } = validate(app);
  expect([...new Set(acknowledged.map(({ path }) => path.replace(/\/Policy.*/, '')))].sort()).toEqual([
    'Anywhere/ExecutionRole',
    'Anywhere/Role',
    'Registry/Cache7/Role',
    'Registry/Hub/Template/Role',
    'Registry/Target/Template-shop/Role',
    'Registry/Target/Template-team/Role',
  ]);
  expect(open.filter(({ path }) => !path.startsWith('Anywhere/Task/'))).toEqual([]);
});
