import { aws_ecs as ecs, aws_iam as iam } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { ecrImage, namesOf, PrivateFixture } from './endpoints';
import { WorkerService, WorkloadEndpoints } from '../../lib';
import type { WorkerServiceProps } from '../../lib';

/** What an image of ECR takes. */
export const IMAGES = ['ecr.api', 'ecr.dkr', 's3'];
/** With a log. */
export const USUAL = [...IMAGES, 'logs'].sort();
export const INSTANCES = ['ecs', 'ecs-agent', 'ecs-telemetry'];

/** The endpoints that are made for workloads. */
export function neededBy(make: (fixture: PrivateFixture) => IConstruct | IConstruct[]): string[] {
  const fixture = PrivateFixture.in();
  const workloads = [make(fixture)].flat();
  return namesOf(new WorkloadEndpoints(fixture.stack, 'Endpoints', { vpc: fixture.vpc, workloads }));
}

/** A worker with an image of ECR. */
export function worker({ stack, cluster }: PrivateFixture, props: Partial<WorkerServiceProps> = {}): WorkerService {
  return new WorkerService(stack, 'Worker', { cluster, container: { image: ecrImage(stack) }, ...props });
}

export const FARGATE = { compatibility: ecs.Compatibility.FARGATE, cpu: '256', memoryMiB: '512' };

/** An image of a registry in the network. */
export const THEIRS = ecs.ContainerImage.fromRegistry('registry.example.com/shop:1');

/** A role of which the app says nothing. */
export function theirRole(stack: Stack): iam.IRole {
  return iam.Role.fromRoleArn(stack, 'Theirs', 'arn:aws:iam::111122223333:role/theirs', { mutable: false });
}

/** The bare L2s of somebody who uses no intent. */
export function bareTask(
  { stack }: PrivateFixture,
  image: ecs.ContainerImage,
  props: ecs.TaskDefinitionProps = FARGATE,
) {
  const task = new ecs.TaskDefinition(stack, 'Task', props);
  return { task, container: task.addContainer('main', { image }) };
}
