import { Stack, aws_ec2 as ec2, aws_ecs as ecs, aws_iam as iam, aws_sqs as sqs } from 'aws-cdk-lib';
import { WorkerService, WorkloadEndpoints } from '../../lib';
import { ecrImage, endpointFor, isolatedVpc, namesOf, PrivateFixture, TASKS } from '../support/endpoints';
import { newApp, only, Template, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { bareTask } from '../support/needs';
import { newPool } from '../support/pools';
import { all, idOf, once, resourceOf } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const ACCOUNT = { Ref: 'AWS::AccountId' };

/** A web service and a worker that reads a queue, with their endpoints. */
const shop = once(() => {
  const fixture = PrivateFixture.in();
  const { stack, vpc, cluster } = fixture;
  const web = fixture.web();
  const worker = new WorkerService(stack, 'Worker', {
    cluster,
    container: { image: ecrImage(stack) },
    vpcSubnets: TASKS,
  });
  new sqs.Queue(stack, 'Orders').grantConsumeMessages(worker);
  const endpoints = new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [web, worker] });
  return { ...fixture, web, worker, endpoints, template: Template.fromStack(stack) };
});

test('makes what the workloads need, once', () => {
  const { endpoints, template } = shop();
  expect(namesOf(endpoints)).toEqual(['ecr.api', 'ecr.dkr', 'logs', 's3', 'sqs']);
  template.resourceCountIs('AWS::EC2::VPCEndpoint', 5);
  expect(Object.keys(endpoints.gatewayEndpoints)).toEqual(['s3']);
});

test('interface endpoints stand in one subnet of each zone of the workloads, behind one group, under the usual names', () => {
  const { endpoints, template, stack, vpc } = shop();
  const group = stack.resolve(endpoints.securityGroup!.securityGroupId);
  const tasks = vpc.selectSubnets({ subnetGroupName: 'Tasks' }).subnetIds;
  for (const name of Object.keys(endpoints.interfaceEndpoints)) {
    expect(endpointFor(template, name)).toEqual({
      ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, `.${name}`]] },
      VpcEndpointType: 'Interface',
      VpcId: stack.resolve(vpc.vpcId),
      SubnetIds: stack.resolve(tasks),
      SecurityGroupIds: [group],
      PrivateDnsEnabled: true,
      PolicyDocument: { Version: '2012-10-17', Statement: [ofAccount(ACCOUNT)] },
    });
  }
});

function ofAccount(account: unknown) {
  return {
    Effect: 'Allow',
    Principal: '*',
    Action: '*',
    Resource: '*',
    Condition: { StringEquals: { 'aws:PrincipalAccount': account } },
  };
}

test('the gateway has routes for all subnets of the workloads, and lets layers of ECR through', () => {
  const { template, stack, vpc } = shop();
  const { subnets } = vpc.selectSubnets({ subnetGroupName: 'Tasks' });
  const { RouteTableIds, PolicyDocument, VpcEndpointType } = endpointFor(template, 's3');
  expect(VpcEndpointType).toBe('Gateway');
  expect(RouteTableIds).toEqual(stack.resolve(subnets.map(({ routeTable }) => routeTable.routeTableId)));
  const [partition, region] = [{ Ref: 'AWS::Partition' }, { Ref: 'AWS::Region' }];
  expect(PolicyDocument.Statement).toEqual([
    ofAccount(ACCOUNT),
    {
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: { 'Fn::Join': ['', ['arn:', partition, ':s3:::prod-', region, '-starport-layer-bucket/*']] },
    },
  ]);
});

test('only the workloads come in, on port 443', () => {
  const { template, stack, endpoints, web, worker } = shop();
  const to = stack.resolve(endpoints.securityGroup!.securityGroupId);
  const rules = all(template, 'AWS::EC2::SecurityGroupIngress').filter(
    ({ GroupId }) => JSON.stringify(GroupId) === JSON.stringify(to),
  );
  const port = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: 'HTTPS to endpoints' };
  expect(rules).toEqual(
    [web, worker].map(({ connections }) => ({
      ...port,
      GroupId: to,
      SourceSecurityGroupId: stack.resolve(connections.securityGroups[0].securityGroupId),
    })),
  );
  const group = template.toJSON().Resources[idOf(endpoints.securityGroup!)].Properties;
  expect(group.SecurityGroupIngress).toBeUndefined();
  expect(group.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '255.255.255.255/32' })]);
});

test('services wait for the endpoints and for the rules that let them in', () => {
  const { template, endpoints, web, worker } = shop();
  const made = [...Object.values(endpoints.interfaceEndpoints), ...Object.values(endpoints.gatewayEndpoints)];
  for (const { service } of [web, worker]) {
    const { DependsOn } = resourceOf(template, service.node.findChild('Service'));
    expect(DependsOn).toEqual(expect.arrayContaining(made.map(idOf)));
    const rules = (DependsOn as string[]).filter((id) => id.startsWith('EndpointsSecurityGroupfrom'));
    expect(rules).toHaveLength(1);
  }
  expectAcyclic(template);
});

