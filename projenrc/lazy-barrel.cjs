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
  )
  // Node finds the names for ES modules in the line `exports.X = … = void 0`, and drops those of which it sees a getter
  // that it does not know: under another name it does not see them.
  .replace(/^Object\.defineProperty\(exports, "(?!__esModule)/gm, 'Object.defineProperty(barrel, "')
  .replace('Object.defineProperty(barrel', 'const barrel = exports;\nObject.defineProperty(barrel');
const left = [...files.keys()].filter((name) => lazy.includes(`${name}.`));
if (files.size === 0 || left.length > 0) throw new Error(`${path} has a form that this script does not know: ${left}`);
writeFileSync(path, lazy);
