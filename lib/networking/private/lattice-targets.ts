import { aws_ec2 as ec2, aws_vpclattice as vpclattice, Token } from 'aws-cdk-lib';
import type { aws_ecs as ecs, aws_elasticloadbalancingv2 as elbv2, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { isToken } from '../../rules/errors';
import { LATTICE_CIDR } from '../../rules/lattice';
import { DEFAULT_HEALTH } from '../../rules/load-balancers';
import type { RoutingTarget } from '../routing';
import { giveGracePeriod, rhythmOf, warnOfDefaultPath } from './health';
import { namePort } from './targets';

/** The tasks as VPC Lattice sees them. */
export function newLatticeTargetGroup(scope: Construct, target: RoutingTarget): vpclattice.CfnTargetGroup {
  const protocolVersion = target.protocolVersion ?? 'HTTP1';
  return new vpclattice.CfnTargetGroup(scope, 'LatticeTargetGroup', {
    type: 'IP',
    config: {
      vpcIdentifier: target.vpc.vpcId,
      protocol: 'HTTP',
      protocolVersion,
      // Each task registers with its own port: this one is never used, and changing it would replace the group.
      port: 80,
      healthCheck: healthCheckOf(scope, target.healthCheck, protocolVersion),
    },
  });
}

function healthCheckOf(
  scope: Construct,
  given: elbv2.HealthCheck = {},
  protocolVersion: string,
): vpclattice.CfnTargetGroup.HealthCheckConfigProperty {
  // VPC Lattice cannot ask a gRPC method how it is.
  const enabled = given.enabled ?? (protocolVersion !== 'GRPC' || given.path !== undefined);
  if (!enabled) return { enabled };
  if (given.path === undefined) {
    warnOfDefaultPath(scope, 'VPC Lattice');
  }
  const { interval, timeout, ...counts } = rhythmOf(given);
  return {
    enabled,
    protocol: given.protocol ?? 'HTTP',
    protocolVersion: protocolVersion === 'HTTP1' ? 'HTTP1' : 'HTTP2',
    path: given.path ?? '/',
    port: healthPort(given),
    matcher: { httpCode: given.healthyHttpCodes ?? DEFAULT_HEALTH.codes },
    healthCheckIntervalSeconds: interval.toSeconds(),
    healthCheckTimeoutSeconds: timeout.toSeconds(),
    ...counts,
  };
}

/** The port that is asked how a task is, if it is another than that for requests. */
function healthPort({ port }: elbv2.HealthCheck = {}): number | undefined {
  if (port === undefined || port === 'traffic-port') return undefined;
  return isToken(port) ? Token.asNumber(port) : Number(port);
}

/** Has ECS register the tasks, once a rule sends them requests and the role may do it. */
export function registerInLattice(
  target: RoutingTarget,
  targetGroup: vpclattice.CfnTargetGroup,
  rule: vpclattice.CfnRule,
  role: iam.IRole,
): void {
  const service = target.service.node.defaultChild as ecs.CfnService;
  const known = (service.vpcLatticeConfigurations ?? []) as ecs.CfnService.VpcLatticeConfigurationProperty[];
  service.vpcLatticeConfigurations = [
    ...known,
    { portName: namePort(target), roleArn: role.roleArn, targetGroupArn: targetGroup.attrArn },
  ];
  giveGracePeriod(service);
  service.node.addDependency(rule, role);
}

/** Lets VPC Lattice in, at the ports that it asks. */
export function letLatticeIn({ service, port, healthCheck }: RoutingTarget, list: ec2.IPrefixList | undefined): void {
  const lattice = list ? ec2.Peer.prefixList(list.prefixListId) : ec2.Peer.ipv4(LATTICE_CIDR);
  const ports = new Set([port, healthPort(healthCheck) ?? port]);
  ports.forEach((each) => service.connections.allowFrom(lattice, ec2.Port.tcp(each), 'VPC Lattice to the tasks'));
}
