import {
  aws_ecs as ecs,
  aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
  aws_sqs as sqs,
  CfnResource,
  Fn,
  Stack,
} from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { EXAMPLES } from '../../examples';
import { TaskRole } from '../../lib';
import { PLATFORMS } from '../../lib/rules/platforms';
import { everything } from '../support/everything';
import { Fixture, IMAGE, newApp } from '../support/fixture';
import { allowedIn, faultsOf, modelOf } from '../support/least-privilege';
import type { AppModel, Exceptions } from '../support/least-privilege';
import { MOUNTS } from '../support/mounts';
import type { MountRow } from '../support/mounts';
import { PLATFORM_CAPACITIES } from '../support/platforms';
import type { Platform } from '../support/platforms';
import { newManaged, newWorker } from '../support/pools';
import { lenientApp, once } from '../support/resources';

const S3_FILES = {
  reason: 'the policy that AWS documents: which versions of an action S3 Files uses is not known; one bucket only',
  page: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-files-prereq-policies.html',
};
/** All that AWS does not let us say more narrowly. */
const EXCEPTIONS: Exceptions = {
  anywhere: [
    {
      actions: ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'],
      condition: ['ArnEquals', 'ecs:cluster'],
      reason: 'their resource is an instance, whose id is not known before; the condition binds them to the cluster',
      page: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html',
    },
    {
      actions: ['ssm:UpdateInstanceInformation'],
      reason: 'the least policy for Session Manager that AWS documents; instances are not known before',
      page: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html',
    },
    {
      actions: ['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'],
      reason: 'what ListGroupResources needs for a group of reservations, which may be of any stack',
      page: 'https://docs.aws.amazon.com/ARG/latest/APIReference/API_ListGroupResources.html',
    },
  ],
  wildcards: ['s3:DeleteObject*', 's3:GetObject*', 's3:List*', 's3:PutObject*'].map((action) => ({
    action,
    ...S3_FILES,
  })),
  services: [
    {
      action: 'ec2:RunInstances',
      service: 'resource-groups',
      reason: 'instances start in the Capacity Reservations of a group, which is a resource of this action',
      page: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html',
    },
    {
      action: 'eks-auth:AssumeRoleForPodIdentity',
      service: 'eks',
      reason:
        'the agent of Pod Identity on a node asks for credentials of the pods of a cluster, which is a resource of EKS',
      page: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneksauth.html',
    },
  ],
  strangers: [
    {
      role: /\/TaskRole$/,
      resource: /\/ExecLogGroup\/Resource$/,
      reason: 'allowExec: sessions are written to the audit log of the cluster',
    },
    {
      role: /\/Audited\/TaskRole$/,
      resource: /\/(Audit|Key)\/Resource$/,
      reason: 'allowExec: sessions are written to the audit bucket of the cluster, with its key',
    },
    {
      role: /^eks-hybrid\/DataCentre\/Role$/,
      resource: /^eks-hybrid\/K8s\/Cluster\/Resource$/,
      reason: 'HybridNodes: its nodes join the cluster, by an access entry that stands with the stack',
    },
    {
      role: /^shared-files\/Gallery\/TaskRole$|^Shop\/Worker\/TaskRole$/,
      resource: /\/(Reports)?Bucket\/Resource$/,
      reason: 'S3FileSystem.mount: large files are read from the bucket behind the file system',
    },
  ],
};

/** A worker with a mount, on the first compute that takes it. */
function mounting({ make, not, nor = [], windows }: MountRow): App {
  const fixture = new Fixture(lenientApp());
  const { mount, fileSystems } = make(fixture);
  const names = Object.keys(PLATFORMS) as Platform[];
  const platform = names.find((name) => ![...not, ...nor].includes(name))!;
  newWorker(fixture, {
    capacity: PLATFORM_CAPACITIES[platform].make(fixture, fileSystems),
    container: { image: IMAGE, mounts: [mount] },
    operatingSystemFamily: windows ? ecs.OperatingSystemFamily.WINDOWS_SERVER_2022_CORE : undefined,
  });
  return fixture.app;
}

/** Managed Instances that start in Capacity Reservations. */
function reserved(): App {
  const fixture = new Fixture();
  const reservationGroupArn = 'arn:aws:resource-groups:eu-west-1:111122223333:group/reserved';
  newManaged(fixture, { capacityReservations: { reservationGroupArn } });
  newManaged(fixture, { capacityOptionType: ecs.CapacityOptionType.SPOT }, 'Spot');
  return fixture.app;
}

