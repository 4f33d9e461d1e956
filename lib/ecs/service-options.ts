import type { Deployment } from './deployment';
import type { Scaling } from './scaling';
import type { TaskOptions } from './task-options';

/** What every service takes, whatever its tasks do. */
export interface ServiceOptions extends TaskOptions {
  /**
   * How many tasks run.
   * @default - a `WebService` runs between 2 and 10 tasks on 60 % CPU, a `WorkerService` 1
   */
  readonly scaling?: Scaling;

  /**
   * How a new version takes the place of the old one.
   * @default Deployment.rolling()
   */
  readonly deployment?: Deployment;
}
