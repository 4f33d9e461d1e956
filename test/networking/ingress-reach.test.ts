import { Stack, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Routing } from '../../lib';
import { expectFailure } from '../support/errors';
import { Template, only } from '../support/fixture';
import { shared } from '../support/ingress';
import { bareService, idOf, resourceOf } from '../support/resources';

describe('its way to the tasks', () => {
  test('costs no resource: a rule in the group of the service, and a mark on the tasks', () => {
    const { fixture, ingress, web } = shared();
    const consumer = new Stack(fixture.app, 'Consumer');
    const api = web('Api', { hosts: ['api.example.com'] }, consumer);
    const template = Template.fromStack(consumer);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
    const [own] = api.connections.securityGroups;
    const [balancer] = ingress.loadBalancer.connections.securityGroups;
    expect(resourceOf(template, own).Properties.SecurityGroupIngress).toEqual([
      {
        Description: 'Shared load balancer to target',
        IpProtocol: 'tcp',
        FromPort: 8080,
        ToPort: 8080,
        SourceSecurityGroupId: consumer.resolve(balancer.securityGroupId),
      },
    ]);
    const { AwsvpcConfiguration: network } = only(template, 'AWS::ECS::Service').Properties.NetworkConfiguration;
    expect(network.SecurityGroups).toEqual([
      consumer.resolve(own.securityGroupId),
      consumer.resolve(ingress.targetSecurityGroup.securityGroupId),
    ]);
    expect(network.Subnets).toHaveLength(2);
    expect(network.AssignPublicIp).toBe('DISABLED');
  });

  test('leads to marked tasks only, and the mark opens nothing', () => {
    const { fixture, ingress } = shared();
    const template = fixture.template();
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
    const [balancer] = ingress.loadBalancer.connections.securityGroups;
    expect(resourceOf(template, balancer).Properties.SecurityGroupEgress).toEqual([
      expect.objectContaining({
        DestinationSecurityGroupId: { 'Fn::GetAtt': [idOf(ingress.targetSecurityGroup), 'GroupId'] },
        IpProtocol: 'tcp',
      }),
    ]);
    const mark = resourceOf(template, ingress.targetSecurityGroup).Properties;
    expect(mark).not.toHaveProperty('SecurityGroupIngress');
    expect(mark.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '255.255.255.255/32' })]);
  });

  test('also opens the port of the health check', () => {
    const { fixture, ingress } = shared();
    const api = fixture.web({
      routing: ingress.route({ hosts: ['api.example.com'] }),
      healthCheck: { path: '/health', port: '9000' },
    });
    const rules = resourceOf(fixture.template(), api.connections.securityGroups[0]).Properties.SecurityGroupIngress;
    expect(rules.map(({ FromPort }: { FromPort: number }) => FromPort)).toEqual([8080, 9000]);
  });

  test('leaves a security group of another stack as it is', () => {
    const { fixture, ingress } = shared();
    const network = new Stack(fixture.app, 'Network');
    const theirs = new ec2.SecurityGroup(network, 'Theirs', { vpc: fixture.vpc });
    const consumer = new Stack(fixture.app, 'Consumer');
    fixture.web({ routing: ingress.route({ hosts: ['a.example.com'] }), securityGroups: [theirs] }, consumer);
    const template = Template.fromStack(consumer);
    expect(only(template, 'AWS::EC2::SecurityGroupIngress').Properties).toMatchObject({
      GroupId: consumer.resolve(theirs.securityGroupId),
      FromPort: 8080,
      IpProtocol: 'tcp',
    });
    expect(resourceOf(Template.fromStack(network), theirs).Properties).not.toHaveProperty('SecurityGroupIngress');
  });

  test('opens an imported security group with a rule of its own', () => {
    const { fixture, ingress } = shared();
    const theirs = ec2.SecurityGroup.fromSecurityGroupId(fixture.stack, 'Theirs', 'sg-theirs');
    fixture.web({ routing: ingress.route({ hosts: ['a.example.com'] }), securityGroups: [theirs] });
    expect(only(fixture.template(), 'AWS::EC2::SecurityGroupIngress').Properties).toMatchObject({
      GroupId: 'sg-theirs',
      FromPort: 8080,
    });
  });

  test('marks a service once for all of its routes', () => {
    const { fixture, ingress } = shared();
    fixture.web({
      routing: Routing.all([
        ingress.route({ hosts: ['a.example.com'] }),
        ingress.route({ hosts: ['b.example.com'], port: 9090 }),
      ]),
    });
    const { SecurityGroups } = only(fixture.template(), 'AWS::ECS::Service').Properties.NetworkConfiguration
      .AwsvpcConfiguration;
    expect(SecurityGroups).toHaveLength(2);
  });

  test('fails when a task would have too many security groups', () => {
    const { fixture, ingress } = shared();
    const groups = [1, 2, 3, 4, 5].map((id) =>
      ec2.SecurityGroup.fromSecurityGroupId(fixture.stack, `G${id}`, `sg-${id}`),
    );
    const routing = ingress.route({ hosts: ['a.example.com'] });
    fixture.web(
      { routing: ingress.route({ hosts: ['b.example.com'] }), securityGroups: groups.slice(1) },
      fixture.stack,
      'Four',
    );
    expectFailure(
      () => fixture.web({ routing, securityGroups: groups }),
      "a task must have at most 5 security groups, got 6 with the one of each Ingress that 'Shop/Web/Service' has routes of: give it fewer securityGroups",
    );
  });

  test('reaches a bare L2 service of another stack', () => {
    const { fixture, ingress } = shared();
    const service = bareService(fixture);
    const { vpc, stack } = fixture;
    const target = { service, containerName: 'main', port: 3000, vpc, healthCheck: { path: '/health' } };
    const made = ingress.route({ hosts: ['bare.example.com'] }).bind(stack, target);
    expect(resourceOf(fixture.template(), service).DependsOn).toContain(idOf(made.listenerRule!));
  });
});
