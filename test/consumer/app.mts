// A user's app, as the README and docs show the library. consumer.mjs compiles this file twice, as CommonJS (app.ts)
// and as an ES module (app.mts), against the packed library: it is no part of the repository's own programs.
import {
  App,
  aws_dynamodb as dynamodb,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_eks_v2 as eks,
  aws_elasticloadbalancingv2 as elbv2,
  aws_iam as iam,
  aws_logs as logs,
  aws_rds as rds,
  aws_route53 as route53,
  aws_s3 as s3,
  aws_scheduler as scheduler,
  aws_secretsmanager as secretsmanager,
  aws_sqs as sqs,
  aws_ssm as ssm,
  CfnOutput,
  Duration,
  SecretValue,
  Size,
  Stack,
  type StackProps,
  TimeZone,
} from 'aws-cdk-lib';
import {
  AddOn,
  AddOnConflicts,
  AppliedFor,
  Authentication,
  AutoModePool,
  BasicScanVersion,
  Capacity,
  CloudFrontPeer,
  ClusterAccess,
  ClusterAddOn,
  ClusterCompute,
  ClusterIdentityProvider,
  CodeProvider,
  ContainerLogs,
  ContainerNetwork,
  type ContainerOptions,
  ContainerRepository,
  ControlPlaneEgress,
  Deployment,
  EcsCluster,
  EcsGateway,
  EksCluster,
  ExecutionRole,
  FargatePodRole,
  FargatePods,
  HybridCredentials,
  HybridNodeRole,
  HybridNodes,
  type IContainerRepository,
  type IIngress,
  type IInstancePool,
  ImageFindings,
  ImageGate,
  ImagePipeline,
  ImageSource,
  InfrastructureRole,
  Ingress,
  InstanceImage,
  InstancePool,
  InstanceRole,
  IrsaRole,
  type ISharedFileSystem,
  KarpenterInfrastructure,
  KubernetesAccess,
  LoadBalancerControllerInfrastructure,
  LustreFileSystem,
  ManagedInstances,
  ManagedNodeGroup,
  Mount,
  NatGateways,
  NodeCapacity,
  NodeImage,
  type NodeOptions,
  NodeRepairAction,
  NodeRole,
  NodeUpdateStrategy,
  OntapDeploymentType,
  OntapFileSystem,
  OntapTieringPolicy,
  PodIdentityRole,
  PodSecurityGroupMode,
  PublicArchitecture,
  PublicOperatingSystem,
  PublicRepository,
  PullThroughCache,
  RegistryAccountSettings,
  RegistryPolicyScope,
  RegistryScanning,
  RegistrySettings,
  ReplicationTarget,
  RepositoryTemplate,
  Retention,
  RetentionCountType,
  RetentionFate,
  Routing,
  S3FileSystem,
  Scaling,
  ScalingPolicy,
  ScanType,
  SelfManagedNodes,
  Severity,
  SharedFileSystem,
  TaskRole,
  Upstream,
  WebService,
  type WebServiceProps,
  WindowsNodeRelease,
  WorkerService,
  WorkloadEndpoints,
} from 'cdk-containers';
import { Construct } from 'constructs';

/** What a team's services share. */
class Platform extends Stack {
  public readonly vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
  public readonly cluster: ecs.Cluster = new EcsCluster(this, 'Ecs', { vpc: this.vpc }).cluster;
  public readonly uploads = new SharedFileSystem(this, 'Uploads', { vpc: this.vpc });
  public readonly images = new ContainerRepository(this, 'Images', {
    retention: [Retention.expireUntagged(Duration.days(7)), Retention.keepLast(30, { tags: ['v*'] })],
    mutableTags: ['latest'],
  });
  public readonly pool = new InstancePool(this, 'Pool', {
    cluster: this.cluster,
    image: InstanceImage.bottlerocket(),
    instanceTypes: ['m7i.large', 'm6i.large', 'm7a.large'].map((type) => new ec2.InstanceType(type)),
    spot: { onDemandBase: 1, onDemandPercent: 20 },
    minInstances: 0,
    maxInstances: 20,
    targetCapacityPercent: 90,
    awsvpcTrunking: true,
  });
  public readonly managed = new ManagedInstances(this, 'Managed', { cluster: this.cluster });
  public readonly lustre = new LustreFileSystem(this, 'Lustre', {
    vpc: this.vpc,
    storageCapacity: Size.gibibytes(1200),
  });
  public readonly ontap = new OntapFileSystem(this, 'Ontap', {
    vpc: this.vpc,
    storageCapacity: Size.tebibytes(1),
    deploymentType: OntapDeploymentType.MULTI_AZ_2,
  });
  public readonly projects = this.ontap.addVolume('Projects', {
    junctionPath: '/projects',
    size: Size.gibibytes(100),
    tieringPolicy: OntapTieringPolicy.SNAPSHOT_ONLY,
  });
  public readonly fsxPool = new InstancePool(this, 'FsxPool', {
    cluster: this.cluster,
    instanceTypes: [new ec2.InstanceType('m7i.large')],
    maxInstances: 4,
    awsvpcTrunking: true,
    fileSystems: [this.lustre, this.ontap],
  });
  public readonly roles: iam.IRole[] = [
    new InstanceRole(this, 'InstanceRole', { cluster: this.cluster }),
    new InfrastructureRole(this, 'InfrastructureRole'),
  ];
}

