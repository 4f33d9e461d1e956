import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** True for an L1 of this type. */
export function isOfType(construct: IConstruct | undefined, type: string): construct is CfnResource {
  return construct !== undefined && CfnResource.isCfnResource(construct) && construct.cfnResourceType === type;
}

/** The L1s of one type, at and below a construct. */
export function resourcesOf<T extends CfnResource>(scope: IConstruct, type: string): T[] {
  return scope.node.findAll().filter((child): child is T => isOfType(child, type));
}
