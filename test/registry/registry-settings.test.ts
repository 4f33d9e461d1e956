import { Aws, aws_iam as iam, CfnParameter, Lazy, Stack } from 'aws-cdk-lib';
import type { Environment } from 'aws-cdk-lib';
import { RegistryScanning, RegistrySettings } from '../../lib';
import type { RegistrySettingsProps, ReplicationDestination, ReplicationRule } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template, warnings } from '../support/fixture';
import { idOf } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const HERE = { account: '111122223333', region: 'eu-west-1' };
const OTHER = '444455556666';

function setup(props: RegistrySettingsProps | ((stack: Stack) => RegistrySettingsProps), env: Environment = HERE) {
  const stack = new Stack(newApp(), 'Shop', { env });
  const settings = new RegistrySettings(stack, 'Registry', typeof props === 'function' ? props(stack) : props);
  return { stack, settings, template: () => Template.fromStack(stack) };
}

const replicate = (id = OTHER) =>
  new iam.PolicyStatement({
    actions: ['ecr:CreateRepository', 'ecr:ReplicateImage'],
    principals: [new iam.AccountPrincipal(id)],
    resources: ['arn:aws:ecr:eu-west-1:111122223333:repository/*'],
  });

const rootOf = (id: string) => `arn:aws:iam::${id}:root`;

const replicateJson = (...accounts: string[]) => ({
  Effect: 'Allow',
  Action: ['ecr:CreateRepository', 'ecr:ReplicateImage'],
  Principal: { AWS: accounts.length > 1 ? accounts.map(rootOf) : rootOf(accounts[0] ?? OTHER) },
  Resource: 'arn:aws:ecr:eu-west-1:111122223333:repository/*',
});

describe('RegistrySettings', () => {
  test('sets what was asked for, and nothing else', () => {
    const { template, settings } = setup({ scanning: RegistryScanning.basic() });
    expect(Object.values(template().toJSON().Resources)).toEqual([
      {
        Type: 'AWS::ECR::RegistryScanningConfiguration',
        Properties: {
          ScanType: 'BASIC',
          Rules: [{ ScanFrequency: 'SCAN_ON_PUSH', RepositoryFilters: [{ Filter: '*', FilterType: 'WILDCARD' }] }],
        },
      },
    ]);
    expect(idOf(settings.scanningConfiguration!)).toMatch(/^RegistryScanning/);
    expect(settings.replicationConfiguration).toBeUndefined();
    expect(settings.registryPolicy).toBeUndefined();
    expect(settings.signingConfiguration).toBeUndefined();
    expect(settings.signingProfile).toBeUndefined();
    expect(settings.signingProfiles).toEqual([]);
    expect(settings.pullTimeUpdateExclusions).toEqual([]);
  });

  test.each<RegistrySettingsProps | undefined>([undefined, {}, { policy: [] }])(
    'fails when nothing is set: %j',
    (props) => {
      const app = newApp();
      new RegistrySettings(new Stack(app, 'Shop'), 'Registry', props);
      expect(() => app.synth()).toThrow(
        '[Shop/Registry] registry settings must have scanning, replication, policy, signing or pullTimeExclusions, got none: add one, or remove the settings',
      );
    },
  );

  test('has no open finding', () => {
    const app = newApp(STRICT);
    const stack = new Stack(app, 'Shop', { env: HERE });
    new RegistrySettings(stack, 'Registry', {
      scanning: RegistryScanning.enhanced({ continuous: ['prod/*'], scanOnPush: ['*'] }),
      replication: [{ destinations: [{ region: 'eu-central-1', account: OTHER }], prefixes: ['shop-'] }],
      signing: { rules: [{ repositories: ['shop/*'] }, {}] },
      policy: [replicate()],
      pullTimeExclusions: [iam.Role.fromRoleArn(stack, 'Scanner', 'arn:aws:iam::111122223333:role/scanner')],
    });
    expect(validate(app).open).toEqual([]);
    expect(warnings(app)).toEqual([]);
  });
});

