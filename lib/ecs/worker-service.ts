import type { aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { makeService } from './private/service';
import { Scaling } from './scaling';
import type { ServiceOptions } from './service-options';

/** Properties of a `WorkerService`. */
export interface WorkerServiceProps extends ServiceOptions {}

/**
 * A service that nobody calls: it takes its work from a queue, a stream or a table.
 *
 * Tasks run in private subnets on a read-only root file system, with an identity of their own; deployments
 * start new tasks before they stop old ones, and roll back when those fail.
 *
 * Creates: `taskDefinition` with `container`, `taskRole`, `executionRole`, `logGroup`, and `service` with its security
 * group, which lets nobody in, and its scaling.
 *
 * Costs: one task of 0.25 vCPU about 9 USD a month.
 */
export class WorkerService extends Construct implements iam.IGrantable, ec2.IConnectable {
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
  constructor(scope: Construct, id: string, props: WorkerServiceProps) {
    super(scope, id);
    const { service, scaling, ...task } = makeService(this, props, { scaling: Scaling.fixed(1), fixedTasks: 1 });
    this.service = service;
    this.taskDefinition = task.taskDefinition;
    this.container = task.container;
    this.taskRole = task.taskRole;
    this.executionRole = task.executionRole;
    this.logGroup = task.logGroup;
    this.grantPrincipal = task.taskRole.grantPrincipal;
    this.connections = service.connections;
    this.taskCount = scaling.bind({ service });
  }
}
