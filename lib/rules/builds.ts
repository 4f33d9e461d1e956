import { aws_codebuild as codebuild } from 'aws-cdk-lib';
import type { Duration } from 'aws-cdk-lib';
import { checkOneOf } from './choices';
import { checkPattern, checkSeconds, checkWhole } from './errors';
import type { Range } from './errors';

/**
 * The machine that builds images: the newest that the lowest aws-cdk-lib knows.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html (November 2026)
 */
export function buildImageFor(arm: boolean): codebuild.IBuildImage {
  return arm
    ? codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0
    : codebuild.LinuxBuildImage.AMAZON_LINUX_2023_5;
}

/** @see https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html (November 2026) */
export const BUILD_MINUTES: Range = { min: 5, max: 2160 };

/** The names of build arguments become environment variables. */
export function checkBuildArgs(buildArgs: { [name: string]: string }): void {
  for (const [name, value] of Object.entries(buildArgs)) {
    checkPattern('the name of a build argument', name, /^[A-Za-z_]\w*$/, "letters, digits and '_', such as 'NODE_ENV'");
    checkPattern(`the build argument ${name}`, value, /^/, 'a string');
  }
}

/** Fails unless it stays below the root of the source. */
export function checkPathInSource(name: string, path: string | undefined): void {
  checkPattern(
    name,
    path,
    /^(?![-/])(?!(.*\/)?\.\.(\/|$)).+$/,
    "a path below the root of the source, such as 'services/web'",
  );
}

/** What comes before the time and the version: a tag has at most 128 characters. */
export function checkTagPrefix(prefix: string | undefined): void {
  checkPattern(
    'tagPrefix',
    prefix,
    /^(\w[\w.-]{0,104})?$/,
    "at most 105 letters, digits, '_', '.' and '-', such as 'v1-'",
  );
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html */
export function checkParameterName(name: string | undefined): void {
  checkPattern(
    'parameterName',
    name,
    /^(?=.{2,1011}$)(?!\/(aws|ssm))(\/[\w.-]+){1,15}$/i,
    "1 to 15 levels of letters, digits, '.', '_' and '-', not below /aws or /ssm, such as '/shop/web/tag'",
  );
}

/** Fails unless it is a whole number of minutes; a token passes in one of the units. */
export function checkMinutes(name: string, value: Duration | undefined, range: Range, units = ['minutes']): void {
  if (value?.isUnresolved?.()) return checkOneOf(`the unit of ${name}, which is a token,`, value.unitLabel(), units);
  checkSeconds(name, value, { min: range.min * 60, max: range.max * 60 });
  checkWhole(`${name} in minutes`, value?.toMinutes({ integral: false }), range);
}
