import { DefaultTokenResolver, Reference, StringConcat, Tokenization } from 'aws-cdk-lib';
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
