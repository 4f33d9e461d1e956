import { aws_route53 as route53 } from 'aws-cdk-lib';
import { Fixture } from './fixture';
import { Ingress } from '../../lib';
import type { IngressProps, RouteOptions } from '../../lib';

export const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
export const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
export const RECORD = 'AWS::Route53::RecordSet';

export function zoneOf(fixture: Fixture, zoneName = 'example.com', id = 'Zone'): route53.IHostedZone {
  return route53.HostedZone.fromHostedZoneAttributes(fixture.stack, id, { hostedZoneId: `Z${id}`, zoneName });
}

/** A shared load balancer for example.com and one label below it. */
export function shared(props: Partial<IngressProps> = {}) {
  const fixture = new Fixture();
  const zone = zoneOf(fixture);
  const names = ['example.com', '*.example.com'];
  const ingress = new Ingress(fixture.stack, 'Ingress', { vpc: fixture.vpc, domain: { zone, names }, ...props });
  const web = (id: string, route: RouteOptions, stack = fixture.stack) =>
    fixture.web({ routing: ingress.route(route) }, stack, id);
  return { fixture, zone, ingress, web };
}
