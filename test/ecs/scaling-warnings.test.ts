import { Duration, Token, aws_ec2 as ec2, aws_ecs as ecs, aws_sqs as sqs } from 'aws-cdk-lib';
import { Capacity, EcsCluster, Scaling, ScalingPolicy, WorkerService } from '../../lib';
import { Fixture, IMAGE, warnings } from '../support/fixture';
import { bareService } from '../support/resources';

describe('TasksFewerThanZones', () => {
  /** The warnings of a worker in so many zones. */
  function warned(scaling: Scaling | undefined, maxAzs: number, vpcSubnets?: (vpc: ec2.IVpc) => ec2.SubnetSelection) {
    const { stack } = new Fixture();
    const availabilityZones = ['a', 'b', 'c'].slice(0, maxAzs).map((zone) => Token.asString({ Ref: zone }));
    const vpc = new ec2.Vpc(stack, 'Zones', { availabilityZones, restrictDefaultSecurityGroup: false });
    const { cluster } = new EcsCluster(stack, 'There', { vpc });
    const container = { image: IMAGE };
    return warnings(new WorkerService(stack, 'Worker', { cluster, container, scaling, vpcSubnets: vpcSubnets?.(vpc) }));
  }
  const ACK = '[ack: Annotation::cdk-containers:TasksFewerThanZones]';

  test('warns of one task in two zones', () => {
    expect(warned(Scaling.between({ minTasks: 1, maxTasks: 5 }), 2)).toEqual([
      `1 task in 2 availability zones: when the zone of it fails, so does that much of the service until ECS has started another. Run 2 at least. ${ACK}`,
    ]);
  });

  test('warns of two tasks in three zones', () => {
    expect(warned(Scaling.between({ minTasks: 2, maxTasks: 5 }), 3)).toEqual([
      `2 tasks in 3 availability zones: when the zone of one fails, so does that much of the service until ECS has started another. Run 3 at least. ${ACK}`,
    ]);
  });

  test('warns of a fixed number, and does not speak of minTasks, which it has not', () => {
    const [warning, ...more] = warned(Scaling.fixed(1), 2);
    expect(more).toEqual([]);
    expect(warning).toMatch(/^1 task in 2 availability zones: /);
    expect(warning).not.toContain('minTasks');
  });

  test.each<[string, Scaling | undefined, number]>([
    ['a task stands in each zone', Scaling.between({ minTasks: 3, maxTasks: 5 }), 3],
    ['there is one zone', Scaling.fixed(1), 1],
    ['there is no task, which is a decision', Scaling.fixed(0), 2],
    ['nobody knows the number', Scaling.between({ minTasks: Token.asNumber({ Ref: 'Min' }), maxTasks: 5 }), 2],
    ['nobody asked for a number', undefined, 2],
  ])('is silent when %s', (_what, scaling, zones) => {
    expect(warned(scaling, zones)).toEqual([]);
  });

  test('counts the zones of the subnets that are chosen', () => {
    const first = (vpc: ec2.IVpc) => ({ subnets: [vpc.privateSubnets[0]] });
    expect(warned(Scaling.fixed(1), 2, first)).toEqual([]);
    expect(warned(Scaling.fixed(1), 2, (vpc) => ({ subnets: vpc.privateSubnets }))).toHaveLength(1);
  });

  test('is silent on machines of your own, of which nobody knows where they stand', () => {
    const { stack, cluster } = new Fixture();
    const options = { cluster, container: { image: IMAGE }, scaling: Scaling.fixed(1) };
    expect(warnings(new WorkerService(stack, 'Worker', { ...options, capacity: Capacity.external() }))).toEqual([]);
  });
});

describe('ScalingWithoutContainerInsights', () => {
  const backlog = ({ stack }: Fixture) =>
    ScalingPolicy.backlogPerTask({
      queue: new sqs.Queue(stack, 'Queue'),
      acceptableLatency: Duration.minutes(10),
      processingTime: Duration.seconds(15),
    });

  /** The warnings of a worker on a cluster. */
  function warned(
    cluster: (fixture: Fixture) => ecs.ICluster,
    policy: (fixture: Fixture) => ScalingPolicy = backlog,
  ): string[] {
    const fixture = new Fixture();
    const scaling = Scaling.between({ minTasks: 2, maxTasks: 5, policies: [policy(fixture)] });
    const options = { cluster: cluster(fixture), container: { image: IMAGE }, scaling };
    return warnings(new WorkerService(fixture.stack, 'Worker', options));
  }
  const bare = (containerInsightsV2?: ecs.ContainerInsights) => (fixture: Fixture) =>
    new ecs.Cluster(fixture.stack, 'Mine', {
      vpc: fixture.vpc,
      enableFargateCapacityProviders: true,
      containerInsightsV2,
    });
  const WARNING =
    "the number of running tasks is a metric of Container Insights, which the cluster 'Shop/Mine' has not turned on: set containerInsightsV2, or make the cluster with EcsCluster. " +
    '[ack: Annotation::cdk-containers:ScalingWithoutContainerInsights]';

  test.each([
    ['says nothing', undefined],
    ['has turned it off', ecs.ContainerInsights.DISABLED],
  ])('warns when the cluster %s', (_what, insights) => {
    expect(warned(bare(insights))).toEqual([WARNING]);
  });

  test('warns of a bare L2 service too', () => {
    const fixture = new Fixture();
    const service = bareService(Object.assign(fixture, { cluster: bare()(fixture) }));
    Scaling.between({ minTasks: 2, maxTasks: 5, policies: [backlog(fixture)] }).bind({ service });
    expect(warnings(service)).toEqual([WARNING]);
  });

  test.each<[string, (fixture: Fixture) => ecs.ICluster, (fixture: Fixture) => ScalingPolicy]>([
    ['the cluster has it', bare(ecs.ContainerInsights.ENABLED), backlog],
    ['the cluster has more of it', bare(ecs.ContainerInsights.ENHANCED), backlog],
    ['EcsCluster made the cluster', ({ cluster }) => cluster, backlog],
    [
      'the cluster is imported, which cannot be asked',
      ({ stack, vpc }) => ecs.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'theirs', vpc }),
      backlog,
    ],
    ['the policy reads no metric of it', bare(), () => ScalingPolicy.cpu(60)],
  ])('is silent when %s', (_what, cluster, policy) => {
    expect(warned(cluster, policy)).toEqual([]);
  });
});
