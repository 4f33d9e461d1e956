import {
  Stack,
  aws_certificatemanager as acm,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elbv2,
  aws_kms as kms,
  aws_route53 as route53,
  aws_secretsmanager as secretsmanager,
} from 'aws-cdk-lib';
import { ContainerRepository, Ingress, Routing, SharedFileSystem } from '../../lib';
import { Fixture, IMAGE, Template, newApp, only, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { allowing } from '../support/policies';
import { all, idOf, serviceOf } from '../support/resources';

const NOT_FOUND = elbv2.ListenerAction.fixedResponse(404);

/** What a platform team has in its stack. */
function platform({ stack, vpc }: Fixture) {
  const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'Shared', { vpc, internetFacing: true });
  return {
    files: new SharedFileSystem(stack, 'Files', { vpc }),
    images: new ContainerRepository(stack, 'Images'),
    secret: new secretsmanager.Secret(stack, 'Secret'),
    keyedSecret: new secretsmanager.Secret(stack, 'Keyed', { encryptionKey: new kms.Key(stack, 'Key') }),
    zone: new route53.PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' }),
    listener: loadBalancer.addListener('Listener', { port: 80, open: false, defaultAction: NOT_FOUND }),
    loadBalancer,
  };
}

describe.each(['strong', 'weak'])('a WebService in another stack, with %s references', (references) => {
  /** The platform in one stack, and in another one a service that uses all of it. */
  function twoStacks(routing: (given: ReturnType<typeof platform>, scope: Stack) => Routing) {
    const fixture = new Fixture(newApp({ '@aws-cdk/core:defaultCrossStackReferences': references }));
    const given = platform(fixture);
    const consumer = new Stack(fixture.app, 'Consumer');
    const make = () =>
      fixture.web(
        {
          container: {
            image: given.images.image('1.4.2'),
            user: '1000:1000',
            mounts: [given.files.mount('/srv/uploads')],
            secrets: {
              PLAIN: ecs.Secret.fromSecretsManager(given.secret),
              KEYED: ecs.Secret.fromSecretsManager(given.keyedSecret),
            },
          },
          routing: routing(given, consumer),
        },
        consumer,
      );
    return { ...given, fixture, consumer, make };
  }
  const ownLoadBalancer = ({ zone }: ReturnType<typeof platform>) => Routing.domain('app.example.com', { zone });
  const sharedListener = ({ listener }: ReturnType<typeof platform>, scope: Stack) =>
    Ingress.fromListener(scope, 'Ingress', { listener, encrypted: false }).route({ paths: ['/*'], priority: 7 });

  test.each([
    ['its own load balancer', ownLoadBalancer],
    ['a listener of the other stack', sharedListener],
  ])('with %s, needs that stack and is not needed by it', (_what, routing) => {
    const { fixture, consumer, make } = twoStacks(routing);
    make();
    const template = Template.fromStack(consumer);
    expect(consumer.dependencies).toEqual([fixture.stack]);
    expect(fixture.stack.dependencies).toEqual([]);
    expectAcyclic(template);
    expectAcyclic(fixture.template());
    expect(warnings(fixture.app)).toEqual([]);
  });

  test.each([
    ['its own load balancer', ownLoadBalancer],
    ['a listener of the other stack', sharedListener],
  ])('with %s, makes nothing over there but outputs', (_what, routing) => {
    const before = new Fixture(newApp({ '@aws-cdk/core:defaultCrossStackReferences': references }));
    platform(before);
    const { fixture, make } = twoStacks(routing);
    make();
    const after = fixture.template().toJSON();
    expect(Object.keys(after.Resources)).toEqual(Object.keys(before.template().toJSON().Resources));
    expect(JSON.stringify(after)).not.toContain('Consumer');
  });

  test('has rule, target group, alias record, access point and network rules in its own stack', () => {
    const { consumer, make } = twoStacks(sharedListener);
    const web = make();
    const template = Template.fromStack(consumer);
    only(template, 'AWS::ElasticLoadBalancingV2::ListenerRule');
    only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    only(template, 'AWS::EFS::AccessPoint');
    const [own] = web.connections.securityGroups;
    const group = { 'Fn::GetAtt': [idOf(own), 'GroupId'] };
    expect(all(template, 'AWS::EC2::SecurityGroupIngress')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ SourceSecurityGroupId: group, FromPort: 2049, ToPort: 2049 }),
        expect.objectContaining({ GroupId: group, FromPort: 8080, ToPort: 8080 }),
      ]),
    );
    expect(all(template, 'AWS::EC2::SecurityGroupEgress')).toEqual([
      expect.objectContaining({ DestinationSecurityGroupId: group, FromPort: 8080 }),
    ]);
  });

  test('refers to the other stack by the kind of reference that the app wants', () => {
    const { consumer, make } = twoStacks(ownLoadBalancer);
    make();
    const { Cluster } = serviceOf(Template.fromStack(consumer));
    expect(Object.keys(Cluster)).toEqual([references === 'strong' ? 'Fn::ImportValue' : 'Fn::GetStackOutput']);
  });
});

