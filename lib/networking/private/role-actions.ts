import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { referencesIn } from './references';
import { actionsOfManagedPolicy } from '../../rules/endpoints';
import { isOfType } from '../../rules/resources';

/**
 * What the roles of an app may do, as far as the app says at this moment. It takes a look at all of the app, so one is for
 * all workloads, and for no longer than that: a grant may come later.
 */
export class RoleActions {
  /** By the policy, and by whom it is attached to: roles of the app, or the names of others. */
  private readonly actions = new Map<IConstruct | string, string[]>();

  constructor(app: IConstruct) {
    for (const resource of app.node.findAll().filter(isPolicy)) {
      const { roles, policyDocument } = resource;
      const actions = actionsIn(resource, policyDocument);
      [resource, ...referencesIn(resource, roles), ...literalsIn(resource, roles)].forEach((key) =>
        this.actions.set(key, [...this.allowedBy(key), ...actions]),
      );
    }
  }

  /** What a role may do that is given by its ARN or its name. */
  public of(scope: IConstruct, role: unknown): string[] {
    const references = referencesIn(scope, role);
    const names = literalsIn(scope, [role]).map((arn) => arn.slice(arn.lastIndexOf('/') + 1));
    const attached = [...references, ...names].flatMap((key) => this.allowedBy(key));
    return [...attached, ...references.flatMap((it) => this.ofResource(it))];
  }

  private allowedBy(policyOrRole: IConstruct | string): string[] {
    return this.actions.get(policyOrRole) ?? [];
  }

  /** What the resource of a role says itself. */
  private ofResource(role: IConstruct): string[] {
    if (!isOfType(role, iam.CfnRole.CFN_RESOURCE_TYPE_NAME)) return [];
    const { managedPolicyArns, policies } = role as iam.CfnRole;
    const mine = referencesIn(role, managedPolicyArns);
    const inline = (Stack.of(role).resolve(policies) ?? []) as { readonly policyDocument?: unknown }[];
    return [
      ...mine.flatMap((policy) => this.allowedBy(policy)),
      ...inline.flatMap(({ policyDocument }) => actionsIn(role, policyDocument)),
      ...((Stack.of(role).resolve(managedPolicyArns) ?? []) as unknown[])
        .map((arn) => /policy\/[^"]*/.exec(JSON.stringify(arn))?.[0] ?? '')
        .flatMap(actionsOfManagedPolicy),
    ];
  }
}

function isPolicy(construct: IConstruct): construct is iam.CfnPolicy | iam.CfnManagedPolicy {
  return [iam.CfnPolicy, iam.CfnManagedPolicy].some((type) => isOfType(construct, type.CFN_RESOURCE_TYPE_NAME));
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
