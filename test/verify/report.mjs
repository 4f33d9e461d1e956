// Tells findings that are explained from those that are not, and prints both.

/** A pattern over the paths of constructs: `*` stands for any characters. */
function matches(pattern, path) {
  const literal = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`).test(path);
}

/** Marks each finding that explained.json has a reason for, and lists the reasons that no finding asked for. */
export function explain(results, explained) {
  const used = new Set();
  for (const { verifier, findings } of results) {
    for (const finding of findings) {
      const patterns = Object.keys(explained[verifier]?.[finding.rule] ?? {});
      const pattern = patterns.find((candidate) => matches(candidate, finding.path));
      if (pattern === undefined) continue;
      finding.reason = explained[verifier][finding.rule][pattern];
      used.add(`${verifier}: ${finding.rule} at ${pattern}`);
    }
  }
  const all = Object.entries(explained).flatMap(([verifier, rules]) =>
    Object.entries(rules).flatMap(([rule, patterns]) =>
      Object.keys(patterns).map((pattern) => `${verifier}: ${rule} at ${pattern}`),
    ),
  );
  return { unexplained: unexplained(results), stale: all.filter((entry) => !used.has(entry)) };
}

function unexplained(results) {
  return results.flatMap(({ example, verifier, findings }) =>
    findings.filter((finding) => !finding.reason).map((finding) => ({ example, verifier, ...finding })),
  );
}

/** Prints the table, what the emulator left out, and each finding that has no explanation. */
export function print(results, notes, { unexplained, stale }) {
  table(
    ['example', 'verifier', 'checked', 'findings', 'explained', 'unexplained'],
    [...results]
      .sort((a, b) => a.example.localeCompare(b.example) || a.verifier.localeCompare(b.verifier))
      .map(({ example, verifier, checked, findings }) => {
        const open = findings.filter((finding) => !finding.reason).length;
        return [example, verifier, checked, findings.length, findings.length - open, open];
      }),
  );
  list('Changed in the copies that were deployed to the emulator', notes);
  list('Explained', countedRules(results));
  list('Stale explanations: nothing finds this any more, remove them from explained.json', stale);
  list(
    'Not explained',
    unexplained.map(
      ({ verifier, rule, path, message }) => `${verifier}: ${rule} at ${path}\n    ${message.slice(0, 2000)}`,
    ),
  );
  console.log(unexplained.length === 0 ? '\nVerified.' : `\n${unexplained.length} findings are not explained.`);
}

function countedRules(results) {
  const counts = new Map();
  for (const { verifier, findings } of results) {
    for (const { rule, reason } of findings.filter((finding) => finding.reason)) {
      const line = `${verifier}: ${rule}: ${reason}`;
      counts.set(line, (counts.get(line) ?? 0) + 1);
    }
  }
  return [...counts].map(([line, count]) => `${count} x ${line}`).sort();
}

function list(title, lines) {
  if (lines.length === 0) return;
  console.log(`\n${title}:`);
  for (const line of lines) console.log(`  ${line}`);
}

function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const print = (row) =>
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  console.log();
  print(all[0]);
  print(widths.map((width) => '-'.repeat(width)));
  all.slice(1).forEach(print);
}
