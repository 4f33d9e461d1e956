import {
  Tags,
  Token,
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
  aws_iam as iam,
  aws_s3 as s3,
  Stack,
} from 'aws-cdk-lib';
import { EcsGateway } from '../../lib';
import type { EcsGatewayProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, newApp, only } from '../support/fixture';
import { ASSOCIATIONS, GATEWAY, configured, importedVpc, made, newWebAcl } from '../support/gateways';
import { expectNothingInline, statementsOf } from '../support/policies';
import { all, idOf, once, resourceOf } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const INGRESS = 'AWS::EC2::SecurityGroupIngress';

describe('EcsGateway', () => {
  const plain = once(() => {
    const { gateway, fixture } = made();
    return { gateway, fixture, template: fixture.template() };
  });

  test('is public, protected from deletion, over IPv4, and logs', () => {
    const { template, fixture, gateway } = plain();
    expect(only(template, GATEWAY).Properties).toEqual({
      GatewayName: expect.stringMatching(/^Shop-Gateway-?[0-9A-F]{8}$/),
      DeletionProtection: true,
      InfrastructureRoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^GatewayInfrastructureRole/), 'Arn'] },
      Configuration: {
        HostSharedAlb: {
          Scheme: 'internet-facing',
          NetworkConfiguration: {
            IpAddressType: 'ipv4',
            Subnets: fixture.vpc.publicSubnets.map((subnet) => ({ Ref: idOf(subnet) })),
            InboundSecurityGroup: { 'Fn::GetAtt': [idOf(gateway.connections.securityGroups[0]), 'GroupId'] },
          },
          AccessLogs: { Destination: { S3: { Bucket: { Ref: idOf(gateway.accessLogsBucket!) } } } },
        },
      },
    });
    expect(fixture.stack.resolve(gateway.gatewayName)).toBe(only(template, GATEWAY).Properties.GatewayName);
  });

  test('lets everybody in at 443, and nobody out', () => {
    const { template, gateway } = plain();
    expect(resourceOf(template, gateway.connections.securityGroups[0]).Properties).toMatchObject({
      SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443, IpProtocol: 'tcp' }],
      SecurityGroupEgress: [{ CidrIp: '255.255.255.255/32' }],
    });
    template.resourceCountIs(INGRESS, 0);
  });

  test('comes after what ECS needs to make load balancers: the permissions, and a bucket that takes logs', () => {
    const { template, gateway } = plain();
    const policy = (gateway.infrastructureRole as unknown as { policies: iam.ManagedPolicy[] }).policies[0];
    const { DependsOn } = resourceOf(template, gateway.gateway);
    expect(DependsOn).toEqual(
      expect.arrayContaining([idOf(policy), idOf((gateway.accessLogsBucket as s3.Bucket).policy!)]),
    );
    expectNothingInline(template);
  });

  test('associates its clusters, each once', () => {
    const { template, gateway, fixture } = plain();
    expect(only(template, ASSOCIATIONS)).toMatchObject({
      id: idOf(gateway.associations[0]),
      Properties: {
        Gateway: { 'Fn::GetAtt': [idOf(gateway.gateway), 'Arn'] },
        Cluster: { Ref: idOf(fixture.cluster) },
      },
    });
    expect(gateway.addCluster(fixture.cluster)).toBe(gateway.associations[0]);
    expect(gateway.associations).toHaveLength(1);
  });

  test('may use the network and the account of its own, and no web ACL', () => {
    const { template, fixture } = plain();
    const statements = statementsOf(template, 'GatewayInfrastructureRole');
    expect(JSON.stringify(statements)).toContain(idOf(fixture.vpc));
    expect(JSON.stringify(statements)).not.toContain('wafv2:AssociateWebACL');
  });

  test('hands its tags to ECS', () => {
    const { gateway, fixture } = made();
    Tags.of(fixture.stack).add('team', 'shop');
    Tags.of(gateway).add('area', 'edge');
    expect(only(fixture.template(), GATEWAY).Properties.Tags).toEqual([
      { Key: 'area', Value: 'edge' },
      { Key: 'team', Value: 'shop' },
    ]);
  });

  test('keeps its name when other things change, and has another in another place', () => {
    const name = (props: Partial<EcsGatewayProps>) => made(props).gateway.gatewayName;
    expect(name({ internal: true, maxLoadBalancers: 2 })).toBe(name({}));
    const { fixture } = made();
    const second = new EcsGateway(fixture.stack, 'Second', { vpc: fixture.vpc });
    expect(second.gatewayName).not.toBe(name({}));
    const long = new EcsGateway(fixture.stack, 'x'.repeat(300), { vpc: fixture.vpc });
    expect(long.gatewayName).toMatch(/^[a-zA-Z0-9-]{200,255}$/);
  });

  test('inside the network: private subnets, and nobody may connect', () => {
    const { template, configuration } = configured(() => ({ internal: true }));
    expect(configuration.Scheme).toBe('internal');
    expect(JSON.stringify(configuration.NetworkConfiguration.Subnets)).toMatch(/Private/);
    expect(JSON.stringify(configuration.NetworkConfiguration.Subnets)).not.toMatch(/Public/);
    expect(JSON.stringify(template)).not.toContain('0.0.0.0/0","Description":"Clients');
    template.resourceCountIs(INGRESS, 0);
  });

  test('opens itself to who is named', () => {
    const { gateway, fixture } = made({ allowFrom: [ec2.Peer.ipv4('192.0.2.0/24')] });
    expect(
      resourceOf(fixture.template(), gateway.connections.securityGroups[0]).Properties.SecurityGroupIngress,
    ).toEqual([expect.objectContaining({ CidrIp: '192.0.2.0/24', FromPort: 443 })]);
  });

  test.each<[string, EcsGatewayProps['allowFrom'], object[]]>([
    ['as it is', undefined, []],
    ['and opens it to who is named', [ec2.Peer.ipv4('192.0.2.0/24')], [{ CidrIp: '192.0.2.0/24', FromPort: 443 }]],
  ])('takes a security group %s', (_what, allowFrom, rules) => {
    const fixture = new Fixture();
    const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(fixture.stack, 'Group', 'sg-mine');
    made({ securityGroup, allowFrom }, fixture);
    const template = fixture.template();
    expect(only(template, GATEWAY).Properties.Configuration.HostSharedAlb.NetworkConfiguration).toMatchObject({
      InboundSecurityGroup: 'sg-mine',
    });
    expect(all(template, INGRESS)).toEqual(
      rules.map((rule) => expect.objectContaining({ ...rule, GroupId: 'sg-mine' })),
    );
  });

  test('says what it was told', () => {
    const { configuration } = configured(({ stack }) => ({
      ipAddressType: elbv2.IpAddressType.DUAL_STACK,
      accessLogsBucket: s3.Bucket.fromBucketName(stack, 'Logs', 'my-logs'),
      maxLoadBalancers: 3,
      desyncMitigationMode: elbv2.DesyncMitigationMode.STRICTEST,
      testTrafficHeader: { name: 'X-Test', values: ['yes', 'no'] },
    }));
    expect(configuration).toMatchObject({
      NetworkConfiguration: { IpAddressType: 'dualstack' },
      AccessLogs: { Destination: { S3: { Bucket: 'my-logs' } } },
      MaxAlbCount: 3,
      HttpDesync: 'strictest',
      TestTrafficRules: { Header: { Name: 'X-Test', Values: ['yes', 'no'] } },
    });
  });

  test('over IPv6 too lets everybody in over both', () => {
    const { gateway, fixture } = made({ ipAddressType: elbv2.IpAddressType.DUAL_STACK });
    const { SecurityGroupIngress } = resourceOf(fixture.template(), gateway.connections.securityGroups[0]).Properties;
    expect(SecurityGroupIngress).toEqual([
      expect.objectContaining({ CidrIp: '0.0.0.0/0' }),
      expect.objectContaining({ CidrIpv6: '::/0' }),
    ]);
  });

  test('without logs and protection, for tests', () => {
    const { template, configuration } = configured(() => ({ accessLogs: false, deletionProtection: false }));
    expect(configuration.AccessLogs).toBeUndefined();
    expect(only(template, GATEWAY).Properties.DeletionProtection).toBe(false);
    template.resourceCountIs('AWS::S3::Bucket', 0);
  });

  test('looks at requests with a web ACL, which ECS may associate', () => {
    const { template, configuration } = configured(({ stack }) => ({ webAcl: newWebAcl(stack) }));
    const arn = { 'Fn::GetAtt': ['Acl', 'Arn'] };
    expect(configuration.WebACLArn).toEqual(arn);
    expect(statementsOf(template, 'GatewayInfrastructureRole')).toContainEqual(
      expect.objectContaining({ Action: expect.arrayContaining(['wafv2:AssociateWebACL']), Resource: arn }),
    );
  });

  test('takes a role, and gives it nothing', () => {
    const fixture = new Fixture();
    const arn = 'arn:aws:iam::111122223333:role/gateways';
    made({ infrastructureRole: iam.Role.fromRoleArn(fixture.stack, 'Theirs', arn) }, fixture);
    const template = fixture.template();
    expect(only(template, GATEWAY).Properties.InfrastructureRoleArn).toBe(arn);
    expect(JSON.stringify(template)).not.toContain('elasticloadbalancing:CreateLoadBalancer');
  });

  test('takes tokens', () => {
    const { template, configuration } = configured(() => ({
      gatewayName: Token.asString({ Ref: 'Name' }),
      maxLoadBalancers: Token.asNumber({ Ref: 'Max' }),
    }));
    expect(only(template, GATEWAY).Properties.GatewayName).toEqual({ Ref: 'Name' });
    expect(configuration.MaxAlbCount).toEqual({ Ref: 'Max' });
  });

  test('stands in an imported network', () => {
    const fixture = new Fixture();
    const vpc = importedVpc(fixture.stack, 'vpc-1');
    new EcsGateway(fixture.stack, 'Gateway', { vpc });
    expect(
      only(fixture.template(), GATEWAY).Properties.Configuration.HostSharedAlb.NetworkConfiguration.Subnets,
    ).toEqual(['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1']);
  });

  const NAME = "gatewayName must be 1 to 255 letters, digits and hyphens, such as 'public-shop'";
  test.each<[string, object, string]>([
    ['there is no network', { vpc: undefined }, 'vpc must be given, got undefined'],
    ['the name has other characters', { gatewayName: 'my_gateway' }, `${NAME}, got 'my_gateway'`],
    ['the name is empty', { gatewayName: '' }, `${NAME}, got ''`],
    ['the name is too long', { gatewayName: 'x'.repeat(256) }, `${NAME}, got '${'x'.repeat(256)}'`],
    ['it may make no load balancer', { maxLoadBalancers: 0 }, 'maxLoadBalancers must be at least 1, got 0'],
    ['it may make a part of one', { maxLoadBalancers: 1.5 }, 'maxLoadBalancers must be a whole number, got 1.5'],
    ['clusters are no list', { clusters: 'shop' }, "clusters must be a list, got 'shop': put it into brackets"],
    [
      'peers are no list',
      { allowFrom: '0.0.0.0/0' },
      "allowFrom must be a list, got '0.0.0.0/0': put it into brackets",
    ],
    [
      'nobody is named by null',
      { allowFrom: null },
      'allowFrom must be a list of peers, got null: leave it out, or give an empty list for nobody',
    ],
    [
      'a bucket is given for no access logs',
      { accessLogs: false, accessLogsBucket: {} },
      'accessLogsBucket needs access logs, got accessLogs: false: leave one of them out, as nothing would be written there',
    ],
    [
      'the test header has no value',
      { testTrafficHeader: { name: 'X-Test', values: [] } },
      'testTrafficHeader.values must have a value at least, got none: name what testers send',
    ],
    [
      'the test header is Host',
      { testTrafficHeader: { name: 'Host', values: ['a'] } },
      "testTrafficHeader.name must be the name of a header of at most 40 characters, not 'Host', got 'Host'",
    ],
    [
      'a value of the test header is empty',
      { testTrafficHeader: { name: 'X-Test', values: [''] } },
      "a value of testTrafficHeader must be printable, of 1 to 128 characters, got ''",
    ],
  ])('fails when %s', (_what, props, message) => {
    expectFailure(() => made(props), message);
  });

  test('fails when a public one has no public subnets', () => {
    const fixture = new Fixture();
    const vpc = new ec2.Vpc(fixture.stack, 'Isolated', {
      subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
    });
    expectFailure(() => made({ vpc, clusters: [] }, fixture), /^a public load balancer needs public subnets/);
  });

  test('fails when a public one has subnets inside the network', () => {
    const fixture = new Fixture();
    const inside = fixture.vpc.privateSubnets;
    const isolated = new ec2.Vpc(fixture.stack, 'Isolated', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [
        { name: 'public', subnetType: ec2.SubnetType.PUBLIC },
        { name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ],
    });
    const message =
      "loadBalancerSubnets must be public for a gateway that is not internal, got private ones for 'Shop/Gateway': use internal: true, or public subnets";
    expectFailure(
      () => made({ loadBalancerSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } }, fixture),
      message,
    );
    const { stack } = new Fixture();
    const byId = ['a', 'b'].map((id) => ec2.Subnet.fromSubnetId(stack, id, 'subnet-0123456789abcde00'));
    const vpc = importedVpc(stack, 'vpc-1');
    expectFailure(() => new EcsGateway(stack, 'Gateway', { vpc, loadBalancerSubnets: { subnets: byId } }), message);
    const ofIsolated = { vpc: isolated, clusters: [] };
    const loadBalancerSubnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
    const props = { ...ofIsolated, loadBalancerSubnets };
    expectFailure(() => new EcsGateway(fixture.stack, 'Other', props), message.replace('Shop/Gateway', 'Shop/Other'));
    expect(() => new EcsGateway(fixture.stack, 'Internal', { ...props, internal: true })).not.toThrow();
    // What is not known to be inside passes.
    const unknown = ec2.Subnet.fromSubnetId(fixture.stack, 'Unknown', 'subnet-1');
    const mixed = { subnets: [inside[0], unknown] };
    expect(
      () => new EcsGateway(fixture.stack, 'Mixed', { vpc: fixture.vpc, loadBalancerSubnets: mixed }),
    ).not.toThrow();
  });
});

test('no validator has an open finding on a gateway and a service behind it', () => {
  const fixture = new Fixture(newApp(STRICT));
  const { gateway } = made({}, fixture);
  fixture.web({ routing: gateway.route() });
  // Where account and region are known, findings have other names.
  const stack = new Stack(fixture.app, 'Inside', { env: { account: '111122223333', region: 'eu-west-1' } });
  new EcsGateway(stack, 'Gateway', {
    vpc: importedVpc(stack, 'vpc-0123456789abcdef0'),
    internal: true,
    webAcl: newWebAcl(stack),
    testTrafficHeader: { name: 'X-Test', values: ['yes'] },
    maxLoadBalancers: 2,
  });
  const { open } = validate(fixture.app);
  expect(open.filter(({ path }) => !/^(Shop\/Vpc|Inside\/Acl)/.test(path))).toEqual([]);
});
