import { CfnParameter, Fn, Stack, aws_ec2 as ec2, aws_ecr as ecr, aws_ecs as ecs } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { WorkloadEndpoints } from '../../lib';
import { endpointFor, namesOf, PrivateFixture, TASKS } from '../support/endpoints';
import { expectFailure } from '../support/errors';
import { Template, warnings } from '../support/fixture';
import { bareTask, IMAGES, neededBy, worker } from '../support/needs';
import { all, lenientApp } from '../support/resources';

const { S3, S3_EXPRESS } = ec2.GatewayVpcEndpointAwsService;
const { SQS } = ec2.InterfaceVpcEndpointAwsService;

/** What a service in a private network is warned of. */
function warned({ app, stack }: PrivateFixture, about: string): string[] {
  app.synth({ force: true });
  return warnings(stack).filter((each) => each.includes(about));
}

describe('a gateway counts in the route tables that it has', () => {
  const tablesOf = (template: Template) => endpointFor(template, 's3').RouteTableIds;

  test('and not in those of others', () => {
    const fixture = PrivateFixture.in();
    const { stack, vpc } = fixture;
    const subnets = [{ subnetGroupName: 'Data' }];
    const theirs = (vpc as ec2.Vpc).addGatewayEndpoint('S3', { service: S3, subnets });
    const web = fixture.web();
    expect(warned(fixture, 'isolated subnets')).toEqual([
      expect.stringMatching(
        / for ecr.api, ecr.dkr, s3, because .* And 'Shop\/Vpc\/S3\/Resource' does not serve them: an interface needs private DNS, and a gateway the route tables of the subnets\./,
      ),
    ]);
    const { gatewayEndpoints } = new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [web] });
    expect(Object.keys(gatewayEndpoints)).toEqual(['s3']);
    expect(gatewayEndpoints.s3).not.toBe(theirs);
    expect(warned(fixture, 'isolated subnets')).toHaveLength(1);
  });

  test('so that the subnets without one get another', () => {
    const { stack, vpc } = PrivateFixture.in();
    const [first, ...others] = vpc.selectSubnets(TASKS).subnets;
    const cfn = { vpcId: vpc.vpcId, serviceName: 'com.amazonaws.eu-west-1.s3' };
    new ec2.CfnVPCEndpoint(stack, 'Theirs', { ...cfn, routeTableIds: [first.routeTable.routeTableId] });
    const mine = new WorkloadEndpoints(stack, 'Endpoints', { vpc, gateways: [S3] });
    const data = vpc.selectSubnets({ subnetGroupName: 'Data' }).subnets;
    const { routeTableIds } = mine.gatewayEndpoints.s3.node.defaultChild as ec2.CfnVPCEndpoint;
    expect([...routeTableIds!].sort()).toEqual(
      [...others, ...data].map(({ routeTable }) => routeTable.routeTableId).sort(),
    );
    expect(() => (stack.node.root as App).synth()).not.toThrow();
  });

  test('and an interface of S3 is none', () => {
    const fixture = PrivateFixture.in();
    const { stack, vpc } = fixture;
    (vpc as ec2.Vpc).addInterfaceEndpoint('S3', { service: ec2.InterfaceVpcEndpointAwsService.S3 });
    const endpoints = new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [fixture.web()] });
    expect(namesOf(endpoints)).toEqual([...IMAGES, 'logs'].sort());
  });

  test('and any will do where nobody says which tables there are', () => {
    const stack = new Stack();
    const isolatedSubnetIds = ['subnet-1'];
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['a'],
      isolatedSubnetIds,
    });
    new ec2.CfnVPCEndpoint(stack, 'Theirs', { vpcId: 'vpc-1', serviceName: 'com.amazonaws.eu-west-1.s3' });
    expect(namesOf(new WorkloadEndpoints(stack, 'Endpoints', { vpc, gateways: [S3] }))).toEqual([]);
  });

  test('fails when it is only an interface, and nobody says which tables there are', () => {
    const stack = new Stack();
    const isolatedSubnetIds = ['subnet-1'];
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['a'],
      isolatedSubnetIds,
    });
    new ec2.InterfaceVpcEndpoint(stack, 'Theirs', { vpc, service: ec2.InterfaceVpcEndpointAwsService.S3, open: false });
    expectFailure(
      () => new WorkloadEndpoints(stack, 'Endpoints', { vpc, gateways: [S3] }),
      /^the gateway endpoint for s3 must know the route tables of its subnets/,
    );
  });

  test('and that of S3 Express is one', () => {
    const { stack, vpc } = PrivateFixture.in();
    const { gatewayEndpoints } = new WorkloadEndpoints(stack, 'Endpoints', { vpc, gateways: [S3, S3_EXPRESS] });
    expect(Object.keys(gatewayEndpoints)).toEqual(['s3', 's3express']);
    expect(tablesOf(Template.fromStack(stack))).toHaveLength(4);
  });
});

