import { aws_autoscaling as autoscaling, aws_ec2 as ec2, aws_ecs as ecs, aws_eks as eks, Stack } from 'aws-cdk-lib';
import type { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { referencesIn } from './references';
import { isOfType, resourcesOf } from '../../rules/resources';

/** What a workload is made of. */
export interface WorkloadResources {
  /** Those that run in a VPC. */
  readonly services: ecs.CfnService[];
  readonly tasks: ecs.CfnTaskDefinition[];
  /** What starts the machines of ECS. */
  readonly instances: CfnResource[];
  /** Clusters and nodes of EKS. */
  readonly kubernetes: CfnResource[];
}

/** Looks for what runs: below a construct, and in what it refers to. A bare service does not hold its task definition. */
export function resourcesOfWorkload(workload: IConstruct): WorkloadResources {
  const all = resourcesOf<ecs.CfnService>(workload, ecs.CfnService.CFN_RESOURCE_TYPE_NAME);
  // Machines of the user's own are in no VPC.
  const services = all.filter(({ launchType }) => launchType !== 'EXTERNAL');
  const outside = all.filter((service) => !services.includes(service)).flatMap(tasksOf);
  const below = resourcesOf<ecs.CfnTaskDefinition>(workload, ecs.CfnTaskDefinition.CFN_RESOURCE_TYPE_NAME);
  const tasks = [...below, ...services.flatMap(tasksOf)].filter((task) => !outside.includes(task));
  const kubernetes = [
    ...resourcesOf(workload, eks.CfnCluster.CFN_RESOURCE_TYPE_NAME),
    ...resourcesOf(workload, eks.CfnNodegroup.CFN_RESOURCE_TYPE_NAME),
    // The older L2 makes clusters with a Lambda function.
    ...resourcesOf(workload, 'Custom::AWSCDK-EKS-Cluster'),
  ];
  return {
    services,
    tasks: [...new Set(tasks)],
    instances: kubernetes.length > 0 ? [] : instancesIn(workload),
    kubernetes,
  };
}

function tasksOf(service: ecs.CfnService): ecs.CfnTaskDefinition[] {
  return referencesIn(service, service.taskDefinition).filter((target): target is ecs.CfnTaskDefinition =>
    isOfType(target, ecs.CfnTaskDefinition.CFN_RESOURCE_TYPE_NAME),
  );
}

function instancesIn(workload: IConstruct): CfnResource[] {
  const providers = resourcesOf<ecs.CfnCapacityProvider>(workload, ecs.CfnCapacityProvider.CFN_RESOURCE_TYPE_NAME);
  return [
    ...resourcesOf(workload, autoscaling.CfnAutoScalingGroup.CFN_RESOURCE_TYPE_NAME),
    ...providers.filter(({ managedInstancesProvider }) => managedInstancesProvider !== undefined),
  ];
}

/** The subnets in which something runs, as resources of the app or as ids; none when it does not say. */
export function subnetsOf(resource: CfnResource): (ec2.CfnSubnet | string)[] {
  const { networkConfiguration, vpcZoneIdentifier, managedInstancesProvider } = resource as Partial<
    ecs.CfnService & autoscaling.CfnAutoScalingGroup & ecs.CfnCapacityProvider
  >;
  const places = { networkConfiguration, vpcZoneIdentifier, managedInstancesProvider };
  const made = referencesIn(resource, places).filter((target): target is ec2.CfnSubnet =>
    isOfType(target, ec2.CfnSubnet.CFN_RESOURCE_TYPE_NAME),
  );
  const text = JSON.stringify(Stack.of(resource).resolve(places)) ?? '';
  return [...made, ...[...text.matchAll(/"(subnet-[^"]*)"/g)].map(([, id]) => id)];
}
