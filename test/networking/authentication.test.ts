import { Stack, Token, aws_cognito as cognito, aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Authentication } from '../../lib';
import { Balancer, COOKIE, JWT, OIDC, RULE, userPool } from '../support/authentications';
import { expectFailure } from '../support/errors';
import { Template, newApp } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { all } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const EGRESS = 'AWS::EC2::SecurityGroupEgress';
const LISTENER = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/theirs/1/2';
const GROUP_ID = 'sg-0123456789abcdef0';
const TO_PROVIDER = [
  { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: 'Allow to IdP endpoint' },
];

test.each(['cognito', 'jwt', 'oidc'] as const)('%s fails without options', (kind) => {
  expectFailure(
    () => Authentication[kind](undefined as never),
    `the options of Authentication.${kind} must be given, got undefined`,
  );
});

describe('the cookie of a session', () => {
  /** The cookies of several rules of one listener. */
  function cookies(make: (balancer: Balancer) => Authentication[], stack = (balancer: Balancer) => balancer.stack) {
    const balancer = new Balancer();
    const made = stack(balancer);
    make(balancer).forEach((authentication) => balancer.rule(authentication, made));
    return all(Template.fromStack(made), RULE).map(({ Actions: [action] }) => {
      return (action.AuthenticateOidcConfig ?? action.AuthenticateCognitoConfig).SessionCookieName;
    });
  }

  test('is the same for all routes of a client', () => {
    const [first, second] = cookies(() => [
      Authentication.oidc(OIDC),
      Authentication.oidc({ ...OIDC, scope: 'openid' }),
    ]);
    expect(first).toMatch(COOKIE);
    expect(second).toBe(first);
  });

  test('is another one for another client, so that no session is taken for one of it', () => {
    const other = { ...OIDC, clientId: 'admin' };
    const elsewhere = { ...OIDC, issuer: 'https://other.example.com' };
    const made = cookies(({ stack }) => [
      Authentication.oidc(OIDC),
      Authentication.oidc(other),
      Authentication.oidc(elsewhere),
      Authentication.cognito(userPool(stack)),
    ]);
    expect(new Set(made).size).toBe(4);
    made.forEach((name) => expect(name).toMatch(COOKIE));
  });

  test('is another one for each client of a user pool', () => {
    const made = cookies(({ stack }) => {
      const options = userPool(stack);
      const userPoolClient = cognito.UserPoolClient.fromUserPoolClientId(stack, 'Imported', 'theirs');
      return [Authentication.cognito(options), Authentication.cognito({ ...options, userPoolClient })];
    });
    expect(new Set(made).size).toBe(2);
  });

  test('is never shared by clients that are only known later', () => {
    const [clientId] = [Token.asString({ Ref: 'ClientId' })];
    const one = cookies(() => [Authentication.oidc({ ...OIDC, clientId }), Authentication.oidc({ ...OIDC, clientId })]);
    const two = cookies(
      () => [Authentication.oidc({ ...OIDC, clientId })],
      ({ app }) => new Stack(app, 'Consumer'),
    );
    expect(one[1]).toBe(one[0]);
    expect(two[0]).not.toBe(one[0]);
  });
});

describe('the way from the load balancer to the identity provider', () => {
  const KINDS: [string, (options: object, stack: Stack) => Authentication][] = [
    ['oidc', (options) => Authentication.oidc({ ...OIDC, ...options })],
    ['cognito', (options, stack) => Authentication.cognito({ ...userPool(stack), ...options })],
    ['jwt', (options) => Authentication.jwt({ ...JWT, ...options })],
  ];

  test.each(KINDS)('is opened on port 443 and no other: %s', (_name, kind) => {
    const balancer = new Balancer();
    balancer.rule(kind({}, balancer.stack));
    expect(balancer.outbound()).toEqual(TO_PROVIDER);
  });

  test.each(KINDS)('stays closed when told so: %s', (_name, kind) => {
    const balancer = new Balancer();
    balancer.rule(kind({ allowHttpsOutbound: false }, balancer.stack));
    expect(balancer.outbound()).toEqual([expect.objectContaining({ CidrIp: '255.255.255.255/32' })]);
  });

  test('is one rule for all, at the group of the load balancer, also for routes of other stacks', () => {
    const balancer = new Balancer();
    const consumers = ['One', 'Two'].map((id) => new Stack(balancer.app, id));
    for (const consumer of consumers) KINDS.forEach(([, kind]) => balancer.rule(kind({}, consumer), consumer));
    for (const consumer of consumers) {
      Template.fromStack(consumer).resourceCountIs(EGRESS, 0);
      Template.fromStack(consumer).resourceCountIs(RULE, 3);
    }
    expect(balancer.outbound()).toEqual(TO_PROVIDER);
    balancer.template().resourceCountIs(EGRESS, 0);
    expectAcyclic(balancer.template());
    expect(balancer.stack.dependencies).toEqual([]);
  });

  test.each<[string, ec2.SecurityGroupImportOptions, object[]]>([
    ['open as groups are', {}, []],
    ['not ours to change', { mutable: false, allowAllOutbound: false }, []],
    ['closed', { allowAllOutbound: false }, [{ GroupId: GROUP_ID, ...TO_PROVIDER[0] }]],
  ])('of an imported listener, whose group is %s', (_what, options, expected) => {
    const balancer = new Balancer();
    const stack = new Stack(balancer.app, 'Service');
    const listener = elbv2.ApplicationListener.fromApplicationListenerAttributes(stack, 'Theirs', {
      listenerArn: LISTENER,
      securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', GROUP_ID, options),
    });
    KINDS.forEach(([, kind]) => balancer.rule(kind({}, stack), stack, listener));
    const template = Template.fromStack(stack);
    template.resourceCountIs(RULE, 3);
    expect(all(template, EGRESS)).toEqual(expected);
  });
});

test('no validator finds anything in rules with authentication', () => {
  const app = newApp(STRICT);
  const stack = new Stack(app, 'Service');
  const listener = elbv2.ApplicationListener.fromApplicationListenerAttributes(stack, 'Theirs', {
    listenerArn: LISTENER,
    securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', GROUP_ID, { allowAllOutbound: false }),
  });
  const authentications = [Authentication.oidc(OIDC), Authentication.jwt(JWT), Authentication.cognito(userPool(stack))];
  authentications.forEach((authentication, index) => {
    new elbv2.ApplicationListenerRule(stack, `Rule${index}`, {
      listener,
      priority: index + 1,
      conditions: [elbv2.ListenerCondition.pathPatterns(['/*'])],
      action: authentication.bind(stack, elbv2.ListenerAction.fixedResponse(200)),
    });
  });
  // The user pool is the test's own, and no part of the library.
  const { open } = validate(app);
  expect(open.filter(({ path }) => !path.startsWith('Service/Users'))).toEqual([]);
});
