import {
  aws_apigatewayv2 as apigatewayv2,
  aws_apigatewayv2_authorizers as authorizers,
  aws_apigatewayv2_integrations as integrations,
  Stack,
} from 'aws-cdk-lib';
import type { aws_servicediscovery as servicediscovery } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { HttpApiRoutingOptions } from './http-api-options';
import { checkLogTarget } from '../../rules/access-logs';
import { ContainersError } from '../../rules/errors';
import { checkGiven, checkOptions } from '../../rules/given';
import { checkIntegrationTimeout, checkThrottle, METHODS_WITHOUT_OPTIONS, routeKeysOf } from '../../rules/http-apis';
import type { RouteKeyParts } from '../../rules/http-apis';
import { resourcesOf } from '../../rules/resources';
import { checkFollowed } from '../../rules/target-options';
import { Claims } from '../private/claims';
import { registerInCloudMap } from '../private/cloud-map';
import { newHttpApi } from '../private/new-http-api';
import type { MadeHttpApi } from '../private/new-http-api';
import { checkSingleName } from '../private/single-name';
import { targetOf } from '../private/targets';
import { checkVpcLink, linkTo } from '../private/vpc-links';
import type { RoutingKind, RoutingTarget } from '../routing';

const OPTIONS: Record<keyof HttpApiRoutingOptions, true> = {
  api: true,
  newApi: true,
  paths: true,
  pathPrefix: true,
  methods: true,
  authorizer: true,
  authorizationScopes: true,
  vpcLink: true,
  vpcLinkSecurityGroup: true,
  vpcLinkSubnets: true,
  namespace: true,
  parameterMapping: true,
  secureServerName: true,
  timeout: true,
  containerName: true,
  port: true,
};

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html */
export function httpApiRouting(options: HttpApiRoutingOptions): RoutingKind {
  checkGiven('the options of Routing.httpApi', options);
  checkOptions('Routing.httpApi', options, Object.keys(OPTIONS));
  checkApi(options);
  checkVpcLink(options);
  checkIntegrationTimeout(options.timeout);
  checkScopes(options);
  const routeKeys = routeKeysOf({ ...options, methods: options.methods ?? defaultMethods(options) });
  return {
    loadBalanced: true,
    healthChecked: false,
    bind(scope, service) {
      const target = targetOf(service, { containerName: options.containerName, port: options.port });
      checkTarget(target);
      const cloudMapService = registerInCloudMap(scope, target, options.namespace);
      const vpcLink = linkTo(scope, target, options);
      const made: Partial<MadeHttpApi> = options.api ? {} : newHttpApi(scope, options.newApi ?? {});
      const httpApi = options.api ?? made.httpApi!;
      const integration = integrationOf(cloudMapService, vpcLink, options);
      const httpRoutes = routeKeys.map((key) => addRoute(scope, httpApi, key, integration, options));
      return { httpApi, ...made, httpRoutes, vpcLink, cloudMapService, url: urlOf(httpApi, options) };
    },
  };
}

const NEW_API = ['domain', 'corsPreflight', 'throttle', 'accessLogs', 'accessLogGroup'];

function checkApi({ api, newApi }: HttpApiRoutingOptions): void {
  if (newApi === undefined) return;
  if (api) {
    throw new ContainersError(
      'api and newApi must not be given together, got both: what newApi says of a new API, the owner of api says there',
    );
  }
  checkOptions('newApi', newApi, NEW_API);
  checkThrottle(newApi.throttle);
  checkLogTarget(newApi.accessLogs, 'accessLogGroup', newApi.accessLogGroup);
  if (newApi.domain !== undefined) checkSingleName('newApi.domain', newApi.domain, true);
}

function checkScopes({ api, authorizer, authorizationScopes }: HttpApiRoutingOptions): void {
  if (!authorizationScopes?.length || authorizer || api?.defaultAuthorizer) return;
  throw new ContainersError(
    'authorizationScopes needs an authorizer that checks tokens, got none: pass a HttpJwtAuthorizer',
  );
}