describe('a WebService with what others made', () => {
  /** A stack in which nothing but the service is made. */
  function imported() {
    const fixture = new Fixture();
    const stack = new Stack(fixture.app, 'Consumer');
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['private-a', 'private-b'],
      privateSubnetRouteTableIds: ['route-a', 'route-b'],
      publicSubnetIds: ['public-a', 'public-b'],
      publicSubnetRouteTableIds: ['route-c', 'route-d'],
    });
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'theirs', vpc });
    return { fixture, stack, cluster };
  }

  test('runs on an imported cluster in an imported VPC, under an imported zone and certificate', () => {
    const { fixture, stack, cluster } = imported();
    const zone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
      hostedZoneId: 'Z1',
      zoneName: 'example.com',
    });
    const arn = 'arn:aws:acm:eu-west-1:111122223333:certificate/theirs';
    const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', arn);
    fixture.web({ cluster, routing: Routing.domain('app.example.com', { zone, certificate }) }, stack);
    const template = Template.fromStack(stack);
    expect(serviceOf(template)).toMatchObject({
      Cluster: 'theirs',
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['private-a', 'private-b'] } },
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Subnets: ['public-a', 'public-b'] });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Certificates: [{ CertificateArn: arn }],
    });
    template.hasResourceProperties('AWS::Route53::RecordSet', { HostedZoneId: 'Z1', Name: 'app.example.com.' });
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
  });

  test('takes routes on an imported listener', () => {
    const { fixture, stack, cluster } = imported();
    const listener = elbv2.ApplicationListener.fromApplicationListenerAttributes(stack, 'Listener', {
      listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/theirs/1/2',
      securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-theirs'),
    });
    const ingress = Ingress.fromListener(stack, 'Ingress', { listener });
    const web = fixture.web({ cluster, routing: ingress.route({ hosts: ['app.example.com'], priority: 3 }) }, stack);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', { ListenerArn: listener.listenerArn });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      SourceSecurityGroupId: 'sg-theirs',
      GroupId: { 'Fn::GetAtt': [idOf(web.connections.securityGroups[0]), 'GroupId'] },
      FromPort: 8080,
    });
    expectAcyclic(template);
  });

  test('reads an imported secret, which it knows by a part of its ARN only', () => {
    const { fixture, stack, cluster } = imported();
    const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'shop/token');
    fixture.web({ cluster, secrets: { TOKEN: ecs.Secret.fromSecretsManager(secret) } }, stack);
    const [read] = allowing(Template.fromStack(stack), 'WebExecutionRole', 'secretsmanager:GetSecretValue');
    expect(JSON.stringify(read.Resource)).toContain(':secret:shop/token-??????');
  });
});

describe('two services in one stack', () => {
  test('share cluster, file system, repository and listener, and own all else', () => {
    const fixture = new Fixture();
    const { stack } = fixture;
    const { files, listener } = platform(fixture);
    const ingress = Ingress.fromListener(stack, 'Ingress', { listener, encrypted: false });
    for (const [index, id] of ['Api', 'Docs'].entries()) {
      const routing = ingress.route({ pathPrefix: `/${id.toLowerCase()}`, priority: index + 1 });
      const mounts = [files.mount('/srv/uploads')];
      fixture.web({ routing, container: { image: IMAGE, mounts } }, stack, id);
    }
    const template = fixture.template();
    expectAcyclic(template);
    template.resourceCountIs('AWS::ECS::Service', 2);
    template.resourceCountIs('AWS::IAM::Role', 4);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::TargetGroup', 2);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 2);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
    template.resourceCountIs('AWS::EFS::FileSystem', 1);
    template.resourceCountIs('AWS::EFS::AccessPoint', 1);
  });

  test('may each have a load balancer, and let each other in', () => {
    const fixture = new Fixture();
    const api = fixture.web({}, fixture.stack, 'Api');
    const front = fixture.web({}, fixture.stack, 'Front');
    front.connections.allowTo(api, ec2.Port.tcp(8080));
    api.connections.allowTo(front, ec2.Port.tcp(8080));
    const template = fixture.template();
    expectAcyclic(template);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 2);
  });
});
