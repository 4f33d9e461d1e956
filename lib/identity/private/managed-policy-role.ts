import { Aws, aws_iam as iam, Resource, Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError } from '../../rules/errors';
import { checkRole, PolicyMeter } from '../../rules/policies';
import type { RoleOptions } from '../role-options';

/** What a role is. */
interface RoleSettings extends RoleOptions {
  readonly description: string;
  /** Who assumes it. */
  readonly assumedBy: iam.PrincipalBase;
}

/**
 * A role that writes every grant to customer managed policies.
 *
 * CDK's own `Role` writes inline policies, which auditors refuse. This one is an `iam.IRole`, so every
 * L2 grant works on it. It creates no policy before the first grant, and a further one when the size
 * limit of a policy is near.
 *
 * @internal
 */
export class ManagedPolicyRole extends Resource implements iam.IRole {
  /** The role, to which nothing inline is attached. */
  public readonly role: iam.Role;
  public readonly roleArn: string;
  public readonly roleName: string;
  public readonly roleRef: iam.RoleReference;
  public readonly assumeRoleAction: string;
  public readonly principalAccount: string | undefined;
  public readonly grantPrincipal: iam.IPrincipal = this;
  private readonly managedPolicies: iam.ManagedPolicy[] = [];
  private readonly path?: string;
  private meter?: PolicyMeter;

  constructor(scope: Construct, id: string, settings: RoleSettings) {
    super(scope, id);
    const { description, assumedBy, path, permissionsBoundary, trustConditions = {} } = settings;
    checkConditions(trustConditions);
    checkRole({ path, has: assumedBy.policyFragment.conditions, trustConditions });
    this.path = path;
    this.role = new iam.Role(this, 'Role', {
      description,
      assumedBy: assumedBy.withConditions(trustConditions),
      path,
      permissionsBoundary,
    });
    this.roleArn = this.role.roleArn;
    this.roleName = this.role.roleName;
    this.roleRef = this.role.roleRef;
    this.assumeRoleAction = this.role.assumeRoleAction;
    this.principalAccount = this.role.principalAccount;
  }

  public get policyFragment(): iam.PrincipalPolicyFragment {
    return this.role.policyFragment;
  }

  /** The customer managed policies that hold the grants: none before the first grant. */
  public get policies(): iam.ManagedPolicy[] {
    return [...this.managedPolicies];
  }

  /** Adds a statement to the role's customer managed policy. */
  public addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    const policy = this.policyFor(statement);
    policy.addStatements(statement);
    return { statementAdded: true, policyDependable: policy };
  }

  /** Adds a statement to the role's customer managed policy. Kept for L2s that still call the older name. */
  public addToPolicy(statement: iam.PolicyStatement): boolean {
    return this.addToPrincipalPolicy(statement).statementAdded;
  }

  /** Attaches a policy of yours. */
  public addManagedPolicy(policy: iam.IManagedPolicy): void {
    this.role.addManagedPolicy(policy);
  }

  /** Attaches an inline policy of yours: audit packs refuse those, grants never make one. */
  public attachInlinePolicy(policy: iam.Policy): void {
    this.role.attachInlinePolicy(policy);
  }

  /** Grants actions on this role to someone else. */
  public grant(grantee: iam.IPrincipal, ...actions: string[]): iam.Grant {
    return this.role.grant(grantee, ...actions);
  }

  /** Lets someone else hand this role to a task. */
  public grantPassRole(grantee: iam.IPrincipal): iam.Grant {
    return this.role.grantPassRole(grantee);
  }

  /** Lets someone else assume this role. */
  public grantAssumeRole(grantee: iam.IPrincipal): iam.Grant {
    return this.role.grantAssumeRole(grantee);
  }

  private policyFor(statement: iam.PolicyStatement): iam.ManagedPolicy {
    const json = statement.toStatementJson();
    const current = this.managedPolicies.at(-1);
    if (current && this.meter?.add(json)) return current;

    const number = this.managedPolicies.length;
    const next = new iam.ManagedPolicy(this, number === 0 ? 'Policy' : `Policy${number + 1}`, {
      document: new iam.PolicyDocument({ minimize: true }),
      path: this.path,
      // From the policy to the role: the other way round is a cycle as soon as a key policy names the role.
      roles: [this.role],
    });
    this.managedPolicies.push(next);
    if (this.managedPolicies.length === POLICIES_OF_A_ROLE + 1) this.warnOfPolicies();
    this.meter = new PolicyMeter(TOKEN_CHARACTERS + this.stack.stackName.length);
    this.meter.add(json);
    return next;
  }

  private warnOfPolicies(): void {
    Validations.of(this).addWarning(
      'cdk-containers:RolePolicies',
      `the grants of '${this.node.path}' need more than ${POLICIES_OF_A_ROLE} policies, which is what IAM attaches to a role unless the quota of the account is raised: give the role to fewer tasks, or grant by prefix or tag instead of one by one.`,
    );
  }
}

function checkConditions(conditions: unknown): void {
  const isMap = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isMap(conditions) && Object.values(conditions as object).every(isMap)) return;
  throw new ContainersError(
    "trustConditions must be keys by operator, got something else: write { StringEquals: { 'aws:PrincipalOrgID': 'o-…' } }",
  );
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const POLICIES_OF_A_ROLE = 10;

/** What a token resolves to beside the stack's name: the head of an ARN, a logical id and a random part. */
const TOKEN_CHARACTERS = 100;

/**
 * A role of tasks is for tasks of this account and region only.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#create_task_iam_policy_and_role
 */
export function ecsTasks(scope: Construct): iam.ServicePrincipal {
  return ofThisAccount('ecs-tasks.amazonaws.com', Stack.of(scope).formatArn({ service: 'ecs', resource: '*' }));
}

/** A service that may assume a role for one kind of resource of this account only. */
export function ofThisAccount(service: string, sourceArn: string): iam.ServicePrincipal {
  return new iam.ServicePrincipal(service, {
    conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID }, ArnLike: { 'aws:SourceArn': sourceArn } },
  });
}
