import { aws_cloudwatch as cloudwatch, aws_ec2 as ec2, aws_ecs as ecs, Duration, Resource } from 'aws-cdk-lib';
import type { aws_autoscaling as autoscaling, aws_kms as kms, aws_sns as sns, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import type { AgentOptions } from './agent-options';
import { Capacity } from './capacity';
import type { ProviderHome } from './capacity';
import { InstanceImage } from './instance-image';
import { InstanceRole } from '../identity/instance-role';
import { checkInstanceSettings, checkPoolSize, checkProviderName } from '../rules/capacity-providers';
import { ContainersError } from '../rules/errors';
import type { Instances } from '../rules/instances';
import { newAutoScalingGroup } from './private/auto-scaling-group';
import { chooseInstances } from './private/choose-instances';
import { checkSameStack, providerName } from './private/clusters';
import { mountFileSystems } from './private/instance-file-systems';
import { newInstanceSecurityGroup } from './private/instance-security-group';
import { newLaunchTemplate } from './private/launch-template';
import { gibibytes, mebibytes } from '../rules/sizes';
import { knownZones } from '../rules/zones';
import type { IInstanceFileSystem } from '../storage/instance-file-system';
import { chooseInstanceSubnets } from './private/subnets';
import { connectInstances } from '../storage/private/instances';

/** Instances that tasks can be placed on, made here or elsewhere. */
export interface IInstancePool extends IConstruct {
  /** The name that a capacity provider strategy uses. */
  readonly capacityProviderName: string;

  /** @internal */
  readonly _instances?: Instances;

  /** @internal */
  readonly _home?: ProviderHome;

  /** For the `capacity` of an intent. */
  capacity(): Capacity;
}

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

/**
 * EC2 instances for tasks (ECS on EC2): as many as the tasks need, no more.
 *
 * ECS starts instances when tasks find no place, and stops those that have none; tasks leave an instance before it
 * stops, whether Spot wants it back, a deployment brings a newer image, or nobody needs it. How many *tasks* run is
 * the matter of each service's `scaling`.
 *
 * Creates: `autoScalingGroup` with `launchTemplate`, `capacityProvider`, `role`, `securityGroup`.
 * Costs: the instances and their disks; nothing while there are none.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html
 */
export class InstancePool extends Construct implements IInstancePool, ec2.IConnectable {
  /**
   * A pool of somebody else, by the name of its capacity provider. Nothing is known of its instances, so nothing is
   * checked: processor, size and permissions of tasks are yours to match.
   */
  public static fromCapacityProviderName(scope: Construct, id: string, capacityProviderName: string): IInstancePool {
    checkProviderName(capacityProviderName);
    class Imported extends Resource implements IInstancePool {
      public readonly capacityProviderName = capacityProviderName;
      public capacity(): Capacity {
        return Capacity.pools([{ pool: this }]);
      }
    }
    return new Imported(scope, id);
  }

  /** The group of the instances. */
  public readonly autoScalingGroup: autoscaling.AutoScalingGroup;

  /** How an instance starts. */
  public readonly launchTemplate: ec2.LaunchTemplate;

  /** What connects the group to the cluster. */
  public readonly capacityProvider: ecs.AsgCapacityProvider;

  /** The identity of the instances. */
  public readonly role: InstanceRole;

  /** The security group of the instances. */
  public readonly securityGroup: ec2.ISecurityGroup;

  /** The name that a capacity provider strategy uses. */
  public readonly capacityProviderName: string;

  /** The network side of the instances; that of tasks is `connections` of their service. */
  public readonly connections: ec2.Connections;

  /** @internal */
  public readonly _instances: Instances;

  /** @internal */
  public readonly _home: ProviderHome;

  /**
   * @throws when a property is out of bounds, or the instance types do not go with each other or with the image
   */
  constructor(scope: Construct, id: string, props: InstancePoolProps) {
    super(scope, id);
    const { cluster, minInstances = 0, agent = {}, fileSystems = [] } = props;
    checkSameStack(this, 'an InstancePool', cluster);
    const reservedMemoryMiB = mebibytes(agent.reservedMemory);
    checkPoolSize({ ...props, minInstances });
    checkInstanceSettings({ ...agent, reservedMemoryMiB, volumeGiB: gibibytes(props.volumeSize) });
    const choice = chooseInstances(this, props);
    const vpcSubnets = chooseInstanceSubnets(this, cluster.vpc, props.vpcSubnets);
    const image = (props.image ?? InstanceImage.al2023())._bind(choice);

    this.role = new InstanceRole(this, 'Role', { cluster, allowSessions: props.allowSessions });
    this.securityGroup =
      props.securityGroup ?? newInstanceSecurityGroup(this, cluster.vpc, 'Instances that run ECS tasks: nothing in');
    this.connections = new ec2.Connections({ securityGroups: [this.securityGroup] });
    mountFileSystems(image, fileSystems);
    this.launchTemplate = newLaunchTemplate(this, 'LaunchTemplate', {
      ...props,
      image,
      role: this.role.role.withoutPolicyUpdates(),
      securityGroup: this.securityGroup,
      instanceType: choice.onlyType,
      detailedMonitoring: props.detailedMonitoring ?? true,
    });
    if (this.launchTemplate.osType === ec2.OperatingSystemType.WINDOWS) {
      throw new ContainersError('image must run Linux, got Windows: Windows tasks run on Capacity.fargate()');
    }
    this.autoScalingGroup = newAutoScalingGroup(this, 'AutoScalingGroup', {
      ...props,
      minInstances,
      vpcSubnets,
      choice,
      launchTemplate: this.launchTemplate,
    });
    // Agents report with these permissions until the last of their tasks is gone.
    this.autoScalingGroup.node.addDependency(this.role, ...connectInstances(this, fileSystems));

    this.capacityProvider = new ecs.AsgCapacityProvider(this, 'CapacityProvider', {
      capacityProviderName: providerName(this),
      autoScalingGroup: this.autoScalingGroup,
      machineImageType: image.machineImageType,
      enableManagedScaling: true,
      enableManagedTerminationProtection: props.managedTerminationProtection ?? true,
      enableManagedDraining: true,
      targetCapacityPercent: props.targetCapacityPercent,
      minimumScalingStepSize: props.minimumScalingStepSize,
      maximumScalingStepSize: props.maximumScalingStepSize,
      instanceWarmupPeriod: props.instanceWarmupPeriod?.toSeconds(),
    });
    this.capacityProviderName = this.capacityProvider.capacityProviderName;
    // The only way to associate a provider: the L2 keeps the list.
    cluster.addAsgCapacityProvider(this.capacityProvider);
    image.configureAgent({
      ...agent,
      spotDraining: props.spot !== undefined,
      warmPool: props.warmPool !== undefined,
    });
    if (props.warmPool) this.autoScalingGroup.addWarmPool(props.warmPool);

    this._instances = {
      ...choice.limits,
      path: this.node.path,
      reservedMemoryMiB: reservedMemoryMiB ?? 0,
      allowPrivileged: agent.allowPrivileged ?? false,
      bottlerocket: image.machineImageType === ecs.MachineImageType.BOTTLEROCKET,
      trunking: props.awsvpcTrunking ?? false,
      fileSystems: fileSystems.map(({ node }) => node.path),
      zones: knownZones(cluster.vpc.selectSubnets(vpcSubnets).subnets),
    };
    this._home = { path: this.node.path, cluster };
  }

  /**
   * How much of the pool its tasks need, in percent: above 100 ECS starts instances, below it stops some.
   * @default - average over 1 minute
   */
  public metricCapacityProviderReservation(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/ECS/ManagedScaling',
      metricName: 'CapacityProviderReservation',
      dimensionsMap: {
        ClusterName: this._home.cluster.clusterName,
        CapacityProviderName: this.capacityProviderName,
      },
      period: Duration.minutes(1),
      ...options,
    });
  }

  /** For the `capacity` of an intent, also in another stack. */
  public capacity(): Capacity {
    return Capacity.pools([{ pool: this }]);
  }
}
