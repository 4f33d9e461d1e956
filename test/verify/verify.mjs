// Verifies the examples with tools that others wrote: cfn-lint, checkov, shellcheck, and a deployment to an emulated AWS.
// README.md says what it needs and what it can not see.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deploy } from './deploy.mjs';
import { cfnLint, checkov } from './lint.mjs';
import { explain, print } from './report.mjs';
import { CDK, HERE, pythonEnvironment, run, WORK } from './tools.mjs';
import { userData } from './user-data.mjs';

/** Synthesizes all examples into a folder. */
async function synth(folder, ...args) {
  const output = join(WORK, folder);
  rmSync(output, { recursive: true, force: true });
  console.log(`Synthesizing into ${output}`);
  await run(CDK, ['synth', '--quiet', '--no-notices', '--output', output, ...args]);
  return output;
}

/** Every template of an assembly, those of nested stacks and stages too. */
function templatesOf(assembly) {
  const files = readdirSync(assembly, { recursive: true }).filter((file) => file.endsWith('.template.json'));
  if (files.length === 0) throw new Error(`${assembly} has no templates`);
  return files.sort().map((relative) => {
    const file = join(assembly, relative);
    const template = JSON.parse(readFileSync(file, 'utf8'));
    const pathOf = (id) => (template.Resources[id]?.Metadata?.['aws:cdk:path'] ?? id).replace(/\/Resource$/, '');
    return { name: relative.replace(/\.template\.json$/, ''), file, template, pathOf };
  });
}

const bin = await pythonEnvironment('requirements.txt');
// checkov wants a boto3 of 2024, whose model of the ECS API is as old.
const checkovBin = await pythonEnvironment('requirements-checkov.txt');
const templates = templatesOf(await synth('cdk.out'));
// moto knows no weak references between stacks, and has no use for usage analytics.
const strong = ['--context', '@aws-cdk/core:defaultCrossStackReferences=strong'];
const copy = await synth('deploy.out', ...strong, '--no-version-reporting', '--no-validation');

console.log('Reading the templates with cfn-lint and checkov, and user data with shellcheck');
const readers = [cfnLint(bin, templates), checkov(checkovBin, templates), userData(bin, templates)];
const read = (await Promise.all(readers)).flat();
console.log('Deploying to moto');
const { results: deployed, notes } = await deploy(bin, copy);

const results = [...read, ...deployed];
const verdict = explain(results, JSON.parse(readFileSync(join(HERE, 'explained.json'), 'utf8')));
print(results, notes, verdict);
if (verdict.unexplained.length > 0) process.exitCode = 1;
