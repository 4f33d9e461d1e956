import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { isOfType, referencesIn, resourcesOf } from './references';
import { actionsOfManagedPolicy } from '../../rules/endpoints';

/** A policy of the app, and whom it is attached to: roles of the app, or the names of others. */
interface AttachedPolicy {
  readonly resource: CfnResource;
  readonly roles: (IConstruct | string)[];
  readonly actions: string[];
}

/** What the roles of an app may do, as far as the app says. */
export class RoleActions {
  private readonly policies: AttachedPolicy[];

  constructor(app: IConstruct) {
    this.policies = [iam.CfnPolicy, iam.CfnManagedPolicy].flatMap(({ CFN_RESOURCE_TYPE_NAME }) =>
      resourcesOf<iam.CfnPolicy | iam.CfnManagedPolicy>(app, CFN_RESOURCE_TYPE_NAME).map((resource) => ({
        resource,
        roles: [...referencesIn(resource, resource.roles), ...literalsIn(resource, resource.roles)],
        actions: actionsIn(resource, resource.policyDocument),
      })),
    );
  }

  /** What a role may do that is given by its ARN or its name. */
  public of(scope: IConstruct, role: unknown): string[] {
    const references = referencesIn(scope, role);
    const names = literalsIn(scope, [role]).map((arn) => arn.slice(arn.lastIndexOf('/') + 1));
    const attached = this.policies.filter(({ roles }) => roles.some((of) => [...references, ...names].includes(of)));
    return [...attached.flatMap(({ actions }) => actions), ...references.flatMap((it) => this.ofResource(it))];
  }

  /** What the resource of a role says itself. */
  private ofResource(role: IConstruct): string[] {
    if (!isOfType(role, iam.CfnRole.CFN_RESOURCE_TYPE_NAME)) return [];
    const { managedPolicyArns, policies } = role as iam.CfnRole;
    const mine = referencesIn(role, managedPolicyArns);
    const inline = (Stack.of(role).resolve(policies) ?? []) as { readonly policyDocument?: unknown }[];
    return [
      ...this.policies.filter(({ resource }) => mine.includes(resource)).flatMap(({ actions }) => actions),
      ...inline.flatMap(({ policyDocument }) => actionsIn(role, policyDocument)),
      ...((Stack.of(role).resolve(managedPolicyArns) ?? []) as unknown[])
        .map((arn) => /policy\/[^"]*/.exec(JSON.stringify(arn))?.[0] ?? '')
        .flatMap(actionsOfManagedPolicy),
    ];
  }
}

/** What is written out in a list, and no token. */
function literalsIn(scope: IConstruct, list: unknown): string[] {
  const resolved: unknown = Stack.of(scope).resolve(list);
  return Array.isArray(resolved) ? resolved.filter((each) => typeof each === 'string') : [];
}

/** The actions that a policy allows. */
function actionsIn(scope: IConstruct, document: unknown): string[] {
  const resolved = Stack.of(scope).resolve(document) as
    { readonly Statement?: StatementJson | StatementJson[] } | undefined;
  return [resolved?.Statement ?? []]
    .flat()
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action }) => Action ?? [])
    .filter((action) => typeof action === 'string');
}

interface StatementJson {
  readonly Effect?: string;
  readonly Action?: string | string[];
}