interface ShopProps extends StackProps {
  readonly platform: Platform;
}

class Shop extends Stack {
  constructor(scope: Construct, id: string, props: ShopProps) {
    super(scope, id, props);
    const { vpc, cluster, images, uploads } = props.platform;
    const zone = route53.PublicHostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: 'Z0123456789EXAMPLE',
      zoneName: 'example.com',
    });
    const table = new dynamodb.TableV2(this, 'Table', {
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    });
    const database = new rds.DatabaseInstance(this, 'Database', {
      vpc,
      engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_16 }),
      storageEncrypted: true,
    });
    const secret = new secretsmanager.Secret(this, 'Secret');
    const parameter = ssm.StringParameter.fromStringParameterName(this, 'Flag', '/shop/flag');

    const container: ContainerOptions = {
      image: images.image('1.4.2'),
      command: ['serve'],
      environment: { LOG: 'info' },
      secrets: {
        DB_PASSWORD: ecs.Secret.fromSecretsManager(secret, 'password'),
        FLAG: ecs.Secret.fromSsmParameter(parameter),
      },
      mounts: [
        uploads.mount('/srv/uploads', {
          directory: '/uploads',
          user: { uid: '1000', gid: '1000' },
          readOnly: false,
        }),
        Mount.scratch('/var/cache/nginx', { size: Size.mebibytes(32) }),
      ],
      user: '1000:1000',
      writableRootFilesystem: false,
      healthCheck: { command: ['CMD-SHELL', 'true'] },
      stopTimeout: Duration.seconds(20),
      logs: ContainerLogs.cloudWatch({ retention: logs.RetentionDays.ONE_MONTH }),
    };

    const web = new WebService(this, 'Web', {
      cluster,
      container,
      port: 8080,
      routing: Routing.domain('app.example.com', { zone }),
      capacity: Capacity.fargateSpot({ onDemandBase: 2, onDemandWeight: 0, spotWeight: 1 }),
      cpuArchitecture: ecs.CpuArchitecture.ARM64,
      cpuUnits: 512,
      scaling: Scaling.between({
        minTasks: 2,
        maxTasks: 40,
        cooldown: Duration.minutes(1),
        policies: [
          ScalingPolicy.cpu(60, { scaleInCooldown: Duration.minutes(5), scaleOutCooldown: Duration.seconds(30) }),
          ScalingPolicy.memory(75),
          ScalingPolicy.requestsPerTask(500),
        ],
      }),
      deployment: Deployment.rolling({ minHealthyPercent: 100, maxPercent: 200 }),
      healthCheck: { path: '/health' },
      healthCheckGracePeriod: Duration.seconds(90),
      deregistrationDelay: Duration.seconds(15),
    });
    table.grantReadWriteData(web);
    web.connections.allowToDefaultPort(database);

    // What comes out is L2s and strings, of these types or narrower ones.
    const service: ecs.BaseService = web.service;
    const taskDefinition: ecs.TaskDefinition = web.taskDefinition;
    const main: ecs.ContainerDefinition = web.container;
    const taskRole: iam.IRole = web.taskRole;
    const executionRole: iam.IRole = web.executionRole;
    const logGroup: logs.ILogGroup | undefined = web.logGroup;
    const loadBalancer: elbv2.ApplicationLoadBalancer = web.loadBalancer;
    const targetGroup: elbv2.ApplicationTargetGroup = web.targetGroup;
    const grantable: iam.IGrantable = web;
    const connectable: ec2.IConnectable = web;
    const url: string = web.url;
    const outputs: Record<string, string | undefined> = {
      Url: url,
      Service: service.serviceName,
      TaskDefinition: taskDefinition.taskDefinitionArn,
      Container: main.containerName,
      TaskRole: taskRole.roleArn,
      ExecutionRole: executionRole.roleArn,
      LogGroup: logGroup?.logGroupName,
      LoadBalancer: loadBalancer.loadBalancerDnsName,
      TargetGroup: targetGroup.targetGroupArn,
    };
    for (const [name, value] of Object.entries(outputs)) {
      if (value === undefined) throw new Error(`web has no ${name}`);
      new CfnOutput(this, name, { value });
    }
    targetGroup.metrics.targetResponseTime().createAlarm(this, 'Slow', { threshold: 1, evaluationPeriods: 3 });
    secret.grantWrite(grantable);
    database.connections.allowDefaultPortFrom(connectable, 'Again, from the other side');

    // The shared load balancer of others, a role and images of the user's own, a number of tasks that stays.
    const listener = elbv2.ApplicationListener.fromApplicationListenerAttributes(this, 'Listener', {
      listenerArn:
        'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/platform/0123456789abcdef/0123456789abcdef',
      securityGroup: ec2.SecurityGroup.fromSecurityGroupId(this, 'ListenerSecurityGroup', 'sg-0123456789abcdef0'),
    });
    const docs: WebServiceProps = {
      cluster,
      container: { image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine') },
      port: 8080,
      routing: Ingress.fromListener(this, 'Theirs', { listener }).route({
        hosts: ['example.com'],
        pathPrefix: '/docs',
        priority: 1200,
      }),
      scaling: Scaling.fixed(3),
      taskRole: new TaskRole(this, 'DocsRole'),
      healthCheck: { path: '/' },
    };
    new WebService(this, 'Docs', docs);
    new WebService(this, 'Hidden', {
      ...docs,
      capacity: Capacity.fargate(),
      routing: Routing.none(),
      command: ['work'],
    });

    // Parts on bare L2s.
    new ecs.FargateTaskDefinition(this, 'Bare', {
      taskRole: new TaskRole(this, 'BareRole'),
      executionRole: new ExecutionRole(this, 'BareExecutionRole'),
    }).addContainer('app', {
      image: images.image('1.4.2'),
      logging: ContainerLogs.cloudWatch().bind(new Construct(this, 'BareLogs'), 'app').logDriver,
    });
    images.grantPull(taskRole);
  }
}

