import { aws_iam as iam, Validations } from 'aws-cdk-lib';
import type { aws_ec2 as ec2, aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError } from '../rules/errors';
import { FINDINGS, WILDCARDS } from '../rules/findings';
import { gatewayStatements } from './private/gateway-statements';
import { keyOf } from './private/keys';
import { ManagedPolicyRole } from './private/managed-policy-role';
import { acknowledgeWildcards } from './private/wildcards';
import type { RoleOptions } from './role-options';

/** Properties of an `InfrastructureRole`. */
export interface InfrastructureRoleProps extends RoleOptions {}

/** What ECS starts Managed Instances with. */
export interface ManagedInstancesGrant {
  /** The role that ECS hands to the instances. */
  readonly instanceRole: iam.IRole;

  /** Where the instances stand. */
  readonly subnets: ec2.ISubnet[];

  /** The security groups of the instances. */
  readonly securityGroups: ec2.ISecurityGroup[];

  /**
   * The account that shares the subnets with this one, by AWS RAM.
   * @default - the subnets are of this account
   */
  readonly subnetOwnerAccount?: string;

  /**
   * Lets ECS use the Capacity Reservations of a resource group, by its ARN.
   * @default - none
   */
  readonly reservationGroupArn?: string;

  /**
   * Lets ECS make the role that EC2 needs for Spot, when the account has none yet.
   * @default false
   */
  readonly spot?: boolean;
}

/** What ECS makes volumes of. */
export interface VolumesGrant {
  /**
   * The key of the volumes.
   * @default - one of AWS, which needs no permissions
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The snapshot that they start with.
   * @default - they are empty
   */
  readonly snapshotId?: string;
}

/** What of a load balancer ECS changes when it moves traffic from one version to the next. */
export interface LoadBalancersGrant {
  /** The target groups, both of a blue/green deployment. */
  readonly targetGroupArns: string[];

  /**
   * The rules of an Application Load Balancer that it rewrites.
   * @default - none
   */
  readonly listenerRuleArns?: string[];

  /**
   * The listeners that it rewrites: those of a Network Load Balancer have no rules.
   * @default - none
   */
  readonly listenerArns?: string[];
}

/** Where a gateway makes its load balancers. */
export interface GatewayGrant {
  /** The network of the gateway. */
  readonly vpc: ec2.IVpc;

  /**
   * The ARN of the web ACL that ECS associates with the load balancers.
   * @default - none: ECS may not touch web ACLs
   */
  readonly webAclArn?: string;
}

/** Where in VPC Lattice ECS registers tasks. */
export interface LatticeGrant {
  /** The target groups, both of a blue/green deployment. */
  readonly targetGroupArns: string[];
}

/**
 * What ECS may do in your account to run what a cluster needs.
 *
 * It may do nothing until it is told: `ManagedInstances` calls `allowManagedInstances`, `Mount.ebs` calls `allowVolumes`,
 * `EcsGateway` calls `allowGateway`, `Routing.lattice` calls `allowLattice`, and so do you beside a bare L2; `allowLoadBalancers` is for blue/green deployments of
 * bare L2s.
 *
 * Creates: `role`, and `policies` with the first grant.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html
 */
