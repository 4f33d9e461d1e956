import type { aws_ecs as ecs, Duration, Size } from 'aws-cdk-lib';
import type { ContainerLogs } from '../observability/container-logs';
import type { Mount } from '../storage/mount';

/** What runs in a container. One of these can serve several intents, each with its own `command` and `environment`. */
export interface ContainerOptions {
  /** The image: of a registry, of a `ContainerRepository` (`images.image('1.4.2')`), or built from a directory. */
  readonly image: ecs.ContainerImage;

  /**
   * Name of the container in its task.
   * @default 'app'
   */
  readonly containerName?: string;

  /**
   * What to run.
   * @default - the image's CMD
   */
  readonly command?: string[];

  /**
   * What to run the command with.
   * @default - the image's ENTRYPOINT
   */
  readonly entryPoint?: string[];

  /**
   * Settings that are no secrets: everybody who may describe the task reads them.
   * @default - none
   */
  readonly environment?: { [key: string]: string };

  /**
   * Secrets as environment variables, read when a task starts. The execution role may read these and no others.
   * @default - none
   */
  readonly secrets?: { [key: string]: ecs.Secret };

  /**
   * File systems and scratch directories.
   * @default - a scratch directory at `/tmp`, unless the root file system is writable
   */
  readonly mounts?: Mount[];

  /**
   * Who the process is: `user`, `uid`, `user:group` or `uid:gid`. It must own the files of its mounts.
   * Security Hub's ECS.20 wants one here that is not root.
   * @default - the image's USER
   */
  readonly user?: string;

  /**
   * Lets the process write anywhere in its container. Security Hub's ECS.5 wants this off.
   * @default false
   */
  readonly writableRootFilesystem?: boolean;

  /**
   * The container's own check, run inside it. The load balancer's check is `healthCheck` of the service.
   * @default - none
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
   */
  readonly healthCheck?: ecs.HealthCheck;

  /**
   * How long the process may take to end after SIGTERM, 2 seconds at least, and 120 at most on Fargate.
   * @default - 30 seconds
   */
  readonly stopTimeout?: Duration;

  /**
   * How long the containers that depend on this one wait for it, 2 seconds at least, and 120 at most on Fargate.
   * @default - they wait
   */
  readonly startTimeout?: Duration;

  /**
   * This container's share of the task's CPU; 1024 units are one vCPU.
   * @default - what the others leave
   */
  readonly cpuUnits?: number;

  /**
   * The most memory that this container may use, its scratch directories included.
   * @default - what the others leave
   */
  readonly memory?: Size;

  /**
   * GPUs for this container alone. Only instances have some.
   * @default - none
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-gpu.html
   */
  readonly gpuCount?: number;

  /**
   * Makes the process root on its instance: for agents that look after it. Never on Fargate. Security Hub's ECS.4 wants
   * this off, and the pool must allow it (`agent.allowPrivileged`).
   * @default false
   */
  readonly privileged?: boolean;

  /**
   * Where its output goes.
   * @default ContainerLogs.cloudWatch()
   */
  readonly logs?: ContainerLogs;
}
