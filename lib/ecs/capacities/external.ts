import { aws_ecs as ecs } from 'aws-cdk-lib';
import { PLATFORMS } from '../../rules/platforms';
import { instanceSize } from '../../rules/task-size';
import type { CapacityKind } from '../capacity';

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html */
export function external(): CapacityKind {
  return {
    name: 'Capacity.external()',
    platform: PLATFORMS.external,
    compatibility: ecs.Compatibility.EXTERNAL,
    networkMode: ecs.NetworkMode.BRIDGE,
    providers: [],
    sizeOf: instanceSize,
    createService: (scope, id, { cluster, taskDefinition, ...options }) =>
      new ecs.ExternalService(scope, id, {
        cluster,
        taskDefinition,
        desiredCount: options.desiredCount,
        minHealthyPercent: options.minHealthyPercent,
        maxHealthyPercent: options.maxHealthyPercent,
        circuitBreaker: options.circuitBreaker,
        propagateTags: ecs.PropagatedTagSource.SERVICE,
        enableECSManagedTags: true,
      }),
  };
}
