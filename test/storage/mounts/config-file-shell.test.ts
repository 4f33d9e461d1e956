import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Mount } from '../../../lib';
import type { ConfigFileOptions } from '../../../lib';
import { IMAGE, newApp, Template } from '../../support/fixture';
import { taskOf } from '../../support/resources';

/** A file below `/x`, what is in it, and how it may be read. */
type File = [path: string, content: string, options?: ConfigFileOptions];

/** Runs what the container runs, in a directory of this machine instead of `/x`. */
function written(...files: File[]): (path: string) => { content: string; mode: string } {
  const stack = new Stack(newApp(), 'Shop');
  const container = new ecs.FargateTaskDefinition(stack, 'Task').addContainer('app', { image: IMAGE });
  const client = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
  files.forEach((file) => Mount.configFile(...file).bind(stack, { container, client }));
  const [, { EntryPoint, Command, Environment, MountPoints }] = taskOf(Template.fromStack(stack)).ContainerDefinitions;
  const root = mkdtempSync(join(process.env.CDK_CONTAINERS_TEST_OUT!, 'files-'));
  const here = (path: string) => join(root, path.slice('/x'.length));
  for (const { ContainerPath } of MountPoints) mkdirSync(here(ContainerPath), { recursive: true });
  const variables = Environment.map(({ Name, Value }: Record<string, string>) => [Name, Value]);
  const [shell, ...options] = EntryPoint;
  execFileSync(shell, [...options, Command[0].replaceAll("'/x/", `'${root}/`)], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: '/root', ...Object.fromEntries(variables) },
  });
  return (path) => ({
    content: readFileSync(here(path), 'utf8'),
    mode: (statSync(here(path)).mode % 0o10000).toString(8),
  });
}

describe('the shell', () => {
  test.each([
    ['nothing', ''],
    ['a line', 'debug: false\n'],
    ['no newline at the end', 'debug: false'],
    ['empty lines', '\n\n\nlines\n\n'],
    ['what a shell reads', `it's "quoted" \`id\` $(id) $HOME \${HOME} \\n \\0 %s %% ! * ~ # ; & | < >\n`],
    ['what looks like an option', '-n'],
    ['a tab, CR LF and letters of the world', '\ttab\r\nümlaut ☃ \u{1f600}\n'],
    ['a quote', "'"],
    ['a way out of the quotes', "'; exit 1; '"],
    ['as much as there can be', 'x'.repeat(61440)],
  ])('writes the text as it is: %s', (_what, content) => {
    expect(written(['/x/app/file', content])('/x/app/file')).toEqual({ content, mode: '444' });
  });

  test.each([
    "/x/app/it's",
    "/x/it's/a",
    '/x/app/a "quoted" name',
    '/x/$HOME/$(id)',
    '/x/`id`/${HOME}',
    '/x/app/two\nlines',
    '/x/two\nlines/a',
    '/x/app/-rf',
    '/x/app/* ~ # ; & | < > \\ !',
    '/x/app/.hidden',
    '/x/ümlaut/☃',
    '/x/a/b/c/d/e',
  ])('writes to the path %j as it is', (path) => {
    expect(written([path, 'here'])(path)).toEqual({ content: 'here', mode: '444' });
  });

  test.each(['400', '600', '755', '0640', '000'])('sets the mode %s', (mode) => {
    const read = written(['/x/app/file', 'x', { mode }]);
    // Only root reads a file that nobody may read.
    if (mode === '000' && process.getuid!() !== 0) return;
    expect(read('/x/app/file')).toEqual({ content: 'x', mode: Number.parseInt(mode, 8).toString(8) });
  });

  test('writes several files of several directories', () => {
    const read = written(['/x/a/one', '1'], ['/x/a/two', '2', { mode: '600' }], ['/x/a/b/three', '3']);
    expect(read('/x/a/one')).toEqual({ content: '1', mode: '444' });
    expect(read('/x/a/two')).toEqual({ content: '2', mode: '600' });
    expect(read('/x/a/b/three')).toEqual({ content: '3', mode: '444' });
  });
});
