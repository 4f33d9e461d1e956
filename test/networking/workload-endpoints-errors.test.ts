import { Stack, Token, aws_ec2 as ec2, aws_sqs as sqs } from 'aws-cdk-lib';
import { WorkloadEndpoints } from '../../lib';
import type { WorkloadEndpointsProps } from '../../lib';
import { isolatedVpc, namesOf, PrivateFixture } from '../support/endpoints';
import { expectFailure } from '../support/errors';
import { Template } from '../support/fixture';

const SQS = ec2.InterfaceVpcEndpointAwsService.SQS;

/** Endpoints of which a test says what is wrong. */
function make(props: (fixture: PrivateFixture) => Partial<WorkloadEndpointsProps>): WorkloadEndpoints {
  const fixture = PrivateFixture.in();
  const { stack, vpc } = fixture;
  return new WorkloadEndpoints(stack, 'Endpoints', { vpc, ...props(fixture) });
}

const { S3 } = ec2.GatewayVpcEndpointAwsService;
const noInterface = (given: string) =>
  `services must hold services with network interfaces, such as ec2.InterfaceVpcEndpointAwsService.SQS, got ${given}: name S3 and DynamoDB in gateways`;
const noGateway = (given: string) =>
  `gateways must hold ec2.GatewayVpcEndpointAwsService.S3, DYNAMODB or S3_EXPRESS, got ${given}: name others in services`;

const NONE =
  'workloads must have at least one workload, got none: name what runs in the VPC, or the services that it reaches';
const notRunning = (given: string) =>
  `workloads must hold services, task definitions, pools of instances or clusters of EKS, got ${given}, in which none is: leave it out, or pass what runs`;

test.each<[string, (fixture: PrivateFixture) => any, string | RegExp]>([
  ['nothing', () => ({}), NONE],
  ['empty lists', () => ({ workloads: [], services: [], gateways: [] }), NONE],
  ['no VPC', () => ({ vpc: undefined, services: [SQS] }), 'vpc must be given, got undefined'],
  [
    'one workload without brackets',
    (fixture) => ({ workloads: fixture.web() }),
    'workloads must be a list, got something else: put it into brackets',
  ],
  [
    'a service without brackets',
    () => ({ services: SQS }),
    'services must be a list, got something else: put it into brackets',
  ],
  ['a gateway without brackets', () => ({ gateways: 's3' }), "gateways must be a list, got 's3': put it into brackets"],
  [
    'an account without brackets',
    () => ({ services: [SQS], accounts: '111122223333' }),
    "accounts must be a list, got '111122223333': put it into brackets",
  ],
  ['what does not run', ({ stack }) => ({ workloads: [new sqs.Queue(stack, 'Queue')] }), notRunning("'Shop/Queue'")],
  ['a hole in the list', (fixture) => ({ workloads: [fixture.web(), undefined] }), notRunning('undefined')],
  [
    'an account that is none',
    () => ({ services: [SQS], accounts: ['me'] }),
    "an account of accounts must be an id of 12 digits, got 'me'",
  ],
  [
    'accounts that change nothing',
    () => ({ services: [SQS], accounts: ['111122223333'], allowAnyAccount: true }),
    'accounts must not be given when allowAnyAccount is true: remove one of them',
  ],
  ['a service by its name', () => ({ services: ['sqs'] }), noInterface("'sqs'")],
  ['a hole in the services', () => ({ services: [null] }), noInterface('null')],
  ['a gateway as a service', () => ({ services: [S3] }), /^services must hold services with network interfaces, such/],
  ['a service as a gateway', () => ({ gateways: [SQS] }), noGateway('sqs')],
  ['a gateway by its name', () => ({ gateways: ['s3'] }), noGateway("'s3'")],
  ['a hole in the gateways', () => ({ gateways: [undefined] }), noGateway('undefined')],
  [
    'the id of a VPC',
    () => ({ vpc: 'vpc-1', services: [SQS] }),
    "vpc must be a VPC, got 'vpc-1': pass the construct, for instance ec2.Vpc.fromLookup(…)",
  ],
  [
    'subnets that the VPC does not have',
    () => ({ services: [SQS], subnets: { subnetGroupName: 'Others' } }),
    /^subnets must select subnets of the VPC 'Shop\/Vpc', got a selection that it refuses: .*Others/,
  ],
  [
    'no subnet',
    () => ({ services: [SQS], subnets: { subnets: [] } }),
    'subnets must select at least one subnet for the endpoints, got none: leave it out for those of the workloads',
  ],
])('fails when somebody gives %s', (_what, props, message) => {
  expectFailure(() => make(props), message);
});

test('tokens pass', () => {
  const account = Token.asString({ Ref: 'Account' });
  expect(namesOf(make(() => ({ services: [SQS], accounts: [account] })))).toEqual(['sqs']);
});

test('fails when a workload is in another VPC', () => {
  const fixture = PrivateFixture.in();
  const vpc = isolatedVpc(new Stack(fixture.app, 'Other'));
  expectFailure(
    () => new WorkloadEndpoints(fixture.stack, 'Endpoints', { vpc, workloads: [fixture.web()] }),
    "workloads must be in the VPC 'Other/Vpc', got 'Shop/Web/Service/Service' in subnets of another: endpoints are for one VPC, so give the other its own",
  );
});

