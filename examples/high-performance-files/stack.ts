import { aws_ec2 as ec2, aws_ecs as ecs, Size, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EcsCluster, InstancePool, LustreFileSystem, OntapFileSystem, Scaling, WorkerService } from '../../lib';
import { ExampleNetwork } from '../network';

/** Simulations on instances that mount two file systems of FSx: Lustre for scratch data, NetApp ONTAP for projects. */
export class HighPerformanceFiles extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { vpc } = new ExampleNetwork(this, 'Network');
    const { cluster } = new EcsCluster(this, 'Ecs', { vpc });

    const lustre = new LustreFileSystem(this, 'Lustre', { vpc, storageCapacity: Size.gibibytes(1200) });
    const ontap = new OntapFileSystem(this, 'Ontap', { vpc, storageCapacity: Size.tebibytes(1) });
    ontap.addVolume('Projects', { junctionPath: '/projects', size: Size.gibibytes(500) });

    const pool = new InstancePool(this, 'Pool', {
      cluster,
      instanceTypes: [new ec2.InstanceType('c7i.4xlarge')],
      maxInstances: 8,
      awsvpcTrunking: true,
      fileSystems: [lustre, ontap],
    });

    new WorkerService(this, 'Simulation', {
      cluster,
      capacity: pool.capacity(),
      container: {
        image: ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/busybox:1.37'),
        user: '1000:1000',
        command: ['sh', '-c', 'while sleep 60; do date > /scratch/alive; cp /scratch/alive /srv/projects; done'],
        mounts: [
          lustre.mount('/scratch', { directory: '/runs' }),
          ontap.mount('/srv/projects', { directory: '/results' }),
        ],
      },
      cpuUnits: 4096,
      memory: Size.gibibytes(8),
      scaling: Scaling.fixed(2),
    });
  }
}