export class InfrastructureRole extends ManagedPolicyRole {
  constructor(scope: Construct, id: string, props: InfrastructureRoleProps = {}) {
    const description = 'What ECS may do in this account for its tasks';
    // ECS does not say for what it assumes this role.
    super(scope, id, { ...props, description, assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com') });
  }

  /**
   * Lets ECS start instances that it manages, in these subnets, with these security groups and this role: what the AWS
   * managed policy allows for every subnet, group, and role of a certain name. To stop them ECS has a role of its own.
   * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRolePolicyForManagedInstances.html
   */
  public allowManagedInstances(grant: ManagedInstancesGrant): void {
    const managed = ['instance', 'volume', 'network-interface'].map((resource) => this.ec2(resource, '*'));
    const fleet = this.ec2('fleet', '*');
    const launchTemplate = this.ec2('launch-template', '*');
    const chosen = [
      ...grant.subnets.map(({ subnetId }) => this.ec2('subnet', subnetId, grant.subnetOwnerAccount)),
      ...grant.securityGroups.map(({ securityGroupId }) => this.ec2('security-group', securityGroupId)),
      this.stack.formatArn({ service: 'ec2', account: '', resource: 'image', resourceName: '*' }),
    ];
    const tagged = { StringEquals: { 'aws:RequestTag/AmazonECSManaged': 'true' } };

    this.allow(['ec2:CreateLaunchTemplate'], [launchTemplate], tagged);
    this.allow(['ec2:CreateLaunchTemplateVersion', 'ec2:ModifyLaunchTemplate'], [launchTemplate], {
      StringEquals: { 'ec2:ManagedResourceOperator': 'ecs.amazonaws.com' },
    });
    this.allow(['ec2:CreateFleet'], [fleet, ...managed], tagged);
    this.allow(['ec2:RunInstances'], managed, tagged);
    this.allow(['ec2:CreateFleet', 'ec2:RunInstances'], [launchTemplate], {
      StringEquals: { 'ec2:ResourceTag/AmazonECSManaged': 'true' },
    });
    this.allow(['ec2:CreateFleet', 'ec2:RunInstances'], chosen);
    this.allow(['ec2:CreateTags'], [fleet, launchTemplate, ...managed], {
      StringEquals: { 'ec2:CreateAction': ['CreateFleet', 'CreateLaunchTemplate', 'RunInstances'] },
    });
    this.allow(['iam:PassRole'], [grant.instanceRole.roleArn], { StringLike: { 'iam:PassedToService': 'ec2.*' } });
    this.allow(DESCRIBE, ['*']);
    if (grant.spot) this.allow(['iam:CreateServiceLinkedRole'], [this.spotRole()]);
    if (grant.reservationGroupArn) {
      this.allow(['ec2:RunInstances', 'resource-groups:ListGroupResources'], [grant.reservationGroupArn]);
      this.allow(['cloudformation:DescribeStacks', 'cloudformation:ListStackResources', 'tag:GetResources'], ['*']);
    }
    Validations.of(this).acknowledge(...FINDINGS.infrastructure);
  }

  /**
   * Lets ECS make encrypted volumes for tasks, attach and delete them: what the AWS managed policy allows, for the snapshot
   * and the key that are used only.
   * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRolePolicyForVolumes.html
   */
  public allowVolumes(grant: VolumesGrant = {}): void {
    const volumes = this.ec2('volume', '*');
    const ofTask = { 'aws:RequestTag/AmazonECSCreated': this.stack.formatArn({ service: 'ecs', resource: 'task/*' }) };
    const managed = { 'aws:RequestTag/AmazonECSManaged': 'true' };
    this.allow(['ec2:CreateVolume'], [volumes], { ArnLike: ofTask, StringEquals: managed });
    if (grant.snapshotId) this.allow(['ec2:CreateVolume'], [this.ec2('snapshot', grant.snapshotId, '')]);
    this.allow(['ec2:CreateTags'], [volumes], {
      ArnLike: ofTask,
      StringEquals: { ...managed, 'ec2:CreateAction': 'CreateVolume' },
    });
    const isManaged = { StringEquals: { 'aws:ResourceTag/AmazonECSManaged': 'true' } };
    this.allow(['ec2:AttachVolume', 'ec2:DetachVolume'], [volumes], isManaged);
    this.allow(['ec2:DeleteVolume'], [volumes], {
      ...isManaged,
      ArnLike: { 'aws:ResourceTag/AmazonECSCreated': ofTask['aws:RequestTag/AmazonECSCreated'] },
    });
    this.allow(['ec2:AttachVolume', 'ec2:DetachVolume'], [this.ec2('instance', '*')]);
    this.allow(['ec2:DescribeAvailabilityZones', 'ec2:DescribeInstances', 'ec2:DescribeVolumes'], ['*']);
    if (grant.encryptionKey) this.allowKey(keyOf(grant.encryptionKey).keyArn, grant.snapshotId !== undefined);
    Validations.of(this).acknowledge(...FINDINGS.volumes);
  }

  /**
   * Lets ECS register tasks with target groups and shift traffic between them: what the AWS managed policy allows for every
   * load balancer, for these.
   * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
   */
  public allowLoadBalancers({ targetGroupArns, listenerRuleArns = [], listenerArns = [] }: LoadBalancersGrant): void {
    if (targetGroupArns.length === 0) {
      throw new ContainersError('targetGroupArns must have the target groups of the service, got none: name them');
    }
    const elb = (action: string) => `elasticloadbalancing:${action}`;
    this.allow(['RegisterTargets', 'DeregisterTargets'].map(elb), targetGroupArns);
    if (listenerRuleArns.length > 0) this.allow([elb('ModifyRule')], listenerRuleArns);
    if (listenerArns.length > 0) this.allow([elb('ModifyListener')], listenerArns);
    this.allow(['DescribeListeners', 'DescribeRules', 'DescribeTargetGroups', 'DescribeTargetHealth'].map(elb), ['*']);
    Validations.of(this).acknowledge(...FINDINGS.loadBalancers);
  }

  /**
   * Lets ECS make, change and delete the load balancers of a gateway, with their security groups and certificates, where ECS
   * tags them as its own: what the AWS managed policy allows in every network, region and account, for this one, and with this
   * web ACL only.
   * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRoleForGatewayHostSharedALB.html
   */
  public allowGateway({ vpc, webAclArn }: GatewayGrant): void {
    const statements = gatewayStatements(this.stack, vpc.vpcArn, webAclArn);
    statements.forEach((statement) => this.addToPrincipalPolicy(statement));
    acknowledgeWildcards(this, statements, WILDCARDS.gateway);
  }

  /**
   * Lets ECS register tasks with target groups of VPC Lattice: what the AWS managed policy allows for every target group,
   * for these.
   * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRolePolicyForVpcLattice.html
   */
  public allowLattice({ targetGroupArns }: LatticeGrant): void {
    if (targetGroupArns.length === 0) {
      throw new ContainersError('targetGroupArns must have the target groups of the service, got none: name them');
    }
    const lattice = (action: string) => `vpc-lattice:${action}`;
    this.allow(['RegisterTargets', 'DeregisterTargets', 'GetTargetGroup', 'ListTargets'].map(lattice), targetGroupArns);
    this.allow(['ec2:DescribeInstances', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'], ['*']);
    Validations.of(this).acknowledge(...FINDINGS.lattice);
  }

  /** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-kms-encryption.html */
  private allowKey(keyArn: string, fromSnapshot: boolean): void {
    const throughEc2 = {
      StringEquals: {
        'kms:CallerAccount': this.stack.account,
        'kms:ViaService': `ec2.${this.stack.region}.amazonaws.com`,
      },
    };
    this.allow(['kms:DescribeKey'], [keyArn]);
    this.allow(
      [
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        ...(fromSnapshot ? ['kms:ReEncryptFrom', 'kms:ReEncryptTo'] : []),
      ],
      [keyArn],
      throughEc2,
    );
    this.allow(['kms:CreateGrant'], [keyArn], { ...throughEc2, Bool: { 'kms:GrantIsForAWSResource': 'true' } });
  }

  private allow(actions: string[], resources: string[], conditions?: iam.Conditions): void {
    this.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources, conditions }));
  }

  private spotRole(): string {
    const name = 'spot.amazonaws.com/AWSServiceRoleForEC2Spot';
    return this.stack.formatArn({ service: 'iam', region: '', resource: 'role/aws-service-role', resourceName: name });
  }

  private ec2(resource: string, resourceName: string, account?: string): string {
    return this.stack.formatArn({ service: 'ec2', account, resource, resourceName });
  }
}

const DESCRIBE = [
  'ec2:DescribeAvailabilityZones',
  'ec2:DescribeCapacityReservations',
  'ec2:DescribeInstanceTypeOfferings',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeInstances',
  'ec2:DescribeLaunchTemplates',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
];