/** ECS Exec with an audit log in a bucket with a key. */
function audited(): App {
  const { app, stack, vpc } = new Fixture();
  const kmsKey = new kms.Key(stack, 'Key');
  const executeCommandConfiguration = {
    kmsKey,
    logging: ecs.ExecuteCommandLogging.OVERRIDE,
    logConfiguration: { s3Bucket: new s3.Bucket(stack, 'Audit') },
  };
  const options = { vpc, enableFargateCapacityProviders: true, executeCommandConfiguration };
  const cluster = new ecs.Cluster(stack, 'Cluster', options);
  const container = { image: IMAGE, writableRootFilesystem: true };
  newWorker({ stack, cluster } as Fixture, { container, allowExec: true }, stack, 'Audited');
  return app;
}

const MODELS: [string, () => AppModel][] = [
  ...Object.entries(EXAMPLES).map(([name, make]): [string, () => App] => [
    `example ${name}`,
    () => Stack.of(make(newApp(), name)).node.root as App,
  ]),
  ...MOUNTS.map((row): [string, () => App] => [row.kind, () => mounting(row)]),
  ['everything', everything] as [string, () => App],
  ['Capacity Reservations', reserved] as [string, () => App],
  ['ECS Exec with an audit bucket', audited] as [string, () => App],
].map(([name, make]) => [name, once(() => modelOf(make()))]);

describe.each(MODELS)('%s', (_name, model) => {
  test('lets every role do what it needs, and nothing else', async () => {
    expect(await faultsOf(model(), EXCEPTIONS)).toEqual([]);
  });
});

