export { ContainerRepository } from './registry/container-repository';
export type {
  ContainerRepositoryProps,
  FromRepositoryProps,
  IContainerRepository,
  PullFromOptions,
} from './registry/container-repository';
export { ImagePipeline } from './registry/image-pipeline';
export type { ImagePipelineProps } from './registry/image-pipeline';
export { CodeProvider, ImageSource } from './registry/image-source';
export type {
  AssetSourceOptions,
  CodeConnectionOptions,
  ImageSourceConfig,
  ImageSourceOptions,
} from './registry/image-source';
export { ImageFindings } from './registry/image-findings';
export type { ImageFindingsOptions, ImageFindingsProps } from './registry/image-findings';
export type { OnPushOptions } from './registry/push-options';
export type { RebuildOptions } from './registry/rebuild-options';
export { PublicRepository } from './registry/public-repository';
export type { PublicRepositoryProps } from './registry/public-repository';
export { PublicArchitecture, PublicOperatingSystem } from './registry/public-repository-options';
export type { PublicCatalogOptions } from './registry/public-repository-options';
export { PullThroughCache } from './registry/pull-through-cache';
export type { PullThroughCacheProps } from './registry/pull-through-cache';
export { RegistryScanning } from './registry/registry-scanning';
export type { BasicScanningOptions, EnhancedScanningOptions } from './registry/registry-scanning';
export { RegistrySettings } from './registry/registry-settings';
export type {
  RegistrySettingsProps,
  RegistrySigningOptions,
  ReplicationDestination,
  ReplicationRule,
  SigningRule,
} from './registry/registry-settings';
export { ScanType } from './registry/scan-type';
export { Severity } from './registry/severity';
export { ReplicationTarget } from './registry/replication-target';
export type { ReplicationTargetProps } from './registry/replication-target';
export { AppliedFor, RepositoryTemplate } from './registry/repository-template';
export type { RepositoryTemplateProps } from './registry/repository-template';
export type { RepositoryTemplateOptions } from './registry/repository-template-options';
export { Upstream } from './registry/upstream';
export type { PrivateEcrOptions, UpstreamConfig, UpstreamTarget } from './registry/upstream';
export { RetentionFate } from './registry/image-fate';
export type { ExampleImage, ImageFate } from './registry/image-fate';
export { ImageGate } from './registry/image-gate';
export type { ImageGateOptions, ImageGateProps } from './registry/image-gate';
export { BasicScanVersion, RegistryAccountSettings, RegistryPolicyScope } from './registry/registry-account-settings';
export type { RegistryAccountSettingsProps } from './registry/registry-account-settings';
export { Retention } from './registry/retention';
export { RetentionCountType } from './registry/retention-rule';
export type { RetentionRule } from './registry/retention-rule';
export type { ArchiveUnusedOptions } from './registry/retentions/archive-unused';
export type { ExpireArchivedOptions } from './registry/retentions/expire-archived';
export type { ExpireOlderThanOptions } from './registry/retentions/expire-older-than';
export type { KeepLastOptions } from './registry/retentions/keep-last';
export type { IInstanceFileSystem, InstanceMountOptions } from './storage/instance-file-system';
export { LustreFileSystem } from './storage/lustre-file-system';
export type {
  ILustreFileSystem,
  LustreFileSystemAttributes,
  LustreFileSystemProps,
} from './storage/lustre-file-system';
export { Mount } from './storage/mount';
export type { MountTarget, PosixUser } from './storage/mount';
export type { ConfigFileOptions } from './storage/mounts/config-file';
export type { DockerMountOptions } from './storage/mounts/docker';
export type { EbsMountOptions } from './storage/mounts/ebs';
export type { EfsMountOptions } from './storage/mounts/efs';
export type { FsxWindowsMountOptions } from './storage/mounts/fsx-windows';
export type { HostMountOptions } from './storage/mounts/host';
export type { S3MountOptions } from './storage/mounts/s3-file-system';
export type { S3FilesOptions } from './storage/mounts/s3-files';
export type { ScratchOptions } from './storage/mounts/scratch';
export type { SharedMountOptions } from './storage/mounts/shared';
export { OntapDeploymentType, OntapFileSystem } from './storage/ontap-file-system';
export type { OntapFileSystemProps, OntapMountOptions } from './storage/ontap-file-system';
export { OntapTieringPolicy } from './storage/ontap-volume-options';
export type { OntapVolumeOptions } from './storage/ontap-volume-options';
export { S3FileSystem } from './storage/s3-file-system';
export type { S3FileSystemProps } from './storage/s3-file-system';
export type { S3FileSystemOptions, S3ImportDataRule } from './storage/s3-file-system-options';
export { SharedFileSystem } from './storage/shared-file-system';
export type { FromFileSystemProps, ISharedFileSystem, SharedFileSystemProps } from './storage/shared-file-system';
export { ExecutionRole } from './identity/execution-role';
export type { ExecutionRoleProps } from './identity/execution-role';
export { InfrastructureRole } from './identity/infrastructure-role';
export type {
  GatewayGrant,
  InfrastructureRoleProps,
  LatticeGrant,
  LoadBalancersGrant,
  ManagedInstancesGrant,
  VolumesGrant,
} from './identity/infrastructure-role';
export { InstanceRole } from './identity/instance-role';
export type { InstanceRoleProps } from './identity/instance-role';
export type { RoleOptions } from './identity/role-options';
export { TaskRole } from './identity/task-role';
export type { TaskRoleProps } from './identity/task-role';
export { FargatePodRole } from './identity/fargate-pod-role';
export type { FargatePodRoleProps } from './identity/fargate-pod-role';
export { HybridCredentials } from './identity/hybrid-credentials';
export type { RolesAnywhereOptions, SystemsManagerOptions } from './identity/hybrid-credentials';
export { HybridNodeRole } from './identity/hybrid-node-role';
export type { HybridNodeRoleProps } from './identity/hybrid-node-role';
export { IrsaRole } from './identity/irsa-role';
export type { IrsaRoleProps } from './identity/irsa-role';
export { NodeRole } from './identity/node-role';
export type { NodeRoleProps } from './identity/node-role';
export { PodIdentityRole } from './identity/pod-identity-role';
export type {
  PodIdentityAssociateOptions,
  PodIdentityOptions,
  PodIdentityRoleProps,
} from './identity/pod-identity-role';
export { ContainerNetwork } from './networking/container-network';
export type { ContainerNetworkProps, NetworkFlowLogOptions } from './networking/container-network-props';
export { Authentication } from './networking/authentication';
export type { AuthenticationOptions, AuthenticationSessionOptions } from './networking/authentication';
export type { CognitoAuthenticationOptions } from './networking/authentications/cognito';
export { JwtClaimFormat } from './networking/authentications/jwt';
export type { JwtAuthenticationOptions, JwtClaim } from './networking/authentications/jwt';
export type { OidcAuthenticationOptions } from './networking/authentications/oidc';
export { CloudFrontPeer } from './networking/cloud-front-peer';
export type { DomainOptions } from './networking/domain-options';
export { EcsGateway } from './networking/ecs-gateway';
export type { IEcsGateway } from './networking/ecs-gateway';
export type { EcsGatewayProps, FromGatewayNameProps, TestTrafficHeader } from './networking/ecs-gateway-options';
export { Ingress } from './networking/ingress';
export type { IIngress } from './networking/ingress';
export type { FromListenerProps, IngressDomain, IngressProps } from './networking/ingress-options';
export type { LoadBalancerOptions } from './networking/load-balancer-options';
export { NatGateways } from './networking/nat-gateways';
export type { GatewayRouteOptions } from './networking/routes/gateway';
export type { HttpApiRoutingOptions, NewHttpApiOptions } from './networking/routes/http-api-options';
export type {
  LatticeHeaderMatch,
  LatticeRoutingOptions,
  NewLatticeServiceOptions,
} from './networking/routes/lattice-options';
export type { NetworkListenerOptions, NetworkRoutingOptions } from './networking/routes/network-options';
export type { RouteOptions } from './networking/route-options';
export type {
  DomainRoutingOptions,
  HttpRoutingOptions,
  HttpsRoutingOptions,
} from './networking/routes/own-load-balancer';
export { Routing } from './networking/routing';
export type { RouteTargetOptions, RoutingConfig, RoutingTarget, TargetOptions } from './networking/routing';
export { WorkloadEndpoints } from './networking/workload-endpoints';
export type { WorkloadEndpointsProps } from './networking/workload-endpoints';
export { ContainerLogs } from './observability/container-logs';
export type { ContainerLogsConfig } from './observability/container-logs';
export type { CloudWatchLogsOptions } from './observability/log-drivers/cloud-watch';
export type { AgentOptions } from './ecs/agent-options';
export { Capacity } from './ecs/capacity';
export type { CapacityServiceOptions } from './ecs/capacity';
export type { FargateSpotOptions } from './ecs/capacities/fargate';
export type { PoolStrategyItem } from './ecs/capacities/instances';
export type { ContainerOptions } from './ecs/container-options';
export { Deployment } from './ecs/deployment';
export type { DeploymentConfig } from './ecs/deployment';
export type { RollingOptions } from './ecs/deployments/rolling';
export { EcsCluster } from './ecs/ecs-cluster';
export type { EcsClusterProps } from './ecs/ecs-cluster';
export { InstanceImage } from './ecs/instance-image';
export { InstancePool } from './ecs/instance-pool';
export type { IInstancePool } from './ecs/instance-pool';
export type { InstancePoolProps, PoolSpotOptions } from './ecs/instance-pool-props';
export { ManagedInstances } from './ecs/managed-instances';
export type { CapacityReservationOptions, IManagedInstances, ManagedInstancesProps } from './ecs/managed-instances';
export { Scaling } from './ecs/scaling';
export type { ScalingBetweenOptions, ScalingTarget } from './ecs/scaling';
export { ScalingPolicy } from './ecs/scaling-policy';
export type { ScalingPolicyTarget, TargetTrackingOptions, TaskBounds, UtilizationOptions } from './ecs/scaling-policy';
export type { BacklogOptions } from './ecs/scaling-policies/backlog-per-task';
export type { MetricPolicyOptions } from './ecs/scaling-policies/metric';
export type { PredictiveOptions } from './ecs/scaling-policies/predictive';
export type { SchedulePolicyOptions } from './ecs/scaling-policies/schedule';
export type { StepsOptions } from './ecs/scaling-policies/steps';
export type { ServiceOptions } from './ecs/service-options';
export type { TaskOptions } from './ecs/task-options';
export { WebService } from './ecs/web-service';
export type { WebServiceProps } from './ecs/web-service';
export { WorkerService } from './ecs/worker-service';
export type { WorkerServiceProps } from './ecs/worker-service';
export { AddOnConflicts } from './eks/add-on-options';
export type { AddOnIdentity, AddOnOptions } from './eks/add-on-options';
export { AddOn } from './eks/add-on';
export type { CoreDnsOptions, CoreDnsScalingOptions } from './eks/add-ons/core-dns';
export type { OtherAddOnOptions } from './eks/add-ons/other';
export { PodSecurityGroupMode } from './eks/add-ons/vpc-cni';
export type { CustomNetworkingOptions, NetworkPolicyOptions, VpcCniOptions } from './eks/add-ons/vpc-cni';
export { AutoModePool } from './eks/auto-mode-pool';
export { ClusterAccess } from './eks/cluster-access';
export type { ClusterAccessProps, SsoRoleOptions } from './eks/cluster-access';
export { ClusterAddOn } from './eks/cluster-add-on';
export type { ClusterAddOnProps } from './eks/cluster-add-on';
export { ClusterCompute } from './eks/cluster-compute';
export type { AutoModeOptions } from './eks/cluster-compute';
export { ClusterIdentityProvider } from './eks/cluster-identity-provider';
export type { ClusterIdentityProviderProps } from './eks/cluster-identity-provider';
export { ControlPlaneEgress } from './eks/control-plane-egress';
export type { ControlPlaneOptions, NodePortRange } from './eks/control-plane-options';
export type { EksClusterProps } from './eks/eks-cluster-props';
export { EksCluster } from './eks/eks-cluster';
export { FargatePods } from './eks/fargate-pods';
export type { FargateLogOptions, FargatePodsProps } from './eks/fargate-pods';
export type { FargateSelector } from './eks/fargate-selector';
export { HybridNodes } from './eks/hybrid-nodes';
export type { HybridNodesProps } from './eks/hybrid-nodes';
export { KarpenterInfrastructure } from './eks/karpenter-infrastructure';
export type { KarpenterInfrastructureProps } from './eks/karpenter-infrastructure';
export { KubernetesAccess } from './eks/kubernetes-access';
export type { KubernetesAccessScope, KubernetesGroupsOptions } from './eks/kubernetes-access';
export { LoadBalancerControllerInfrastructure } from './eks/load-balancer-controller-infrastructure';
export type { LoadBalancerControllerInfrastructureProps } from './eks/load-balancer-controller-infrastructure';
export { NodeRepairAction, NodeUpdateStrategy } from './eks/managed-node-group-props';
export type {
  ManagedNodeGroupProps,
  NodeRepairOptions,
  NodeRepairOverride,
  NodeWarmPoolOptions,
} from './eks/managed-node-group-props';
export { ManagedNodeGroup } from './eks/managed-node-group';
export { NodeCapacity } from './eks/node-capacity';
export type { CapacityBlockNodeOptions, MixedNodeOptions, OnDemandNodeOptions } from './eks/node-capacity';
export { NodeImage, WindowsNodeRelease } from './eks/node-image';
export type { Al2023NodeOptions, BottlerocketNodeOptions, WindowsNodeOptions } from './eks/node-image';
export type { NodeOptions, NodeTaint } from './eks/node-options';
export type { SelfManagedNodesProps } from './eks/self-managed-nodes-props';
export { SelfManagedNodes } from './eks/self-managed-nodes';
