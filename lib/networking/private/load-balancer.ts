import { aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2, aws_wafv2 as wafv2, Validations } from 'aws-cdk-lib';
import type { aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { newAccessLogsBucket, writeAccessLogs } from './access-logs';
import { clientsOf } from './peers';
import { checkLogTarget } from '../../rules/access-logs';
import { ContainersError, isToken } from '../../rules/errors';
import { FINDINGS } from '../../rules/findings';
import { checkConnectionTimes } from '../../rules/load-balancers';
import { zonesOfSubnets } from '../../rules/zones';
import type { LoadBalancerOptions } from '../load-balancer-options';

/** An Application Load Balancer, and what it writes to. */
export interface MadeLoadBalancer {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly accessLogsBucket?: s3.IBucket;
}

/** Makes an Application Load Balancer that nobody can reach yet. */
export function newLoadBalancer(scope: Construct, vpc: ec2.IVpc, options: LoadBalancerOptions): MadeLoadBalancer {
  checkConnectionTimes(options.idleTimeout, options.clientKeepAlive);
  checkLogTarget(options.accessLogs, 'accessLogsBucket', options.accessLogsBucket);
  const internal = options.internal ?? false;
  const securityGroup = new ec2.SecurityGroup(scope, 'LoadBalancerSecurityGroup', {
    vpc,
    description: 'Load balancer: in from its clients, out to its targets',
    allowAllOutbound: false,
  });
  const loadBalancer = new elbv2.ApplicationLoadBalancer(scope, 'LoadBalancer', {
    vpc,
    vpcSubnets: chooseLoadBalancerSubnets(vpc, internal, options.loadBalancerSubnets),
    internetFacing: !internal,
    securityGroup,
    deletionProtection: options.deletionProtection ?? true,
    dropInvalidHeaderFields: true,
    ipAddressType: options.ipAddressType,
    idleTimeout: options.idleTimeout,
    clientKeepAlive: options.clientKeepAlive,
    desyncMitigationMode: options.desyncMitigationMode,
  });
  if (!internal) Validations.of(securityGroup).acknowledge(...FINDINGS.publicLoadBalancer);
  if (options.webAcl) {
    new wafv2.CfnWebACLAssociation(scope, 'WebAclAssociation', {
      resourceArn: loadBalancer.loadBalancerArn,
      webAclArn: options.webAcl.webAclRef.webAclArn,
    });
  } else {
    Validations.of(loadBalancer).acknowledge(...FINDINGS.noWebAcl);
  }
  if (!(options.accessLogs ?? true)) return { loadBalancer };
  const accessLogsBucket = options.accessLogsBucket ?? newAccessLogsBucket(scope);
  writeAccessLogs(loadBalancer, accessLogsBucket);
  return { loadBalancer, accessLogsBucket };
}

/** The subnets of a load balancer of any kind, in two zones at least. */
export function chooseLoadBalancerSubnets(
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
  // Before it was looked up, a VPC has only subnets that CDK made up.
  if (chosen.isPendingLookup) return given;
  const zones = new Set(zonesOfSubnets(chosen.subnets));
  if (zones.size < 2 && !zones.has(undefined) && !isToken([...zones])) {
    throw new ContainersError(
      `a load balancer needs subnets in at least 2 availability zones, got ${zones.size}: use a VPC with more zones`,
    );
  }
  return given;
}

/** A listener for HTTPS, and one that redirects to it if wanted. */
export function httpsListener(
  loadBalancer: elbv2.ApplicationLoadBalancer,
  options: LoadBalancerOptions,
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
    sslPolicy: options.sslPolicy ?? elbv2.SslPolicy.RECOMMENDED_TLS,
    mutualAuthentication: options.mutualAuthentication,
  });
}

/** A listener for plain HTTP, on which TLS has no meaning. */
export function httpListener(
  loadBalancer: elbv2.ApplicationLoadBalancer,
  options: LoadBalancerOptions,
): elbv2.ApplicationListener {
  const tls = (['redirectHttp', 'sslPolicy', 'mutualAuthentication'] as const).find((option) => options[option]);
  if (tls) {
    throw new ContainersError(`${tls} needs a certificate, got a listener for plain HTTP: leave it out, or use HTTPS`);
  }
  const listener = addListener(loadBalancer, options, { port: 80, protocol: elbv2.ApplicationProtocol.HTTP });
  Validations.of(listener).acknowledge(...FINDINGS.plainHttp);
  return listener;
}

function addListener(
  loadBalancer: elbv2.ApplicationLoadBalancer,
  options: LoadBalancerOptions,
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

/** True when clients may come over IPv6. */
export function isDualStack({ ipAddressType }: { readonly ipAddressType?: elbv2.IpAddressType }): boolean {
  return ipAddressType !== undefined && ipAddressType !== elbv2.IpAddressType.IPV4;
}

function open(listener: elbv2.ApplicationListener, options: LoadBalancerOptions): void {
  clientsOf({ ...options, dualStack: isDualStack(options) }).forEach((peer) =>
    listener.connections.allowDefaultPortFrom(peer, 'Clients of the load balancer'),
  );
}
