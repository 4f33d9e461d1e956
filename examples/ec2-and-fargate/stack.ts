import { aws_ec2 as ec2, aws_ecs as ecs, aws_route53 as route53, Size, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  Capacity,
  EcsCluster,
  InstanceImage,
  InstancePool,
  Routing,
  Scaling,
  ScalingPolicy,
  WebService,
  WorkerService,
} from '../../lib';
import type { ContainerOptions } from '../../lib';
import { ExampleNetwork } from '../network';

/** One cluster, three kinds of compute: Fargate, ARM instances that are mostly Spot, and instances with a GPU. */
export class Ec2AndFargate extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { vpc } = new ExampleNetwork(this, 'Network');
    const { cluster } = new EcsCluster(this, 'Ecs', { vpc });
    const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: 'Z0123456789EXAMPLE',
      zoneName: 'example.com',
    });
    const container: ContainerOptions = {
      image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine'),
      user: '101',
    };

    const pool = new InstancePool(this, 'Arm', {
      cluster,
      image: InstanceImage.bottlerocket(),
      instanceTypes: ['m7g.large', 'm6g.large', 'c7g.xlarge', 'r7g.large'].map((type) => new ec2.InstanceType(type)),
      spot: { onDemandBase: 1, onDemandPercent: 20 },
      maxInstances: 20,
      targetCapacityPercent: 90,
      awsvpcTrunking: true,
    });
    const gpus = new InstancePool(this, 'Gpu', {
      cluster,
      image: InstanceImage.al2023(),
      instanceTypes: [new ec2.InstanceType('g4dn.xlarge')],
      maxInstances: 4,
      volumeSize: Size.gibibytes(100),
      agent: { reservedMemory: Size.mebibytes(256) },
    });

    new WebService(this, 'Web', {
      cluster,
      container,
      port: 8080,
      capacity: Capacity.fargate(),
      routing: Routing.domain('app.example.com', { zone }),
      healthCheck: { path: '/', healthyHttpCodes: '200' },
    });
    new WorkerService(this, 'Thumbnails', {
      cluster,
      container,
      capacity: pool.capacity(),
      scaling: Scaling.between({ minTasks: 2, maxTasks: 60, policies: [ScalingPolicy.cpu(70)] }),
    });
    new WorkerService(this, 'Transcoding', {
      cluster,
      container: { ...container, gpuCount: 1 },
      cpuUnits: 3072,
      memory: Size.gibibytes(12),
      capacity: gpus.capacity(),
      scaling: Scaling.fixed(2),
    });
  }
}
