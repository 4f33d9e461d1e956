import { aws_certificatemanager as acm, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import type { Template } from './fixture';
import { Fixture, only } from './fixture';
import { all, attributesOf } from './resources';
import { Routing } from '../../lib';
import type { WebServiceProps } from '../../lib';
import type { NetworkListenerOptions, NetworkRoutingOptions } from '../../lib/networking/routes/network-options';

export const { TCP, TLS, UDP, TCP_UDP, HTTP, HTTPS } = elbv2.Protocol;

export const tcp: NetworkListenerOptions = { port: 5432, protocol: TCP };
export const udp: NetworkListenerOptions = { port: 514, protocol: UDP, targetPort: 5140 };
export const tls = (fixture: Fixture): NetworkListenerOptions => ({
  port: 8883,
  protocol: TLS,
  certificates: [certificateOf(fixture)],
});

export function certificateOf({ stack }: Fixture, id = 'Given'): acm.ICertificate {
  return acm.Certificate.fromCertificateArn(stack, id, `arn:aws:acm:eu-west-1:111122223333:certificate/${id}`);
}

type Options = Partial<NetworkRoutingOptions>;

/** A service behind a Network Load Balancer, which listens to TCP unless told otherwise. */
export function networked(
  made: Options | ((fixture: Fixture) => Options) = {},
  props: Partial<WebServiceProps> = {},
  fixture = new Fixture(),
) {
  const options = typeof made === 'function' ? made(fixture) : made;
  const routing = Routing.network({ listeners: [tcp], ...options });
  const web = fixture.web({ healthCheck: undefined, routing, ...props });
  const template = fixture.template();
  const loadBalancer = web.routing.networkLoadBalancer!;
  const [group] = loadBalancer.connections.securityGroups;
  const { LoadBalancerAttributes } = only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties;
  return { fixture, web, template, loadBalancer, group, attributes: attributesOf(LoadBalancerAttributes) };
}

/** The target group of the only listener. */
export function targetGroup(
  listener: (fixture: Fixture) => NetworkListenerOptions = () => tcp,
  props: Partial<WebServiceProps> = {},
): any {
  const { template } = networked((fixture) => ({ listeners: [listener(fixture)] }), props);
  const properties = only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties;
  return { ...properties, attributes: attributesOf(properties.TargetGroupAttributes) };
}

/** The rules between security groups, as `group > group in tcp 443-443`. */
export function ways(template: Template): string[] {
  const of = (reference: any) => String(reference['Fn::GetAtt'][0]).replace(/SecurityGroup[0-9A-F]{8}$/, '');
  return [
    ...all(template, 'AWS::EC2::SecurityGroupIngress').map((rule) => ({
      rule,
      way: `${of(rule.SourceSecurityGroupId)} > ${of(rule.GroupId)} in`,
    })),
    ...all(template, 'AWS::EC2::SecurityGroupEgress').map((rule) => ({
      rule,
      way: `${of(rule.GroupId)} > ${of(rule.DestinationSecurityGroupId)} out`,
    })),
  ]
    .map(({ rule, way }) => `${way} ${rule.IpProtocol} ${rule.FromPort}-${rule.ToPort}`)
    .sort();
}

/** Both ends of the ways from the load balancer to the tasks, by protocol and port. */
export function toTasks(...ports: string[]): string[] {
  return ['in', 'out']
    .flatMap((way) => ports.map((port) => `WebLoadBalancer > WebService ${way} ${port}-${port.split(' ')[1]}`))
    .sort();
}