/** Every compute and every policy, in another stack than the cluster. */
class Work extends Stack {
  constructor(scope: Construct, id: string, props: ShopProps) {
    super(scope, id, props);
    const { cluster, pool, managed, images } = props.platform;
    const theirs: IInstancePool = InstancePool.fromCapacityProviderName(this, 'Theirs', 'spare');
    const container: ContainerOptions = { image: images.image('1.4.2') };
    const queue = new sqs.Queue(this, 'Queue');
    const visible = queue.metricApproximateNumberOfMessagesVisible();
    const capacities: Record<string, Capacity> = {
      Pool: pool.capacity(),
      Pools: Capacity.pools([
        { pool, base: 1, weight: 1 },
        { pool: theirs, weight: 2 },
      ]),
      Managed: managed.capacity(),
      External: Capacity.external(),
    };
    for (const [name, capacity] of Object.entries(capacities)) {
      const worker = new WorkerService(this, name, { cluster, container, command: ['work'], capacity });
      queue.grantConsumeMessages(worker);
    }
    new WorkerService(this, 'Scaled', {
      cluster,
      container,
      scaling: Scaling.between({
        minTasks: 0,
        maxTasks: 50,
        policies: [
          ScalingPolicy.backlogPerTask({
            queue,
            acceptableLatency: Duration.minutes(5),
            processingTime: Duration.seconds(20),
          }),
          ScalingPolicy.metric(visible, { target: 100 }),
          ScalingPolicy.steps(visible, [
            { upper: 10, change: -1 },
            { lower: 50, change: +1 },
            { lower: 70, change: +3 },
          ]),
          ScalingPolicy.schedule('weekday-mornings', {
            schedule: scheduler.ScheduleExpression.cron({ minute: '0', hour: '8', timeZone: TimeZone.EUROPE_BERLIN }),
            minTasks: 10,
          }),
          ScalingPolicy.predictive({ cpu: 60 }),
          ScalingPolicy.cpu(60, { highResolution: true }),
        ],
      }),
    });
  }
}

