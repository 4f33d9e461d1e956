import {
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_eks_v2 as eks,
  aws_kms as kms,
  Validations,
} from 'aws-cdk-lib';
import type { aws_iam as iam, aws_logs as logs } from 'aws-cdk-lib';
import { Construct, Dependable } from 'constructs';
import type { AddOn } from './add-on';
import { ClusterAccess } from './cluster-access';
import { ClusterCompute } from './cluster-compute';
import type { ClusterComputeParts } from './cluster-compute';
import type { EksClusterProps } from './eks-cluster-props';
import { KubernetesAccess } from './kubernetes-access';
import { rolesOfAddOns } from './private/add-on-identity';
import { needsNodes, newAddOns } from './private/add-ons';
import { checkCluster, checkControlPlane, warnOfCluster } from './private/cluster-checks';
import { clusterFacts, describeCluster } from './private/cluster-facts';
import { newClusterName } from './private/cluster-name';
import { chooseNetwork, tellOfSubnets } from './private/cluster-network';
import type { ControlPlaneNetwork } from './private/cluster-network';
import { newClusterRole } from './private/cluster-role';
import { applySettings } from './private/cluster-settings';
import { watchCluster } from './private/cluster-watch';
import { newLogGroup } from '../observability/log-group';
import { EKS_FINDINGS } from '../rules/eks-findings';

/**
 * A Kubernetes cluster for production: a private API, secrets encrypted with a key of its own, all logs of the control plane
 * kept for a year in a log group that is there first, protection against deletion, no surcharge for old versions, and the
 * add-ons that nodes need before they start. It is made of native CloudFormation resources: no Lambda function, no kubectl.
 *
 * Who deploys it is no administrator: name some in `admins`. What needs `kubectl` in CDK's cluster (`addManifest`,
 * `addHelmChart`, `addServiceAccount`) does not work on this one.
 *
 * The cluster waits for the whole VPC, as CDK's does: interface endpoints that let it in must not be children of the VPC
 * (`vpc.addInterfaceEndpoint`), or the two wait for each other. `WorkloadEndpoints` are none.
 *
 * Creates: `cluster`, `role`, `securityGroup`, `secretsEncryptionKey`, `logGroup`, `addOns`; with EKS Auto Mode `nodeRole`, and `nodeAccessEntry`
 * where it has no built-in pools; with Fargate alone `systemPods` and `systemPodsRole`; an access entry for each of `admins`. Costs: 0.10 USD an hour
 * for the cluster, 1 USD a month for the key, the logs by volume, nodes and pods on top.
 *
 * @see https://docs.aws.amazon.com/eks/latest/best-practices/introduction.html
 */
export class EksCluster extends Construct implements ec2.IConnectable {
  /** The cluster, for every `cluster` property. */
  public readonly cluster: eks.Cluster;

  /** What the control plane may do in the account. */
  public readonly role: iam.IRole;

  /** What the nodes of EKS Auto Mode may do: undefined without Auto Mode. */
  public readonly nodeRole?: iam.IRole;

  /** The group of the control plane's network interfaces, beside that of EKS, which is `cluster.clusterSecurityGroup`. */
  public readonly securityGroup: ec2.ISecurityGroup;

  /** The key of the secrets: undefined with `encryptSecrets: false`. */
  public readonly secretsEncryptionKey?: kms.IKey;

  /** Where the control plane writes its logs: undefined without `logTypes`. */
  public readonly logGroup?: logs.LogGroup;

  /** The add-ons of the cluster, by the names that EKS has for them, such as `vpc-cni`; those of nodes are with the nodes. */
  public readonly addOns: { readonly [name: string]: eks.CfnAddon };

  /** What the add-ons may do, by their names and their service accounts: grant them what else they need. */
  public readonly addOnRoles: { readonly [addOn: string]: { readonly [serviceAccount: string]: iam.IRole } };

  /** The Fargate profile of CoreDNS: undefined unless there is nothing but Fargate. */
  public readonly systemPods?: eks.CfnFargateProfile;

