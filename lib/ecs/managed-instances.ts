import { aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, Resource } from 'aws-cdk-lib';
import type { Duration, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { managedInstances } from './capacities/managed';
import { Capacity } from './capacity';
import { InfrastructureRole } from '../identity/infrastructure-role';
import { InstanceRole } from '../identity/instance-role';
import { checkProviderName, SCALE_IN_SECONDS, TASK_VOLUME_GIB } from '../rules/capacity-providers';
import { checkPattern, checkSeconds, checkWhole, ContainersError } from '../rules/errors';
import type { Instances } from '../rules/instances';
import { managedLimits } from './private/choose-instances';
import { checkSameStack, providerName } from './private/clusters';
import { checkRequirements } from './private/instance-requirements';
import { newInstanceSecurityGroup } from '../instances/private/instance-security-group';
import { gibibytes } from '../rules/sizes';
import { knownZones } from '../rules/zones';
import { chooseInstanceSubnets } from './private/subnets';

/** Instances that AWS looks after, made here or elsewhere. */
export interface IManagedInstances extends IConstruct {
  /** The name that a capacity provider strategy uses. */
  readonly capacityProviderName: string;

  /** For the `capacity` of an intent. */
  capacity(): Capacity;
}

/** Properties of `ManagedInstances`. */
export interface ManagedInstancesProps {
  /** The cluster that the instances join. They live with it, in its stack. */
  readonly cluster: ecs.Cluster;

  /**
   * What ECS chooses instance types by: processors, memory, GPUs, generations, or a list of types.
   * @default - what suits the tasks
   */
  readonly requirements?: ec2.InstanceRequirementsConfig;

  /**
   * On-Demand, or spare capacity that AWS may take back with two minutes' notice.
   * @default ecs.CapacityOptionType.ON_DEMAND
   */
  readonly capacityOptionType?: ecs.CapacityOptionType;

  /**
   * Capacity Reservations to use, by their resource group.
   * @default - none
   */
  readonly capacityReservations?: CapacityReservationOptions;

  /**
   * Disk of an instance for images, containers and logs, 1 GiB at least.
   * @default Size.gibibytes(80)
   */
  readonly taskVolumeStorage?: Size;

  /**
   * Uses the NVMe disks of instance types that have some, instead of a volume.
   * @default false
   */
  readonly localStorage?: boolean;

  /**
   * Starts images whose cryptography is validated by FIPS 140. In the regions of the US and Canada.
   * @default false
   */
  readonly fipsEnabled?: boolean;

  /**
   * How long ECS waits before it empties an instance that is idle or mostly so, up to an hour.
   * @default - chosen by ECS
   */
  readonly scaleInAfter?: Duration;

  /**
   * Keeps idle instances until they reach their age of 14 days. You pay for them.
   * @default false
   */
  readonly disableScaleIn?: boolean;

  /**
   * Replaces instances whose health checks fail.
   * @default - chosen by ECS
   */
  readonly autoRepair?: boolean;

  /**
   * Metrics of the instances each minute, or each five.
   * @default ecs.InstanceMonitoring.DETAILED
   */
  readonly monitoring?: ecs.InstanceMonitoring;

  /**
   * Gives the instances the tags of the capacity provider.
   * @default ecs.PropagateManagedInstancesTags.CAPACITY_PROVIDER
   */
  readonly propagateTags?: ecs.PropagateManagedInstancesTags;

  /**
   * Subnets of the instances.
   * @default - the private subnets of the cluster's VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The account that shares the subnets with this one, by AWS RAM: the permission to start instances names it.
   * @default - the subnets are of this account
   */
  readonly subnetOwnerAccount?: string;

  /**
   * Security groups of the instances. Tasks have their own.
   * @default - a new one: nothing in, everything out
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** Which Capacity Reservations Managed Instances use. */
export interface CapacityReservationOptions {
  /** The ARN of the resource group with the reservations. */
  readonly reservationGroupArn: string;

  /**
   * Starts instances in reservations only, and none when they are full.
   * @default false
   */
  readonly reservationsOnly?: boolean;
}

/**
 * EC2 instances for tasks that AWS starts, patches and replaces (ECS Managed Instances): the choice of instances of EC2,
 * GPUs too, with the care of Fargate. No instance is older than 21 days.
 *
 * Creates: `capacityProvider`, `infrastructureRole`, `instanceRole`, `instanceProfile` and a security group.
 * Costs: the instances, and a fee for their management on top; nothing while there are none.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html
 */
export class ManagedInstances extends Construct implements IManagedInstances, ec2.IConnectable {
  /**
   * Managed Instances of somebody else, by the name of their capacity provider. Nothing is known of the instances, so
   * nothing is checked.
   */
  public static fromCapacityProviderName(
    scope: Construct,
    id: string,
    capacityProviderName: string,
  ): IManagedInstances {
    checkProviderName(capacityProviderName);
    class Imported extends Resource implements IManagedInstances {
      public readonly capacityProviderName = capacityProviderName;
      public capacity(): Capacity {
        return Capacity._of(managedInstances({ path: this.node.path, capacityProviderName }));
      }
    }
    return new Imported(scope, id);
  }

  /** What connects the instances to the cluster. */
  public readonly capacityProvider: ecs.ManagedInstancesCapacityProvider;

  /** The name that a capacity provider strategy uses. */
  public readonly capacityProviderName: string;

  /** What ECS may do in your account to start and stop instances. */
  public readonly infrastructureRole: InfrastructureRole;

  /** The identity of the instances. */
  public readonly instanceRole: InstanceRole;

  /** The instance role as instances take it. */
  public readonly instanceProfile: iam.InstanceProfile;

  /** The network side of the instances; that of tasks is `connections` of their service. */
  public readonly connections: ec2.Connections;

  private readonly cluster: ecs.Cluster;
  private readonly instances: Instances;

  /**
   * @throws when a property is out of bounds, or contradicts another one
   */
  constructor(scope: Construct, id: string, props: ManagedInstancesProps) {
    super(scope, id);
    const { cluster, requirements } = props;
    checkSameStack(this, 'ManagedInstances', cluster);
    checkProps(props);
    this.cluster = cluster;
    const vpcSubnets = chooseInstanceSubnets(this, cluster.vpc, props.vpcSubnets);
    const { subnets, internetConnectivityEstablished } = cluster.vpc.selectSubnets(vpcSubnets);
    checkListed(subnets);
    this.instances = {
      ...managedLimits(requirements),
      path: this.node.path,
      reservedMemoryMiB: 0,
      allowPrivileged: true,
      zones: knownZones(subnets),
    };

    this.instanceRole = new InstanceRole(this, 'InstanceRole', { cluster });
    this.instanceProfile = new iam.InstanceProfile(this, 'InstanceProfile', { role: this.instanceRole.role });
    this.instanceRole.allowSystemLogs();
    const securityGroups = props.securityGroups ?? [
      newInstanceSecurityGroup(this, this.cluster.vpc, 'Managed Instances that run ECS tasks: nothing in'),
    ];
    this.connections = new ec2.Connections({ securityGroups });
    this.infrastructureRole = new InfrastructureRole(this, 'InfrastructureRole');
    this.infrastructureRole.allowManagedInstances({
      instanceRole: this.instanceRole,
      subnets,
      subnetOwnerAccount: props.subnetOwnerAccount,
      securityGroups,
      reservationGroupArn: props.capacityReservations?.reservationGroupArn,
      spot: props.capacityOptionType === ecs.CapacityOptionType.SPOT,
    });

    this.capacityProvider = new ecs.ManagedInstancesCapacityProvider(this, 'CapacityProvider', {
      capacityProviderName: providerName(this),
      infrastructureRole: this.infrastructureRole,
      ec2InstanceProfile: this.instanceProfile,
      subnets,
      securityGroups,
      instanceRequirements: requirements,
      capacityOptionType: props.capacityOptionType,
      taskVolumeStorage: props.taskVolumeStorage,
      monitoring: props.monitoring ?? ecs.InstanceMonitoring.DETAILED,
      propagateTags: props.propagateTags ?? ecs.PropagateManagedInstancesTags.CAPACITY_PROVIDER,
    });
    const resource = this.capacityProvider.node.defaultChild as ecs.CfnCapacityProvider;
    addWhatTheL2Lacks(resource, props);
    // Both roles are used until the last instance is gone.
    resource.node.addDependency(this.infrastructureRole, this.instanceRole, internetConnectivityEstablished);
    this.capacityProviderName = this.capacityProvider.capacityProviderName;
    // The only way to associate a provider: the L2 keeps the list.
    cluster.addManagedInstancesCapacityProvider(this.capacityProvider);
  }

  /** For the `capacity` of an intent, also in another stack. */
  public capacity(): Capacity {
    const { cluster, capacityProviderName, instances, node } = this;
    return Capacity._of(
      managedInstances({ path: node.path, capacityProviderName, instances, home: { path: node.path, cluster } }),
    );
  }
}

function checkProps(props: ManagedInstancesProps): void {
  if (props.requirements) checkRequirements(props.requirements);
  checkSeconds('scaleInAfter', props.scaleInAfter, SCALE_IN_SECONDS);
  if (props.capacityReservations && props.capacityOptionType) {
    throw new ContainersError(
      `capacityOptionType must not be given with capacityReservations, got ${props.capacityOptionType}: instances in reservations are a kind of their own`,
    );
  }
  if (props.scaleInAfter && props.disableScaleIn) {
    throw new ContainersError('scaleInAfter must not be given when disableScaleIn is true: remove one of them');
  }
  checkWhole('the number of securityGroups', props.securityGroups?.length, { min: 1, max: 5 });
  if (props.localStorage && props.taskVolumeStorage) {
    throw new ContainersError(
      'taskVolumeStorage must not be given when localStorage is true, because the disks of the instance take the place of the volume: remove one of them',
    );
  }
  checkPattern(
    'capacityReservations.reservationGroupArn',
    props.capacityReservations?.reservationGroupArn,
    /^arn:[a-z-]+:resource-groups:/,
    'the ARN of a resource group',
  );
  checkWhole('taskVolumeStorage in GiB', gibibytes(props.taskVolumeStorage), TASK_VOLUME_GIB);
}

/** What CloudFormation has and the L2 has not. */
function addWhatTheL2Lacks(resource: ecs.CfnCapacityProvider, props: ManagedInstancesProps): void {
  const { capacityReservations, autoRepair } = props;
  const launch: Partial<ecs.CfnCapacityProvider.InstanceLaunchTemplateProperty> = {
    fipsEnabled: props.fipsEnabled,
    localStorageConfiguration: props.localStorage === undefined ? undefined : { useLocalStorage: props.localStorage },
    capacityOptionType: capacityReservations ? 'RESERVED' : props.capacityOptionType,
    capacityReservations: capacityReservations && {
      reservationGroupArn: capacityReservations.reservationGroupArn,
      reservationPreference: capacityReservations.reservationsOnly ? 'RESERVATIONS_ONLY' : 'RESERVATIONS_FIRST',
    },
  };
  const provider: Partial<ecs.CfnCapacityProvider.ManagedInstancesProviderProperty> = {
    infrastructureOptimization: scaleIn(props),
    autoRepairConfiguration:
      autoRepair === undefined ? undefined : { actionsStatus: autoRepair ? 'ENABLED' : 'DISABLED' },
  };
  const given = resource.managedInstancesProvider as ecs.CfnCapacityProvider.ManagedInstancesProviderProperty;
  resource.managedInstancesProvider = {
    ...given,
    ...provider,
    instanceLaunchTemplate: { ...(given.instanceLaunchTemplate as object), ...launch } as LaunchTemplate,
  };
}

type LaunchTemplate = ecs.CfnCapacityProvider.InstanceLaunchTemplateProperty;

function scaleIn({ scaleInAfter, disableScaleIn }: ManagedInstancesProps) {
  if (disableScaleIn) return { scaleInAfter: -1 };
  return scaleInAfter && { scaleInAfter: scaleInAfter.toSeconds() };
}

/** The permission to start instances names each subnet. */
function checkListed(subnets: ec2.ISubnet[]): void {
  if (!subnets.some(({ subnetId }) => /^#\{Token\[/.test(subnetId))) return;
  throw new ContainersError(
    'the subnets of Managed Instances must be known one by one, got a list that is a token: import it with Fn.importListValue, or name the ids',
  );
}
