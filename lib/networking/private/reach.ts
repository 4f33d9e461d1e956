import { aws_ec2 as ec2, CfnResource, Lazy, Stack } from 'aws-cdk-lib';
import type { aws_ecs as ecs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError } from '../../rules/errors';

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html */
const SECURITY_GROUPS_PER_TASK = 5;

/** The two security groups of a shared load balancer. */
export interface SharedGroups {
  /** Its own: open to clients, and out to what carries the other one. */
  readonly loadBalancer: ec2.ISecurityGroup;
  /** What marks tasks as its targets, and allows nothing itself. */
  readonly targets: ec2.ISecurityGroup;
}

/**
 * Lets a shared load balancer reach one port of a service, with no resource of its own: the rule stands in the security
 * group of the service, and the way out of the load balancer leads to all that carry the mark. A rule for each service in
 * the load balancer's group would make it depend on all of them.
 */
export function letReach(scope: Construct, service: ecs.BaseService, groups: SharedGroups, port: ec2.Port): void {
  mark(service, groups.targets);
  for (const group of service.connections.securityGroups) {
    const own = Stack.of(group) === Stack.of(scope);
    // Whether imported ones take rules, they know themselves.
    const imported = !CfnResource.isCfnResource(group.node.defaultChild);
    if (own || imported) group.addIngressRule(inlinePeer(groups.loadBalancer), port, DESCRIPTION);
    else service.node.addDependency(ruleFor(scope, group, groups.loadBalancer, port));
  }
}

const RULES = new WeakMap<ec2.ISecurityGroup, Map<string, ec2.CfnSecurityGroupIngress>>();

/**
 * A rule for the group of another stack: in that stack it would tie the stack to the one of the load balancer. Services may
 * share the group, and EC2 takes a rule once.
 */
function ruleFor(
  scope: Construct,
  group: ec2.ISecurityGroup,
  { securityGroupId }: ec2.ISecurityGroup,
  port: ec2.Port,
): ec2.CfnSecurityGroupIngress {
  const rules = RULES.get(group) ?? new Map<string, ec2.CfnSecurityGroupIngress>();
  RULES.set(group, rules);
  const key = `${securityGroupId} ${port.toString()}`;
  const rule =
    rules.get(key) ??
    new ec2.CfnSecurityGroupIngress(scope, `${group.node.addr}:${port.toString()}`, {
      groupId: group.securityGroupId,
      description: DESCRIPTION,
      sourceSecurityGroupId: securityGroupId,
      ...(port.toRuleJson() as { ipProtocol: string }),
    });
  rules.set(key, rule);
  return rule;
}

const DESCRIPTION = 'Shared load balancer to target';

/** A security group that a rule may name inline, because nothing in that group names the one with the rule. */
export function inlinePeer({ securityGroupId, uniqueId }: ec2.ISecurityGroup & ec2.IPeer): ec2.IPeer {
  return {
    uniqueId,
    canInlineRule: true,
    connections: new ec2.Connections(),
    toIngressRuleConfig: () => ({ sourceSecurityGroupId: securityGroupId }),
    toEgressRuleConfig: () => ({ destinationSecurityGroupId: securityGroupId }),
  };
}

const MARKS = new WeakMap<ecs.BaseService, Set<string>>();

/** Adds a security group to the tasks. The L2 takes its groups at construction only, and all of them get its rules. */
function mark(service: ecs.BaseService, { securityGroupId, node }: ec2.ISecurityGroup): void {
  if (service.connections.securityGroups.some((group) => group.securityGroupId === securityGroupId)) {
    throw new ContainersError(
      `securityGroups must not have '${node.path}', got it for '${service.node.path}': routes add it themselves, and it lets nobody in`,
    );
  }
  const marks = MARKS.get(service) ?? new Set();
  if (marks.has(securityGroupId)) return;
  MARKS.set(service, marks.add(securityGroupId));
  const count = service.connections.securityGroups.length + marks.size;
  if (count > SECURITY_GROUPS_PER_TASK) {
    throw new ContainersError(
      `a task must have at most ${SECURITY_GROUPS_PER_TASK} security groups, got ${count} with the one of each Ingress that '${service.node.path}' has routes of: give it fewer securityGroups`,
    );
  }
  const resource = service.node.defaultChild as ecs.CfnService;
  const before = resource.networkConfiguration;
  resource.networkConfiguration = Lazy.uncachedAny({
    produce: (context) =>
      withGroup(context.resolve(before) as ecs.CfnService.NetworkConfigurationProperty, securityGroupId),
  });
}

function withGroup(
  network: ecs.CfnService.NetworkConfigurationProperty,
  group: string,
): ecs.CfnService.NetworkConfigurationProperty {
  const awsvpc = network.awsvpcConfiguration as ecs.CfnService.AwsVpcConfigurationProperty;
  return { awsvpcConfiguration: { ...awsvpc, securityGroups: [...(awsvpc.securityGroups ?? []), group] } };
}
