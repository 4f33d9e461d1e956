import {
  Duration,
  Stack,
  aws_dynamodb as dynamodb,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_rds as rds,
  aws_sqs as sqs,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Deployment, Scaling, ScalingPolicy, TaskRole, WorkerService } from '../../lib';
import type { WorkerServiceProps } from '../../lib';
import { Fixture, IMAGE, Template, newApp, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { allowing, expectNothingInline } from '../support/policies';
import { all, containerOf, idOf, once, resourceOf, serviceOf, taskOf } from '../support/resources';

/** A worker, of which a test says only what it is about. */
function worker(fixture: Fixture, props: Partial<WorkerServiceProps> = {}, scope: Construct = fixture.stack) {
  return new WorkerService(scope, 'Worker', { cluster: fixture.cluster, container: { image: IMAGE }, ...props });
}

/** A worker that says nothing but what it must, and its template. */
const plain = once(() => {
  const fixture = new Fixture();
  const made = worker(fixture);
  return { made, fixture, template: fixture.template() };
});

describe('WorkerService', () => {
  test('runs one task, which nothing scales', () => {
    const { template, made } = plain();
    expect(serviceOf(template).DesiredCount).toBe(1);
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
    expect(made.taskCount).toBeUndefined();
  });

  test('has no load balancer, no port and no grace period', () => {
    const { template } = plain();
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 0);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 0);
    expect(containerOf(template)).not.toHaveProperty('PortMappings');
    expect(serviceOf(template).LoadBalancers ?? []).toEqual([]);
    expect(serviceOf(template)).not.toHaveProperty('HealthCheckGracePeriodSeconds');
  });

  test('lets nobody in, and stands in private subnets without a public address', () => {
    const { template, made, fixture } = plain();
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    const groups = made.connections.securityGroups;
    expect(groups).toHaveLength(1);
    expect(resourceOf(template, groups[0]).Properties).not.toHaveProperty('SecurityGroupIngress');
    expect(serviceOf(template).NetworkConfiguration.AwsvpcConfiguration).toEqual({
      AssignPublicIp: 'DISABLED',
      SecurityGroups: [{ 'Fn::GetAtt': [idOf(groups[0]), 'GroupId'] }],
      Subnets: fixture.vpc.privateSubnets.map((subnet) => ({ Ref: idOf(subnet) })),
    });
  });

  test('keeps its task during a deployment, and rolls back when that fails', () => {
    expect(serviceOf(plain().template).DeploymentConfiguration).toEqual({
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    });
  });

  test('has a read-only root file system', () => {
    expect(containerOf(plain().template).ReadonlyRootFilesystem).toBe(true);
  });

  test('shows what it made', () => {
    const { template, made } = plain();
    expect(serviceOf(template).TaskDefinition).toEqual({ Ref: idOf(made.taskDefinition) });
    const { taskRole, executionRole } = made;
    expect(taskOf(template)).toMatchObject({
      TaskRoleArn: made.service.stack.resolve(taskRole.roleArn),
      ExecutionRoleArn: made.service.stack.resolve(executionRole.roleArn),
    });
    expect(containerOf(template).Name).toBe(made.container.containerName);
    expect(containerOf(template).LogConfiguration.Options['awslogs-group']).toEqual({ Ref: idOf(made.logGroup!) });
    expect(made.taskDefinition.defaultContainer).toBe(made.container);
  });

  test('hands command, environment and deployment on', () => {
    const fixture = new Fixture();
    const deployment = Deployment.rolling({ minHealthyPercent: 0, maxPercent: 100 });
    worker(fixture, { command: ['work'], environment: { QUEUE: 'jobs' }, deployment });
    const template = fixture.template();
    expect(containerOf(template)).toMatchObject({
      Command: ['work'],
      Environment: [{ Name: 'QUEUE', Value: 'jobs' }],
    });
    expect(serviceOf(template).DeploymentConfiguration).toMatchObject({
      MinimumHealthyPercent: 0,
      MaximumPercent: 100,
    });
  });

  test('opens a shell when it is to', () => {
    const fixture = new Fixture();
    worker(fixture, { allowExec: true, container: { image: IMAGE, writableRootFilesystem: true } });
    expect(serviceOf(fixture.template()).EnableExecuteCommand).toBe(true);
  });

  test('scales with its queue, from and to zero', () => {
    const fixture = new Fixture();
    const queue = new sqs.Queue(fixture.stack, 'Queue');
    const backlog = { queue, acceptableLatency: Duration.minutes(5), processingTime: Duration.seconds(30) };
    const policies = [ScalingPolicy.backlogPerTask(backlog)];
    const { taskCount } = worker(fixture, { scaling: Scaling.between({ minTasks: 0, maxTasks: 20, policies }) });
    const template = fixture.template();
    expect(taskCount).toBeInstanceOf(ecs.ScalableTaskCount);
    expect(serviceOf(template)).not.toHaveProperty('DesiredCount');
    expect(all(template, 'AWS::ApplicationAutoScaling::ScalableTarget')).toEqual([
      expect.objectContaining({ MinCapacity: 0, MaxCapacity: 20 }),
    ]);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 1);
    expectAcyclic(template);
  });

  test.each(['requestsPerTask', 'responseTime'])('fails when it is to follow %s, which it has not', (name) => {
    const policies = [
      name === 'responseTime' ? ScalingPolicy.responseTime(Duration.seconds(1)) : ScalingPolicy.requestsPerTask(9),
    ];
    const scaling = Scaling.between({ minTasks: 2, maxTasks: 4, policies });
    expect(() => worker(new Fixture(), { scaling })).toThrow(
      new Error(
        `ScalingPolicy.${name} needs a load balancer, got a service without one: use another policy or another routing, or give Scaling.bind its targetGroups`,
      ),
    );
  });
});

