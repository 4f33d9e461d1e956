import type { aws_apigatewayv2 as apigatewayv2, Duration } from 'aws-cdk-lib';
import { checkOneOf } from './choices';
import { checkPattern, checkUnique, checkWhole, ContainersError, isToken } from './errors';
import { checkList } from './given';

/**
 * Limits of HTTP APIs.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html (November 2026), and the
 * `HttpIntegration` of aws-cdk-lib 2.276.0, which takes one second less than API Gateway.
 */
const TIMEOUT_MILLIS = { min: 50, max: 29000 };

/**
 * What API Gateway lets through to a service unless told otherwise: a tenth of what AWS gives to all APIs of an account and
 * region together.
 */
export const DEFAULT_THROTTLE = { rateLimit: 1000, burstLimit: 500 };

/** What a client may ask for when a browser asks first, which API Gateway answers itself. */
export const METHODS_WITHOUT_OPTIONS = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'] as apigatewayv2.HttpMethod[];

const METHODS = ['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

/** Which requests of an API go to a service. */
export interface RouteKeyOptions {
  readonly paths?: string[];
  readonly pathPrefix?: string;
  readonly methods?: apigatewayv2.HttpMethod[];
}

/** A route: no path means all requests that no other route wants. */
export interface RouteKeyParts {
  readonly path?: string;
  readonly method?: apigatewayv2.HttpMethod;
}

/** The routes of a service, one for each path and method: API Gateway has no lists in a route. */
export function routeKeysOf({ paths, pathPrefix, methods }: RouteKeyOptions): RouteKeyParts[] {
  checkList('paths', paths);
  checkList('methods', methods);
  if (paths?.length === 0 || methods?.length === 0) {
    throw new ContainersError(
      `${paths?.length === 0 ? 'paths' : 'methods'} must not be empty, got an empty list: leave it out for all of them`,
    );
  }
  paths?.forEach((path) => checkRoutePath('a path of Routing.httpApi', path));
  methods?.forEach((method) => checkOneOf('a method of Routing.httpApi', method, METHODS));
  if (pathPrefix !== undefined) checkPrefix(pathPrefix);
  const all = [...(paths ?? []), ...(pathPrefix === undefined ? [] : [pathPrefix, `${pathPrefix}/{proxy+}`])];
  checkUnique('paths', all);
  checkUnique('methods', methods ?? []);
  // Only the default route has no method; with methods, all requests are two paths.
  const chosen = all.length > 0 ? all : methods ? ['/', '/{proxy+}'] : [undefined];
  return chosen.flatMap((path) => (methods ?? [undefined]).map((method) => ({ path, method })));
}

const SEGMENT = "/[A-Za-z0-9._~@:!$&'()+,;=%-]+";
const PARAMETER = '/\\{[A-Za-z0-9._-]+\\}';
const PATH = new RegExp(`^(/|(?:${SEGMENT}|${PARAMETER})*(?:${SEGMENT}|${PARAMETER}|/\\{[A-Za-z0-9._-]+\\+\\}))$`);

/** A path of a route; a part of it in braces stands for any text, and with a plus at the end for all below. */
function checkRoutePath(name: string, path: string): void {
  checkKnown(name, path);
  checkPattern(name, path, PATH, "a path such as '/orders', '/orders/{id}' or '/orders/{proxy+}', without '*' and '?'");
}

function checkPrefix(prefix: string): void {
  checkKnown('pathPrefix', prefix);
  checkPattern(
    'pathPrefix',
    prefix,
    new RegExp(`^(${SEGMENT})+$`),
    "a path without a slash at its end, such as '/docs'",
  );
}

/** Routes are named after their paths. */
function checkKnown(name: string, path: string): void {
  if (isToken(path)) throw new ContainersError(`${name} must be known at synthesis, got a token: write it out`);
}

/** Fails unless API Gateway would wait as long for a task. */
export function checkIntegrationTimeout(timeout: Duration | undefined): void {
  if (timeout === undefined) return;
  if (typeof timeout.isUnresolved !== 'function') {
    throw new ContainersError(`timeout must be a Duration such as Duration.seconds(10), got ${String(timeout)}`);
  }
  if (timeout.isUnresolved()) return;
  const millis = timeout.toMilliseconds({ integral: false });
  if (millis >= TIMEOUT_MILLIS.min && millis <= TIMEOUT_MILLIS.max && Number.isInteger(millis)) return;
  throw new ContainersError(
    `timeout must be between ${TIMEOUT_MILLIS.min} and ${TIMEOUT_MILLIS.max} milliseconds, got ${millis}: for longer answers use a load balancer`,
  );
}

/** Fails for a limit that lets nothing through. */
export function checkThrottle(throttle: apigatewayv2.ThrottleSettings | undefined): void {
  const { rateLimit, burstLimit } = throttle ?? {};
  checkWhole('throttle.burstLimit', burstLimit, { min: 1, max: Infinity });
  if (rateLimit === undefined || isToken(rateLimit) || rateLimit > 0) return;
  throw new ContainersError(`throttle.rateLimit must be more than 0, got ${rateLimit}: 0 refuses every request`);
}
