// Child process: makes one app of one shape, synthesises it, and prints what that took.
import { readdirSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import flags from 'aws-cdk-lib/recommended-feature-flags.json';
import { addRoutesStack } from './ingress-shapes';
import { addPoolStack } from './pool-shapes';
import { addRepositories } from './registry-shapes';
import type { SynthRequest, SynthResult } from './requests';
import { addStack } from './shapes';
import type * as lib from '../../lib';

const request = JSON.parse(process.argv[2]) as SynthRequest;
const load = createRequire(__filename);

const add = { services: addStack, workers: addPoolStack, repositories: addRepositories, routes: addRoutesStack }[
  request.instead ?? 'services'
];
const callsOf = request.countCalls ? countCalls() : () => undefined;
const ours = request.shape === 'ours' ? (load(request.library) as typeof lib) : undefined;
const cpuBefore = process.cpuUsage();
const start = performance.now();
const app = new App({ outdir: request.outdir, context: flags });
for (let rest = request.services, number = 1; rest > 0 || number === 1; rest -= request.perStack, number++) {
  const options = { ...request, services: Math.min(rest, request.perStack) };
  add(app, `Stack${number}`, options, ours);
}
const constructed = performance.now();
const finding = synth();
const end = performance.now();
const cpu = process.cpuUsage(cpuBefore);

const result: SynthResult = {
  constructMs: constructed - start,
  synthMs: end - constructed,
  wallMs: end - start,
  cpuMs: (cpu.user + cpu.system) / 1000,
  rssMiB: process.resourceUsage().maxRSS / 1024,
  ...templates(),
  constructs: app.node.findAll().length,
  calls: callsOf(),
  finding,
};
process.stdout.write(JSON.stringify(result));
// A finding of the validation sets the exit code of the process; here it is a result.
process.exitCode = 0;

/** Findings are told from failures: with findings the templates are written all the same. */
function synth(): string | undefined {
  try {
    app.synth();
    return process.exitCode ? `exit code ${process.exitCode}` : undefined;
  } catch (error) {
    if (readdirSync(request.outdir).some((name) => name.endsWith('.template.json'))) return String(error);
    throw error;
  }
}

interface ResourceJson {
  readonly Type: string;
  readonly Properties?: { readonly PolicyDocument?: { readonly Statement: StatementJson[] } };
}

interface StatementJson {
  readonly Effect: string;
  readonly Action: unknown;
  readonly Resource?: unknown;
}

function templates(): Pick<SynthResult, 'bytes' | 'resources' | 'types' | 'wildcards'> {
  let bytes = 0;
  let resources = 0;
  const types: Record<string, number> = {};
  const wildcards: string[] = [];
  for (const name of readdirSync(request.outdir).filter((each) => each.endsWith('.template.json'))) {
    const text = readFileSync(join(request.outdir, name), 'utf8');
    bytes += Buffer.byteLength(text);
    const template = JSON.parse(text) as { Resources?: Record<string, ResourceJson> };
    for (const { Type, Properties } of Object.values(template.Resources ?? {})) {
      resources++;
      types[Type] = (types[Type] ?? 0) + 1;
      if (Type.startsWith('AWS::IAM::')) wildcards.push(...wildcardsOf(Properties?.PolicyDocument?.Statement));
    }
  }
  return { bytes, resources, types, wildcards };
}

function wildcardsOf(statements: StatementJson[] = []): string[] {
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .map(({ Action, Resource }) => JSON.stringify([Action, Resource]))
    .filter((text) => text.includes('*'));
}

/** The calls of JavaScript functions since now. The inspector answers at once, in the same thread. */
function countCalls(): () => number {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  return () => {
    let calls = 0;
    session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error) throw error;
      calls = answer.result
        .filter((script) => script.url.includes('node_modules'))
        .flatMap((script) => script.functions)
        .reduce((sum, each) => sum + each.ranges[0].count, 0);
    });
    return calls;
  };
}
