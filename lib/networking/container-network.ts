import { aws_ec2 as ec2, Tags, Validations } from 'aws-cdk-lib';
import type { aws_iam as iam, aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ContainerNetworkProps } from './container-network-props';
import { NatGateways } from './nat-gateways';
import { ContainersError } from '../rules/errors';
import { FINDINGS } from '../rules/findings';
import { overlapsDocker } from '../rules/networks';
import type { Tier } from '../rules/networks';
import { planAddresses } from './private/address-plan';
import type { AddressPlan } from './private/address-plan';
import { newFlowLogs } from './private/flow-logs';
import type { FlowLogs } from './private/flow-logs';
import { containerRules, dataRules, newNetworkAcl, publicRules } from './private/network-acls';
import { checkChoices, withAddresses } from './private/network-choices';
import type { NetworkChoices } from './private/network-choices';

/**
 * A network for containers, for who has none yet: a VPC with three tiers in several zones.
 *
 * - **Public**: load balancers and NAT gateways. No address is public unless something asks for one.
 * - **Containers**: tasks, instances, internal load balancers, VPC endpoints. Nothing outside reaches it. What chooses no subnets stands here.
 * - **Data**: databases and file systems. It has no way out, only containers reach it, and only what is given `dataSubnets` stands here.
 *
 * Who has a VPC passes that instead: nothing in this library needs this one.
 *
 * Creates: `vpc` with subnets, route tables, an internet gateway and NAT gateways; a network ACL for each tier; `flowLog` with
 * `flowLogGroup` and `flowLogRole`; the Lambda function of CDK that closes the default security group.
 * Costs: NAT gateways (`NatGateways` says how much) and flow logs (0.50 USD for each GB in us-east-1); all else is free.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html
 */
export class ContainerNetwork extends Construct {
  /** The network, for every `vpc` property. Its `isolatedSubnets` are those of containers without NAT gateways, never those for data. */
  public readonly vpc: ec2.Vpc;

  /** Where containers stand. */
  public readonly containerSubnets: ec2.SubnetSelection;

  /** Where databases and file systems stand. They are in no list of `vpc`: nothing gets there that was not put there. */
  public readonly dataSubnets: ec2.SubnetSelection;

  private readonly networkAcls: { readonly [tier in Tier]?: ec2.NetworkAcl };
  private readonly flowLogs?: FlowLogs;

  /**
   * @throws when the network is too small for its subnets, when there are fewer than two zones or some of another region, when it has
   * NAT gateways and no public tier, when nothing leads to its ports, and when these are neither TCP nor UDP, or overlap
   */
  constructor(scope: Construct, id: string, props: ContainerNetworkProps = {}) {
    super(scope, id);
    const choices = checkChoices(this, props);
    const { natGateways } = choices;
    const addresses = planAddresses(props.ipAddresses, choices.zones);

    this.vpc = withAddresses(() => this.newVpc(props, addresses, natGateways));
    const subnets = {
      Public: this.vpc.publicSubnets,
      Containers: natGateways === NatGateways.NONE ? this.vpc.isolatedSubnets : this.vpc.privateSubnets,
      Data: this.newDataSubnets(addresses),
    };
    this.containerSubnets = { subnets: subnets.Containers };
    this.dataSubnets = { subnets: subnets.Data };

    this.networkAcls = props.networkAcls === false ? {} : this.newNetworkAcls(addresses, subnets, choices);
    this.flowLogs = this.newFlowLogs(props);
    this.explain(addresses);
  }

  /**
   * Where public load balancers stand.
   * @throws without a public tier
   */
  public get publicSubnets(): ec2.SubnetSelection {
    const { publicSubnets } = this.vpc;
    return this.made('publicSubnets', publicSubnets.length > 0 ? { subnets: publicSubnets } : undefined);
  }

  /**
   * What may enter and leave the public subnets. Rules of yours: `addEntry` with numbers from 200 to 999.
   * @throws when the network has none
   */
  public get publicNetworkAcl(): ec2.NetworkAcl {
    return this.made('publicNetworkAcl', this.networkAcls.Public);
  }

  /**
   * What may enter and leave the subnets of containers. Rules of yours: `addEntry` with numbers from 200 to 999.
   * @throws when the network has none
   */
  public get containerNetworkAcl(): ec2.NetworkAcl {
    return this.made('containerNetworkAcl', this.networkAcls.Containers);
  }

  /**
   * What may enter and leave the subnets for data. Rules of yours: `addEntry` with numbers from 200 to 999.
   * @throws when the network has none
   */
  public get dataNetworkAcl(): ec2.NetworkAcl {
    return this.made('dataNetworkAcl', this.networkAcls.Data);
  }

  /**
   * What writes down the traffic.
   * @throws when the network has none
   */
  public get flowLog(): ec2.FlowLog {
    return this.made('flowLog', this.flowLogs?.flowLog);
  }

