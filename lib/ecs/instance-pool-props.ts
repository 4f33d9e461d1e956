import type {
  aws_autoscaling as autoscaling,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_kms as kms,
  aws_sns as sns,
  Duration,
  Size,
} from 'aws-cdk-lib';
import type { AgentOptions } from './agent-options';
import type { InstanceImage } from './instance-image';
import type { IInstanceFileSystem } from '../storage/instance-file-system';

/** How much of a pool is Spot. */
export interface PoolSpotOptions {
  /**
   * Instances that are always On-Demand.
   * @default 0
   */
  readonly onDemandBase?: number;

  /**
   * On-Demand's part of the instances above the base, in percent.
   * @default 0
   */
  readonly onDemandPercent?: number;
}

/** Properties of an `InstancePool`. */
export interface InstancePoolProps {
  /** The cluster that the instances join. The pool lives with it, in its stack. */
  readonly cluster: ecs.Cluster;

  /**
   * The operating system.
   * @default InstanceImage.al2023()
   */
  readonly image?: InstanceImage;

  /**
   * The instance types, all with the same processor architecture, the favourite first; at most 40.
   * @default - give these or `requirements`
   */
  readonly instanceTypes?: ec2.InstanceType[];

  /**
   * What EC2 chooses instance types by, instead of a list of yours. Intel and AMD unless `cpuManufacturers` says else.
   * @default - give these or `instanceTypes`
   */
  readonly requirements?: ec2.InstanceRequirementsConfig;

  /**
   * The fewest instances.
   * @default 0
   */
  readonly minInstances?: number;

  /** The most instances. */
  readonly maxInstances: number;

  /**
   * Spare capacity for up to 90 % less, which AWS may take back with two minutes' notice. Name several types.
   * @default - On-Demand only
   */
  readonly spot?: PoolSpotOptions;

  /**
   * Keeps Auto Scaling from stopping an instance that runs tasks. ECS lifts the protection of instances without tasks
   * only: before the stack is deleted, set the services to 0 tasks and wait for the group to be empty, or delete the group
   * with `aws autoscaling delete-auto-scaling-group --force-delete`.
   * @default true
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-termination-protection.html
   */
  readonly managedTerminationProtection?: boolean;

  /**
   * How full ECS keeps the instances, 1 to 100: 90 keeps one tenth free for the next task.
   * @default 100
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
   */
  readonly targetCapacityPercent?: number;

  /**
   * The fewest instances that ECS starts at once, 1 to 10000.
   * @default 1
   */
  readonly minimumScalingStepSize?: number;

  /**
   * The most instances that ECS starts at once, 1 to 10000.
   * @default 1000
   */
  readonly maximumScalingStepSize?: number;

  /**
   * How long a new instance is not counted, up to 10000 seconds.
   * @default Duration.minutes(5)
   */
  readonly instanceWarmupPeriod?: Duration;

  /**
   * Instances that are started beforehand and wait, stopped unless told otherwise.
   * @default - none
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-warm-pool.html
   */
  readonly warmPool?: autoscaling.WarmPoolOptions;

  /**
   * After how long an instance is replaced by a new one, one day to a year. ECS protects instances that run tasks: such a
   * one stays until they are gone.
   * @default - never; a deployment replaces instances with an older image
   */
  readonly maxInstanceLifetime?: Duration;

  /**
   * What the agent of ECS does on the instances.
   * @default - no memory reserved, no privileged containers, no way to the instance's metadata
   */
  readonly agent?: AgentOptions;

  /**
   * Says that the account setting `awsvpcTrunking` is on, with which an instance takes more tasks. CloudFormation cannot
   * turn it on: `aws ecs put-account-setting-default --name awsvpcTrunking --value enabled`, before the first instance.
   * @default false
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html
   */
  readonly awsvpcTrunking?: boolean;

  /**
   * Disk of an instance for images, containers and logs: gp3, encrypted, 30 GiB at least.
   * @default Size.gibibytes(30)
   */
  readonly volumeSize?: Size;

  /**
   * A key of yours for the disks, about 1 USD a month.
   * @default - the key of AWS for volumes, free
   */
  readonly volumeEncryptionKey?: kms.IKey;

  /**
   * File systems of FSx that the instances mount before their first task, so that tasks can (`lustre.mount(…)`). An instance
   * that cannot mount them stops and is replaced. Not on Bottlerocket, and with an image of yours on Amazon Linux 2023 only. They
   * stand in the pool's stack, or with the VPC in earlier ones.
   * @default - none
   */
  readonly fileSystems?: IInstanceFileSystem[];

  /**
   * Metrics of the instances each minute, about 2 USD a month and instance.
   * @default true
   */
  readonly detailedMonitoring?: boolean;

  /**
   * Who hears of instances that start, stop and fail.
   * @default - nobody
   */
  readonly notificationTopic?: sns.ITopic;

  /**
   * Lets operators open a shell with Session Manager.
   * @default false
   */
  readonly allowSessions?: boolean;

  /**
   * Subnets of the instances.
   * @default - the private subnets of the cluster's VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security group of the instances. Tasks have their own.
   * @default - a new one: nothing in, everything out
   */
  readonly securityGroup?: ec2.ISecurityGroup;
}
