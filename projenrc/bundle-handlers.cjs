// Bundles each Lambda function of lib/handlers/src into <folder>/<name>/index.js: for the library, and for what bundles it.
//   node projenrc/bundle-handlers.cjs [folder …]        lib/handlers/bundled unless told otherwise
const { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { buildSync } = require('esbuild');

const ROOT = dirname(__dirname);
const SOURCES = 'lib/handlers/src';

/** The same bytes on every machine: their hash is in the templates of users. The runtime of Lambda has the AWS SDK. */
function bundle(folders = ['lib/handlers/bundled']) {
  const names = readdirSync(join(ROOT, SOURCES)).filter((name) => existsSync(join(ROOT, SOURCES, name, 'index.ts')));
  for (const name of names) {
    const { outputFiles } = buildSync({
      absWorkingDir: ROOT,
      entryPoints: [`${SOURCES}/${name}/index.ts`],
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      external: ['@aws-sdk/*'],
      charset: 'utf8',
      tsconfigRaw: {},
      logLevel: 'warning',
      write: false,
    });
    for (const folder of folders) writeIfChanged(join(ROOT, folder, name, 'index.js'), outputFiles[0].text);
  }
}

/** Others may be reading it: what did not change stays, and what changed is there at once. */
function writeIfChanged(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

module.exports = { bundle };
if (require.main === module) bundle(process.argv.length > 2 ? process.argv.slice(2) : undefined);
