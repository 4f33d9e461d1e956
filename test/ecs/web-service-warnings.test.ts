import { Stack, aws_ec2 as ec2, aws_ecr as ecr, aws_ecs as ecs, aws_sqs as sqs } from 'aws-cdk-lib';
import type { App, StackProps } from 'aws-cdk-lib';
import { ContainerRepository, WorkloadEndpoints } from '../../lib';
import type { WebServiceProps } from '../../lib';
import { ecrImage, isolatedVpc, PrivateFixture } from '../support/endpoints';
import { Fixture, IMAGE, warnings } from '../support/fixture';
import { lenientApp } from '../support/resources';

describe('ImageRepositoryInSameStack', () => {
  /** The warnings of a service with an image. */
  function warned(image: (fixture: Fixture, other: Stack) => ecs.ContainerImage): string[] {
    const fixture = new Fixture();
    const other = new Stack(fixture.app, 'Other');
    return warnings(fixture.web({ container: { image: image(fixture, other) } }));
  }

  test('warns when the stack of the service makes the repository', () => {
    expect(warned(({ stack }) => new ContainerRepository(stack, 'Images').image('1'))).toEqual([
      "the image comes from 'Shop/Images/Repository/Resource', which this stack makes: on the first deployment it is empty, and the service cannot start. " +
        'Make the repository in an earlier stack and push the image before this stack is deployed. [ack: Annotation::cdk-containers:ImageRepositoryInSameStack]',
    ]);
  });

  test('warns of a bare L2 repository too, by tag and by digest', () => {
    for (const tag of ['1', `sha256:${'0'.repeat(64)}`]) {
      const [warning] = warned(({ stack }) =>
        ecs.ContainerImage.fromEcrRepository(new ecr.Repository(stack, 'Bare'), tag),
      );
      expect(warning).toMatch(/^the image comes from 'Shop\/Bare\/Resource', which this stack makes/);
    }
  });

  test.each<[string, Parameters<typeof warned>[0]]>([
    ['another stack makes the repository', (_fixture, other) => new ContainerRepository(other, 'Images').image('1')],
    [
      'the repository is imported',
      ({ stack }) =>
        ecs.ContainerImage.fromEcrRepository(ecr.Repository.fromRepositoryName(stack, 'Theirs', 'theirs'), '1'),
    ],
    ['the image is of a registry', () => ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx:1.29')],
    ['the image is built from a directory', () => ecs.ContainerImage.fromAsset('examples/web-service/app')],
  ])('is silent when %s', (_what, image) => {
    expect(warned(image)).toEqual([]);
  });
});

describe('SubnetsIsolatedWithoutEndpoints', () => {
  const GATEWAY = ec2.GatewayVpcEndpointAwsService.S3;
  const INTERFACES = {
    api: ec2.InterfaceVpcEndpointAwsService.ECR,
    docker: ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
    logs: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  };
  const FIX =
    'Make WorkloadEndpoints for this workload, and name in `services` what it is granted later; or use private subnets.';
  const ACK = ' [ack: Annotation::cdk-containers:SubnetsIsolatedWithoutEndpoints]';
  const warning = (missing: string) =>
    `tasks are in isolated subnets, and this app knows of no endpoint of the VPC for ${missing}. ${FIX}${ACK}`;

  /** A service in isolated subnets, to which endpoints and grants may come afterwards. */
  function isolated(props?: StackProps, more?: Partial<WebServiceProps>) {
    const fixture = PrivateFixture.in(props);
    const { app, stack, vpc } = fixture;
    const web = fixture.web(more);
    const warned = () => {
      app.synth();
      return warnings(app);
    };
    return { vpc: vpc as ec2.Vpc, stack, web, warned };
  }
  const addInterfaces = (vpc: ec2.Vpc, names: (keyof typeof INTERFACES)[]) =>
    names.forEach((name) => vpc.addInterfaceEndpoint(name, { service: INTERFACES[name] }));

  test('warns, and says what is missing and why', () => {
    expect(isolated().warned()).toEqual([
      warning('ecr.api, ecr.dkr, s3, because an image comes from ECR; logs, because output goes to CloudWatch Logs'),
    ]);
  });

  test('is silent with endpoints that are added after the service', () => {
    const { vpc, warned } = isolated();
    addInterfaces(vpc, ['api', 'docker', 'logs']);
    vpc.addGatewayEndpoint('S3', { service: GATEWAY });
    expect(warned()).toEqual([]);
  });

  test('is silent with endpoints that stand elsewhere in the app', () => {
    const { vpc, warned } = isolated();
    const elsewhere = new Stack(vpc.node.root as App, 'Endpoints');
    Object.entries(INTERFACES).forEach(
      ([name, service]) => new ec2.InterfaceVpcEndpoint(elsewhere, name, { vpc, service }),
    );
    new ec2.GatewayVpcEndpoint(elsewhere, 'S3', { vpc, service: GATEWAY });
    expect(warned()).toEqual([]);
  });

  test('is silent in a stack with a known region', () => {
    const { vpc, warned } = isolated({ env: { account: '111122223333', region: 'eu-west-1' } });
    addInterfaces(vpc, ['api', 'docker', 'logs']);
    vpc.addGatewayEndpoint('S3', { service: GATEWAY });
    expect(warned()).toEqual([]);
  });

  test('is silent with WorkloadEndpoints', () => {
    const { stack, vpc, web, warned } = isolated();
    new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [web] });
    expect(warned()).toEqual([]);
  });

  test('names only the endpoints that are missing', () => {
    const { vpc, warned } = isolated();
    addInterfaces(vpc, ['api', 'docker']);
    expect(warned()).toEqual([
      warning('s3, because an image comes from ECR; logs, because output goes to CloudWatch Logs'),
    ]);
  });

  test('does not take the endpoints of another VPC', () => {
    const { stack, vpc, warned } = isolated();
    addInterfaces(vpc, ['api', 'docker']);
    vpc.addGatewayEndpoint('S3', { service: GATEWAY });
    addInterfaces(isolatedVpc(new Stack(stack, 'Other')), ['logs']);
    expect(warned()).toEqual([warning('logs, because output goes to CloudWatch Logs')]);
  });

  test('takes endpoints with FIPS', () => {
    const { stack, vpc, web, warned } = isolated();
    new sqs.Queue(stack, 'Queue').grantConsumeMessages(web);
    vpc.addInterfaceEndpoint('Queues', { service: ec2.InterfaceVpcEndpointAwsService.SQS_FIPS });
    addInterfaces(vpc, ['api', 'docker', 'logs']);
    vpc.addGatewayEndpoint('S3', { service: GATEWAY });
    expect(warned()).toEqual([]);
  });

  test('names what was granted too late for WorkloadEndpoints', () => {
    const { stack, vpc, web, warned } = isolated();
    new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [web] });
    new sqs.Queue(stack, 'Queue').grantConsumeMessages(web);
    expect(warned()).toEqual([warning('sqs, because the task role may call it')]);
  });

  test('is silent when the late one was named', () => {
    const { stack, vpc, web, warned } = isolated();
    const services = [ec2.InterfaceVpcEndpointAwsService.SQS];
    new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [web], services });
    new sqs.Queue(stack, 'Queue').grantConsumeMessages(web);
    expect(warned()).toEqual([]);
  });

  test('warns of an image that no endpoint leads to', () => {
    const { stack, vpc, web, warned } = isolated({}, { container: { image: IMAGE } });
    new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [web] });
    expect(warned()).toEqual([
      "tasks are in isolated subnets, and no endpoint leads to the image 'public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine'. Copy it to ECR in this region, or use private subnets." +
        ACK,
    ]);
  });

  test('warns of both at once', () => {
    const [only, ...others] = isolated({}, { container: { image: IMAGE } }).warned();
    expect(others).toEqual([]);
    expect(only).toMatch(/ for logs, because .* or use private subnets\. And no endpoint leads to the image /);
  });

  test('warns of bare services that WorkloadEndpoints knows, too', () => {
    const { app, stack, vpc, cluster } = PrivateFixture.in();
    const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
    taskDefinition.addContainer('main', { image: ecrImage(stack) });
    const bare = new ecs.FargateService(stack, 'Bare', { cluster, taskDefinition });
    new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [bare] });
    new sqs.Queue(stack, 'Queue').grantConsumeMessages(taskDefinition.taskRole);
    app.synth();
    expect(warnings(bare)).toContainEqual(
      expect.stringMatching(
        /^the tasks of 'Shop\/Bare' are in isolated subnets, and this app knows of no endpoint of the VPC for sqs, because the task role may call it\./,
      ),
    );
  });

  test('is silent in private subnets', () => {
    const fixture = new Fixture();
    const web = fixture.web();
    const endpoints = { vpc: fixture.vpc, workloads: [web] };
    new WorkloadEndpoints(fixture.stack, 'Endpoints', endpoints);
    new sqs.Queue(fixture.stack, 'Queue', { enforceSSL: true }).grantConsumeMessages(web);
    fixture.app.synth();
    expect(warnings(web)).toEqual([]);
  });

  test('keeps looking at an imported VPC by its id', () => {
    const stack = new Stack(lenientApp(), 'Shop');
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['a', 'b'],
      isolatedSubnetIds: ['subnet-1', 'subnet-2'],
    });
    const web = PrivateFixture.around(stack, vpc).web({ vpcSubnets: undefined });
    new ec2.CfnVPCEndpoint(stack, 'Logs', {
      vpcId: 'vpc-1',
      serviceName: 'com.amazonaws.eu-west-1.logs',
      vpcEndpointType: 'Interface',
      privateDnsEnabled: true,
    });
    (stack.node.root as App).synth();
    expect(warnings(web)).toEqual([warning('ecr.api, ecr.dkr, s3, because an image comes from ECR')]);
  });
});