/** Every kind of file, in another stack than the cluster and the uploads. */
class Files extends Stack {
  constructor(scope: Construct, id: string, props: ShopProps) {
    super(scope, id, props);
    const { vpc, cluster, images, uploads, fsxPool, lustre, ontap } = props.platform;
    const bucket = new s3.Bucket(this, 'Bucket', { versioned: true });
    const models = new S3FileSystem(this, 'Models', {
      vpc,
      bucket,
      prefix: 'models/',
      daysAfterLastAccess: Duration.days(7),
    });
    const legacy: ISharedFileSystem = SharedFileSystem.fromFileSystem(this, 'Legacy', {
      fileSystem: uploads.fileSystem,
    });
    const secret = new secretsmanager.Secret(this, 'Secret');
    const image = images.image('1.4.2');
    const executionRole = new ExecutionRole(this, 'ExecutionRole', { path: '/shop/' });
    const serverless = new WorkerService(this, 'Serverless', {
      cluster,
      executionRole,
      container: {
        image,
        user: '1000:1000',
        mounts: [
          uploads.mount('/srv/uploads'),
          legacy.mount('/legacy', { wholeFileSystem: true, readOnly: true }),
          models.mount('/models', { readOnly: true }),
          Mount.s3Files('/reports', { bucket, directory: '/reports' }),
          Mount.ebs('/data', {
            size: Size.gibibytes(50),
            volumeType: ec2.EbsDeviceVolumeType.GP3,
            iops: 4000,
            throughput: 250,
          }),
          Mount.scratch('/work', { onDisk: true }),
          Mount.shared('sockets', '/run/app'),
          Mount.configFile('/etc/app/config.yaml', 'debug: false\n'),
          Mount.secretFile('/run/keys/key.pem', ecs.Secret.fromSecretsManager(secret)),
        ],
      },
      operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
    });
    secret.grantRead(serverless);
    new WorkerService(this, 'Simulation', {
      cluster,
      capacity: fsxPool.capacity(),
      container: {
        image,
        user: '1000:1000',
        mounts: [
          lustre.mount('/scratch', { directory: '/runs' }),
          ontap.mount('/projects', { junctionPath: '/projects' }),
          Mount.host('/var/models', '/opt/models', { readOnly: true }),
          Mount.docker('/cache', { scope: ecs.Scope.SHARED, volumeName: 'cache' }),
        ],
      },
    });
    new WorkerService(this, 'Windows', {
      cluster,
      capacity: InstancePool.fromCapacityProviderName(this, 'WindowsPool', 'windows').capacity(),
      operatingSystemFamily: ecs.OperatingSystemFamily.WINDOWS_SERVER_2022_CORE,
      container: {
        image,
        mounts: [
          Mount.fsxWindows('C:\\data', {
            fileSystemId: 'fs-0123456789abcdef0',
            credentials: secret,
            domain: 'corp.example.com',
          }),
        ],
      },
    });
    uploads.metric('PercentIOLimit').createAlarm(this, 'Busy', { threshold: 90, evaluationPeriods: 3 });
  }
}

/** What many services share: a network, a load balancer, and other ways in. */
class Edge extends Stack {
  public readonly network = new ContainerNetwork(this, 'Network', { natGateways: NatGateways.ONE });
  public readonly ingress: Ingress;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { vpc } = this.network;
    const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: 'Z0123456789EXAMPLE',
      zoneName: 'example.com',
    });
    this.ingress = new Ingress(this, 'Ingress', {
      vpc,
      domain: { zone, names: ['example.com', '*.example.com'] },
      allowFrom: [CloudFrontPeer.originFacing(this)],
    });
  }
}

