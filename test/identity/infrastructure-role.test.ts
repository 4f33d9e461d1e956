import { App, Stack, aws_ec2 as ec2, aws_iam as iam } from 'aws-cdk-lib';
import { InfrastructureRole } from '../../lib';
import type { ManagedInstancesGrant } from '../../lib';
import { only, Template } from '../support/fixture';
import { actionsOf, allowing, expectNothingInline, statementsOf } from '../support/policies';
import type { Statement } from '../support/policies';
import { once } from '../support/resources';

const ACCOUNT = '111122223333';
const env = { account: ACCOUNT, region: 'eu-west-1' };
const arn = (resource: string) => `arn:\${Token}:ec2:eu-west-1:${ACCOUNT}:${resource}`;
const GROUP = `arn:aws:resource-groups:eu-west-1:${ACCOUNT}:group/shop`;

function made(more: Partial<ManagedInstancesGrant> = {}) {
  const stack = new Stack(new App(), 'Shop', { env });
  const role = new InfrastructureRole(stack, 'Role');
  const instanceRole = iam.Role.fromRoleArn(stack, 'Instance', `arn:aws:iam::${ACCOUNT}:role/instances`);
  const subnets = ['a', 'b'].map((id) => ec2.Subnet.fromSubnetId(stack, id, `subnet-${id}`));
  const securityGroups = [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')];
  role.allowManagedInstances({ instanceRole, subnets, securityGroups, ...more });
  return { stack, role, template: () => Template.fromStack(stack) };
}

/** The resources of statements, with the partition as `${Token}`. */
function resourcesOf(statements: Statement[]): string[] {
  const text = (value: any): string =>
    typeof value === 'string'
      ? value
      : value['Fn::Join'][1].map((p: unknown) => (typeof p === 'string' ? p : '${Token}')).join('');
  return statements.flatMap(({ Resource }) => [Resource].flat().map(text)).sort();
}

const REQUESTED = { StringEquals: { 'aws:RequestTag/AmazonECSManaged': 'true' } };
const MADE = ['instance/*', 'network-interface/*', 'volume/*'].map(arn);

describe('InfrastructureRole', () => {
  test('is assumed by ECS alone, and may do nothing at first', () => {
    const stack = new Stack(new App(), 'Shop');
    const role = new InfrastructureRole(stack, 'Role');
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ecs.amazonaws.com' } },
    ]);
    expect(role.policies).toEqual([]);
  });

  test('hands EC2 the role of the instances, and no other', () => {
    const statements = allowing(made().template(), 'Role', 'iam:PassRole');
    expect(statements).toMatchObject([
      {
        Resource: `arn:aws:iam::${ACCOUNT}:role/instances`,
        Condition: { StringLike: { 'iam:PassedToService': 'ec2.*' } },
      },
    ]);
  });

  test('starts instances in the subnets and with the groups that were named', () => {
    const { template } = made();
    const open = allowing(template(), 'Role', 'ec2:RunInstances').filter(({ Condition }) => !Condition);
    expect(resourcesOf(open)).toEqual(
      ['security-group/sg-1', 'subnet/subnet-a', 'subnet/subnet-b']
        .map(arn)
        .concat('arn:${Token}:ec2:eu-west-1::image/*')
        .sort(),
    );
  });

  test('starts instances in subnets of another account, and takes all else from its own', () => {
    const account = '444455556666';
    const all = (more: Partial<ManagedInstancesGrant>) => resourcesOf(statementsOf(made(more).template(), 'Role'));
    const moved = (resource: string) => (resource.includes(':subnet/') ? resource.replace(ACCOUNT, account) : resource);
    const shared = all({ subnetOwnerAccount: account });
    expect(shared.filter((resource) => resource.includes(account))).toEqual(
      ['a', 'b'].map((id) => `arn:\${Token}:ec2:eu-west-1:${account}:subnet/subnet-${id}`),
    );
    expect(shared).toEqual(all({}).map(moved).sort());
  });

  test('makes only what ECS tags as its own', () => {
    const statements = allowing(made().template(), 'Role', 'ec2:RunInstances');
    const tagged = statements.filter(({ Condition }) => JSON.stringify(Condition) === JSON.stringify(REQUESTED));
    expect(resourcesOf(tagged)).toEqual(expect.arrayContaining(MADE));
    expect(allowing(made().template(), 'Role', 'ec2:CreateLaunchTemplate')).toMatchObject([{ Condition: REQUESTED }]);
    expect(allowing(made().template(), 'Role', 'ec2:ModifyLaunchTemplate')).toMatchObject([
      { Condition: { StringEquals: { 'ec2:ManagedResourceOperator': 'ecs.amazonaws.com' } } },
    ]);
  });

  test('tags only while it makes something', () => {
    expect(allowing(made().template(), 'Role', 'ec2:CreateTags')).toMatchObject([
      { Condition: { StringEquals: { 'ec2:CreateAction': ['CreateFleet', 'CreateLaunchTemplate', 'RunInstances'] } } },
    ]);
  });

  test('reads everything, and may use * for nothing else', () => {
    const star = statementsOf(made().template(), 'Role').filter(({ Resource }) => Resource === '*');
    expect(star.flatMap(actionsOf).filter((action) => !action.startsWith('ec2:Describe'))).toEqual([]);
    expect(star.flatMap(actionsOf)).toContain('ec2:DescribeInstanceTypes');
  });

  test('does not stop, start or change instances of others', () => {
    const actions = statementsOf(made({ spot: true, reservationGroupArn: GROUP }).template(), 'Role').flatMap(
      actionsOf,
    );
    expect(
      actions.filter((action) => /Terminate|StopInst|StartInst|Modify(?!LaunchTemplate)|Delete|\*/.test(action)),
    ).toEqual([]);
    expectNothingInline(made().template());
  });

  test('makes the role of Spot only where told', () => {
    expect(allowing(made().template(), 'Role', 'iam:CreateServiceLinkedRole')).toEqual([]);
    const statements = allowing(made({ spot: true }).template(), 'Role', 'iam:CreateServiceLinkedRole');
    expect(resourcesOf(statements)).toEqual([
      `arn:\${Token}:iam::${ACCOUNT}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot`,
    ]);
  });

  test('uses reservations only where told', () => {
    expect(allowing(made().template(), 'Role', 'resource-groups:ListGroupResources')).toEqual([]);
    const statements = allowing(
      made({ reservationGroupArn: GROUP }).template(),
      'Role',
      'resource-groups:ListGroupResources',
    );
    expect(resourcesOf(statements)).toEqual([GROUP]);
  });
});

