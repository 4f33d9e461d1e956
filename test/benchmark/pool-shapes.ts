import {
  aws_autoscaling as autoscaling,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_iam as iam,
  aws_logs as logs,
  Duration,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IMAGE, loaded, newVpc, sameCluster, sameRole } from './shapes';
import type { StackOptions } from './shapes';
import type * as lib from '../../lib';

const TYPES = [new ec2.InstanceType('m7i.large')];
const MOST = 10;
const TASK = { cpuUnits: 256, memoryMiB: 512 };

/** One stack with a network, a cluster, a pool of instances and workers on it. */
export function addPoolStack(scope: Construct, id: string, options: StackOptions, ours?: typeof lib): void {
  const stack = new Stack(scope, id);
  const vpc = newVpc(stack);
  const addWorker = options.shape === 'ours' ? ourPool(stack, vpc, loaded(ours)) : poolByHand(stack, vpc);
  for (let index = 1; index <= options.services; index++) addWorker(`Worker${index}`);
}

function ourPool(stack: Stack, vpc: ec2.IVpc, ours: typeof lib): (id: string) => void {
  const { cluster } = new ours.EcsCluster(stack, 'Ecs', { vpc });
  const pool = new ours.InstancePool(stack, 'Pool', {
    cluster,
    instanceTypes: TYPES,
    maxInstances: MOST,
    awsvpcTrunking: true,
  });
  const container = { image: ecs.ContainerImage.fromRegistry(IMAGE), user: '101' };
  return (id) => new ours.WorkerService(stack, id, { cluster, container, capacity: pool.capacity() });
}

/** What ours makes by default, as far as the props of the L2s reach. */
function poolByHand(stack: Stack, vpc: ec2.IVpc): (id: string) => void {
  const cluster = sameCluster(stack, vpc);
  const autoScalingGroup = groupByHand(stack, vpc);
  const provider = new ecs.AsgCapacityProvider(stack, 'CapacityProvider', {
    autoScalingGroup,
    machineImageType: ecs.MachineImageType.BOTTLEROCKET,
    enableManagedScaling: true,
    enableManagedTerminationProtection: true,
    enableManagedDraining: true,
  });
  cluster.addAsgCapacityProvider(provider);
  return (id) => workerByHand(new Construct(stack, id), cluster, provider);
}

function groupByHand(stack: Stack, vpc: ec2.IVpc): autoscaling.AutoScalingGroup {
  const volume = ec2.BlockDeviceVolume.ebs(30, { volumeType: ec2.EbsDeviceVolumeType.GP3, encrypted: true });
  const launchTemplate = new ec2.LaunchTemplate(stack, 'LaunchTemplate', {
    machineImage: new ecs.BottleRocketImage({ variant: ecs.BottlerocketEcsVariant.AWS_ECS_2 }),
    userData: ec2.UserData.custom(''),
    instanceType: TYPES[0],
    role: new iam.Role(stack, 'InstanceRole', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }),
    securityGroup: new ec2.SecurityGroup(stack, 'InstanceSecurityGroup', { vpc }),
    associatePublicIpAddress: false,
    requireImdsv2: true,
    httpPutResponseHopLimit: 1,
    detailedMonitoring: true,
    blockDevices: [
      { deviceName: '/dev/xvda', volume },
      { deviceName: '/dev/xvdb', volume },
    ],
  });
  return new autoscaling.AutoScalingGroup(stack, 'AutoScalingGroup', {
    vpc,
    launchTemplate,
    minCapacity: 0,
    maxCapacity: MOST,
    cooldown: Duration.minutes(5),
    healthChecks: autoscaling.HealthChecks.ec2({ gracePeriod: Duration.minutes(5) }),
    groupMetrics: [autoscaling.GroupMetrics.all()],
    newInstancesProtectedFromScaleIn: true,
    updatePolicy: autoscaling.UpdatePolicy.instanceRefresh({
      strategy: autoscaling.InstanceRefreshStrategy.ROLLING,
      minHealthyPercentage: 100,
      maxHealthyPercentage: 110,
      scaleInProtectedInstances: autoscaling.ScaleInProtectedInstances.REFRESH,
      standbyInstances: autoscaling.StandbyInstances.TERMINATE,
    }),
  });
}

function workerByHand(scope: Construct, cluster: ecs.ICluster, provider: ecs.AsgCapacityProvider): void {
  const { cpuUnits, memoryMiB } = TASK;
  const taskDefinition = new ecs.Ec2TaskDefinition(scope, 'TaskDefinition', {
    networkMode: ecs.NetworkMode.AWS_VPC,
    taskRole: sameRole(scope, 'TaskRole'),
    executionRole: sameRole(scope, 'ExecutionRole'),
  });
  const linuxParameters = new ecs.LinuxParameters(scope, 'LinuxParameters');
  linuxParameters.addTmpfs({ containerPath: '/tmp', size: 64, mountOptions: [ecs.TmpfsMountOption.MODE] });
  taskDefinition.addContainer('app', {
    image: ecs.ContainerImage.fromRegistry(IMAGE),
    user: '101',
    cpu: cpuUnits,
    memoryLimitMiB: memoryMiB,
    readonlyRootFilesystem: true,
    linuxParameters,
    logging: ecs.LogDrivers.awsLogs({
      logGroup: new logs.LogGroup(scope, 'LogGroup', { retention: logs.RetentionDays.ONE_YEAR }),
      streamPrefix: 'app',
    }),
  });
  new ecs.Ec2Service(scope, 'Service', {
    cluster,
    taskDefinition,
    desiredCount: 1,
    capacityProviderStrategies: [{ capacityProvider: provider.capacityProviderName, weight: 1 }],
    circuitBreaker: { enable: true, rollback: true },
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.ENABLED,
    placementStrategies: [
      ecs.PlacementStrategy.spreadAcross(ecs.BuiltInAttributes.AVAILABILITY_ZONE),
      ecs.PlacementStrategy.packedByMemory(),
    ],
    propagateTags: ecs.PropagatedTagSource.SERVICE,
    enableECSManagedTags: true,
  });
}
