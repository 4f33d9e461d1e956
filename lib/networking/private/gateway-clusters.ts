import { Names, Resource, Stack, Validations } from 'aws-cdk-lib';
import type { aws_ec2 as ec2, aws_ecs as ecs, CfnResource } from 'aws-cdk-lib';
import { DependencyGroup } from 'constructs';
import type { Construct, IConstruct } from 'constructs';
import { newGatewayResource } from './gateway-types';
import { ContainersError, isToken } from '../../rules/errors';
import { checkGatewayNetwork, checkGatewaysOfCluster, checkGatewayZones } from '../../rules/gateways';
import { knownZones } from '../../rules/zones';

/** What is known of a gateway. */
interface KnownGateway {
  /** Its name or ARN. */
  readonly reference: string;
  readonly internal: boolean;
  /** True when others look after it, and may have associated clusters with it. */
  readonly foreign: boolean;
  readonly vpc?: ec2.IVpc;
  readonly subnets?: ec2.ISubnet[];
}

/** The gateways of each cluster of an app, by the name of the cluster. */
const GATEWAYS = new WeakMap<IConstruct, Map<string, GatewayClusters[]>>();

/** The clusters of a gateway, and the services in them that have routes. */
export class GatewayClusters {
  /** ECS knows a gateway by this, when it looks for those of a service. */
  public readonly accessType: string;
  private readonly made = new Map<string, CfnResource>();
  private readonly groups = new Map<string, DependencyGroup>();

  constructor(
    private readonly owner: Construct,
    private readonly gateway: KnownGateway,
  ) {
    this.accessType = gateway.internal ? 'PRIVATE' : 'PUBLIC';
  }

  public get associations(): CfnResource[] {
    return [...this.made.values()];
  }

  public add(cluster: ecs.ICluster): CfnResource {
    const key = cluster.clusterName;
    const known = this.made.get(key);
    if (known) return known;
    this.register(cluster);
    const home = this.home(cluster);
    const association = newGatewayResource(home.scope, home.id, {
      type: 'AWS::ECS::GatewayClusterAssociations',
      properties: { Gateway: this.gateway.reference, Cluster: cluster.clusterName },
    });
    this.made.set(key, association);
    this.groupOf(key).add(association);
    return association;
  }

  /** Lets a service have a route, and puts it after the association of its cluster, which may come later. */
  public admit(service: ecs.BaseService, vpc: ec2.IVpc): void {
    const { cluster, node } = service;
    checkGatewayNetwork(node.path, service.taskDefinition.networkMode);
    this.checkVpc(service, vpc);
    checkGatewayZones(node.path, this.owner.node.path, this.zones(), zonesOfService(service, vpc));
    // Of an imported cluster with a token for a name nobody knows whether it is one that was added.
    const unknown = this.gateway.foreign || (isToken(cluster.clusterName) && !Resource.isOwnedResource(cluster));
    if (!unknown) node.addValidation({ validate: () => this.missing(cluster) });
    node.addDependency(this.groupOf(cluster.clusterName));
  }

  private missing({ clusterName, node }: ecs.ICluster): string[] {
    if (this.made.has(clusterName)) return [];
    return [
      `the cluster '${node.path}' must be associated with the gateway '${this.owner.node.path}' for a route to its services, got none: add it with addCluster`,
    ];
  }

  /**
   * With the gateway, unless the cluster has a stack of its own: services mostly stand there, and come after the association.
   * Where the network stands, the gateway's stack comes later than the cluster's already.
   */
  private home(cluster: ecs.ICluster): { scope: Construct; id: string } {
    const id = Names.nodeUniqueId(cluster.node);
    const stack = Stack.of(cluster);
    const { vpc } = this.gateway;
    const stays =
      !Resource.isOwnedResource(cluster) || stack === Stack.of(this.owner) || (vpc && stack === Stack.of(vpc));
    return stays ? { scope: this.owner, id } : { scope: stack, id: `${Names.nodeUniqueId(this.owner.node)}-${id}` };
  }

