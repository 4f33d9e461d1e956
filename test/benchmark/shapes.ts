import {
  aws_certificatemanager as acm,
  Aws,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_ecs_patterns as patterns,
  aws_elasticloadbalancingv2 as elbv2,
  aws_iam as iam,
  aws_logs as logs,
  aws_s3 as s3,
  Duration,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Shape, Share } from './shape-names';
import type * as lib from '../../lib';

/** What goes into a stack. */
export interface StackOptions {
  readonly shape: Shape;
  readonly services: number;
  readonly importedCluster?: boolean;
  readonly share?: Share;
}

/** One stack with a network, a cluster and services: HTTPS with an imported certificate, whatever the shape. */
export function addStack(scope: Construct, id: string, options: StackOptions, ours?: typeof lib): void {
  const stack = new Stack(scope, id);
  const vpc = newVpc(stack);
  const certificate = importCertificate(stack);
  const cluster = options.importedCluster
    ? ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shared', vpc })
    : newCluster(stack, options.shape, vpc, ours);
  for (let index = 1; index <= options.services; index++) {
    addService(stack, `Web${index}`, options.shape, cluster, certificate, ours);
  }
}

export function newVpc(stack: Stack): ec2.Vpc {
  return new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1, restrictDefaultSecurityGroup: false });
}

export function importCertificate(stack: Stack): acm.ICertificate {
  return acm.Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE);
}

const CERTIFICATE = `arn:aws:acm:eu-west-1:111122223333:certificate/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`;
export const IMAGE = 'public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine';
export const PORT = 8080;

function newCluster(scope: Construct, shape: Shape, vpc: ec2.IVpc, ours?: typeof lib): ecs.ICluster {
  if (shape === 'ours') return new (loaded(ours).EcsCluster)(scope, 'Ecs', { vpc }).cluster;
  return shape === 'same' ? sameCluster(scope, vpc) : new ecs.Cluster(scope, 'Cluster', { vpc });
}

function addService(
  scope: Construct,
  id: string,
  shape: Shape,
  cluster: ecs.ICluster,
  certificate: acm.ICertificate,
  ours?: typeof lib,
): void {
  if (shape === 'default') return defaultPattern(scope, id, cluster, certificate);
  if (shape === 'same') return samePattern(scope, id, cluster, certificate);
  const { Routing, WebService } = loaded(ours);
  new WebService(scope, id, {
    cluster,
    container: { image: ecs.ContainerImage.fromRegistry(IMAGE), user: '101' },
    port: PORT,
    routing: Routing.https({ certificates: [certificate] }),
    healthCheck: { path: '/' },
  });
}

export function loaded(ours: typeof lib | undefined): typeof lib {
  if (!ours) throw new Error('the shape "ours" needs the library');
  return ours;
}

function defaultPattern(scope: Construct, id: string, cluster: ecs.ICluster, certificate: acm.ICertificate): void {
  new patterns.ApplicationLoadBalancedFargateService(scope, id, {
    cluster,
    certificate,
    taskImageOptions: { image: ecs.ContainerImage.fromRegistry(IMAGE), containerPort: PORT },
  });
}

export function sameCluster(scope: Construct, vpc: ec2.IVpc): ecs.Cluster {
  const cloudWatchLogGroup = new logs.LogGroup(scope, 'ExecLogGroup', { retention: logs.RetentionDays.ONE_YEAR });
  return new ecs.Cluster(scope, 'Cluster', {
    vpc,
    containerInsightsV2: ecs.ContainerInsights.ENABLED,
    enableFargateCapacityProviders: true,
    executeCommandConfiguration: {
      logging: ecs.ExecuteCommandLogging.OVERRIDE,
      logConfiguration: { cloudWatchLogGroup, cloudWatchEncryptionEnabled: false },
    },
  });
}

/** The pattern as its props and its exposed L2s let one come close: what is still missing has no prop. */
export function samePattern(parent: Construct, id: string, cluster: ecs.ICluster, certificate: acm.ICertificate): void {
  const scope = new Construct(parent, id);
  const web = new patterns.ApplicationLoadBalancedFargateService(scope, 'Pattern', {
    cluster,
    certificate,
    sslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS,
    taskDefinition: sameTask(scope),
    circuitBreaker: { enable: true, rollback: true },
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1 }],
    propagateTags: ecs.PropagatedTagSource.SERVICE,
    enableECSManagedTags: true,
    taskSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
  });
  web.targetGroup.configureHealthCheck({
    path: '/',
    healthyHttpCodes: '200-399',
    interval: Duration.seconds(10),
    timeout: Duration.seconds(5),
    healthyThresholdCount: 2,
    unhealthyThresholdCount: 3,
  });
  web.targetGroup.setAttribute('deregistration_delay.timeout_seconds', '30');
  web.loadBalancer.setAttribute('deletion_protection.enabled', 'true');
  web.loadBalancer.setAttribute('routing.http.drop_invalid_header_fields.enabled', 'true');
  sameAccessLogs(scope, web.loadBalancer);
  web.service
    .autoScaleTaskCount({ minCapacity: 2, maxCapacity: 10 })
    .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
}

function sameTask(scope: Construct): ecs.FargateTaskDefinition {
  const taskDefinition = new ecs.FargateTaskDefinition(scope, 'TaskDefinition', {
    cpu: 256,
    memoryLimitMiB: 512,
    runtimePlatform: {
      operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      cpuArchitecture: ecs.CpuArchitecture.X86_64,
    },
    taskRole: sameRole(scope, 'TaskRole'),
    executionRole: sameRole(scope, 'ExecutionRole'),
  });
  const linuxParameters = new ecs.LinuxParameters(scope, 'LinuxParameters');
  linuxParameters.addTmpfs({ containerPath: '/tmp', size: 64, mountOptions: [ecs.TmpfsMountOption.MODE] });
  taskDefinition.addContainer('app', {
    image: ecs.ContainerImage.fromRegistry(IMAGE),
    user: '101',
    readonlyRootFilesystem: true,
    linuxParameters,
    logging: ecs.LogDrivers.awsLogs({
      logGroup: new logs.LogGroup(scope, 'LogGroup', { retention: logs.RetentionDays.ONE_YEAR }),
      streamPrefix: 'app',
    }),
    portMappings: [{ containerPort: PORT }],
  });
  return taskDefinition;
}

/** Only ECS tasks of this account and region may assume it. */
export function sameRole(scope: Construct, id: string): iam.Role {
  return new iam.Role(scope, id, {
    assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': Stack.of(scope).formatArn({ service: 'ecs', resource: '*' }) },
      },
    }),
  });
}

/** `logAccessLogs` needs a region, and these stacks have none: the same policy and attributes as ours writes. */
function sameAccessLogs(scope: Construct, loadBalancer: elbv2.ApplicationLoadBalancer): void {
  const bucket = new s3.Bucket(scope, 'AccessLogs', {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    versioned: true,
    lifecycleRules: [{ expiration: Duration.days(365), noncurrentVersionExpiration: Duration.days(30) }],
  });
  const { policyDependable } = bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`AWSLogs/${Aws.ACCOUNT_ID}/*`)],
    }),
  );
  loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
  loadBalancer.setAttribute('access_logs.s3.bucket', bucket.bucketName);
  if (policyDependable) loadBalancer.node.defaultChild!.node.addDependency(policyDependable);
}
