import { CfnParameter, Size, Stack, Token, aws_ec2 as ec2, aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { AddOn } from '../../lib/eks/add-on';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import type { NodeOptions } from '../../lib/eks/node-options';
import { describeCluster } from '../../lib/eks/private/cluster-facts';
import { chooseNodes } from '../../lib/eks/private/nodes';
import { madeAddOn } from '../support/add-ons';
import { importedCluster, NodeFixture } from '../support/eks-nodes';
import { expectFailure } from '../support/errors';
import { only, warnings } from '../support/fixture';
import { statementsOf } from '../support/policies';
import { lenientApp, once } from '../support/resources';

const usual = once(() => new NodeFixture());
let count = 0;

/** Nodes in a fixture that several tests share, with a scope of their own. */
function chosen(more: Partial<NodeOptions> = {}, fixture = usual()) {
  const scope = new Construct(fixture.stack, `Nodes${count++}`);
  return { scope, ...chooseNodes(scope, fixture.options(more)) };
}

const TYPES = (...types: string[]) => ({ capacity: NodeCapacity.onDemand(types) });

describe('nodes of which little is said', () => {
  const nodes = once(() => chosen());

  test('are Amazon Linux, two at least, in all private subnets', () => {
    expect(nodes()).toMatchObject({ minNodes: 2, maxNodes: 4, labels: {}, taints: [], fabricAdapters: 0 });
    expect(nodes().image.amiType).toBe('AL2023_ARM_64_STANDARD');
    expect(nodes().subnets).toEqual(usual().vpc.privateSubnets);
    expect(new Set(nodes().subnets.map(({ availabilityZone }) => availabilityZone)).size).toBe(2);
  });

  test('warn of nothing', () => expect(warnings(nodes().scope)).toEqual([]));

  test('span all zones of the VPC', () => {
    const app = lenientApp();
    const fixture = new NodeFixture(
      {},
      { availabilityZones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'], maxAzs: undefined },
      app,
    );
    expect(chosen({}, fixture).subnets.map(({ availabilityZone }) => availabilityZone)).toEqual([
      'eu-west-1a',
      'eu-west-1b',
      'eu-west-1c',
    ]);
  });
});

describe('the role', () => {
  /** What the roles of nodes have. */
  function roleOf(more: Partial<NodeOptions>, cluster: Partial<eks.ClusterProps> = {}, facts = {}) {
    const fixture = new NodeFixture(cluster);
    describeCluster(fixture.cluster, facts);
    const { scope } = chosen(more, fixture);
    const template = Template.fromStack(fixture.stack);
    const [role] = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) =>
      id.startsWith(scope.node.id),
    );
    const names = role[1].Properties.ManagedPolicyArns.map(
      (arn: unknown) => /policy\/(\w+)/.exec(JSON.stringify(arn))![1],
    );
    return { names, statements: statementsOf(template, role[0]) };
  }
  const NODE = ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly'];

  test('serves the network plugin where nothing else is known to', () => {
    expect(roleOf({ allowNetworking: undefined }).names).toEqual([...NODE, 'AmazonEKS_CNI_Policy']);
  });

  test('does not where the plugin has an identity of its own', () => {
    expect(roleOf({ allowNetworking: undefined }, {}, { networkingIdentity: true }).names).toEqual(NODE);
  });

  test.each([
    [true, [...NODE, 'AmazonEKS_CNI_Policy']],
    [false, NODE],
  ])('serves it when told so: %s', (allowNetworking, names) => {
    expect(roleOf({ allowNetworking }, {}, { networkingIdentity: allowNetworking }).names).toEqual(names);
  });

  test('serves it with IPv6 as AWS documents it', () => {
    const { names, statements } = roleOf({ allowNetworking: true }, { ipFamily: eks.IpFamily.IP_V6 });
    expect(names).toEqual(NODE);
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: [
          'ec2:AssignIpv6Addresses',
          'ec2:DescribeInstanceTypes',
          'ec2:DescribeInstances',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSecurityGroups',
          'ec2:DescribeSubnets',
          'ec2:DescribeTags',
        ],
        Resource: '*',
      },
      {
        Effect: 'Allow',
        Action: 'ec2:CreateTags',
        Resource: {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              ':ec2:',
              { Ref: 'AWS::Region' },
              ':',
              { Ref: 'AWS::AccountId' },
              ':network-interface/*',
            ],
          ],
        },
      },
    ]);
  });

  test('has with IPv6 what the role of the plugin itself has', () => {
    const { statements } = roleOf({ allowNetworking: true }, { ipFamily: eks.IpFamily.IP_V6 });
    const { template } = madeAddOn(AddOn.vpcCni(), {}, eks.IpFamily.IP_V6);
    expect(statements).toEqual(statementsOf(template, only(template, 'AWS::IAM::Role').id));
  });

  test('opens shells when told so', () => {
    expect(roleOf({ allowSessions: true }).statements.flatMap(({ Action }) => Action)).toContain(
      'ssmmessages:OpenControlChannel',
    );
    expect(roleOf({}).statements).toEqual([]);
  });

  test('of the user is taken as it is', () => {
    const role = iam.Role.fromRoleArn(usual().stack, 'Own', 'arn:aws:iam::111122223333:role/own');
    expect(chosen({ role }).role).toBe(role);
    expect(chosen({ role, allowSessions: false }).role).toBe(role);
  });

  test.each([
    ['allowSessions', true],
    ['allowNetworking', true],
    ['allowNetworking', false],
  ])('of the user fails beside %s %s', (name, value) => {
    const role = iam.Role.fromRoleArn(usual().stack, `Own${count++}`, 'arn:aws:iam::111122223333:role/own');
    expectFailure(
      () => chosen({ role, [name]: value }),
      `${name} must be left out beside role, got both: what a role of yours may do is for you to grant`,
    );
  });
});

