import { aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2, Duration, Tokenization, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { rhythmOf } from './health';
import { claimPort, loadBalancerTarget, targetOf } from './targets';
import { FINDINGS } from '../../rules/findings';
import { checkTargetBehaviour } from '../../rules/load-balancers';
import { checkDatagramHealth, checkNetworkHealth, takesDatagrams } from '../../rules/network-load-balancers';
import { checkFollowed } from '../../rules/target-options';
import type { NetworkListenerOptions } from '../routes/network-options';
import type { RoutingTarget } from '../routing';

/** A listener, and the tasks behind it. */
export interface MadeNetworkListener {
  readonly listener: elbv2.NetworkListener;
  readonly targetGroup: elbv2.NetworkTargetGroup;
}

/** Listens on a port, for all that `allowFrom` names, and sends what arrives there to the tasks. */
export function addNetworkListener(
  scope: Construct,
  loadBalancer: elbv2.NetworkLoadBalancer,
  service: RoutingTarget,
  options: NetworkListenerOptions,
): MadeNetworkListener {
  const { port, protocol } = options;
  const targetGroup = addTargets(scope, loadBalancer, service, options);
  // A listener cannot take the port of another one that goes, so the protocol, which may change, is not in its id.
  const listener = loadBalancer.addListener(`Listener${port}`, {
    port,
    protocol,
    certificates: options.certificates,
    sslPolicy: protocol === elbv2.Protocol.TLS ? (options.sslPolicy ?? elbv2.SslPolicy.RECOMMENDED_TLS) : undefined,
    alpnPolicy: options.alpnPolicy,
    tcpIdleTimeout: options.tcpIdleTimeout,
    defaultTargetGroups: [targetGroup],
  });
  if (protocol !== elbv2.Protocol.TLS) Validations.of(listener).acknowledge(...FINDINGS.passThrough);
  for (const peer of options.allowFrom ?? []) {
    for (const each of portsOf(protocol, port)) {
      loadBalancer.connections.allowFrom(peer, each, 'Clients of the load balancer');
    }
  }
  return { listener, targetGroup };
}

function addTargets(
  scope: Construct,
  loadBalancer: elbv2.NetworkLoadBalancer,
  service: RoutingTarget,
  options: NetworkListenerOptions,
): elbv2.NetworkTargetGroup {
  const target = targetOf(service, {
    port: options.targetPort,
    containerName: options.containerName,
    deregistrationDelay: options.deregistrationDelay,
  });
  checkFollowed('Routing.network', service);
  checkTargetBehaviour({ deregistrationDelay: target.deregistrationDelay });
  const health = healthCheck(service, target, options);
  const targetGroup = new elbv2.NetworkTargetGroup(scope, `TargetGroup${options.port}`, {
    vpc: target.vpc,
    targetType: elbv2.TargetType.IP,
    // Each task registers with its own port: this one is never used, and changing it would replace the group.
    port: 80,
    protocol: targetProtocol(options),
    deregistrationDelay: target.deregistrationDelay ?? Duration.seconds(30),
    connectionTermination: options.connectionTermination,
    preserveClientIp: options.preserveClientIp,
    proxyProtocolV2: options.proxyProtocolV2,
    healthCheck: health,
  });
  if (options.stickySourceIp) {
    targetGroup.setAttribute('stickiness.enabled', 'true');
    targetGroup.setAttribute('stickiness.type', 'source_ip');
  }
  targetGroup.addTarget(loadBalancerTarget(target, claimPort(target, options.protocol)));
  // CDK does this for Application Load Balancers only. A rule that names the load balancer's group also lets in what comes
  // through it with the address of the client.
  const healthPort = Number(health.port);
  const ports = [
    ...portsOf(options.protocol, target.port),
    ...portsOf(elbv2.Protocol.TCP, Number.isNaN(healthPort) ? target.port : healthPort),
  ];
  for (const each of ports) target.service.connections.allowFrom(loadBalancer, each, 'Load balancer to target');
  return targetGroup;
}

function targetProtocol({ protocol, encryptTargets }: NetworkListenerOptions): elbv2.Protocol {
  return protocol === elbv2.Protocol.TLS && !encryptTargets ? elbv2.Protocol.TCP : protocol;
}

function portsOf(protocol: elbv2.Protocol, port: number): ec2.Port[] {
  const udp = takesDatagrams(protocol) ? [ec2.Port.udp(port)] : [];
  return protocol === elbv2.Protocol.UDP ? udp : [ec2.Port.tcp(port), ...udp];
}

function healthCheck(
  service: RoutingTarget,
  target: RoutingTarget,
  { healthCheck: own, port, protocol }: NetworkListenerOptions,
): elbv2.HealthCheck {
  const given = own ?? inherited(service, target, protocol);
  checkNetworkHealth(given);
  if (protocol === elbv2.Protocol.UDP) checkDatagramHealth(port, given);
  const overHttp = given.path !== undefined || given.healthyHttpCodes !== undefined;
  return {
    ...given,
    protocol: given.protocol ?? (overHttp ? elbv2.Protocol.HTTP : elbv2.Protocol.TCP),
    ...rhythmOf(given),
  };
}

/** What the service says of its own port holds for no other one, but for its times; and UDP cannot be asked. */
function inherited(service: RoutingTarget, target: RoutingTarget, protocol: elbv2.Protocol): elbv2.HealthCheck {
  const check = service.healthCheck ?? {};
  const { interval, timeout, healthyThresholdCount, unhealthyThresholdCount } = check;
  const times = { interval, timeout, healthyThresholdCount, unhealthyThresholdCount };
  // A path of gRPC is a method, of which only an Application Load Balancer knows.
  const ofService =
    service.protocolVersion === elbv2.ApplicationProtocolVersion.GRPC ? { ...times, port: check.port } : check;
  if (target.port === service.port) return ofService;
  if (protocol !== elbv2.Protocol.UDP) return times;
  const named = check.port !== undefined && check.port !== 'traffic-port';
  return { ...ofService, port: named ? check.port : Tokenization.stringifyNumber(service.port) };
}
