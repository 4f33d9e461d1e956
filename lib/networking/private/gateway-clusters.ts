import { Names, Resource, Stack, Validations } from 'aws-cdk-lib';
import type { aws_ec2 as ec2, aws_ecs as ecs, CfnResource } from 'aws-cdk-lib';
import { DependencyGroup } from 'constructs';
import type { Construct, IConstruct } from 'constructs';
import { checkComesAfter, standsWithCluster } from './gateway-homes';
import type { Engaged } from './gateway-homes';
import { newGatewayResource } from './gateway-types';
import { areDifferent, nameOf } from './vpcs';
import { checkSamePlace } from '../../rules/environments';
import { ContainersError, isToken } from '../../rules/errors';
import { checkGatewaysOfCluster, checkGatewayZones } from '../../rules/gateways';
import { checkOwnAddresses } from '../../rules/network-modes';
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
  private readonly services = new Map<string, ecs.BaseService[]>();

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
    const { node } = this.owner;
    checkSamePlace(
      `the cluster '${cluster.node.path}'`,
      cluster.env,
      `the gateway '${node.path}'`,
      Stack.of(this.owner),
    );
    const engaged = this.engaged(cluster);
    const home = this.home(engaged);
    engaged.services.forEach((service) => checkComesAfter(service, engaged, Stack.of(home.scope)));
    this.register(cluster);
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
    checkOwnAddresses('an EcsGateway', node.path, service.taskDefinition.networkMode);
    this.checkVpc(service, vpc);
    checkGatewayZones(node.path, this.owner.node.path, this.zones(), zonesOfService(service, vpc));
    // Of an imported cluster with a token for a name nobody knows whether it is one that was added.
    const unknown = this.gateway.foreign || (isToken(cluster.clusterName) && !Resource.isOwnedResource(cluster));
    if (!unknown) node.addValidation({ validate: () => this.missing(cluster) });
    const made = this.made.get(cluster.clusterName);
    if (made) checkComesAfter(service, this.engaged(cluster), made.stack);
    this.services.set(cluster.clusterName, [...this.servicesOf(cluster), service]);
    node.addDependency(this.groupOf(cluster.clusterName));
  }

  private missing({ clusterName, node }: ecs.ICluster): string[] {
    if (this.made.has(clusterName)) return [];
    return [
      `the cluster '${node.path}' must be associated with the gateway '${this.owner.node.path}' for a route to its services, got none: add it with addCluster`,
    ];
  }

  private home(engaged: Engaged): { scope: Construct; id: string } {
    const id = Names.nodeUniqueId(engaged.cluster.node);
    if (!standsWithCluster(engaged)) return { scope: this.owner, id };
    return { scope: Stack.of(engaged.cluster), id: `${Names.nodeUniqueId(this.owner.node)}-${id}` };
  }

  private engaged(cluster: ecs.ICluster): Engaged {
    const { foreign, vpc } = this.gateway;
    return { owner: this.owner, foreign, vpc, cluster, services: this.servicesOf(cluster) };
  }

  private servicesOf({ clusterName }: ecs.ICluster): ecs.BaseService[] {
    return this.services.get(clusterName) ?? [];
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
    if (!this.gateway.vpc || !areDifferent(this.gateway.vpc, vpc)) return;
    throw new ContainersError(
      `'${service.node.path}' must be in the network of the gateway '${this.owner.node.path}' (${nameOf(this.gateway.vpc)}), got ${nameOf(vpc)}: ECS connects them in one VPC only`,
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
