import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { expectFailure } from './errors';
import { IMAGE, only } from './fixture';
import type { Fixture, Template } from './fixture';
import { InstanceImage, InstancePool, ManagedInstances, WorkerService } from '../../lib';
import type { InstancePoolProps, ManagedInstancesProps, WorkerServiceProps } from '../../lib';

/** Instance types by name. */
export function types(...names: string[]): ec2.InstanceType[] {
  return names.map((name) => new ec2.InstanceType(name));
}

/** A pool of which a test says only what it is about; its network interfaces suffice, so it does not warn. */
export function newPool(
  { cluster, stack }: Fixture,
  props: Partial<InstancePoolProps> = {},
  id = 'Pool',
  scope: Construct = stack,
): InstancePool {
  const instanceTypes = props.requirements ? undefined : types('m7i.large');
  const image = InstanceImage.bottlerocket();
  return new InstancePool(scope, id, {
    cluster,
    image,
    instanceTypes,
    maxInstances: 4,
    awsvpcTrunking: true,
    ...props,
  });
}

/** Managed Instances of which a test says only what it is about. */
export function newManaged(
  { cluster, stack }: Fixture,
  props: Partial<ManagedInstancesProps> = {},
  id = 'Managed',
  scope: Construct = stack,
): ManagedInstances {
  return new ManagedInstances(scope, id, { cluster, ...props });
}

/** A service that nobody calls, of which a test says only what it is about. */
export function newWorker(
  { cluster, stack }: Fixture,
  props: Partial<WorkerServiceProps> = {},
  scope: Construct = stack,
  id = 'Worker',
): WorkerService {
  return new WorkerService(scope, id, { cluster, container: { image: IMAGE }, ...props });
}

/** What a launch template says of its instances. */
export function launchTemplateOf(template: Template): any {
  return only(template, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData;
}

/** What is wrong with a pool, how it is said, and what the error says. */
export type WrongPool = [what: string, props: (fixture: Fixture) => Partial<InstancePoolProps>, message: string];

/** Fails when somebody makes a pool with these props. */
export function expectWrongPool(fixture: Fixture, props: WrongPool[1], message: string): void {
  expectFailure(() => newPool(fixture, props(fixture)), message);
}
