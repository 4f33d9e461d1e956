import { aws_route53 as route53 } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import { Fixture, IMAGE } from './fixture';
import { Routing } from '../../lib';
import type { HttpApiRoutingOptions, WebServiceProps } from '../../lib';

/** A container that says how it is, as API Gateway needs it. */
export const container = { image: IMAGE, healthCheck: { command: ['CMD-SHELL', 'exit 0'] } };

/** A service behind an API, with nothing that only a load balancer follows. */
export function serve(
  fixture: Fixture,
  options: HttpApiRoutingOptions = {},
  props: Partial<WebServiceProps> = {},
  scope: Stack = fixture.stack,
  id = 'Web',
) {
  return fixture.web({ container, healthCheck: undefined, routing: Routing.httpApi(options), ...props }, scope, id);
}

/** A service behind an API, with its template. */
export function made(
  options: (fixture: Fixture) => HttpApiRoutingOptions = () => ({}),
  props: Partial<WebServiceProps> = {},
  fixture = new Fixture(),
) {
  const web = serve(fixture, options(fixture), props);
  return { fixture, web, template: fixture.template() };
}

export const zoneOf = ({ stack }: { stack: Stack }) =>
  new route53.PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' });
