import { Stack, aws_ec2 as ec2, aws_ecr as ecr, aws_ecs as ecs } from 'aws-cdk-lib';
import type { App, StackProps } from 'aws-cdk-lib';
import { ContainerRepository, EcsCluster } from '../../lib';
import { Fixture, warnings } from '../support/fixture';
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

  /** A service in isolated subnets, to which endpoints may come afterwards. */
  function isolated(props?: StackProps) {
    const app = lenientApp();
    const stack = new Stack(app, 'Shop', props);
    const subnetConfiguration = [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }];
    const vpc = new ec2.Vpc(stack, 'Vpc', { subnetConfiguration, natGateways: 0, restrictDefaultSecurityGroup: false });
    const { cluster } = new EcsCluster(stack, 'Ecs', { vpc });
    new Fixture().web({ cluster }, stack);
    const warned = () => {
      app.synth();
      return warnings(app);
    };
    return { vpc, warned };
  }
  const addInterfaces = (vpc: ec2.Vpc, names: (keyof typeof INTERFACES)[]) =>
    names.forEach((name) => vpc.addInterfaceEndpoint(name, { service: INTERFACES[name] }));

  test('warns, and names what is missing', () => {
    expect(isolated().warned()).toEqual([
      'tasks are in isolated subnets, and the VPC has no endpoints for ecr.api, ecr.dkr, s3, logs that this app knows of: ' +
        'without them no image is pulled and no log is written. Add them with vpc.addInterfaceEndpoint and vpc.addGatewayEndpoint, or use private subnets. ' +
        '[ack: Annotation::cdk-containers:SubnetsIsolatedWithoutEndpoints]',
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

  test('names only the endpoints that are missing', () => {
    const { vpc, warned } = isolated();
    addInterfaces(vpc, ['api', 'docker']);
    expect(warned()).toEqual([expect.stringContaining('the VPC has no endpoints for s3, logs that this app knows of')]);
  });

  test('is silent in private subnets', () => {
    const fixture = new Fixture();
    const web = fixture.web();
    fixture.app.synth();
    expect(warnings(web)).toEqual([]);
  });
});
