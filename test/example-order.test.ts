import { isDeepStrictEqual } from 'node:util';
import { Template } from 'aws-cdk-lib/assertions';
import { EXAMPLES } from '../examples';
import { ancestorsOf, cyclesOf, graphOf } from './support/graph';
import type { Graph } from './support/graph';
import { lenientApp, once } from './support/resources';

// The order in which CloudFormation makes the resources of the examples. Reversed, it is the order of deletion: services,
// associations, providers, groups, policies, routes.

type Properties = Record<string, any>;

/** A resource of a type comes after these. */
interface Rule {
  readonly type: string;
  readonly after: string;
  readonly find: (properties: Properties, stack: StackResources) => string[];
}

const RULES: Rule[] = [
  {
    type: 'AWS::ECS::Service',
    after: "the provider associations of its cluster, without which ECS refuses the service's strategy",
    find: ({ Cluster }, stack) =>
      stack.idsOf('AWS::ECS::ClusterCapacityProviderAssociations', (associations) =>
        same(associations.Cluster, Cluster),
      ),
  },
  {
    type: 'AWS::ECS::Service',
    after: 'the capacity providers that it names',
    find: ({ CapacityProviderStrategy = [] }) =>
      CapacityProviderStrategy.flatMap((item: Properties) => idIn(item.CapacityProvider)),
  },
  {
    type: 'AWS::ECS::Service',
    after: 'the policies of its task role and its execution role',
    find: ({ TaskDefinition }, stack) => {
      const { TaskRoleArn, ExecutionRoleArn } = stack.propertiesOf(idIn(TaskDefinition)[0]);
      return [TaskRoleArn, ExecutionRoleArn].flatMap((role) => stack.policiesOf(role));
    },
  },
  {
    type: 'AWS::ECS::Service',
    after: 'the default routes of its subnets, without which no image is pulled',
    find: ({ NetworkConfiguration }, stack) =>
      (NetworkConfiguration?.AwsvpcConfiguration.Subnets ?? []).flatMap((subnet: unknown) => stack.routesOf(subnet)),
  },
  {
    type: 'AWS::ECS::ClusterCapacityProviderAssociations',
    after: 'the capacity providers that it associates, which can only be deleted afterwards',
    find: ({ CapacityProviders }) => CapacityProviders.flatMap(idIn),
  },
  {
    type: 'AWS::ECS::CapacityProvider',
    after: 'its Auto Scaling group',
    find: ({ AutoScalingGroupProvider }) => idIn(AutoScalingGroupProvider?.AutoScalingGroupArn),
  },
  {
    type: 'AWS::ECS::CapacityProvider',
    after: 'the policies of the roles with which Managed Instances start and stop',
    find: ({ ManagedInstancesProvider: managed }, stack) => [
      ...stack.policiesOf(managed?.InfrastructureRoleArn),
      ...stack.policiesOfProfile(managed?.InstanceLaunchTemplate.Ec2InstanceProfileArn),
    ],
  },
  {
    type: 'AWS::ECS::CapacityProvider',
    after: 'the default routes of the subnets of Managed Instances',
    find: ({ ManagedInstancesProvider: managed }, stack) =>
      (managed?.InstanceLaunchTemplate.NetworkConfiguration.Subnets ?? []).flatMap((subnet: unknown) =>
        stack.routesOf(subnet),
      ),
  },
  {
    type: 'AWS::AutoScaling::AutoScalingGroup',
    after: 'its launch template',
    find: (group) => idIn(launchTemplateOf(group)),
  },
  {
    type: 'AWS::AutoScaling::AutoScalingGroup',
    after: 'the policies of its instance role, with which agents report until the last task is gone',
    find: (group, stack) => {
      const { LaunchTemplateData } = stack.propertiesOf(idIn(launchTemplateOf(group))[0]);
      return stack.policiesOfProfile(LaunchTemplateData.IamInstanceProfile.Arn);
    },
  },
  {
    type: 'AWS::AutoScaling::AutoScalingGroup',
    after: 'the default routes of its subnets, without which no agent joins the cluster',
    find: ({ VPCZoneIdentifier }, stack) => VPCZoneIdentifier.flatMap((subnet: unknown) => stack.routesOf(subnet)),
  },
  {
    type: 'AWS::ApplicationAutoScaling::ScalableTarget',
    after: 'its service',
    find: ({ ResourceId }, stack) =>
      stack.idsOf('AWS::ECS::Service').filter((id) => JSON.stringify(ResourceId).includes(`"${id}"`)),
  },
  {
    type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
    after: 'its scalable target',
    find: ({ ScalingTargetId, ResourceId }, stack) =>
      ResourceId === undefined
        ? idIn(ScalingTargetId)
        : stack.idsOf('AWS::ApplicationAutoScaling::ScalableTarget', (target) => same(target.ResourceId, ResourceId)),
  },
];

/** The resources of a template, by what they refer to. */
class StackResources {
  public readonly graph: Graph;
  private readonly resources: Record<string, { Type: string; Properties?: Properties }>;

  constructor(template: Template) {
    this.graph = graphOf(template);
    this.resources = template.toJSON().Resources;
  }

  public idsOf(type: string, wanted: (properties: Properties) => boolean = () => true): string[] {
    return Object.keys(this.resources).filter(
      (id) => this.resources[id].Type === type && wanted(this.propertiesOf(id)),
    );
  }

  public propertiesOf(id: string): Properties {
    return this.resources[id].Properties ?? {};
  }

  /** The policies of a role of this stack. */
  public policiesOf(role: unknown): string[] {
    return idIn(role).flatMap((id) =>
      ['AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy'].flatMap((type) =>
        this.idsOf(type, ({ Roles = [] }) => Roles.flatMap(idIn).includes(id)),
      ),
    );
  }

