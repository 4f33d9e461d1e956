import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, aws_ec2 as ec2, aws_ecs as ecs, aws_lambda as lambda } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EXAMPLES } from '../examples';
import { newApp } from './support/fixture';
import { STRICT, validate } from './support/validate';

const FOLDERS = readdirSync('examples', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

test('every folder of examples is a row of the table, and the other way round', () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(FOLDERS.sort());
});

test('every validator sees what is wrong', () => {
  const app = newApp(STRICT);
  const stack = new Stack(app, 'Wrong');
  new ec2.CfnVPC(stack, 'Vpc', { cidrBlock: '10.0.0.0/16' });
  new lambda.CfnFunction(stack, 'Function', {
    role: 'arn:aws:iam::111122223333:role/x',
    code: { zipFile: 'x' },
    runtime: 'nodejs12.x',
    handler: 'x',
  });
  new ecs.CfnTaskDefinition(stack, 'Task', {
    cpu: '300',
    memory: '512',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
  });
  expect(validate(app).validators).toEqual(
    expect.arrayContaining([
      'CloudFormation Validate',
      'AwsSolutions',
      'HIPAA.Security',
      'NIST.800.53.R4',
      'NIST.800.53.R5',
      'PCI.DSS.321',
      'Serverless',
    ]),
  );
});

describe.each(Object.entries(EXAMPLES))('example %s', (name, make) => {
  const app = newApp(STRICT);
  const stack = make(app, name);
  const verdict = validate(app);

  test('has no finding that is not acknowledged, in any validator', () => {
    expect(verdict.open).toEqual([]);
  });

  test('has the name of its decision', () => {
    expect(stack.stackName).toBe(name);
  });

  test('synthesizes without an account', () => {
    expect(Stack.of(stack).environment).toBe('aws://unknown-account/unknown-region');
    expect(app.synth().manifest.missing).toBeUndefined();
  });

  test('has a README with a picture, a price and the way to destroy it', () => {
    const path = join('examples', name, 'README.md');
    expect(existsSync(path)).toBe(true);
    const text = readFileSync(path, 'utf8');
    for (const heading of ['## What it creates', '## What it costs', '## Destroy it']) expect(text).toContain(heading);
    expect(text).toContain('```mermaid');
  });

  test('has the template of its snapshot', () => {
    // Mostly there is one stack.
    for (const each of app.node.children.filter((child) => Stack.isStack(child))) {
      expect(normalised(Template.fromStack(each).toJSON())).toMatchSnapshot();
    }
  });
});

/** Asset hashes change with every file of an asset, and the bootstrap check with every CDK release. */
function normalised(template: Record<string, any>): unknown {
  const { Rules, Parameters: { BootstrapVersion, ...parameters } = {} as Record<string, unknown>, ...rest } = template;
  const text = JSON.stringify({ ...rest, ...(Object.keys(parameters).length ? { Parameters: parameters } : {}) });
  return JSON.parse(text.replace(/\b[a-f0-9]{64}\b/g, '<asset-hash>'));
}
