import { aws_ecs as ecs, CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EcsCluster, Routing, WebService } from '../../lib';
import { ExampleNetwork } from '../network';

/** The shortest real service: a public image behind a load balancer, with every default. */
export class FirstService extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { vpc } = new ExampleNetwork(this, 'Network');
    const { cluster } = new EcsCluster(this, 'Ecs', { vpc });

    const web = new WebService(this, 'Web', {
      cluster,
      container: {
        image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine'),
        user: '101',
      },
      port: 8080,
      routing: Routing.http(),
      healthCheck: { path: '/' },
    });

    Validations.of(web).acknowledge({
      id: 'Annotation::cdk-containers:RoutingPublicHttp',
      reason: 'a first look without a domain name; the web-service example has HTTPS',
    });
    new CfnOutput(this, 'Url', { value: web.url });
  }
}
