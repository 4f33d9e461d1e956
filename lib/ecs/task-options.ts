import type { aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, Size } from 'aws-cdk-lib';
import type { Capacity } from './capacity';
import type { ContainerOptions } from './container-options';

/** What every ECS intent takes about its tasks. */
export interface TaskOptions {
  /** The cluster, also an imported one: its owner must then have associated the capacity providers. */
  readonly cluster: ecs.ICluster;

  /** The main container. */
  readonly container: ContainerOptions;

  /**
   * Overrides the container's command.
   * @default - the container's
   */
  readonly command?: string[];

  /**
   * Adds to the container's environment, and overrides it.
   * @default - the container's
   */
  readonly environment?: { [key: string]: string };

  /**
   * Adds to the container's secrets, and overrides them.
   * @default - the container's
   */
  readonly secrets?: { [key: string]: ecs.Secret };

  /**
   * The compute that the tasks run on.
   * @default Capacity.fargate()
   */
  readonly capacity?: Capacity;

  /**
   * CPU of a task; 1024 units are one vCPU. Given alone, it takes the least memory that fits. Fargate has certain sizes; instances take any.
   * @default - the smallest size that holds the containers, 256 at least
   */
  readonly cpuUnits?: number;

  /**
   * Memory of a task. Given alone, it takes the least CPU that fits, and is rounded up to a size that exists.
   * @default - the smallest size that holds the containers, 512 MiB at least
   */
  readonly memory?: Size;

  /**
   * The processor that the image is built for. ARM costs about 20 % less.
   * @default - that of the capacity's instances, else `ecs.CpuArchitecture.X86_64`
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;

  /**
   * The operating system that the image is built for. Windows runs on Fargate On-Demand only, with 1 to 4 vCPUs,
   * a writable root file system, and no mounts.
   * @default ecs.OperatingSystemFamily.LINUX
   */
  readonly operatingSystemFamily?: ecs.OperatingSystemFamily;

  /**
   * Disk of a task on Fargate, 21 to 200 GiB. Elsewhere tasks share the disk of their instance.
   * @default - 20 GiB, which come free
   */
  readonly ephemeralStorage?: Size;

  /**
   * The identity of the code.
   * @default - a new `TaskRole`
   */
  readonly taskRole?: iam.IRole;

  /**
   * The identity with which ECS starts the tasks: yours must be assumed by `ecs-tasks.amazonaws.com`, and receives what the
   * images, secrets and logs need, unless it is imported as immutable. It must be of the service's stack, or imported there: a grant on a role
   * of another stack would make the two depend on each other.
   * @default - a new `ExecutionRole`, which also reads secrets whose key is in another stack
   */
  readonly executionRole?: iam.IRole;

  /**
   * Subnets of the tasks.
   * @default - the private subnets of the cluster's VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Gives each task a public address, for a VPC without NAT gateway and endpoints: the tasks then stand in public
   * subnets, and only their security group protects them.
   * @default false
   */
  readonly assignPublicIp?: boolean;

  /**
   * Security groups of the tasks, at most 5.
   * @default - a new one: nothing in but what is asked for, everything out
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Lets operators open a shell in a container with ECS Exec. Needs a writable root file system.
   * @default false
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
   */
  readonly allowExec?: boolean;
}
