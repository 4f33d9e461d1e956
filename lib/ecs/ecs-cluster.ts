import { aws_ecs as ecs } from 'aws-cdk-lib';
import type { aws_ec2 as ec2, aws_kms as kms, aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { newLogGroup } from '../observability/log-group';

/** Properties of an `EcsCluster`. */
export interface EcsClusterProps {
  /** The network of the services. */
  readonly vpc: ec2.IVpc;

  /**
   * CloudWatch metrics of tasks and services. `ENHANCED` adds containers, and costs more.
   * @default ecs.ContainerInsights.ENABLED
   */
  readonly containerInsights?: ecs.ContainerInsights;

  /**
   * A key of yours for the shell sessions of ECS Exec and their audit log, about 1 USD a month.
   * @default - encrypted with keys of AWS, free
   */
  readonly execEncryptionKey?: kms.IKey;

  /**
   * How long the audit log of ECS Exec is kept.
   * @default logs.RetentionDays.ONE_YEAR
   */
  readonly execLogRetention?: logs.RetentionDays;
}

/**
 * An ECS cluster with what services need: Fargate and Fargate Spot, Container Insights, and an audit log of the
 * shells that ECS Exec opens.
 *
 * Creates: `cluster` and `execLogGroup`. Costs: nothing for the cluster; Container Insights is paid by metric.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/clusters.html
 */
export class EcsCluster extends Construct {
  /** The cluster, for every `cluster` property. */
  public readonly cluster: ecs.Cluster;

  /** Where the commands of ECS Exec are written. */
  public readonly execLogGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: EcsClusterProps) {
    super(scope, id);
    this.execLogGroup = newLogGroup(this, 'ExecLogGroup', {
      retention: props.execLogRetention,
      encryptionKey: props.execEncryptionKey,
    });
    this.cluster = new ecs.Cluster(this, 'Cluster', {
      vpc: props.vpc,
      containerInsightsV2: props.containerInsights ?? ecs.ContainerInsights.ENABLED,
      enableFargateCapacityProviders: true,
      executeCommandConfiguration: {
        kmsKey: props.execEncryptionKey,
        logging: ecs.ExecuteCommandLogging.OVERRIDE,
        logConfiguration: {
          cloudWatchLogGroup: this.execLogGroup,
          cloudWatchEncryptionEnabled: props.execEncryptionKey !== undefined,
        },
      },
    });
  }
}