describe('InfrastructureRole.allowGateway', () => {
  const WEB_ACL = `arn:aws:wafv2:eu-west-1:${ACCOUNT}:regional/webacl/shop/00000000-0000-0000-0000-000000000000`;
  const TAGGED = { StringEquals: { 'aws:ResourceTag/AmazonECSManaged': 'true' } };

  function gateway(webAclArn?: string) {
    const stack = new Stack(new App(), 'Shop', { env });
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'] });
    new InfrastructureRole(stack, 'Role').allowGateway({ vpc, webAclArn });
    return Template.fromStack(stack);
  }

  const plain = once(gateway);
  const elb = (resource: string) => `arn:\${Token}:elasticloadbalancing:eu-west-1:${ACCOUNT}:${resource}`;
  const here = (statement: Statement) => JSON.stringify(statement.Condition?.ArnEquals);

  test('changes load balancers that ECS tagged as its own, and no others', () => {
    const { Condition, ...statement } = allowing(plain(), 'Role', 'elasticloadbalancing:DeleteLoadBalancer')[0];
    expect(Condition).toEqual(TAGGED);
    expect(resourcesOf([statement])).toEqual(
      ['listener-rule/app/*/*/*/*', 'listener/app/*/*/*', 'loadbalancer/app/*/*', 'targetgroup/*/*'].map(elb),
    );
    const changes = statementsOf(plain(), 'Role').filter((each) =>
      actionsOf(each).some((action) => /:(Create|Delete|Modify|Revoke|Set|Add|Remove)/.test(action)),
    );
    expect(changes.filter((each) => !each.Condition).map(({ Action, Resource }) => [Action, Resource])).toEqual([
      ['ec2:CreateSecurityGroup', expect.anything()],
    ]);
  });

  test('makes security groups in the network alone', () => {
    const [open] = allowing(plain(), 'Role', 'ec2:CreateSecurityGroup').filter(({ Condition }) => !Condition);
    expect(resourcesOf([open])).toEqual([arn('vpc/vpc-1')]);
    const groups = statementsOf(plain(), 'Role').filter(
      (each) =>
        actionsOf(each).includes('ec2:AuthorizeSecurityGroupIngress') &&
        resourcesOf([each]).includes(arn('security-group/*')),
    );
    expect(groups).toHaveLength(2);
    groups.forEach((group) => expect(here(group)).toContain('vpc/vpc-1'));
  });

  test('adds rules to groups of others with its tag only, and removes rules of its own groups only', () => {
    const adding = allowing(plain(), 'Role', 'ec2:AuthorizeSecurityGroupIngress');
    expect(adding.map(({ Condition }) => Condition!.StringEquals)).toEqual(
      expect.arrayContaining([REQUESTED.StringEquals, REQUESTED.StringEquals, TAGGED.StringEquals]),
    );
    const removing = allowing(plain(), 'Role', 'ec2:RevokeSecurityGroupIngress');
    expect(removing).toMatchObject([{ Condition: TAGGED }]);
    expect(allowing(plain(), 'Role', 'ec2:DeleteSecurityGroup')).toEqual(removing);
    expect(allowing(plain(), 'Role', 'ec2:CreateTags')).toMatchObject([
      {
        Condition: {
          StringEquals: {
            'ec2:CreateAction': [
              'CreateSecurityGroup',
              'AuthorizeSecurityGroupEgress',
              'AuthorizeSecurityGroupIngress',
            ],
          },
        },
      },
    ]);
  });

  test('looks after certificates of its own', () => {
    expect(allowing(plain(), 'Role', 'acm:RequestCertificate')).toMatchObject([{ Condition: REQUESTED }]);
    expect(allowing(plain(), 'Role', 'acm:DeleteCertificate')).toMatchObject([{ Condition: TAGGED }]);
  });

  test('makes the role of load balancers', () => {
    const statements = allowing(plain(), 'Role', 'iam:CreateServiceLinkedRole');
    expect(resourcesOf(statements)).toEqual([
      `arn:\${Token}:iam::${ACCOUNT}:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing`,
    ]);
    expect(statements).toMatchObject([
      { Condition: { StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' } } },
    ]);
  });

  test('reads everything, and may use * for nothing else', () => {
    const star = statementsOf(plain(), 'Role').filter(({ Resource }) => Resource === '*');
    const actions = star.flatMap(actionsOf);
    expect(actions).toHaveLength(10);
    expect(actions.filter((action) => !/^(ec2|elasticloadbalancing):Describe/.test(action))).toEqual([]);
  });

  test('touches the web ACL that was named, and none otherwise', () => {
    const actions = ['wafv2:AssociateWebACL', 'wafv2:DisassociateWebACL', 'wafv2:GetWebACL'];
    const elbActions = ['CreateWebACLAssociation', 'DeleteWebACLAssociation', 'SetWebACL'];
    const of = (template: Template) => [
      ...actions.map((action) => resourcesOf(allowing(template, 'Role', action))),
      ...elbActions.map((action) => resourcesOf(allowing(template, 'Role', `elasticloadbalancing:${action}`))),
    ];
    expect(of(plain())).toEqual([[], [], [], [], [], []]);
    const balancers = [elb('loadbalancer/app/*/*')];
    expect(of(gateway(WEB_ACL))).toEqual([[WEB_ACL], [WEB_ACL], [WEB_ACL], balancers, balancers, balancers]);
    expectNothingInline(gateway(WEB_ACL));
  });
});

describe('allowLattice', () => {
  const GROUP_ARN = `arn:aws:vpc-lattice:eu-west-1:${ACCOUNT}:targetgroup/tg-1`;
  const allowed = (targetGroupArns: string[]) => {
    const stack = new Stack(new App(), 'Shop', { env });
    new InfrastructureRole(stack, 'Role').allowLattice({ targetGroupArns });
    return statementsOf(Template.fromStack(stack), 'Role');
  };

  test('registers tasks in the target groups that were named, and reads the network', () => {
    const actions = ['DeregisterTargets', 'GetTargetGroup', 'ListTargets', 'RegisterTargets'];
    const read = ['ec2:DescribeInstances', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'];
    expect(allowed([GROUP_ARN])).toEqual([
      { Effect: 'Allow', Action: actions.map((action) => `vpc-lattice:${action}`), Resource: GROUP_ARN },
      { Effect: 'Allow', Action: read, Resource: '*' },
    ]);
  });

  test('fails without target groups', () => {
    expect(() => allowed([])).toThrow(
      'targetGroupArns must have the target groups of the service, got none: name them',
    );
  });
});
