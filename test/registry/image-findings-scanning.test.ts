import { aws_ecr as ecr, CfnResource, Lazy, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ImageFindings, ScanType } from '../../lib';
import type { ImageFindingsOptions } from '../../lib';
import { newApp, warnings } from '../support/fixture';
import { lenientApp } from '../support/resources';

const HERE = { account: '111122223333', region: 'eu-west-1' };
const WARNING =
  'only enhanced scanning knows what can be fixed, and this app does not turn it on: without it nothing is ever reported. ' +
  'Set it with RegistrySettings; if it is set elsewhere, acknowledge this, or say `scanning: ScanType.ENHANCED` to onFindings. ' +
  '[ack: Annotation::cdk-containers:FindingsNeedEnhancedScanning]';

function findings(scope: Construct, options: ImageFindingsOptions = { fixAvailableOnly: true }) {
  return new ImageFindings(scope, 'Findings', { repository: new ecr.Repository(scope, 'Images'), ...options });
}

function setTo(scope: Construct, scanType: string) {
  return new ecr.CfnRegistryScanningConfiguration(scope, 'Scanning', { scanType, rules: [] });
}

function warningsOf(app: App): string[] {
  app.synth();
  return warnings(app);
}

describe('a wish that only enhanced scanning fulfils', () => {
  test('warns when nothing in the app says how the registry is scanned', () => {
    const app = lenientApp();
    findings(new Stack(app, 'Registry'));
    expect(warningsOf(app)).toEqual([WARNING]);
  });

  test('is fine when the user says so', () => {
    const app = newApp();
    findings(new Stack(app, 'Registry'), { fixAvailableOnly: true, scanning: ScanType.ENHANCED });
    expect(warningsOf(app)).toEqual([]);
  });

  test.each<[string, object | undefined, object | undefined]>([
    ['another stack of the same place', HERE, HERE],
    ['a stack of which nobody knows where it goes', HERE, undefined],
    ['a stack beside one of which nobody knows where it goes', undefined, HERE],
    ['a stack, both of which go somewhere', undefined, undefined],
    ['a stack of the same region', HERE, { region: 'eu-west-1' }],
  ])('is fine when it is set in %s', (_name, env, there) => {
    const app = newApp();
    findings(new Stack(app, 'Shop', { env }));
    setTo(new Stack(app, 'Registry', { env: there }), 'ENHANCED');
    expect(warningsOf(app)).toEqual([]);
  });

  test('is fine when it is set later, beside it', () => {
    const app = newApp();
    const stack = new Stack(app, 'Registry');
    findings(stack);
    setTo(stack, 'ENHANCED');
    expect(warningsOf(app)).toEqual([]);
  });

  test.each([{ ...HERE, region: 'us-east-1' }, { ...HERE, account: '444455556666' }, { region: 'us-east-1' }])(
    'warns when it is set in another place only, %j',
    (there) => {
      const app = lenientApp();
      findings(new Stack(app, 'Shop', { env: HERE }));
      setTo(new Stack(app, 'Registry', { env: there }), 'ENHANCED');
      expect(warningsOf(app)).toEqual([WARNING]);
    },
  );

  test.each([
    ['basic, perhaps elsewhere', 'BASIC'],
    ['what is known at deployment only', Lazy.string({ produce: () => 'ENHANCED' })],
  ])('warns when the registry is set to %s', (_name, scanType) => {
    const app = lenientApp();
    findings(new Stack(app, 'Shop'));
    setTo(new Stack(app, 'Registry', { env: HERE }), scanType);
    expect(warningsOf(app)).toEqual([WARNING]);
  });

  test.each<[string, object]>([
    ['AWS::ECR::RegistryScanningConfiguration', {}],
    ['AWS::ECR::SigningConfiguration', { scanType: 'ENHANCED' }],
  ])('warns when only a %s says something that nobody reads', (type, more) => {
    const app = lenientApp();
    const stack = new Stack(app, 'Shop');
    findings(stack);
    Object.assign(new CfnResource(stack, 'Raw', { type, properties: { ScanType: 'ENHANCED' } }), more);
    expect(warningsOf(app)).toEqual([WARNING]);
  });

  test('warns and does not fail when basic scanning is set in a stack of which only the region is known', () => {
    const app = lenientApp();
    findings(new Stack(app, 'Shop', { env: HERE }));
    setTo(new Stack(app, 'Registry', { env: { region: HERE.region } }), 'BASIC');
    expect(warningsOf(app)).toEqual([WARNING]);
  });

  test.each<[string, (app: App) => [Construct, Construct], string]>([
    ['beside it', (app) => [new Stack(app, 'Shop'), new Stack(app, 'Other')], 'Shop/Findings'],
    [
      'in another stack',
      (app) => [new Stack(app, 'Shop', { env: HERE }), new Stack(app, 'Registry', { env: HERE })],
      'Shop/Findings',
    ],
    [
      'in a nested stack',
      (app) => {
        const stack = new Stack(app, 'Shop');
        return [stack, new NestedStack(stack, 'Nested')];
      },
      'Shop/Findings',
    ],
    [
      'in another stage',
      (app) => [
        new Stack(new Stage(app, 'Live'), 'Shop', { env: HERE }),
        new Stack(new Stage(app, 'Base'), 'Registry', { env: HERE }),
      ],
      'Live/Shop/Findings',
    ],
  ])('fails when the registry is set to basic scanning %s', (name, places, path) => {
    const app = newApp();
    const [shop, registry] = places(app);
    findings(shop);
    setTo(name === 'beside it' ? shop : registry, 'BASIC');
    expect(() => app.synth()).toThrow(
      `the registry must have ENHANCED scanning for '${path}', got BASIC, to which this app sets it: change it there, or what is asked for here`,
    );
  });
});

describe('what the user says of scanning', () => {
  test.each<[ScanType, string]>([
    [ScanType.BASIC, 'ENHANCED'],
    [ScanType.ENHANCED, 'BASIC'],
  ])('fails when it is %s, and the registry is set to %s', (scanning, is) => {
    const app = newApp();
    const stack = new Stack(app, 'Shop');
    findings(stack, { scanning });
    setTo(stack, is);
    expect(() => app.synth()).toThrow(
      `the registry must have ${scanning} scanning for 'Shop/Findings', got ${is}, to which this app sets it: change it there, or what is asked for here`,
    );
  });

  test.each(['BASIC', 'ENHANCED'])('needs to be nothing, when the registry is set to %s', (is) => {
    const app = newApp();
    const stack = new Stack(app, 'Shop');
    findings(stack, {});
    setTo(stack, is);
    expect(warningsOf(app)).toEqual([]);
  });

  test('is taken for true without a setting', () => {
    const app = newApp();
    findings(new Stack(app, 'Shop'), { scanning: ScanType.BASIC });
    expect(warningsOf(app)).toEqual([]);
  });
});
