import { Reference, Stack, Tokenization } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { topOf } from '../../rules/environments';
import { isToken } from '../../rules/errors';

/** What a reference to a resource of this app is called. */
type Name = (target: IConstruct, attribute: string | undefined) => string;

/**
 * One text for a name or an ARN however it is reached: tokens that mean the same are the same, and so are ARNs with and
 * without a token for the partition or the account of the stack.
 */
export function identityOf(scope: IConstruct, value: string, name: Name = byPath): string {
  const stack = Stack.of(scope);
  const text = value.replace(TOKEN, (marker) => {
    const token = Tokenization.reverseString(marker).firstToken;
    if (Reference.isReference(token)) return name(token.target, attributeOf(token));
    const resolved: unknown = stack.resolve(token);
    return typeof resolved === 'string' ? resolved : JSON.stringify(resolved);
  });
  const account = isToken(stack.account) ? ACCOUNT : stack.account;
  return text.replace(PARTITION, 'arn:*:').replaceAll(ACCOUNT, account);
}

/** One text for a cluster of this app, or for one of somebody else in a known place. */
export function clusterKey(cluster: eks.ICluster): string {
  return clusterNameKey(cluster, cluster.clusterName);
}

/** The same for the name of a cluster of the account and region of a construct. */
export function clusterNameKey(scope: IConstruct, clusterName: string): string {
  const identity = identityOf(scope, clusterName);
  if (isToken(clusterName)) return identity;
  const top = topOf(scope);
  const isKnown = !isToken(top.account) && !isToken(top.region);
  return `${identity}@${isKnown ? `${top.account}/${top.region}` : top.node.path}`;
}

function byPath({ node }: IConstruct, attribute: string | undefined): string {
  return attribute === undefined ? node.path : `${node.path}.${attribute}`;
}

/** `Ref` and the ARN of a resource mean the resource itself. */
function attributeOf({ displayName }: Reference): string | undefined {
  return displayName === 'Ref' || displayName === 'Arn' ? undefined : displayName;
}

const TOKEN = /\$\{Token\[[^\]]*\]\}/g;
const PARTITION = /^arn:(\{"Ref":"AWS::Partition"\}|aws[a-z-]*):/;
const ACCOUNT = '{"Ref":"AWS::AccountId"}';