  private register(cluster: ecs.ICluster): void {
    const { root } = this.owner.node;
    const known = GATEWAYS.get(root) ?? new Map<string, GatewayClusters[]>();
    GATEWAYS.set(root, known);
    const others = known.get(cluster.clusterName) ?? [];
    const same = others.find((other) => other.gateway.reference === this.gateway.reference);
    if (same) throw new ContainersError(twice(cluster, this.gateway.reference, same.owner));
    const paths = [...others, this].map(({ owner }) => owner.node.path);
    checkGatewaysOfCluster(cluster.node.path, paths);
    known.set(cluster.clusterName, [...others, this]);
    const alike = others.find((other) => other.accessType === this.accessType);
    if (alike) this.warnOfAlike(cluster, alike.owner.node.path);
  }

  private warnOfAlike({ node }: ecs.ICluster, other: string): void {
    Validations.of(this.owner).addWarning(
      'cdk-containers:GatewaysAlike',
      `the cluster '${node.path}' has two ${this.gateway.internal ? 'internal' : 'public'} gateways, '${other}' and '${this.owner.node.path}': a route of one leads to its service from both, because ECS tells them apart by public and private only, and by their networks. Use one of them.`,
    );
  }

  private groupOf(key: string): DependencyGroup {
    const group = this.groups.get(key) ?? new DependencyGroup();
    this.groups.set(key, group);
    return group;
  }

  private checkVpc(service: ecs.BaseService, vpc: ec2.IVpc): void {
    if (!this.gateway.vpc || !differ(this.gateway.vpc, vpc)) return;
    throw new ContainersError(
      `'${service.node.path}' must be in the network of the gateway '${this.owner.node.path}' (${shown(this.gateway.vpc)}), got ${shown(vpc)}: ECS connects them in one VPC only`,
    );
  }

  private zones(): string[] {
    const { subnets } = this.gateway;
    return subnets ? knownZones(subnets).map((zone) => textOf(this.owner, zone)) : [];
  }
}

function twice(cluster: ecs.ICluster, gateway: string, by: IConstruct): string {
  return `the cluster '${cluster.node.path}' must be associated with the gateway '${gateway}' once, got a second time after '${by.node.path}': import the gateway once`;
}

/** True when two networks cannot be the same one: both made here, or both known by their ids. */
function differ(one: ec2.IVpc, other: ec2.IVpc): boolean {
  const kind = (vpc: ec2.IVpc) => (Resource.isOwnedResource(vpc) ? 'own' : isToken(vpc.vpcId) ? 'unknown' : 'given');
  return kind(one) === kind(other) && kind(one) !== 'unknown' && one.vpcId !== other.vpcId;
}

function shown({ vpcId, node }: ec2.IVpc): string {
  return isToken(vpcId) ? `'${node.path}'` : vpcId;
}

/** The zones of the subnets that the L2 chose, as far as the network knows them. */
function zonesOfService(service: ecs.BaseService, vpc: ec2.IVpc): string[] {
  const { networkConfiguration } = service.node.defaultChild as ecs.CfnService;
  const chosen: unknown = Stack.of(service).resolve(networkConfiguration)?.awsvpcConfiguration?.subnets;
  if (!Array.isArray(chosen)) return [];
  const ids = new Set(chosen.map((id) => JSON.stringify(id)));
  const found = [...vpc.publicSubnets, ...vpc.privateSubnets, ...vpc.isolatedSubnets].filter(({ subnetId }) =>
    ids.has(JSON.stringify(Stack.of(service).resolve(subnetId))),
  );
  return knownZones(found).map((zone) => textOf(service, zone));
}

/** A zone's name, or what stands for it in a stack without an environment. */
function textOf(scope: IConstruct, zone: string): string {
  return isToken(zone) ? JSON.stringify(Stack.of(scope).resolve(zone)) : zone;
}
