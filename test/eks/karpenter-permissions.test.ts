import { namedKarpenter } from '../support/controllers';
import type { Ask } from '../support/controllers';
import { Template, only } from '../support/fixture';
import { allows, permissionsOf } from '../support/iam';
import { once } from '../support/resources';

const arn = (resource: string, account = '111122223333', region = 'eu-west-1') =>
  `arn:aws:ec2:${region}:${account}:${resource}`;
const PROFILE = 'arn:aws:iam::111122223333:instance-profile/karpenter/eu-west-1/shop/1/shop_1';
const INSTANCE = arn('instance/i-1');
const LAUNCH_TEMPLATE = arn('launch-template/lt-1');
const OURS = {
  'aws:ResourceTag/kubernetes.io/cluster/shop': 'owned',
  'aws:ResourceTag/karpenter.sh/nodepool': 'default',
};
const THEIRS = {
  'aws:ResourceTag/kubernetes.io/cluster/other': 'owned',
  'aws:ResourceTag/karpenter.sh/nodepool': 'default',
};
const NEW = {
  'aws:RequestTag/kubernetes.io/cluster/shop': 'owned',
  'aws:RequestTag/eks:eks-cluster-name': 'shop',
  'aws:RequestTag/karpenter.sh/nodepool': 'default',
};
const NEW_PROFILE = {
  'aws:RequestTag/kubernetes.io/cluster/shop': 'owned',
  'aws:RequestTag/eks:eks-cluster-name': 'shop',
  'aws:RequestTag/topology.kubernetes.io/region': 'eu-west-1',
  'aws:RequestTag/karpenter.k8s.aws/ec2nodeclass': 'default',
};
const OUR_PROFILE = {
  'aws:ResourceTag/kubernetes.io/cluster/shop': 'owned',
  'aws:ResourceTag/topology.kubernetes.io/region': 'eu-west-1',
  'aws:ResourceTag/karpenter.k8s.aws/ec2nodeclass': 'default',
};
const HERE = { 'aws:RequestedRegion': 'eu-west-1' };

