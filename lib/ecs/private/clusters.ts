import { aws_ecs as ecs, Names, Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError } from '../../rules/errors';
import { resourcesOf } from '../../rules/resources';

/** The L1 of a cluster that this app makes; none of an imported one. */
export function ownCluster(cluster: ecs.ICluster): ecs.CfnCluster | undefined {
  return resourcesOf<ecs.CfnCluster>(cluster, ecs.CfnCluster.CFN_RESOURCE_TYPE_NAME).at(0);
}

/**
 * CloudFormation names a provider after its stack, and ECS refuses names that begin with its own, however they are
 * written. The L2 looks at lower case and at the nearest stack only.
 * @see https://github.com/aws/aws-cdk/issues/36584
 */
export function providerName(provider: Construct): string | undefined {
  let stack = Stack.of(provider);
  while (stack.nestedStackParent) stack = stack.nestedStackParent;
  if (!/^(aws|ecs|fargate)/i.test(stack.stackName)) return undefined;
  return `cp-${Names.uniqueResourceName(provider, { maxLength: 252, allowedSpecialCharacters: '-_' })}`;
}

/** A cluster lists its providers, and providers name their cluster: in two stacks each would wait for the other. */
export function checkSameStack(construct: Construct, what: string, cluster: ecs.Cluster): void {
  const [own, its] = [Stack.of(construct), Stack.of(cluster)];
  if (own === its) return;
  throw new ContainersError(
    `${what} must be in the stack of its cluster ('${its.node.path}'), got '${own.node.path}': make it there, and use its capacity() here`,
  );
}

/** Without them a policy waits for a metric that never comes. An imported cluster cannot be asked. */
export function warnWithoutInsights(service: ecs.BaseService): void {
  const own = ownCluster(service.cluster);
  if (!own) return;
  const settings = JSON.stringify(Stack.of(own).resolve(own.clusterSettings) ?? []);
  if (/"(enabled|enhanced)"/.test(settings)) return;
  Validations.of(service).addWarning(
    'cdk-containers:ScalingWithoutContainerInsights',
    `the number of running tasks is a metric of Container Insights, which the cluster '${service.cluster.node.path}' has not turned on: set containerInsightsV2, or make the cluster with EcsCluster.`,
  );
}
