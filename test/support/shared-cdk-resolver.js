// Resolves aws-cdk-lib, constructs and cdk-nag to one-line stubs that hand out the worker's shared copy.
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, renameSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const SHARED = /^(aws-cdk-lib|constructs|cdk-nag)(\/|$)/;
const stubs = join(tmpdir(), `cdk-containers-jest-${process.getuid?.() ?? 'user'}`);

module.exports = (request, options) => {
  const resolved = options.defaultResolver(request, options);
  if (!SHARED.test(request) || !resolved.endsWith('.js')) return resolved;
  const stub = join(stubs, `${createHash('sha256').update(resolved).digest('hex').slice(0, 16)}.js`);
  if (!existsSync(stub)) {
    mkdirSync(stubs, { recursive: true });
    const draft = `${stub}.${process.pid}`;
    writeFileSync(draft, `module.exports = globalThis.__sharedRequire(${JSON.stringify(resolved)});\n`);
    renameSync(draft, stub);
  }
  return stub;
};