  /** The role with which Fargate starts them: one is enough for all profiles of the cluster. */
  public readonly systemPodsRole?: iam.IRole;

  /** What lets nodes of your own node classes in: undefined unless EKS Auto Mode has no built-in pools. */
  public readonly nodeAccessEntry?: eks.CfnAccessEntry;

  /** Who may call the API and whom it calls: both security groups. */
  public readonly connections: ec2.Connections;

  /** @throws when EKS would refuse the cluster, as far as that is known before the deployment */
  constructor(scope: Construct, id: string, props: EksClusterProps) {
    super(scope, id);
    checkCluster(this, props);
    const network = chooseNetwork(props);
    const compute = (props.compute ?? ClusterCompute.nodeGroups())._bind(this, { ...network, vpc: props.vpc });
    const { autoMode, fargateOnly } = compute;
    checkControlPlane(props.controlPlane === undefined ? {} : props.controlPlane, {
      version: props.version.version,
      autoMode: Boolean(autoMode),
    });
    const wanted = merged(compute.essentialAddOns, props.addOns);

    const clusterName = props.clusterName ?? newClusterName(this);
    this.logGroup = this.newLogs(clusterName, props);
    this.secretsEncryptionKey =
      props.encryptSecrets === false ? undefined : (props.secretsEncryptionKey ?? this.newKey());
    const controlsInterfaces = wanted.some((addOn) => addOn._kind.controlsInterfaces);
    this.role = props.role ?? newClusterRole(this, { autoMode: Boolean(autoMode), controlsInterfaces });
    this.nodeRole = compute.nodeRole;
    this.securityGroup = props.securityGroup ?? this.newSecurityGroup(props.vpc);
    this.cluster = this.newCluster({ ...props, clusterName }, network, compute);
    this.connections = this.cluster.connections;
    describeCluster(this.cluster, { fargateOnly });

    const { systemPods, systemPodsRole, nodeAccessEntry } = compute.furnish?.(this.cluster) ?? {};
    this.systemPods = systemPods;
    this.systemPodsRole = systemPodsRole;
    this.nodeAccessEntry = nodeAccessEntry;
    this.addOns = this.newAddOns(wanted, compute);
    this.addOnRoles = rolesOfAddOns(this.addOns);
    props.admins?.forEach((principal, index) => {
      const access = KubernetesAccess.clusterAdmin();
      new ClusterAccess(this, `Admin${index + 1}`, { cluster: this.cluster, principal, access });
    });
    warnOfCluster(this, props);
    tellOfSubnets(this, props.vpc, network.isKnown);
    watchCluster(this, { cluster: this.cluster, name: props.clusterName, needsDns: compute.awaitsNodes });
  }

