import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { identityOf } from '../../identity/private/cluster-key';
import { ContainersError, isToken } from '../../rules/errors';
import { checkGiven } from '../../rules/given';
import { checkPrincipalArn, UNKNOWN } from '../../rules/kubernetes-access';

/** The ARN of whom an access entry is for: one role or one user. */
export function principalArn(scope: IConstruct, principal: iam.IPrincipal): string {
  checkGiven('principal', principal);
  const fragment = (principal.grantPrincipal ?? principal).policyFragment;
  if (fragment === undefined) {
    throw new ContainersError(
      `principal must be a role, a user or an iam.ArnPrincipal, got ${typeof principal}: write new iam.ArnPrincipal(…)`,
    );
  }
  const { principalJson, conditions } = fragment;
  const kinds = Object.keys(principalJson);
  const arns = principalJson.AWS ?? [];
  if ('groupArn' in principal || kinds.join() !== 'AWS' || arns.length !== 1) {
    const got = 'groupArn' in principal ? 'a group' : `${arns.length > 1 ? 'several of ' : ''}${kinds.join(' and ')}`;
    throw new ContainersError(`principal must be one IAM role or user, got ${got}: make a ClusterAccess for each role`);
  }
  if (Object.keys(conditions).length > 0) {
    throw new ContainersError(
      `principal must have no conditions, got ${Object.keys(conditions).join(', ')}: EKS knows none, so put them into the trust policy of the role`,
    );
  }
  checkPrincipalArn(textOf(scope, arns[0]));
  return arns[0];
}

/** A text that stays the same while cluster and principal do: an entry cannot be made before its predecessor is gone. */
export function entryHash(scope: IConstruct, { clusterName }: eks.ICluster, arn: string): string {
  const stack = Stack.of(scope);
  const byLogicalId = (target: IConstruct, attribute = '') => {
    const home = Stack.of(target);
    const prefix = home === stack ? '' : isToken(home.stackName) ? home.node.path : home.stackName;
    return [prefix, JSON.stringify(home.resolve(logicalIdOf(target))), attribute].join('.');
  };
  const names = [clusterName, arn].map((each) => identityOf(scope, each, byLogicalId));
  return createHash('sha256').update(names.join(' ')).digest('hex').slice(0, 16);
}

function logicalIdOf(target: IConstruct): unknown {
  return 'logicalId' in target ? target.logicalId : target.node.path;
}

/** As an error shows it: what is not known is not told. */
function textOf(scope: IConstruct, value: unknown): string {
  const resolved: unknown = Stack.of(scope).resolve(value);
  if (typeof resolved === 'string') return resolved;
  const join = (resolved as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  if (join?.[0] !== '') return UNKNOWN;
  return join[1].map((part) => (typeof part === 'string' ? part : UNKNOWN)).join('');
}
