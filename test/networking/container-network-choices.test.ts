import { aws_ec2 as ec2, aws_kms as kms, aws_logs as logs, aws_s3 as s3, Stack } from 'aws-cdk-lib';
import {
  ContainerNetwork,
  EcsCluster,
  NatGateways,
  Routing,
  SharedFileSystem,
  WebService,
  WorkerService,
} from '../../lib';
import { IMAGE, newApp, only, Template, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { ENV, made, templateOf, zone, ZONES } from '../support/networks';
import { expectNothingInline } from '../support/policies';

describe('NAT gateways', () => {
  test('stand in each zone when asked for, each for its own', () => {
    const template = templateOf({ natGateways: NatGateways.PER_ZONE });
    template.resourceCountIs('AWS::EC2::NatGateway', 3);
    const targets = Object.entries(template.findResources('AWS::EC2::Route'))
      .filter(([id]) => id.includes('Containers'))
      .map(([, { Properties }]) => Properties.NatGatewayId.Ref.replace(/NATGateway.*/, ''));
    expect(targets.sort()).toEqual([1, 2, 3].map((number) => `NetworkVpcPublicSubnet${number}`));
  });

  test('may keep addresses of the user', () => {
    const natGatewayProvider = ec2.NatProvider.gateway({ eipAllocationIds: ['eipalloc-0123456789abcdef0'] });
    const template = templateOf({ natGatewayProvider });
    template.resourceCountIs('AWS::EC2::EIP', 0);
    template.hasResourceProperties('AWS::EC2::NatGateway', { AllocationId: 'eipalloc-0123456789abcdef0' });
  });

  describe('left out', () => {
    const lenient = newApp({ ...ZONES, '@aws-cdk/core:strictCfnValidateErrors': false });
    const { network, stack } = made({ natGateways: NatGateways.NONE }, lenient);
    const { vpc } = network;
    const cluster = new EcsCluster(stack, 'Ecs', { vpc }).cluster;
    new SharedFileSystem(stack, 'Uploads', { vpc });
    new WebService(stack, 'Web', {
      cluster,
      container: { image: IMAGE },
      port: 8080,
      routing: Routing.http({ internal: true }),
      healthCheck: { path: '/health' },
    });
    const template = Template.fromStack(stack);
    const containers = [1, 2, 3].map((number) => ({
      Ref: expect.stringMatching(`^NetworkVpcContainersSubnet${number}Subnet`),
    }));

    test('isolate the containers', () => {
      template.resourceCountIs('AWS::EC2::NatGateway', 0);
      template.resourceCountIs('AWS::EC2::EIP', 0);
      expect(vpc.privateSubnets).toEqual([]);
      expect(network.containerSubnets).toEqual({ subnets: vpc.isolatedSubnets });
      expect(Object.keys(template.findResources('AWS::EC2::Route'))).toHaveLength(3);
    });

    // Two isolated subnets in a zone: ELB and EFS would refuse them, and tasks would stand among databases.
    test('send nobody who chooses no subnets to those for data', () => {
      expect(only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties.Subnets).toEqual(containers);
      const { AwsvpcConfiguration } = only(template, 'AWS::ECS::Service').Properties.NetworkConfiguration;
      expect(AwsvpcConfiguration.Subnets).toEqual(containers);
      const mounts = Object.values(template.findResources('AWS::EFS::MountTarget'));
      expect(mounts.map(({ Properties }) => Properties.SubnetId)).toEqual(containers);
    });

    test('make services say that they need endpoints', () => {
      expect(warnings(stack)).toEqual([expect.stringContaining('tasks are in isolated subnets')]);
    });
  });
});

describe('tasks among data', () => {
  /** The warnings of a service in such subnets. */
  function warned(subnetsIn: (network: ContainerNetwork, stack: Stack) => ec2.ISubnet[] | undefined): string[] {
    const { network, stack } = made({}, newApp({ ...ZONES, '@aws-cdk/core:strictCfnValidateErrors': false }));
    const { cluster } = new EcsCluster(stack, 'Ecs', { vpc: network.vpc });
    const vpcSubnets = { subnets: subnetsIn(network, stack) };
    new WorkerService(stack, 'Worker', { cluster, container: { image: IMAGE }, vpcSubnets });
    Template.fromStack(stack);
    return warnings(stack);
  }

  const own = ({ vpc }: ContainerNetwork, stack: Stack) =>
    new ec2.PrivateSubnet(stack, 'Own', {
      availabilityZone: zone('a'),
      vpcId: vpc.vpcId,
      cidrBlock: '10.0.224.0/24',
    });

  test('have no way out, and are told that they need endpoints', () => {
    expect(warned(({ dataSubnets }) => dataSubnets.subnets)).toEqual([
      expect.stringMatching(/^tasks are in isolated subnets, and .* for logs, because/),
    ]);
  });

  test('are told so when only some stand there', () => {
    expect(warned(({ vpc, dataSubnets }) => [...vpc.privateSubnets, dataSubnets.subnets![0]])).toHaveLength(1);
    expect(warned((network, stack) => [own(network, stack)])).toHaveLength(1);
  });

  test('are told nothing where there is a way out, or nobody knows', () => {
    expect(warned(({ vpc }) => vpc.privateSubnets)).toEqual([]);
    const foreign = { subnetId: 'subnet-1', routeTableId: 'rtb-1' };
    expect(warned((_, stack) => [ec2.Subnet.fromSubnetAttributes(stack, 'Foreign', foreign)])).toEqual([]);
    const routed = (network: ContainerNetwork, stack: Stack) => {
      const subnet = own(network, stack);
      const { routeTableId } = subnet.routeTable;
      const destinationCidrBlock = '0.0.0.0/0';
      new ec2.CfnRoute(stack, 'Out', { routeTableId, destinationCidrBlock, transitGatewayId: 'tgw-1' });
      return [subnet];
    };
    expect(warned(routed)).toEqual([]);
  });

  test('are told nothing in private subnets that get their routes elsewhere', () => {
    const stack = new Stack(newApp(), 'Shop');
    const subnetConfiguration = [{ name: 'Apps', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }];
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0, restrictDefaultSecurityGroup: false, subnetConfiguration });
    const { cluster } = new EcsCluster(stack, 'Ecs', { vpc });
    const vpcSubnets = { subnets: vpc.privateSubnets };
    new WorkerService(stack, 'Worker', { cluster, container: { image: IMAGE }, vpcSubnets });
    Template.fromStack(stack).resourceCountIs('AWS::EC2::Route', 0);
    expect(warnings(stack)).toEqual([]);
  });
});

