import type {
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elbv2,
  aws_iam as iam,
  aws_logs as logs,
  Duration,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Routing, RoutingConfig, TargetOptions } from '../networking/routing';
import { ContainersError } from '../rules/errors';
import { checkGracePeriod } from '../rules/load-balancers';
import { checkFeature } from '../rules/platforms';
import { makeService } from './private/service';
import { Scaling } from './scaling';
import type { ServiceOptions } from './service-options';

/** Properties of a `WebService`. */
export interface WebServiceProps extends ServiceOptions, TargetOptions {
  /** The port on which the container answers, 1 to 65535. */
  readonly port: number;

  /** How requests reach the service. Required: nothing is exposed by accident. */
  readonly routing: Routing;

  /**
   * How long the load balancer's verdict on a new task is not listened to.
   * @default Duration.seconds(60)
   */
  readonly healthCheckGracePeriod?: Duration;
}

/**
 * A service that answers requests.
 *
 * Tasks run in private subnets on a read-only root file system, with an identity of their own; deployments
 * start new tasks before they stop old ones, and roll back when those fail.
 *
 * Creates: `taskDefinition` with `container`, `taskRole`, `executionRole`, `logGroup`, `service` with its security
 * group and scaling, and what `routing` says: mostly `loadBalancer`, `targetGroup`, listener and rule.
 *
 * Costs: two tasks of 0.25 vCPU about 18 USD a month, a load balancer of its own about 18 USD more.
 */
export class WebService extends Construct implements iam.IGrantable, ec2.IConnectable {
  /** The service. */
  public readonly service: ecs.BaseService;

  /** What a task is. */
  public readonly taskDefinition: ecs.TaskDefinition;

  /** The main container. */
  public readonly container: ecs.ContainerDefinition;

  /** The identity of the code: grants on the service land here. */
  public readonly taskRole: iam.IRole;

  /** The identity with which ECS starts the tasks. */
  public readonly executionRole: iam.IRole;

  /** Where the container's output goes, when it goes to CloudWatch. */
  public readonly logGroup?: logs.ILogGroup;

  /** What scales the service, unless the number of tasks is fixed. */
  public readonly taskCount?: ecs.ScalableTaskCount;

  /** All that `routing` made. */
  public readonly routing: RoutingConfig;

  /** Who receives the grants: the task role. */
  public readonly grantPrincipal: iam.IPrincipal;

  /**
   * The network side of the tasks. Open the way to a database with `allowToDefaultPort(database)`. On `Capacity.external()`
   * it has no security group, so that this opens nothing.
   */
  public readonly connections: ec2.Connections;

  /**
   * @throws when a property is out of bounds, or contradicts another one
   */
  constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id);
    if (!props.routing?._parts) {
      throw new ContainersError(
        `routing must be a Routing such as Routing.domain(…), ingress.route(…) or Routing.none(), got ${String(props.routing)}`,
      );
    }
    const { service, scaling, capacity, ...task } = makeService(this, props, {
      scaling: Scaling.between({ minTasks: 2, maxTasks: 10 }),
      fixedTasks: 2,
      port: props.port,
      healthCheckGracePeriod: props.healthCheckGracePeriod,
    });
    this.service = service;
    this.taskDefinition = task.taskDefinition;
    this.container = task.container;
    this.taskRole = task.taskRole;
    this.executionRole = task.executionRole;
    this.logGroup = task.logGroup;
    this.grantPrincipal = task.taskRole.grantPrincipal;
    this.connections = service.connections;

    const balanced = props.routing._loadBalanced ? 'one with a load balancer' : undefined;
    checkFeature(capacity._name, capacity._platform, 'loadBalancer', balanced);
    this.routing = props.routing.bind(this, {
      ...props,
      vpc: props.cluster.vpc,
      service,
      containerName: this.container.containerName,
    });
    checkGracePeriod(props.healthCheckGracePeriod, props.routing._healthChecked);
    const groups = this.routings.flatMap(({ targetGroup }) => targetGroup ?? []);
    this.taskCount = scaling.bind({ service, targetGroups: groups.length > 0 ? groups : undefined });
  }

  /**
   * The service's own load balancer.
   * @throws when the routing made none
   */
  public get loadBalancer(): elbv2.ApplicationLoadBalancer {
    return this.made('loadBalancer');
  }

  /**
   * The load balancer's view of the tasks.
   * @throws when the routing made none
   */
  public get targetGroup(): elbv2.ApplicationTargetGroup {
    return this.made('targetGroup');
  }

  /**
   * Where clients find the service.
   * @throws when the routing does not know it
   */
  public get url(): string {
    return this.made('url');
  }

  private get routings(): RoutingConfig[] {
    return [this.routing, ...(this.routing.more ?? [])];
  }

  private made<K extends keyof RoutingConfig>(key: K): NonNullable<RoutingConfig[K]> {
    const value = this.routings.find((routing) => routing[key])?.[key];
    if (!value) {
      throw new ContainersError(
        `'${this.node.path}' has no ${key}, because its routing makes none: use a Routing that does, or do not ask for it`,
      );
    }
    return value;
  }
}
