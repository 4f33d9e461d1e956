import { aws_iam as iam, aws_signer as signer, CfnParameter, Stack, Stage } from 'aws-cdk-lib';
import type { Environment } from 'aws-cdk-lib';
import { RegistrySettings, TaskRole } from '../../lib';
import type { RegistrySettingsProps, SigningRule } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { allowing, expectNothingInline } from '../support/policies';
import { all, idOf, resourceOf } from '../support/resources';

const HERE = { account: '111122223333', region: 'eu-west-1' };
const PLATFORM = signer.Platform.NOTATION_OCI_SHA384_ECDSA;

function setup(props: (stack: Stack) => RegistrySettingsProps = () => ({ signing: {} }), env: Environment = HERE) {
  const app = newApp();
  const stack = new Stack(app, 'Shop', { env });
  const settings = new RegistrySettings(stack, 'Registry', props(stack));
  return { app, stack, settings, template: () => Template.fromStack(stack) };
}

const signed = (rules: (stack: Stack) => SigningRule[], env?: Environment) =>
  setup((stack) => ({ signing: { rules: rules(stack) } }), env);

const profile = (stack: Stack, id: string, platform = PLATFORM) => new signer.SigningProfile(stack, id, { platform });
const arnOf = (made: signer.ISigningProfile) => ({ 'Fn::GetAtt': [idOf(made), 'Arn'] });
const filters = (...names: string[]) => names.map((Filter) => ({ Filter, FilterType: 'WILDCARD_MATCH' }));