class Team extends Stack {
  constructor(scope: Construct, id: string, { network, ingress }: Edge) {
    super(scope, id);
    const { vpc } = network;
    const shared: IIngress = ingress;
    const cluster = new EcsCluster(this, 'Ecs', { vpc }).cluster;
    const container: ContainerOptions = {
      image: ecs.ContainerImage.fromRegistry('busybox'),
      healthCheck: { command: ['CMD-SHELL', 'true'] },
    };
    const common = { cluster, container, port: 8080, healthCheck: { path: '/' } };
    const client = { clientId: 'client', clientSecret: SecretValue.secretsManager('client-secret') };
    const idp = 'https://idp.example.com';
    const users = Authentication.oidc({
      ...client,
      issuer: idp,
      authorizationEndpoint: `${idp}/authorize`,
      tokenEndpoint: `${idp}/token`,
      userInfoEndpoint: `${idp}/userinfo`,
    });
    const api = new WebService(this, 'Api', {
      ...common,
      routing: Routing.all([
        shared.route({ hosts: ['api.example.com'], methods: ['GET', 'POST'], query: { version: ['2'] } }),
        shared.route({ hosts: ['admin.example.com'], port: 9090, authentication: users }),
        Routing.network({
          internal: true,
          listeners: [{ port: 5432, protocol: elbv2.Protocol.TCP, targetPort: 5432 }],
        }),
      ]),
    });
    const gateway = new EcsGateway(this, 'Gateway', { vpc, clusters: [cluster], internal: true });
    new WebService(this, 'Managed', { ...common, routing: gateway.route({}) });
    new WebService(this, 'Serverless', { ...common, healthCheck: undefined, routing: Routing.httpApi() });
    new WebService(this, 'Meshed', { ...common, routing: Routing.lattice() });
    new WorkloadEndpoints(this, 'Endpoints', { vpc, workloads: [api] });
    new CfnOutput(this, 'ApiUrl', { value: api.url });
  }
}

/** The registry of an account, and a task that runs what is in it. */
class Registry extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id, { env: { account: '111122223333', region: 'us-east-1' } });
    new RegistryAccountSettings(this, 'Account', {
      basicScanVersion: BasicScanVersion.AWS_NATIVE,
      registryPolicyScope: RegistryPolicyScope.V2,
    });
    const scanning = RegistryScanning.enhanced();
    const registry = new RegistrySettings(this, 'Settings', { scanning, signing: {} });
    new ReplicationTarget(this, 'Replicas', { registry, sourceAccounts: ['444455556666'], prefixes: ['shop/'] });
    new RepositoryTemplate(this, 'Template', { prefix: 'team', appliedFor: [AppliedFor.CREATE_ON_PUSH] });
    const retention = [Retention.keep(['release-*']), Retention.archiveUnused(Duration.days(90))];
    const images: IContainerRepository = new ContainerRepository(this, 'Images', {
      retention,
      signingProfile: registry.signingProfile,
    });
    const [{ fate }] = Retention.explain(retention, [{ name: 'new', tags: ['1'], pushedDaysAgo: 1 }]);
    if (fate !== RetentionFate.KEPT || retention[0].bind()[0].countType !== RetentionCountType.SINCE_IMAGE_PUSHED) {
      throw new Error(`the new image is ${fate}`);
    }
    images.allowPullFrom({ organization: 'o-a1b2c3d4e5' });
    const findings: ImageFindings = images.onFindings({ minSeverity: Severity.HIGH, scanning: ScanType.ENHANCED });
    new CfnOutput(this, 'Topic', { value: findings.topic.topicArn });
    const source = ImageSource.codeConnection({
      connectionArn: 'arn:aws:codeconnections:us-east-1:111122223333:connection/00000000-0000-0000-0000-000000000000',
      provider: CodeProvider.GITHUB,
      owner: 'shop',
      repository: 'web',
    });
    new ImagePipeline(this, 'Rebuild', { repository: images, source, rebuild: { every: Duration.days(7) } });
    new PublicRepository(this, 'Public', {
      catalog: { architectures: [PublicArchitecture.ARM_64], operatingSystems: [PublicOperatingSystem.LINUX] },
    });
    const gate: ImageGate = images.gate(this, 'Gate', { tagOrDigest: '1.4.2' });
    const cache = new PullThroughCache(this, 'Cache', { upstream: Upstream.ecrPublic() });
    const task = new ecs.FargateTaskDefinition(this, 'Task');
    task.addContainer('app', { image: gate.image });
    task.addContainer('proxy', { image: cache.image('nginx/nginx:1.29') });
  }
}

