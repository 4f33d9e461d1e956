import { Stack } from 'aws-cdk-lib';
import type { aws_ec2 as ec2, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkIsRole } from '../../identity/private/checks';
import { checkWarmPool } from '../../rules/add-ons';
import { ContainersError } from '../../rules/errors';
import { checkBoolean, checkOptions } from '../../rules/given';
import type { AddOnKind, AddOnRequest } from '../add-on';
import type { AddOnOptions } from '../add-on-options';
import type { Values } from '../private/add-on-configuration';
import { addOnKind, checkAddOnOptions } from '../private/add-on-kind';
import { describeCluster } from '../private/cluster-facts';
import { checkStrings, networkingRole, podSubnets } from '../private/vpc-cni';

/**
 * How security groups of pods work.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/sg-pods-example-deployment.html
 */
export enum PodSecurityGroupMode {
  /** All traffic of the pod goes by its security groups, also that between pods of one node. */
  STRICT = 'strict',
  /**
   * Traffic within a node goes by none, and that which leaves the VPC by those of the node unless `externalSnat` is set. Needed
   * for network policies, for NodeLocal DNSCache, and for services that keep the client's address.
   */
  STANDARD = 'standard',
}

/** What network policies of Kubernetes do. */
export interface NetworkPolicyOptions {
  /**
   * Pods talk with nobody until a policy says so. Each pod then needs one, those of add-ons too, or it does not work.
   * @default false - a new pod may talk with everybody for the moment until its policies are in place
   */
  readonly strict?: boolean;

  /**
   * Writes what was let through and what was not to a log on each node, `/var/log/aws-routed-eni/network-policy-agent.log`.
   * @default false
   */
  readonly logs?: boolean;
}

/** Subnets that only pods use. */
export interface CustomNetworkingOptions {
  /** One in each zone of the nodes, of the cluster's VPC: nodes in other zones get no pods. */
  readonly subnets: ec2.ISubnet[];

  /**
   * The security groups of the pods.
   * @default - those of the node
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** Options of `AddOn.vpcCni`. What they do not cover goes into `configuration`, where values of `env` are strings. */
export interface VpcCniOptions extends AddOnOptions {
  /**
   * A role of yours that trusts `pods.eks.amazonaws.com`, for its service account `aws-node`.
   * @default - one is made
   */
  readonly role?: iam.IRole;

  /**
   * A role for its service account by the OpenID Connect provider of the cluster instead of Pod Identity.
   * @default - Pod Identity
   */
  readonly serviceAccountRole?: iam.IRole;

  /**
   * Has it use the role of the nodes, which must allow it: `NodeRole` with `allowNetworking`. For clusters without the agent of
   * Pod Identity. All pods that reach the role of a node then may change network interfaces.
   * @default false
   */
  readonly useNodeRole?: boolean;

  /**
   * Gives network interfaces 16 addresses at once, so that more pods fit on a node. Needs instances on AWS Nitro, and subnets
   * with blocks of 16 free addresses. Always so with IPv6.
   * @default false
   * @see https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses.html
   */
  readonly prefixDelegation?: boolean;

  /**
   * How many free blocks of 16 addresses wait on a node, with `prefixDelegation`.
   * @default - what the add-on has, 1
   */
  readonly warmPrefixTarget?: number;

  /**
   * How many free network interfaces, with all their addresses, wait on a node.
   * @default - what the add-on has, 1
   */
  readonly warmEniTarget?: number;

  /**
   * How many free addresses wait on a node: saves addresses, and costs calls to EC2, which large clusters should avoid.
   * @default - whole network interfaces or prefixes
   * @see https://docs.aws.amazon.com/eks/latest/best-practices/vpc-cni.html
   */
  readonly warmIpTarget?: number;

  /**
   * How many addresses a node has from the start, with `warmIpTarget`.
   * @default - none beyond the warm ones
   */
  readonly minimumIpTarget?: number;

  /**
   * Enforces network policies of Kubernetes, on Linux nodes of EC2.
   * @default - nobody enforces them
   * @see https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html
   */
  readonly networkPolicy?: NetworkPolicyOptions;

  /**
   * Puts pods into other subnets than their nodes, such as those of a second range of the VPC.
   * @default - the subnets of the nodes
   * @see https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html
   */
  readonly customNetworking?: CustomNetworkingOptions;

  /**
   * Lets a `SecurityGroupPolicy` of Kubernetes give pods security groups of their own. Only on Linux instances that support it,
   * not on those of EKS Auto Mode; the role of the cluster needs `AmazonEKSVPCResourceController`, which that of an `EksCluster`
   * with this in its `addOns` has.
   * @default - pods have the security groups of their nodes
   * @see https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html
   */
  readonly podSecurityGroups?: PodSecurityGroupMode;

  /**
   * Leaves it to a NAT gateway to translate the addresses of pods, so that peered networks see those of the pods.
   * @default false
   * @see https://docs.aws.amazon.com/eks/latest/userguide/external-snat.html
   */
  readonly externalSnat?: boolean;

  /**
   * Gives pods on Windows nodes addresses. The role of the cluster needs `AmazonEKSVPCResourceController`, which that of an
   * `EksCluster` with this in its `addOns` has.
   * @default false
   * @see https://docs.aws.amazon.com/eks/latest/userguide/windows-support.html
   */
  readonly windows?: boolean;

