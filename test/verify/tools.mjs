// Runs programs for the verifiers: Python environments from pinned requirements, and commands that are bounded in time.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(HERE, '..', '..');
export const WORK = join(ROOT, '.verify');
export const CDK = join(ROOT, 'node_modules', '.bin', 'cdk');
export const REGION = 'eu-west-1';

/**
 * The environment of every program that is started here: without anything of AWS that the caller may have, so that no
 * command can reach a real account.
 */
export function environment(more = {}) {
  const clean = Object.entries(process.env).filter(
    ([name]) => !/^((AWS|CDK|BC|CKV|PRISMA|MOTO)_|PYTHON[A-Z])/.test(name),
  );
  return {
    ...Object.fromEntries(clean),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    NODE_NO_WARNINGS: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    ...more,
  };
}

/** Runs a program to its end, and gives its exit code and output. */
export function run(command, args, { env = environment(), minutes = 5, ok = [0] } = {}) {
  return new Promise((resolve, reject) => {
    const options = { cwd: ROOT, env, timeout: minutes * 60_000, killSignal: 'SIGKILL', maxBuffer: 256 * 1024 * 1024 };
    execFile(command, args, options, (error, stdout, stderr) => {
      const code = error ? (error.killed ? 'timeout' : error.code) : 0;
      if (ok.includes(code)) return resolve({ code, stdout, stderr });
      const what = `${command} ${args.join(' ')}`;
      reject(new Error(`${what}\n${stdout}\n${stderr}\nended with ${code}`));
    });
  });
}

/** The `bin` folder of a Python environment that holds exactly these requirements; made once for each content. */
export async function pythonEnvironment(requirements) {
  const python = process.env.PYTHON ?? 'python3';
  const version = await run(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
  const [major, minor] = version.stdout.trim().split('.').map(Number);
  if (major !== 3 || minor < 11) {
    throw new Error(`python 3.11 or newer is needed, ${python} is ${version.stdout.trim()}: set PYTHON to another one`);
  }
  const file = join(HERE, requirements);
  const hash = createHash('sha256').update(readFileSync(file)).update(version.stdout).digest('hex').slice(0, 12);
  const folder = join(WORK, `venv-${hash}`);
  const complete = join(folder, '.complete');
  const bin = join(folder, 'bin');
  if (!existsSync(complete)) {
    console.log(`Installing ${requirements} into ${folder}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(WORK, { recursive: true });
    await run(python, ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', file];
    await run(join(bin, 'python'), pip, { minutes: 15 });
    await run(join(bin, 'python'), ['-m', 'pip', 'check']);
    writeFileSync(complete, '');
  }
  return bin;
}

/** A port of the loopback interface on which nothing listens. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The server ends itself after this time, also when this process was killed before it could end it. */
const SERVER_MINUTES = 15;

/**
 * Calls `use` with the environment in which all of AWS is a moto server on this machine, and with a function that gives
 * what the server logged since the last call; ends the server afterwards.
 */
export async function withMoto(bin, use) {
  const port = await freePort();
  const args = [join(HERE, 'server.py'), String(port), String(SERVER_MINUTES * 60)];
  const server = spawn(join(bin, 'python'), args, {
    cwd: WORK,
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  server.stderr.on('data', (chunk) => (log = (log + chunk).slice(-20_000)));
  const ended = new Promise((resolve) => server.once('close', resolve));
  const kill = () => server.kill('SIGKILL');
  const stop = (signal) => {
    kill();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('exit', kill);
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    // By name: with 127.0.0.1 moto takes the first label for the name of a bucket.
    const endpoint = `http://localhost:${port}`;
    await answers(endpoint, server, () => log);
    return await use(
      environment({
        AWS_ENDPOINT_URL: endpoint,
        AWS_ACCESS_KEY_ID: 'testing',
        AWS_SECRET_ACCESS_KEY: 'testing',
        AWS_REGION: REGION,
        AWS_DEFAULT_REGION: REGION,
        NO_PROXY: 'localhost,127.0.0.1',
        no_proxy: 'localhost,127.0.0.1',
      }),
      () => {
        const lines = log;
        log = '';
        return lines;
      },
    );
  } finally {
    kill();
    await ended;
    process.off('exit', kill).off('SIGINT', stop).off('SIGTERM', stop);
  }
}

async function answers(endpoint, server, log) {
  for (let attempt = 0; attempt < 120; attempt++) {
    if (server.exitCode !== null) break;
    const response = await fetch(`${endpoint}/moto-api/data.json`).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`the moto server did not start:\n${log()}`);
}
