import { Duration, Size, aws_ec2 as ec2, aws_ecs as ecs } from 'aws-cdk-lib';
import { Mount, Routing } from '../../lib';
import type { WebServiceProps } from '../../lib';
import { Fixture, IMAGE } from '../support/fixture';
import type { Template } from '../support/fixture';
import { all, idOf, once, resourceOf, serviceOf, taskOf } from '../support/resources';

/** The template of a web service, of which a test says only what it is about. */
function templateOf(props: Partial<WebServiceProps>): Template {
  const fixture = new Fixture();
  fixture.web(props);
  return fixture.template();
}

/** The template of a web service that says nothing but what it must. */
const plain = once(() => templateOf({}));

describe('the service of a WebService', () => {
  test('propagates its tags to its tasks', () => {
    expect(serviceOf(plain())).toMatchObject({ PropagateTags: 'SERVICE', EnableECSManagedTags: true });
  });

  test('rebalances its tasks between availability zones', () => {
    expect(serviceOf(plain()).AvailabilityZoneRebalancing).toBe('ENABLED');
  });

  test('has no physical name', () => {
    expect(serviceOf(plain())).not.toHaveProperty('ServiceName');
  });

  test('runs in private subnets without a public address', () => {
    const fixture = new Fixture();
    fixture.web();
    expect(serviceOf(fixture.template()).NetworkConfiguration.AwsvpcConfiguration).toMatchObject({
      AssignPublicIp: 'DISABLED',
      Subnets: fixture.vpc.privateSubnets.map((subnet) => ({ Ref: idOf(subnet) })),
    });
  });

  test('runs in public subnets when it is to have public addresses', () => {
    const fixture = new Fixture();
    fixture.web({ assignPublicIp: true });
    expect(serviceOf(fixture.template()).NetworkConfiguration.AwsvpcConfiguration).toMatchObject({
      AssignPublicIp: 'ENABLED',
      Subnets: fixture.vpc.publicSubnets.map((subnet) => ({ Ref: idOf(subnet) })),
    });
  });

  test('runs in the subnets and with the security groups that it is given', () => {
    const fixture = new Fixture();
    const [subnet] = fixture.vpc.privateSubnets;
    const group = new ec2.SecurityGroup(fixture.stack, 'Group', { vpc: fixture.vpc });
    fixture.web({ vpcSubnets: { subnets: [subnet] }, securityGroups: [group] });
    expect(serviceOf(fixture.template()).NetworkConfiguration.AwsvpcConfiguration).toEqual({
      AssignPublicIp: 'DISABLED',
      Subnets: [{ Ref: idOf(subnet) }],
      SecurityGroups: [{ 'Fn::GetAtt': [idOf(group), 'GroupId'] }],
    });
  });

  test('lets nobody in but the load balancer, at its port', () => {
    const fixture = new Fixture();
    const { service, loadBalancer } = fixture.web();
    const template = fixture.template();
    const [own] = service.connections.securityGroups;
    expect(resourceOf(template, own).Properties).not.toHaveProperty('SecurityGroupIngress');
    expect(all(template, 'AWS::EC2::SecurityGroupIngress')).toEqual([
      expect.objectContaining({
        GroupId: { 'Fn::GetAtt': [idOf(own), 'GroupId'] },
        SourceSecurityGroupId: { 'Fn::GetAtt': [idOf(loadBalancer.connections.securityGroups[0]), 'GroupId'] },
        FromPort: 8080,
        ToPort: 8080,
      }),
    ]);
  });

  test.each([
    [undefined, 60],
    [Duration.minutes(3), 180],
  ])('listens to the load balancer after a grace period', (healthCheckGracePeriod, expected) => {
    expect(serviceOf(templateOf({ healthCheckGracePeriod })).HealthCheckGracePeriodSeconds).toBe(expected);
  });

  test('without a load balancer, has neither load balancer nor grace period', () => {
    const template = templateOf({ routing: Routing.none() });
    expect(serviceOf(template).LoadBalancers ?? []).toEqual([]);
    expect(serviceOf(template)).not.toHaveProperty('HealthCheckGracePeriodSeconds');
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 0);
  });
});

