import {
  aws_ecs as ecs,
  aws_route53 as route53,
  aws_scheduler as scheduler,
  aws_sqs as sqs,
  Duration,
  Stack,
  TimeZone,
  Validations,
} from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EcsCluster, Routing, Scaling, ScalingPolicy, WebService, WorkerService } from '../../lib';
import type { ContainerOptions } from '../../lib';
import { ExampleNetwork } from '../network';

/** Every way for the number of tasks to follow the work: targets, times of day, a forecast, steps, and a backlog from zero. */
export class ScalingExample extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { vpc } = new ExampleNetwork(this, 'Network');
    const { cluster } = new EcsCluster(this, 'Ecs', { vpc });
    const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: 'Z0123456789EXAMPLE',
      zoneName: 'example.com',
    });
    const container: ContainerOptions = {
      image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine'),
      user: '101',
    };
    const weekdays = (hour: string) =>
      scheduler.ScheduleExpression.cron({ minute: '0', hour, weekDay: 'MON-FRI', timeZone: TimeZone.EUROPE_BERLIN });

    new WebService(this, 'Web', {
      cluster,
      container,
      port: 8080,
      routing: Routing.domain('app.example.com', { zone }),
      healthCheck: { path: '/', healthyHttpCodes: '200' },
      scaling: Scaling.between({
        minTasks: 2,
        maxTasks: 40,
        cooldown: Duration.minutes(2),
        policies: [
          ScalingPolicy.cpu(60, { scaleInCooldown: Duration.minutes(10) }),
          ScalingPolicy.requestsPerTask(500),
          ScalingPolicy.responseTime(Duration.millis(300), { disableScaleIn: true }),
          ScalingPolicy.schedule('weekday-mornings', { schedule: weekdays('7'), minTasks: 10 }),
          ScalingPolicy.schedule('weekday-evenings', { schedule: weekdays('19'), minTasks: 2 }),
          ScalingPolicy.predictive({ cpu: 60 }),
        ],
      }),
    });

    const orders = this.queue('Orders');
    const visible = orders.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) });
    const steps = new WorkerService(this, 'StepWorker', {
      cluster,
      container,
      environment: { QUEUE_URL: orders.queueUrl },
      scaling: Scaling.between({
        minTasks: 2,
        maxTasks: 20,
        policies: [
          ScalingPolicy.steps(visible, [
            { upper: 10, change: -1 },
            { lower: 50, change: +1 },
            { lower: 500, change: +5 },
          ]),
        ],
      }),
    });
    orders.grantConsumeMessages(steps);

    const reports = this.queue('Reports');
    const backlog = new WorkerService(this, 'BacklogWorker', {
      cluster,
      container,
      environment: { QUEUE_URL: reports.queueUrl },
      scaling: Scaling.between({
        minTasks: 0,
        maxTasks: 50,
        policies: [
          ScalingPolicy.backlogPerTask({
            queue: reports,
            acceptableLatency: Duration.minutes(5),
            processingTime: Duration.seconds(20),
          }),
        ],
      }),
    });
    reports.grantConsumeMessages(backlog);
  }

  private queue(id: string): sqs.Queue {
    const queue = new sqs.Queue(this, `${id}DeadLetters`, { enforceSSL: true, retentionPeriod: Duration.days(14) });
    Validations.of(queue).acknowledge({
      id: 'Serverless::Serverless-SQSRedrivePolicy',
      reason: 'it is a dead-letter queue itself',
    });
    return new sqs.Queue(this, id, {
      enforceSSL: true,
      visibilityTimeout: Duration.minutes(2),
      deadLetterQueue: { queue, maxReceiveCount: 5 },
    });
  }
}
