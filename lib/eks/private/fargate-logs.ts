import { aws_iam as iam, Stack, Validations } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks, aws_logs as logs } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { clusterKey } from '../../identity/private/cluster-key';
import { isImmutable } from '../../identity/private/immutable';
import { acknowledgeWildcards } from '../../identity/private/wildcards';
import { newLogGroup } from '../../observability/log-group';
import { EKS_WILDCARDS } from '../../rules/eks-findings';
import { ContainersError } from '../../rules/errors';

/** Where the logs of pods go. */
interface LogOptions {
  readonly logGroup?: logs.ILogGroup;
  readonly retention?: logs.RetentionDays;
  readonly encryptionKey?: Parameters<typeof newLogGroup>[2]['encryptionKey'];
}

/** Where the logs of pods go, and the objects that tell Fargate. */
export interface FargateLogs {
  readonly logGroup: logs.ILogGroup;
  readonly objects: { readonly [key: string]: unknown }[];
}

/** Which group a cluster has, by the app and what identifies the cluster. */
const groups = new WeakMap<IConstruct, Map<string, { path: string; logGroup: logs.ILogGroup }>>();

/** Lets pods on Fargate write logs, and says what their cluster must be told. */
export function newFargateLogs(
  scope: Construct,
  cluster: eks.ICluster,
  role: iam.IRole,
  options: LogOptions,
): FargateLogs {
  checkOptionsOfGroup(options);
  const logGroup = options.logGroup ?? newLogGroup(scope, 'LogGroup', options);
  claimCluster(scope, cluster, logGroup);
  allowLogs(scope, role, logGroup);
  return { logGroup, objects: objectsFor(Stack.of(scope).region, logGroup.logGroupName) };
}

function checkOptionsOfGroup({ logGroup, retention, encryptionKey }: LogOptions): void {
  if (logGroup !== undefined && typeof logGroup?.logGroupArn !== 'string') {
    throw new ContainersError(
      `logGroup must be a log group such as logs.LogGroup.fromLogGroupName(…), got ${typeof logGroup}: import it`,
    );
  }
  if (!logGroup || (retention === undefined && encryptionKey === undefined)) return;
  throw new ContainersError(
    'logging must have either logGroup, or retention and encryptionKey of a new one, got both: set them on the log group itself',
  );
}

/** A cluster is told once where logs go. */
function claimCluster(scope: Construct, cluster: eks.ICluster, logGroup: logs.ILogGroup): void {
  const { root, path } = scope.node;
  const known = groups.get(root) ?? new Map<string, { path: string; logGroup: logs.ILogGroup }>();
  groups.set(root, known);
  const key = clusterKey(cluster);
  const first = known.get(key);
  if (!first) known.set(key, { path, logGroup });
  if (!first || first.logGroup.logGroupArn === logGroup.logGroupArn) return;
  throw new ContainersError(
    `logging of '${path}' must go to the log group of '${first.path}', because a cluster has one log configuration for Fargate, got another: pass logging: { logGroup } with that one`,
  );
}

/** From the consumer's side: a statement in the stack of the role would make it depend on that of the log group. */
function allowLogs(scope: Construct, role: iam.IRole, logGroup: logs.ILogGroup): void {
  if (isImmutable(role)) {
    Validations.of(scope).addWarning(
      'cdk-containers:FargateLogsRole',
      `role is one that this app must not change, so pods of '${scope.node.path}' log only if its owner lets it write to the log group.`,
    );
    return;
  }
  const statement = new iam.PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
  acknowledgeWildcards(attach(scope, role, statement), [statement], EKS_WILDCARDS.fargateLogs);
}

function attach(scope: Construct, role: iam.IRole, statement: iam.PolicyStatement): iam.IRole | iam.ManagedPolicy {
  if (Stack.of(role) !== Stack.of(scope)) {
    return new iam.ManagedPolicy(scope, 'LogPolicy', { roles: [role], statements: [statement] });
  }
  role.addToPrincipalPolicy(statement);
  return role;
}

/**
 * What AWS documents for CloudWatch, with a group that exists. Fluent Bit's own logs would go to a group that it makes itself, with
 * no end.
 */
function objectsFor(region: string, logGroupName: string): { readonly [key: string]: unknown }[] {
  const namespace = 'aws-observability';
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { [namespace]: 'enabled' } } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'aws-logging', namespace },
      data: {
        flb_log_cw: 'false',
        'filters.conf': FILTERS,
        'output.conf': section('OUTPUT', {
          Name: 'cloudwatch_logs',
          Match: 'kube.*',
          region,
          log_group_name: logGroupName,
          log_stream_prefix: 'fargate-',
          auto_create_group: 'false',
        }),
        'parsers.conf': PARSERS,
      },
    },
  ];
}

/** Fargate asks for the same indentation everywhere. */
function section(name: string, entries: Record<string, string>): string {
  return [`[${name}]`, ...Object.entries(entries).map(([key, value]) => `    ${key} ${value}`), ''].join('\n');
}

const FILTERS =
  section('FILTER', { Name: 'parser', Match: '*', Key_name: 'log', Parser: 'crio' }) +
  section('FILTER', {
    Name: 'kubernetes',
    Match: 'kube.*',
    Merge_Log: 'On',
    Keep_Log: 'Off',
    Buffer_Size: '0',
    Kube_Meta_Cache_TTL: '300s',
  });

const PARSERS = section('PARSER', {
  Name: 'crio',
  Format: 'Regex',
  Regex: '^(?<time>[^ ]+) (?<stream>stdout|stderr) (?<logtag>P|F) (?<log>.*)$',
  Time_Key: 'time',
  Time_Format: '%Y-%m-%dT%H:%M:%S.%L%z',
});
