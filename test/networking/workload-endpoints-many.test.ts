import type { App } from 'aws-cdk-lib';
import { Stack, Stage, aws_ec2 as ec2, aws_iam as iam, aws_sqs as sqs } from 'aws-cdk-lib';
import { WorkerService, WorkloadEndpoints } from '../../lib';
import { ecrImage, isolatedVpc, PrivateFixture, TASKS } from '../support/endpoints';
import { only, Template, warnings } from '../support/fixture';
import { all, lenientApp } from '../support/resources';

const { SQS } = ec2.InterfaceVpcEndpointAwsService;

function workersIn({ stack, cluster }: PrivateFixture, ids: string[], securityGroups?: ec2.ISecurityGroup[]) {
  const container = { image: ecrImage(stack) };
  return ids.map((id) => new WorkerService(stack, id, { cluster, container, vpcSubnets: TASKS, securityGroups }));
}

/** How often all of an app is looked at while something is done. */
function looksAt(app: App, act: () => void): number {
  const spy = jest.spyOn(app.node, 'findAll');
  act();
  const { length } = spy.mock.calls;
  spy.mockRestore();
  return length;
}

describe('the app is looked at as often for many workloads as for one', () => {
  function looks(ids: string[]) {
    const fixture = PrivateFixture.in();
    const { app, stack, vpc } = fixture;
    const workloads = workersIn(fixture, ids);
    return {
      synthesis: looksAt(app, () => void app.synth()),
      construction: looksAt(app, () => void new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads })),
      again: looksAt(app, () => void app.synth({ force: true })),
    };
  }

  test('when endpoints are made, and at each synthesis', () => {
    const one = looks(['A']);
    expect(looks(['A', 'B', 'C'])).toEqual(one);
    expect(Math.min(...Object.values(one))).toBeGreaterThan(0);
  });
});

describe('what is missing is said', () => {
  const missing = (app: App) => warnings(app).filter((each) => each.includes('isolated subnets'));

  test('of grants and services that come after a synthesis', () => {
    const fixture = PrivateFixture.in();
    const { app, stack, vpc } = fixture;
    const [first, second] = workersIn(fixture, ['First', 'Second']);
    new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [first, second] });
    app.synth();
    expect(missing(app)).toEqual([]);

    new sqs.Queue(stack, 'Orders').grantConsumeMessages(first);
    const [third] = workersIn(fixture, ['Third']);
    new sqs.Queue(stack, 'Returns').grantConsumeMessages(third);
    app.synth({ force: true });
    expect(missing(first as never)).toEqual([expect.stringContaining('no endpoint of the VPC for sqs, because')]);
    expect(missing(second as never)).toEqual([]);
    expect(missing(third as never)).toEqual([expect.stringContaining('no endpoint of the VPC for sqs, because')]);
  });

  test('not of endpoints that come after a synthesis', () => {
    const fixture = PrivateFixture.in();
    const { app, stack, vpc } = fixture;
    const [worker] = workersIn(fixture, ['Worker']);
    const endpoints = new WorkloadEndpoints(stack, 'Endpoints', { vpc, services: [SQS] });
    endpoints.allowFrom(worker);
    app.synth();
    expect(missing(app)).toEqual([expect.stringContaining('for ecr.api, ecr.dkr, s3, because')]);

    ['ECR', 'ECR_DOCKER', 'CLOUDWATCH_LOGS'].forEach((name) =>
      vpc.addInterfaceEndpoint(name, { service: (ec2.InterfaceVpcEndpointAwsService as never)[name] }),
    );
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    const [late] = workersIn(fixture, ['Late']);
    app.synth({ force: true });
    expect(missing(late as never)).toEqual([]);
  });

  test('in the assembly of each stage, of its own services', () => {
    const app = lenientApp();
    const stages = ['Test', 'Prod'].map((name) => {
      const stage = new Stage(app, name);
      const stack = new Stack(stage, 'Shop');
      workersIn(PrivateFixture.around(stack, isolatedVpc(stack)), ['Worker']);
      return stage;
    });
    const messages = stages.map((stage) =>
      stage.synth().stacks[0].messages.map(({ id, entry }) => `${id}: ${String(entry.data).slice(0, 30)}`),
    );
    expect(messages).toEqual([
      ['/Test/Shop/Worker: tasks are in isolated subnets,'],
      ['/Prod/Shop/Worker: tasks are in isolated subnets,'],
    ]);
  });

  test('of two networks, each by its own endpoints', () => {
    const app = lenientApp();
    const [one, other] = ['One', 'Other'].map((name) => {
      const stack = new Stack(app, name);
      const fixture = PrivateFixture.around(stack, isolatedVpc(stack));
      const [worker] = workersIn(fixture, ['Worker']);
      return { ...fixture, worker };
    });
    new WorkloadEndpoints(one.stack, 'Endpoints', { vpc: one.vpc, workloads: [one.worker] });
    app.synth();
    expect(missing(one.stack as never)).toEqual([]);
    expect(missing(other.stack as never)).toEqual([expect.stringContaining('for ecr.api, ecr.dkr, s3, because')]);
  });
});