  public policiesOfProfile(profile: unknown): string[] {
    return idIn(profile).flatMap((id) => this.propertiesOf(id).Roles.flatMap((role: unknown) => this.policiesOf(role)));
  }

  /** The default routes of a subnet of this stack. */
  public routesOf(subnet: unknown): string[] {
    const joined = this.idsOf('AWS::EC2::SubnetRouteTableAssociation', ({ SubnetId }) => same(SubnetId, subnet));
    return joined.flatMap((id) =>
      this.idsOf('AWS::EC2::Route', (route) => {
        const isDefault = route.DestinationCidrBlock === '0.0.0.0/0';
        return isDefault && same(route.RouteTableId, this.propertiesOf(id).RouteTableId);
      }),
    );
  }
}

function launchTemplateOf({ LaunchTemplate, MixedInstancesPolicy }: Properties): unknown {
  const template = LaunchTemplate ?? MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification;
  return template.LaunchTemplateId;
}

/** The resource to which a value refers: none for a literal. */
function idIn(value: any): string[] {
  if (value?.Ref) return [value.Ref];
  return value?.['Fn::GetAtt'] ? [value['Fn::GetAtt'][0]] : [];
}

const same = isDeepStrictEqual;

/** Who comes after whom by a rule: pairs of logical ids. */
function pairsOf({ type, find }: Rule, stack: StackResources): [string, string][] {
  return stack
    .idsOf(type)
    .flatMap((id) => [...new Set(find(stack.propertiesOf(id), stack))].map((before): [string, string] => [id, before]));
}

/** What CloudFormation may make too early: an empty list is a template in the right order. */
function tooEarly(template: Template): string[] {
  const stack = new StackResources(template);
  return RULES.flatMap((rule) =>
    pairsOf(rule, stack)
      .filter(([id, before]) => !ancestorsOf(stack.graph, id).has(before))
      .map(([id, before]) => `${id} must wait for ${before}`),
  );
}

/** The templates of the examples, each made when it is asked for. */
const templates = Object.fromEntries(
  Object.entries(EXAMPLES).map(([name, make]) => [
    name,
    once(() => Template.fromStack(make(lenientApp(), name), { skipCyclicalDependenciesCheck: true })),
  ]),
);
const NAMES = Object.keys(EXAMPLES);

describe.each(NAMES)('example %s', (name) => {
  test('makes everything after what it needs, and deletes it before', () => {
    expect(tooEarly(templates[name]())).toEqual([]);
  });

  test('has no resources that wait for each other', () => {
    expect(cyclesOf(graphOf(templates[name]()))).toEqual([]);
  });
});

test.each(RULES)('there is $type after $after', (rule) => {
  const pairs = NAMES.flatMap((name) => pairsOf(rule, new StackResources(templates[name]())));
  expect(pairs).not.toEqual([]);
});

describe('the check', () => {
  /** What it says of an example without what these resources explicitly wait for. */
  function without(example: string, ...ids: RegExp[]): string[] {
    const copy = JSON.parse(JSON.stringify(templates[example]().toJSON()));
    for (const id of ids) {
      const found = Object.keys(copy.Resources).filter((each) => id.test(each));
      expect(found).toHaveLength(1);
      expect(copy.Resources[found[0]].DependsOn).toBeDefined();
      delete copy.Resources[found[0]].DependsOn;
    }
    return tooEarly(Template.fromJSON(copy));
  }

  test('finds a service and a security group that wait for nothing', () => {
    expect(without('scaling', /^BacklogWorkerService[0-9A-F]{8}$/, /^BacklogWorkerServiceSecurityGroup/)).toEqual([
      expect.stringMatching(/^BacklogWorkerService\w+ must wait for EcsCluster/),
      expect.stringMatching(/ must wait for BacklogWorkerTaskRolePolicy/),
      expect.stringMatching(/ must wait for BacklogWorkerExecutionRolePolicy/),
      expect.stringMatching(/ must wait for NetworkVpcPrivateSubnet1DefaultRoute/),
      expect.stringMatching(/ must wait for NetworkVpcPrivateSubnet2DefaultRoute/),
    ]);
  });

  test('finds a group that waits for nothing', () => {
    expect(without('ec2-and-fargate', /^ArmAutoScalingGroup/)).toEqual([
      expect.stringMatching(/^ArmAutoScalingGroup\w+ must wait for ArmRolePolicy/),
      expect.stringMatching(/ must wait for NetworkVpcPrivateSubnet1DefaultRoute/),
      expect.stringMatching(/ must wait for NetworkVpcPrivateSubnet2DefaultRoute/),
    ]);
  });

  test('finds Managed Instances that wait for nothing', () => {
    const found = without('managed-instances', /^GeneralCapacityProvider/);
    expect(found).toContainEqual(expect.stringMatching(/ must wait for GeneralInfrastructureRolePolicy/));
    expect(found).toContainEqual(expect.stringMatching(/ must wait for GeneralInstanceRolePolicy/));
    expect(found).toContainEqual(expect.stringMatching(/ must wait for NetworkVpcPrivateSubnet1DefaultRoute/));
  });

  test('finds a policy of a target that it names, and does not wait for', () => {
    const resource = { ResourceId: 'service/a/b' };
    const template = Template.fromJSON({
      Resources: {
        Target: { Type: 'AWS::ApplicationAutoScaling::ScalableTarget', Properties: resource },
        Policy: { Type: 'AWS::ApplicationAutoScaling::ScalingPolicy', Properties: resource },
      },
    });
    expect(tooEarly(template)).toEqual(['Policy must wait for Target']);
  });
});
