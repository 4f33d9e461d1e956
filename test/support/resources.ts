import { CfnResource, Stack, aws_ecs as ecs } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import type { IConstruct } from 'constructs';
import { IMAGE, newApp, only } from './fixture';
import type { Fixture } from './fixture';
import { Deployment } from '../../lib';

/** An app in which a warning, an empty repository beside its service for example, does not fail the synthesis. */
export function lenientApp(more: Record<string, unknown> = {}): App {
  return newApp({ '@aws-cdk/core:annotationsInValidationReport': false, ...more });
}

/** The properties of all resources of a type. */
export function all(template: Template, type: string): any[] {
  return Object.values(template.findResources(type)).map((resource: any) => resource.Properties ?? {});
}

/** The logical id of a construct's resource. */
export function idOf(construct: IConstruct): string {
  const resource = CfnResource.isCfnResource(construct) ? construct : (construct.node.defaultChild as CfnResource);
  return Stack.of(construct).resolve(resource.logicalId);
}

/** A resource of a construct as the template has it, with `DependsOn` and the like. */
export function resourceOf(template: Template, construct: IConstruct): any {
  return template.toJSON().Resources[idOf(construct)];
}

/** The only ECS service of a template. */
export function serviceOf(template: Template): any {
  return only(template, 'AWS::ECS::Service').Properties;
}

/** The only task definition of a template. */
export function taskOf(template: Template): any {
  return only(template, 'AWS::ECS::TaskDefinition').Properties;
}

/** The first container of the only task definition of a template. */
export function containerOf(template: Template): any {
  return taskOf(template).ContainerDefinitions[0];
}

/** The attributes of a load balancer or target group, as one object. */
export function attributesOf(list: { Key: string; Value: unknown }[]): Record<string, unknown> {
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
}

/** The L2 service of somebody who uses a part of the library alone. */
export function bareService({ stack, cluster }: Fixture, deployment = Deployment.rolling()): ecs.FargateService {
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('main', { image: IMAGE, portMappings: [{ containerPort: 3000 }] });
  return new ecs.FargateService(stack, 'Bare', { cluster, taskDefinition, ...deployment.bind() });
}

/** Makes something for several tests that only look at it. */
export function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