/** A browser asks without credentials, so that a route for OPTIONS would refuse it before the API answers. */
function defaultMethods({ newApi }: HttpApiRoutingOptions): apigatewayv2.HttpMethod[] | undefined {
  return newApi?.corsPreflight && METHODS_WITHOUT_OPTIONS;
}

function checkTarget(target: RoutingTarget): void {
  checkFollowed('Routing.httpApi', target);
  const { protocolVersion } = target;
  if (protocolVersion === undefined || protocolVersion === 'HTTP1' || target._besideOthers) return;
  throw new ContainersError(
    `protocolVersion must be HTTP1 with Routing.httpApi, because API Gateway speaks HTTP/1.1 to tasks, got ${protocolVersion}: use a load balancer`,
  );
}

/** One for all routes of the service. The L2 forgets the timeout. */
function integrationOf(
  service: servicediscovery.IService,
  vpcLink: apigatewayv2.IVpcLink,
  { parameterMapping, secureServerName, timeout }: HttpApiRoutingOptions,
): apigatewayv2.HttpRouteIntegration {
  const integration = new integrations.HttpServiceDiscoveryIntegration('Integration', service, {
    vpcLink,
    parameterMapping,
    secureServerName,
  });
  const bind = (options: apigatewayv2.HttpRouteIntegrationBindOptions) => ({ ...integration.bind(options), timeout });
  return Object.create(integration, { bind: { value: bind } });
}

function addRoute(
  scope: Construct,
  httpApi: apigatewayv2.IHttpApi,
  { path, method }: RouteKeyParts,
  integration: apigatewayv2.HttpRouteIntegration,
  { authorizer, authorizationScopes }: HttpApiRoutingOptions,
): apigatewayv2.HttpRoute {
  const routeKey =
    path === undefined
      ? apigatewayv2.HttpRouteKey.DEFAULT
      : apigatewayv2.HttpRouteKey.with(path, method ?? apigatewayv2.HttpMethod.ANY);
  claim(scope, httpApi, routeKey.key);
  return new apigatewayv2.HttpRoute(scope, `Route ${routeKey.key}`, {
    httpApi,
    routeKey,
    integration,
    authorizer: authorizer ?? httpApi.defaultAuthorizer ?? new authorizers.HttpIamAuthorizer(),
    authorizationScopes,
  });
}

/** Who has which routes of an API, in this app. */
const claims = new Claims<string>();

/** API Gateway refuses a second route of the same key, but only when it is deployed. */
function claim(scope: Construct, httpApi: apigatewayv2.IHttpApi, key: string): void {
  const routes = claims.of(scope, httpApi.apiId);
  const owner = routes.get(key) ?? ownRoute(httpApi, key);
  if (owner !== undefined) {
    throw new ContainersError(
      `a route must be new to its API, got '${key}' for '${scope.node.path}', which goes to '${owner}' already: give one of them another path or method`,
    );
  }
  routes.set(key, scope.node.path);
}

/** Routes that the API made itself, with `addRoutes` or a default integration. */
function ownRoute(httpApi: apigatewayv2.IHttpApi, key: string): string | undefined {
  const type = apigatewayv2.CfnRoute.CFN_RESOURCE_TYPE_NAME;
  const routes = resourcesOf<apigatewayv2.CfnRoute>(httpApi, type);
  return routes.find(({ routeKey }) => Stack.of(httpApi).resolve(routeKey) === key)?.node.path;
}

function urlOf(httpApi: apigatewayv2.IHttpApi, { newApi, pathPrefix = '' }: HttpApiRoutingOptions): string | undefined {
  if (newApi?.domain) return `https://${newApi.domain.name}${pathPrefix}`;
  try {
    return `${httpApi.apiEndpoint}${pathPrefix}`;
  } catch {
    // Imported without its endpoint, or closed under the name of API Gateway.
    return undefined;
  }
}
