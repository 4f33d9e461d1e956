import { Duration, Stack, aws_ec2 as ec2, aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import { AddOn } from '../../lib/eks/add-on';
import { ClusterCompute } from '../../lib/eks/cluster-compute';
import { ControlPlaneEgress } from '../../lib/eks/control-plane-egress';
import { EksCluster } from '../../lib/eks/eks-cluster';
import type { EksClusterProps } from '../../lib/eks/eks-cluster-props';
import { clusterIn, VERSION } from '../support/eks-clusters';
import { newApp } from '../support/fixture';
import { STRICT, validate } from '../support/validate';

function verdictOf(props: Partial<EksClusterProps>) {
  const app = newApp(STRICT);
  const stack = new Stack(app, 'Shop');
  const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
  const admin = iam.Role.fromRoleArn(stack, 'Ops', 'arn:aws:iam::123456789012:role/ops');
  new EksCluster(stack, 'K8s', { vpc, version: VERSION, admins: [admin], ...props });
  const { open } = validate(app);
  return { open: open.filter(({ path }) => path.startsWith('Shop/K8s')).map(({ rule }) => rule) };
}

test.each([
  ['node groups', { addOns: [AddOn.coreDns()] }, ['Annotation::cdk-containers:ClusterAddOnNeedsNodes']],
  ['Auto Mode', { compute: ClusterCompute.autoMode() }, []],
  ['Auto Mode with node classes', { compute: ClusterCompute.autoMode({ pools: [] }) }, []],
  ['nothing but Fargate', { compute: ClusterCompute.fargateOnly() }, []],
  ['hybrid nodes', { compute: ClusterCompute.autoMode(), remoteNodeNetworks: ['192.168.0.0/20'] }, []],
  [
    'every option of the control plane',
    {
      compute: ClusterCompute.autoMode(),
      controlPlaneScalingTier: eks.ControlPlaneScalingTier.TIER_4XL,
      controlPlane: {
        egress: ControlPlaneEgress.CUSTOMER_ROUTED,
        versionRollbackTimeout: Duration.hours(2),
        forceVersionUpdate: true,
        eventRetention: Duration.minutes(30),
        nodePorts: { min: 20000, max: 20100 },
        podAutoscalerSyncPeriod: Duration.seconds(10),
        terminatedPodsKept: 500,
        packNodes: true,
        schedulerWeights: { cpu: 1, memory: 3 },
        gatewayApi: true,
        activeCertificateAuthorityId: 'ca-2',
      },
    },
    [],
  ],
] as [string, Partial<EksClusterProps>, string[]][])(
  'every validator accepts a cluster with %s',
  (_what, props, expected) => {
    expect(verdictOf(props).open).toEqual(expected);
  },
);

/**
 * What Security Hub (EKS.1, EKS.3, EKS.8), Control Tower (CT.EKS.PR.1, CT.EKS.PR.2) and cdk-nag's EKS1 and EKS2 ask for. cdk-nag looks
 * at clusters of aws-eks only, so its silence says nothing.
 */
test.each([
  ['the endpoint is not public', 'ResourcesVpcConfig.EndpointPublicAccess', false],
  ['secrets are encrypted', 'EncryptionConfig.0.Resources', ['secrets']],
  [
    'all logs are written',
    'Logging.ClusterLogging.EnabledTypes',
    ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'].map((Type) => ({ Type })),
  ],
])('%s', (_control, path, expected) => {
  const cluster = clusterIn();
  expect(path.split('.').reduce((value, key) => value[key], cluster)).toEqual(expected);
});