describe('replication', () => {
  const rulesOf = (replication: ReplicationRule[], env?: Environment) =>
    only(setup({ replication }, env).template(), 'AWS::ECR::ReplicationConfiguration').Properties
      .ReplicationConfiguration.Rules;

  test('copies all repositories to another region', () => {
    expect(rulesOf([{ destinations: [{ region: 'eu-central-1' }] }])).toEqual([
      { Destinations: [{ Region: 'eu-central-1', RegistryId: '111122223333' }] },
    ]);
  });

  test('copies to the account of the stack when that is not known', () => {
    expect(rulesOf([{ destinations: [{ region: 'eu-central-1' }] }], {})).toEqual([
      { Destinations: [{ Region: 'eu-central-1', RegistryId: { Ref: 'AWS::AccountId' } }] },
    ]);
  });

  test('copies some repositories, also within the region to other accounts', () => {
    const destinations = [{ region: 'eu-west-1', account: OTHER }, { region: 'eu-central-1' }];
    expect(
      rulesOf([
        { destinations, prefixes: ['shop/', 'team-'] },
        { destinations: destinations.slice(1), prefixes: ['core'] },
      ]),
    ).toEqual([
      {
        Destinations: [
          { Region: 'eu-west-1', RegistryId: OTHER },
          { Region: 'eu-central-1', RegistryId: '111122223333' },
        ],
        RepositoryFilters: [
          { Filter: 'shop/', FilterType: 'PREFIX_MATCH' },
          { Filter: 'team-', FilterType: 'PREFIX_MATCH' },
        ],
      },
      {
        Destinations: [{ Region: 'eu-central-1', RegistryId: '111122223333' }],
        RepositoryFilters: [{ Filter: 'core', FilterType: 'PREFIX_MATCH' }],
      },
    ]);
  });

  test('takes tokens', () => {
    const { template } = setup((stack) => {
      const [region, account] = ['Region', 'Account'].map((id) => new CfnParameter(stack, id).valueAsString);
      const to = { region, account };
      return { replication: [{ destinations: [to, to], prefixes: [Lazy.string({ produce: () => 'shop/' })] }] };
    });
    const to = { Region: { Ref: 'Region' }, RegistryId: { Ref: 'Account' } };
    expect(only(template(), 'AWS::ECR::ReplicationConfiguration').Properties.ReplicationConfiguration.Rules).toEqual([
      { Destinations: [to, to], RepositoryFilters: [{ Filter: 'shop/', FilterType: 'PREFIX_MATCH' }] },
    ]);
  });

  test('can have 25 rules and 25 destinations in all, each as often as needed', () => {
    const rules = places(25).map((to) => ({ destinations: [to, { region: 'us-east-1', account: accountId(0) }] }));
    rules[0] = { destinations: [rules[0].destinations[0]] };
    expect(rulesOf(rules)).toHaveLength(25);
    expect(rulesOf([{ destinations: places(25) }])).toHaveLength(1);
  });

  const toItself =
    'a destination must be another region or another account, got those of the registry itself: remove it';

  test.each<[string, ReplicationDestination, Environment]>([
    ['by its region', { region: 'eu-west-1' }, HERE],
    ['by its region and account', { region: 'eu-west-1', account: '111122223333' }, HERE],
    ['by its region, the account unknown', { region: 'eu-west-1' }, { region: 'eu-west-1' }],
    ['by tokens', { region: Aws.REGION, account: Aws.ACCOUNT_ID }, {}],
    ['by the token of its region', { region: Aws.REGION }, {}],
  ])('fails when it copies to itself: %s', (_how, destination, env) => {
    expectFailure(() => setup({ replication: [{ destinations: [destination] }] }, env), toItself);
  });

  test.each<[string, ReplicationDestination, Environment]>([
    ['the region is not known', { region: 'eu-west-1' }, { account: '111122223333' }],
    ['the account is not known', { region: 'eu-west-1', account: OTHER }, { region: 'eu-west-1' }],
    ['the account is another', { region: 'eu-west-1', account: OTHER }, HERE],
  ])('can copy to a region when %s', (_what, destination, env) => {
    expect(rulesOf([{ destinations: [destination] }], env)).toHaveLength(1);
  });

  test.each<[string, ReplicationRule[], string]>([
    ['there are no rules', [], 'replication must have at least one entry, got an empty list: leave it out for none'],
    [
      'there are more than 25 rules',
      Array.from({ length: 26 }, () => ({ destinations: [{ region: 'us-east-1' }] })),
      'replication must have at most 25 entries, got 26',
    ],
    [
      'a rule has no destinations',
      [{ destinations: [] }],
      'destinations must have at least one entry, got an empty list: say where to, or remove the rule',
    ],
    ['a rule has more than 25', [{ destinations: places(26) }], 'destinations must have at most 25 entries, got 26'],
    [
      'all rules together have more than 25',
      [{ destinations: places(25) }, { destinations: places(26).slice(24) }],
      'replication must have at most 25 different destinations in all its rules, got 26',
    ],
    [
      'a destination is there twice',
      [
        {
          destinations: [
            { region: 'us-east-1', account: OTHER },
            { region: 'us-east-1', account: OTHER },
          ],
        },
      ],
      "destinations must be unique, got 'us-east-1 of 444455556666' twice",
    ],
    [
      'a destination is there twice, in different words',
      [{ destinations: [{ region: 'us-east-1' }, { region: 'us-east-1', account: '111122223333' }] }],
      "destinations must be unique, got 'us-east-1 of this account' twice",
    ],
    [
      'a region is none',
      [{ destinations: [{ region: 'Ireland' }] }],
      "the region of a destination must be a region such as 'eu-west-1', got 'Ireland'",
    ],
    [
      'an account is none',
      [{ destinations: [{ region: 'us-east-1', account: '1234' }] }],
      "the account of a destination must be an account id of 12 digits such as '111122223333', got '1234'",
    ],
    [
      'prefixes are empty',
      [{ destinations: [{ region: 'us-east-1' }], prefixes: [] }],
      'prefixes must have at least one entry, got an empty list: leave it out for all repositories',
    ],
    [
      'a prefix has a wildcard',
      [{ destinations: [{ region: 'us-east-1' }], prefixes: ['shop/*'] }],
      "a prefix of prefixes must be 2 to 256 lower case letters, digits, '.', '_', '-' and '/', without '*', such as 'shop/', got 'shop/*'",
    ],
    [
      'a prefix is there twice',
      [{ destinations: [{ region: 'us-east-1' }], prefixes: ['shop/', 'shop/'] }],
      "prefixes must be unique, got 'shop/' twice",
    ],
  ])('fails when %s', (_what, replication, message) => {
    expectFailure(() => setup({ replication }), message);
  });

  test('fails when a destination is there twice, and the account is not known', () => {
    const destinations = [{ region: 'us-east-1' }, { region: 'us-east-1', account: Aws.ACCOUNT_ID }];
    expectFailure(
      () => setup({ replication: [{ destinations }] }, {}),
      "destinations must be unique, got 'us-east-1 of this account' twice",
    );
  });
});

