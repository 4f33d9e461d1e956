/**
 * How bad a finding in an image is, as Amazon ECR and Amazon Inspector spell it, worst first.
 *
 * @see https://docs.aws.amazon.com/inspector/latest/user/findings-understanding-severity.html
 */
export enum Severity {
  /** To be dealt with now. */
  CRITICAL = 'CRITICAL',
  /** To be dealt with soon. */
  HIGH = 'HIGH',
  /** To be planned. */
  MEDIUM = 'MEDIUM',
  /** Can wait. */
  LOW = 'LOW',
  /** Nothing to be fixed as such. */
  INFORMATIONAL = 'INFORMATIONAL',
}