test('nobody warns of anything', () => {
  expect(warnings(shop().stack)).toEqual([]);
});

test('no validator finds anything', () => {
  const app = newApp(STRICT);
  const { stack, vpc, web } = (() => {
    const fixture = PrivateFixture.in({}, app);
    return { ...fixture, web: fixture.web() };
  })();
  new WorkloadEndpoints(stack, 'Endpoints', {
    vpc,
    workloads: [web],
    services: [ec2.InterfaceVpcEndpointAwsService.STS],
    gateways: [ec2.GatewayVpcEndpointAwsService.DYNAMODB],
  });
  const { open } = validate(app);
  expect(open.filter(({ path }) => path.includes('Endpoints'))).toEqual([]);
  expect(open.filter(({ path }) => !path.startsWith('Shop/Vpc/'))).toEqual([]);
});

test('endpoints that others than principals of the account call keep the policy of AWS', () => {
  const fixture = PrivateFixture.in();
  const { stack, vpc } = fixture;
  new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [newPool(fixture)] });
  const template = Template.fromStack(stack);
  const open = ['ecs', 'ecs-agent', 'ecs-telemetry'].filter((name) => !endpointFor(template, name).PolicyDocument);
  expect(open).toEqual(['ecs-agent', 'ecs-telemetry']);
});

test('a workload that does not say where it runs has all subnets that are not public', () => {
  const fixture = PrivateFixture.in();
  const { stack, vpc } = fixture;
  const { task } = bareTask(fixture, ecrImage(stack));
  new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [fixture.web(), task] });
  const { RouteTableIds } = endpointFor(Template.fromStack(stack), 's3');
  const tables = vpc.isolatedSubnets.map(({ routeTable }) => stack.resolve(routeTable.routeTableId));
  expect(RouteTableIds).toHaveLength(4);
  expect(RouteTableIds).toEqual(expect.arrayContaining(tables));
});

test('CDK does not warn of bare services that may reach everything', () => {
  const fixture = PrivateFixture.in();
  const { stack, vpc, cluster } = fixture;
  const { task } = bareTask(fixture, ecrImage(stack));
  const bare = new ecs.FargateService(stack, 'Bare', { cluster, taskDefinition: task });
  new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [bare] });
  fixture.app.synth();
  expect(warnings(stack).filter((text) => text.includes('ipv4IgnoreEgressRule'))).toEqual([]);
});

