import {
  aws_backup as backup,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_route53 as route53,
  aws_s3 as s3,
  Size,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  EcsCluster,
  InstancePool,
  Mount,
  Routing,
  S3FileSystem,
  Scaling,
  SharedFileSystem,
  WebService,
  WorkerService,
} from '../../lib';
import { ExampleNetwork } from '../network';

const GALLERY = `server {
  listen 8080;
  location / { root /srv/uploads; autoindex on; }
  location /reports/ { alias /srv/reports/; autoindex on; }
  location = /health { return 200 "ok"; }
}
`;

/** Two services on two kinds of compute share files: uploads (EFS), reports (a bucket, S3 Files), and a disk for each task (EBS). */
export class SharedFilesExample extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { vpc } = new ExampleNetwork(this, 'Network');
    const { cluster } = new EcsCluster(this, 'Ecs', { vpc });
    const pool = new InstancePool(this, 'Pool', {
      cluster,
      instanceTypes: [new ec2.InstanceType('m7i.large')],
      maxInstances: 4,
      awsvpcTrunking: true,
    });
    const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: 'Z0123456789EXAMPLE',
      zoneName: 'example.com',
    });

    const uploads = new SharedFileSystem(this, 'Uploads', {
      vpc,
      backupPlan: backup.BackupPlan.daily35DayRetention(this, 'Backups', this.vault()),
    });
    const reports = new S3FileSystem(this, 'Reports', { vpc, bucket: this.bucket(), prefix: 'reports/' });

    new WebService(this, 'Gallery', {
      cluster,
      container: {
        image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine'),
        user: '101:101',
        mounts: [
          uploads.mount('/srv/uploads', { directory: '/uploads', readOnly: true }),
          reports.mount('/srv/reports', { readOnly: true }),
          Mount.configFile('/etc/nginx/conf.d/default.conf', GALLERY),
        ],
      },
      port: 8080,
      routing: Routing.domain('files.example.com', { zone }),
      healthCheck: { path: '/health', healthyHttpCodes: '200' },
    });

    new WorkerService(this, 'Thumbnails', {
      cluster,
      capacity: pool.capacity(),
      container: {
        image: ecs.ContainerImage.fromRegistry('public.ecr.aws/docker/library/busybox:1.37'),
        user: '101:101',
        command: ['sh', '-c', 'while sleep 60; do cp -ru /srv/uploads /work; done'],
        mounts: [
          uploads.mount('/srv/uploads', { directory: '/uploads' }),
          Mount.ebs('/work', { size: Size.gibibytes(50) }),
          Mount.shared('progress', '/run/progress'),
        ],
      },
      scaling: Scaling.fixed(2),
    });
  }

  /** A vault without a name of its own, so that the stack can stand twice in an account. */
  private vault(): backup.BackupVault {
    return new backup.BackupVault(this, 'Vault', { backupVaultName: undefined });
  }

  private bucket(): s3.Bucket {
    const bucket = new s3.Bucket(this, 'ReportsBucket', {
      versioned: true,
      encryption: s3.BucketEncryption.KMS_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
    });
    const reason = 'an example: who reads it, and a copy in another region, are decisions of the account';
    Validations.of(bucket).acknowledge(
      { id: 'AwsSolutions::AwsSolutions-S1', reason },
      ...['HIPAA.Security', 'NIST.800.53.R4', 'NIST.800.53.R5', 'PCI.DSS.321'].flatMap((pack) =>
        ['S3BucketLoggingEnabled', 'S3BucketReplicationEnabled'].map((rule) => ({
          id: `${pack}::${pack}-${rule}`,
          reason,
        })),
      ),
      { id: 'NIST.800.53.R4::NIST.800.53.R4-S3BucketDefaultLockEnabled', reason },
    );
    return bucket;
  }
}
