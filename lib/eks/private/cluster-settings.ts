import { Validations } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import { inOneUnit } from '../../rules/eks-clusters';
import { EKS_FINDINGS } from '../../rules/eks-findings';
import type { ControlPlaneOptions } from '../control-plane-options';
import type { EksClusterProps } from '../eks-cluster-props';

/** Sets what CDK's cluster has no property for. */
export function applySettings(resource: eks.CfnCluster, props: EksClusterProps): void {
  resource.deletionProtection = props.deletionProtection ?? true;
  resource.upgradePolicy = { supportType: props.extendedSupport ? 'EXTENDED' : 'STANDARD' };
  resource.zonalShiftConfig = { enabled: props.zonalShift ?? true };
  const { controlPlane = {} } = props;
  const { egress, versionRollbackTimeout, gatewayApi } = controlPlane;
  if (egress) resource.addPropertyOverride('ResourcesVpcConfig.ControlPlaneEgressMode', egress);
  if (versionRollbackTimeout) resource.rollbackConfig = { timeoutMinutes: versionRollbackTimeout.toMinutes() };
  resource.force = controlPlane.forceVersionUpdate;
  resource.activeCertificateAuthorityId = controlPlane.activeCertificateAuthorityId;
  if (gatewayApi) manageGatewayApi(resource);
  tune(resource, controlPlane);
}

const LOAD_BALANCING = 'KubernetesNetworkConfig.ElasticLoadBalancing';

/** The oldest CDK that works with this library has no property for it. */
function manageGatewayApi(resource: eks.CfnCluster): void {
  resource.addPropertyOverride(`${LOAD_BALANCING}.GatewayApi`, { Crds: { Managed: true } });
  Validations.of(resource).acknowledge(...EKS_FINDINGS.clusterGatewayApi);
}

function tune(resource: eks.CfnCluster, options: ControlPlaneOptions): void {
  const { eventRetention, nodePorts, podAutoscalerSyncPeriod, terminatedPodsKept, packNodes } = options;
  const weights = Object.entries(options.schedulerWeights ?? {}).map(([name, weight]) => ({ name, weight }));
  if (eventRetention || nodePorts) {
    resource.kubeApiServerConfig = {
      eventTtl: eventRetention && inOneUnit(eventRetention),
      serviceNodePortRange: nodePorts && { minPort: nodePorts.min, maxPort: nodePorts.max },
    };
  }
  if (packNodes !== undefined || weights.length > 0) {
    const type = packNodes ? 'MostAllocated' : 'LeastAllocated';
    const resources = weights.length > 0 ? weights : undefined;
    resource.kubeSchedulerConfig = { nodeResourcesFit: { scoringStrategy: { type, resources } } };
  }
  if (!podAutoscalerSyncPeriod && terminatedPodsKept === undefined) return;
  resource.kubeControllerManagerConfig = {
    horizontalPodAutoscalerControllerConfig: podAutoscalerSyncPeriod && {
      horizontalPodAutoscalerSyncPeriod: inOneUnit(podAutoscalerSyncPeriod),
    },
    podGcControllerConfig:
      terminatedPodsKept === undefined ? undefined : { terminatedPodGcThreshold: terminatedPodsKept },
  };
}