describe('signing', () => {
  test('signs all repositories with a profile of its own', () => {
    const { template, settings } = setup();
    expect(only(template(), 'AWS::Signer::SigningProfile').Properties).toMatchObject({
      PlatformId: 'Notation-OCI-SHA384-ECDSA',
    });
    expect(only(template(), 'AWS::ECR::SigningConfiguration').Properties).toEqual({
      Rules: [{ SigningProfileArn: arnOf(settings.signingProfile!) }],
    });
    expect(settings.signingProfiles).toEqual([settings.signingProfile]);
    expect(settings.signingConfiguration).toBeDefined();
  });

  test('signs some repositories, each with its profile, and those without one with the same', () => {
    const { template, settings, stack } = signed((scope) => [
      { repositories: ['shop/*', 'web'], profile: profile(scope, 'Shop') },
      { repositories: ['core'] },
      { repositories: ['core', 'base/*'], profile: scope.node.findChild('Shop') as signer.SigningProfile },
      { repositories: ['tools/*'] },
    ]);
    const shop = stack.node.findChild('Shop') as signer.SigningProfile;
    const own = settings.signingProfile!;
    expect(only(template(), 'AWS::ECR::SigningConfiguration').Properties.Rules).toEqual([
      { SigningProfileArn: arnOf(shop), RepositoryFilters: filters('shop/*', 'web') },
      { SigningProfileArn: arnOf(own), RepositoryFilters: filters('core') },
      { SigningProfileArn: arnOf(shop), RepositoryFilters: filters('core', 'base/*') },
      { SigningProfileArn: arnOf(own), RepositoryFilters: filters('tools/*') },
    ]);
    expect(settings.signingProfiles).toEqual([shop, own]);
    template().resourceCountIs('AWS::Signer::SigningProfile', 2);
  });

  test('makes no profile when all rules bring one', () => {
    const { template, settings, stack } = signed((scope) => [{ profile: imported(scope) }]);
    template().resourceCountIs('AWS::Signer::SigningProfile', 0);
    expect(settings.signingProfile).toBeUndefined();
    expect(settings.signingProfiles).toEqual([stack.node.findChild('Imported')]);
    const [{ SigningProfileArn }] = only(template(), 'AWS::ECR::SigningConfiguration').Properties.Rules;
    expect(SigningProfileArn).toBe('arn:aws:signer:eu-west-1:111122223333:/signing-profiles/images');
  });

  test('repairs the ARN that CDK gives imported profiles, in a place that is not known too', () => {
    const { template, settings, stack } = signed((scope) => [{ profile: imported(scope) }], {});
    settings.grantSign(new TaskRole(stack, 'Build'));
    const [{ Resource }] = allowing(template(), 'Build', 'signer:SignPayload');
    const [{ SigningProfileArn }] = only(template(), 'AWS::ECR::SigningConfiguration').Properties.Rules;
    expect(SigningProfileArn['Fn::Join'][1].at(-1)).toBe(':/signing-profiles/images');
    expect(Resource).toEqual(SigningProfileArn);
    // Once this fails, CDK does it right, and the repair is no longer needed.
    expect(JSON.stringify(stack.resolve(settings.signingProfiles[0].signingProfileArn))).toContain(
      '://signing-profiles',
    );
  });

  test.each(['strong', 'weak'])('signs with a profile of another stack, by a %s reference', (references) => {
    const app = newApp({ '@aws-cdk/core:defaultCrossStackReferences': references });
    const made = profile(new Stack(app, 'Profiles', { env: HERE }), 'Images');
    const stack = new Stack(app, 'Shop', { env: HERE });
    const settings = new RegistrySettings(stack, 'Registry', { signing: { rules: [{ profile: made }] } });
    settings.grantSign(new TaskRole(stack, 'Build'));
    const template = Template.fromStack(stack);
    const [{ SigningProfileArn }] = only(template, 'AWS::ECR::SigningConfiguration').Properties.Rules;
    expect(Object.keys(SigningProfileArn)).toEqual([
      references === 'strong' ? 'Fn::ImportValue' : 'Fn::GetStackOutput',
    ]);
    expect(allowing(template, 'Build', 'signer:SignPayload')[0].Resource).toEqual(SigningProfileArn);
  });

  test.each<[string, (stack: Stack) => SigningRule[], string]>([
    [
      'there are no rules',
      () => [],
      'rules of signing must have at least one entry, got an empty list: leave it out for all repositories',
    ],
    [
      'there are more than 10 rules',
      () => Array.from({ length: 11 }, (_, index) => ({ repositories: [`shop${index}`] })),
      'rules of signing must have at most 10 entries, got 11',
    ],
    [
      'repositories are empty',
      () => [{ repositories: [] }],
      'repositories must have at least one entry, got an empty list: leave it out for all repositories',
    ],
    [
      'repositories are no filters',
      () => [{ repositories: ['Shop/*'] }],
      "a filter of repositories must be 1 to 255 lower case letters, digits and '*', with a single '.', '_', '-' or '/' between them, such as 'shop/*', got 'Shop/*'",
    ],
    ['a filter is there twice', () => [{ repositories: ['a', 'a'] }], "repositories must be unique, got 'a' twice"],
    [
      'two rules sign the same with one profile',
      () => [{ repositories: ['a', 'b'] }, { repositories: ['b'] }],
      "repositories that 'Shop/Registry/SigningProfile' signs must be unique, got 'b' twice",
    ],
    [
      'two rules sign all with one profile',
      () => [{}, {}],
      "repositories that 'Shop/Registry/SigningProfile' signs must be unique, got 'all' twice",
    ],
    [
      'a profile is not for images',
      (stack) => [{ profile: profile(stack, 'Lambda', signer.Platform.AWS_LAMBDA_SHA384_ECDSA) }],
      "a profile of signing must be for Notation-OCI-SHA384-ECDSA, got 'Shop/Lambda' for AWSLambda-SHA384-ECDSA: images have signatures of that kind",
    ],
    [
      'a profile is of another region',
      (stack) => [
        { profile: profile(new Stack(stack.node.root as never, 'Far', { env: { region: 'us-east-1' } }), 'P') },
      ],
      "a profile of signing must be in the region of the registry, eu-west-1, got 'Far/P' in us-east-1: make one there",
    ],
  ])('fails when %s', (_what, rules, message) => {
    expectFailure(() => signed(rules), message);
  });

  test('can have 10 rules, and sign the same with two profiles', () => {
    const rules = (stack: Stack) => [
      ...Array.from({ length: 9 }, (_, index) => ({ repositories: [`shop${index}`] })),
      { repositories: ['shop1'], profile: profile(stack, 'Second') },
    ];
    expect(only(signed(rules).template(), 'AWS::ECR::SigningConfiguration').Properties.Rules).toHaveLength(10);
  });

  test.each<[string, Environment]>([
    ['the registry', {}],
    ['neither', { account: '111122223333' }],
  ])('can have a profile when the region of %s is not known', (_what, env) => {
    expect(() => signed((stack) => [{ profile: profile(stack, 'P') }], env)).not.toThrow();
    const far = (stack: Stack) => new Stack(stack.node.root as never, 'Far', { env: { region: 'us-east-1' } });
    expect(() => signed((stack) => [{ profile: imported(far(stack)) }], env)).not.toThrow();
  });

  test('can have a profile for a platform that is not known', () => {
    const { template } = signed((stack) => [
      { profile: profile(stack, 'P', signer.Platform.of(new CfnParameter(stack, 'Platform').valueAsString)) },
    ]);
    expect(all(template(), 'AWS::ECR::SigningConfiguration')).toHaveLength(1);
  });
});

