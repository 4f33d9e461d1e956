import { arnAt, globalArnAt } from './controller-statements';
import type { ControllerPlace, ControllerStatement } from './controller-statements';

/**
 * What the AWS Load Balancer Controller does in an account: the permissions of its release 3.5.0, of August 2026.
 *
 * Source: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/installation/#configure-iam and the
 * policy that it installs, of the repository kubernetes-sigs/aws-load-balancer-controller at commit 225f44568848 of
 * 17 August 2026. What it allows for every account, region, network and cluster is narrowed here to those of the cluster,
 * which the controller writes into the tag `elbv2.k8s.aws/cluster`. Nothing here is wider than there.
 */

/** The controller tags with it all that it makes. */
const CLUSTER = 'elbv2.k8s.aws/cluster';

/** What the controller is wanted for, and where. */
export interface LoadBalancerReach {
  readonly vpcId: string;
  /** Ingresses may name web ACLs of AWS WAF. */
  readonly webAcls: boolean;
  /** Ingresses may ask for AWS Shield Advanced. */
  readonly shield: boolean;
  /** Ingresses may have users sign in with Amazon Cognito. */
  readonly cognito: boolean;
}

/** All that the controller may do. */
export function loadBalancerStatements(place: ControllerPlace, reach: LoadBalancerReach): ControllerStatement[] {
  return [
    ...looks(place, reach),
    ...certificates(place),
    ...(reach.cognito ? [cognito(place)] : []),
    ...(reach.webAcls ? [webAcls()] : []),
    ...(reach.shield ? [shield()] : []),
    ...securityGroups(place, reach),
    ...loadBalancers(place),
    ...listeners(place),
  ];
}

function tagged(place: ControllerPlace) {
  return { [`aws:ResourceTag/${CLUSTER}`]: place.cluster };
}

function toBeTagged(place: ControllerPlace) {
  return { [`aws:RequestTag/${CLUSTER}`]: place.cluster };
}

/** Nobody may say of something that it belongs to another cluster. */
const NOT_RETAGGED = { Null: { [`aws:RequestTag/${CLUSTER}`]: 'true' } };

