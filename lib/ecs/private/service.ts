import { Validations } from 'aws-cdk-lib';
import type { aws_ecs as ecs, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { cannotProgress } from '../../rules/deployments';
import { ContainersError } from '../../rules/errors';
import { checkFeature } from '../../rules/platforms';
import { knownZones } from '../../rules/zones';
import { Capacity } from '../capacity';
import { Deployment } from '../deployment';
import { Scaling } from '../scaling';
import type { ServiceOptions } from '../service-options';
import { allowExec } from './exec';
import { chooseSubnets } from './subnets';
import { makeTask } from './task';
import type { TaskParts } from './task';

/** What differs between the services that intents make. */
export interface ServiceNeeds {
  /** How many tasks run when the user does not say. */
  readonly scaling: Scaling;
  /** On a compute that cannot scale. */
  readonly fixedTasks: number;
  readonly port?: number;
  readonly healthCheckGracePeriod?: Duration;
}

/** What an intent is made of. */
export interface ServiceParts extends TaskParts {
  readonly service: ecs.BaseService;
  readonly capacity: Capacity;
  /** To be bound when the intent's traffic is known. */
  readonly scaling: Scaling;
}

/** Makes the task and the service of an intent. */
export function makeService(scope: Construct, options: ServiceOptions, needs: ServiceNeeds): ServiceParts {
  const { cluster } = options;
  const capacity = options.capacity ?? Capacity.fargate();
  const { network, scaling: scales } = capacity._platform;
  const scaling = options.scaling ?? (scales ? needs.scaling : Scaling.fixed(needs.fixedTasks));
  checkFeature(
    capacity._name,
    capacity._platform,
    'scaling',
    scaling.desiredCount === undefined ? 'Scaling.between(…)' : undefined,
  );
  const deployment = (options.deployment ?? Deployment.rolling()).bind();
  checkProgress(scope, scaling, deployment.minHealthyPercent, deployment.maxHealthyPercent);

  const task = makeTask(scope, options, capacity, needs.port);
  const vpcSubnets = network ? chooseSubnets(scope, cluster.vpc, options) : undefined;
  const zones = vpcSubnets && knownZones(cluster.vpc.selectSubnets(vpcSubnets).subnets);
  if (zones && options.scaling) warnOfFewTasks(scope, scaling, zones.length);
  const service = capacity.bind(scope, {
    ...deployment,
    cluster,
    taskDefinition: task.taskDefinition,
    desiredCount: scaling.desiredCount,
    healthCheckGracePeriod: needs.healthCheckGracePeriod,
    vpcSubnets,
    assignPublicIp: network ? (options.assignPublicIp ?? false) : undefined,
    securityGroups: options.securityGroups,
  });
  task.mount(service, zones);
  if (options.allowExec) allowExec(service, task.taskRole, task.logGroup);
  return { ...task, service, capacity, scaling };
}

function checkProgress(scope: Construct, scaling: Scaling, minHealthy: number, max: number): void {
  if (!cannotProgress(scaling.minTasks, minHealthy, max)) return;
  const message = `a deployment of ${scaling.minTasks} tasks can neither start nor stop one with ${minHealthy} % kept and ${max} % allowed, after rounding: raise maxPercent or lower minHealthyPercent`;
  if (scaling.desiredCount !== undefined) throw new ContainersError(message);
  Validations.of(scope).addWarning('cdk-containers:DeploymentCannotProgress', message);
}

/** None is a decision, fewer than zones is mostly an oversight. */
function warnOfFewTasks(scope: Construct, { minTasks }: Scaling, zones: number): void {
  if (!(minTasks > 0 && minTasks < zones)) return;
  Validations.of(scope).addWarning(
    'cdk-containers:TasksFewerThanZones',
    `${minTasks} task${minTasks > 1 ? 's' : ''} in ${zones} availability zones: when the zone of ${minTasks > 1 ? 'one' : 'it'} fails, so does that much of the service until ECS has started another. Run ${zones} at least.`,
  );
}
