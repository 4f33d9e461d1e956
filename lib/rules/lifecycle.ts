import type { Duration } from 'aws-cdk-lib';
import { checkPattern, checkWhole, ContainersError, isToken } from './errors';

/**
 * Lifecycle policies of ECR: how many rules, and how long the text.
 *
 * Sources, November 2026: https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html and
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutLifecyclePolicy.html
 */
export const LIFECYCLE_POLICY = { rules: 50, characters: 30_720 };

/**
 * How long an image stays in the archive before a rule may delete it.
 *
 * Source, November 2026: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html
 */
export const ARCHIVE_DAYS = 90;

/** A hundred years, in a rule that shall not act. ECR takes any positive whole number. */
export const FOREVER_DAYS = 36_500;

/**
 * What a tag can match, wildcards included. Other characters are in no tag, and would make a rule that selects nothing.
 *
 * Sources, November 2026: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html and
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageIdentifier.html
 */
const TAG_PATTERN = /^(?=.{1,128}$)(?![.-])[\w.-]*(\*[\w.-]*){0,4}$/;

/** Fails unless it is a pattern of tags that is known. */
export function checkTagPattern(name: string, pattern: string): void {
  checkKnown(name, pattern);
  checkPattern(
    name,
    pattern,
    TAG_PATTERN,
    "1 to 128 letters, digits, '_', '.' and '-' with at most 4 wildcards '*', not beginning with '.' or '-'",
  );
}

/** Fails for tokens. */
export function checkKnown(name: string, value: unknown): void {
  if (isToken(value)) throw unknownError(name);
}

/** The days of an age. Fails unless it is known and a whole number of days, at least `min`. */
export function wholeDays(name: string, age: Duration, min: number = 1): number {
  if (typeof age?.isUnresolved !== 'function') {
    throw new ContainersError(`${name} must be a Duration such as Duration.days(90), got ${String(age)}`);
  }
  if (age.isUnresolved()) throw unknownError(name);
  const days = age.toDays({ integral: false });
  checkWhole(`${name} in days`, days, { min, max: Infinity });
  return days;
}

/** For what is a token, or was resolved to a piece of a template. */
export function unknownError(name: string): ContainersError {
  return new ContainersError(
    `${name} must be known at synthesis, because it is text in the policy, got a token: write it out`,
  );
}
