import { aws_ec2 as ec2, CfnResource, Stack, Token, Validations } from 'aws-cdk-lib';
import type { Construct, IConstruct, IDependable } from 'constructs';
import { checkSamePlace } from '../../rules/environments';
import type { Place } from '../../rules/environments';
import { FINDINGS } from '../../rules/findings';
import { checkMountZones } from '../../rules/zones';
import type { MountTarget } from '../mount';

/** Where a file system is reached. */
export interface Server extends ec2.IConnectable {
  /** For messages: the file system. */
  readonly path: string;
  /** Where it is. */
  readonly place: Place;
  /** The port of its protocol, and what it is called. */
  readonly port: ec2.Port;
  readonly protocol: string;
  /** What must exist before anybody mounts. */
  readonly ready: IDependable;
  /** The zones of its mount targets, empty when they are unknown. */
  readonly availabilityZones: string[];
}

/** Opens the port from the client's side, and lets the dependent wait for the rule and for the server. */
export function connect(scope: Construct, server: Server, target: MountTarget): void {
  const { client, service, dependent = service } = target;
  checkSamePlace(`the file system '${server.path}'`, server.place, 'the tasks', Stack.of(scope));
  checkMountZones(server.path, zonesOf(scope, server.availabilityZones), zonesOf(scope, target.availabilityZones));
  client.connections.allowTo(server, server.port, server.protocol);
  const open = client.connections.securityGroups.filter((group) => group.allowAllOutbound);
  open.forEach((group) => Validations.of(group).acknowledge(...FINDINGS.outboundOpen));
  if (!dependent) return;
  // The L1 alone: waiting with a whole service would make its security group wait for a rule that names it.
  const waiting = dependent.node.defaultChild ?? dependent;
  waiting.node.addDependency(server.ready, ...rulesBetween(client, server));
}

/** Names, or what a stack without an environment says instead, which is the same text for the same zone only as JSON. */
function zonesOf(scope: Construct, zones: string[] = []): string[] {
  return zones.map((zone) => (Token.isUnresolved(zone) ? JSON.stringify(Stack.of(scope).resolve(zone)) : zone));
}

/** The rules between a client and a server: in at the server, and out at a client that is closed. */
export function rulesBetween(client: ec2.IConnectable, server: ec2.IConnectable): IConstruct[] {
  const from = client.connections.securityGroups.map((group) => group.securityGroupId);
  const to = server.connections.securityGroups.map((group) => group.securityGroupId);
  const joins = (one: string | undefined, other: string | undefined) =>
    from.includes(one ?? '') && to.includes(other ?? '');
  return [...client.connections.securityGroups, ...server.connections.securityGroups]
    .flatMap((group) => group.node.children)
    .filter((child) => {
      if (!CfnResource.isCfnResource(child)) return false;
      if (child.cfnResourceType === ec2.CfnSecurityGroupEgress.CFN_RESOURCE_TYPE_NAME) {
        const { groupId, destinationSecurityGroupId } = child as ec2.CfnSecurityGroupEgress;
        return joins(groupId, destinationSecurityGroupId);
      }
      if (child.cfnResourceType !== ec2.CfnSecurityGroupIngress.CFN_RESOURCE_TYPE_NAME) return false;
      const { groupId, sourceSecurityGroupId } = child as ec2.CfnSecurityGroupIngress;
      return joins(sourceSecurityGroupId, groupId);
    });
}
