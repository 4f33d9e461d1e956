import type {
  aws_apigatewayv2 as apigatewayv2,
  aws_ec2 as ec2,
  aws_logs as logs,
  aws_servicediscovery as servicediscovery,
  Duration,
} from 'aws-cdk-lib';
import type { DomainOptions } from '../domain-options';

/** An HTTP API that is made for one service. */
export interface NewHttpApiOptions {
  /**
   * The name under which clients find it. Then it answers under no other.
   * @default - a name of API Gateway
   */
  readonly domain?: DomainOptions;

  /**
   * Which web pages of other origins may ask. API Gateway answers the browser's question (`OPTIONS`) itself, so that the
   * routes have all methods but this one, unless `methods` says otherwise.
   * @default - none
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
   */
  readonly corsPreflight?: apigatewayv2.CorsPreflightOptions;

  /**
   * How many requests come through: `rateLimit` a second, and `burstLimit` at once. More get the answer 429. All APIs of an
   * account and region share what AWS gives it, so that one without a limit takes from the others.
   * @default - 1000 a second, 500 at once
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
   */
  readonly throttle?: apigatewayv2.ThrottleSettings;

  /**
   * Whether each request is written to a log group. Without it nobody can tell afterwards who asked for what.
   * @default true
   */
  readonly accessLogs?: boolean;

  /**
   * A log group of yours for the requests.
   * @default - a new one that keeps them for a year
   */
  readonly accessLogGroup?: logs.ILogGroup;
}

/** Options of `Routing.httpApi`. */
export interface HttpApiRoutingOptions {
  /**
   * An HTTP API that services share, also one of another stack or an imported one. It must have a stage that deploys by
   * itself. Access logs, throttling, names and CORS are its owner's.
   * @default - a new one for this service, as `newApi` says
   */
  readonly api?: apigatewayv2.IHttpApi;

  /**
   * What the API of this service is like.
   * @default - throttled, with access logs, under a name of API Gateway
   */
  readonly newApi?: NewHttpApiOptions;

  /**
   * Paths that go to the service: `/orders`, `/orders/{id}`, and `/orders/{proxy+}` for all below. The most specific route
   * of an API wins, in whatever order they were made.
   * @default - all requests that no other route of the API wants
   */
  readonly paths?: string[];

  /**
   * A path and all below it: `/docs` is `/docs` and `/docs/{proxy+}`. The container sees the whole path.
   * @default - none
   */
  readonly pathPrefix?: string;

  /**
   * Methods that go to the service; each path gets a route for each of them.
   * @default - any
   */
  readonly methods?: apigatewayv2.HttpMethod[];

  /**
   * Who may ask: a `HttpJwtAuthorizer`, a `HttpLambdaAuthorizer` and so on. `new HttpNoneAuthorizer()` lets everyone in.
   * @default - that of the API, else IAM: clients sign their requests, and `routing.httpRoutes` grants it them
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html
   */
  readonly authorizer?: apigatewayv2.IHttpRouteAuthorizer;

  /**
   * What a token must allow for these routes, where `authorizer` checks tokens.
   * @default - those of the API
   */
  readonly authorizationScopes?: string[];

  /**
   * A VPC link that services share; it costs nothing, and an account has ten in a region. Needs `vpcLinkSecurityGroup`.
   * @default - a new one for this service
   */
  readonly vpcLink?: apigatewayv2.IVpcLink;

  /**
   * The security group of `vpcLink`, which the tasks let in.
   * @default - a new one with a new link
   */
  readonly vpcLinkSecurityGroup?: ec2.ISecurityGroup;

  /**
   * Where a new link stands. API Gateway has links in most availability zones, not in all. A link of other subnets is a new
   * link.
   * @default - private subnets, else isolated ones
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vpc-links.html
   */
  readonly vpcLinkSubnets?: ec2.SubnetSelection;

  /**
   * Where the tasks are registered: a namespace with DNS names.
   * @default - the cluster's default one when it has DNS names, else a new private one, about 0.50 USD a month
   */
  readonly namespace?: servicediscovery.INamespace;

  /**
   * Changes requests on their way: `new ParameterMapping().overwritePath(MappingValue.custom('/$request.path.proxy'))`
   * leaves out what stands before `{proxy+}`.
   * @default - unchanged
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
   */
  readonly parameterMapping?: apigatewayv2.ParameterMapping;

  /**
   * Speaks HTTPS to the tasks, which must have a certificate of a public authority for this name.
   * @default - plain HTTP inside of the network
   */
  readonly secureServerName?: string;

  /**
   * How long a task may take for its answer, 50 milliseconds to 29 seconds.
   * @default - 30 seconds, that of API Gateway
   */
  readonly timeout?: Duration;

  /**
   * The container that answers, a sidecar for instance. The task definition must have it already.
   * @default - the main container
   */
  readonly containerName?: string;

  /**
   * The port on which it answers, 1 to 65535.
   * @default - the service's
   */
  readonly port?: number;
}