describe('subnets', () => {
  const withSubnets = (...types: ec2.SubnetType[]) => {
    const subnetConfiguration = types.map((subnetType) => ({ name: subnetType, subnetType }));
    const stack = new Stack(lenientApp(), 'Kube');
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0, restrictDefaultSecurityGroup: false, subnetConfiguration });
    const cluster = importedCluster(stack);
    return {
      stack,
      vpc,
      nodes: (more = {}) =>
        chooseNodes(new Construct(stack, 'Nodes'), { cluster, vpc, ...TYPES('m7g.large'), maxNodes: 1, ...more }),
    };
  };

  test('are those that are told', () => {
    const { vpc } = usual();
    expect(chosen({ vpcSubnets: { subnets: [vpc.privateSubnets[1]] } }).subnets).toEqual([vpc.privateSubnets[1]]);
  });

  test('can be isolated ones, which need endpoints', () => {
    const { stack, vpc, nodes } = withSubnets(ec2.SubnetType.PUBLIC, ec2.SubnetType.PRIVATE_ISOLATED);
    expect(nodes().subnets).toEqual(vpc.isolatedSubnets);
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    vpc.addInterfaceEndpoint('Ecr', { service: ec2.InterfaceVpcEndpointAwsService.ECR });
    Template.fromStack(stack);
    stack.node.root.node.findAll().forEach((node) => node.node.validate());
    expect(warnings(stack)).toEqual([
      'nodes are in isolated subnets, and this app knows of no endpoint of the VPC for ec2, ecr.dkr, eks, eks-auth, sts: nodes join, and pull images, through them. Make the endpoints, or use private subnets. [ack: Annotation::cdk-containers:NodesIsolatedWithoutEndpoints]',
    ]);
  });

  test('with all endpoints warn of nothing', () => {
    const { stack, vpc, nodes } = withSubnets(ec2.SubnetType.PRIVATE_ISOLATED);
    nodes();
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    for (const name of ['EC2', 'ECR', 'ECR_DOCKER', 'EKS', 'EKS_AUTH', 'STS'] as const) {
      vpc.addInterfaceEndpoint(name, { service: ec2.InterfaceVpcEndpointAwsService[name] });
    }
    stack.node.findAll().forEach((node) => node.node.validate());
    expect(warnings(stack)).toEqual([]);
  });

  test('warn when the VPC has one zone only', () => {
    const fixture = new NodeFixture({}, {});
    const vpc = new ec2.Vpc(fixture.stack, 'Narrow', { maxAzs: 1, natGateways: 1 });
    const cluster = importedCluster(fixture.stack);
    expect(warnings(chosen({ cluster, vpc }, fixture).scope)).toEqual([
      'all private subnets of the VPC are in one zone, so all nodes go when it fails: use a VPC with private subnets in two zones or more. [ack: Annotation::cdk-containers:NodesOneZone]',
    ]);
    const { scope } = chosen({ cluster, vpc, vpcSubnets: { subnets: vpc.privateSubnets } }, fixture);
    expect(warnings(scope)).toEqual([]);
  });

  test('of a VPC that was not looked up yet are not judged', () => {
    const stack = new Stack(lenientApp(), 'Kube', { env: { account: '111122223333', region: 'eu-west-1' } });
    const vpc = ec2.Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-1' });
    const scope = new Construct(stack, 'Nodes');
    const { subnets } = chooseNodes(scope, {
      cluster: importedCluster(stack),
      vpc,
      vpcSubnets: { subnetGroupName: 'Nodes' },
      ...TYPES('m7g.large'),
      maxNodes: 1,
    });
    expect(subnets.length).toBeGreaterThan(0);
  });

  test('can be imported by their ids', () => {
    const { stack } = usual();
    const subnets = ['subnet-1', 'subnet-2'].map((id) => ec2.Subnet.fromSubnetId(stack, `${id}${count++}`, id));
    expect(chosen({ vpcSubnets: { subnets } }).subnets).toEqual(subnets);
  });

  test('fail when they are public', () =>
    expectFailure(
      () => chosen({ vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }),
      'vpcSubnets must not be public, because nodes have no public address and would reach nothing: leave it out for the private subnets',
    ));

  test('fail when there are none', () => {
    expectFailure(
      () => chosen({ vpcSubnets: { subnets: [] } }),
      'vpcSubnets must select at least one subnet, got none: leave it out for the private subnets',
    );
    expectFailure(
      () => withSubnets(ec2.SubnetType.PUBLIC).nodes(),
      'nodes need private subnets, and the VPC has none: use a VPC with private subnets',
    );
  });

  test('fail when the cluster is imported without a VPC', () =>
    expectFailure(
      () => chosen({ cluster: importedCluster(new Stack()) }),
      'vpc must be given, got none: the cluster is imported without its VPC, and nodes need its subnets',
    ));

  test('fail when the VPC is not that of the cluster', () => {
    const stack = new Stack();
    const vpcOf = (id: string) =>
      ec2.Vpc.fromVpcAttributes(stack, id, { vpcId: id, availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] });
    const cluster = importedCluster(stack, { vpc: vpcOf('vpc-1') });
    expectFailure(
      () => chosen({ cluster, vpc: vpcOf('vpc-2') }),
      'vpc must be that of the cluster, vpc-1, got vpc-2: leave it out',
    );
    expect(() => chosen({ cluster, vpc: cluster.vpc })).not.toThrow();
  });

  test.each<[string, Partial<NodeOptions>, string]>([
    [
      'Elastic Fabric Adapters',
      { ...TYPES('p5.48xlarge'), elasticFabricAdapter: true },
      'Elastic Fabric Adapters do not reach another',
    ],
    [
      'a capacity block',
      { capacity: NodeCapacity.capacityBlock('p5.48xlarge', { capacityReservationId: 'cr-02168da1478b509e0' }) },
      'a capacity reservation is in one',
    ],
    [
      'a reservation',
      { capacity: NodeCapacity.onDemand(['m7g.large'], { capacityReservationId: 'cr-02168da1478b509e0' }) },
      'a capacity reservation is in one',
    ],
  ])('fail when they are in several zones with %s', (_what, more, because) => {
    expectFailure(
      () => chosen(more),
      `vpcSubnets must be in one zone, because ${because}, got 2 zones: select with availabilityZones or subnets`,
    );
    expect(() => chosen({ ...more, vpcSubnets: { subnets: [usual().vpc.privateSubnets[0]] } })).not.toThrow();
  });
});

test('tokens pass', () => {
  const number = new CfnParameter(usual().stack, 'Number', { type: 'Number' }).valueAsNumber;
  const nodes = chosen({
    minNodes: number,
    maxNodes: number,
    metadataHopLimit: number,
    volumeSize: Size.gibibytes(number),
    labels: { team: Token.asString({ Ref: 'Team' }) },
  });
  expect(nodes.maxNodes).toBe(number);
});
