import { aws_cloudwatch as cloudwatch, aws_ec2 as ec2, aws_ecs as ecs, Duration, Resource } from 'aws-cdk-lib';
import type { aws_autoscaling as autoscaling } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { Capacity } from './capacity';
import type { ProviderHome } from './capacity';
import { InstanceImage } from './instance-image';
import type { InstancePoolProps } from './instance-pool-props';
import { InstanceRole } from '../identity/instance-role';
import { checkInstanceSettings, checkPoolSize, checkProviderName } from '../rules/capacity-providers';
import { ContainersError } from '../rules/errors';
import type { Instances } from '../rules/instances';
import { newAutoScalingGroup } from './private/auto-scaling-group';
import { chooseInstances } from './private/choose-instances';
import { checkSameStack, providerName } from './private/clusters';
import { mountFileSystems } from './private/instance-file-systems';
import { newInstanceSecurityGroup } from '../instances/private/instance-security-group';
import { newLaunchTemplate } from '../instances/private/launch-template';
import { gibibytes, mebibytes } from '../rules/sizes';
import { knownZones } from '../rules/zones';
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
