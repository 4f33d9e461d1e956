import {
  aws_ecr_assets as assets,
  aws_ecs as ecs,
  aws_route53 as route53,
  aws_secretsmanager as secretsmanager,
  Duration,
  Size,
  Stack,
} from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Capacity, EcsCluster, Mount, Routing, Scaling, ScalingPolicy, SharedFileSystem, WebService } from '../../lib';
import { ExampleNetwork } from '../network';

/** A service as it goes to production: domain, scaling, Spot, shared files and secrets. */
export class WebServiceExample extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { vpc } = new ExampleNetwork(this, 'Network');
    const { cluster } = new EcsCluster(this, 'Ecs', { vpc });
    const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: 'Z0123456789EXAMPLE',
      zoneName: 'example.com',
    });
    const uploads = new SharedFileSystem(this, 'Uploads', { vpc });
    const token = secretsmanager.Secret.fromSecretNameV2(this, 'ApiToken', 'web-service/api-token');

    new WebService(this, 'Web', {
      cluster,
      container: {
        image: ecs.ContainerImage.fromAsset('examples/web-service/app', { platform: assets.Platform.LINUX_ARM64 }),
        user: '1000:1000',
        environment: { UPLOADS_DIR: '/srv/uploads' },
        secrets: { API_TOKEN: ecs.Secret.fromSecretsManager(token) },
        mounts: [
          uploads.mount('/srv/uploads', { directory: '/uploads' }),
          Mount.scratch('/tmp', { size: Size.mebibytes(32) }),
        ],
        stopTimeout: Duration.seconds(30),
      },
      port: 8080,
      cpuArchitecture: ecs.CpuArchitecture.ARM64,
      capacity: Capacity.fargateSpot({ onDemandBase: 1 }),
      routing: Routing.domain('app.example.com', { zone }),
      healthCheck: { path: '/health', healthyHttpCodes: '200' },
      scaling: Scaling.between({
        minTasks: 2,
        maxTasks: 20,
        policies: [
          ScalingPolicy.cpu(60),
          ScalingPolicy.requestsPerTask(500, { scaleInCooldown: Duration.minutes(10) }),
        ],
      }),
    });
  }
}