  /**
   * Where the traffic is written down.
   * @throws when the network made none, because it goes elsewhere
   */
  public get flowLogGroup(): logs.LogGroup {
    return this.made('flowLogGroup', this.flowLogs?.logGroup);
  }

  /**
   * Who may write to `flowLogGroup`.
   * @throws when the network made none, because it goes elsewhere
   */
  public get flowLogRole(): iam.IRole {
    return this.made('flowLogRole', this.flowLogs?.role);
  }

  private newVpc(props: ContainerNetworkProps, addresses: AddressPlan, natGateways: NatGateways): ec2.Vpc {
    const isolated = natGateways === NatGateways.NONE;
    const containers = isolated ? ec2.SubnetType.PRIVATE_ISOLATED : ec2.SubnetType.PRIVATE_WITH_EGRESS;
    const inPublic = { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: false };
    return new ec2.Vpc(this, 'Vpc', {
      ipAddresses: addresses.ipAddresses,
      maxAzs: props.maxAzs,
      availabilityZones: props.availabilityZones,
      natGateways: { [NatGateways.NONE]: 0, [NatGateways.ONE]: 1, [NatGateways.PER_ZONE]: undefined }[natGateways],
      natGatewayProvider: props.natGatewayProvider,
      restrictDefaultSecurityGroup: props.restrictDefaultSecurityGroup ?? true,
      subnetConfiguration: [
        { name: 'Containers', subnetType: containers },
        ...(props.publicTier === false ? [] : [inPublic]),
      ],
    });
  }

  /**
   * Beside those of the VPC: without NAT gateways both containers and data are isolated, and what looks for isolated subnets
   * would take both, two in each zone.
   */
  private newDataSubnets(addresses: AddressPlan): ec2.PrivateSubnet[] {
    return this.vpc.availabilityZones.map((availabilityZone, zone) => {
      const subnet = new ec2.PrivateSubnet(this.vpc, `DataSubnet${zone + 1}`, {
        availabilityZone,
        vpcId: this.vpc.vpcId,
        cidrBlock: addresses.subnet('Data', zone, this.vpc.vpcCidrBlock),
        mapPublicIpOnLaunch: false,
      });
      // By these, Vpc.fromLookup knows subnets.
      const includeResourceTypes = [ec2.CfnSubnet.CFN_RESOURCE_TYPE_NAME];
      Tags.of(subnet).add('aws-cdk:subnet-name', 'Data', { includeResourceTypes });
      Tags.of(subnet).add('aws-cdk:subnet-type', 'Isolated', { includeResourceTypes });
      return subnet;
    });
  }

  private newNetworkAcls(
    addresses: AddressPlan,
    subnets: { readonly [tier in Tier]: ec2.ISubnet[] },
    { publicPorts, outboundPorts }: NetworkChoices,
  ): { readonly [tier in Tier]?: ec2.NetworkAcl } {
    const { vpc } = this;
    const settings = {
      publicPorts,
      outboundPorts,
      cidrs: {
        vpc: addresses.cidr ?? vpc.vpcCidrBlock,
        containers: addresses.tier('Containers', vpc.vpcCidrBlock),
        data: addresses.tier('Data', vpc.vpcCidrBlock),
      },
    };
    const newAcl = (id: string, tier: Tier, rules: typeof publicRules) =>
      newNetworkAcl(this, id, { vpc, subnets: subnets[tier], rules: rules(settings) });
    return {
      Public: subnets.Public.length > 0 ? newAcl('PublicNetworkAcl', 'Public', publicRules) : undefined,
      Containers: newAcl('ContainerNetworkAcl', 'Containers', containerRules),
      Data: newAcl('DataNetworkAcl', 'Data', dataRules),
    };
  }

  private newFlowLogs({ flowLogs, flowLogOptions }: ContainerNetworkProps): FlowLogs | undefined {
    if (flowLogs !== false) return newFlowLogs(this, this.vpc, flowLogOptions);
    if (flowLogOptions) {
      throw new ContainersError(
        'flowLogOptions must be left out when flowLogs is false, got both: nothing is written down',
      );
    }
    return undefined;
  }

  private explain({ cidr }: AddressPlan): void {
    this.vpc.publicSubnets.forEach((subnet) => Validations.of(subnet).acknowledge(...FINDINGS.internetRoute));
    if (!cidr || !overlapsDocker(cidr)) return;
    Validations.of(this).addWarning(
      'cdk-containers:NetworkAddressesOfDocker',
      `the network ${cidr} overlaps with 172.17.0.0/16, which Docker on instances and some services of AWS use themselves: choose other addresses, because they cannot be changed later.`,
    );
  }

  private made<T>(name: string, value: T | undefined): T {
    if (value !== undefined) return value;
    throw new ContainersError(`'${this.node.path}' has no ${name}, because its properties ask for none`);
  }
}
