import type { aws_ec2 as ec2, aws_ecs as ecs, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { InstanceNeeds } from '../rules/instances';
import type { Platform } from '../rules/platforms';
import type { SizeRequest, TaskSize } from '../rules/task-size';
import { external } from './capacities/external';
import { fargate, fargateSpot } from './capacities/fargate';
import type { FargateSpotOptions } from './capacities/fargate';
import { instancePools } from './capacities/instances';
import type { PoolStrategyItem } from './capacities/instances';
import { placeService } from './private/place-service';

/** What a service needs besides its compute. The names are those of the L2. */
export interface CapacityServiceOptions {
  /** The cluster, also an imported one, whose capacity providers must then be associated by its owner. */
  readonly cluster: ecs.ICluster;
  /** What a task is. */
  readonly taskDefinition: ecs.TaskDefinition;
  /**
   * Number of tasks, only when nothing scales it.
   * @default - left out of the template
   */
  readonly desiredCount?: number;
  /** The part of the tasks that a deployment keeps running, in percent. */
  readonly minHealthyPercent: number;
  /** The most tasks that a deployment may run, in percent. */
  readonly maxHealthyPercent: number;
  /**
   * When a deployment gives up.
   * @default - never
   */
  readonly circuitBreaker?: ecs.DeploymentCircuitBreaker;
  /**
   * How long the load balancer's health checks are not counted after a task started.
   * @default - the L2's
   */
  readonly healthCheckGracePeriod?: Duration;
  /**
   * Subnets of the tasks.
   * @default - private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Gives tasks a public address.
   * @default false
   */
  readonly assignPublicIp?: boolean;
  /**
   * Security groups of the tasks.
   * @default - a new one
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** What may be right, but is rarely meant. */
export interface CapacityWarning {
  /** What follows `cdk-containers:`. */
  readonly id: string;
  readonly message: string;
}

/** What a kind of capacity decides. */
export interface CapacityKind {
  /** For messages: `Capacity.fargate()`. */
  readonly name: string;
  /** What it can do for a task. */
  readonly platform: Platform;
  /** What the task definition must be made for. */
  readonly compatibility: ecs.Compatibility;
  /** How its tasks are connected. */
  readonly networkMode: ecs.NetworkMode;
  /** True when its machines are ARM, false when they are x86, undefined when they can be either. */
  readonly arm?: boolean;
  /** Capacity providers that the cluster must have associated. */
  readonly providers: string[];
  /** Clusters of capacity providers that live with theirs. */
  readonly homes?: ProviderHome[];
  /** The size of a task, or an error that says what would fit. */
  sizeOf(request: SizeRequest): TaskSize;
  /** Fails when no machine can hold the task. */
  checkTask?(needs: InstanceNeeds): CapacityWarning[];
  /** The service, of the L2 class that this compute needs. */
  createService(scope: Construct, id: string, options: CapacityServiceOptions): ecs.BaseService;
}

/** Where a capacity provider was made. */
export interface ProviderHome {
  /** For messages: where the provider is declared. */
  readonly path: string;
  readonly cluster: ecs.ICluster;
}

/** The compute that tasks run on: one word decides it, and nothing else changes. */
export class Capacity {
  /** Fargate, On-Demand: nothing to look after, no interruptions. The default. */
  public static fargate(): Capacity {
    return Capacity._of(fargate());
  }

  /**
   * Fargate with spare capacity for up to 70 % less, which AWS may take back with two minutes' notice. Some tasks
   * stay On-Demand.
   * @throws when no weight is above 0
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
   */
  public static fargateSpot(options: FargateSpotOptions = {}): Capacity {
    return Capacity._of(fargateSpot(options));
  }

  /**
   * Instances of several pools of yours. For one pool, `pool.capacity()` says the same.
   * @throws when more than one pool has a base, or none has a weight
   */
  public static pools(pools: PoolStrategyItem[]): Capacity {
    return Capacity._of(instancePools(pools));
  }

  /**
   * Machines of your own outside AWS that are registered with the cluster (ECS Anywhere). They share the network of
   * the machine (bridge mode), so that there are no subnets, security groups, load balancers and EFS file systems, and
   * no scaling. The launch type is part of the service: moving it to or from here replaces it.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
   */
  public static external(): Capacity {
    return Capacity._of(external());
  }

  /** @internal */
  public static _of(kind: CapacityKind): Capacity {
    return new Capacity(kind);
  }

  private constructor(private readonly kind: CapacityKind) {}

  /** What the task definition must be made for. */
  public get compatibility(): ecs.Compatibility {
    return this.kind.compatibility;
  }

  /** How its tasks are connected: each with an address of its own in the VPC, but for `external`. */
  public get networkMode(): ecs.NetworkMode {
    return this.kind.networkMode;
  }

  /** @internal */
  public get _name(): string {
    return this.kind.name;
  }

  /** @internal */
  public get _platform(): Platform {
    return this.kind.platform;
  }

  /** @internal */
  public get _arm(): boolean | undefined {
    return this.kind.arm;
  }

  /** @internal */
  public _sizeOf(request: SizeRequest): TaskSize {
    return this.kind.sizeOf(request);
  }

  /** @internal */
  public _checkTask(needs: InstanceNeeds): CapacityWarning[] {
    return this.kind.checkTask?.(needs) ?? [];
  }

  /**
   * Makes a service on this compute, which is created after the cluster's provider associations and deleted before
   * them. Intents call this; so can you, with a task definition of yours.
   * @throws at synthesis, when a cluster of this app lacks a capacity provider
   */
  public bind(scope: Construct, options: CapacityServiceOptions): ecs.BaseService {
    const service = this.kind.createService(scope, 'Service', options);
    placeService(service, options, this.kind);
    return service;
  }
}