describe('without a public tier', () => {
  const { network, stack } = made({ publicTier: false });
  const template = Template.fromStack(stack);

  test('there is no way in or out', () => {
    for (const type of ['InternetGateway', 'VPCGatewayAttachment', 'NatGateway', 'EIP', 'Route']) {
      template.resourceCountIs(`AWS::EC2::${type}`, 0);
    }
    expect(network.vpc.publicSubnets).toEqual([]);
    expect(network.containerSubnets).toEqual({ subnets: network.vpc.isolatedSubnets });
    template.resourceCountIs('AWS::EC2::NetworkAcl', 2);
  });

  test('fails when somebody asks for what is not there', () => {
    const without = (name: string) => `'Shop/Network' has no ${name}, because its properties ask for none`;
    expect(() => network.publicSubnets).toThrow(without('publicSubnets'));
    expect(() => network.publicNetworkAcl).toThrow(without('publicNetworkAcl'));
  });
});

describe('flow logs', () => {
  test('may hold less, elsewhere formatted, and shorter', () => {
    const template = templateOf({
      flowLogOptions: {
        trafficType: ec2.FlowLogTrafficType.REJECT,
        retention: logs.RetentionDays.ONE_MONTH,
        logFormat: [ec2.LogFormat.ALL_DEFAULT_FIELDS, ec2.LogFormat.ECS_SERVICE_NAME],
        maxAggregationInterval: ec2.FlowLogMaxAggregationInterval.ONE_MINUTE,
      },
    });
    expect(only(template, 'AWS::EC2::FlowLog').Properties).toMatchObject({
      TrafficType: 'REJECT',
      LogFormat: expect.stringMatching(/ \$\{ecs-service-name\}$/),
      MaxAggregationInterval: 60,
    });
    expect(only(template, 'AWS::Logs::LogGroup').Properties).toEqual({ RetentionInDays: 30 });
  });

  test('may be encrypted with a key', () => {
    const stack = new Stack(newApp(ZONES), 'Shop', { env: ENV });
    const encryptionKey = new kms.Key(stack, 'Key');
    new ContainerNetwork(stack, 'Network', { flowLogOptions: { encryptionKey } });
    const template = Template.fromStack(stack);
    const key = only(template, 'AWS::KMS::Key');
    expect(only(template, 'AWS::Logs::LogGroup').Properties.KmsKeyId).toEqual({ 'Fn::GetAtt': [key.id, 'Arn'] });
    expect(JSON.stringify(key.Properties.KeyPolicy)).toContain('logs.eu-west-1.amazonaws.com');
    expectAcyclic(template);
  });

  test('may go to a bucket', () => {
    const app = newApp(ZONES);
    const bucket = new s3.Bucket(new Stack(app, 'Logs', { env: ENV }), 'Bucket');
    const { network, stack } = made({ flowLogOptions: { destination: ec2.FlowLogDestination.toS3(bucket) } }, app);
    const template = Template.fromStack(stack);
    expect(only(template, 'AWS::EC2::FlowLog').Properties).toMatchObject({ LogDestinationType: 's3' });
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    expectNothingInline(Template.fromStack(Stack.of(bucket)));
    expect(() => network.flowLogGroup).toThrow("'Shop/Network' has no flowLogGroup, because");
    expect(() => network.flowLogRole).toThrow("'Shop/Network' has no flowLogRole, because");
  });

  test('may be left out', () => {
    const { network, stack } = made({ flowLogs: false });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::FlowLog', 0);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    expect(() => network.flowLog).toThrow("'Shop/Network' has no flowLog, because its properties ask for none");
  });
});

test.each(['weak', 'strong'])('a service of another stack stands in it, with %s references', (references) => {
  const { app, network } = made({}, newApp({ ...ZONES, '@aws-cdk/core:defaultCrossStackReferences': references }));
  const stack = new Stack(app, 'Service', { env: ENV });
  new WebService(stack, 'Web', {
    cluster: new EcsCluster(stack, 'Ecs', { vpc: network.vpc }).cluster,
    container: { image: IMAGE },
    port: 8080,
    routing: Routing.http({ internal: true }),
    healthCheck: { path: '/health' },
    vpcSubnets: network.containerSubnets,
  });
  expect(() => app.synth()).not.toThrow();
  expect(stack.dependencies.map(({ node }) => node.id)).toEqual(['Shop']);
});
