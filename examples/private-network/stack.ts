import {
  aws_ecr as ecr,
  aws_ecs as ecs,
  aws_secretsmanager as secretsmanager,
  aws_sqs as sqs,
  Duration,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  ContainerNetwork,
  EcsCluster,
  NatGateways,
  Routing,
  WebService,
  WorkerService,
  WorkloadEndpoints,
} from '../../lib';

/** A network that leads nowhere: no NAT gateway, and only the endpoints that the services need. */
export class PrivateNetworkExample extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { vpc } = new ContainerNetwork(this, 'Network', {
      maxAzs: 2,
      natGateways: NatGateways.NONE,
      publicTier: false,
    });
    const { cluster } = new EcsCluster(this, 'Ecs', { vpc });
    const images = ecr.Repository.fromRepositoryName(this, 'Images', 'private-network/shop');
    const image = ecs.ContainerImage.fromEcrRepository(images, '1.0.0');
    const token = secretsmanager.Secret.fromSecretNameV2(this, 'ApiToken', 'private-network/api-token');

    const orders = this.queue('Orders');
    const environment = { QUEUE_URL: orders.queueUrl };
    const web = new WebService(this, 'Web', {
      cluster,
      container: { image, environment, user: '1000', secrets: { API_TOKEN: ecs.Secret.fromSecretsManager(token) } },
      port: 8080,
      routing: Routing.http({ internal: true }),
      healthCheck: { path: '/health' },
    });
    const worker = new WorkerService(this, 'Worker', {
      cluster,
      container: { image, environment, user: '1000', command: ['work'] },
    });
    orders.grantConsumeMessages(worker);
    orders.grantSendMessages(web);

    // After all grants, which it reads.
    new WorkloadEndpoints(this, 'Endpoints', { vpc, workloads: [web, worker] });
  }

  private queue(id: string): sqs.Queue {
    const queue = new sqs.Queue(this, `${id}DeadLetters`, { enforceSSL: true, retentionPeriod: Duration.days(14) });
    Validations.of(queue).acknowledge({
      id: 'Serverless::Serverless-SQSRedrivePolicy',
      reason: 'it is a dead-letter queue itself',
    });
    return new sqs.Queue(this, id, { enforceSSL: true, deadLetterQueue: { queue, maxReceiveCount: 5 } });
  }
}
