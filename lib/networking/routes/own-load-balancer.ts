import {
  aws_certificatemanager as acm,
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
  aws_route53 as route53,
  aws_route53_targets as targets,
  CfnResource,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import type { aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError, isToken } from '../../rules/errors';
import { FINDINGS } from '../../rules/findings';
import { checkDomainName, checkNameInZone } from '../../rules/load-balancers';
import { zonesOfSubnets } from '../../rules/zones';
import { newAccessLogsBucket, writeAccessLogs } from '../private/access-logs';
import { httpRoute } from '../private/http-target';
import type { RoutingConfig, RoutingKind, RoutingTarget } from '../routing';

/** Options of a load balancer that belongs to one service. */
export interface HttpRoutingOptions {
  /**
   * Keeps the load balancer inside the network: private subnets, private addresses.
   * @default false
   */
  readonly internal?: boolean;

  /**
   * Who may connect.
   * @default - everyone when public, nobody when internal: name peers, or open it with
   * `service.loadBalancer.connections.allowDefaultPortFrom(client)`
   */
  readonly allowFrom?: ec2.IPeer[];

  /**
   * Subnets of the load balancer, at least two availability zones.
   * @default - public subnets when public, private ones when internal
   */
  readonly loadBalancerSubnets?: ec2.SubnetSelection;

  /**
   * Whether access logs are written. Without them nobody can tell afterwards who asked for what.
   * @default true
   */
  readonly accessLogs?: boolean;

  /**
   * A bucket of yours for the access logs; it must use SSE-S3, which is all that load balancers deliver to.
   * @default - a new bucket that keeps them for a year
   */
  readonly accessLogsBucket?: s3.IBucket;

  /**
   * Refuses to delete the load balancer, by hand and by CloudFormation. Turn it off before you destroy the stack.
   * @default true
   */
  readonly deletionProtection?: boolean;
}

/** Options of `Routing.https`. */
export interface HttpsRoutingOptions extends HttpRoutingOptions {
  /** Certificates of the names under which the service is asked for; the first one is the default. */
  readonly certificates: elbv2.IListenerCertificate[];

  /**
   * Opens port 80 too, for a redirect to HTTPS.
   * @default false
   */
  readonly redirectHttp?: boolean;
}

/** Options of `Routing.domain`. */
export interface DomainRoutingOptions extends HttpRoutingOptions {
  /** The zone in which the name gets its alias record. */
  readonly zone: route53.IHostedZone;

  /**
   * A certificate of yours for the name.
   * @default - a new one, validated in the zone, which must then be public: an error if this app makes it private
   */
  readonly certificate?: acm.ICertificate;

  /**
   * Opens port 80 too, for a redirect to HTTPS.
   * @default false
   */
  readonly redirectHttp?: boolean;
}

export function httpRouting(options: HttpRoutingOptions): RoutingKind {
  return {
    loadBalanced: true,
    bind(scope, target) {
      const { loadBalancer, bucket } = ownLoadBalancer(scope, target, options);
      if (!options.internal) {
        Validations.of(scope).addWarning(
          'cdk-containers:RoutingPublicHttp',
          'Routing.http() of a public service sends everything unencrypted over the internet: use Routing.domain or Routing.https',
        );
      }
      const listener = addListener(loadBalancer, options, { port: 80, protocol: elbv2.ApplicationProtocol.HTTP });
      Validations.of(listener).acknowledge(...FINDINGS.plainHttp);
      return connect(scope, target, loadBalancer, listener, {
        url: `http://${loadBalancer.loadBalancerDnsName}`,
        accessLogsBucket: bucket,
      });
    },
  };
}

export function httpsRouting(options: HttpsRoutingOptions): RoutingKind {
  if (options.certificates.length === 0) {
    throw new ContainersError(
      'certificates must have at least one certificate, got none: use Routing.domain to have one made',
    );
  }
  return {
    loadBalanced: true,
    bind(scope, target) {
      const { loadBalancer, bucket } = ownLoadBalancer(scope, target, options);
      const listener = httpsListener(loadBalancer, options, options.certificates);
      return connect(scope, target, loadBalancer, listener, {
        url: `https://${loadBalancer.loadBalancerDnsName}`,
        accessLogsBucket: bucket,
      });
    },
  };
}

export function domainRouting(name: string, options: DomainRoutingOptions): RoutingKind {
  checkDomainName(name);
  checkNameInZone(name, options.zone.zoneName);
  if (!options.certificate && isPrivate(options.zone)) {
    throw new ContainersError(
      `a certificate for '${name}' cannot be validated in a private zone, because nobody outside sees it: pass certificate`,
    );
  }
  return {
    loadBalanced: true,
    bind(scope, target) {
      const { loadBalancer, bucket } = ownLoadBalancer(scope, target, options);
      const certificate =
        options.certificate ??
        new acm.Certificate(scope, 'Certificate', {
          domainName: name,
          validation: acm.CertificateValidation.fromDns(options.zone),
        });
      const listener = httpsListener(loadBalancer, options, [certificate]);
      new route53.ARecord(scope, 'AliasRecord', {
        zone: options.zone,
        recordName: `${name}.`,
        target: route53.RecordTarget.fromAlias(new targets.LoadBalancerTarget(loadBalancer)),
      });
      return connect(scope, target, loadBalancer, listener, {
        host: name,
        url: name.startsWith('*.') ? undefined : `https://${name}`,
        certificate,
        accessLogsBucket: bucket,
      });
    },
  };
}

/** Known of zones that this app makes. */
function isPrivate(zone: route53.IHostedZone): boolean {
  const resource = zone.node.defaultChild;
  if (
    !CfnResource.isCfnResource(resource) ||
    resource.cfnResourceType !== route53.CfnHostedZone.CFN_RESOURCE_TYPE_NAME
  ) {
    return false;
  }
  return Stack.of(resource).resolve((resource as route53.CfnHostedZone).vpcs)?.length > 0;
}

interface OwnLoadBalancer {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly bucket?: s3.IBucket;
}

function ownLoadBalancer(scope: Construct, { vpc }: RoutingTarget, options: HttpRoutingOptions): OwnLoadBalancer {
  const internal = options.internal ?? false;
  const securityGroup = new ec2.SecurityGroup(scope, 'LoadBalancerSecurityGroup', {
    vpc,
    description: 'Load balancer: in from its clients, out to its targets',
    allowAllOutbound: false,
  });
  const loadBalancer = new elbv2.ApplicationLoadBalancer(scope, 'LoadBalancer', {
    vpc,
    vpcSubnets: subnets(vpc, internal, options.loadBalancerSubnets),
    internetFacing: !internal,
    securityGroup,
    deletionProtection: options.deletionProtection ?? true,
    dropInvalidHeaderFields: true,
  });
  if (!internal) Validations.of(securityGroup).acknowledge(...FINDINGS.publicLoadBalancer);
  Validations.of(loadBalancer).acknowledge(...FINDINGS.noWebAcl);
  if (!(options.accessLogs ?? true)) return { loadBalancer };
  const bucket = options.accessLogsBucket ?? newAccessLogsBucket(scope);
  writeAccessLogs(loadBalancer, bucket);
  return { loadBalancer, bucket };
}

function subnets(
  vpc: ec2.IVpc,
  internal: boolean,
  given: ec2.SubnetSelection | undefined,
): ec2.SubnetSelection | undefined {
  if (!given && !internal && vpc.publicSubnets.length === 0) {
    throw new ContainersError(
      'a public load balancer needs public subnets, and the VPC has none: use `internal: true`, name loadBalancerSubnets, or use another VPC',
    );
  }
  const chosen = vpc.selectSubnets(given ?? (internal ? undefined : { subnetType: ec2.SubnetType.PUBLIC }));
  const zones = new Set(zonesOfSubnets(chosen.subnets));
  if (zones.size < 2 && !zones.has(undefined) && !isToken([...zones])) {
    throw new ContainersError(
      `a load balancer needs subnets in at least 2 availability zones, got ${zones.size}: use a VPC with more zones`,
    );
  }
  return given;
}

function httpsListener(
  loadBalancer: elbv2.ApplicationLoadBalancer,
  options: HttpRoutingOptions & { readonly redirectHttp?: boolean },
  certificates: elbv2.IListenerCertificate[],
): elbv2.ApplicationListener {
  if (options.redirectHttp) {
    const redirect = loadBalancer.addListener('Redirect', {
      port: 80,
      open: false,
      defaultAction: elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    open(redirect, options);
    Validations.of(redirect).acknowledge(...FINDINGS.redirectListener);
  }
  return addListener(loadBalancer, options, {
    port: 443,
    protocol: elbv2.ApplicationProtocol.HTTPS,
    certificates,
    sslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS,
  });
}

function addListener(
  loadBalancer: elbv2.ApplicationLoadBalancer,
  options: HttpRoutingOptions,
  props: elbv2.BaseApplicationListenerProps,
): elbv2.ApplicationListener {
  const listener = loadBalancer.addListener('Listener', {
    ...props,
    open: false,
    defaultAction: elbv2.ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'Not found' }),
  });
  open(listener, options);
  return listener;
}

function open(listener: elbv2.ApplicationListener, { internal, allowFrom }: HttpRoutingOptions): void {
  const peers = allowFrom ?? (internal ? [] : [ec2.Peer.anyIpv4()]);
  peers.forEach((peer) => listener.connections.allowDefaultPortFrom(peer, 'Clients of the load balancer'));
}

function connect(
  scope: Construct,
  target: RoutingTarget,
  loadBalancer: elbv2.ApplicationLoadBalancer,
  listener: elbv2.ApplicationListener,
  { host, ...made }: RoutingConfig & { readonly host?: string },
): RoutingConfig {
  const route = httpRoute(scope, target, {
    listener,
    priority: 1,
    conditions: [
      host === undefined ? elbv2.ListenerCondition.pathPatterns(['/*']) : elbv2.ListenerCondition.hostHeaders([host]),
    ],
    encrypted: !made.url?.startsWith('http:'),
  });
  return { loadBalancer, listener, ...route, ...made };
}
