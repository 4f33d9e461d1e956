// The verifier of what instances run when they start: shellcheck for scripts, Python's parsers for the TOML of Bottlerocket and
// for the MIME and the NodeConfig of Kubernetes nodes.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, WORK } from './tools.mjs';

/** Prints what is wrong with a file: it is no TOML, or has no settings of ECS or Kubernetes. */
const PARSE = `
import json, sys, tomllib
with open(sys.argv[1], "rb") as file:
    try:
        settings = tomllib.load(file).get("settings", {})
        problem = None if {"ecs", "kubernetes"} & set(settings) else "has no settings of ecs or kubernetes"
    except tomllib.TOMLDecodeError as error:
        problem = str(error)
json.dump(problem, sys.stdout)
`;

/** Prints what is wrong with a message: a part is no NodeConfig, or none joins a cluster. */
const READ = `
import email, json, sys
problems, joins = [], 0
for part in email.message_from_file(open(sys.argv[1])).walk():
    if part.get_content_type() == "application/node.eks.aws":
        try:
            config = json.loads(part.get_payload())
            if (config["apiVersion"], config["kind"]) != ("node.eks.aws/v1alpha1", "NodeConfig"):
                problems.append("a part is no NodeConfig")
            joins += {"name", "apiServerEndpoint", "certificateAuthority", "cidr"} == set(config["spec"].get("cluster", {}))
        except (ValueError, KeyError) as error:
            problems.append(f"a part is no NodeConfig: {error}")
    elif not part.is_multipart():
        problems.append(f"an unknown part: {part.get_content_type()}")
if joins != 1:
    problems.append(f"{joins} parts say which cluster to join")
json.dump(problems, sys.stdout)
`;

/** Reads the user data of every launch template. An example without one has no row. */
export async function userData(bin, templates) {
  const folder = join(WORK, 'user-data');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const results = [];
  for (const { name, template, pathOf } of templates) {
    const scripts = Object.entries(template.Resources).flatMap(([id, { Properties }]) => {
      const encoded = Properties?.LaunchTemplateData?.UserData?.['Fn::Base64'];
      return encoded === undefined ? [] : [{ id, path: pathOf(id), text: textOf(encoded) }];
    });
    if (scripts.length === 0) continue;
    const findings = [];
    for (const { id, path, text } of scripts) {
      const file = join(folder, `${name}-${id}`);
      writeFileSync(file, text);
      const found = await read(bin, file, text);
      findings.push(...found.map((finding) => ({ path, ...finding })));
    }
    const lines = scripts.map(({ text }) => text.trim().split('\n').length).reduce((a, b) => a + b);
    results.push({ example: name, verifier: 'user-data', checked: `${lines} lines`, findings });
  }
  if (results.length === 0) throw new Error('no example has user data: remove test/verify/user-data.mjs');
  return results;
}

/** The text with a word for each value that CloudFormation fills in. */
function textOf(value) {
  if (typeof value === 'string') return value;
  const [separator, parts] = value['Fn::Join'] ?? [];
  if (parts) return parts.map(textOf).join(separator);
  if (value['Fn::Sub']) return [value['Fn::Sub']].flat()[0].replace(/\$\{[^}!]+\}/g, 'word');
  return 'word';
}

function read(bin, file, text) {
  if (text.startsWith('#!')) return shellcheck(bin, file);
  return text.startsWith('MIME-Version') ? message(bin, file) : toml(bin, file);
}

async function message(bin, file) {
  const problems = JSON.parse((await run(join(bin, 'python'), ['-c', READ, file])).stdout);
  return problems.map((problem) => ({ rule: 'node-config', message: problem }));
}

async function shellcheck(bin, file) {
  const args = ['--norc', '--format', 'json', '--severity', 'style', file];
  const { stdout } = await run(join(bin, 'shellcheck'), args, { ok: [0, 1] });
  return JSON.parse(stdout).map(({ code, line, message }) => ({
    rule: `SC${code}`,
    message: `${message} (line ${line})`,
  }));
}

async function toml(bin, file) {
  const problem = JSON.parse((await run(join(bin, 'python'), ['-c', PARSE, file])).stdout);
  return problem === null ? [] : [{ rule: 'toml', message: problem }];
}
