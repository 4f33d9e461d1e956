// Makes a compiled barrel load each of its files when one of its exports is first asked for, as aws-cdk-lib does.
// TypeScript writes the exports as getters already; only the `require` stands in front of them.
const { readFileSync, writeFileSync } = require('node:fs');

const [path] = process.argv.slice(2);
const source = readFileSync(path, 'utf8');
const files = new Map();
const lazy = source
  .replace(/^(?:var|const) (\w+) = (require\("\.\/[^"]+"\));\n/gm, (_line, name, load) => (files.set(name, load), ''))
  .replace(/return (\w+)\.(\w+);/g, (line, name, member) =>
    files.has(name) ? `return ${files.get(name)}.${member};` : line,
  );
const left = [...files.keys()].filter((name) => lazy.includes(`${name}.`));
if (left.length > 0) throw new Error(`${path} uses ${left.join(', ')} in a way that this script does not know`);
writeFileSync(path, lazy);
