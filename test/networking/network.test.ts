import { Stack, aws_ec2 as ec2, aws_route53 as route53 } from 'aws-cdk-lib';
import { EcsCluster, Routing } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, Template, newApp, only, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { TCP, TCP_UDP, networked, tcp, tls, udp } from '../support/networked';
import { bareService, idOf, lenientApp, once, resourceOf } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const SERVICE = 'AWS::ECS::Service';

const zoneOf = ({ stack }: Fixture) => new route53.PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' });
const domainOf = (fixture: Fixture, name = 'mqtt.example.com') => ({ name, zone: zoneOf(fixture) });

const plain = once(() => networked());

describe('Routing.network', () => {
  test('makes a load balancer, a listener and a target group for the tasks', () => {
    const { web, template, group } = plain();
    const { networkListeners, networkTargetGroups } = web.routing;
    expect(only(template, LOAD_BALANCER).Properties).toMatchObject({
      Type: 'network',
      SecurityGroups: [{ 'Fn::GetAtt': [idOf(group), 'GroupId'] }],
    });
    expect(only(template, LISTENER)).toMatchObject({
      id: idOf(networkListeners![0]),
      Properties: {
        Port: 5432,
        Protocol: 'TCP',
        DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: idOf(networkTargetGroups![0]) } }],
      },
    });
    expect(only(template, SERVICE).Properties.LoadBalancers).toEqual([
      { ContainerName: 'app', ContainerPort: 8080, TargetGroupArn: { Ref: idOf(networkTargetGroups![0]) } },
    ]);
    expect(resourceOf(template, web.service).DependsOn).toContain(idOf(networkListeners![0]));
    expect(warnings(web)).toEqual([]);
  });

  test('makes no Application Load Balancer', () => {
    const { web } = plain();
    expect(web.routing.targetGroup).toBeUndefined();
    expectFailure(
      () => web.loadBalancer,
      "'Shop/Web' has no loadBalancer, because its routing makes none: use a Routing that does, or do not ask for it",
    );
  });

  test('sends each listener where it says, under names that others beside it do not change', () => {
    const listeners = [tcp, { port: 9000, protocol: TCP, targetPort: 9001 }, udp];
    const many = networked({ listeners });
    const { networkListeners, networkTargetGroups } = many.web.routing;
    expect(networkListeners!.map((each) => resourceOf(many.template, each).Properties.Port)).toEqual([5432, 9000, 514]);
    expect(only(many.template, SERVICE).Properties.LoadBalancers).toEqual(
      [8080, 9001, 5140].map((port, index) => ({
        ContainerName: 'app',
        ContainerPort: port,
        TargetGroupArn: { Ref: idOf(networkTargetGroups![index]) },
      })),
    );
    const few = networked({ listeners: [listeners[1]] }).web.routing;
    expect([idOf(few.networkListeners![0]), idOf(few.networkTargetGroups![0])]).toEqual([
      idOf(networkListeners![1]),
      idOf(networkTargetGroups![1]),
    ]);
  });

  test('keeps the name of a listener whose protocol changes, because two cannot have one port', () => {
    const changed = networked((fixture) => ({ listeners: [{ ...tls(fixture), port: 5432 }] }));
    expect(idOf(changed.web.routing.networkListeners![0])).toBe(idOf(plain().web.routing.networkListeners![0]));
  });

  test.each([
    [[tcp, udp], /^tcp:\/\/\$\{Token\[[^/]*\]\}:5432$/],
    [[udp, tcp], /^udp:\/\/\$\{Token\[[^/]*\]\}:514$/],
    [[{ ...tcp, protocol: TCP_UDP }], /^tcp:\/\/\$\{Token\[[^/]*\]\}:5432$/],
  ])('has the URL of its first listener', (listeners, url) => {
    expect(networked({ listeners }).web.url).toMatch(url);
  });

  test('serves a bare L2 service, and its sidecar', () => {
    const fixture = new Fixture();
    const service = bareService(fixture);
    service.taskDefinition.addContainer('proxy', { image: IMAGE });
    const made = Routing.network({
      internal: true,
      listeners: [{ ...tcp, containerName: 'proxy', targetPort: 6000 }],
    }).bind(fixture.stack, { service, containerName: 'main', port: 3000, vpc: fixture.vpc });
    const [group] = made.networkTargetGroups!;
    expect(resourceOf(fixture.template(), service).Properties.LoadBalancers).toEqual([
      { ContainerName: 'proxy', ContainerPort: 6000, TargetGroupArn: { Ref: idOf(group) } },
    ]);
  });

  test('stands in the stack of the service, with a cluster and a VPC of another one', () => {
    const fixture = new Fixture();
    const consumer = new Stack(fixture.app, 'Consumer');
    fixture.web({ routing: Routing.network({ staticAddresses: true, listeners: [tls(fixture), tcp, udp] }) }, consumer);
    const template = Template.fromStack(consumer);
    expectAcyclic(template);
    expect(fixture.stack.dependencies).toEqual([]);
    template.resourceCountIs(LISTENER, 3);
  });

  test('stands in an imported VPC', () => {
    const stack = new Stack(lenientApp(), 'Shop');
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      publicSubnetIds: ['subnet-1', 'subnet-2'],
      privateSubnetIds: ['subnet-3', 'subnet-4'],
    });
    const { cluster } = new EcsCluster(stack, 'Ecs', { vpc });
    new Fixture().web(
      {
        cluster,
        routing: Routing.network({ allocationIds: ['eipalloc-01234567', 'eipalloc-89abcdef'], listeners: [tcp] }),
      },
      stack,
    );
    expect(only(Template.fromStack(stack), LOAD_BALANCER).Properties.SubnetMappings).toEqual([
      { SubnetId: 'subnet-1', AllocationId: 'eipalloc-01234567' },
      { SubnetId: 'subnet-2', AllocationId: 'eipalloc-89abcdef' },
    ]);
  });

  test('has no finding in any pack, also in its strictest variants', () => {
    const fixture = new Fixture(newApp(STRICT));
    fixture.web({
      routing: Routing.network({
        listeners: [tls(fixture), { port: 7000, protocol: TCP_UDP }, udp],
        staticAddresses: true,
        domain: domainOf(fixture),
      }),
    });
    fixture.web({ routing: Routing.network({ internal: true, listeners: [tcp] }) }, fixture.stack, 'Internal');
    const { open } = validate(fixture.app);
    expect(open.filter(({ path }) => /^Shop\/(Web|Internal)\//.test(path))).toEqual([]);
  });
});

