export { ContainerRepository } from './registry/container-repository';
export type { ContainerRepositoryProps } from './registry/container-repository';
export { Retention } from './registry/retention';
export type { KeepLastOptions } from './registry/retention';
export { Mount } from './storage/mount';
export type { MountTarget, PosixUser } from './storage/mount';
export type { EfsMountOptions } from './storage/mounts/efs';
export type { ScratchOptions } from './storage/mounts/scratch';
export { SharedFileSystem } from './storage/shared-file-system';
export type { SharedFileSystemProps } from './storage/shared-file-system';
export { ExecutionRole } from './identity/execution-role';
export { TaskRole } from './identity/task-role';
export { Ingress } from './networking/ingress';
export type { FromListenerProps } from './networking/ingress';
export type { RouteOptions } from './networking/routes/listener';
export type {
  DomainRoutingOptions,
  HttpRoutingOptions,
  HttpsRoutingOptions,
} from './networking/routes/own-load-balancer';
export { Routing } from './networking/routing';
export type { RoutingConfig, RoutingTarget, TargetOptions } from './networking/routing';
export { ContainerLogs } from './observability/container-logs';
export type { ContainerLogsConfig } from './observability/container-logs';
export type { CloudWatchLogsOptions } from './observability/log-drivers/cloud-watch';
export { Capacity } from './ecs/capacity';
export type { CapacityServiceOptions } from './ecs/capacity';
export type { FargateSpotOptions } from './ecs/capacities/fargate';
export type { ContainerOptions } from './ecs/container-options';
export { Deployment } from './ecs/deployment';
export type { DeploymentConfig } from './ecs/deployment';
export type { RollingOptions } from './ecs/deployments/rolling';
export { EcsCluster } from './ecs/ecs-cluster';
export type { EcsClusterProps } from './ecs/ecs-cluster';
export { Scaling } from './ecs/scaling';
export type { ScalingBetweenOptions, ScalingTarget } from './ecs/scaling';
export { ScalingPolicy } from './ecs/scaling-policy';
export type { ScalingPolicyTarget, TargetTrackingOptions } from './ecs/scaling-policy';
export type { TaskOptions } from './ecs/task-options';
export { WebService } from './ecs/web-service';
export type { WebServiceProps } from './ecs/web-service';
