import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, aws_ecr as ecr, Duration, Stack } from 'aws-cdk-lib';
import { transformSync } from 'esbuild';
import { Retention } from '../../lib';
import type { ImageFate } from '../../lib';

const PAGE = readFileSync(join(__dirname, '../../docs/retention.md'), 'utf8');

/** What a snippet of the page declares. */
function run(snippet: string, ...names: string[]): { [name: string]: unknown } {
  const { code } = transformSync(snippet, { loader: 'ts' });
  const given = { Retention, Duration, ecr, stack: new Stack(new App(), 'Docs') };
  return new Function(...Object.keys(given), `${code}\nreturn { ${names.join(', ')} };`)(...Object.values(given));
}

describe('docs/retention.md', () => {
  const [example, recipes, own] = [...PAGE.matchAll(/```ts\n(.*?)```/gs)].map(([, snippet]) => snippet);

  test('shows what explain returns for its example', () => {
    const { fates } = run(example, 'fates');
    const rows = (fates as ImageFate[]).map(
      ({ name, fate, rule, waitsFor }) =>
        `| ${name} | ${fate} | ${rule ?? '–'}${waitsFor ? `; waits for ${waitsFor}` : ''} |`,
    );
    const [, table] = /\| image \| fate \| by \|\n\| --- \| --- \| --- \|\n((?:\|.*\|\n)*)/.exec(PAGE)!;
    expect(table.trim().split('\n')).toEqual(rows);
  });

  test('has recipes whose rules can all act', () => {
    const made = run(recipes, 'releases', 'commits', 'unused', 'everything') as { [name: string]: Retention[] };
    expect(made.everything).toEqual([]);
    expect(
      [made.releases, made.commits, made.unused].map(
        (retention) => JSON.parse(Retention.policyText(retention)).rules.length,
      ),
    ).toEqual([2, 4, 3]);
  });

  test('sets the policy of a repository of the user', () => {
    const { repository } = run(own, 'repository');
    const resource = (repository as ecr.Repository).node.defaultChild as ecr.CfnRepository;
    expect(Stack.of(resource).resolve(resource.lifecyclePolicy)).toEqual({
      lifecyclePolicyText: Retention.policyText([Retention.keepLast(10)]),
    });
  });

  test('names every factory', () => {
    const factories = Object.getOwnPropertyNames(Retention).filter(
      (name) => !['length', 'name', 'prototype', '_of', 'policyText', 'explain'].includes(name),
    );
    expect(factories.length).toBeGreaterThan(5);
    factories.forEach((name) => expect(PAGE).toContain(`Retention.${name}(`));
  });
});