describe('the place of the load balancer', () => {
  test('is public in public subnets, with a way to the internet', () => {
    const { fixture, template, loadBalancer } = plain();
    expect(only(template, LOAD_BALANCER).Properties).toMatchObject({
      Scheme: 'internet-facing',
      Subnets: fixture.vpc.publicSubnets.map((subnet) => ({ Ref: idOf(subnet) })),
    });
    expect(only(template, LOAD_BALANCER).Properties).not.toHaveProperty('SubnetMappings');
    expect(resourceOf(template, loadBalancer).DependsOn).toEqual(
      fixture.vpc.publicSubnets.flatMap(({ node }) =>
        [node.findChild('DefaultRoute'), node.findChild('RouteTableAssociation')].map(idOf),
      ),
    );
  });

  test('is internal in private subnets', () => {
    const { fixture, template, web } = networked({ internal: true });
    expect(only(template, LOAD_BALANCER).Properties).toMatchObject({
      Scheme: 'internal',
      Subnets: fixture.vpc.privateSubnets.map((subnet) => ({ Ref: idOf(subnet) })),
    });
    expect(web.routing.elasticIps).toBeUndefined();
  });

  test('is where it is told', () => {
    const { fixture, template } = networked(({ vpc }) => ({
      internal: true,
      loadBalancerSubnets: { subnets: [...vpc.publicSubnets].reverse() },
    }));
    expect(only(template, LOAD_BALANCER).Properties.Subnets).toEqual(
      [...fixture.vpc.publicSubnets].reverse().map((subnet) => ({ Ref: idOf(subnet) })),
    );
  });

  test('has new addresses that stay, and still a way to the internet', () => {
    const { fixture, template, web, loadBalancer } = networked({ staticAddresses: true });
    const { elasticIps } = web.routing;
    expect(elasticIps!.map(idOf)).toEqual([
      expect.stringMatching(/^WebElasticIp1/),
      expect.stringMatching(/^WebElasticIp2/),
    ]);
    const { Subnets, SubnetMappings } = only(template, LOAD_BALANCER).Properties;
    expect(Subnets).toBeUndefined();
    expect(SubnetMappings).toEqual(
      fixture.vpc.publicSubnets.map((subnet, index) => ({
        SubnetId: { Ref: idOf(subnet) },
        AllocationId: { 'Fn::GetAtt': [idOf(elasticIps![index]), 'AllocationId'] },
      })),
    );
    expect(resourceOf(template, elasticIps![0]).Properties).toEqual({ Domain: 'vpc' });
    expect(resourceOf(template, loadBalancer).DependsOn).toEqual(resourceOf(plain().template, loadBalancer).DependsOn);
    expect(resourceOf(template, loadBalancer).DependsOn).toHaveLength(4);
  });

  test('has private addresses of yours', () => {
    const privateAddresses = ['10.0.128.10', '10.0.192.10'];
    const { fixture, template } = networked({ internal: true, privateAddresses });
    expect(only(template, LOAD_BALANCER).Properties.SubnetMappings).toEqual(
      fixture.vpc.privateSubnets.map((subnet, index) => ({
        SubnetId: { Ref: idOf(subnet) },
        PrivateIPv4Address: privateAddresses[index],
      })),
    );
  });
});

describe('the attributes of the load balancer', () => {
  test('protect it from deletion and reach all zones, unless told otherwise', () => {
    expect(plain().attributes).toEqual({
      'deletion_protection.enabled': 'true',
      'load_balancing.cross_zone.enabled': 'true',
    });
    expect(networked({ deletionProtection: false, crossZoneEnabled: false }).attributes).toEqual({
      'deletion_protection.enabled': 'false',
      'load_balancing.cross_zone.enabled': 'false',
    });
  });

  test('reach the zones that the service wants, unless the routing says otherwise', () => {
    const crossZone = (options: object) =>
      networked(options, { crossZoneEnabled: false }).attributes['load_balancing.cross_zone.enabled'];
    expect([crossZone({}), crossZone({ crossZoneEnabled: true })]).toEqual(['false', 'true']);
  });
});