  /**
   * A metric of the control plane, such as `scheduler_pending_pods` or `apiserver_request_total_5XX`. They cost nothing, and come
   * each minute.
   * @param metricName the name in the namespace `AWS/EKS`
   * @default - the sum over 5 minutes
   * @see https://docs.aws.amazon.com/eks/latest/userguide/cloudwatch.html#cloudwatch-basic-metrics
   */
  public metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/EKS',
      metricName,
      dimensionsMap: { ClusterName: this.cluster.clusterName },
      statistic: cloudwatch.Stats.SUM,
      ...props,
    }).attachTo(this);
  }

  /** It must be there before the cluster, or EKS makes one that keeps everything for ever. */
  private newLogs(clusterName: string, { logTypes, logRetention, logEncryptionKey }: EksClusterProps) {
    if (logTypes?.length === 0) return undefined;
    const options = { retention: logRetention, encryptionKey: logEncryptionKey };
    const logGroup = newLogGroup(this, 'Logs', options);
    (logGroup.node.defaultChild as logs.CfnLogGroup).logGroupName = `/aws/eks/${clusterName}/cluster`;
    return logGroup;
  }

  private newKey(): kms.Key {
    return new kms.Key(this, 'SecretsKey', {
      description: `Secrets of the Kubernetes cluster ${this.node.path}`,
      enableKeyRotation: true,
    });
  }

  /** EKS adds its own, which lets control plane and nodes talk: what stands here need not be open for it. */
  private newSecurityGroup(vpc: ec2.IVpc): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'The control plane of a Kubernetes cluster',
      allowAllOutbound: false,
    });
  }

  private newCluster(props: EksClusterProps, network: ControlPlaneNetwork, { autoMode }: ClusterComputeParts) {
    const { EndpointAccess, DefaultCapacityType, ClusterLoggingTypes } = eks;
    const { publicAccessFrom, remoteNodeNetworks, remotePodNetworks } = props;
    const cluster = new eks.Cluster(this, 'Cluster', {
      clusterName: props.clusterName,
      version: props.version,
      vpc: props.vpc,
      vpcSubnets: [network.vpcSubnets],
      role: this.role,
      securityGroup: this.securityGroup,
      secretsEncryptionKey: this.secretsEncryptionKey,
      endpointAccess: publicAccessFrom
        ? EndpointAccess.PUBLIC_AND_PRIVATE.onlyFrom(...publicAccessFrom)
        : EndpointAccess.PRIVATE,
      clusterLogging: props.logTypes ?? Object.values(ClusterLoggingTypes),
      ipFamily: props.ipFamily,
      serviceIpv4Cidr: network.serviceIpv4Cidr,
      remoteNodeNetworks: remoteNodeNetworks && [{ cidrs: remoteNodeNetworks }],
      remotePodNetworks: remotePodNetworks && [{ cidrs: remotePodNetworks }],
      controlPlaneScalingTier: props.controlPlaneScalingTier,
      ...(autoMode
        ? {
            defaultCapacityType: DefaultCapacityType.AUTOMODE,
            compute: { nodePools: autoMode.pools, nodeRole: autoMode.nodeRole },
          }
        : { defaultCapacityType: DefaultCapacityType.NODEGROUP, defaultCapacity: 0 }),
      bootstrapSelfManagedAddons: false,
      bootstrapClusterCreatorAdminPermissions: false,
      outputConfigCommand: false,
    });
    // A parameter of Systems Manager for which kubectl would wait.
    cluster.node.tryRemoveChild('KubectlReadyBarrier');
    Validations.of(cluster).acknowledge(...EKS_FINDINGS.clusterOfCdk);
    const resource = cluster.node.defaultChild as eks.CfnCluster;
    if (this.secretsEncryptionKey) Validations.of(cluster).acknowledge(...EKS_FINDINGS.clusterSecrets);
    if (this.logGroup) resource.node.addDependency(this.logGroup);
    // EKS holds the role of the nodes until they are gone.
    if (this.nodeRole) resource.node.addDependency(this.nodeRole);
    applySettings(resource, props);
    return cluster;
  }

  /** Nodes depend on the cluster, and so on the add-ons that must be there before them. */
  private newAddOns(wanted: AddOn[], compute: ClusterComputeParts): { [name: string]: eks.CfnAddon } {
    const { cluster, systemPods } = this;
    const addOns = newAddOns(this, cluster, wanted, { after: systemPods && [systemPods] });
    const late = wanted.filter((addOn) => needsNodes(addOn, clusterFacts(cluster))).map(({ _kind }) => _kind.name);
    const first = compute.fargateOnly ? [] : Object.keys(addOns).filter((name) => !late.includes(name));
    Dependable.implement(cluster, { dependencyRoots: [cluster, ...first.map((name) => addOns[name])] });
    if (compute.awaitsNodes && late.length > 0) {
      Validations.of(this).addWarning(
        'cdk-containers:ClusterAddOnNeedsNodes',
        `the pods of ${late.join(', ')} wait for nodes, and nobody makes nodes before them: move them to the addOns of the nodes.`,
      );
    }
    return addOns;
  }
}

/** An add-on of the user's replaces the essential one of the same name. */
function merged(essential: AddOn[], given: AddOn[] = []): AddOn[] {
  const names = given.map((addOn) => addOn?._kind?.name);
  return [...essential.filter((addOn) => !names.includes(addOn._kind.name)), ...given];
}
