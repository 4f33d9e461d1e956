// Compares the library with the pattern of aws-ecs-patterns. See README.md beside this file.
import { availableParallelism, loadavg } from 'node:os';
import { Children } from './children';
import { Goals } from './goals';
import { routes } from './ingress-section';
import { prepareLibrary } from './library';
import { pools } from './pool-section';
import { repositories } from './registry-section';
import { exactWork, growth, imports, resources, synths } from './sections';

const FLAGS = ['--quick', '--strict'];
const flags = process.argv.slice(2);
const unknown = flags.filter((flag) => !FLAGS.includes(flag));
if (unknown.length > 0) throw new Error(`flags must be ${FLAGS.join(' or ')}, got ${unknown.join(' ')}`);
const quick = flags.includes('--quick');

const started = Date.now();
const print = (text: string) => process.stdout.write(`${text}\n`);
const library = prepareLibrary(process.cwd(), __dirname);
const children = new Children(__dirname, library);
const goals = new Goals();

print(`# Benchmark: cdk-containers against ApplicationLoadBalancedFargateService${quick ? ' (quick)' : ''}\n`);
print(`Library: ${library.origin}. Node ${process.version}.`);
const cores = availableParallelism();
if (loadavg()[0] > cores / 2) {
  print(`The machine is busy (load ${loadavg()[0].toFixed(1)} on ${cores} cores): times are rough, counts are exact.`);
}
print('');
const perStack = resources(children, goals, print);
imports(children, goals, print, quick ? 5 : 9);
synths(children, goals, print, perStack, quick);
exactWork(children, goals, print, perStack);
pools(children, goals, print, quick);
repositories(children, goals, print, quick);
routes(children, goals, print, quick);
if (!quick) growth(children, goals, print, perStack);
print(goals.table());
print(`\n${Math.round((Date.now() - started) / 1000)} s`);

if (goals.broken || (flags.includes('--strict') && goals.missed)) process.exitCode = 1;
