import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buildSync } from 'esbuild';

/** The library as users load it, and where it came from. */
export interface Library {
  /** Path of its `index.js`. */
  readonly path: string;
  readonly origin: string;
}

/**
 * Puts the compiled library where users have it: single files below `node_modules`. aws-cdk-lib folds the stack frames
 * of files there, so that a library elsewhere would look slower than it is.
 */
export function prepareLibrary(root: string, home: string): Library {
  const target = join(home, 'node_modules', 'cdk-containers', 'lib');
  rmSync(target, { recursive: true, force: true });
  const sources = sourcesBelow(join(root, 'lib'));
  const compiled = sources.map((source) => source.replace(/\.ts$/, '.js'));
  if (compiled.every((file, index) => isFresh(file, sources[index]))) {
    for (const file of compiled) {
      const copy = join(target, relative(join(root, 'lib'), file));
      mkdirSync(dirname(copy), { recursive: true });
      copyFileSync(file, copy);
    }
    return { path: join(target, 'index.js'), origin: 'compiled by jsii (npx projen compile)' };
  }
  buildSync({
    entryPoints: sources,
    outbase: join(root, 'lib'),
    outdir: target,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return {
    path: join(target, 'index.js'),
    origin: 'compiled file by file by esbuild: lib/**/*.js is missing or older than its source',
  };
}

function isFresh(compiled: string, source: string): boolean {
  return existsSync(compiled) && statSync(compiled).mtimeMs >= statSync(source).mtimeMs;
}

/** The TypeScript sources that make up the package; `lib/handlers/src` holds code of Lambda functions. */
function sourcesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.startsWith(join('handlers', 'src')))
    .map((name) => join(directory, name));
}