describe('an interface counts with private DNS', () => {
  function withNameless(privateDnsEnabled?: boolean) {
    const fixture = PrivateFixture.in();
    const { stack, vpc } = fixture;
    (vpc as ec2.Vpc).addInterfaceEndpoint('Queues', { service: SQS, privateDnsEnabled: false });
    return namesOf(new WorkloadEndpoints(stack, 'Endpoints', { vpc, services: [SQS], privateDnsEnabled }));
  }

  test('or another is made', () => {
    expect(withNameless()).toEqual(['sqs']);
  });

  test('unless nobody wants names', () => {
    expect(withNameless(false)).toEqual([]);
  });

  test('and is missed without', () => {
    const fixture = PrivateFixture.in();
    const { stack, vpc } = fixture;
    const { CLOUDWATCH_LOGS } = ec2.InterfaceVpcEndpointAwsService;
    const web = fixture.web();
    new WorkloadEndpoints(stack, 'Endpoints', {
      vpc,
      workloads: [web],
      services: [CLOUDWATCH_LOGS],
      privateDnsEnabled: false,
    });
    expect(warned(fixture, 'isolated subnets')).toEqual([
      expect.stringContaining('for ecr.api, ecr.dkr, because an image comes from ECR; logs, because output goes to'),
    ]);
  });
});

describe('a closed security group', () => {
  function closed(open: (group: ec2.SecurityGroup, vpc: ec2.IVpc) => void, props = { allowAllOutbound: false }) {
    const fixture = PrivateFixture.in();
    const { stack, vpc } = fixture;
    const group = new ec2.SecurityGroup(stack, 'Own', { vpc, ...props });
    const web = worker(fixture, { securityGroups: [group], vpcSubnets: TASKS });
    new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [web] });
    open(group, vpc);
    return warned(fixture, 'EndpointEgress');
  }
  const WARNING =
    "the security group 'Shop/Own' lets nothing out to s3, whose addresses are public, also behind a gateway: " +
    'add an outbound rule on port 443 for the prefix list of the service with ec2.Peer.prefixList(…), or leave allowAllOutbound out. [ack: Annotation::cdk-containers:EndpointEgress]';

  test.each<[string, (group: ec2.SecurityGroup) => void]>([
    ['no rule', () => undefined],
    ['a rule inside', (group) => group.addEgressRule(ec2.Peer.ipv4('10.0.0.0/16'), ec2.Port.tcp(5432))],
    ['a rule to a group', (group) => group.addEgressRule(group, ec2.Port.tcp(5432))],
  ])('with %s reaches no gateway', (_what, open) => {
    expect(closed(open)).toEqual([WARNING]);
  });

  test.each<[string, (group: ec2.SecurityGroup, vpc: ec2.IVpc) => void]>([
    ['a prefix list', (group) => group.addEgressRule(ec2.Peer.prefixList('pl-6da54004'), ec2.Port.HTTPS)],
    ['everywhere', (group) => group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS)],
    ['everywhere with IPv6', (group) => group.addEgressRule(ec2.Peer.anyIpv6(), ec2.Port.HTTPS)],
    ['what nobody knows', (group, vpc) => group.addEgressRule(ec2.Peer.ipv4(vpc.vpcCidrBlock), ec2.Port.HTTPS)],
  ])('with a rule to %s may', (_what, open) => {
    expect(closed(open)).toEqual([]);
  });

  test('is no open one', () => {
    expect(closed(() => undefined, { allowAllOutbound: true })).toEqual([]);
  });

  test('is not known of an import', () => {
    const fixture = PrivateFixture.in();
    const { stack, vpc } = fixture;
    const group = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Own', 'sg-1', { allowAllOutbound: false });
    const web = worker(fixture, { securityGroups: [group], vpcSubnets: TASKS });
    new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [web] });
    expect(warned(fixture, 'EndpointEgress')).toEqual([]);
  });
});

describe('a service of somebody else', () => {
  const theirs = new ec2.InterfaceVpcEndpointService('com.amazonaws.vpce.eu-west-1.vpce-svc-1', 8443);

  test('is reached on its port, beside those of AWS', () => {
    const fixture = PrivateFixture.in();
    const { stack, vpc } = fixture;
    new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [fixture.web()], services: [theirs] });
    const rules = all(Template.fromStack(stack), 'AWS::EC2::SecurityGroupIngress');
    expect(rules.map(({ FromPort, ToPort, Description }) => [FromPort, ToPort, Description])).toEqual(
      expect.arrayContaining([
        [443, 443, 'HTTPS to endpoints'],
        [8443, 8443, 'Connections to endpoints'],
      ]),
    );
  });

  test('alone opens no other port', () => {
    const { stack, vpc } = PrivateFixture.in();
    const endpoints = new WorkloadEndpoints(stack, 'Endpoints', { vpc, services: [theirs] });
    expect(endpoints.connections.defaultPort?.toString()).toBe('8443');
  });
});

