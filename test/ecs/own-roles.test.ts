import {
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_iam as iam,
  aws_kms as kms,
  aws_logs as logs,
  aws_secretsmanager as secretsmanager,
  aws_sqs as sqs,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import {
  ContainerLogs,
  ContainerRepository,
  EcsCluster,
  ExecutionRole,
  Routing,
  SharedFileSystem,
  TaskRole,
  WebService,
  WorkerService,
} from '../../lib';
import type { ServiceOptions } from '../../lib';
import { IMAGE, Template, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { actionsOf } from '../support/policies';
import type { Statement } from '../support/policies';
import { idOf, lenientApp, once, resourceOf, taskOf } from '../support/resources';

type Service = WebService | WorkerService;
type Make = (stack: Stack, options: ServiceOptions, id?: string) => Service;

const SERVICES: [string, Make][] = [
  [
    'WebService',
    (stack, options, id = 'Service') => {
      const routing = Routing.http({ internal: true });
      return new WebService(stack, id, { ...options, port: 8080, routing, healthCheck: { path: '/' } });
    },
  ],
  ['WorkerService', (stack, options, id = 'Service') => new WorkerService(stack, id, options)],
];

/** What holds the grants of a role, or what becomes of them. */
type Home = 'AWS::IAM::ManagedPolicy' | 'AWS::IAM::Policy' | 'nowhere';

const ACCOUNT = '111122223333';
const arn = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;
const plain = (stack: Stack, id: string) =>
  new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
const inOtherStack = (stack: Stack) =>
  (stack.node.root.node.tryFindChild('Roles') as Stack | undefined) ??
  new Stack(stack.node.root, 'Roles', { env: { account: ACCOUNT, region: 'eu-west-1' } });

/** Roles that somebody may pass, and where their grants land. */
const ROLES: [string, (stack: Stack, id: string) => iam.IRole, Home][] = [
  ['TaskRole', (stack, id) => new TaskRole(stack, id), 'AWS::IAM::ManagedPolicy'],
  ['ExecutionRole', (stack, id) => new ExecutionRole(stack, id), 'AWS::IAM::ManagedPolicy'],
  ['plain Role', plain, 'AWS::IAM::Policy'],
  ['imported role', (stack, id) => iam.Role.fromRoleArn(stack, id, arn(id)), 'AWS::IAM::Policy'],
  ['role imported by name', (stack, id) => iam.Role.fromRoleName(stack, id, id), 'AWS::IAM::Policy'],
  [
    'role of another stack, imported',
    (stack, id) => iam.Role.fromRoleArn(stack, id, plain(inOtherStack(stack), id).roleArn),
    'AWS::IAM::Policy',
  ],
  [
    'role imported as immutable',
    (stack, id) => iam.Role.fromRoleArn(stack, id, arn(id), { mutable: false }),
    'nowhere',
  ],
  ['role of another account', (stack, id) => iam.Role.fromRoleArn(stack, id, arn(id, '444455556666')), 'nowhere'],
  ['role without policy updates', (stack, id) => plain(stack, id).withoutPolicyUpdates(), 'nowhere'],
  [
    'role of another stack without policy updates',
    (stack, id) => plain(inOtherStack(stack), id).withoutPolicyUpdates(),
    'nowhere',
  ],
];
const warning = (name: 'taskRole' | 'executionRole') =>
  `${name} is a role that this app must not change, so no grant lands there, of yours or of this library (images, secrets, logs, mounts, ECS Exec): its owner must allow them. [ack: Annotation::cdk-containers:RoleGrantsIgnored]`;

/** A stack of an account, which tells the roles of other accounts. */
function shop() {
  const app = lenientApp();
  const env = { account: ACCOUNT, region: 'eu-west-1' };
  const [stack, registry] = ['Shop', 'Registry'].map((id) => new Stack(app, id, { env }));
  const vpc = new ec2.Vpc(stack, 'Vpc', { availabilityZones: ['a', 'b'], restrictDefaultSecurityGroup: false });
  const { cluster } = new EcsCluster(stack, 'Ecs', { vpc });
  const secret = new secretsmanager.Secret(stack, 'Secret', { encryptionKey: new kms.Key(stack, 'Key') });
  const files = new SharedFileSystem(stack, 'Files', { vpc });
  const image = new ContainerRepository(registry, 'Images').image('1');
  const options: ServiceOptions = {
    cluster,
    container: {
      image,
      writableRootFilesystem: true,
      secrets: { TOKEN: ecs.Secret.fromSecretsManager(secret) },
      mounts: [files.mount('/srv')],
    },
    allowExec: true,
  };
  return { app, stack, secret, files, options, template: () => Template.fromStack(stack) };
}

/** A service with all that needs permissions, and roles of somebody. */
function made(make: Make, roleOf: (stack: Stack, id: string) => iam.IRole) {
  const all = shop();
  const [taskRole, executionRole] = ['Code', 'Start'].map((id) => roleOf(all.stack, id));
  const service = make(all.stack, { ...all.options, taskRole, executionRole });
  return { ...all, taskRole, executionRole, service };
}

/** The policies of a role, by their ids. */
function policiesFor(template: Template, home: string, name: string): [string, Statement[]][] {
  return Object.entries(template.findResources(home))
    .filter(([, { Properties }]) => JSON.stringify(Properties.Roles).includes(name))
    .map(([id, { Properties }]) => [id, Properties.PolicyDocument.Statement]);
}

/** The resource on which a role may do something. */
function resourceFor(template: Template, home: string, name: string, action: string): unknown {
  const statements = policiesFor(template, home, name).flatMap(([, all]) => all);
  const found = statements.filter((statement) => actionsOf(statement).includes(action));
  expect(found).toHaveLength(1);
  return found[0].Resource;
}

describe.each(SERVICES)('a %s', (_intent, make) => {
  describe.each(ROLES)('with one for the code and one for the start: %s', (_kind, roleOf, home) => {
    const seen = once(() => made(make, roleOf));

    test('has these roles, and makes none', () => {
      const { stack, service, taskRole, executionRole, template } = seen();
      expect(service.taskRole).toBe(taskRole);
      expect(service.executionRole).toBe(executionRole);
      expect(service.grantPrincipal).toBe(taskRole.grantPrincipal);
      expect(service.node.findAll().filter((each) => iam.Role.isRole(each))).toEqual([]);
      expect(['TaskRole', 'ExecutionRole'].filter((id) => service.node.tryFindChild(id))).toEqual([]);
      expect(taskOf(template())).toMatchObject({
        TaskRoleArn: stack.resolve(taskRole.roleArn),
        ExecutionRoleArn: stack.resolve(executionRole.roleArn),
      });
      expectAcyclic(template());
    });

    test(`warns of ${home === 'nowhere' ? 'each, once' : 'nothing'}`, () => {
      expect(warnings(seen().app)).toEqual(home === 'nowhere' ? [warning('taskRole'), warning('executionRole')] : []);
    });

    if (home === 'nowhere') {
      test('writes no policy at all', () => {
        for (const stack of seen().app.node.children.filter((child) => Stack.isStack(child))) {
          const template = Template.fromStack(stack);
          ['AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy'].forEach((type) => template.resourceCountIs(type, 0));
          expect(JSON.stringify(template.toJSON())).not.toContain('ssmmessages');
        }
      });
      return;
    }

    test('writes what the start needs to the one: the secret, the image and the log group', () => {
      const { secret, service, template } = seen();
      const on = (action: string) => resourceFor(template(), home, 'Start', action);
      expect(on('secretsmanager:GetSecretValue')).toEqual({ Ref: idOf(secret) });
      expect(on('logs:PutLogEvents')).toEqual({ 'Fn::GetAtt': [idOf(service.logGroup!), 'Arn'] });
      expect(on('ecr:GetAuthorizationToken')).toBe('*');
      expect(JSON.stringify(on('ecr:BatchGetImage'))).toMatch(/Fn::(ImportValue|GetStackOutput).*Images/);
    });

    test('writes what the code needs to the other: the mount and ECS Exec', () => {
      const { files, template } = seen();
      const on = (action: string) => resourceFor(template(), home, 'Code', action);
      expect(on('elasticfilesystem:ClientWrite')).toEqual({ 'Fn::GetAtt': [idOf(files.fileSystem), 'Arn'] });
      expect(on('ssmmessages:OpenDataChannel')).toBe('*');
      expect(on('logs:PutLogEvents')).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^EcsExecLogGroup/), 'Arn'] });
    });

    test('waits for the policies of both', () => {
      const { service, template } = seen();
      const policies = ['Code', 'Start'].flatMap((name) => policiesFor(template(), home, name).map(([id]) => id));
      expect(policies).toHaveLength(2);
      expect(resourceOf(template(), service.service).DependsOn).toEqual(expect.arrayContaining(policies));
    });
  });

  test('waits for the first grant of the user, which comes later', () => {
    const { stack, options, template } = shop();
    const taskRole = new TaskRole(stack, 'Code');
    const service = make(stack, { cluster: options.cluster, container: { image: IMAGE }, taskRole });
    const queue = new sqs.Queue(stack, 'Queue');
    expect(taskRole.policies).toEqual([]);
    expect(queue.grantSendMessages(service).success).toBe(true);
    expect(resourceFor(template(), 'AWS::IAM::ManagedPolicy', 'Code', 'sqs:SendMessage')).toEqual({
      'Fn::GetAtt': [idOf(queue), 'Arn'],
    });
    expect(resourceOf(template(), service.service).DependsOn).toContain(idOf(taskRole.policies[0]));
  });

  test.each<[string, 'taskRole' | 'executionRole', string[]]>([
    ['code', 'taskRole', ['ExecutionRole']],
    ['start', 'executionRole', ['TaskRole']],
  ])('with a role for the %s alone makes the other', (_what, given, other) => {
    const { app, stack, options } = shop();
    const role = iam.Role.fromRoleArn(stack, 'Frozen', arn('frozen'), { mutable: false });
    const service = make(stack, { ...options, [given]: role });
    expect(service[given]).toBe(role);
    expect(['TaskRole', 'ExecutionRole'].filter((id) => service.node.tryFindChild(id))).toEqual(other);
    expect(warnings(app)).toEqual([warning(given)]);
  });
});