describe('options', () => {
  function made(props: Partial<ConstructorParameters<typeof WorkloadEndpoints>[2]>) {
    const fixture = PrivateFixture.in();
    const web = fixture.web();
    const { stack, vpc } = fixture;
    const endpoints = new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [web], ...props });
    return { ...fixture, web, endpoints, template: () => Template.fromStack(stack) };
  }

  test('services and gateways add to what is seen', () => {
    const { endpoints, template } = made({
      services: [ec2.InterfaceVpcEndpointAwsService.STEP_FUNCTIONS, ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS],
      gateways: [ec2.GatewayVpcEndpointAwsService.DYNAMODB],
    });
    expect(namesOf(endpoints)).toEqual(['dynamodb', 'ecr.api', 'ecr.dkr', 'logs', 's3', 'states']);
    expect(endpointFor(template(), 'dynamodb').PolicyDocument.Statement).toEqual([ofAccount(ACCOUNT)]);
  });

  test('services alone need no workload, and let somebody in who comes later', () => {
    const { stack, vpc, cluster } = PrivateFixture.in();
    const endpoints = new WorkloadEndpoints(stack, 'Endpoints', {
      vpc,
      services: [ec2.InterfaceVpcEndpointAwsService.SQS],
    });
    const worker = new WorkerService(stack, 'Worker', { cluster, container: { image: ecrImage(stack) } });
    worker.connections.allowToDefaultPort(endpoints);
    const template = Template.fromStack(stack);
    expect(namesOf(endpoints)).toEqual(['sqs']);
    expect(only(template, 'AWS::EC2::SecurityGroupIngress').Properties).toMatchObject({
      FromPort: 443,
      ToPort: 443,
      GroupId: stack.resolve(endpoints.securityGroup!.securityGroupId),
    });
    // Without workloads it does not know where they run: wherever nothing is public.
    expect(endpointFor(template, 'sqs').SubnetIds).toHaveLength(2);
  });

  test('a workload that comes later is let in, and waits', () => {
    const fixture = PrivateFixture.in();
    const { stack, vpc } = fixture;
    const services = [ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS];
    const endpoints = new WorkloadEndpoints(stack, 'Endpoints', { vpc, services });
    const web = fixture.web();
    endpoints.allowFrom(web);
    const template = Template.fromStack(stack);
    expectAcyclic(template);
    const { DependsOn } = resourceOf(template, web.service.node.findChild('Service'));
    const logsId = idOf(endpoints.interfaceEndpoints.logs);
    expect(DependsOn).toEqual(
      expect.arrayContaining([logsId, expect.stringMatching(/^EndpointsSecurityGroupfromShopWebService/)]),
    );
    expect(namesOf(endpoints)).toEqual(['logs']);
  });

  test('an interface endpoint of S3 stands beside the gateway', () => {
    const { template } = made({ services: [ec2.InterfaceVpcEndpointAwsService.S3] });
    const both = all(template(), 'AWS::EC2::VPCEndpoint').filter(({ ServiceName }) =>
      JSON.stringify(ServiceName).includes('.s3"'),
    );
    expect(both.map(({ VpcEndpointType }) => VpcEndpointType).sort()).toEqual(['Gateway', 'Interface']);
    both.forEach(({ PolicyDocument }) => expect(PolicyDocument.Statement).toHaveLength(2));
  });

  test('a service of somebody else has no name and no policy of ours', () => {
    const service = new ec2.InterfaceVpcEndpointService(
      'com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0',
      8443,
    );
    const { endpoints, template } = made({ services: [service] });
    expect(namesOf(endpoints)).toContain('eu-west-1.vpce-svc-0123456789abcdef0');
    const { PrivateDnsEnabled, PolicyDocument } = endpointFor(template(), 'vpce-svc-0123456789abcdef0');
    expect({ PrivateDnsEnabled, PolicyDocument }).toEqual({ PrivateDnsEnabled: false });
  });

  test('a service whose name is a token is one, too', () => {
    const stack = new Stack();
    const [one, two] = ['One', 'Two'].map((id) => new ec2.CfnVPCEndpointService(stack, id).attrServiceId);
    const vpc = isolatedVpc(stack);
    const services = [one, two].map((name) => new ec2.InterfaceVpcEndpointService(name));
    const endpoints = new WorkloadEndpoints(stack, 'Endpoints', { vpc, services });
    expect(Object.keys(endpoints.interfaceEndpoints)).toHaveLength(2);
  });

  test('a name that is written out is the same service', () => {
    const names = ['com.amazonaws.eu-west-1.ecr.api', 'com.amazonaws.eu-west-1.logs'];
    const { endpoints } = made({ services: names.map((name) => new ec2.InterfaceVpcEndpointService(name)) });
    expect(namesOf(endpoints)).toEqual(['ecr.api', 'ecr.dkr', 'logs', 's3']);
  });

  test('subnets limit the zones of interface endpoints, and not the routes of the gateway', () => {
    const fixture = PrivateFixture.in();
    const { stack, vpc } = fixture;
    const [first] = vpc.isolatedSubnets;
    const subnets = { subnets: [first, first] };
    new WorkloadEndpoints(stack, 'Endpoints', { vpc, workloads: [fixture.web()], subnets });
    const template = Template.fromStack(stack);
    expect(endpointFor(template, 'logs').SubnetIds).toEqual([stack.resolve(first.subnetId)]);
    expect(endpointFor(template, 's3').RouteTableIds).toHaveLength(2);
  });

  test('private names can be left out', () => {
    const { template } = made({ privateDnsEnabled: false });
    expect(endpointFor(template(), 'logs').PrivateDnsEnabled).toBe(false);
  });

  test('further accounts get through', () => {
    const { template } = made({ accounts: ['111122223333'], services: [ec2.InterfaceVpcEndpointAwsService.STS] });
    const accounts = [ACCOUNT, '111122223333'];
    expect(endpointFor(template(), 'logs').PolicyDocument.Statement).toEqual([ofAccount(accounts)]);
    const roles = (account: unknown) => ({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', account, ':role/*']],
    });
    expect(endpointFor(template(), 'sts').PolicyDocument.Statement).toEqual([
      ofAccount(accounts),
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Resource: [
          roles(ACCOUNT),
          { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::111122223333:role/*']] },
        ],
      },
    ]);
  });

  test('allowAnyAccount leaves the policies of AWS', () => {
    const { template } = made({ allowAnyAccount: true });
    all(template(), 'AWS::EC2::VPCEndpoint').forEach(({ PolicyDocument }) => expect(PolicyDocument).toBeUndefined());
  });

  test('statements can be added to what is made', () => {
    const { endpoints, template } = made({});
    endpoints.gatewayEndpoints.s3.addToPolicy(
      new iam.PolicyStatement({
        principals: [new iam.StarPrincipal()],
        actions: ['s3:GetObject'],
        resources: ['arn:aws:s3:::al2023-repos-eu-west-1-de612dc2/*'],
      }),
    );
    expect(endpointFor(template(), 's3').PolicyDocument.Statement).toEqual([
      ofAccount(ACCOUNT),
      expect.objectContaining({ Resource: ['arn:aws:s3:::al2023-repos-eu-west-1-de612dc2/*', expect.anything()] }),
    ]);
  });
});