describe('the task of a WebService', () => {
  test('says its operating system and processor, always', () => {
    expect(taskOf(plain()).RuntimePlatform).toEqual({
      OperatingSystemFamily: 'LINUX',
      CpuArchitecture: 'X86_64',
    });
  });

  test('runs on ARM when asked', () => {
    expect(taskOf(templateOf({ cpuArchitecture: ecs.CpuArchitecture.ARM64 })).RuntimePlatform).toEqual({
      OperatingSystemFamily: 'LINUX',
      CpuArchitecture: 'ARM64',
    });
  });

  test('is made for Fargate and awsvpc', () => {
    expect(taskOf(plain())).toMatchObject({ RequiresCompatibilities: ['FARGATE'], NetworkMode: 'awsvpc' });
  });

  test.each<[string, Partial<WebServiceProps>, string, string]>([
    ['nothing said', {}, '256', '512'],
    ['CPU alone: the least memory that fits', { cpuUnits: 1024 }, '1024', '2048'],
    ['memory alone: the least CPU that fits', { memory: Size.gibibytes(3) }, '512', '3072'],
    ['memory between two sizes', { memory: Size.mebibytes(1500) }, '256', '2048'],
    ['both', { cpuUnits: 512, memory: Size.gibibytes(4) }, '512', '4096'],
    ['a container that needs more memory', { container: { image: IMAGE, memory: Size.gibibytes(5) } }, '1024', '5120'],
    ['a container that needs more CPU', { container: { image: IMAGE, cpuUnits: 2048 } }, '2048', '4096'],
  ])('is sized from %s', (_what, props, cpu, memory) => {
    expect(taskOf(templateOf(props))).toMatchObject({ Cpu: cpu, Memory: memory });
  });

  test('counts scratch directories as memory', () => {
    const mounts = [Mount.scratch('/cache', { size: Size.mebibytes(600) })];
    expect(taskOf(templateOf({ container: { image: IMAGE, mounts } })).Memory).toBe('1024');
  });

  test('has the disk that it is given', () => {
    expect(taskOf(templateOf({ ephemeralStorage: Size.gibibytes(50) })).EphemeralStorage).toEqual({ SizeInGiB: 50 });
    expect(taskOf(plain())).not.toHaveProperty('EphemeralStorage');
  });
});

describe('the connections of a WebService', () => {
  test('open the way to a database from the side of the service', () => {
    const fixture = new Fixture();
    const { stack, vpc } = fixture;
    const group = new ec2.SecurityGroup(stack, 'Group', { vpc });
    const database = new ec2.Connections({ securityGroups: [group], defaultPort: ec2.Port.tcp(5432) });
    const web = fixture.web();
    web.connections.allowToDefaultPort({ connections: database });
    fixture.template().hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: { 'Fn::GetAtt': [idOf(group), 'GroupId'] },
      SourceSecurityGroupId: { 'Fn::GetAtt': [idOf(web.connections.securityGroups[0]), 'GroupId'] },
      FromPort: 5432,
    });
  });
});

describe('what a WebService made', () => {
  test('is there to be changed', () => {
    const web = new Fixture().web();
    expect(web.loadBalancer).toBe(web.routing.loadBalancer);
    expect(web.targetGroup).toBe(web.routing.targetGroup);
    expect(web.url).toBe(`http://${web.loadBalancer.loadBalancerDnsName}`);
    expect(web.taskDefinition.defaultContainer).toBe(web.container);
    expect(web.service.taskDefinition).toBe(web.taskDefinition);
    expect(web.taskDefinition.taskRole).toBe(web.taskRole);
    expect(web.taskDefinition.executionRole).toBe(web.executionRole);
  });

  test.each(['loadBalancer', 'targetGroup', 'url'] as const)('fails when %s is asked for without routing', (name) => {
    const web = new Fixture().web({ routing: Routing.none() });
    expect(() => web[name]).toThrow(
      `'Shop/Web' has no ${name}, because its routing makes none: use a Routing that does, or do not ask for it`,
    );
  });
});
