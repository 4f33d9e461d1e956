import {
  aws_ec2 as ec2,
  aws_eks_v2 as eks,
  aws_iam as iam,
  aws_kms as kms,
  Duration,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { newApp } from './fixture';
import { STRICT } from './validate';
import {
  AddOn,
  ClusterCompute,
  EksCluster,
  FargatePods,
  HybridNodes,
  IrsaRole,
  KarpenterInfrastructure,
  LoadBalancerControllerInfrastructure,
  ManagedNodeGroup,
  NodeCapacity,
  PodIdentityRole,
  SelfManagedNodes,
} from '../../lib';

/** One of everything in Kubernetes that meets a finding, on a network of the user. */
export function everythingEks(): App {
  const app = newApp(STRICT);
  const stack = new Stack(app, 'Fleet');
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
  const shared = { vpc, version: eks.KubernetesVersion.V1_36, admins: [iam.Role.fromRoleName(stack, 'Ops', 'ops')] };

  const { cluster } = new EksCluster(stack, 'K8s', { ...shared, remoteNodeNetworks: ['192.168.0.0/24'] });
  new ManagedNodeGroup(stack, 'General', {
    cluster,
    capacity: NodeCapacity.onDemand(['m7g.large']),
    maxNodes: 3,
    allowSessions: true,
    volumeEncryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
    addOns: [AddOn.coreDns()],
  });
  const special = new SelfManagedNodes(stack, 'Special', {
    cluster,
    capacity: NodeCapacity.mixed(['m7i.large', 'm7a.large', 'm6i.large'], { onDemandPercent: 50 }),
    maxNodes: 3,
    allowNetworking: true,
    drainTimeout: Duration.minutes(5),
  });
  new HybridNodes(stack, 'Site', { cluster });
  special.grantDrain(
    new PodIdentityRole(stack, 'Drain', { cluster, namespace: 'kube-system', serviceAccount: 'drain' }),
  );
  new KarpenterInfrastructure(stack, 'Karpenter', { cluster });
  new LoadBalancerControllerInfrastructure(stack, 'Balancers', { cluster });
  new PodIdentityRole(stack, 'Orders', { cluster, namespace: 'shop', serviceAccount: 'orders' });

  const windows = AddOn.vpcCni({ windows: true });
  const dnsLess = new EksCluster(stack, 'Windows', { ...shared, addOns: [windows] });
  Validations.of(dnsLess).acknowledge({
    id: 'Annotation::cdk-containers:ClusterDnsAbsent',
    reason: 'what this app tests needs no nodes',
  });
  const dualStack = new ec2.Vpc(stack, 'DualStack', {
    ipProtocol: ec2.IpProtocol.DUAL_STACK,
    restrictDefaultSecurityGroup: false,
  });
  const addressed = { ...shared, vpc: dualStack, ipFamily: eks.IpFamily.IP_V6 };
  const ipv6 = new EksCluster(stack, 'Ipv6', addressed);
  new ManagedNodeGroup(stack, 'Ipv6Nodes', {
    cluster: ipv6.cluster,
    capacity: NodeCapacity.onDemand(['m7g.large']),
    maxNodes: 3,
    allowNetworking: true,
    addOns: [AddOn.coreDns()],
  });

  const auto = new EksCluster(stack, 'Auto', {
    ...shared,
    compute: ClusterCompute.autoMode(),
    controlPlane: { gatewayApi: true },
  });
  new PodIdentityRole(stack, 'Web', { cluster: auto.cluster, namespace: 'shop', serviceAccount: 'web' });

  const serverless = new EksCluster(stack, 'Serverless', { ...shared, compute: ClusterCompute.fargateOnly() });
  new FargatePods(stack, 'Pods', { cluster: serverless.cluster, selectors: [{ namespace: 'shop' }], logging: {} });
  new IrsaRole(stack, 'Shop', { cluster: serverless.cluster, namespace: 'shop', serviceAccount: 'shop' });
  return app;
}
