import type { aws_ec2 as ec2, aws_eks_v2 as eks, aws_iam as iam, aws_kms as kms, aws_logs as logs } from 'aws-cdk-lib';
import type { AddOn } from './add-on';
import type { ClusterCompute } from './cluster-compute';
import type { ControlPlaneOptions } from './control-plane-options';

/** Properties of an `EksCluster`. */
export interface EksClusterProps {
  /**
   * The network. Its subnets of this app are tagged so that load balancers of Kubernetes find them
   * (`kubernetes.io/role/internal-elb`, `kubernetes.io/role/elb`), in whichever stack they are; imported ones cannot be.
   * @see https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
   */
  readonly vpc: ec2.IVpc;

  /**
   * Where the network interfaces of the control plane stand: two subnets in two zones at least.
   * @default - the private subnets, or the isolated ones of a VPC that has no others
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The version of Kubernetes. Raise it one minor version at a time, and that of nodes afterwards.
   * @see https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
   */
  readonly version: eks.KubernetesVersion;

  /**
   * Who may do everything in the cluster, from the first minute on: roles mostly. Whoever deploys the cluster is no
   * administrator of it. Others come in with `ClusterAccess`.
   * @default - nobody, which is warned of unless a `ClusterAccess` names somebody
   */
  readonly admins?: iam.IPrincipal[];

  /**
   * Add-ons that run before nodes, or without them. One of the same name replaces one that the compute needs. What needs nodes
   * belongs into the `addOns` of the nodes.
   * @default - those that the compute needs
   */
  readonly addOns?: AddOn[];

  /**
   * What pods run on.
   * @default ClusterCompute.nodeGroups()
   */
  readonly compute?: ClusterCompute;

  /**
   * The CIDR blocks from which the API of Kubernetes can be reached over the internet. From the VPC, and from what is connected
   * with it, it always can.
   * @default - nobody on the internet
   * @see https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
   */
  readonly publicAccessFrom?: string[];

  /**
   * Encrypts the secrets of Kubernetes with a key of yours, on top of the encryption of AWS for everything. It cannot be turned
   * off, and CloudFormation would replace the cluster to turn it on later.
   * @default true
   * @see https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html
   */
  readonly encryptSecrets?: boolean;

  /**
   * The key for the secrets, of the region of the cluster. Whoever deploys needs `kms:DescribeKey` and `kms:CreateGrant` on it.
   * @default - a key of its own that is rotated each year and kept when the stack is deleted, 1 USD a month
   */
  readonly secretsEncryptionKey?: kms.IKey;

  /**
   * What the control plane writes to CloudWatch Logs. An empty list turns it off.
   * @default - all five kinds: API server, audit, authenticator, controller manager, scheduler
   * @see https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
   */
  readonly logTypes?: eks.ClusterLoggingTypes[];

  /**
   * How long the logs are kept.
   * @default logs.RetentionDays.ONE_YEAR
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * A key of yours for the logs.
   * @default - encrypted with a key of AWS, free
   */
  readonly logEncryptionKey?: kms.IKey;

  /**
   * Keeps anybody from deleting the cluster, CloudFormation included, until it is set to false and deployed.
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * Keeps a version of Kubernetes for 12 months after its 14 months of standard support, at 0.60 USD instead of 0.10 USD an
   * hour. Otherwise EKS moves the cluster to the next version when standard support ends.
   * @default false
   * @see https://docs.aws.amazon.com/eks/latest/userguide/extended-support-control.html
   */
  readonly extendedSupport?: boolean;

  /**
   * Lets you, and AWS where you turn on zonal autoshift, move the traffic of pods away from a zone that fails. It costs nothing;
   * pods must stand in several zones, and the others must be able to carry the load.
   * @default true
   * @see https://docs.aws.amazon.com/eks/latest/userguide/zone-shift.html
   */
  readonly zonalShift?: boolean;

  /**
   * A control plane that is large from the start, paid by the hour, for thousands of nodes.
   * @default - standard, which grows with the cluster and costs nothing on top
   * @see https://docs.aws.amazon.com/eks/latest/userguide/eks-provisioned-control-plane.html
   */
  readonly controlPlaneScalingTier?: eks.ControlPlaneScalingTier;

  /**
   * The addresses of pods and services. IPv6 needs subnets that have it, and cannot be changed later.
   * @default eks.IpFamily.IP_V4
   * @see https://docs.aws.amazon.com/eks/latest/userguide/cni-ipv6.html
   */
  readonly ipFamily?: eks.IpFamily;

  /**
   * The range of the addresses of services: private, from /12 to /24, and in no network that is connected with the VPC. It
   * cannot be changed later.
   * @default - 172.20.0.0/16, or 10.100.0.0/16 in a VPC that overlaps with it; where the addresses of the VPC are known in the
   * deployment only, EKS chooses between the two
   * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
   */
  readonly serviceIpv4Cidr?: string;

  /**
   * The networks outside AWS in which hybrid nodes stand. Such nodes see the addresses that public DNS has of the API, so with
   * `publicAccessFrom` they come over the internet.
   * @default - no hybrid nodes
   * @see https://docs.aws.amazon.com/eks/latest/userguide/hybrid-nodes-networking.html
   */
  readonly remoteNodeNetworks?: string[];

  /**
   * The addresses of pods on hybrid nodes that the control plane calls, for webhooks.
   * @default - none
   */
  readonly remotePodNetworks?: string[];

  /**
   * A security group for the network interfaces of the control plane, beside the one that EKS makes for cluster and nodes.
   * @default - one of its own, without any rule
   * @see https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
   */
  readonly securityGroup?: ec2.ISecurityGroup;

  /**
   * What the control plane may do in the account. It cannot be changed later.
   * @default - a role with the policies that AWS keeps for it
   * @see https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html
   */
  readonly role?: iam.IRole;

  /**
   * The name of the cluster. A cluster with a name of yours cannot be replaced, as long as the old one has the name.
   * @default - a name that is made of that of the stack, the path and the id of the stack. When CloudFormation replaces the
   * cluster, it needs another name, as its log group does
   */
  readonly clusterName?: string;

  /**
   * What few clusters change.
   * @default - what EKS chooses
   */
  readonly controlPlane?: ControlPlaneOptions;
}