describe('roles of a service', () => {
  const worker = (stack: Stack, options: ServiceOptions, id = 'Worker') => new WorkerService(stack, id, options);

  test('may be one for both', () => {
    const { stack, options, template } = shop();
    const role = new TaskRole(stack, 'Both');
    worker(stack, { ...options, taskRole: role, executionRole: role });
    for (const action of ['ssmmessages:OpenDataChannel', 'secretsmanager:GetSecretValue']) {
      expect(resourceFor(template(), 'AWS::IAM::ManagedPolicy', 'Both', action)).toBeDefined();
    }
    template().resourceCountIs('AWS::IAM::Role', 1);
  });

  test('are warned of for each use when one is for both', () => {
    const { app, stack, options } = shop();
    const role = iam.Role.fromRoleArn(stack, 'Frozen', arn('frozen'), { mutable: false });
    worker(stack, { ...options, taskRole: role, executionRole: role });
    expect(warnings(app)).toEqual([warning('taskRole'), warning('executionRole')]);
  });

  test('are warned of at each service that has them', () => {
    const { app, stack, options } = shop();
    const taskRole = iam.Role.fromRoleArn(stack, 'Frozen', arn('frozen'), { mutable: false });
    ['One', 'Two'].forEach((id) => worker(stack, { ...options, taskRole }, id));
    expect(warnings(app)).toEqual(['One', 'Two'].map(() => warning('taskRole')));
  });

  test('are not warned of where that is acknowledged', () => {
    const { app, stack, options } = shop();
    const taskRole = iam.Role.fromRoleArn(stack, 'Frozen', arn('frozen'), { mutable: false });
    const id = 'Annotation::cdk-containers:RoleGrantsIgnored';
    Validations.of(stack).acknowledge({ id, reason: 'the platform team grants' });
    worker(stack, { ...options, taskRole });
    expect(warnings(app)).toEqual([]);
  });

  test('may be of a stack that is made before, when all that they are granted is too', () => {
    const { app, stack, options } = shop();
    const roles = inOtherStack(stack);
    const [taskRole, executionRole] = [new TaskRole(roles, 'Code'), new ExecutionRole(roles, 'Start')];
    const logGroup = new logs.LogGroup(roles, 'LogGroup');
    const queue = new sqs.Queue(roles, 'Queue');
    const { cluster } = options;
    const container = { image: IMAGE, logs: ContainerLogs.cloudWatch({ logGroup }) };
    const service = worker(stack, { cluster, container, taskRole, executionRole });
    queue.grantSendMessages(service);
    app.synth();
    expect(stack.dependencies).toContain(roles);
    const template = Template.fromStack(roles);
    const on = (name: string, action: string) => resourceFor(template, 'AWS::IAM::ManagedPolicy', name, action);
    expect(on('Start', 'logs:PutLogEvents')).toEqual({ 'Fn::GetAtt': [idOf(logGroup), 'Arn'] });
    expect(on('Code', 'sqs:SendMessage')).toEqual({ 'Fn::GetAtt': [idOf(queue), 'Arn'] });
    Template.fromStack(stack).resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  });
});
