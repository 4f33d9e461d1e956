import { aws_iam as iam } from 'aws-cdk-lib';
import type { aws_codebuild as codebuild } from 'aws-cdk-lib';
import { checkOneOf } from '../../rules/choices';
import { checkPattern, isToken } from '../../rules/errors';
import { checkGiven } from '../../rules/given';
import type { CodeConnectionOptions, ImageSourceKind } from '../image-source';

/** Where the providers keep repositories. */
const HOSTS: Record<string, string> = {
  GITHUB: 'github.com',
  BITBUCKET: 'bitbucket.org',
  GITLAB: 'gitlab.com',
};

export function codeConnectionSource(options: CodeConnectionOptions): ImageSourceKind {
  const { connectionArn, owner, repository, branch = 'main', webhook = true } = options;
  const provider: string = options.provider ?? 'GITHUB';
  checkOneOf('provider', provider, Object.keys(HOSTS));
  Object.entries({ connectionArn, owner, repository }).forEach(([name, value]) => checkGiven(name, value));
  checkPattern(
    'connectionArn',
    connectionArn,
    /^arn:[^:]+:(codeconnections|codestar-connections):[^:]+:\d{12}:connection\/[\w-]+$/,
    "the ARN of a connection such as 'arn:aws:codeconnections:eu-west-1:111122223333:connection/…'",
  );
  // A group of GitLab may be in another one.
  const names = provider === 'GITLAB' ? /^[\w.-]+(\/[\w.-]+)*$/ : /^[\w.-]+$/;
  checkPattern('owner', owner, names, "a name such as 'acme'");
  checkPattern('repository', repository, /^[\w.-]+(?<!\.git)$/, "a name such as 'shop', without .git");
  checkPattern('branch', branch, /^(?!refs\/)[^\s~^:?*[\\]+$/, "a name such as 'main', without refs/heads/");

  return {
    bind(_scope, { grantee }) {
      iam.Grant.addToPrincipal({ grantee, actions: actionsFor(connectionArn), resourceArns: [connectionArn] });
      return {
        source: {
          type: provider,
          location: `https://${HOSTS[provider]}/${owner}/${repository}.git`,
          auth: { type: 'CODECONNECTIONS', resource: connectionArn },
          gitCloneDepth: 1,
          reportBuildStatus: true,
        },
        sourceVersion: branch,
        triggers: webhook ? { webhook, filterGroups: [pushesTo(branch)] } : undefined,
      };
    },
  };
}

/**
 * Connections have two prefixes, an old one and a new one, and the action must have that of the ARN.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/connections-github-app.html#connections-github-role-access
 * @see https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html
 */
function actionsFor(connectionArn: string): string[] {
  const prefixes = isToken(connectionArn) ? ['codeconnections', 'codestar-connections'] : [connectionArn.split(':')[2]];
  return prefixes.flatMap((prefix) => [`${prefix}:GetConnection`, `${prefix}:GetConnectionToken`]);
}

/** Pushes to exactly one branch: CodeBuild looks for the pattern anywhere in the name. */
function pushesTo(branch: string): codebuild.CfnProject.WebhookFilterProperty[] {
  const name = isToken(branch) ? branch : branch.replace(/[.+${}()|\]]/g, '\\$&');
  return [
    { type: 'EVENT', pattern: 'PUSH' },
    { type: 'HEAD_REF', pattern: `^refs/heads/${name}$` },
  ];
}
