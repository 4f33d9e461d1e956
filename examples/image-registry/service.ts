import { aws_ssm as ssm, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EcsCluster, Severity, WorkerService } from '../../lib';
import type { IContainerRepository } from '../../lib';
import { ExampleNetwork } from '../network';

/** Properties of the service: where its image comes from. */
export interface GatedServiceProps extends StackProps {
  readonly images: IContainerRepository;
}

/** A service that runs the newest image of the pipeline, and only when its scan found nothing critical. */
export class GatedService extends Stack {
  constructor(scope: Construct, id: string, props: GatedServiceProps) {
    super(scope, id, props);
    const { vpc } = new ExampleNetwork(this, 'Network');
    const { cluster } = new EcsCluster(this, 'Ecs', { vpc });
    const gate = props.images.gate(this, 'Gate', {
      tagOrDigest: ssm.StringParameter.valueForStringParameter(this, '/image-registry/tag'),
      minSeverity: Severity.CRITICAL,
    });
    new WorkerService(this, 'Worker', { cluster, container: { image: gate.image, user: '1000' } });
  }
}
