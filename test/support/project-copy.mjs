// What the scripts that test the library from outside share: a copy of the project to work on, and timed commands.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A failure with a message for the reader: no stack trace is printed for it. */
export class Failure extends Error {}

export function check(condition, message) {
  if (!condition) throw new Failure(message);
}

export function readJson(...path) {
  return JSON.parse(readFileSync(join(...path), 'utf8'));
}

/** The lowest release that a peer dependency such as `^2.275.0` allows. */
export function peerFloor(name) {
  const range = readJson(ROOT, 'package.json').peerDependencies?.[name];
  const match = /^(?:\^|>=\s*)(\d+\.\d+\.\d+)$/.exec(range ?? '');
  check(match, `the peer dependency ${name} must be a range such as ^2.275.0, got ${range}`);
  return match[1];
}

/** Committed files and the changes on top of them, without anything ignored: what a fresh clone would hold. */
export function copyProject(target) {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const file of new Set(list.toString().split('\0').filter(Boolean))) {
    // A link to the node_modules of another work tree is not ignored: `node_modules/` is a folder.
    if (file === 'node_modules') continue;
    // A file that was just deleted, or that another process is replacing, is not part of the copy.
    if (existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(target, file), { recursive: true });
  }
}

/** Runs `work` in a temporary folder and removes it, unless `keep` says to leave it for a look. */
export async function inTempFolder(name, keep, work) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `cdk-containers-${name}-`)));
  try {
    return await work(folder);
  } finally {
    if (keep) console.log(`kept: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

// `npm run` describes its own package in variables; a nested npm is about another one. Settings pass through.
const ENV = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_)|npm_config_local_prefix$|INIT_CWD$)/i.test(name)),
);

/** Runs a command silently, prints how long it took, and on failure shows the end of its output. Returns the output. */
export async function step(label, cwd, [command, ...args], env = {}) {
  const start = performance.now();
  const child = spawn(command, args, { cwd, env: { ...ENV, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let stdout = '';
  child.stdout.on('data', (data) => {
    output += data;
    stdout += data;
  });
  child.stderr.on('data', (data) => (output += data));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${seconds.padStart(6)} s  ${label}`);
  if (code !== 0) {
    const tail = output.trimEnd().split('\n').slice(-60).join('\n');
    throw new Failure(`${label} failed: \`${[command, ...args].join(' ')}\` ended with ${code}\n${tail}`);
  }
  return stdout;
}

/** Runs a script's `main`, and ends the process with 1 and a message when it fails. */
export async function runScript(name, main) {
  const start = performance.now();
  try {
    await main();
    console.log(`${name}: ok (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  } catch (error) {
    console.error(`${name}: FAILED: ${error instanceof Failure ? error.message : (error?.stack ?? error)}`);
    process.exitCode = 1;
  }
}
