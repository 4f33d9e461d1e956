import type { aws_ecs as ecs } from 'aws-cdk-lib';
import { rolling } from './deployments/rolling';
import type { RollingOptions } from './deployments/rolling';

/** What a deployment sets on the service. */
export interface DeploymentConfig {
  /** The part of the tasks that keeps running, in percent. */
  readonly minHealthyPercent: number;
  /** The most tasks that may run, in percent. */
  readonly maxHealthyPercent: number;
  /** When it gives up. */
  readonly circuitBreaker?: ecs.DeploymentCircuitBreaker;
}

/** What a kind of deployment does. */
export interface DeploymentKind {
  bind(): DeploymentConfig;
}

/** How a new version takes the place of the old one. */
export class Deployment {
  /**
   * New tasks start before old ones stop, a few at a time. A deployment whose tasks fail is rolled back.
   * The default.
   * @throws when the percentages leave no room to start or stop a task
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
   */
  public static rolling(options: RollingOptions = {}): Deployment {
    return Deployment._of(rolling(options));
  }

  /** @internal */
  public static _of(kind: DeploymentKind): Deployment {
    return new Deployment(kind);
  }

  private constructor(private readonly kind: DeploymentKind) {}

  /** The settings for a service. Intents call this; a bare L2 service takes them as its props. */
  public bind(): DeploymentConfig {
    return this.kind.bind();
  }
}
