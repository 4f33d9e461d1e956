import type { Duration, Size } from 'aws-cdk-lib';

/**
 * What the agent of ECS does on each instance of a pool.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
 */
export interface AgentOptions {
  /**
   * Memory that no task gets, up to 65535 MiB: for what you run beside the agent.
   * @default - none
   */
  readonly reservedMemory?: Size;

  /**
   * How often images that no task uses are deleted, 10 minutes at least.
   * @default Duration.minutes(30)
   */
  readonly imageCleanupInterval?: Duration;

  /**
   * How long an image stays at least, from its pull.
   * @default Duration.hours(1)
   */
  readonly imageMinimumAge?: Duration;

  /**
   * Lets containers run privileged: they are then root on the instance.
   * @default false
   */
  readonly allowPrivileged?: boolean;

  /**
   * Lets tasks reach the metadata service of the instance, and with it the credentials of the instance role.
   * @default false
   */
  readonly allowInstanceMetadata?: boolean;
}
