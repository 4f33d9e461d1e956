import { aws_ecs as ecs, Duration, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Routing, WebService } from '../../lib';
import type { IIngress } from '../../lib';

/** Properties of a team's stack: what it shares with the others. */
export interface SharedIngressProps extends StackProps {
  readonly cluster: ecs.ICluster;
  readonly ingress: IIngress;
}

/** What one team looks after: its services, and their rules on the load balancer of the platform. */
export class SharedIngress extends Stack {
  constructor(scope: Construct, id: string, { cluster, ingress, ...props }: SharedIngressProps) {
    super(scope, id, props);
    const container = {
      image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine'),
      user: '101',
    };
    const common = { cluster, container, port: 8080, healthCheck: { path: '/' } };
    const hosts = ['api.example.com'];

    new WebService(this, 'Api', {
      ...common,
      // Two ways to one service: the second one stays with its task for an hour.
      routing: Routing.all([
        ingress.route({ hosts }),
        ingress.route({ hosts, pathPrefix: '/sessions', stickinessCookieDuration: Duration.hours(1) }),
      ]),
    });
    // Goes before the API for who sends the header.
    new WebService(this, 'Beta', {
      ...common,
      routing: ingress.route({ hosts, headers: { 'x-beta': ['1', 'true'] } }),
    });
    // Goes before everything on its host, but only from the office.
    new WebService(this, 'Admin', {
      ...common,
      routing: ingress.route({ hosts: ['admin.example.com'], sourceIps: ['192.0.2.0/24', '2001:db8::/32'] }),
    });
  }
}
