import { aws_ecs as ecs, aws_route53 as route53, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EcsCluster, Ingress, WebService } from '../../lib';
import { ExampleNetwork } from '../network';

/** What a platform team looks after: network, cluster, one load balancer for everybody, and the site itself. */
export class SharedIngressPlatform extends Stack {
  public readonly cluster: ecs.ICluster;
  public readonly ingress: Ingress;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { vpc } = new ExampleNetwork(this, 'Network');
    const { cluster } = new EcsCluster(this, 'Ecs', { vpc });
    const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: 'Z0123456789EXAMPLE',
      zoneName: 'example.com',
    });
    const ingress = new Ingress(this, 'Ingress', {
      vpc,
      domain: { zone, names: ['example.com', '*.example.com'] },
    });
    const container = {
      image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine'),
      user: '101',
    };
    const common = { cluster, container, port: 8080, healthCheck: { path: '/' } };

    new WebService(this, 'Site', { ...common, routing: ingress.route({ hosts: ['example.com'] }) });
    new WebService(this, 'Docs', {
      ...common,
      routing: ingress.route({ hosts: ['example.com'], pathPrefix: '/docs' }),
    });
    new WebService(this, 'Tenants', { ...common, routing: ingress.route({ hosts: ['*.example.com'] }) });
    this.cluster = cluster;
    this.ingress = ingress;
  }
}
