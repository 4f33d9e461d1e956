import { loadBalancerController } from '../support/controllers';
import type { Ask } from '../support/controllers';
import { Template } from '../support/fixture';
import { allows, permissionsOf } from '../support/iam';
import { actionsOf, statementsOf } from '../support/policies';
import { once } from '../support/resources';

const CREATED = { 'aws:RequestTag/elbv2.k8s.aws/cluster': 'shop' };
const OURS = { 'aws:ResourceTag/elbv2.k8s.aws/cluster': 'shop' };
const THEIRS = { 'aws:ResourceTag/elbv2.k8s.aws/cluster': 'other' };
const elb = (resource: string, region = 'eu-west-1', account = '111122223333') =>
  `arn:aws:elasticloadbalancing:${region}:${account}:${resource}`;
const ec2Arn = (resource: string, account = '111122223333') => `arn:aws:ec2:eu-west-1:${account}:${resource}`;

const LOAD_BALANCER = elb('loadbalancer/app/k8s-shop/50dc');
const TARGET_GROUP = elb('targetgroup/k8s-shop/73e2');
const LISTENER = elb('listener/app/k8s-shop/50dc/f2f7');
const RULE = elb('listener-rule/app/k8s-shop/50dc/f2f7/9683');
const GROUP = ec2Arn('security-group/sg-1');

const made = once(() => Template.fromStack(loadBalancerController().stack));
const permissions = once(() => permissionsOf(made(), 'LbcControllerRole'));