describe('Karpenter', () => {
  const made = once(() => {
    const { stack, karpenter } = namedKarpenter();
    const template = Template.fromStack(stack);
    const names = { [only(template, 'AWS::SQS::Queue').id]: 'QUEUE' };
    return { karpenter, template, permissions: permissionsOf(template, 'KarpenterControllerRole', names) };
  });
  const nodeRoleArn = () => {
    const { template } = made();
    const [id] = Object.keys(template.findResources('AWS::IAM::Role')).filter((each) => /NodeRole/.test(each));
    return `<${id}.Arn>`;
  };

  test.each<Ask>([
    ['start instances of an image', 'ec2:RunInstances', 'arn:aws:ec2:eu-west-1::image/ami-1'],
    ['start them in subnets, also of others', 'ec2:CreateFleet', arn('subnet/subnet-1', '999900001111')],
    ['start them in reservations', 'ec2:CreateFleet', arn('capacity-reservation/cr-1', '999900001111')],
    ['start them in placement groups', 'ec2:RunInstances', arn('placement-group/pg-1')],
    ['start them from its launch templates', 'ec2:CreateFleet', LAUNCH_TEMPLATE, OURS],
    ['start them with the tags of the cluster', 'ec2:RunInstances', INSTANCE, NEW],
    ['make launch templates', 'ec2:CreateLaunchTemplate', LAUNCH_TEMPLATE, NEW],
    ['tag what it starts', 'ec2:CreateTags', INSTANCE, { ...NEW, 'ec2:CreateAction': 'RunInstances' }],
    ['name its instances', 'ec2:CreateTags', INSTANCE, { ...OURS, 'aws:TagKeys': ['Name', 'karpenter.sh/nodeclaim'] }],
    ['end its instances', 'ec2:TerminateInstances', INSTANCE, OURS],
    ['delete its launch templates', 'ec2:DeleteLaunchTemplate', LAUNCH_TEMPLATE, OURS],
    ['make instance profiles', 'iam:CreateInstanceProfile', PROFILE, NEW_PROFILE],
    ['tag its instance profiles', 'iam:TagInstanceProfile', PROFILE, { ...OUR_PROFILE, ...NEW_PROFILE }],
    ['fill its instance profiles', 'iam:AddRoleToInstanceProfile', PROFILE, OUR_PROFILE],
    ['delete its instance profiles', 'iam:DeleteInstanceProfile', PROFILE, OUR_PROFILE],
    ['read instance profiles', 'iam:GetInstanceProfile', PROFILE],
    ['list them', 'iam:ListInstanceProfiles', '*'],
    ['find its cluster', 'eks:DescribeCluster', 'arn:aws:eks:eu-west-1:111122223333:cluster/shop'],
    ['look at EC2', 'ec2:DescribeInstanceTypes', '*', HERE],
    ['find images', 'ssm:GetParameter', 'arn:aws:ssm:eu-west-1::parameter/aws/service/eks/optimized-ami/1'],
    ['read prices', 'pricing:GetProducts', '*'],
  ])('may %s', (...[, action, resource, context]) => {
    expect(allows(made().permissions, { action, resource, context })).toBe(true);
  });

  test.each<Ask>([
    ['start instances without tags', 'ec2:RunInstances', INSTANCE],
    [
      'start instances of another cluster',
      'ec2:RunInstances',
      INSTANCE,
      { ...NEW, 'aws:RequestTag/eks:eks-cluster-name': 'other' },
    ],
    ['start instances of no pool', 'ec2:RunInstances', INSTANCE, without(NEW, 'aws:RequestTag/karpenter.sh/nodepool')],
    ['start instances in another region', 'ec2:RunInstances', arn('instance/i-1', '111122223333', 'us-east-1'), NEW],
    ['use launch templates of another cluster', 'ec2:CreateFleet', LAUNCH_TEMPLATE, THEIRS],
    ['make launch templates without tags', 'ec2:CreateLaunchTemplate', LAUNCH_TEMPLATE],
    ['end instances of another cluster', 'ec2:TerminateInstances', INSTANCE, THEIRS],
    ['end instances of nobody', 'ec2:TerminateInstances', INSTANCE],
    [
      'end nodes of a node group',
      'ec2:TerminateInstances',
      INSTANCE,
      without(OURS, 'aws:ResourceTag/karpenter.sh/nodepool'),
    ],
    ['delete launch templates of another cluster', 'ec2:DeleteLaunchTemplate', LAUNCH_TEMPLATE, THEIRS],
    ['take over instances', 'ec2:CreateTags', INSTANCE, NEW],
    ['tag instances as it likes', 'ec2:CreateTags', INSTANCE, { ...OURS, 'aws:TagKeys': ['Name', 'owner'] }],
    [
      'give instances to another cluster',
      'ec2:CreateTags',
      INSTANCE,
      { ...OURS, 'aws:RequestTag/eks:eks-cluster-name': 'other', 'aws:TagKeys': ['eks:eks-cluster-name'] },
    ],
    ['make instance profiles without tags', 'iam:CreateInstanceProfile', PROFILE],
    [
      'make instance profiles for another region',
      'iam:CreateInstanceProfile',
      PROFILE,
      { ...NEW_PROFILE, 'aws:RequestTag/topology.kubernetes.io/region': 'us-east-1' },
    ],
    ['take over instance profiles', 'iam:TagInstanceProfile', PROFILE, NEW_PROFILE],
    [
      'take over instance profiles of other clusters',
      'iam:TagInstanceProfile',
      PROFILE,
      { ...NEW_PROFILE, 'aws:ResourceTag/karpenter.k8s.aws/ec2nodeclass': 'default' },
    ],
    ['fill instance profiles of others', 'iam:AddRoleToInstanceProfile', PROFILE],
    [
      'delete instance profiles of another cluster',
      'iam:DeleteInstanceProfile',
      PROFILE,
      { ...OUR_PROFILE, 'aws:ResourceTag/kubernetes.io/cluster/shop': 'shared' },
    ],
    ['find other clusters', 'eks:DescribeCluster', 'arn:aws:eks:eu-west-1:111122223333:cluster/other'],
    ['look at EC2 elsewhere', 'ec2:DescribeInstances', '*', { 'aws:RequestedRegion': 'us-east-1' }],
    ['read parameters of the account', 'ssm:GetParameter', 'arn:aws:ssm:eu-west-1:111122223333:parameter/secret'],
    ['watch zonal shifts', 'arc-zonal-shift:GetManagedResource', '*'],
  ])('may not %s', (...[, action, resource, context]) => {
    expect(allows(made().permissions, { action, resource, context })).toBe(false);
  });

  test('may hand over the role of its nodes, to EC2, and no other', () => {
    const ask = (resource: string, service: string) =>
      allows(made().permissions, { action: 'iam:PassRole', resource, context: { 'iam:PassedToService': service } });
    expect(ask(nodeRoleArn(), 'ec2.amazonaws.com')).toBe(true);
    expect(ask(nodeRoleArn(), 'ec2.amazonaws.com.cn')).toBe(true);
    expect(ask(nodeRoleArn(), 'lambda.amazonaws.com')).toBe(false);
    expect(ask('arn:aws:iam::111122223333:role/admin', 'ec2.amazonaws.com')).toBe(false);
  });

  test('may read its queue, and no more', () => {
    const queue = made().permissions.filter(({ Action }) => [Action].flat().some((each) => each.startsWith('sqs:')));
    expect(queue).toEqual([
      {
        Effect: 'Allow',
        Action: ['sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:ReceiveMessage'],
        Resource: 'QUEUE',
      },
    ]);
  });

  test('has no action with a wildcard, and what is on every resource is known', () => {
    const { permissions } = made();
    expect(permissions.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    const anywhere = permissions.filter(({ Resource }) => [Resource].flat().includes('*'));
    expect(
      anywhere
        .flatMap(({ Action }) => Action)
        .filter((action) => !action.startsWith('ec2:Describe'))
        .sort(),
    ).toEqual(['iam:ListInstanceProfiles', 'pricing:GetProducts']);
    expect(permissions.filter(({ Effect }) => Effect !== 'Allow')).toEqual([]);
  });
});

function without(context: Record<string, string>, key: string): Record<string, string> {
  const { [key]: gone, ...rest } = context;
  expect(gone).toBeDefined();
  return rest;
}