test('fails when a VPC gets them twice', () => {
  const { stack, vpc } = PrivateFixture.in();
  new WorkloadEndpoints(stack, 'One', { vpc, services: [SQS] });
  const twice = (of: string) =>
    `the VPC '${of}' must have its WorkloadEndpoints once, got 'Shop/One' and 'Shop/Two': ` +
    'name all workloads in one of them, or let more in with its allowFrom(workload)';
  expectFailure(() => new WorkloadEndpoints(stack, 'Two', { vpc, services: [SQS] }), twice('Shop/Vpc'));
  new WorkloadEndpoints(stack, 'Three', { vpc: isolatedVpc(new Stack(stack, 'Other')), services: [SQS] });
});

test('fails when a VPC gets them twice under two names', () => {
  const stack = new Stack();
  const isolatedSubnetIds = ['subnet-1', 'subnet-2'];
  const attributes = { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], isolatedSubnetIds };
  const [one, two] = ['One', 'Two'].map((id) => ec2.Vpc.fromVpcAttributes(stack, id, attributes));
  new WorkloadEndpoints(stack, 'First', { vpc: one, services: [SQS] });
  expectFailure(
    () => new WorkloadEndpoints(stack, 'Second', { vpc: two, services: [SQS] }),
    /^the VPC 'Default\/Two' must have its WorkloadEndpoints once, got 'Default\/First' and 'Default\/Second': /,
  );
});

test.each([{ enableDnsHostnames: false }, { enableDnsSupport: false }])('fails when the VPC has %j', (props) => {
  const stack = new Stack();
  const vpc = isolatedVpc(stack, props);
  expectFailure(
    () => new WorkloadEndpoints(stack, 'Endpoints', { vpc, services: [SQS] }),
    "the VPC 'Default/Vpc' must have enableDnsHostnames and enableDnsSupport, got one of them off: without them the names of the services do not lead to the endpoints",
  );
  new WorkloadEndpoints(new Stack(), 'Endpoints', {
    vpc: isolatedVpc(new Stack(), props),
    services: [SQS],
    privateDnsEnabled: false,
  });
});

describe('an imported VPC', () => {
  const attributes = {
    vpcId: 'vpc-1',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    isolatedSubnetIds: ['subnet-1', 'subnet-2'],
  };

  test('works when it says which route tables it has', () => {
    const stack = new Stack();
    const isolatedSubnetRouteTableIds = ['rtb-1', 'rtb-2'];
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { ...attributes, isolatedSubnetRouteTableIds });
    const web = PrivateFixture.around(stack, vpc).web({ vpcSubnets: undefined });
    new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [web] });
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      VpcId: 'vpc-1',
      RouteTableIds: isolatedSubnetRouteTableIds,
    });
  });

  test('fails when it does not', () => {
    const stack = new Stack();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', attributes);
    const gateways = [ec2.GatewayVpcEndpointAwsService.S3];
    expectFailure(
      () => new WorkloadEndpoints(stack, 'Endpoints', { vpc, gateways }),
      /^the gateway endpoint for s3 must know the route tables of its subnets, got 'Default\/Vpc\/.*' without one: import the VPC 'Default\/Vpc' with isolatedSubnetRouteTableIds or privateSubnetRouteTableIds$/,
    );
  });
});

describe('endpoints of the VPC that are there already', () => {
  test('stay, and none is made twice', () => {
    const fixture = PrivateFixture.in();
    const { stack, vpc } = fixture;
    (vpc as ec2.Vpc).addInterfaceEndpoint('Logs', { service: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS });
    (vpc as ec2.Vpc).addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    const endpoints = new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [fixture.web()] });
    expect(namesOf(endpoints)).toEqual(['ecr.api', 'ecr.dkr']);
  });

  test('may be all: then there is no group', () => {
    const { stack, vpc } = PrivateFixture.in();
    (vpc as ec2.Vpc).addInterfaceEndpoint('Queues', { service: SQS });
    const endpoints = new WorkloadEndpoints(stack, 'Endpoints', { vpc, services: [SQS] });
    expect(namesOf(endpoints)).toEqual([]);
    expect(endpoints.securityGroup).toBeUndefined();
  });

  /** Endpoints that somebody adds after those of the library. */
  function added(after: (vpc: ec2.Vpc) => void): () => unknown {
    const fixture = PrivateFixture.in();
    const { stack, vpc, app } = fixture;
    new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [fixture.web()] });
    after(vpc as ec2.Vpc);
    return () => app.synth();
  }

  test('fails when a second one has the same names', () => {
    const synth = added((vpc) =>
      vpc.addInterfaceEndpoint('Logs', { service: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS }),
    );
    expect(synth).toThrow(
      "the VPC 'Shop/Vpc' must have one endpoint for logs, got 'Shop/Endpoints/Logs/Resource' and 'Shop/Vpc/Logs/Resource': " +
        'make the second one before WorkloadEndpoints, which then leaves it to you, or remove it',
    );
  });

  test('fails when a second gateway has the same route tables', () => {
    const synth = added((vpc) => vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 }));
    expect(synth).toThrow(
      "the VPC 'Shop/Vpc' must have one endpoint for s3, got 'Shop/Endpoints/S3Gateway/Resource' and",
    );
  });

  test('passes when the second one has no names, other route tables, or is of another kind', () => {
    const synth = added((vpc) => {
      const service = ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS;
      vpc.addInterfaceEndpoint('Logs', { service, privateDnsEnabled: false });
      const data = [{ subnetGroupName: 'Data' }];
      vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3, subnets: data });
      vpc.addInterfaceEndpoint('S3Interface', { service: ec2.InterfaceVpcEndpointAwsService.S3 });
    });
    expect(synth).not.toThrow();
  });
});