describe('VPCs of one id', () => {
  const env = (account: string, region = 'eu-west-1') => ({ env: { account, region } });
  const attributes = { vpcId: 'vpc-1', availabilityZones: ['a'], isolatedSubnetIds: ['subnet-1'] };

  test.each([
    [env('111111111111'), env('222222222222')],
    [env('111111111111'), env('111111111111', 'us-east-1')],
  ])('are two in %j and %j', (...environments) => {
    const app = lenientApp();
    const made = environments.map((props, index) => {
      const stack = new Stack(app, `Stack${index}`, props);
      const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', attributes);
      return namesOf(new WorkloadEndpoints(stack, 'Endpoints', { vpc, services: [SQS] }));
    });
    expect(made).toEqual([['sqs'], ['sqs']]);
    expect(() => app.synth()).not.toThrow();
  });

  test('are not judged until they were looked up', () => {
    const app = lenientApp();
    const stack = new Stack(app, 'Shop', env('111111111111'));
    const made = ['One', 'Two'].map((vpcName) => {
      const vpc = ec2.Vpc.fromLookup(stack, vpcName, { vpcName });
      const subnets = { subnetGroupName: 'Endpoints' };
      return namesOf(new WorkloadEndpoints(stack, `${vpcName}Endpoints`, { vpc, services: [SQS], subnets }));
    });
    expect(made).toEqual([['sqs'], ['sqs']]);
    expect(app.synth().manifest.missing).toHaveLength(2);
  });
});

test('a VPC may be imported by lists that are tokens', () => {
  const stack = new Stack(lenientApp(), 'Shop');
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: Fn.importValue('Vpc'),
    availabilityZones: Fn.getAzs(),
    isolatedSubnetIds: new CfnParameter(stack, 'Subnets', { type: 'List<AWS::EC2::Subnet::Id>' }).valueAsList,
    isolatedSubnetRouteTableIds: Fn.split(',', Fn.importValue('Tables')),
  });
  const web = PrivateFixture.around(stack, vpc).web({ vpcSubnets: undefined });
  new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [web] });
  const template = Template.fromStack(stack);
  expect(endpointFor(template, 'logs').SubnetIds).toEqual({ Ref: 'Subnets' });
  expect(endpointFor(template, 's3').RouteTableIds).toEqual({ 'Fn::Split': [',', { 'Fn::ImportValue': 'Tables' }] });
});

describe('an image of ECR in another region', () => {
  const props = { env: { account: '111122223333', region: 'eu-west-1' } };
  const nameIn = (region: string) => `111122223333.dkr.ecr.${region}.amazonaws.com/shop:1`;
  const arn = 'arn:aws:ecr:us-east-1:111122223333:repository/shop';

  function imageWarnings(make: (stack: Stack) => ecs.ContainerImage, env: object = props): string[] {
    const fixture = PrivateFixture.in(env);
    const { stack, vpc } = fixture;
    const web = worker(fixture, { container: { image: make(stack) }, vpcSubnets: TASKS });
    const endpoints = new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [web] });
    const [warning, ...others] = warned(fixture, 'isolated subnets');
    expect(others).toEqual([]);
    return warning ? [/the image '[^']*'/.exec(warning)![0], ...namesOf(endpoints)] : namesOf(endpoints);
  }

  test('has no endpoint', () => {
    const image = ecs.ContainerImage.fromRegistry(nameIn('us-east-1'));
    expect(imageWarnings(() => image)).toEqual([`the image '${nameIn('us-east-1')}'`, 'logs']);
  });

  test('is seen in a repository', () => {
    const image = (stack: Stack) =>
      ecs.ContainerImage.fromEcrRepository(ecr.Repository.fromRepositoryArn(stack, 'Far', arn), '1');
    expect(imageWarnings(image)[0]).toBe("the image '111122223333.dkr.ecr.us-east-1'");
  });

  test('is none in this region, or where the region is not known', () => {
    const usual = [...IMAGES, 'logs'].sort();
    expect(imageWarnings(() => ecs.ContainerImage.fromRegistry(nameIn('eu-west-1')))).toEqual(usual);
    expect(imageWarnings(() => ecs.ContainerImage.fromRegistry(nameIn('us-east-1')), {})).toEqual(usual);
    const image = ecs.ContainerImage.fromRegistry(nameIn('us-east-1'));
    expect(neededBy((fixture) => bareTask(fixture, image).task)).toEqual(IMAGES);
  });
});
