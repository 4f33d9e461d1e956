import type { aws_events as events, Duration } from 'aws-cdk-lib';
import type { IContainerRepository } from './container-repository';
import type { Severity } from './severity';

/** When an image is built again although its code did not change. */
export interface RebuildOptions {
  /**
   * As often as this, from the deployment on: whole minutes.
   * @default - not by the clock
   */
  readonly every?: Duration;

  /**
   * At these times, instead of `every`: `events.Schedule.cron({ weekDay: 'SUN', hour: '3', minute: '0' })` with `redeploy`.
   * @default - not by the clock
   */
  readonly schedule?: events.Schedule;

  /**
   * Repositories of the images that the Dockerfile starts `FROM`: a push of any tag builds. The build may pull from them.
   * They are of this account and region; for others there are `every` and `schedule`.
   * @default - none
   */
  readonly onPushOf?: IContainerRepository[];

  /**
   * When Amazon Inspector knows a vulnerability in an image of the repository that an update of packages fixes. Needs
   * enhanced scanning, continuous to be of use: see `RegistrySettings`.
   *
   * Older images of the repository count too: let its `retention` delete what does not run.
   * @default false
   */
  readonly onFindings?: boolean;

  /**
   * With `onFindings`: this severity and worse.
   * @default Severity.HIGH
   */
  readonly minSeverity?: Severity;

  /**
   * With `onFindings`: an image younger than this is not built again for a finding. A finding that the new image still has
   * would build for ever otherwise. At least an hour, so that the new image was scanned.
   * @default Duration.days(1)
   */
  readonly minInterval?: Duration;
}