describe('the grants of a WorkerService', () => {
  test('land on its task role, as a managed policy', () => {
    const fixture = new Fixture();
    const made = worker(fixture);
    const queue = new sqs.Queue(fixture.stack, 'Queue');
    queue.grantConsumeMessages(made);
    const template = fixture.template();
    const [statement, ...more] = allowing(template, 'WorkerTaskRole', 'sqs:ReceiveMessage');
    expect(more).toEqual([]);
    expect(statement.Resource).toEqual({ 'Fn::GetAtt': [idOf(queue), 'Arn'] });
    expectNothingInline(template);
  });

  test('land on the role that it is given', () => {
    const fixture = new Fixture();
    const taskRole = new TaskRole(fixture.stack, 'Mine');
    const made = worker(fixture, { taskRole });
    expect(made.taskRole).toBe(taskRole);
    new sqs.Queue(fixture.stack, 'Queue').grantConsumeMessages(made);
    expect(allowing(fixture.template(), 'Mine', 'sqs:ReceiveMessage')).toHaveLength(1);
  });

  test('open the way to a database, from its own security group', () => {
    const fixture = new Fixture();
    const made = worker(fixture);
    const database = new rds.DatabaseCluster(fixture.stack, 'Db', {
      engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_16_4 }),
      vpc: fixture.vpc,
      writer: rds.ClusterInstance.serverlessV2('Writer'),
    });
    made.connections.allowToDefaultPort(database);
    const [rule, ...more] = all(fixture.template(), 'AWS::EC2::SecurityGroupIngress');
    expect(more).toEqual([]);
    const [group] = made.connections.securityGroups;
    expect(rule.SourceSecurityGroupId).toEqual({ 'Fn::GetAtt': [idOf(group), 'GroupId'] });
  });
});

describe.each(['strong', 'weak'])('a WorkerService in another stack, with %s references', (references) => {
  test('needs the stack of its cluster, queue and table, and is not needed by it', () => {
    const fixture = new Fixture(newApp({ '@aws-cdk/core:defaultCrossStackReferences': references }));
    const queue = new sqs.Queue(fixture.stack, 'Queue');
    const partitionKey = { name: 'id', type: dynamodb.AttributeType.STRING };
    const table = new dynamodb.TableV2(fixture.stack, 'Table', { partitionKey });
    const database = new ec2.SecurityGroup(fixture.stack, 'Database', { vpc: fixture.vpc });
    const consumer = new Stack(fixture.app, 'Consumer');
    const backlog = { queue, acceptableLatency: Duration.minutes(5), processingTime: Duration.seconds(30) };
    const policies = [ScalingPolicy.backlogPerTask(backlog), ScalingPolicy.cpu(60)];
    const made = worker(fixture, { scaling: Scaling.between({ minTasks: 0, maxTasks: 4, policies }) }, consumer);
    queue.grantConsumeMessages(made);
    table.grantReadWriteData(made);
    made.connections.allowTo(
      new ec2.Connections({
        securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(consumer, 'Import', database.securityGroupId)],
      }),
      ec2.Port.POSTGRES,
    );

    const template = Template.fromStack(consumer);
    expect(consumer.dependencies).toEqual([fixture.stack]);
    expect(fixture.stack.dependencies).toEqual([]);
    expectAcyclic(template);
    expectAcyclic(fixture.template());
    expect(all(template, 'AWS::CloudWatch::Alarm')).toHaveLength(1);
    expect(allowing(template, 'WorkerTaskRole', 'sqs:ReceiveMessage')).toHaveLength(1);
    expect(all(template, 'AWS::EC2::SecurityGroupIngress')).toHaveLength(1);
    fixture.template().resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    expect(warnings(fixture.app)).toEqual([]);
  });

  test('takes an imported cluster', () => {
    const fixture = new Fixture(newApp({ '@aws-cdk/core:defaultCrossStackReferences': references }));
    const theirs = { clusterName: 'theirs', vpc: fixture.vpc };
    worker(fixture, { cluster: ecs.Cluster.fromClusterAttributes(fixture.stack, 'Theirs', theirs) });
    expect(serviceOf(fixture.template()).Cluster).toBe('theirs');
  });
});
