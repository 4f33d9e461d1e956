import { aws_ec2 as ec2, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import type { WorkloadResources } from './workload-resources';
import { ENDPOINT_RULES } from '../../rules/endpoints';
import { FINDINGS } from '../../rules/findings';
import { isOfType, resourcesOf } from '../../rules/resources';

/** A workload that is to reach endpoints. */
export interface Visitor {
  readonly workload: IConstruct;
  readonly resources: WorkloadResources;
}

/** Endpoints that workloads reach. */
export interface Destination extends ec2.IConnectable {
  readonly scope: Construct;
  readonly vpc: ec2.IVpc;
  readonly endpoints: ec2.VpcEndpoint[];
  /** Those on which the endpoints listen. */
  readonly ports: number[];
}

/** Opens the port from the workload's side, and lets it wait for the endpoints: tasks that start before pull no image. */
export function open({ workload, resources }: Visitor, destination: Destination): void {
  const { services, instances, kubernetes } = resources;
  for (const resource of [...services, ...instances, ...kubernetes]) {
    const client = connectableOf(resource, workload);
    const later = isLater(destination, Stack.of(resource));
    const rules = client ? connect(client, destination, later) : [];
    // What a cluster of EKS makes its nodes have, the rule refers to: the cluster cannot wait for it.
    if (later) warnOfOrder(destination, resource);
    else if (!kubernetes.includes(resource)) resource.node.addDependency(...destination.endpoints, ...rules);
  }
}

/** The L2 of a resource has its security groups; an L1 is asked of who wrote it. */
export function connectableOf(resource: IConstruct, workload: IConstruct): ec2.IConnectable | undefined {
  const { scope } = resource.node;
  return [scope, workload].find((each): each is IConstruct & ec2.IConnectable => !!each && 'connections' in each);
}

/** Allows the way, and says which rules that takes. Where workloads share a group, they are there already. */
function connect(client: ec2.IConnectable, destination: Destination, later: boolean): IConstruct[] {
  for (const number of destination.ports) {
    const [port, what] = [ec2.Port.tcp(number), number === 443 ? 'HTTPS' : 'Connections'];
    if (later) destination.connections.allowFrom(client, port, `${what} of workloads`);
    else client.connections.allowTo(destination, port, `${what} to endpoints`);
  }
  const [mine, its] = [client.connections.securityGroups, destination.connections.securityGroups];
  for (const group of mine) {
    if (group.allowAllOutbound) Validations.of(group).acknowledge(...FINDINGS.outboundOpen);
  }
  const children = [...mine, ...its].flatMap(({ node }) => node.children);
  const [from, to] = [mine, its].map((groups) => new Set(groups.map(({ securityGroupId }) => securityGroupId)));
  return children.filter((child) => isRule(child) && leads(child, from, to));
}

type Rule = ec2.CfnSecurityGroupIngress | ec2.CfnSecurityGroupEgress;

function isRule(construct: IConstruct): construct is Rule {
  return [ec2.CfnSecurityGroupIngress, ec2.CfnSecurityGroupEgress].some(({ CFN_RESOURCE_TYPE_NAME }) =>
    isOfType(construct, CFN_RESOURCE_TYPE_NAME),
  );
}

/** In at one end, or out at the other. */
function leads(rule: Rule, from: Set<string>, to: Set<string>): boolean {
  return 'sourceSecurityGroupId' in rule
    ? from.has(rule.sourceSecurityGroupId ?? '') && to.has(rule.groupId ?? '')
    : to.has(rule.destinationSecurityGroupId ?? '');
}

/** True when the endpoints can only be made after the stack of a workload, because that has their network. */
function isLater({ scope, vpc }: Destination, workload: Stack): boolean {
  const own = Stack.of(scope);
  if (own === workload) return false;
  const made = CfnResource.isCfnResource(vpc.node.defaultChild) ? [Stack.of(vpc)] : [];
  const before = new Set<Stack>([...made, ...own.dependencies].filter((stack) => stack !== own));
  for (const stack of before) stack.dependencies.forEach((each) => before.add(each));
  return before.has(workload);
}

function warnOfOrder({ scope }: Destination, resource: IConstruct): void {
  const [own, its] = [Stack.of(scope), Stack.of(resource)].map(({ node }) => node.path);
  Validations.of(scope).addWarning(
    'cdk-containers:EndpointsAfterWorkload',
    `the endpoints are in the stack '${own}', which is deployed after '${its}' with '${resource.node.path}': on the first deployment it starts without them. ` +
      'Make them in the stack of the VPC, before the workload.',
  );
}

/** Rules come from many stacks and after the endpoints, so they are counted when all are there. */
export function warnOfRules({ scope, connections }: Destination): void {
  for (const { securityGroupId, node } of connections.securityGroups) {
    const type = ec2.CfnSecurityGroupIngress.CFN_RESOURCE_TYPE_NAME;
    const all = resourcesOf<ec2.CfnSecurityGroupIngress>(node.root, type);
    const rules = all.filter(({ groupId }) => groupId === securityGroupId).length;
    if (rules <= ENDPOINT_RULES) continue;
    Validations.of(scope).addWarning(
      'cdk-containers:EndpointRules',
      `the security group of the endpoints has ${rules} inbound rules, one for each security group of a workload, and AWS allows ${ENDPOINT_RULES} unless the quota of the account is raised: have it raised, or let workloads share a security group.`,
    );
  }
}