/** Kubernetes: every kind of node, and who may enter. */
class Kubernetes extends Stack {
  constructor(scope: Construct, id: string, vpc: ec2.IVpc) {
    super(scope, id);
    const version = eks.KubernetesVersion.V1_36;
    const admins = [iam.Role.fromRoleName(this, 'Ops', 'ops')];
    const { cluster } = new EksCluster(this, 'K8s', {
      vpc,
      version,
      admins,
      addOns: [
        AddOn.vpcCni({
          windows: true,
          podSecurityGroups: PodSecurityGroupMode.STRICT,
          resolveConflicts: AddOnConflicts.PRESERVE,
        }),
      ],
      controlPlane: { egress: ControlPlaneEgress.AWS_MANAGED },
      remoteNodeNetworks: ['192.168.0.0/24'],
    });
    const common: NodeOptions = { cluster, capacity: NodeCapacity.onDemand(['m7g.large']), maxNodes: 4 };
    const general = new ManagedNodeGroup(this, 'General', {
      ...common,
      addOns: [AddOn.coreDns()],
      role: new NodeRole(this, 'NodeRole'),
      updateStrategy: NodeUpdateStrategy.MINIMAL,
      repair: {
        overrides: [
          {
            condition: 'NetworkingReady',
            reason: 'InterfaceNotUp',
            waitTime: Duration.minutes(10),
            action: NodeRepairAction.REPLACE,
          },
        ],
      },
    });
    const windows = NodeImage.windows({ release: WindowsNodeRelease.SERVER_2025 });
    const bought = NodeCapacity.onDemand(['m7i.large']);
    new ManagedNodeGroup(this, 'Windows', { ...common, capacity: bought, image: windows });
    new SelfManagedNodes(this, 'Special', {
      ...common,
      capacity: NodeCapacity.mixed(['m7g.large', 'm6g.large', 'c7g.large'], { onDemandPercent: 20 }),
      image: NodeImage.bottlerocket({ settings: { kubernetes: { 'max-pods': 50 } } }),
    });
    new HybridNodes(this, 'Site', {
      cluster,
      role: new HybridNodeRole(this, 'SiteRole', { cluster, credentials: HybridCredentials.systemsManager() }),
    });
    const karpenter = new KarpenterInfrastructure(this, 'Karpenter', { cluster });
    new CfnOutput(this, 'KarpenterValues', { value: this.toJsonString(karpenter.helmValues) });
    new LoadBalancerControllerInfrastructure(this, 'Balancers', { cluster });
    const orders = new PodIdentityRole(this, 'Orders', { cluster, namespace: 'shop', serviceAccount: 'orders' });
    new sqs.Queue(this, 'Queue').grantConsumeMessages(orders);
    const access = KubernetesAccess.edit({ namespaces: ['shop'] });
    new ClusterAccess(this, 'Devs', { cluster, principal: iam.Role.fromRoleName(this, 'Dev', 'dev'), access });
    new ClusterIdentityProvider(this, 'Sso', { cluster, issuerUrl: 'https://sso.example.com', clientId: 'kubernetes' });
    new CfnOutput(this, 'NodeGroup', { value: general.nodegroupName });

    const pools = [AutoModePool.SYSTEM];
    const auto = new EksCluster(this, 'Auto', { vpc, version, admins, compute: ClusterCompute.autoMode({ pools }) });
    new ClusterAddOn(this, 'Metrics', { cluster: auto.cluster, addOn: AddOn.of('metrics-server') });
    const { cluster: serverless } = new EksCluster(this, 'Serverless', {
      vpc,
      version,
      admins,
      compute: ClusterCompute.fargateOnly(),
    });
    const role = new FargatePodRole(this, 'PodRole', { cluster: serverless });
    new FargatePods(this, 'Pods', { cluster: serverless, selectors: [{ namespace: 'shop' }], role });
    new IrsaRole(this, 'Shop', { cluster: serverless, namespace: 'shop', serviceAccount: 'shop' });
  }
}

/** Mistakes that the compiler must find: an error that is missing here is an error of tsc. */
export function mistakes(scope: Construct, props: WebServiceProps): void {
  const { routing, ...hidden } = props;
  // @ts-expect-error nothing is exposed by accident
  new WebService(scope, 'NoRouting', hidden);
  // @ts-expect-error props are read-only
  props.routing = routing;
  // @ts-expect-error values come from static factories
  new Capacity();
  // @ts-expect-error a duration is a Duration
  new WebService(scope, 'Unit', { ...props, deregistrationDelay: 30 });
}

const app = new App();
const platform = new Platform(app, 'Platform');
new Shop(app, 'Shop', { platform });
new Work(app, 'Work', { platform });
new Files(app, 'Files', { platform });
new Registry(app, 'Registry');
new Team(app, 'Team', new Edge(app, 'Edge'));
new Kubernetes(app, 'Kubernetes', platform.vpc);
app.synth();
