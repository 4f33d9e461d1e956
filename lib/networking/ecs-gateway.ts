import { aws_ec2 as ec2, Lazy, Names, TagManager, TagType, Validations } from 'aws-cdk-lib';
import type { aws_ecs as ecs, aws_iam as iam, aws_s3 as s3, CfnResource, CfnTag, ITaggableV2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import type { EcsGatewayProps, FromGatewayNameProps } from './ecs-gateway-options';
import { letWriteAccessLogs, newAccessLogsBucket } from './private/access-logs';
import { GatewayClusters } from './private/gateway-clusters';
import { newGatewayResource } from './private/gateway-types';
import { chooseLoadBalancerSubnets, isDualStack } from './private/load-balancer';
import { clientsOf } from './private/peers';
import { gatewayRouting } from './routes/gateway';
import type { GatewayRouteOptions } from './routes/gateway';
import { Routing } from './routing';
import { InfrastructureRole } from '../identity/infrastructure-role';
import { checkLogTarget } from '../rules/access-logs';
import { FINDINGS } from '../rules/findings';
import { checkGateway, checkPublicSubnets } from '../rules/gateways';
import { checkGiven, checkList } from '../rules/given';

/** Load balancers that ECS looks after, whoever made the gateway. */
export interface IEcsGateway extends IConstruct {
  /** Its name. */
  readonly gatewayName: string;

  /**
   * A route for the `routing` of a service. ECS makes host name, certificate, target groups and rules, and opens the way to
   * the tasks.
   * @throws when it is bound, if the gateway has no such thing as a setting of the service, and for another network or
   * zones than the gateway's; at synthesis, if nobody adds the cluster
   */
  route(options?: GatewayRouteOptions): Routing;

  /**
   * Lets the services of a cluster have routes. The association stands with the gateway, or in the stack of the cluster when
   * that is the later one: services may then stand beside the one or the other. Where the app makes such stacks in another
   * order than it deploys them, call this after the services are made.
   * @returns the `AWS::ECS::GatewayClusterAssociations`, the same one for the same cluster
   * @throws when the cluster has five gateways already, for one of another region or account, and for services in stacks
   * for which the association would wait
   */
  addCluster(cluster: ecs.ICluster): CfnResource;
}

/**
 * Load balancers for many services that ECS makes and looks after: as many as are needed, with HTTPS and a host name of
 * AWS for each service. With host names of yours, routes by path, or load balancers that you change, use an `Ingress`.
 *
 * ECS makes the first load balancer when the first service has a route. Who may connect, the web ACL and the logs are
 * the same for all services.
 *
 * Creates: `gateway` (there is no L2), `infrastructureRole` with what ECS needs in this network, a security group
 * (`connections`), `accessLogsBucket`, and an association for each cluster (`associations`).
 *
 * Costs: nothing by itself; each load balancer that ECS makes about 18 USD a month, and 6 USD for each unit of load.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/gateway-managing.html
 */
export class EcsGateway extends Construct implements IEcsGateway, ec2.IConnectable, ITaggableV2 {
  /**
   * The gateway of another team or stack. Nobody knows here which clusters they associated with it: where they did not,
   * `addCluster` does it.
   *
   * Creates nothing by itself.
   */
  public static fromGatewayName(scope: Construct, id: string, props: FromGatewayNameProps): IEcsGateway {
    return new ForeignGateway(scope, id, props);
  }

  /** The gateway: an `AWS::ECS::Gateway`. */
  public readonly gateway: CfnResource;

  /** Its name. */
  public readonly gatewayName: string;

  /** The role with which ECS makes the load balancers. */
  public readonly infrastructureRole: iam.IRole;

  /** Where access logs go. */
  public readonly accessLogsBucket?: s3.IBucket;

  /** The network side of the load balancers: who may connect to them, at port 443. */
  public readonly connections: ec2.Connections;

  /** The tags of the gateway, which ECS gives its load balancers too. `Tags.of(gateway)` puts them here. */
  public readonly cdkTagManager: TagManager;

  private readonly clusters: GatewayClusters;

  /**
   * @throws when a property is out of bounds, for subnets in fewer than two zones, and for private ones of a public gateway
   */
  constructor(scope: Construct, id: string, props: EcsGatewayProps) {
    super(scope, id);
    checkGiven('vpc', props.vpc);
    checkList('clusters', props.clusters);
    checkGateway(props);
    checkLogTarget(props.accessLogs, 'accessLogsBucket', props.accessLogsBucket);
    const { vpc, internal = false, clusters = [] } = props;
    const subnets = subnetsOf(props);
    if (!internal) checkPublicSubnets(this.node.path, subnets.map(idOf), subnetsInside(vpc).map(idOf));
    this.gatewayName = props.gatewayName ?? nameOf(this);
    this.cdkTagManager = new TagManager(TagType.STANDARD, GATEWAY);
    this.connections = new ec2.Connections({
      securityGroups: [props.securityGroup ?? newSecurityGroup(this, vpc, internal)],
      defaultPort: ec2.Port.tcp(443),
    });
    open(this.connections, props);
    this.infrastructureRole = props.infrastructureRole ?? newRole(this, props);
    const logs = (props.accessLogs ?? true) ? (props.accessLogsBucket ?? newAccessLogsBucket(this)) : undefined;
    this.accessLogsBucket = logs;

    this.gateway = newGatewayResource(this, 'Resource', {
      type: GATEWAY,
      properties: {
        GatewayName: this.gatewayName,
        InfrastructureRoleArn: this.infrastructureRole.roleArn,
        DeletionProtection: props.deletionProtection ?? true,
        Configuration: {
          HostSharedAlb: {
            Scheme: internal ? 'internal' : 'internet-facing',
            NetworkConfiguration: {
              // ECS would want dual stack.
              IpAddressType: props.ipAddressType ?? 'ipv4',
              Subnets: subnets.map(({ subnetId }) => subnetId),
              InboundSecurityGroup: this.connections.securityGroups[0].securityGroupId,
            },
            WebACLArn: props.webAcl?.webAclRef.webAclArn,
            AccessLogs: logs && { Destination: { S3: { Bucket: logs.bucketName } } },
            MaxAlbCount: props.maxLoadBalancers,
            HttpDesync: props.desyncMitigationMode,
            TestTrafficRules: testTrafficRules(props),
          },
        },
        Tags: Lazy.any({ produce: () => tagsOf(this.cdkTagManager) }),
      },
    });
    // ECS makes and deletes load balancers with it, and ELB tests that it can write.
    this.gateway.node.addDependency(this.infrastructureRole);
    const written = logs && letWriteAccessLogs(logs);
    if (written) this.gateway.node.addDependency(written);

    const reference = this.gateway.getAtt('Arn').toString();
    this.clusters = new GatewayClusters(this, { reference, internal, foreign: false, vpc, subnets });
    clusters.forEach((cluster) => this.addCluster(cluster));
  }

  /** What associates clusters with the gateway: an `AWS::ECS::GatewayClusterAssociations` for each. */
  public get associations(): CfnResource[] {
    return this.clusters.associations;
  }

  /**
   * A route for the `routing` of a service. ECS makes host name, certificate, target groups and rules, and opens the way to
   * the tasks.
   * @throws when it is bound, if the gateway has no such thing as a setting of the service, and for another network or
   * zones than the gateway's; at synthesis, if nobody adds the cluster
   */
  public route(options: GatewayRouteOptions = {}): Routing {
    return Routing._of(gatewayRouting(this.clusters, options));
  }

  /**
   * Lets the services of a cluster have routes. The association stands with the gateway, or in the stack of the cluster when
   * that is the later one: services may then stand beside the one or the other. Where the app makes such stacks in another
   * order than it deploys them, call this after the services are made.
   * @returns the `AWS::ECS::GatewayClusterAssociations`, the same one for the same cluster
   * @throws when the cluster has five gateways already, for one of another region or account, and for services in stacks
   * for which the association would wait
   */
  public addCluster(cluster: ecs.ICluster): CfnResource {
    return this.clusters.add(cluster);
  }
}

/** The gateway of others. */
class ForeignGateway extends Construct implements IEcsGateway {
  public readonly gatewayName: string;
  private readonly clusters: GatewayClusters;

  constructor(scope: Construct, id: string, { gatewayName, internal, vpc }: FromGatewayNameProps) {
    super(scope, id);
    checkGiven('gatewayName', gatewayName);
    checkGiven('internal', internal);
    checkGateway({ gatewayName });
    this.gatewayName = gatewayName;
    this.clusters = new GatewayClusters(this, { reference: gatewayName, internal, foreign: true, vpc });
  }

  public route(options: GatewayRouteOptions = {}): Routing {
    return Routing._of(gatewayRouting(this.clusters, options));
  }

  public addCluster(cluster: ecs.ICluster): CfnResource {
    return this.clusters.add(cluster);
  }
}

const GATEWAY = 'AWS::ECS::Gateway';

/** As CloudFormation spells them: an L1 would do that. */
function tagsOf(manager: TagManager): object[] | undefined {
  const tags = manager.renderTags() as CfnTag[] | undefined;
  return tags?.map(({ key, value }) => ({ Key: key, Value: value }));
}

/** AWS wants a name. A stable one: with a new name for each change, services would lose their host names. */
function nameOf(gateway: Construct): string {
  return Names.uniqueResourceName(gateway, { maxLength: 255, separator: '-', allowedSpecialCharacters: '-' });
}

function subnetsOf({ vpc, internal = false, loadBalancerSubnets }: EcsGatewayProps): ec2.ISubnet[] {
  const given = chooseLoadBalancerSubnets(vpc, internal, loadBalancerSubnets);
  return vpc.selectSubnets(given ?? (internal ? undefined : { subnetType: ec2.SubnetType.PUBLIC })).subnets;
}

function subnetsInside(vpc: ec2.IVpc): ec2.ISubnet[] {
  return [...vpc.privateSubnets, ...vpc.isolatedSubnets];
}

function idOf({ subnetId }: ec2.ISubnet): string {
  return subnetId;
}

function newSecurityGroup(scope: Construct, vpc: ec2.IVpc, internal: boolean): ec2.SecurityGroup {
  const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'Gateway: in from its clients',
    allowAllOutbound: false,
  });
  if (!internal) Validations.of(securityGroup).acknowledge(...FINDINGS.publicLoadBalancer);
  return securityGroup;
}

function open(connections: ec2.Connections, props: EcsGatewayProps): void {
  const { allowFrom, internal, securityGroup } = props;
  // A group of somebody else's is open already to whom it should be.
  const closed = internal || securityGroup !== undefined;
  const peers = clientsOf({ allowFrom, internal: closed, dualStack: isDualStack(props) });
  peers.forEach((peer) => connections.allowDefaultPortFrom(peer, 'Clients of the gateway'));
}

function newRole(scope: Construct, { vpc, webAcl }: EcsGatewayProps): iam.IRole {
  const role = new InfrastructureRole(scope, 'InfrastructureRole');
  role.allowGateway({ vpc, webAclArn: webAcl?.webAclRef.webAclArn });
  return role;
}

function testTrafficRules({ testTrafficHeader }: EcsGatewayProps): object | undefined {
  return testTrafficHeader && { Header: { Name: testTrafficHeader.name, Values: testTrafficHeader.values } };
}
