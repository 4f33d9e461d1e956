import {
  App,
  Aspects,
  CfnResource,
  Duration,
  PropertyInjectors,
  TagManager,
  Tags,
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elbv2,
} from 'aws-cdk-lib';
import type { IPropertyInjector } from 'aws-cdk-lib';
import type { IConstruct, IMixin } from 'constructs';
import { Fixture, newApp } from '../support/fixture';
import { all, attributesOf, containerOf, serviceOf } from '../support/resources';

const attributes = (fixture: Fixture) =>
  attributesOf(all(fixture.template(), 'AWS::ElasticLoadBalancingV2::LoadBalancer')[0].LoadBalancerAttributes);

/** What an organisation wants of every L2 of a class, whatever its makers wrote. */
function inject(constructUniqueId: string, wanted: object): IPropertyInjector {
  return { constructUniqueId, inject: (props) => ({ ...props, ...wanted }) };
}

/** A change of every construct that is wanted. */
function mixin(wanted: (construct: IConstruct) => boolean, change: (construct: any) => void): IMixin {
  return { supports: wanted, applyTo: change };
}

describe('a WebService is open to changes from outside', () => {
  test('by its exposed L2s', () => {
    const fixture = new Fixture();
    const web = fixture.web();
    web.loadBalancer.setAttribute('idle_timeout.timeout_seconds', '120');
    web.container.addEnvironment('ADDED', 'later');
    web.targetGroup.configureHealthCheck({ path: '/ready' });
    expect(attributes(fixture)['idle_timeout.timeout_seconds']).toBe('120');
    expect(containerOf(fixture.template()).Environment).toEqual([{ Name: 'ADDED', Value: 'later' }]);
    expect(all(fixture.template(), 'AWS::ElasticLoadBalancingV2::TargetGroup')[0].HealthCheckPath).toBe('/ready');
  });

  test('by property injectors of the service and the load balancer', () => {
    const fixture = new Fixture();
    PropertyInjectors.of(fixture.stack).add(
      inject(ecs.FargateService.PROPERTY_INJECTION_ID, { enableECSManagedTags: false }),
      inject(elbv2.ApplicationLoadBalancer.PROPERTY_INJECTION_ID, { idleTimeout: Duration.seconds(7) }),
    );
    fixture.web();
    expect(serviceOf(fixture.template()).EnableECSManagedTags).toBe(false);
    expect(attributes(fixture)['idle_timeout.timeout_seconds']).toBe('7');
  });

  test('by mixins', () => {
    const fixture = new Fixture();
    const web = fixture.web();
    web.with(
      mixin(ecs.CfnService.isCfnService, (service: ecs.CfnService) => {
        service.enableEcsManagedTags = false;
      }),
    );
    expect(serviceOf(fixture.template()).EnableECSManagedTags).toBe(false);
  });

  test('by aspects', () => {
    const fixture = new Fixture();
    fixture.web();
    Aspects.of(fixture.app).add({
      visit(node) {
        if (ecs.CfnTaskDefinition.isCfnTaskDefinition(node)) node.addPropertyOverride('PidMode', 'task');
      },
    });
    fixture.template().hasResourceProperties('AWS::ECS::TaskDefinition', { PidMode: 'task' });
  });

  test('by overrides of what no L2 knows', () => {
    const fixture = new Fixture();
    const { service } = fixture.web();
    (service.node.defaultChild as CfnResource).addPropertyOverride('DeploymentConfiguration.BakeTimeInMinutes', 5);
    expect(serviceOf(fixture.template()).DeploymentConfiguration.BakeTimeInMinutes).toBe(5);
  });

  test('by tags, which reach every resource that can have some', () => {
    const fixture = new Fixture();
    const web = fixture.web();
    Tags.of(web).add('team', 'shop');
    const { Resources } = fixture.template().toJSON();
    const taggable = web.node
      .findAll()
      .filter((node): node is CfnResource => CfnResource.isCfnResource(node) && TagManager.of(node) !== undefined);
    expect(taggable.map((node) => node.cfnResourceType)).toEqual(
      expect.arrayContaining(['AWS::ECS::Service', 'AWS::ECS::TaskDefinition', 'AWS::IAM::Role', 'AWS::S3::Bucket']),
    );
    for (const node of taggable) {
      const { Tags: tags } = Resources[fixture.stack.resolve(node.logicalId)].Properties;
      expect([node.node.path, tags]).toEqual([
        node.node.path,
        expect.arrayContaining([{ Key: 'team', Value: 'shop' }]),
      ]);
    }
  });
});

describe('a WebService in an app without feature flags', () => {
  /** What the service made, without what CDK adds to a service on its own. */
  function resourcesIn(app: App): Record<string, unknown> {
    const fixture = new Fixture(app);
    const { service } = fixture.web();
    const resource = service.node.defaultChild as CfnResource;
    resource.addPropertyDeletionOverride('DeploymentConfiguration.Alarms');
    resource.addPropertyDeletionOverride('DeploymentController');
    return Object.fromEntries(
      Object.entries(fixture.template().toJSON().Resources).filter(([id]) => id.startsWith('Web')),
    );
  }

  test('is as secure as in one with all of them', () => {
    expect(resourcesIn(new App())).toEqual(resourcesIn(newApp()));
  });
});