test('all policies of a role count', () => {
  const fixture = PrivateFixture.in();
  const { stack, vpc } = fixture;
  const [worker] = workersIn(fixture, ['Worker']);
  const role = worker.service.taskDefinition.taskRole;
  ['sqs:SendMessage', 'sns:Publish'].forEach((action) => {
    const statements = [new iam.PolicyStatement({ actions: [action], resources: ['*'] })];
    new iam.Policy(stack, action.replace(':', ''), { statements, roles: [role] });
  });
  const endpoints = new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [worker] });
  expect(Object.keys(endpoints.interfaceEndpoints)).toEqual(expect.arrayContaining(['sns', 'sqs']));
});

test('services wait for no rule that leads elsewhere', () => {
  const fixture = PrivateFixture.in();
  const { stack, vpc } = fixture;
  const closed = new ec2.SecurityGroup(stack, 'Closed', { vpc, allowAllOutbound: false });
  const [worker] = workersIn(fixture, ['Worker'], [closed]);
  const other = new ec2.SecurityGroup(stack, 'Other', { vpc });
  closed.connections.allowTo(other, ec2.Port.HTTPS);
  closed.connections.allowFrom(other, ec2.Port.HTTPS);
  closed.connections.allowInternally(ec2.Port.HTTPS);
  new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [worker] });
  const { DependsOn = [] } = only(Template.fromStack(stack), 'AWS::ECS::Service');
  expect(DependsOn.filter((id) => /^(EndpointsSecurityGroupfrom|Closed(to|from))/.test(id))).toEqual([
    expect.stringMatching(/^ClosedtoShopEndpoints/),
    expect.stringMatching(/^EndpointsSecurityGroupfromShopClosed/),
  ]);
});

describe('EndpointRules', () => {
  /** Groups of somebody else's tasks, in a stack beside. */
  function clients(count: number) {
    const app = lenientApp();
    const net = new Stack(app, 'Net');
    const vpc = isolatedVpc(net);
    const endpoints = new WorkloadEndpoints(net, 'Endpoints', { vpc, services: [SQS] });
    const stacks = [net, new Stack(app, 'Tasks')];
    const groups = Array.from({ length: count }, (_, i) => new ec2.SecurityGroup(stacks[i % 2], `C${i}`, { vpc }));
    groups.forEach((group) => group.connections.allowToDefaultPort(endpoints));
    // Those of another group do not count.
    groups[0].connections.allowFrom(groups[2], ec2.Port.HTTPS);
    app.synth();
    return warnings(endpoints);
  }

  test('60 are what AWS allows', () => {
    expect(clients(60)).toEqual([]);
  });

  test('61 are too many, wherever they stand', () => {
    expect(clients(61)).toEqual([
      'the security group of the endpoints has 61 inbound rules, one for each security group of a workload, and AWS allows 60 unless the quota of the account is raised: have it raised, or let workloads share a security group. [ack: Annotation::cdk-containers:EndpointRules]',
    ]);
  });

  test('workloads that share a group share a rule', () => {
    const fixture = PrivateFixture.in();
    const { stack, vpc } = fixture;
    const shared = new ec2.SecurityGroup(stack, 'Shared', { vpc, allowAllOutbound: false });
    const workloads = workersIn(fixture, ['A', 'B'], [shared]);
    const { interfaceEndpoints } = new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads });
    const template = Template.fromStack(stack);
    expect(all(template, 'AWS::EC2::SecurityGroupIngress')).toHaveLength(1);
    const waiting = Object.values(template.findResources('AWS::ECS::Service')).map(({ DependsOn }) => DependsOn);
    const rules = waiting.map((ids: string[]) => ids.filter((id) => /^(EndpointsSecurityGroupfrom|Sharedto)/.test(id)));
    expect(rules[0]).toHaveLength(2);
    expect(rules[1]).toEqual(rules[0]);
    expect(Object.keys(interfaceEndpoints)).toEqual(['ecr.api', 'ecr.dkr', 'logs']);
  });
});
