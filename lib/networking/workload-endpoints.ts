import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { open, warnOfRules } from './private/endpoint-access';
import type { Destination, Visitor } from './private/endpoint-access';
import { checkKinds, claimVpc, twinsOf, visitorOf } from './private/endpoint-checks';
import { makeGateways, makeInterfaces } from './private/endpoint-makers';
import { isolatedPlacesOf, placesOf } from './private/endpoint-places';
import { restrictTo } from './private/endpoint-policies';
import { RoleActions } from './private/role-actions';
import { endpointsIn, warnWithoutEndpoints } from './private/vpc-endpoints';
import { needsOf } from './private/workload-needs';
import { checkPattern, ContainersError } from '../rules/errors';
import { checkGiven, checkList } from '../rules/given';

/** Properties of `WorkloadEndpoints`. */
export interface WorkloadEndpointsProps {
  /** The network of the workloads. Its other endpoints stay as they are, and none is made twice. */
  readonly vpc: ec2.IVpc;

  /**
   * What runs there: intents of this library, bare services and task definitions, pools of instances, clusters of EKS,
   * or a construct that holds some of them, such as a stack. A service on a pool needs the pool in the list too, because
   * instances pull the images. What is granted to them afterwards is not seen here: name it in `services`.
   * @default - none: `services` and `gateways` say it all
   */
  readonly workloads?: IConstruct[];

  /**
   * Services that workloads reach beside those that they are seen to need.
   * @default - none
   */
  readonly services?: ec2.IInterfaceVpcEndpointService[];

  /**
   * Gateways, which cost nothing, beside those that workloads are seen to need.
   * @default - none
   */
  readonly gateways?: ec2.IGatewayVpcEndpointService[];

  /**
   * Where the network interfaces of endpoints are: in one subnet of each zone that is named. Each zone has its price;
   * traffic from the other zones crosses to them, which has a smaller one, and ends when theirs fails.
   * @default - each zone in which a workload runs
   */
  readonly subnets?: ec2.SubnetSelection;

  /**
   * Lets the usual names of the services lead to the endpoints. Without it, clients must be told the names of endpoints,
   * which agents of ECS cannot be.
   * @default true
   */
  readonly privateDnsEnabled?: boolean;

  /**
   * Further accounts whose principals may use the endpoints, of a VPC that several accounts share for instance.
   * @default - the account of the stack alone
   */
  readonly accounts?: string[];

  /**
   * Leaves the policies of AWS on the endpoints, which let everybody's principals through: code that was broken into could
   * then send data to the account of somebody else, with credentials of that account.
   * @default false
   */
  readonly allowAnyAccount?: boolean;
}

/**
 * The VPC endpoints that workloads need in subnets that lead nowhere, and no more: what their images, logs, secrets and
 * sessions take, and what the permissions of their roles are for.
 *
 * Only the workloads reach them, on port 443 and that of a service of others, and only principals of this account get through. Services and instances
 * wait for the endpoints, because a task without them pulls no image. An intent that still lacks one warns of it.
 *
 * Creates: `interfaceEndpoints` and `gatewayEndpoints` by the names of their services, the `securityGroup` of the former,
 * and the rules from each workload in the workload's stack.
 *
 * Costs: an interface endpoint about 8 USD a month for each zone, and 0.01 USD for each GB. Gateways cost nothing.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
 */
export class WorkloadEndpoints extends Construct implements ec2.IConnectable {
  /** What has a network interface, by the last part of its service's name: `logs`, `ecr.api`. */
  public readonly interfaceEndpoints: { readonly [service: string]: ec2.InterfaceVpcEndpoint };

  /** What has routes, by the last part of its service's name: `s3`, `dynamodb`. */
  public readonly gatewayEndpoints: { readonly [service: string]: ec2.GatewayVpcEndpoint };

  /** In from the workloads; none without interface endpoints. */
  public readonly securityGroup?: ec2.SecurityGroup;

  /**
   * Who else may come in: `client.connections.allowToDefaultPort(endpoints)` opens the way for what is no workload, such as
   * tasks that somebody else starts.
   */
  public readonly connections: ec2.Connections;

  private readonly destination: Destination;

  /**
   * @throws when a workload is none or in another VPC, when a service is none or of the other kind, or when the VPC has
   * WorkloadEndpoints already
   */
  constructor(scope: Construct, id: string, props: WorkloadEndpointsProps) {
    super(scope, id);
    checkProps(props);
    checkKinds(this, props);
    const { vpc } = props;
    const visitors = (props.workloads ?? []).map((workload) => visitorOf(workload));
    claimVpc(this, vpc);

    const roles = new RoleActions(this.node.root);
    const needed = visitors.flatMap((each) => [...needsOf(each.workload, each.resources, roles).reasons.keys()]);
    const network = { vpc, places: placesOf(vpc, visitors), present: endpointsIn(vpc) };
    this.gatewayEndpoints = makeGateways(this, { ...network, needed, more: props.gateways });
    const { subnets, privateDnsEnabled } = props;
    const made = makeInterfaces(this, { ...network, needed, more: props.services, subnets, privateDnsEnabled });
    this.interfaceEndpoints = made.endpoints;
    this.securityGroup = made.securityGroup;
    this.connections = new ec2.Connections({
      securityGroups: made.securityGroup && [made.securityGroup],
      defaultPort: ec2.Port.tcp(made.ports[0] ?? 443),
    });

    const all = [...Object.entries(this.gatewayEndpoints), ...Object.entries(this.interfaceEndpoints)];
    if (!props.allowAnyAccount) {
      const accounts = [Stack.of(this).account, ...(props.accounts ?? [])];
      all.forEach(([name, endpoint]) => restrictTo(endpoint, name, accounts));
    }
    this.destination = {
      scope: this,
      vpc,
      endpoints: all.map(([, endpoint]) => endpoint),
      connections: this.connections,
      ports: made.ports,
    };
    visitors.forEach((visitor) => letIn(visitor, this.destination));
    this.node.addValidation({
      validate: () => {
        warnOfRules(this.destination);
        return twinsOf(vpc, all);
      },
    });
  }

  /**
   * Lets a workload in that comes later, and has it wait. It gets no endpoints of its own: name them in `services`.
   * @throws when nothing of it runs
   */
  public allowFrom(workload: IConstruct): void {
    letIn(visitorOf(workload), this.destination);
  }
}

/** Opens the way, and keeps an eye on who has no other. */
function letIn(visitor: Visitor, destination: Destination): void {
  open(visitor, destination);
  const { workload } = visitor;
  const { vpc } = destination;
  const subnets = isolatedPlacesOf(vpc, visitor);
  if (subnets.length === 0) return;
  warnWithoutEndpoints(workload, { vpc, subnets, who: `the tasks of '${workload.node.path}'` });
}

/** What JavaScript lets pass: a policy for nobody, or no endpoint at all. */
function checkProps(props: WorkloadEndpointsProps): void {
  const { vpc, workloads, services, gateways, accounts, allowAnyAccount } = props;
  checkGiven('vpc', vpc);
  checkList('workloads', workloads);
  checkList('services', services);
  checkList('gateways', gateways);
  checkList('accounts', accounts);
  if ([workloads, services, gateways].every((list) => !list?.length)) {
    throw new ContainersError(
      'workloads must have at least one workload, got none: name what runs in the VPC, or the services that it reaches',
    );
  }
  if (allowAnyAccount && accounts) {
    throw new ContainersError('accounts must not be given when allowAnyAccount is true: remove one of them');
  }
  accounts?.forEach((account) => checkPattern('an account of accounts', account, /^\d{12}$/, 'an id of 12 digits'));
}
