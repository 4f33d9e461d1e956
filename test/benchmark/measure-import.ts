// Child process: loads the compiled library, and prints what that took and what it brought along.
import Module, { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import type { ImportRequest, ImportResult } from './requests';

/** The function through which every `require` goes. */
interface Loader {
  _load(request: string, parent: NodeJS.Module | undefined, isMain: boolean): unknown;
  _resolveFilename(request: string, parent: NodeJS.Module | undefined): string;
}

const CDK = `${sep}node_modules${sep}aws-cdk-lib${sep}`;
const LIBRARY = `${sep}node_modules${sep}cdk-containers${sep}`;
const SOURCES = join(process.cwd(), 'lib') + sep;

const request = JSON.parse(process.argv[2]) as ImportRequest;
const load = createRequire(__filename);
const loaded = () => Object.keys(load.cache);

let cdkMs = 0;
if (request.before === 'app') {
  const cdkBefore = process.cpuUsage();
  const cdk = load('aws-cdk-lib') as Record<string, unknown>;
  // The barrel is lazy: touching a name loads it.
  if (!cdk.App || !cdk.Stack || !load('constructs')) throw new Error('aws-cdk-lib lacks App or Stack');
  cdkMs = cpuSince(cdkBefore);
}
request.preload?.forEach(load);

const loadedBefore = new Set(loaded());
const culpritsOf = request.trace ? trace() : () => [];
const cpuBefore = process.cpuUsage();
load(request.library);
const cpuMs = cpuSince(cpuBefore);
const culprits = culpritsOf();
const fresh = loaded().filter((file) => !loadedBefore.has(file));

const result: ImportResult = {
  cdkMs,
  cpuMs,
  files: fresh.filter((file) => file.includes(LIBRARY)).length,
  cdkFiles: fresh.filter((file) => file.includes(CDK)),
  culprits,
};
// A handle that the library leaves open is a result too, and must not keep this process alive.
process.stdout.write(JSON.stringify(result), () => process.exit(0));

/** Processor time: on a machine with other work, the fairer one. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Watches what a module that only defines things does not do: load services, read the environment, leave things behind. */
function trace(): () => string[] {
  Error.stackTraceLimit = 100;
  const found = new Map<string, string>();
  const blame = (what: string) => {
    const line = libraryLine();
    if (line && !found.has(what)) found.set(what, line);
  };
  const loader = Module as unknown as Loader;
  const original = loader._load;
  loader._load = function (name, parent, isMain) {
    const service = Module.isBuiltin(name) ? undefined : serviceOf(loader._resolveFilename(name, parent));
    if (service && !loaded().some((file) => serviceOf(file) === service)) blame(`loads aws-cdk-lib/${service}`);
    return original.call(this, name, parent, isMain);
  };
  const env = process.env;
  process.env = new Proxy(env, {
    get: (target, key) => {
      const direct = new Error().stack?.split('\n')[2] ?? '';
      if (isLibrary(direct)) blame(`reads process.env.${String(key)}`);
      return Reflect.get(target, key) as string;
    },
  });
  const globals = new Set(Object.getOwnPropertyNames(globalThis));
  const resources = process.getActiveResourcesInfo().length;
  return () => {
    loader._load = original;
    process.env = env;
    Object.getOwnPropertyNames(globalThis)
      .filter((name) => !globals.has(name))
      .forEach((name) => found.set(`sets the global ${name}`, 'somewhere'));
    if (process.getActiveResourcesInfo().length > resources) found.set('leaves a handle open', 'somewhere');
    return [...found].map(([what, line]) => `${line} ${what}`);
  };
}

/** `aws-ecs`: services are what a mere definition does not need; `core` and its friends are what every app has. */
function serviceOf(file: string): string | undefined {
  const [, inside] = file.split(CDK);
  const folder = inside?.split(sep)[0];
  return folder && /^(aws|alexa)-/.test(folder) ? folder : undefined;
}

/** The line of the library that runs now: `lib/ecs/capacity.ts:12`, when node has `--enable-source-maps`. */
function libraryLine(): string | undefined {
  const frame = new Error().stack?.split('\n').find(isLibrary);
  return frame && /lib[\\/][^():]*:\d+/.exec(frame.slice(frame.lastIndexOf(`${sep}lib${sep}`)))?.[0];
}

/** Whether a stack frame is of the library: of its copy, or of its sources by way of a source map. */
function isLibrary(frame: string): boolean {
  return frame.includes(LIBRARY) || frame.includes(SOURCES);
}
