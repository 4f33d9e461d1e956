import { CfnResource, DefaultTokenResolver, Reference, StringConcat, Tokenization } from 'aws-cdk-lib';
import type { IPostProcessor, IResolvable, IResolveContext } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';

/** The constructs that tokens in a value refer to. */
export function referencesIn(scope: IConstruct, value: unknown): IConstruct[] {
  const collector = new ReferenceCollector(new StringConcat());
  Tokenization.resolve(value, { scope: scope as Construct, resolver: collector, preparing: true });
  return collector.targets;
}

class ReferenceCollector extends DefaultTokenResolver {
  public readonly targets: IConstruct[] = [];

  public resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    if (Reference.isReference(token)) this.targets.push(token.target);
    return super.resolveToken(token, context, postProcessor);
  }
}

/** The L1s of one type, at and below a construct. */
export function resourcesOf<T extends CfnResource>(scope: IConstruct, type: string): T[] {
  return scope.node.findAll().filter((child): child is T => isOfType(child, type));
}

/** True for an L1 of this type. */
export function isOfType(construct: IConstruct, type: string): construct is CfnResource {
  return CfnResource.isCfnResource(construct) && construct.cfnResourceType === type;
}
