// The verifier that deploys: `cdk bootstrap` and `cdk deploy` to an emulated AWS, then a look at what exists there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CDK, HERE, REGION, run, withMoto } from './tools.mjs';

/** The account of every moto server. */
const ACCOUNT = '123456789012';

/** Deploys each stack of an assembly, which is changed for it: prepare.py says how, and prints each change. */
export function deploy(bin, assembly) {
  const { artifacts } = JSON.parse(readFileSync(join(assembly, 'manifest.json'), 'utf8'));
  if (Object.values(artifacts).some((artifact) => artifact.type === 'cdk:cloud-assembly')) {
    throw new Error('an example has a Stage: teach test/verify/deploy.mjs to deploy the stacks of nested assemblies');
  }
  const stacks = Object.entries(artifacts).filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack');

  return withMoto(bin, async (env, log) => {
    const python = (script, ...args) => run(join(bin, 'python'), [join(HERE, script), ...args], { env });
    const cdk = (...args) => run(CDK, [...args, '--app', assembly, '--no-notices'], { env, ok: [0, 1] });

    const notes = JSON.parse((await python('prepare.py', assembly)).stdout);
    const bootstrap = await cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`);
    if (bootstrap.code !== 0) throw new Error(`cdk bootstrap failed\n${bootstrap.stdout}\n${bootstrap.stderr}`);

    // Directly: moto loses the outputs of stacks that a change set creates.
    const how = ['--method', 'direct', '--require-approval', 'never', '--progress', 'events'];
    const failures = new Map();
    for (const [id] of stacks) {
      log();
      const { code, stdout, stderr } = await cdk('deploy', id, ...how);
      if (code === 0) continue;
      const lines = `${stdout}\n${stderr}\n${log()}`.split('\n');
      const said = lines.filter((line) => /❌|‣|fail|error|exception/i.test(line)).slice(0, 20);
      failures.set(id, { rule: 'deploy-failed', path: id, message: said.join('\n    ') });
    }

    // Once all stacks stand: what one stack has is often made by another, which uses it.
    const results = [];
    for (const [id, { properties }] of stacks) {
      const result = { example: id, verifier: 'moto' };
      if (failures.has(id)) {
        results.push({ ...result, checked: 'not deployed', findings: [failures.get(id)] });
      } else {
        const template = join(assembly, properties.templateFile);
        const check = JSON.parse((await python('check.py', properties.stackName ?? id, template)).stdout);
        results.push({ ...result, checked: `${check.checked} checks`, findings: check.findings });
      }
    }
    return { results, notes };
  });
}
