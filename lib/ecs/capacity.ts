import type { aws_ec2 as ec2, aws_ecs as ecs, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { SizeRequest, TaskSize } from '../rules/fargate';
import { fargate, fargateSpot } from './capacities/fargate';
import type { FargateSpotOptions } from './capacities/fargate';
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

/** What a kind of capacity decides. */
export interface CapacityKind {
  /** For messages: `Capacity.fargate()`. */
  readonly name: string;
  /** What the task definition must be made for. */
  readonly compatibility: ecs.Compatibility;
  /** Capacity providers that the cluster must have. */
  readonly providers: string[];
  /** The size of a task, or an error that says what would fit. */
  sizeOf(request: SizeRequest): TaskSize;
  /** The service, of the L2 class that this compute needs. */
  createService(scope: Construct, id: string, options: CapacityServiceOptions): ecs.BaseService;
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

  /** @internal */
  public static _of(kind: CapacityKind): Capacity {
    return new Capacity(kind);
  }

  private constructor(private readonly kind: CapacityKind) {}

  /** What the task definition must be made for. */
  public get compatibility(): ecs.Compatibility {
    return this.kind.compatibility;
  }

  /** @internal */
  public _sizeOf(request: SizeRequest): TaskSize {
    return this.kind.sizeOf(request);
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
