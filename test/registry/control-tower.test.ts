import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aws_ecr as ecr, CloudFormationValidatePlugin, Duration, Stack, Validations } from 'aws-cdk-lib';
import { ContainerRepository, Retention } from '../../lib';
import { newApp } from '../support/fixture';
import { STRICT } from '../support/validate';

const RULES = join(
  require.resolve('@cdklabs/cdk-validator-cfnguard/package.json'),
  '../rules/control-tower/cfn-guard/ecr',
);

/** The rules of Control Tower for ECR as AWS publishes them, in the engine of CDK. */
const guard = new CloudFormationValidatePlugin({
  includeDefaultRules: false,
  // The engine refuses objects of jest's realm; those that a stack resolves are of its own.
  guardRules: new Stack().resolve(
    readdirSync(RULES).map((name) => ({ name, content: readFileSync(join(RULES, name), 'utf8') })),
  ),
});

/** The controls that fail. */
function failed(make: (stack: Stack) => unknown): string[] {
  const app = newApp(STRICT);
  Validations.of(app).addPlugins(guard);
  make(new Stack(app, 'Registry'));
  const silenced = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { directory } = app.synth();
  silenced.mockRestore();
  const text = readFileSync(join(directory, 'validation-report.json'), 'utf8');
  return [...new Set(text.match(/ct_ecr_pr_\d/g))].sort();
}

test('a bare repository fails all three controls, so they are looked at', () => {
  expect(failed((stack) => new ecr.Repository(stack, 'Images'))).toEqual(['ct_ecr_pr_1', 'ct_ecr_pr_2', 'ct_ecr_pr_3']);
});

test('a repository with defaults passes them', () => {
  expect(failed((stack) => new ContainerRepository(stack, 'Images'))).toEqual([]);
});

test('a repository with an archive passes them', () => {
  const retention = [Retention.archiveUnused(Duration.days(90), { expireAfter: Duration.days(180) })];
  expect(failed((stack) => new ContainerRepository(stack, 'Images', { retention }))).toEqual([]);
});

test('tags that move are against the third, as the documentation of mutableTags says', () => {
  const mutableTags = ['latest'];
  expect(failed((stack) => new ContainerRepository(stack, 'Images', { mutableTags }))).toEqual(['ct_ecr_pr_3']);
});