  /**
   * As `prefixDelegation`, for Windows nodes.
   * @default false
   */
  readonly windowsPrefixDelegation?: boolean;
}

const OWN: (keyof VpcCniOptions)[] = [
  'role',
  'serviceAccountRole',
  'useNodeRole',
  'prefixDelegation',
  'warmPrefixTarget',
  'warmEniTarget',
  'warmIpTarget',
  'minimumIpTarget',
  'networkPolicy',
  'customNetworking',
  'podSecurityGroups',
  'externalSnat',
  'windows',
  'windowsPrefixDelegation',
];

export function vpcCni(options: VpcCniOptions): AddOnKind {
  checkVpcCni(options);
  const { role, serviceAccountRole, useNodeRole } = options;
  return addOnKind({
    name: 'vpc-cni',
    options,
    serviceAccountRole,
    controlsInterfaces: options.podSecurityGroups !== undefined || options.windows === true,
    configuration: (scope, request) => configurationOf(scope, options, request),
    associations(scope, { cluster, ipv6 = false }) {
      if (options.windows) describeCluster(cluster, { windows: true });
      if (useNodeRole) return [];
      describeCluster(cluster, { networkingIdentity: true });
      if (serviceAccountRole) return [];
      return [networkingRole(scope, cluster, ipv6, role)];
    },
  });
}

/** @see https://github.com/aws/amazon-vpc-cni-k8s/blob/master/charts/aws-vpc-cni/values.yaml (v1.23) */
function configurationOf(scope: Construct, options: VpcCniOptions, { cluster, ipv6 }: AddOnRequest): Values {
  const { networkPolicy, customNetworking, podSecurityGroups } = options;
  const forIpv4 = { customNetworking, windows: options.windows, externalSnat: options.externalSnat };
  const wrong = Object.entries(forIpv4).find(([, value]) => value);
  if (ipv6 && wrong) {
    throw new ContainersError(
      `${wrong[0]} of AddOn.vpcCni() must not be given with IPv6, which the cluster '${cluster.node.path}' has: it is for IPv4 only, so leave it out`,
    );
  }
  return {
    env: filled({
      // With IPv6 there is nothing else, and EKS sets it.
      ENABLE_PREFIX_DELEGATION: ipv6 ? undefined : text(options.prefixDelegation),
      WARM_PREFIX_TARGET: text(options.warmPrefixTarget),
      WARM_ENI_TARGET: text(options.warmEniTarget),
      WARM_IP_TARGET: text(options.warmIpTarget),
      MINIMUM_IP_TARGET: text(options.minimumIpTarget),
      AWS_VPC_K8S_CNI_EXTERNALSNAT: text(options.externalSnat),
      ENABLE_POD_ENI: podSecurityGroups ? 'true' : undefined,
      POD_SECURITY_GROUP_ENFORCING_MODE: podSecurityGroups,
      NETWORK_POLICY_ENFORCING_MODE: networkPolicy?.strict ? 'strict' : undefined,
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: customNetworking && 'true',
      ENI_CONFIG_LABEL_DEF: customNetworking && 'topology.kubernetes.io/zone',
    }),
    // Without it the kubelet cannot probe pods that have security groups of their own.
    init: podSecurityGroups === PodSecurityGroupMode.STRICT ? { env: { DISABLE_TCP_EARLY_DEMUX: 'true' } } : undefined,
    enableNetworkPolicy: networkPolicy ? 'true' : undefined,
    nodeAgent: networkPolicy?.logs ? { enablePolicyEventLogs: 'true' } : undefined,
    eniConfig: customNetworking && {
      create: true,
      region: Stack.of(scope).region,
      subnets: podSubnets(customNetworking),
    },
    enableWindowsIpam: text(options.windows),
    enableWindowsPrefixDelegation: text(options.windowsPrefixDelegation),
  };
}

/** Nothing when nothing is said. */
function filled(values: Values): Values | undefined {
  return Object.values(values).every((value) => value === undefined) ? undefined : values;
}

/** The schema of the add-on has strings for numbers and for true and false. */
function text(value: number | boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function checkVpcCni(options: VpcCniOptions): void {
  checkAddOnOptions('vpcCni', options, OWN);
  const { role, serviceAccountRole, useNodeRole, configuration, podSecurityGroups } = options;
  const flags = ['useNodeRole', 'prefixDelegation', 'externalSnat', 'windows', 'windowsPrefixDelegation'] as const;
  flags.forEach((name) => checkBoolean(`${name} of AddOn.vpcCni()`, options[name]));
  const { networkPolicy, customNetworking } = options;
  if (networkPolicy !== undefined) checkOptions('networkPolicy', networkPolicy, ['strict', 'logs']);
  if (customNetworking !== undefined) checkOptions('customNetworking', customNetworking, ['subnets', 'securityGroups']);
  const { strict, logs } = networkPolicy ?? {};
  Object.entries({ strict, logs }).forEach(([name, value]) => checkBoolean(`networkPolicy.${name}`, value));
  checkWarmPool(options);
  if (configuration) checkStrings(configuration);
  if (customNetworking) podSubnets(customNetworking);
  checkIsRole('role of AddOn.vpcCni()', role);
  checkIsRole('serviceAccountRole of AddOn.vpcCni()', serviceAccountRole);
  const given = Object.entries({ role, serviceAccountRole, useNodeRole }).flatMap(([name, value]) =>
    value ? name : [],
  );
  if (given.length > 1) {
    throw new ContainersError(
      `AddOn.vpcCni() must have one identity, got ${given.join(' and ')}: remove all but one of them`,
    );
  }
  if (podSecurityGroups !== undefined && !Object.values(PodSecurityGroupMode).includes(podSecurityGroups)) {
    throw new ContainersError(
      `podSecurityGroups must be a PodSecurityGroupMode, got '${String(podSecurityGroups)}': use PodSecurityGroupMode.STRICT or STANDARD`,
    );
  }
  if (!options.windowsPrefixDelegation || options.windows) return;
  throw new ContainersError('windowsPrefixDelegation must be given with windows, got it without: set windows to true');
}
