import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A project as a template has it. */
interface ProjectJson {
  readonly Properties: {
    readonly Source: { readonly BuildSpec: string };
    readonly Environment: { readonly EnvironmentVariables: { readonly Name: string; readonly Value: unknown }[] };
  };
}

/** What is different in a run. */
export interface RunOptions {
  /** More environment variables: of CodeBuild, or of an event. */
  readonly env?: Record<string, string>;
  /** What the parameter has, each time that it is read; the last one again and again. */
  readonly published?: string[];
  /** A command that fails, such as `docker build`. */
  readonly failing?: string;
}

/** What a run did. */
export interface Run {
  readonly status: number;
  readonly output: string;
  /** The commands, with the arguments as they got them. */
  readonly calls: string[][];
}

const PSEUDO: Record<string, string> = {
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** 9 November 2026, 08:00:00 UTC. */
export const STARTED = 1794211200;

/**
 * `docker` and `aws` that write down how they were called, in one piece: the two sides of a pipe do it at the same time, and
 * a shell writes what it has at each end of a line.
 */
const STUB = `#!/bin/bash
printf '%s\\0' "\${0##*/}" "$@" $'\\036' >> "$STUBS/calls"
case "\${0##*/} $*" in
  $FAILING*) echo "$FAILING failed" >&2; exit 7 ;;
  'aws ssm get-parameters'*)
    head -n 1 "$STUBS/published"
    if [ "$(wc -l < "$STUBS/published")" -gt 1 ]; then sed -i 1d "$STUBS/published"; fi ;;
  'aws ecr get-login-password'*) echo secret ;;
  'docker login'*) cat > "$STUBS/password" ;;
esac
`;

/** The commands of a project. */
export function commandsOf(project: ProjectJson): string[] {
  return JSON.parse(project.Properties.Source.BuildSpec).phases.build.commands;
}

/** Runs a build as CodeBuild does: its commands in one shell, until one fails. */
export function runBuild(project: ProjectJson, options: RunOptions = {}): Run {
  const directory = mkdtempSync(join(process.env.CDK_CONTAINERS_TEST_OUT!, 'build-'));
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  for (const command of ['aws', 'docker']) {
    writeFileSync(join(bin, command), STUB);
    chmodSync(join(bin, command), 0o755);
  }
  writeFileSync(join(directory, 'calls'), '');
  writeFileSync(join(directory, 'published'), `${(options.published ?? ['None']).join('\n')}\n`);
  const given = project.Properties.Environment.EnvironmentVariables.map(({ Name, Value }) => [Name, textOf(Value)]);
  const script = commandsOf(project).map((command) => `${command}\nstatus=$?; [ $status -eq 0 ] || exit $status`);
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script.join('\n')], {
    cwd: directory,
    encoding: 'utf8',
    env: {
      PATH: `${bin}:${process.env.PATH}`,
      TMPDIR: directory,
      STUBS: directory,
      FAILING: options.failing ?? 'nothing',
      CODEBUILD_BUILD_ID: 'Shop-Project:b1e6661e-e4f2-4156-9ab9-82a19e5a8f3c',
      CODEBUILD_INITIATOR: 'somebody',
      CODEBUILD_START_TIME: `${STARTED}123`,
      ...Object.fromEntries(given),
      ...options.env,
    },
  });
  return { status: status ?? -1, output: stdout + stderr, calls: callsIn(join(directory, 'calls')) };
}

function callsIn(file: string): string[][] {
  const lines = readFileSync(file, 'utf8').split('\0\x1e\0').slice(0, -1);
  return lines.map((line) => line.split('\0'));
}

/** A value of a template, deployed: a resource is its logical id, and an ARN of one has its parts. */
export function textOf(value: any): string {
  if (typeof value === 'string') return value;
  const [[name, inner]] = Object.entries<any>(value);
  if (name === 'Ref') return PSEUDO[inner] ?? inner;
  if (name === 'Fn::GetAtt') return inner[1] === 'Arn' ? `arn:aws:ecr:eu-west-1:111122223333:${inner[0]}` : inner[0];
  if (name === 'Fn::Join') return inner[1].map(textOf).join(inner[0]);
  if (name === 'Fn::Select') return listOf(inner[1])[Number(inner[0])];
  throw new Error(`what is ${name}?`);
}

function listOf(value: any): string[] {
  const [separator, text] = value['Fn::Split'];
  return textOf(text).split(separator);
}
