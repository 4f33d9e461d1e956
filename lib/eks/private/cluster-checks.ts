import { Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkOneOf } from '../../rules/choices';
import {
  checkClusterName,
  checkLogs,
  checkRollbackTimeout,
  checkTuning,
  isUnknownTier,
  unusualTuning,
} from '../../rules/eks-clusters';
import type { Tuning } from '../../rules/eks-clusters';
import { checkPublicSources, isEverybody } from '../../rules/eks-networks';
import { agedVersion, minorVersion } from '../../rules/eks-versions';
import { checkSamePlace } from '../../rules/environments';
import { ContainersError, isToken } from '../../rules/errors';
import { checkBoolean, checkGiven, checkList, checkOptions } from '../../rules/given';
import { checkMade } from '../../rules/self-managed-nodes';
import type { ControlPlaneOptions } from '../control-plane-options';
import type { EksClusterProps } from '../eks-cluster-props';
import { checkAddOns } from './add-ons';

const SWITCHES = ['deletionProtection', 'encryptSecrets', 'extendedSupport', 'zonalShift'] as const;
const FAMILIES = ['ipv4', 'ipv6'];
const EGRESS = ['AWS_MANAGED', 'CUSTOMER_ROUTED'];
const KEY = 'a key such as new kms.Key(…)';
const CONTROL_PLANE = [
  ...['activeCertificateAuthorityId', 'egress', 'eventRetention', 'forceVersionUpdate', 'gatewayApi', 'nodePorts'],
  ...['packNodes', 'podAutoscalerSyncPeriod', 'schedulerWeights', 'terminatedPodsKept', 'versionRollbackTimeout'],
];
const CONTROL_PLANE_SWITCHES = ['forceVersionUpdate', 'gatewayApi', 'packNodes'] as const;

/** Fails for what EKS refuses, and for what only JavaScript lets pass. */
export function checkCluster(scope: Construct, props: EksClusterProps): void {
  checkGiven('vpc', props.vpc);
  checkParts(props);
  checkSamePlace('vpc', props.vpc.env, 'the cluster', Stack.of(scope));
  checkVersion(props);
  SWITCHES.forEach((name) => checkBoolean(name, props[name]));
  checkList('admins', props.admins);
  checkAddOns(props.addOns);
  checkCompute(props);
  if (props.ipFamily !== undefined) checkOneOf('ipFamily', props.ipFamily, FAMILIES);
  checkClusterName(props.clusterName);
  checkPublicSources(props.publicAccessFrom, isIPv6(props));
  checkKey(scope, props);
  const { logRetention, logEncryptionKey } = props;
  if (props.logTypes !== undefined) checkLogs(props.logTypes, { logRetention, logEncryptionKey });
  if (!isIPv6(props) || !Stack.of(scope).region.startsWith('cn-')) return;
  throw new ContainersError(
    `ipFamily must be eks.IpFamily.IP_V4 in China, where EKS has no IPv6, got the region ${Stack.of(scope).region}`,
  );
}

/** Fails for what is not what it should be. */
function checkParts(props: EksClusterProps): void {
  const { vpc, role, securityGroup, logEncryptionKey, controlPlaneScalingTier: tier } = props;
  checkMade('vpc', vpc.vpcId, vpc, 'a network such as new ec2.Vpc(…)');
  checkMade('role', role?.roleArn, role, "a role such as iam.Role.fromRoleName(…, 'cluster')");
  const group = securityGroup?.securityGroupId;
  checkMade('securityGroup', group, securityGroup, 'a group such as new ec2.SecurityGroup(…)');
  checkMade('logEncryptionKey', logEncryptionKey?.keyArn, logEncryptionKey, KEY);
  checkMade('controlPlaneScalingTier', tier?.value, tier, 'such as eks.ControlPlaneScalingTier.XL');
}

/** Whether services and pods have IPv6 addresses. */
export function isIPv6({ ipFamily }: EksClusterProps): boolean {
  return String(ipFamily) === 'ipv6';
}

function checkVersion({ version }: EksClusterProps): void {
  if (typeof version?.version !== 'string') {
    const got = typeof version === 'string' ? `'${String(version)}'` : String(version);
    throw new ContainersError(`version must be such as eks.KubernetesVersion.V1_36, got ${got}`);
  }
  minorVersion(version.version);
}

function checkCompute({ compute }: EksClusterProps): void {
  if (compute === undefined || typeof compute?._bind === 'function') return;
  throw new ContainersError(`compute must be such as ClusterCompute.autoMode(), got ${String(compute)}`);
}

function checkKey(scope: Construct, { encryptSecrets, secretsEncryptionKey }: EksClusterProps): void {
  if (!secretsEncryptionKey) return;
  if (encryptSecrets === false) {
    throw new ContainersError('secretsEncryptionKey must be left out when encryptSecrets is false, got both');
  }
  checkMade('secretsEncryptionKey', secretsEncryptionKey.keyArn, secretsEncryptionKey, KEY);
  const { account, region } = Stack.of(scope);
  checkSamePlace('secretsEncryptionKey', { account, region: secretsEncryptionKey.env.region }, 'the cluster', {
    account,
    region,
  });
}

/** Fails for options of the control plane that EKS refuses. */
export function checkControlPlane(
  options: ControlPlaneOptions,
  { version, autoMode }: { readonly version: string; readonly autoMode: boolean },
): void {
  checkOptions('controlPlane', options, CONTROL_PLANE);
  if (options.egress !== undefined) checkOneOf('egress', options.egress, EGRESS);
  CONTROL_PLANE_SWITCHES.forEach((name) => checkBoolean(name, options[name]));
  checkRollbackTimeout(options.versionRollbackTimeout);
  checkTuning(tuningOf(options), minorVersion(version));
  if (!options.gatewayApi || autoMode) return;
  throw new ContainersError(
    'gatewayApi needs ClusterCompute.autoMode(): elsewhere, the AWS Load Balancer Controller brings the Gateway API',
  );
}

function tuningOf(options: ControlPlaneOptions): Tuning {
  const { eventRetention, nodePorts, podAutoscalerSyncPeriod, terminatedPodsKept, packNodes } = options;
  return {
    eventRetention,
    nodePorts,
    podAutoscalerSyncPeriod,
    terminatedPodsKept,
    packNodes,
    schedulerWeights: options.schedulerWeights,
  };
}

/** Warns of what may be right. */
export function warnOfCluster(scope: Construct, props: EksClusterProps): void {
  const validations = Validations.of(scope);
  const aged = agedVersion(props.version.version);
  if (aged) validations.addWarning(`cdk-containers:${aged.id}`, aged.message);
  const { publicAccessFrom = [], controlPlaneScalingTier: tier, controlPlane = {} } = props;
  if (!isToken(publicAccessFrom) && isEverybody(publicAccessFrom)) {
    validations.addWarning(
      'cdk-containers:ClusterPublicToAll',
      'everybody on the internet can reach the API of Kubernetes, where only its authentication stops them: name the addresses that need it in publicAccessFrom.',
    );
  }
  if (tier && isUnknownTier(tier.value)) {
    validations.addWarning(
      'cdk-containers:ClusterScalingTier',
      `'${tier.value}' is none of the scaling tiers that were known in November 2026: standard, tier-xl, tier-2xl, tier-4xl, tier-8xl.`,
    );
  }
  const unusual = unusualTuning(tuningOf(controlPlane));
  if (unusual) validations.addWarning('cdk-containers:ClusterTuning', `${unusual}.`);
}
