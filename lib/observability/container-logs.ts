import type { aws_ecs as ecs, aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { cloudWatchLogs } from './log-drivers/cloud-watch';
import type { CloudWatchLogsOptions } from './log-drivers/cloud-watch';

/** What a container's logs were bound to. */
export interface ContainerLogsConfig {
  /** For the `logging` of a container. */
  readonly logDriver: ecs.LogDriver;
  /** Where the lines go, when it is CloudWatch. */
  readonly logGroup?: logs.ILogGroup;
}

/** What a kind of logs does. */
export interface ContainerLogsKind {
  bind(scope: Construct, containerName: string): ContainerLogsConfig;
}

/** Where a container's output goes. */
export class ContainerLogs {
  /**
   * To a CloudWatch log group, the default.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
   */
  public static cloudWatch(options: CloudWatchLogsOptions = {}): ContainerLogs {
    return ContainerLogs._of(cloudWatchLogs(options));
  }

  /** @internal */
  public static _of(kind: ContainerLogsKind): ContainerLogs {
    return new ContainerLogs(kind);
  }

  private constructor(private readonly kind: ContainerLogsKind) {}

  /**
   * Makes the log driver. Intents call this; so can you, for a bare `ecs.ContainerDefinition`.
   * @param scope where a new log group goes
   * @param containerName the first part of the names of the log streams
   */
  public bind(scope: Construct, containerName: string): ContainerLogsConfig {
    return this.kind.bind(scope, containerName);
  }
}
