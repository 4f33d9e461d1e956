// TypeScript for jest, without type checks: `npm run typecheck` and the jsii build do those.
const { createHash } = require('node:crypto');
const { transformSync, version } = require('esbuild');

module.exports = {
  getCacheKey: (source, path) => createHash('sha256').update(version).update(path).update(source).digest('hex'),
  process: (source, path) =>
    transformSync(source, { loader: 'ts', format: 'cjs', target: 'node20', sourcemap: 'inline', sourcefile: path }),
};
