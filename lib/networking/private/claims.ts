import { Reference, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { isToken } from '../../rules/errors';

/** Who has which places of something that services share, in each app: known by its id, for it may be imported twice. */
export class Claims<Place> {
  private readonly apps = new WeakMap<IConstruct, Map<string, Map<Place, string>>>();

  /** The places of one thing that are taken, with the paths of those who have them. */
  public of({ node }: IConstruct, id: string): Map<Place, string> {
    const things = this.apps.get(node.root) ?? new Map<string, Map<Place, string>>();
    this.apps.set(node.root, things);
    const key = keyOf(id);
    const places = things.get(key) ?? new Map<Place, string>();
    things.set(key, places);
    return places;
  }
}

/** What is made here is known by its path: `Ref` and `Fn::GetAtt` are two names for it. */
function keyOf(id: string): string {
  if (!isToken(id)) return id;
  const { tokens, length } = Tokenization.reverseString(id);
  return length === 1 && Reference.isReference(tokens[0]) ? tokens[0].target.node.path : id;
}
