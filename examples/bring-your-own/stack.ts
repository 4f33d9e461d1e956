import { aws_ec2 as ec2, aws_ecs as ecs, aws_elasticloadbalancingv2 as elbv2, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  ContainerLogs,
  ExecutionRole,
  Ingress,
  Mount,
  Scaling,
  ScalingPolicy,
  SharedFileSystem,
  TaskRole,
  WebService,
} from '../../lib';

/** Everything exists already: a service joins a platform of others, and parts work on bare L2s. */
export class BringYourOwn extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const vpc = ec2.Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      privateSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'],
    });
    const cluster = ecs.Cluster.fromClusterAttributes(this, 'Cluster', { clusterName: 'platform', vpc });
    const listener = elbv2.ApplicationListener.fromApplicationListenerAttributes(this, 'Listener', {
      listenerArn:
        'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/platform/0123456789abcdef/0123456789abcdef',
      securityGroup: ec2.SecurityGroup.fromSecurityGroupId(this, 'ListenerSecurityGroup', 'sg-0123456789abcdef0'),
    });
    const platform = Ingress.fromListener(this, 'Platform', { listener });
    const files = new SharedFileSystem(this, 'Files', { vpc });

    // An intent on the platform's cluster and load balancer.
    new WebService(this, 'Docs', {
      cluster,
      container: {
        image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine'),
        user: '101:101',
        mounts: [files.mount('/usr/share/nginx/html', { directory: '/docs', readOnly: true })],
      },
      port: 8080,
      routing: platform.route({ hosts: ['docs.example.com'], pathPrefix: '/guides', priority: 1200 }),
      healthCheck: { path: '/' },
    });

    // The same parts on L2s: nothing asks you to use an intent.
    const executionRole = new ExecutionRole(this, 'ExecutionRole');
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'TaskDefinition', {
      taskRole: new TaskRole(this, 'TaskRole'),
      executionRole,
    });
    const container = taskDefinition.addContainer('indexer', {
      image: ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/busybox:1.37'),
      command: ['sh', '-c', 'while true; do ls -lR /docs > /tmp/index; sleep 60; done'],
      user: '101:101',
      readonlyRootFilesystem: true,
      linuxParameters: new ecs.LinuxParameters(this, 'LinuxParameters'),
      logging: ContainerLogs.cloudWatch().bind(this, 'indexer').logDriver,
    });
    const service = new ecs.FargateService(this, 'Indexer', {
      cluster,
      taskDefinition,
      capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1 }],
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
    });
    const mounts = [files.mount('/docs', { readOnly: true, user: { uid: '101', gid: '101' } }), Mount.scratch('/tmp')];
    mounts.forEach((mount) => mount.bind(this, { container, client: service, dependent: service }));
    Scaling.between({ minTasks: 1, maxTasks: 3, policies: [ScalingPolicy.memory(70)] }).bind({ service });
  }
}
