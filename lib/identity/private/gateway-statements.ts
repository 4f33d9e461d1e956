import { aws_iam as iam } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';

/**
 * What ECS needs for the load balancers of a gateway: the statements of AmazonECSInfrastructureRoleForGatewayHostSharedALB of
 * 25 September 2026, for one account, region, network and web ACL.
 */
export function gatewayStatements(stack: Stack, vpcArn: string, webAclArn: string | undefined): iam.PolicyStatement[] {
  const arn = (service: string, resource: string) => stack.formatArn({ service, resource });
  const elb = (...resources: string[]) => resources.map((resource) => arn('elasticloadbalancing', resource));
  const loadBalancers = elb('loadbalancer/app/*/*');
  const shared = [...loadBalancers, ...elb('listener/app/*/*/*', 'listener-rule/app/*/*/*/*', 'targetgroup/*/*')];
  const groups = [arn('ec2', 'security-group/*')];
  const rules = [arn('ec2', 'security-group-rule/*')];
  const certificates = [arn('acm', 'certificate/*')];
  const here = { ArnEquals: { 'ec2:Vpc': vpcArn } };
  return [
    allow(['iam:CreateServiceLinkedRole'], [serviceLinkedRole(stack)], {
      StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' },
    }),
    allow(
      MANAGE.map((action) => `elasticloadbalancing:${action}`),
      shared,
      TAGGED,
    ),
    allow(['elasticloadbalancing:AddTags'], shared, {
      StringEquals: {
        'elasticloadbalancing:CreateAction': [
          'CreateLoadBalancer',
          'CreateListener',
          'CreateRule',
          'CreateTargetGroup',
        ],
      },
    }),

    // The VPC bounds where groups are made. A rule may be added to the group of a service, which is not of ECS, so that the
    // tag is asked of the rule.
    allow(['ec2:CreateSecurityGroup'], [vpcArn]),
    allow(['ec2:CreateSecurityGroup'], groups, TAGGING),
    allow(ADD_RULES, groups, { ...TAGGING, ...here }),
    allow(ADD_RULES, rules, TAGGING),
    allow([...ADD_RULES, ...REMOVE_RULES, 'ec2:DeleteSecurityGroup'], groups, { ...TAGGED, ...here }),
    allow(['ec2:CreateTags'], [...groups, ...rules], {
      StringEquals: { 'ec2:CreateAction': ['CreateSecurityGroup', ...ADD_RULES.map((action) => action.slice(4))] },
    }),

    allow(['acm:RequestCertificate'], certificates, TAGGING),
    allow(['acm:AddTagsToCertificate', 'acm:DeleteCertificate'], certificates, TAGGED),
    allow(['acm:DescribeCertificate'], certificates),

    allow(['elasticloadbalancing:GetLoadBalancerWebACL'], loadBalancers),
    allow(['wafv2:GetWebACLForResource'], [arn('wafv2', 'regional/webacl/*/*')]),
    ...(webAclArn === undefined ? [] : webAclStatements(webAclArn, loadBalancers)),

    allow(DESCRIBE, ['*']),
  ];
}

function webAclStatements(webAclArn: string, loadBalancers: string[]): iam.PolicyStatement[] {
  return [
    allow(['wafv2:AssociateWebACL', 'wafv2:DisassociateWebACL', 'wafv2:GetWebACL'], [webAclArn]),
    // AWS asks for no tag here either: WAF does it for ECS, and is not known to pass tags on.
    allow(
      ['CreateWebACLAssociation', 'DeleteWebACLAssociation', 'SetWebACL'].map(
        (action) => `elasticloadbalancing:${action}`,
      ),
      loadBalancers,
    ),
  ];
}

function allow(actions: string[], resources: string[], conditions?: iam.Conditions): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions, resources, conditions });
}

function serviceLinkedRole(stack: Stack): string {
  const resourceName = 'elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing';
  return stack.formatArn({ service: 'iam', region: '', resource: 'role/aws-service-role', resourceName });
}

const TAGGED = { StringEquals: { 'aws:ResourceTag/AmazonECSManaged': 'true' } };
const TAGGING = { StringEquals: { 'aws:RequestTag/AmazonECSManaged': 'true' } };

const MANAGE = [
  'AddListenerCertificates',
  'CreateListener',
  'CreateLoadBalancer',
  'CreateRule',
  'CreateTargetGroup',
  'DeleteListener',
  'DeleteLoadBalancer',
  'DeleteRule',
  'DeleteTargetGroup',
  'DeregisterTargets',
  'ModifyListener',
  'ModifyLoadBalancerAttributes',
  'ModifyRule',
  'RegisterTargets',
  'RemoveListenerCertificates',
  'SetRulePriorities',
  'SetSecurityGroups',
];

const ADD_RULES = ['ec2:AuthorizeSecurityGroupEgress', 'ec2:AuthorizeSecurityGroupIngress'];
const REMOVE_RULES = ['ec2:RevokeSecurityGroupEgress', 'ec2:RevokeSecurityGroupIngress'];

const DESCRIBE = [
  'ec2:DescribeRouteTables',
  'ec2:DescribeSecurityGroupRules',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeLoadBalancers',
  'elasticloadbalancing:DescribeRules',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
];
