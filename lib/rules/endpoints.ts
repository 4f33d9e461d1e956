/** A VPC endpoint, as far as this library looks at it. */
export interface EndpointFacts {
  /** The last part of the name of its service: `ecr.api` in `com.amazonaws.eu-west-1.ecr.api`. */
  readonly name: string;
  /** True for routes in route tables, which cost nothing; the others are network interfaces. */
  readonly gateway?: boolean;
  /**
   * Requests that name no principal of the account. `none`: its documentation has policies with principals.
   * `unknown`: not all clients are known to be principals of the account, or the service takes no policy in some
   * regions and then refuses the endpoint, so that it keeps the policy of AWS, which lets everything through.
   */
  readonly foreignRequests: 'none' | 'layers' | 'federation' | 'unknown';
}

/**
 * The endpoints that are made from what workloads need.
 *
 * Names, November 2026: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html.
 * Requests: of ECR's layers https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html, of STS
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sts_vpc_endpoint_policies.html. EKS refused policies:
 * https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/224.
 */
const FACTS: readonly EndpointFacts[] = [
  { name: 's3', gateway: true, foreignRequests: 'layers' },
  { name: 'dynamodb', gateway: true, foreignRequests: 'none' },
  { name: 's3express', gateway: true, foreignRequests: 'unknown' },
  { name: 'sts', foreignRequests: 'federation' },
  // Users sign up and log in without credentials of AWS.
  { name: 'cognito-idp', foreignRequests: 'unknown' },
  { name: 'cognito-identity', foreignRequests: 'unknown' },
  // The proxies of Service Connect have credentials of ECS.
  { name: 'ecs-agent', foreignRequests: 'unknown' },
  { name: 'ecs-telemetry', foreignRequests: 'unknown' },
  { name: 'eks', foreignRequests: 'unknown' },
  { name: 'eks-auth', foreignRequests: 'unknown' },
  { name: 'aps', foreignRequests: 'unknown' },
  { name: 'aps-workspaces', foreignRequests: 'unknown' },
  { name: 'email', foreignRequests: 'unknown' },
  ...[
    'appconfig',
    'appconfigdata',
    'application-autoscaling',
    'athena',
    'autoscaling',
    'batch',
    'bedrock',
    'bedrock-agent-runtime',
    'bedrock-runtime',
    'codebuild',
    'comprehend',
    'data-servicediscovery',
    'dynamodb-streams',
    'ec2',
    'ec2messages',
    'ecr.api',
    'ecr.dkr',
    'ecs',
    'elasticfilesystem',
    'elasticloadbalancing',
    'events',
    'fsx',
    'glue',
    'kinesis-firehose',
    'kinesis-streams',
    'kms',
    'lambda',
    'logs',
    'monitoring',
    'rds-data',
    'rekognition',
    'sagemaker.runtime',
    'secretsmanager',
    'servicediscovery',
    'sns',
    'sqs',
    'ssm',
    'ssmmessages',
    'states',
    'sync-states',
    'textract',
    'transcribe',
    'translate',
    'xray',
  ].map((name): EndpointFacts => ({ name, foreignRequests: 'none' })),
];

/** The endpoints by their names. */
export const ENDPOINTS: { readonly [name: string]: EndpointFacts | undefined } = Object.fromEntries(
  FACTS.map((facts) => [facts.name, facts]),
);

/** True for a service that routes lead to; the others have network interfaces. */
export function isGateway(name: string): boolean {
  return ENDPOINTS[name]?.gateway ?? false;
}

/**
 * Inbound rules of a security group, unless AWS raised the quota (L-0EA8095F); a rule for another group counts once.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html (November 2026)
 */
export const ENDPOINT_RULES = 60;

/**
 * Where an image is pulled: the registry's API, the registry itself, and the bucket of the layers.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
export const IMAGE_ENDPOINTS = ['ecr.api', 'ecr.dkr', 's3'];

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html */
export const INSTANCE_ENDPOINTS = ['ecs', 'ecs-agent', 'ecs-telemetry'];

/**
 * What nodes of EKS and its usual add-ons call.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
 */
export const CLUSTER_ENDPOINTS = [
  ...IMAGE_ENDPOINTS,
  'logs',
  'eks',
  'eks-auth',
  'ec2',
  'sts',
  'elasticloadbalancing',
  'autoscaling',
];

