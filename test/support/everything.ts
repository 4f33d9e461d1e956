import {
  aws_backup as backup,
  aws_certificatemanager as acm,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elbv2,
  aws_kms as kms,
  aws_s3 as s3,
  aws_secretsmanager as secretsmanager,
  Duration,
  Size,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { Fixture, IMAGE, newApp } from './fixture';
import { newWorker } from './pools';
import { STRICT } from './validate';
import {
  ContainerNetwork,
  ContainerRepository,
  EcsGateway,
  ImagePipeline,
  ImageSource,
  InfrastructureRole,
  InstanceImage,
  InstancePool,
  LustreFileSystem,
  ManagedInstances,
  Mount,
  OntapFileSystem,
  PublicRepository,
  PullThroughCache,
  RegistryAccountSettings,
  RegistryPolicyScope,
  Routing,
  SharedFileSystem,
  TaskRole,
  Upstream,
} from '../../lib';

/** One of everything that meets a finding, on a network and with a secret of the user. */
export function everything(): App {
  const app = newApp(STRICT);
  const images = new ContainerRepository(new Stack(app, 'Registry'), 'Images');
  const made = new Fixture(app);
  const uploads = new SharedFileSystem(made.stack, 'Uploads', { vpc: made.vpc });
  const key = new kms.Key(made.stack, 'Key', { enableKeyRotation: true });
  const secret = new secretsmanager.Secret(made.stack, 'Secret', { encryptionKey: key });
  const certificate = acm.Certificate.fromCertificateArn(
    made.stack,
    'Certificate',
    'arn:aws:acm:eu-west-1:111122223333:certificate/00000000-0000-0000-0000-000000000000',
  );
  made.web({
    container: {
      image: images.image('1.0.0'),
      environment: { LOG: 'info' },
      secrets: { TOKEN: ecs.Secret.fromSecretsManager(secret) },
      mounts: [uploads.mount('/srv/uploads'), Mount.scratch('/var/lib/amazon'), Mount.scratch('/var/log/amazon')],
    },
    allowExec: true,
    routing: Routing.https({ certificates: [certificate], redirectHttp: true }),
  });
  new ContainerNetwork(made.stack, 'Network');
  new InstancePool(made.stack, 'Pool', {
    cluster: made.cluster,
    image: InstanceImage.bottlerocket(),
    instanceTypes: ['m7g.large', 'm6g.large', 'c7g.large'].map((type) => new ec2.InstanceType(type)),
    spot: {},
    maxInstances: 3,
    allowSessions: true,
  });
  new ManagedInstances(made.stack, 'Managed', { cluster: made.cluster });
  new SharedFileSystem(made.stack, 'Planned', {
    vpc: made.vpc,
    backupPlan: backup.BackupPlan.daily35DayRetention(made.stack, 'Plan', new backup.BackupVault(made.stack, 'Vault')),
  });
  new LustreFileSystem(made.stack, 'Lustre', { vpc: made.vpc });
  const ontap = new OntapFileSystem(made.stack, 'Ontap', { vpc: made.vpc, storageCapacity: Size.tebibytes(1) });
  ontap.addVolume('Projects', { junctionPath: '/projects', size: Size.gibibytes(100) });
  const bucket = new s3.Bucket(made.stack, 'Bucket', { versioned: true, encryptionKey: key });
  newWorker(made, {
    container: {
      image: IMAGE,
      mounts: [
        Mount.s3Files('/reports', { bucket, prefix: 'reports/', readOnly: true }),
        Mount.ebs('/work', { size: Size.gibibytes(10), snapshotId: 'snap-0123456789abcdef0', encryptionKey: key }),
        Mount.configFile('/etc/app/config', 'home: ${HOME}'),
      ],
    },
  });
  new EcsGateway(made.stack, 'Gateway', { vpc: made.vpc });
  new InfrastructureRole(made.stack, 'Deployments').allowLoadBalancers({
    targetGroupArns: ['arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/blue/0123456789abcdef'],
  });
  made.web({ container: { image: IMAGE }, routing: Routing.lattice() }, made.stack, 'Lattice');
  const network = Routing.network({ internal: true, listeners: [{ port: 5432, protocol: elbv2.Protocol.TCP }] });
  const routing = Routing.all([Routing.http(), network]);
  const plain = made.web({ container: { image: IMAGE }, routing }, made.stack, 'Plain');
  Validations.of(plain).acknowledge({
    id: 'Annotation::cdk-containers:RoutingPublicHttp',
    reason: 'what this app tests',
  });
  registry(made.stack);
  return app;
}

/** What a registry consists of. */
function registry(stack: Stack): void {
  const hub = new ContainerRepository(stack, 'Hub');
  hub.allowPullFrom({ organization: 'o-a1b2c3d4e5' });
  hub.onFindings();
  hub.gate(stack, 'Gate', { tagOrDigest: '1.0.0' });
  new ImagePipeline(stack, 'Rebuild', {
    repository: hub,
    source: ImageSource.asset('examples/image-registry/app'),
    rebuild: { every: Duration.days(7) },
  });
  new RegistryAccountSettings(stack, 'Account', { registryPolicyScope: RegistryPolicyScope.V2 });
  const role = new TaskRole(stack, 'Build');
  const upstream = Upstream.privateEcr({ region: 'eu-central-1', account: '444455556666' });
  new PullThroughCache(stack, 'Cache', { upstream, prefix: 'theirs', resourceTags: { team: 'shop' } }).grantPull(role);
  const tools = new PublicRepository(stack, 'Tools');
  tools.grantPush(role);
  Validations.of(tools).acknowledge({
    id: 'Annotation::cdk-containers:PublicRepositoryRegion',
    reason: 'what this app tests has no environment',
  });
}
