import { isIPv6 } from 'node:net';
import { checkPattern, ContainersError, isToken } from './errors';
import { checkGiven, checkList } from './given';

/**
 * What a rule of an Application Load Balancer may ask for.
 *
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html (November 2026)
 */
export type ConditionField = 'host' | 'path' | 'header' | 'method' | 'query' | 'source';

/** One condition: one of its values must match. All conditions of a rule must hold. */
export interface Condition {
  readonly field: ConditionField;
  /** Of the header or query parameter. */
  readonly name?: string;
  readonly values: string[];
}

/** The conditions as a user gives them. */
export interface GivenConditions {
  readonly hosts?: string[];
  readonly paths?: string[];
  readonly pathPrefix?: string;
  readonly headers?: { [name: string]: string[] };
  readonly methods?: string[];
  readonly query?: { [key: string]: string[] };
  readonly sourceIps?: string[];
}

/** Whether anything is asked for. */
export function hasConditions({
  hosts,
  paths,
  pathPrefix,
  headers,
  methods,
  query,
  sourceIps,
}: GivenConditions): boolean {
  return [hosts, paths, pathPrefix, headers, methods, query, sourceIps].some((given) => given !== undefined);
}

/** Checks the conditions of a route, and gives them one shape. */
export function conditionsOf(given: GivenConditions): Condition[] {
  const { pathPrefix: prefix } = given;
  if (prefix !== undefined) checkPathPrefix(prefix);
  const paths = prefix === undefined ? given.paths : [...listed('paths', given.paths), prefix, `${prefix}/*`];
  const conditions = [
    ...plain('host', 'hosts', given.hosts, checkHost),
    ...plain('path', 'paths', paths, checkPath),
    ...named('header', 'headers', given.headers, checkHeader),
    ...plain('method', 'methods', given.methods, checkMethod),
    ...named('query', 'query', given.query, checkQuery),
    ...plain('source', 'sourceIps', given.sourceIps, checkSource),
  ];
  if (conditions.every(({ values }) => values.length === 0)) {
    throw new ContainersError(
      "a route must have hosts, paths, pathPrefix or another condition, got none: use { paths: ['/*'] } for all requests",
    );
  }
  const empty = conditions.find(({ values }) => values.length === 0);
  if (empty) {
    throw new ContainersError(
      `the ${empty.field}${empty.name === undefined ? '' : ` '${empty.name}'`} of a route must have at least one value, got an empty list: leave it out if any will do`,
    );
  }
  return conditions;
}

function plain(
  field: ConditionField,
  option: string,
  given: string[] | undefined,
  check: (value: string) => void,
): Condition[] {
  if (given === undefined) return [];
  const values = [...new Set(listed(option, given))];
  values.forEach(check);
  return [{ field, values }];
}

/** Each header and each query parameter is a condition of its own. */
function named(
  field: ConditionField,
  option: string,
  given: { [name: string]: string[] } | undefined,
  check: (name: string, value: string) => void,
): Condition[] {
  if (given === undefined) return [];
  // Others have no entries, so that the route would be for all requests.
  if (Object.prototype.toString.call(given) !== '[object Object]') {
    throw new ContainersError(`${option} must be an object of lists such as { name: ['value'] }, got something else`);
  }
  const entries = Object.entries(given);
  const names = entries.map(([name]) => (field === 'header' ? name.toLowerCase() : name));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ContainersError(`${option} must name '${twice}' once, got it twice: put the values into one list`);
  }
  return entries.map(([name, values]) => {
    const all = [...new Set(listed(`${option}['${name}']`, values))];
    all.forEach((value) => check(name, value));
    return { field, name, values: all };
  });
}

function listed(option: string, values: string[] | undefined): string[] {
  checkList(option, values);
  values?.forEach((value) => checkGiven(`a value of ${option}`, value));
  return values ?? [];
}

/** A host name of a route: a domain name, `*` and `?` allowed. */
function checkHost(host: string): void {
  checkPattern(
    'a host of a route',
    host,
    /^(?=.{1,128}$)[a-z0-9*?]([a-z0-9*?-]*[a-z0-9*?])?(\.[a-z0-9*?]([a-z0-9*?-]*[a-z0-9*?])?)+$/,
    "a lower-case domain name such as 'app.example.com'",
  );
}

/** A path pattern of a route. */
function checkPath(path: string): void {
  checkPattern(
    'a path of a route',
    path,
    /^\/[A-Za-z0-9_.$/~"'@:+&*?-]{0,127}$/,
    "at most 128 characters that start with '/', such as '/api/*'",
  );
}

/** A prefix ends without a slash, because the pattern for what is below it adds one. */
function checkPathPrefix(prefix: string): void {
  checkPattern(
    'pathPrefix',
    prefix,
    /^(\/[^/*?]+)+$/,
    "a path without wildcards and without a slash at its end, such as '/docs'",
  );
}

function checkHeader(name: string, value: string): void {
  checkPattern('the name of a header', name, /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}$/, '1 to 40 characters without spaces');
  if (name.toLowerCase() === 'host') {
    throw new ContainersError(`headers must not name '${name}', because ELB looks at it as the host only: use hosts`);
  }
  checkPattern(`a value of the header '${name}'`, value, /^[\x20-\x7e]{1,128}$/, '1 to 128 printable characters');
}

function checkMethod(method: string): void {
  checkPattern('a method of a route', method, /^[A-Z_-]{1,40}$/, "upper-case letters such as 'GET'");
}

function checkQuery(key: string, value: string): void {
  checkPattern('the key of a query parameter', key, /^[\x20-\x7e]{1,128}$/, '1 to 128 printable characters');
  checkPattern(
    `a value of the query parameter '${key}'`,
    value,
    /^[\x20-\x7e]{1,128}$/,
    '1 to 128 printable characters',
  );
}

function checkSource(cidr: string): void {
  const allowed = "addresses in CIDR notation such as '192.0.2.0/24'";
  checkPattern(
    'a source of a route',
    cidr,
    /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}\/(3[0-2]|[12]?\d)|(?=[^/]*:)[0-9A-Fa-f:]{2,39}\/(12[0-8]|1[01]\d|[1-9]?\d))$/,
    allowed,
  );
  if (isToken(cidr)) return;
  if (cidr.includes(':') && !isIPv6(cidr.split('/')[0])) {
    throw new ContainersError(`a source of a route must be ${allowed}, got '${cidr}'`);
  }
  if (cidr === '255.255.255.255/32') {
    throw new ContainersError(`a source of a route must not be '${cidr}', because ELB refuses it: leave it out`);
  }
}