describe('grantSign', () => {
  test('lets someone sign with all profiles, and nothing else', () => {
    const { template, settings, stack } = signed((scope) => [
      { repositories: ['a'], profile: profile(scope, 'A') },
      {},
    ]);
    const grant = settings.grantSign(new TaskRole(stack, 'Build'));
    expect(grant.success).toBe(true);
    expect(allowing(template(), 'Build', 'signer:SignPayload')).toEqual([
      {
        Effect: 'Allow',
        Action: 'signer:SignPayload',
        Resource: [arnOf(stack.node.findChild('A') as signer.SigningProfile), arnOf(settings.signingProfile!)],
      },
    ]);
    expectNothingInline(template());
  });

  test('lets a role of another stack sign', () => {
    const { app, settings } = setup();
    const stack = new Stack(app, 'Pipeline', { env: HERE });
    settings.grantSign(new TaskRole(stack, 'Build'));
    expect(allowing(Template.fromStack(stack), 'Build', 'signer:SignPayload')).toHaveLength(1);
  });

  test('says when nothing could be granted', () => {
    expect(setup().settings.grantSign(new iam.AccountPrincipal('444455556666')).success).toBe(false);
  });

  test('fails when nothing signs', () => {
    const { settings, stack } = setup(() => ({}));
    expectFailure(
      () => settings.grantSign(new TaskRole(stack, 'Build')),
      "grantSign must have profiles to grant, got settings without signing: pass 'signing: {}'",
    );
  });
});

describe('roles whose pulls do not count', () => {
  const ARN = 'arn:aws:iam::111122223333:role/scanner';
  const role = (stack: Stack, id: string) => new iam.Role(stack, id, { assumedBy: new iam.AccountRootPrincipal() });

  test('are named one by one', () => {
    const { template, settings, stack } = setup((scope) => ({
      pullTimeExclusions: [
        role(scope, 'Scanner'),
        iam.Role.fromRoleArn(scope, 'Imported', ARN),
        new TaskRole(scope, 'Task'),
      ],
    }));
    const [own, imported_, task] = settings.pullTimeUpdateExclusions;
    const arn = (made: iam.IRole) => stack.resolve(made.roleArn);
    expect(resourceOf(template(), own).Properties).toEqual({
      PrincipalArn: arn(stack.node.findChild('Scanner') as iam.Role),
    });
    expect(resourceOf(template(), imported_).Properties).toEqual({ PrincipalArn: ARN });
    expect(resourceOf(template(), task).Properties).toEqual({
      PrincipalArn: arn(stack.node.findChild('Task') as TaskRole),
    });
  });

  test('keep their resources when others come and go, and in a stage', () => {
    const ids = (scope: Stack, ...names: string[]) =>
      new RegistrySettings(scope, 'Registry', {
        pullTimeExclusions: names.map((id) => role(scope, id)),
      }).pullTimeUpdateExclusions.map((made) => scope.resolve(made.logicalId) as string);
    const [a, b] = ids(new Stack(newApp(), 'Shop'), 'A', 'B');
    expect(ids(new Stack(newApp(), 'Shop'), 'New', 'B', 'A').slice(1)).toEqual([b, a]);
    expect(ids(new Stack(new Stage(newApp(), 'Prod'), 'Shop'), 'B')).toEqual([b]);
    expect(a).not.toBe(b);
  });

  test('can be of another stack', () => {
    const { template } = setup((stack) => ({
      pullTimeExclusions: [role(new Stack(stack.node.root as never, 'Scanners', { env: HERE }), 'Scanner')],
    }));
    expect(all(template(), 'AWS::ECR::PullTimeUpdateExclusion')).toHaveLength(1);
  });

  test('fails when there are none', () => {
    expectFailure(
      () => setup(() => ({ pullTimeExclusions: [] })),
      'pullTimeExclusions must have at least one entry, got an empty list: leave it out for none',
    );
  });

  test.each<[string, (stack: Stack) => iam.IRole[], string]>([
    ['one', (stack) => Array<iam.IRole>(2).fill(role(stack, 'Scanner')), 'Shop/Scanner'],
    ['the same imported one', (stack) => ['A', 'B'].map((id) => iam.Role.fromRoleArn(stack, id, ARN)), ARN],
  ])('fails when %s is there twice', (_what, roles, name) => {
    expectFailure(
      () => setup((stack) => ({ pullTimeExclusions: roles(stack) })),
      `pullTimeExclusions must be unique, got '${name}' twice`,
    );
  });
});

function imported(stack: Stack): signer.ISigningProfile {
  return signer.SigningProfile.fromSigningProfileAttributes(stack, 'Imported', {
    signingProfileName: 'images',
    signingProfileVersion: 'abcdefghij',
  });
}