function looks(place: ControllerPlace, { vpcId }: LoadBalancerReach): ControllerStatement[] {
  return [
    {
      sid: 'ServiceLinkedRole',
      actions: ['iam:CreateServiceLinkedRole'],
      resources: [globalArnAt(place, 'iam', 'role/aws-service-role/elasticloadbalancing.amazonaws.com/*')],
      conditions: { StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' } },
    },
    {
      sid: 'Look',
      actions: [
        ...LOOKS.ec2.map((action) => `ec2:Describe${action}`),
        ...LOOKS.elb.map((action) => `elasticloadbalancing:Describe${action}`),
      ],
      resources: ['*'],
    },
    {
      sid: 'LookIntoNetwork',
      actions: ['ec2:GetSecurityGroupsForVpc'],
      resources: [arnAt(place, 'ec2', `vpc/${vpcId}`, '*')],
    },
    {
      sid: 'LookIntoOutposts',
      actions: ['ec2:GetCoipPoolUsage'],
      resources: [arnAt(place, 'ec2', 'coip-pool/*')],
    },
  ];
}

const LOOKS = {
  ec2: [
    'AccountAttributes',
    'Addresses',
    'AvailabilityZones',
    'CoipPools',
    'Instances',
    'InternetGateways',
    'IpamPools',
    'NetworkInterfaces',
    'RouteTables',
    'SecurityGroups',
    'Subnets',
    'Tags',
    'VpcPeeringConnections',
    'Vpcs',
  ],
  elb: [
    'CapacityReservation',
    'ListenerAttributes',
    'ListenerCertificates',
    'Listeners',
    'LoadBalancerAttributes',
    'LoadBalancers',
    'Rules',
    'SSLPolicies',
    'Tags',
    'TargetGroupAttributes',
    'TargetGroups',
    'TargetHealth',
    'TrustStores',
  ],
};

/** It finds the certificate for a host by itself. */
function certificates(place: ControllerPlace): ControllerStatement[] {
  return [
    { sid: 'Certificates', actions: ['acm:ListCertificates', 'iam:ListServerCertificates'], resources: ['*'] },
    {
      sid: 'Certificate',
      actions: ['acm:DescribeCertificate'],
      resources: [arnAt(place, 'acm', 'certificate/*')],
    },
    {
      sid: 'ServerCertificate',
      actions: ['iam:GetServerCertificate'],
      resources: [globalArnAt(place, 'iam', 'server-certificate/*')],
    },
  ];
}

function cognito(place: ControllerPlace): ControllerStatement {
  return {
    sid: 'Cognito',
    actions: ['cognito-idp:DescribeUserPoolClient'],
    resources: [arnAt(place, 'cognito-idp', 'userpool/*')],
  };
}

/** It asks by the load balancer which web ACL there is, before there is one that a statement could name. */
function webAcls(): ControllerStatement {
  const actions = ['GetWebACL', 'GetWebACLForResource', 'AssociateWebACL', 'DisassociateWebACL'];
  return {
    sid: 'WebAcls',
    actions: [
      ...['waf-regional', 'wafv2'].flatMap((service) => actions.map((action) => `${service}:${action}`)),
      'elasticloadbalancing:SetWebAcl',
    ],
    resources: ['*'],
  };
}

function shield(): ControllerStatement {
  const actions = ['GetSubscriptionState', 'DescribeProtection', 'CreateProtection', 'DeleteProtection'];
  return { sid: 'Shield', actions: actions.map((action) => `shield:${action}`), resources: ['*'] };
}

/** Those of load balancers are the controller's own; those of nodes get rules, in the network of the cluster. */
function securityGroups(place: ControllerPlace, { vpcId }: LoadBalancerReach): ControllerStatement[] {
  const groups = arnAt(place, 'ec2', 'security-group/*');
  // A network that another account shares has the id of that account in its ARN.
  const vpc = arnAt(place, 'ec2', `vpc/${vpcId}`, '*');
  return [
    {
      sid: 'SecurityGroupRules',
      actions: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'],
      resources: [groups],
      conditions: { ArnLike: { 'ec2:Vpc': vpc } },
    },
    { sid: 'CreateSecurityGroup', actions: ['ec2:CreateSecurityGroup'], resources: [groups, vpc] },
    {
      sid: 'TagNewSecurityGroup',
      actions: ['ec2:CreateTags'],
      resources: [groups],
      conditions: { StringEquals: { 'ec2:CreateAction': 'CreateSecurityGroup', ...toBeTagged(place) } },
    },
    {
      sid: 'TagSecurityGroup',
      actions: ['ec2:CreateTags', 'ec2:DeleteTags'],
      resources: [groups],
      conditions: { ...NOT_RETAGGED, StringEquals: tagged(place) },
    },
    {
      sid: 'DeleteSecurityGroup',
      actions: ['ec2:DeleteSecurityGroup'],
      resources: [groups],
      conditions: { StringEquals: tagged(place) },
    },
  ];
}

function elb(place: ControllerPlace, resource: string): string {
  return arnAt(place, 'elasticloadbalancing', resource);
}

function loadBalancers(place: ControllerPlace): ControllerStatement[] {
  const tags = ['targetgroup/*/*', 'loadbalancer/net/*/*', 'loadbalancer/app/*/*'].map((each) => elb(place, each));
  return [
    {
      sid: 'Create',
      actions: ['CreateLoadBalancer', 'CreateTargetGroup'].map(ofElb),
      resources: [elb(place, 'loadbalancer/*'), elb(place, 'targetgroup/*')],
      conditions: { StringEquals: toBeTagged(place) },
    },
    {
      sid: 'TagNew',
      actions: ['AddTags'].map(ofElb),
      resources: tags,
      conditions: {
        StringEquals: {
          'elasticloadbalancing:CreateAction': ['CreateTargetGroup', 'CreateLoadBalancer'],
          ...toBeTagged(place),
        },
      },
    },
    {
      sid: 'Tag',
      actions: ['AddTags', 'RemoveTags'].map(ofElb),
      resources: tags,
      conditions: { ...NOT_RETAGGED, StringEquals: tagged(place) },
    },
    {
      sid: 'Change',
      actions: CHANGES.map(ofElb),
      resources: ['loadbalancer/*', 'targetgroup/*', 'listener/*'].map((each) => elb(place, each)),
      conditions: { StringEquals: tagged(place) },
    },
    {
      sid: 'Targets',
      actions: ['RegisterTargets', 'DeregisterTargets'].map(ofElb),
      resources: [elb(place, 'targetgroup/*/*')],
    },
  ];
}

/** Without a condition: the controller may be told not to tag listeners and rules. */
function listeners(place: ControllerPlace): ControllerStatement[] {
  return [
    {
      sid: 'Listeners',
      actions: LISTENERS.map(ofElb),
      resources: ['loadbalancer/*', 'listener/*', 'listener-rule/*'].map((each) => elb(place, each)),
    },
    {
      sid: 'TagListeners',
      actions: ['AddTags', 'RemoveTags'].map(ofElb),
      resources: ['listener/net/*/*/*', 'listener/app/*/*/*', 'listener-rule/net/*/*/*', 'listener-rule/app/*/*/*'].map(
        (each) => elb(place, each),
      ),
    },
  ];
}

function ofElb(action: string): string {
  return `elasticloadbalancing:${action}`;
}

const CHANGES = [
  'DeleteLoadBalancer',
  'DeleteTargetGroup',
  'ModifyCapacityReservation',
  'ModifyIpPools',
  'ModifyListenerAttributes',
  'ModifyLoadBalancerAttributes',
  'ModifyTargetGroup',
  'ModifyTargetGroupAttributes',
  'SetIpAddressType',
  'SetSecurityGroups',
  'SetSubnets',
];

const LISTENERS = [
  'AddListenerCertificates',
  'CreateListener',
  'CreateRule',
  'DeleteListener',
  'DeleteRule',
  'ModifyListener',
  'ModifyRule',
  'RemoveListenerCertificates',
  'SetRulePriorities',
];