/** Actions of IAM whose requests go elsewhere than those of their service; the first that matches counts. */
const BY_ACTION: readonly (readonly [action: RegExp, endpoints: readonly string[]])[] = [
  // Mounting goes to an address in the VPC.
  [/^elasticfilesystem:client/, []],
  [/^dynamodb:(describestream|getrecords|getsharditerator|liststreams)$/, ['dynamodb-streams']],
  [/^ecs:poll$/, ['ecs-agent']],
  [/^ecs:starttelemetrysession$/, ['ecs-telemetry']],
  [/^servicediscovery:discoverinstances(revision)?$/, ['data-servicediscovery']],
  [/^states:startsyncexecution$/, ['sync-states']],
  [/^appconfig:(getlatestconfiguration|startconfigurationsession)$/, ['appconfigdata']],
  [/^bedrock:(invokemodel|converse|applyguardrail)/, ['bedrock-runtime']],
  [/^bedrock:(invokeagent|invokeflow|retrieve)/, ['bedrock-agent-runtime']],
  [/^aps:(remotewrite|query|getlabels|getseries|getmetricmetadata)/, ['aps-workspaces']],
  [/^sagemaker:invokeendpoint/, ['sagemaker.runtime']],
];

/** What the requests of a service's other actions go to, where the name of the endpoint is another than its prefix. */
const BY_PREFIX: { readonly [prefix: string]: readonly string[] | undefined } = {
  ecr: IMAGE_ENDPOINTS,
  cloudwatch: ['monitoring'],
  kinesis: ['kinesis-streams'],
  firehose: ['kinesis-firehose'],
  ses: ['email'],
};

/** Services that use a key for who calls them. */
const USE_OF_KEYS = /^kms:(decrypt|encrypt|generatedatakey.*|reencrypt.*|describekey|creategrant)$/;

/**
 * The endpoints that a principal with such permissions may call. What is not in the tables needs none, as far as this
 * library knows.
 *
 * Permission to use a key together with permissions on other services is the permission to use what these encrypted: they
 * call AWS KMS themselves. Alone it is for who calls AWS KMS.
 */
export function endpointsOfActions(actions: string[]): string[] {
  const all = actions.map((action) => action.toLowerCase());
  const others = all.some((action) => !action.startsWith('kms:') && endpointsOfAction(action).length > 0);
  const calls = others ? all.filter((action) => !USE_OF_KEYS.test(action)) : all;
  return [...new Set(calls.flatMap(endpointsOfAction))];
}

function endpointsOfAction(action: string): readonly string[] {
  const special = BY_ACTION.find(([pattern]) => pattern.test(action));
  if (special) return special[1];
  const [prefix] = action.split(':');
  return BY_PREFIX[prefix] ?? (ENDPOINTS[prefix] ? [prefix] : []);
}

/**
 * What the AWS managed policies allow that are most often on roles of tasks and instances.
 *
 * Source, November 2026: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
const MANAGED_POLICIES: { readonly [name: string]: readonly string[] | undefined } = {
  AmazonECSTaskExecutionRolePolicy: ['ecr:BatchGetImage', 'logs:PutLogEvents'],
  AmazonEC2ContainerServiceforEC2Role: [
    'ecs:DiscoverPollEndpoint',
    'ecs:Poll',
    'ecs:StartTelemetrySession',
    'ecr:BatchGetImage',
    'logs:PutLogEvents',
  ],
  AmazonSSMManagedInstanceCore: [
    'ssm:UpdateInstanceInformation',
    'ssmmessages:OpenDataChannel',
    'ec2messages:GetMessages',
  ],
  CloudWatchAgentServerPolicy: [
    'cloudwatch:PutMetricData',
    'logs:PutLogEvents',
    'xray:PutTraceSegments',
    'ssm:GetParameter',
  ],
  AWSXRayDaemonWriteAccess: ['xray:PutTraceSegments'],
};

/** The actions of an AWS managed policy that matter here; none of those that are not in the table. */
export function actionsOfManagedPolicy(arn: string): readonly string[] {
  return MANAGED_POLICIES[arn.slice(arn.lastIndexOf('/') + 1)] ?? [];
}

/** The registry and the region in the name of an image of ECR, which may be a token in part; nothing for others. */
export function registryOfEcr(image: unknown): string[] {
  const [registry, region] = /[^"./]+\.dkr\.ecr\.([a-z0-9-]+)?/.exec(JSON.stringify(image) ?? '') ?? [];
  return registry === undefined ? [] : region === undefined ? [registry] : [registry, region];
}

/** Registries on the internet, where no endpoint leads. */
const PUBLIC_REGISTRIES =
  /^(docker\.io|registry-1\.docker\.io|public\.ecr\.aws|ghcr\.io|quay\.io|gcr\.io|[a-z0-9-]+-docker\.pkg\.dev|registry\.k8s\.io|mcr\.microsoft\.com|registry\.gitlab\.com|cgr\.dev)\//;

/** True for an image that is pulled over the internet: of a known registry, or without one, which is Docker Hub. */
export function isPublicImage(image: string): boolean {
  if (PUBLIC_REGISTRIES.test(image)) return true;
  const [first, ...path] = image.split('/');
  return path.length === 0 || !/[.:]|^localhost$/.test(first);
}
