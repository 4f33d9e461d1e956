import { checkPattern, checkUnique, ContainersError, isToken } from './errors';
import { checkGiven, checkList } from './given';

/**
 * What ECR takes for the settings of a registry, and for a public repository.
 *
 * Source, November 2026: the API models of ECR and ECR Public, the resource types of CloudFormation, and
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html (none of these can be raised)
 */
export const REGISTRY_LIMITS = {
  /** Filters of a rule for scanning, replication or signing. */
  filters: 100,
  replicationRules: 25,
  /** Of all rules together. */
  replicationDestinations: 25,
  /** CloudFormation lets 50 pass. */
  signingRules: 10,
  publicDescription: 1024,
  /** The API takes 25,600, CloudFormation does not. */
  publicText: 10240,
} as const;

/** Fails for a list that is empty, or too long; undefined passes. */
export function checkEntries(name: string, values: unknown[] | undefined, max: number, ifEmpty: string): void {
  checkList(name, values);
  if (values?.length === 0) {
    throw new ContainersError(`${name} must have at least one entry, got an empty list: ${ifEmpty}`);
  }
  if (values && values.length > max) {
    throw new ContainersError(`${name} must have at most ${max} entries, got ${values.length}`);
  }
}

/** Fails unless these are filters for names of repositories; tokens and undefined pass. */
export function checkFilters(name: string, filters: string[] | undefined, ifEmpty: string): void {
  checkEntries(name, filters, REGISTRY_LIMITS.filters, ifEmpty);
  filters?.forEach((filter) =>
    checkPattern(
      `a filter of ${name}`,
      filter,
      /^(?=.{1,255}$)[a-z0-9*]+([._/-][a-z0-9*]+)*$/,
      "1 to 255 lower case letters, digits and '*', with a single '.', '_', '-' or '/' between them, such as 'shop/*'",
    ),
  );
  checkUnique(name, filters ?? []);
}

/** Fails unless these are what names of repositories start with; tokens and undefined pass. */
export function checkPrefixes(name: string, prefixes: string[] | undefined, ifEmpty: string): void {
  checkEntries(name, prefixes, REGISTRY_LIMITS.filters, ifEmpty);
  prefixes?.forEach((prefix) =>
    checkPattern(
      `a prefix of ${name}`,
      prefix,
      /^(?=.{2,256}$)([a-z0-9][a-z0-9._-]*\/)*([a-z0-9][a-z0-9._-]*)?$/,
      "2 to 256 lower case letters, digits, '.', '_', '-' and '/', without '*', such as 'shop/'",
    ),
  );
  checkUnique(name, prefixes ?? []);
}

/** Fails unless it can be the name of a public repository; tokens pass. */
export function checkPublicName(name: string, value: string | undefined): void {
  checkPattern(
    name,
    value,
    /^(?=.{2,205}$)[a-z0-9]+([._/-][a-z0-9]+)*$/,
    "2 to 205 lower case letters and digits, with a single '.', '_', '-' or '/' between them, such as 'shop/web'",
  );
}

/** Fails unless it can be the alias of a public registry; tokens pass. */
export function checkAlias(name: string, value: string | undefined): void {
  checkPattern(
    name,
    value,
    /^(?=.{2,50}$)[a-z][a-z0-9]+([._-][a-z0-9]+)*$/,
    "what stands behind public.ecr.aws/, 2 to 50 lower case letters, digits, '.', '_' and '-', such as 'a1b2c3d4'",
  );
}

const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = 'sha256:[0-9a-f]{64}';

/** Fails unless an image can have this tag; tokens and undefined pass. */
export function checkTag(name: string, value: string | undefined, allowed = "a tag such as '1.4.2'"): void {
  checkPattern(name, value, new RegExp(`^${TAG}$`), allowed);
}

/** Fails unless it is a digest; tokens and undefined pass. */
export function checkDigest(name: string, value: string | undefined): void {
  checkPattern(name, value, new RegExp(`^${DIGEST}$`), "'sha256:' and 64 hexadecimal digits");
}

/** Fails unless it names an image of a repository; tokens pass. */
export function checkTagOrDigest(name: string, value: string | undefined): void {
  checkGiven(name, value);
  checkPattern(name, value, new RegExp(`^(${DIGEST}|${TAG})$`), "a tag such as '1.4.2' or a digest such as 'sha256:…'");
}

/** Fails when a text is too long; tokens and undefined pass. */
export function checkLength(name: string, value: string | undefined, max: number): void {
  if (value === undefined || isToken(value) || value.length <= max) return;
  throw new ContainersError(`${name} must have at most ${max} characters, got ${value.length}`);
}