describe('the least privilege', () => {
  test('is looked for in all roles of the examples', () => {
    for (const [name, model] of MODELS.filter(([each]) => each.startsWith('example'))) {
      const paths = allowedIn(model()).map(({ path }) => path.replace(/^[^/]*\//, ''));
      // Everything there is the account's, and no role.
      if (name === 'example registry-hub') continue;
      if (!name.startsWith('example eks-')) {
        expect(paths).toContainEqual(expect.stringMatching(/ExecutionRole\/Policy$/));
      }
      if (name === 'example bring-your-own') continue;
      expect(paths).toContainEqual(expect.stringMatching(/^Network\/FlowLog(Role\/)?Policy$/));
    }
  });

  const rows = (Object.keys(EXCEPTIONS) as (keyof Exceptions)[]).flatMap((kind) =>
    EXCEPTIONS[kind].map((row, index) => ({ kind, index, reason: row.reason })),
  );
  test.each(rows)('has this exception ($kind, row $index) because $reason', async ({ kind, index }) => {
    const fewer = { ...EXCEPTIONS, [kind]: EXCEPTIONS[kind].filter((_, each) => each !== index) };
    const faults = await Promise.all(MODELS.map(([, model]) => faultsOf(model(), fewer)));
    expect(faults.flat()).not.toEqual([]);
  });
});

/** A service that uses a queue of its stack and one of another, beside a queue that it does not use. */
function shop(mode = 'strong') {
  const app = newApp({ '@aws-cdk/core:defaultCrossStackReferences': mode });
  const [data, stack] = [new Stack(app, 'Data'), new Stack(app, 'Shop')];
  const web = new Construct(stack, 'Web');
  const queue = (scope: Construct, id: string) => new sqs.Queue(scope, id).queueArn;
  const [used, foreign, own] = [queue(stack, 'Used'), queue(stack, 'Foreign'), queue(web, 'Own')];
  const [far, farther] = [queue(data, 'Far'), queue(data, 'Farther')];
  new CfnResource(web, 'User', { type: 'Test::User::User', properties: { used, far } });
  return { app, stack, role: new TaskRole(web, 'TaskRole'), used, foreign, own, far, farther };
}
type Statement = (made: ReturnType<typeof shop>) => iam.PolicyStatementProps;

const NONE: Exceptions = { anywhere: [], wildcards: [], services: [], strangers: [] };
const may = (action: string, ...resources: string[]) => ({ actions: [action], resources });
const BUCKET = 'arn:aws:s3:::shop';
const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:orders';

/** What is found in a statement of the role, without the random part of ids. */
async function foundIn(statement: Statement, exceptions: Partial<Exceptions> = {}, mode?: string): Promise<string[]> {
  const made = shop(mode);
  made.role.addToPrincipalPolicy(new iam.PolicyStatement(statement(made)));
  const faults = await faultsOf(modelOf(made.app), { ...NONE, ...exceptions });
  expect(faults.filter(({ path }) => path !== 'Shop/Web/TaskRole/Policy')).toEqual([]);
  return faults.map(({ rule, what }) => `${rule}: ${what}`.replace(/[0-9A-F]{8}>/, '>'));
}

describe('the search for more than the least privilege', () => {
  test.each<[string, Statement, ...string[]]>([
    ['every action of a service', () => may('s3:*', BUCKET), 'allows everything: s3:*', 'wildcard: s3:*'],
    ['all actions but one', () => ({ notActions: ['s3:X'], resources: [BUCKET] }), 'allows everything: NotAction'],
    [
      'all resources but one',
      () => ({ actions: ['s3:GetObject'], notResources: [BUCKET] }),
      'allows everything: NotResource',
    ],
    ['every resource', () => may('sqs:SendMessage', '*'), 'on every resource: sqs:SendMessage'],
    [
      'every resource of the account',
      () => may('sqs:SendMessage', 'arn:aws:sqs:eu-west-1:111122223333:*'),
      'on every resource: sqs:SendMessage',
    ],
    [
      'every resource for one action of several',
      () => ({ actions: ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage'], resources: ['*'] }),
      'on every resource: ecr:BatchGetImage',
    ],
    ['a wildcard', () => may('s3:Get*', BUCKET), 'wildcard: s3:Get*'],
    ['an action that is not', () => may('s3:GetObjekt', BUCKET), 'no such action: s3:GetObjekt'],
    ['a service that is not', () => may('s5:GetObject', '*'), 'no such action: s5:GetObject'],
    ['an ARN of another service', () => may('sns:Publish', QUEUE), `other service: sns:Publish on ${QUEUE}`],
    [
      'a resource of another service',
      ({ used }) => may('sns:Publish', used),
      'other service: sns:Publish on <Shop/Used>',
    ],
    [
      'a resource that nobody knows',
      () => may('sqs:SendMessage', Fn.importValue('x')),
      'other service: sqs:SendMessage on <?{"Fn::ImportValue":"x"}>',
    ],
    [
      'what the service does not use',
      ({ foreign }) => may('sqs:SendMessage', foreign),
      'stranger: Shop/Foreign/Resource',
    ],
    [
      'a part of what it does not use',
      ({ foreign }) => may('sqs:SendMessage', Fn.sub('${Arn}/*', { Arn: foreign })),
      'stranger: Shop/Foreign/Resource',
    ],
  ])('sees %s', async (_what, statement, ...expected) => {
    expect(await foundIn(statement)).toEqual(expected);
  });

  test('sees every action of every service', async () => {
    expect(await foundIn(() => may('*', '*'))).toContain('allows everything: *');
  });

  test.each<[string, Statement]>([
    ['an action without resources on every resource', () => may('ecr:GetAuthorizationToken', '*')],
    ['what the service uses', ({ used }) => may('sqs:SendMessage', used)],
    ['what the service has', ({ own }) => may('sqs:SendMessage', own)],
    ['what is denied', () => ({ ...may('*', '*'), effect: iam.Effect.DENY })],
  ])('takes %s', async (_what, statement) => {
    expect(await foundIn(statement)).toEqual([]);
  });

  test.each(['strong', 'weak'])('follows %s references to another stack', async (mode) => {
    const on = (statement: Statement) => foundIn(statement, {}, mode);
    expect(await on(({ far }) => may('sqs:SendMessage', far))).toEqual([]);
    expect(await on(({ far }) => may('sns:Publish', far))).toEqual(['other service: sns:Publish on <Data/Far>']);
    expect(await on(({ farther }) => may('sqs:SendMessage', farther))).toEqual(['stranger: Data/Farther/Resource']);
  });

  test('looks into managed, inline and inner policies', async () => {
    const { app, stack } = shop();
    const document = new iam.PolicyDocument({ statements: [new iam.PolicyStatement(may('s3:*', BUCKET))] });
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AnyPrincipal(), inlinePolicies: { document } });
    new iam.Policy(stack, 'Inline', { document, roles: [role] });
    new iam.ManagedPolicy(stack, 'Managed', { document });
    const found = (await faultsOf(modelOf(app), NONE)).filter(({ rule }) => rule === 'allows everything');
    expect(found.map(({ path }) => path).sort()).toEqual(['Shop/Inline', 'Shop/Managed', 'Shop/Role']);
  });

  test('takes what is excepted, and no other', async () => {
    const why = { reason: 'a test', page: 'https://docs.aws.amazon.com' };
    const [poll] = EXCEPTIONS.anywhere;
    const polls = (key: string) => () => ({ ...may('ecs:Poll', '*'), conditions: { ArnEquals: { [key]: 'arn:x' } } });
    expect(await foundIn(polls('ecs:cluster'), { anywhere: [poll] })).toEqual([]);
    expect(await foundIn(polls('ecs:service'), { anywhere: [poll] })).toHaveLength(1);
    const services = [{ ...why, action: 'sns:Publish', service: 'sqs' }];
    expect(await foundIn(() => may('sns:Publish', QUEUE), { services })).toEqual([]);
    expect(await foundIn(() => may('sns:Publish', BUCKET), { services })).toHaveLength(1);
    const strangers = [{ ...why, role: /^Shop\/Web\/TaskRole$/, resource: /^Shop\/Foreign\// }];
    expect(await foundIn(({ foreign }) => may('sqs:SendMessage', foreign), { strangers })).toEqual([]);
    expect(await foundIn(({ farther }) => may('sqs:SendMessage', farther), { strangers })).toHaveLength(1);
  });
});
