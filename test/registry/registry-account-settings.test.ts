import { Stack, Stage } from 'aws-cdk-lib';
import { BasicScanVersion, RegistryAccountSettings, RegistryPolicyScope } from '../../lib';
import type { RegistryAccountSettingsProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { expectNothingInline, statementsOf } from '../support/policies';
import { idOf, lenientApp } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const TYPE = 'Custom::CdkContainersAccountSettings';
const ENV = { account: '111122223333', region: 'eu-west-1' };

function setup(props: RegistryAccountSettingsProps = { registryPolicyScope: RegistryPolicyScope.V2 }) {
  const stack = new Stack(newApp(), 'Platform');
  const settings = new RegistryAccountSettings(stack, 'Account', props);
  return { stack, settings, template: () => Template.fromStack(stack) };
}
const settingsOf = (props: RegistryAccountSettingsProps) => only(setup(props).template(), TYPE).Properties.Settings;

describe('RegistryAccountSettings', () => {
  test('sets what is given', () => {
    expect(settingsOf({ basicScanVersion: BasicScanVersion.AWS_NATIVE })).toEqual({
      BASIC_SCAN_TYPE_VERSION: 'AWS_NATIVE',
    });
    expect(settingsOf({ blobMounting: false })).toEqual({ BLOB_MOUNTING: 'DISABLED' });
    expect(settingsOf({ blobMounting: true, registryPolicyScope: RegistryPolicyScope.V2 })).toEqual({
      REGISTRY_POLICY_SCOPE: 'V2',
      BLOB_MOUNTING: 'ENABLED',
    });
  });

  test('asks its function, which has five minutes', () => {
    const { template } = setup();
    expect(only(template(), TYPE)).toEqual({
      id: expect.stringMatching(/^AccountHandler/),
      Type: TYPE,
      Properties: {
        ServiceToken: { 'Fn::GetAtt': [only(template(), 'AWS::Lambda::Function').id, 'Arn'] },
        ServiceTimeout: '360',
        Settings: { REGISTRY_POLICY_SCOPE: 'V2' },
      },
      DependsOn: expect.arrayContaining([only(template(), 'AWS::IAM::ManagedPolicy').id]),
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
    expect(only(template(), 'AWS::Lambda::Function').Properties).toMatchObject({ Timeout: 300, Runtime: 'nodejs24.x' });
    expectAcyclic(template());
  });

  test('may change these settings, and nothing else', () => {
    const { template } = setup();
    expect(statementsOf(template(), 'AccountHandlerRole').slice(1)).toEqual([
      { Effect: 'Allow', Action: 'cloudformation:DescribeStacks', Resource: { Ref: 'AWS::StackId' } },
      {
        Effect: 'Allow',
        Action: ['ecr:GetAccountSetting', 'ecr:PutAccountSetting'],
        Resource: '*',
        Condition: {
          StringEquals: {
            'ecr:AccountSetting': ['BASIC_SCAN_TYPE_VERSION', 'REGISTRY_POLICY_SCOPE', 'BLOB_MOUNTING'],
          },
        },
      },
    ]);
    expectNothingInline(template());
  });

  test('gives all that it made', () => {
    const { settings, template } = setup();
    expect(idOf(settings.handler)).toBe(only(template(), 'AWS::Lambda::Function').id);
    expect(idOf(settings.logGroup)).toBe(only(template(), 'AWS::Logs::LogGroup').id);
    expect(idOf(settings.customResource)).toBe(only(template(), TYPE).id);
    expect(settings.role.roleName).toBe(settings.handler.role?.roleName);
  });

  test('leaves no finding open', () => {
    const app = newApp(STRICT);
    new RegistryAccountSettings(new Stack(app, 'Platform'), 'Account', { blobMounting: true });
    expect(validate(app).open).toEqual([]);
  });

  test.each([{}, { blobMounting: undefined }])('fails when nothing is set: %j', (props) => {
    expectFailure(
      () => setup(props),
      "'Platform/Account' must set something, got nothing: give basicScanVersion, registryPolicyScope or blobMounting",
    );
  });
});

describe('a second RegistryAccountSettings', () => {
  function two(first?: typeof ENV, second?: typeof ENV) {
    const app = lenientApp();
    const stacks = [new Stack(app, 'One', { env: first }), new Stack(new Stage(app, 'Live'), 'Two', { env: second })];
    stacks.forEach((stack) => new RegistryAccountSettings(stack, 'Account', { blobMounting: true }));
    return { app, stacks };
  }

  test('fails when it is in the same account and region', () => {
    expect(() => two(ENV, ENV).app.synth()).toThrow(
      /one Custom::CdkContainersAccountSettings in each region, got 'One\/Account\/Handler\/Resource\/Default' and 'Live\/Two\/Account\/Handler\/Resource\/Default'/,
    );
  });

  test('is warned of when nobody knows where it is', () => {
    const { app } = two();
    app.synth();
    expect(warnings(app).filter((text) => text.includes(TYPE))).toHaveLength(1);
  });

  test('may be in another region', () => {
    const { app } = two(ENV, { ...ENV, region: 'us-east-1' });
    app.synth();
    expect(warnings(app)).toEqual([]);
  });
});