describe('the policy', () => {
  const statements = (template: Template) => only(template, 'AWS::ECR::RegistryPolicy').Properties.PolicyText.Statement;

  test('has the statements that were given', () => {
    const { template, settings } = setup({ policy: [replicate()] });
    expect(only(template(), 'AWS::ECR::RegistryPolicy').Properties).toEqual({
      PolicyText: { Version: '2012-10-17', Statement: [replicateJson()] },
    });
    expect(idOf(settings.registryPolicy!)).toBe(only(template(), 'AWS::ECR::RegistryPolicy').id);
  });

  test('is made with the first statement that is added', () => {
    const { template, settings } = setup({});
    settings.addToRegistryPolicy(replicate());
    expect(statements(template())).toEqual([replicateJson()]);
  });

  test('has also those that were added later', () => {
    const { template, settings } = setup({ policy: [replicate()] });
    const resource = settings.registryPolicy;
    settings.addToRegistryPolicy(replicate('777788889999'));
    expect(statements(template())).toEqual([replicateJson(OTHER, '777788889999')]);
    expect(settings.registryPolicy).toBe(resource);
  });

  const nobody =
    'a statement of the registry policy must have principals, got none for ecr:BatchGetImage: say who is meant';
  const everybody =
    'a statement of the registry policy must not be for everybody without a condition, got ecr:BatchGetImage for *: ' +
    "name principals, or add a condition such as { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }";

  test.each<[string, iam.PolicyStatementProps, string]>([
    ['nobody', {}, nobody],
    ['nobody, by a condition', { conditions: { Bool: { 'aws:SecureTransport': 'true' } } }, nobody],
    ['everybody', { principals: [new iam.AnyPrincipal()] }, everybody],
    ['everybody, as a star', { principals: [new iam.StarPrincipal()] }, everybody],
    ['everybody too', { principals: [new iam.AccountPrincipal(OTHER), new iam.AnyPrincipal()] }, everybody],
    ['everybody but one', { notPrincipals: [new iam.AccountPrincipal(OTHER)] }, everybody],
  ])('fails when a statement is for %s', (_who, props, message) => {
    const statement = () => new iam.PolicyStatement({ actions: ['ecr:BatchGetImage'], resources: ['*'], ...props });
    expectFailure(() => setup({ policy: [statement()] }), message);
    expectFailure(() => setup({ policy: [replicate()] }).settings.addToRegistryPolicy(statement()), message);
  });

  test.each<[string, iam.PolicyStatementProps, string]>([
    ['actions', { resources: ['*'] }, "A PolicyStatement must specify at least one 'action' or 'notAction'."],
    [
      'resources',
      { actions: ['ecr:BatchGetImage'] },
      'A PolicyStatement used in a resource-based policy must specify at least one resource.',
    ],
  ])('fails when a statement has no %s', (_what, props, message) => {
    const { settings, template } = setup({});
    settings.addToRegistryPolicy(new iam.PolicyStatement({ principals: [new iam.AccountPrincipal(OTHER)], ...props }));
    expect(template).toThrow(`[Shop/Registry] ${message}`);
  });

  test.each<[string, iam.PolicyStatementProps]>([
    ['an organization', { principals: [new iam.OrganizationPrincipal('o-a1b2c3d4e5')] }],
    ['a service', { principals: [new iam.ServicePrincipal('lambda.amazonaws.com')] }],
    ['everybody who is denied', { effect: iam.Effect.DENY, principals: [new iam.AnyPrincipal()] }],
    ['an account that is not known', { principals: [new iam.AccountPrincipal(Aws.ACCOUNT_ID)] }],
  ])('can be for %s', (_who, props) => {
    const statement = new iam.PolicyStatement({ actions: ['ecr:BatchGetImage'], resources: ['*'], ...props });
    expect(statements(setup({ policy: [statement] }).template())).toHaveLength(1);
  });
});

function accountId(index: number): string {
  return String(100000000000 + index);
}

function places(count: number): ReplicationDestination[] {
  return Array.from({ length: count }, (_, index) => ({ region: 'us-east-1', account: accountId(index) }));
}
