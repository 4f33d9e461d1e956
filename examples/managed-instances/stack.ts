import { aws_ec2 as ec2, aws_ecs as ecs, aws_route53 as route53, Duration, Size, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EcsCluster, ManagedInstances, Routing, Scaling, WebService, WorkerService } from '../../lib';
import type { ContainerOptions } from '../../lib';
import { ExampleNetwork } from '../network';

/** Instances of EC2 without looking after them: general ones on Graviton, and some with a GPU. */
export class ManagedInstancesExample extends Stack {
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

    const general = new ManagedInstances(this, 'General', {
      cluster,
      requirements: {
        cpuManufacturers: [ec2.CpuManufacturer.AWS],
        instanceGenerations: [ec2.InstanceGeneration.CURRENT],
        vCpuCountMin: 2,
        vCpuCountMax: 16,
        memoryMin: Size.gibibytes(4),
      },
      scaleInAfter: Duration.minutes(10),
    });
    const gpu = new ManagedInstances(this, 'Gpu', {
      cluster,
      requirements: {
        cpuManufacturers: [ec2.CpuManufacturer.INTEL, ec2.CpuManufacturer.AMD],
        acceleratorTypes: [ec2.AcceleratorType.GPU],
        acceleratorManufacturers: [ec2.AcceleratorManufacturer.NVIDIA],
        acceleratorCountMin: 1,
        vCpuCountMin: 4,
        memoryMin: Size.gibibytes(16),
      },
      taskVolumeStorage: Size.gibibytes(200),
    });

    new WebService(this, 'Web', {
      cluster,
      container,
      port: 8080,
      capacity: general.capacity(),
      routing: Routing.domain('app.example.com', { zone }),
      healthCheck: { path: '/', healthyHttpCodes: '200' },
    });
    new WorkerService(this, 'Inference', {
      cluster,
      container: { ...container, gpuCount: 1 },
      cpuUnits: 4096,
      memory: Size.gibibytes(12),
      capacity: gpu.capacity(),
      scaling: Scaling.fixed(2),
    });
  }
}
