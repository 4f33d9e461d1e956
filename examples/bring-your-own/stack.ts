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

    // Parts on L2s: nothing asks you to use an intent. This service writes what the next one shows.
    const executionRole = new ExecutionRole(this, 'ExecutionRole');
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'TaskDefinition', {
      taskRole: new TaskRole(this, 'TaskRole'),
      executionRole,
      runtimePlatform: { operatingSystemFamily: ecs.OperatingSystemFamily.LINUX },
    });
    const container = taskDefinition.addContainer('publisher', {
      image: ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/busybox:1.37'),
      command: ['sh', '-c', 'while true; do echo "<h1>Guides of $(date)</h1>" > /docs/index.html; sleep 60; done'],
      user: '101:101',
      readonlyRootFilesystem: true,
      linuxParameters: new ecs.LinuxParameters(this, 'LinuxParameters'),
      logging: ContainerLogs.cloudWatch().bind(this, 'publisher').logDriver,
    });
    const publisher = new ecs.FargateService(this, 'Publisher', {
      cluster,
      taskDefinition,
      capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1 }],
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
    });
    publisher.node.defaultChild!.node.addDependency(executionRole);
    const target = { container, client: publisher, dependent: publisher, user: { uid: '101', gid: '101' } };
    files.mount('/docs').bind(this, target);
    Mount.scratch('/tmp').bind(this, target);
    Scaling.between({ minTasks: 1, maxTasks: 3, policies: [ScalingPolicy.memory(70)] }).bind({ service: publisher });

    // An intent on the platform's cluster and load balancer.
    const docs = new WebService(this, 'Docs', {
      cluster,
      container: {
        image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine'),
        user: '101:101',
        mounts: [files.mount('/usr/share/nginx/html/guides', { directory: '/docs', readOnly: true })],
      },
      port: 8080,
      routing: platform.route({ hosts: ['docs.example.com'], pathPrefix: '/guides', priority: 1200 }),
      healthCheck: { path: '/guides/index.html' },
    });
    docs.node.addDependency(publisher);
  }
}
