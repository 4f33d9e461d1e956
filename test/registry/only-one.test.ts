import { aws_ecr as ecr, aws_iam as iam, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import type { App, Environment } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { RegistryScanning, RegistrySettings } from '../../lib';
import { checkSingleOwner } from '../../lib/registry/private/only-one';
import { warnings } from '../support/fixture';
import { lenientApp as newApp } from '../support/resources';

const HERE = { account: '111122223333', region: 'eu-west-1' };
const SCANNING = 'AWS::ECR::RegistryScanningConfiguration';

const settings = (scope: Construct, id = 'Registry') =>
  new RegistrySettings(scope, id, { scanning: RegistryScanning.basic() });

const bare = (scope: Construct, id = 'Bare') =>
  new ecr.CfnRegistryScanningConfiguration(scope, id, { scanType: 'BASIC', rules: [] });

const stackIn = (scope: Construct, id: string, env?: Environment) => new Stack(scope, id, { env });

/** What a synthesis says, a line for each error. */
function errorsOf(app: App): string[] {
  try {
    app.synth();
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').slice(1);
  }
}

const conflict = (owner: string, first: string, second: string, type = SCANNING) =>
  `  [${owner}] an account must have one ${type} in each region, got '${first}' and '${second}': ` +
  'put what both say into one, and remove the other';

const doubt = (first: string, second: string) =>
  `'${first}' and '${second}' are both ${SCANNING}, of which an account has one in each region, ` +
  'and where their stacks go is not known: give both stacks an env, or acknowledge this if they go to different accounts ' +
  'or regions. [ack: Annotation::cdk-containers:RegistrySettingsOwner]';

describe('fails when the settings of a registry have a second owner', () => {
  test('in the same stack, once', () => {
    const app = newApp();
    const stack = stackIn(app, 'Shop');
    settings(stack, 'One');
    settings(stack, 'Two');
    expect(errorsOf(app)).toEqual([conflict('Shop/Two', 'Shop/One/Scanning', 'Shop/Two/Scanning')]);
  });

  test('that is bare and comes later', () => {
    const app = newApp();
    const stack = stackIn(app, 'Shop');
    settings(stack);
    bare(stack);
    expect(errorsOf(app)).toEqual([conflict('Shop/Registry', 'Shop/Bare', 'Shop/Registry/Scanning')]);
  });

  test('that is bare and comes first', () => {
    const app = newApp();
    const stack = stackIn(app, 'Shop');
    bare(stack);
    settings(stack);
    expect(errorsOf(app)).toEqual([conflict('Shop/Registry', 'Shop/Bare', 'Shop/Registry/Scanning')]);
  });

  test('that somebody puts into them', () => {
    const app = newApp();
    bare(settings(stackIn(app, 'Shop')));
    expect(errorsOf(app)).toEqual([conflict('Shop/Registry', 'Shop/Registry/Scanning', 'Shop/Registry/Bare')]);
  });

  test('in another stack of the same account and region, once', () => {
    const app = newApp();
    settings(stackIn(app, 'One', HERE));
    settings(stackIn(app, 'Two', HERE));
    expect(errorsOf(app)).toEqual([conflict('Two/Registry', 'One/Registry/Scanning', 'Two/Registry/Scanning')]);
    expect(warnings(app)).toEqual([]);
  });

  test('in a nested stack', () => {
    const app = newApp();
    const stack = stackIn(app, 'Shop');
    settings(stack);
    settings(new NestedStack(new NestedStack(stack, 'Outer'), 'Inner'));
    expect(errorsOf(app)).toEqual([
      conflict('Shop/Outer/Inner/Registry', 'Shop/Registry/Scanning', 'Shop/Outer/Inner/Registry/Scanning'),
    ]);
  });

  test('in a nested stack of another stack', () => {
    const app = newApp();
    settings(stackIn(app, 'One', HERE));
    settings(new NestedStack(stackIn(app, 'Two', HERE), 'Nested'));
    expect(errorsOf(app)).toHaveLength(1);
  });

  test.each([true, false])('in another stage, that stage first: %s', (stageFirst) => {
    const app = newApp();
    const inStage = () => settings(stackIn(new Stage(app, 'Prod', { env: HERE }), 'Shop'));
    if (stageFirst) inStage();
    settings(stackIn(app, 'Own', HERE));
    if (!stageFirst) inStage();
    expect(errorsOf(app)).toEqual([
      stageFirst
        ? conflict('Own/Registry', 'Prod/Shop/Registry/Scanning', 'Own/Registry/Scanning')
        : conflict('Prod/Shop/Registry', 'Own/Registry/Scanning', 'Prod/Shop/Registry/Scanning'),
    ]);
  });

  test('in two stages', () => {
    const app = newApp();
    for (const id of ['Blue', 'Green']) settings(stackIn(new Stage(app, id, { env: HERE }), 'Shop'));
    expect(errorsOf(app)).toHaveLength(1);
  });

  test('of each kind', () => {
    const app = newApp();
    const stack = stackIn(app, 'Shop');
    const statement = () =>
      new iam.PolicyStatement({
        actions: ['ecr:ReplicateImage'],
        principals: [new iam.AccountPrincipal('444455556666')],
        resources: ['*'],
      });
    new RegistrySettings(stack, 'Registry', {
      scanning: RegistryScanning.enhanced(),
      replication: [{ destinations: [{ region: 'eu-central-1' }] }],
      signing: {},
      policy: [statement()],
    });
    bare(stack, 'A');
    new ecr.CfnReplicationConfiguration(stack, 'B', { replicationConfiguration: { rules: [] } });
    new ecr.CfnSigningConfiguration(stack, 'C', { rules: [] });
    new ecr.CfnRegistryPolicy(stack, 'D', { policyText: {} });
    expect(errorsOf(app).sort()).toEqual(
      [
        conflict('Shop/Registry', 'Shop/A', 'Shop/Registry/Scanning'),
        conflict('Shop/Registry', 'Shop/B', 'Shop/Registry/Replication', 'AWS::ECR::ReplicationConfiguration'),
        conflict('Shop/Registry', 'Shop/C', 'Shop/Registry/Signing', 'AWS::ECR::SigningConfiguration'),
        conflict('Shop/Registry', 'Shop/D', 'Shop/Registry/Policy', 'AWS::ECR::RegistryPolicy'),
      ].sort(),
    );
  });

  test('by a statement that was added last', () => {
    const app = newApp();
    const stack = stackIn(app, 'Shop');
    const one = settings(stack);
    new ecr.CfnRegistryPolicy(stack, 'Other', { policyText: {} });
    one.addToRegistryPolicy(
      new iam.PolicyStatement({
        actions: ['ecr:*'],
        principals: [new iam.AccountPrincipal('444455556666')],
        resources: ['*'],
      }),
    );
    expect(errorsOf(app)).toHaveLength(1);
  });

  test('two more, each with each', () => {
    const app = newApp();
    const stack = stackIn(app, 'Shop');
    ['One', 'Two', 'Three'].forEach((id) => settings(stack, id));
    expect(errorsOf(app)).toHaveLength(3);
  });

  test('every time that the app is synthesized', () => {
    const app = newApp();
    const stack = stackIn(app, 'Shop');
    settings(stack, 'One');
    settings(stack, 'Two');
    expect(errorsOf(app)).toEqual(errorsOf(app));
    expect(errorsOf(app)).toHaveLength(1);
  });
});

describe('the settings of a registry can have an owner', () => {
  test('that is alone', () => {
    const app = newApp();
    settings(stackIn(app, 'Shop'));
    expect(errorsOf(app)).toEqual([]);
    expect(warnings(app)).toEqual([]);
  });

  test.each<[string, Environment, Environment]>([
    ['region', HERE, { ...HERE, region: 'us-east-1' }],
    ['account', HERE, { ...HERE, account: '444455556666' }],
    ['region, the account unknown', { region: 'eu-west-1' }, { region: 'us-east-1' }],
    ['account, the region unknown', { account: '111122223333' }, { ...HERE, account: '444455556666' }],
  ])('in each %s', (_what, one, two) => {
    const app = newApp();
    settings(stackIn(app, 'One', one));
    settings(stackIn(app, 'Two', two));
    expect(errorsOf(app)).toEqual([]);
    expect(warnings(app)).toEqual([]);
  });

  test('each for another of them', () => {
    const app = newApp();
    const stack = stackIn(app, 'Shop');
    settings(stack);
    new RegistrySettings(stack, 'Signing', { signing: {} });
    expect(errorsOf(app)).toEqual([]);
  });
});

describe('where stacks go is not known', () => {
  test.each<[string, Environment | undefined, Environment | undefined]>([
    ['of both', undefined, undefined],
    ['of one', HERE, undefined],
    ['for the account', { region: 'eu-west-1' }, HERE],
    ['for the region', HERE, { account: HERE.account }],
  ])('%s: a warning, once', (_what, one, two) => {
    const app = newApp();
    settings(stackIn(app, 'One', one));
    settings(stackIn(app, 'Two', two));
    expect(errorsOf(app)).toEqual([]);
    expect(warnings(app)).toEqual([doubt('One/Registry/Scanning', 'Two/Registry/Scanning')]);
    app.synth({ force: true });
    expect(warnings(app)).toHaveLength(1);
  });

  test('a warning for each other one', () => {
    const app = newApp();
    bare(stackIn(app, 'One'));
    settings(stackIn(app, 'Two'));
    bare(stackIn(app, 'Three'));
    expect(errorsOf(app)).toEqual([]);
    expect(warnings(app)).toEqual([
      doubt('One/Bare', 'Two/Registry/Scanning'),
      doubt('Three/Bare', 'Two/Registry/Scanning'),
    ]);
  });

  test('a warning that can be acknowledged', () => {
    const app = newApp();
    settings(stackIn(app, 'One'));
    const two = settings(stackIn(app, 'Two'));
    Validations.of(two).acknowledge({
      id: 'Annotation::cdk-containers:RegistrySettingsOwner',
      reason: 'they go to different accounts',
    });
    expect(errorsOf(app)).toEqual([]);
    expect(warnings(app)).toEqual([]);
  });
});

test('anything else that an account has once can be checked', () => {
  const app = newApp();
  const stack = stackIn(app, 'Shop');
  const two = ['One', 'Two'].map((id) => new ecr.CfnRegistryPolicy(stack, id, { policyText: {} }));
  checkSingleOwner(two[0], ['AWS::ECR::RegistryPolicy']);
  // Checked, but not for this.
  checkSingleOwner(two[1], ['AWS::ECR::SigningConfiguration']);
  expect(errorsOf(app)).toEqual([conflict('Shop/One', 'Shop/Two', 'Shop/One', 'AWS::ECR::RegistryPolicy')]);
  const other = newApp();
  checkSingleOwner(bare(stackIn(other, 'Shop')), ['AWS::ECR::RegistryPolicy']);
  new ecr.CfnRegistryPolicy(other.node.findChild('Shop'), 'One', { policyText: {} });
  expect(errorsOf(other)).toEqual([]);
});
