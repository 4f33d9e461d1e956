import { aws_eks_v2 as eks, Stack } from 'aws-cdk-lib';
import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkValues, merge, toJson } from './add-on-configuration';
import type { Values } from './add-on-configuration';
import { rememberRoles } from './add-on-identity';
import type { Association } from './add-on-identity';
import { checkAddOnVersion, factsOfAddOn } from '../../rules/add-ons';
import { checkOneOf } from '../../rules/choices';
import { ContainersError, isToken } from '../../rules/errors';
import { checkBoolean, checkOptions } from '../../rules/given';
import type { AddOnKind, AddOnRequest } from '../add-on';
import { AddOnConflicts } from '../add-on-options';
import type { AddOnOptions } from '../add-on-options';

/** What an add-on is, beside what all have in common. */
export interface AddOnParts {
  readonly name: string;
  readonly options: AddOnOptions;
  /** Where the table does not say it. */
  readonly needsNodes?: boolean;
  readonly controlsInterfaces?: boolean;
  readonly namespace?: string;
  readonly serviceAccountRole?: iam.IRole;
  /** The values that typed options write. Fails for a cluster that cannot have them. */
  configuration?(scope: Construct, request: AddOnRequest): Values;
  /** Its service accounts that call AWS. */
  associations?(scope: Construct, request: AddOnRequest): Association[];
}

const COMMON = ['version', 'configuration', 'resolveConflicts', 'preserveOnDelete'];

/** Fails for what are no options, and for one that there is not, which would be ignored. */
export function checkAddOnOptions<T extends AddOnOptions>(
  factory: string,
  options: T,
  own: (keyof T & string)[],
): void {
  checkOptions(`AddOn.${factory}`, options, [...COMMON, ...own]);
}

/** A kind of add-on: what a file in add-ons/ is about, made the same for all. */
export function addOnKind(parts: AddOnParts): AddOnKind {
  const { name, options } = parts;
  checkAddOnVersion(name, options.version);
  checkCommon(name, options);
  return {
    name,
    needsNodes: parts.needsNodes ?? factsOfAddOn(name)?.needsNodes ?? true,
    controlsInterfaces: parts.controlsInterfaces,
    bind(scope, request) {
      const values = merge(parts.configuration?.(scope, request) ?? {}, options.configuration ?? {});
      const associations = parts.associations?.(scope, request) ?? [];
      checkPlace(name, request, associations);
      const addon = new eks.CfnAddon(scope, 'Resource', {
        addonName: name,
        addonVersion: options.version,
        clusterName: request.cluster.clusterName,
        configurationValues: toJson(scope, values),
        namespaceConfig: parts.namespace === undefined ? undefined : { namespace: parts.namespace },
        podIdentityAssociations: associations.length === 0 ? undefined : associations.map(associationOf),
        preserveOnDelete: options.preserveOnDelete,
        resolveConflicts: options.resolveConflicts ?? AddOnConflicts.OVERWRITE,
        serviceAccountRoleArn: parts.serviceAccountRole?.roleArn,
      });
      // Pods that start before their policies are attached fail, and stay so for a while.
      const roles = [...associations.map(({ role }) => role), parts.serviceAccountRole];
      addon.node.addDependency(...roles.flatMap((role) => (isBeside(addon, role) ? role : [])));
      rememberRoles(addon, associations);
      return addon;
    },
  };
}

function associationOf({ serviceAccount, role }: Association): eks.CfnAddon.PodIdentityAssociationProperty {
  return { serviceAccount, roleArn: role.roleArn };
}

/** A role of another stack is there as soon as its stack is; to wait for it could close a circle of stacks. */
function isBeside(addon: eks.CfnAddon, role: iam.IRole | undefined): role is iam.IRole {
  return role !== undefined && Stack.of(role) === Stack.of(addon);
}

function checkCommon(name: string, options: AddOnOptions): void {
  const { configuration, resolveConflicts, preserveOnDelete } = options;
  if (configuration !== undefined) checkValues(`the configuration of the add-on '${name}'`, configuration);
  checkBoolean(`preserveOnDelete of the add-on '${name}'`, preserveOnDelete);
  if (resolveConflicts === undefined || isToken(resolveConflicts)) return;
  checkOneOf(`resolveConflicts of the add-on '${name}'`, resolveConflicts, Object.values(AddOnConflicts));
}

/** @see https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html#pod-id-considerations */
function checkPlace(name: string, { cluster, fargateOnly }: AddOnRequest, associations: Association[]): void {
  if (!fargateOnly || associations.length === 0 || factsOfAddOn(name)?.daemon) return;
  throw new ContainersError(
    `the add-on '${name}' must have a serviceAccountRole on Fargate, got identities for the cluster '${cluster.node.path}', which has nothing else: Pod Identity does not reach pods there`,
  );
}
