import { aws_eks_v2 as eks, Stack, Validations } from 'aws-cdk-lib';
import type { aws_ec2 as ec2, aws_iam as iam, CfnResource } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { FargatePodRole } from '../../identity/fargate-pod-role';
import { clusterKey, clusterNameKey } from '../../identity/private/cluster-key';
import { isOneEnvironment } from '../../rules/environments';
import { checkSelectors, isWithoutFargate, overQuota } from '../../rules/fargate-pods';
import { resourcesOf } from '../../rules/resources';
import type { FargateSelector } from '../fargate-selector';
import { checkRoleOfPods } from './fargate-role';
import { chooseFargateSubnets } from './fargate-subnets';

const TYPE = 'AWS::EKS::FargateProfile';

/** What a Fargate profile is made of. */
export interface FargateProfileOptions {
  readonly cluster: eks.ICluster;
  readonly selectors: FargateSelector[];
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly role?: iam.IRole;
  readonly fargateProfileName?: string;
}

/** A Fargate profile and the role that starts its pods. */
export interface MadeFargateProfile {
  readonly profile: eks.CfnFargateProfile;
  readonly role: iam.IRole;
}

/** What the pods of a cluster that has nothing but Fargate need. */
export interface SystemPodsOptions extends Pick<FargateProfileOptions, 'cluster' | 'vpcSubnets'> {
  readonly vpc: ec2.IVpc;
}

/** The profile for what every cluster runs, CoreDNS first of all. It waits for no add-on: they wait for it. */
export function newSystemPods(scope: Construct, id: string, options: SystemPodsOptions): MadeFargateProfile {
  return newFargateProfile(scope, id, { ...options, selectors: [{ namespace: 'kube-system' }] });
}

/**
 * A Fargate profile with no name, so that a changed one takes the place of the old one. It waits for the other profiles of its
 * cluster in the stack: EKS makes and deletes one at a time.
 */
export function newFargateProfile(scope: Construct, id: string, options: FargateProfileOptions): MadeFargateProfile {
  const { cluster, selectors } = options;
  checkSelectors(selectors);
  if (options.role !== undefined) checkRoleOfPods(options.role);
  const { subnetIds, internetConnectivityEstablished } = chooseFargateSubnets(cluster, options);
  const role = options.role ?? new FargatePodRole(scope, 'Role', { cluster });
  const previous = profilesOf(scope, cluster).filter((profile) => Stack.of(profile) === Stack.of(scope));
  warnOfLimits(scope, selectors, previous.length + 1);

  const profile = new eks.CfnFargateProfile(scope, id, {
    clusterName: cluster.clusterName,
    podExecutionRoleArn: role.roleArn,
    selectors: selectors.map(({ namespace, labels }) => ({
      namespace,
      labels: labels && Object.entries(labels).map(([key, value]) => ({ key, value })),
    })),
    subnets: subnetIds,
    fargateProfileName: options.fargateProfileName,
  });
  // Pods pull their images through it.
  profile.node.addDependency(internetConnectivityEstablished);
  profile.node.addDependency(...previous.filter((each) => !previous.some((other) => waitsFor(other, each))));
  scope.node.addValidation({
    validate() {
      warnOfOthers(scope, profile, cluster);
      return [];
    },
  });
  return { profile, role };
}

function warnOfLimits(scope: Construct, selectors: FargateSelector[], profiles: number): void {
  const over = overQuota(selectors, profiles);
  if (over) {
    Validations.of(scope).addWarning(
      'cdk-containers:FargateQuota',
      `'${scope.node.path}' brings ${over}, unless AWS raised the quota of the account: use wildcards, more labels on the pods, or fewer profiles.`,
    );
  }
  const { region } = Stack.of(scope);
  if (!isWithoutFargate(region)) return;
  Validations.of(scope).addWarning(
    'cdk-containers:FargateRegion',
    `EKS was not known to have Fargate in ${region} when this library was made: use node groups there, or acknowledge this if it has come.`,
  );
}

/** EKS refuses to make two profiles of a cluster at once, and only the order of a deployment keeps them apart. */
function warnOfOthers(scope: Construct, profile: eks.CfnFargateProfile, cluster: eks.ICluster): void {
  const other = profilesOf(scope, cluster).find((each) => each !== profile && !isApart(profile, each));
  if (!other) return;
  Validations.of(scope).addWarning(
    'cdk-containers:FargateProfilesAtOnce',
    `'${profile.node.path}' and '${other.node.path}' are Fargate profiles of one cluster that may be made at the same time, which EKS refuses: let one depend on the other, or its stack.`,
  );
}

function isApart(one: eks.CfnFargateProfile, other: eks.CfnFargateProfile): boolean {
  const [ours, theirs] = [Stack.of(one), Stack.of(other)];
  if (waitsFor(one, other) || waitsFor(other, one)) return true;
  if (ours === theirs) return false;
  return !isOneEnvironment(ours, theirs) || dependsOn(ours, theirs) || dependsOn(theirs, ours);
}

function dependsOn(one: Stack, other: Stack): boolean {
  if (other.nestedStackResource && nestedDependencies(one).includes(other.nestedStackResource)) return true;
  return one.dependencies.some((stack) => stack === other || dependsOn(stack, other));
}

/** Nested stacks of one stack wait for each other by the resources that stand for them. */
function nestedDependencies({ nestedStackResource }: Stack): unknown[] {
  return (nestedStackResource as CfnResource | undefined)?.obtainDependencies() ?? [];
}

/** True when a profile is made after another one, directly or by others between them. */
function waitsFor(one: IConstruct, other: IConstruct, seen = new Set<IConstruct>()): boolean {
  if (seen.has(one)) return false;
  seen.add(one);
  return dependenciesOf(one).some((each) => each === other || waitsFor(each, other, seen));
}

/** The profiles on which one depends, or what it stands in. */
function dependenciesOf(one: IConstruct): IConstruct[] {
  const direct = one.node.scopes.flatMap(({ node }) => node.dependencies);
  return direct.flatMap((each) => resourcesOf<eks.CfnFargateProfile>(each, TYPE)).filter((each) => each !== one);
}

/** All Fargate profiles of a cluster in the app, whoever made them. */
function profilesOf(scope: Construct, cluster: eks.ICluster): eks.CfnFargateProfile[] {
  const key = clusterKey(cluster);
  const all = resourcesOf<eks.CfnFargateProfile>(scope.node.root, TYPE);
  return all.filter((profile) => clusterNameKey(profile, profile.clusterName) === key);
}