test.each<Ask>([
  ['make a load balancer', 'elasticloadbalancing:CreateLoadBalancer', LOAD_BALANCER, CREATED],
  ['make a target group', 'elasticloadbalancing:CreateTargetGroup', TARGET_GROUP, CREATED],
  [
    'tag what it makes',
    'elasticloadbalancing:AddTags',
    LOAD_BALANCER,
    { ...CREATED, 'elasticloadbalancing:CreateAction': 'CreateLoadBalancer' },
  ],
  [
    'tag target groups that it makes',
    'elasticloadbalancing:AddTags',
    TARGET_GROUP,
    { ...CREATED, 'elasticloadbalancing:CreateAction': 'CreateTargetGroup' },
  ],
  ['tag what it made', 'elasticloadbalancing:AddTags', elb('loadbalancer/net/k8s-shop/50dc'), OURS],
  ['take tags away', 'elasticloadbalancing:RemoveTags', TARGET_GROUP, OURS],
  ['change its load balancers', 'elasticloadbalancing:ModifyLoadBalancerAttributes', LOAD_BALANCER, OURS],
  ['move its load balancers', 'elasticloadbalancing:SetSubnets', LOAD_BALANCER, OURS],
  ['delete its load balancers', 'elasticloadbalancing:DeleteLoadBalancer', LOAD_BALANCER, OURS],
  ['delete its target groups', 'elasticloadbalancing:DeleteTargetGroup', TARGET_GROUP, OURS],
  ['change its listeners', 'elasticloadbalancing:ModifyListenerAttributes', LISTENER, OURS],
  ['register pods', 'elasticloadbalancing:RegisterTargets', TARGET_GROUP],
  ['make listeners', 'elasticloadbalancing:CreateListener', LOAD_BALANCER],
  ['make rules', 'elasticloadbalancing:CreateRule', LISTENER],
  ['delete rules', 'elasticloadbalancing:DeleteRule', RULE],
  ['delete listeners', 'elasticloadbalancing:DeleteListener', LISTENER],
  ['change rules', 'elasticloadbalancing:ModifyRule', RULE],
  ['change listeners', 'elasticloadbalancing:ModifyListener', LISTENER],
  ['add certificates', 'elasticloadbalancing:AddListenerCertificates', LISTENER],
  ['remove certificates', 'elasticloadbalancing:RemoveListenerCertificates', LISTENER],
  ['tag rules', 'elasticloadbalancing:AddTags', RULE],
  ['tag listeners', 'elasticloadbalancing:AddTags', LISTENER],
  ['order rules', 'elasticloadbalancing:SetRulePriorities', RULE],
  ['open ports of nodes', 'ec2:AuthorizeSecurityGroupIngress', GROUP, { 'ec2:Vpc': ec2Arn('vpc/vpc-0123') }],
  [
    'open ports in a network that somebody shares',
    'ec2:RevokeSecurityGroupIngress',
    GROUP,
    { 'ec2:Vpc': ec2Arn('vpc/vpc-0123', '999900001111') },
  ],
  ['make a security group', 'ec2:CreateSecurityGroup', GROUP],
  ['make it in its network', 'ec2:CreateSecurityGroup', ec2Arn('vpc/vpc-0123')],
  [
    'tag the security group that it makes',
    'ec2:CreateTags',
    GROUP,
    { ...CREATED, 'ec2:CreateAction': 'CreateSecurityGroup' },
  ],
  ['tag its security group', 'ec2:CreateTags', GROUP, OURS],
  ['delete its security group', 'ec2:DeleteSecurityGroup', GROUP, OURS],
  ['look', 'ec2:DescribeSubnets', '*'],
  ['look at load balancers', 'elasticloadbalancing:DescribeTargetHealth', '*'],
  ['look into its network', 'ec2:GetSecurityGroupsForVpc', ec2Arn('vpc/vpc-0123')],
  ['find certificates', 'acm:ListCertificates', '*'],
  ['read a certificate', 'acm:DescribeCertificate', 'arn:aws:acm:eu-west-1:111122223333:certificate/1'],
  ['read a server certificate', 'iam:GetServerCertificate', 'arn:aws:iam::111122223333:server-certificate/a'],
  ['have users sign in', 'cognito-idp:DescribeUserPoolClient', 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/1'],
  ['associate web ACLs', 'wafv2:AssociateWebACL', LOAD_BALANCER],
  ['let them in', 'elasticloadbalancing:SetWebAcl', '*'],
  ['use WAF Classic', 'waf-regional:GetWebACLForResource', '*'],
  ['use Shield', 'shield:GetSubscriptionState', '*'],
  [
    'make the service-linked role',
    'iam:CreateServiceLinkedRole',
    'arn:aws:iam::111122223333:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing',
    { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' },
  ],
])('the controller may %s', (...[, action, resource, context]) => {
  expect(allows(permissions(), { action, resource, context })).toBe(true);
});

test.each<Ask>([
  ['make load balancers without the tag', 'elasticloadbalancing:CreateLoadBalancer', LOAD_BALANCER],
  [
    'make load balancers of another cluster',
    'elasticloadbalancing:CreateLoadBalancer',
    LOAD_BALANCER,
    { 'aws:RequestTag/elbv2.k8s.aws/cluster': 'other' },
  ],
  ['delete load balancers of nobody', 'elasticloadbalancing:DeleteLoadBalancer', LOAD_BALANCER],
  ['delete load balancers of another cluster', 'elasticloadbalancing:DeleteLoadBalancer', LOAD_BALANCER, THEIRS],
  ['change target groups of another cluster', 'elasticloadbalancing:ModifyTargetGroup', TARGET_GROUP, THEIRS],
  ['tag load balancers of another cluster', 'elasticloadbalancing:AddTags', LOAD_BALANCER, THEIRS],
  ['take over load balancers', 'elasticloadbalancing:AddTags', LOAD_BALANCER, CREATED],
  ['retag its own', 'elasticloadbalancing:AddTags', LOAD_BALANCER, { ...OURS, ...CREATED }],
  ['make listeners in another region', 'elasticloadbalancing:CreateListener', elb('loadbalancer/app/a/1', 'us-east-1')],
  [
    'register targets in another account',
    'elasticloadbalancing:RegisterTargets',
    elb('targetgroup/a/1', 'eu-west-1', '999900001111'),
  ],
  ['open ports in another network', 'ec2:AuthorizeSecurityGroupIngress', GROUP, { 'ec2:Vpc': ec2Arn('vpc/vpc-9999') }],
  ['open ports wherever', 'ec2:AuthorizeSecurityGroupIngress', GROUP],
  ['make security groups in another network', 'ec2:CreateSecurityGroup', ec2Arn('vpc/vpc-9999')],
  ['delete security groups of another cluster', 'ec2:DeleteSecurityGroup', GROUP, THEIRS],
  ['tag security groups of nobody', 'ec2:CreateTags', GROUP],
  ['take over security groups', 'ec2:CreateTags', GROUP, CREATED],
  [
    'tag new security groups for another cluster',
    'ec2:CreateTags',
    GROUP,
    { 'aws:RequestTag/elbv2.k8s.aws/cluster': 'other', 'ec2:CreateAction': 'CreateSecurityGroup' },
  ],
  ['retag its security group', 'ec2:CreateTags', GROUP, { ...OURS, ...CREATED }],
  ['tag instances', 'ec2:CreateTags', ec2Arn('instance/i-1'), OURS],
  [
    'make service-linked roles in the name of others',
    'iam:CreateServiceLinkedRole',
    'arn:aws:iam::111122223333:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing',
    { 'iam:AWSServiceName': 'spot.amazonaws.com' },
  ],
  [
    'make other service-linked roles',
    'iam:CreateServiceLinkedRole',
    'arn:aws:iam::111122223333:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot',
    { 'iam:AWSServiceName': 'spot.amazonaws.com' },
  ],
])('the controller may not %s', (...[, action, resource, context]) => {
  expect(allows(permissions(), { action, resource, context })).toBe(false);
});

test('no action has a wildcard, and what is on every resource is known', () => {
  const statements = statementsOf(made(), 'LbcControllerRole');
  const anywhere = statements.filter(({ Resource }) => [Resource].flat().includes('*')).flatMap(actionsOf);
  expect(statements.flatMap(actionsOf).filter((action) => action.includes('*'))).toEqual([]);
  expect(anywhere.filter((action) => !/:(Describe|List)/.test(action)).sort()).toEqual([
    'elasticloadbalancing:SetWebAcl',
    'shield:CreateProtection',
    'shield:DeleteProtection',
    'shield:GetSubscriptionState',
    'waf-regional:AssociateWebACL',
    'waf-regional:DisassociateWebACL',
    'waf-regional:GetWebACL',
    'waf-regional:GetWebACLForResource',
    'wafv2:AssociateWebACL',
    'wafv2:DisassociateWebACL',
    'wafv2:GetWebACL',
    'wafv2:GetWebACLForResource',
  ]);
});
