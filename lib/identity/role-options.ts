import type { aws_iam as iam } from 'aws-cdk-lib';

/** What an organization asks of every role. */
export interface RoleOptions {
  /**
   * The path of the role and of its policies, such as `/teams/shop/`.
   * @default '/'
   */
  readonly path?: string;

  /**
   * The most that the role may ever do, whatever it is granted. One for a whole app is set with
   * `iam.PermissionsBoundary.of(app).apply(…)`, which reaches these roles too.
   * @default - none
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;

  /**
   * Conditions under which it may be assumed, on top of those that it has.
   * @default - none
   */
  readonly trustConditions?: { [operator: string]: unknown };
}
