import { aws_ecs as ecs, aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ExecutionRole, InfrastructureRole, InstanceRole, TaskRole } from '../../lib';
import type { RoleOptions } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { policiesOf } from '../support/policies';
import { all } from '../support/resources';

type OurRole = TaskRole | ExecutionRole | InstanceRole | InfrastructureRole;
type Make = (scope: Construct, options?: RoleOptions) => OurRole;

const cluster = (scope: Construct) =>
  ecs.Cluster.fromClusterArn(scope, 'Cluster', 'arn:aws:ecs:eu-west-1:111122223333:cluster/platform');

const ROLES: [string, Make][] = [
  ['TaskRole', (scope, options) => new TaskRole(scope, 'Role', options)],
  ['ExecutionRole', (scope, options) => new ExecutionRole(scope, 'Role', options)],
  ['InstanceRole', (scope, options) => new InstanceRole(scope, 'Role', { cluster: cluster(scope), ...options })],
  ['InfrastructureRole', (scope, options) => new InfrastructureRole(scope, 'Role', options)],
];

/** What a role of tasks has of its own. */
const OWN = {
  StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
  ArnLike: { 'aws:SourceArn': expect.anything() },
};
const DEFAULTS: Record<string, object | undefined> = { TaskRole: OWN, ExecutionRole: OWN };

const BOUNDARY = 'arn:aws:iam::111122223333:policy/boundary';
const boundary = (scope: Construct, id = 'Boundary', arn = BOUNDARY) =>
  iam.ManagedPolicy.fromManagedPolicyArn(scope, id, arn);

describe.each(ROLES)('%s', (name, make) => {
  /** A role that has so many grants that they take several policies. */
  function made(options: (stack: Stack) => RoleOptions = () => ({})) {
    const app = newApp();
    const stack = new Stack(app, 'Shop');
    const role = make(stack, options(stack));
    for (let part = 0; part < 60; part++) {
      const conditions = { StringEquals: { 'aws:ResourceTag/part': `${part}`.padStart(60, '0') } };
      role.addToPrincipalPolicy(
        new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:::x'], conditions }),
      );
    }
    return { app, stack, role, template: () => Template.fromStack(stack) };
  }
  const roleIn = (template: Template) => only(template, 'AWS::IAM::Role').Properties;
  const policiesIn = (template: Template) => all(template, 'AWS::IAM::ManagedPolicy');
  /** Who assumes a role, and when. */
  const trustOf = (trustConditions: RoleOptions['trustConditions']) => {
    const { Statement } = roleIn(made(() => ({ trustConditions })).template()).AssumeRolePolicyDocument;
    expect(Statement).toHaveLength(1);
    return Statement[0];
  };

  test('has neither path nor boundary by default', () => {
    const template = made().template();
    expect(roleIn(template)).not.toHaveProperty('Path');
    expect(roleIn(template)).not.toHaveProperty('PermissionsBoundary');
    for (const policy of policiesIn(template)) expect(policy.Path ?? '/').toBe('/');
  });

  test('has its path, and so has every policy', () => {
    const template = made(() => ({ path: '/teams/shop/' })).template();
    expect(roleIn(template).Path).toBe('/teams/shop/');
    const paths = policiesIn(template).map(({ Path }) => Path);
    expect(paths.length).toBeGreaterThan(1);
    expect(new Set(paths)).toEqual(new Set(['/teams/shop/']));
  });

  test('has its permissions boundary, and its policies are attached to it still', () => {
    const template = made((stack) => ({ permissionsBoundary: boundary(stack) })).template();
    expect(roleIn(template).PermissionsBoundary).toBe(BOUNDARY);
    expect(roleIn(template)).not.toHaveProperty('ManagedPolicyArns');
    expect(policiesOf(template, 'Role').length).toBe(policiesIn(template).length);
  });

  test('takes a boundary that the app makes', () => {
    const statements = [new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:::x'] })];
    const template = made((stack) => ({
      permissionsBoundary: new iam.ManagedPolicy(stack, 'Own', { statements }),
    })).template();
    expect(roleIn(template).PermissionsBoundary).toEqual({ Ref: expect.stringMatching(/^Own/) });
  });

  test.each<[string, (app: Construct, stack: Stack) => Construct]>([
    ['app', (app) => app],
    ['stack', (_app, stack) => stack],
  ])('is reached by a boundary of the %s', (_scope, scopeOf) => {
    const { app, stack, template } = made();
    iam.PermissionsBoundary.of(scopeOf(app, stack)).apply(boundary(stack));
    expect(roleIn(template()).PermissionsBoundary).toBe(BOUNDARY);
  });

  test('has the boundary of the whole app rather than its own, as a Role of CDK', () => {
    const { app, stack, template } = made((scope) => ({
      permissionsBoundary: boundary(scope, 'Own', 'arn:aws:iam::111122223333:policy/own'),
    }));
    iam.PermissionsBoundary.of(app).apply(boundary(stack));
    expect(roleIn(template()).PermissionsBoundary).toBe(BOUNDARY);
  });

  test.each(['', 'teams', '/teams', 'teams/', '/te ams/', `/${'x'.repeat(511)}/`])(
    'fails when the path is %j',
    (path) => {
      expectFailure(
        () => made(() => ({ path })),
        `path must be '/', or begin and end with it such as '/teams/shop/', got '${path}'`,
      );
    },
  );

  test('may be assumed under its own conditions only', () => {
    expect(trustOf(undefined).Condition).toEqual(DEFAULTS[name]);
  });

  test.each([
    ['none', {}, {}],
    [
      'an operator of their own',
      { Bool: { 'aws:SecureTransport': 'true' } },
      { Bool: { 'aws:SecureTransport': 'true' } },
    ],
    [
      'an operator that it has, and another key',
      { StringEquals: { 'aws:SourceOrgID': 'o-1' } },
      { StringEquals: { 'aws:SourceOrgID': 'o-1' } },
    ],
    [
      'several',
      { ArnLike: { 'aws:PrincipalArn': 'arn:x' }, StringEquals: { 'aws:SourceOrgID': ['o-1', 'o-2'] } },
      { ArnLike: { 'aws:PrincipalArn': 'arn:x' }, StringEquals: { 'aws:SourceOrgID': ['o-1', 'o-2'] } },
    ],
  ])('adds trust conditions to its own: %s', (_what, given, expected: Record<string, object>) => {
    const own = (DEFAULTS[name] ?? {}) as Record<string, object>;
    const operators = [...new Set([...Object.keys(own), ...Object.keys(expected)])];
    const merged = Object.fromEntries(operators.map((key) => [key, { ...own[key], ...expected[key] }]));
    const { Action, Principal, Condition } = trustOf(given);
    expect(Action).toBe('sts:AssumeRole');
    expect(Object.keys(Principal)).toEqual(['Service']);
    expect(Condition ?? {}).toEqual(merged);
  });
});

test.each<[string, string, string]>([
  ['StringEquals', 'aws:SourceAccount', '999988887777'],
  ['ArnLike', 'aws:SourceArn', 'arn:aws:ecs:*:*:*'],
])('a role fails when its conditions would take the place of %s %s', (operator, key, value) => {
  expectFailure(
    () => new TaskRole(new Stack(newApp(), 'Shop'), 'Role', { trustConditions: { [operator]: { [key]: value } } }),
    `trustConditions must not have ${key} of ${operator}, which the role has already and would lose: leave it out, or use another operator`,
  );
});
