import {
  aws_apigateway as apigateway,
  aws_apigatewayv2 as apigatewayv2,
  aws_route53 as route53,
  aws_route53_targets as targets,
  Names,
} from 'aws-cdk-lib';
import type { aws_certificatemanager as acm, aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { accessLogGroupOf } from './access-log-group';
import { certificateOf } from './domain';
import { DEFAULT_THROTTLE } from '../../rules/http-apis';
import type { DomainOptions } from '../domain-options';
import type { NewHttpApiOptions } from '../routes/http-api-options';

/** The API of one service. */
export interface MadeHttpApi {
  readonly httpApi: apigatewayv2.HttpApi;
  readonly httpStage: apigatewayv2.HttpStage;
  readonly domainName?: apigatewayv2.DomainName;
  readonly certificate?: acm.ICertificate;
  readonly accessLogGroup?: logs.ILogGroup;
}

/** Makes an API with a stage that is throttled and logged, as the L2's own stage is not. */
export function newHttpApi(scope: Construct, options: NewHttpApiOptions): MadeHttpApi {
  const { domain, corsPreflight, throttle } = options;
  const httpApi = new apigatewayv2.HttpApi(scope, 'HttpApi', {
    // Not what identifies it, but what people see in a list.
    apiName: Names.uniqueResourceName(scope, { maxLength: 128, separator: '-' }),
    createDefaultStage: false,
    // Who is let in by a name may come round it by another.
    disableExecuteApiEndpoint: domain !== undefined,
    corsPreflight,
  });
  const named = domain && newDomainName(scope, domain);
  const accessLogGroup = accessLogGroupOf(scope, options);
  const httpStage = new apigatewayv2.HttpStage(scope, 'HttpStage', {
    httpApi,
    autoDeploy: true,
    throttle: { ...DEFAULT_THROTTLE, ...throttle },
    accessLogSettings: accessLogGroup && {
      destination: new apigatewayv2.LogGroupLogDestination(accessLogGroup),
      format: apigateway.AccessLogFormat.custom(JSON.stringify(LOGGED)),
    },
    domainMapping: named && { domainName: named.domainName },
  });
  return { httpApi, httpStage, ...named, accessLogGroup };
}

function newDomainName(scope: Construct, { name, zone, certificate }: DomainOptions) {
  const used = certificateOf(scope, { zone, names: [name], certificate });
  const domainName = new apigatewayv2.DomainName(scope, 'DomainName', {
    domainName: name,
    certificate: used,
    securityPolicy: apigatewayv2.SecurityPolicy.TLS_1_2,
  });
  new route53.ARecord(scope, 'AliasRecord', {
    zone,
    recordName: `${name}.`,
    target: route53.RecordTarget.fromAlias(
      new targets.ApiGatewayv2DomainProperties(domainName.regionalDomainName, domainName.regionalHostedZoneId),
    ),
  });
  return { domainName, certificate: used };
}

/**
 * What is written of a request: who asked for what, with which answer, how long it took, and what went wrong where.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
const LOGGED = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  caller: '$context.identity.caller',
  userAgent: '$context.identity.userAgent',
  host: '$context.domainName',
  routeKey: '$context.routeKey',
  method: '$context.httpMethod',
  path: '$context.path',
  protocol: '$context.protocol',
  status: '$context.status',
  responseLength: '$context.responseLength',
  responseLatency: '$context.responseLatency',
  integrationLatency: '$context.integrationLatency',
  integrationStatus: '$context.integrationStatus',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
  error: '$context.error.message',
};
