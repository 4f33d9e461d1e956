import { isDeepStrictEqual } from 'node:util';
import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import type { aws_elasticloadbalancingv2 as elbv2, aws_ecs as ecs } from 'aws-cdk-lib';
import { aws_ec2 as ec2, aws_s3 as s3, Size } from 'aws-cdk-lib';
import {
  Capacity,
  InstancePool,
  ManagedInstances,
  Mount,
  S3FileSystem,
  Scaling,
  ScalingPolicy,
  SharedFileSystem,
  WorkerService,
} from '../../lib';
import { Fixture, IMAGE } from '../support/fixture';
import { lenientApp, once } from '../support/resources';

// What CloudFormation makes anew when a service moves to another compute: nothing but the revision of its task.

type Spec = Awaited<ReturnType<typeof loadAwsServiceSpec>>;
type Properties = Record<string, any>;
type Resources = Record<string, { Type: string; Properties?: Properties }>;

/** As far as the specification is read here. */
interface Field {
  readonly causesReplacement?: 'yes' | 'no' | 'maybe';
  readonly type: FieldType;
}
interface FieldType {
  readonly type: string;
  readonly element?: FieldType;
  readonly types?: FieldType[];
  readonly reference?: { readonly $ref: string };
}

/** A revision of a task is a resource of its own: each change makes a new one, and its service takes it up in place. */
const NEW_EACH_TIME = 'AWS::ECS::TaskDefinition';

/** What the specification of CloudFormation says of a change from one template to another. */
class Comparison {
  private readonly before: Resources;
  private readonly after: Resources;

  constructor(
    private readonly spec: Spec,
    before: Resources,
    after: Resources,
  ) {
    // Objects of several realms are never deeply equal.
    this.before = renamed(before, new Set());
    this.after = renamed(after, new Set());
  }

  /** All that would be deleted, made or made anew, but for revisions of tasks. */
  public findings(): string[] {
    const [before, after] = [Object.keys(this.before), Object.keys(this.after)];
    return [
      ...before.filter((id) => !this.after[id]).map((id) => `${this.before[id].Type} ${id} is gone`),
      ...after.filter((id) => !this.before[id]).map((id) => `${this.after[id].Type} ${id} is new`),
      ...this.replacements()
        .filter(({ id }) => this.after[id].Type !== NEW_EACH_TIME)
        .map(({ id, path }) => `${this.before[id].Type} ${id} is replaced: ${path}`),
    ].sort();
  }

  /** Who refers to a resource that is made anew has a changed value, too. */
  private replacements(known: { id: string; path: string }[] = []): { id: string; path: string }[] {
    const after = renamed(this.after, new Set(known.map(({ id }) => id)));
    const found = Object.entries(this.before).flatMap(([id, before]) => {
      if (!after[id]) return [];
      if (after[id].Type !== before.Type) return [{ id, path: 'Type' }];
      return this.changes(before.Type, before.Properties, after[id].Properties).map((path) => ({ id, path }));
    });
    return found.length === known.length ? found : this.replacements(found);
  }

  private changes(type: string, before: Properties = {}, after: Properties = {}): string[] {
    const resource = this.spec.lookup('resource', 'cloudFormationType', 'equals', type).only();
    const unknown = Object.keys({ ...before, ...after }).filter((name) => !(name in resource.properties));
    if (unknown.length > 0) throw new Error(`the specification has no ${unknown.join(', ')} of ${type}`);
    const more = (resource.additionalReplacementProperties ?? []).filter(
      ([name]) => !isDeepStrictEqual(before[name], after[name]),
    );
    return [...this.inFields(resource.properties, before, after), ...more.map((path) => path.join('.'))];
  }

  private inFields(fields: Record<string, Field>, before: Properties, after: Properties): string[] {
    return Object.entries(fields).flatMap(([name, field]) => {
      if (isDeepStrictEqual(before[name], after[name])) return [];
      // `maybe` is no promise.
      if ((field.causesReplacement ?? 'no') !== 'no') return [name];
      return this.inType(field.type, before[name], after[name]).map((path) => `${name}.${path}`);
    });
  }

  /** A property that can change may have one inside that cannot. */
  private inType(type: FieldType, before: any, after: any): string[] {
    if (isDeepStrictEqual(before, after)) return [];
    if (type.types) return type.types.flatMap((each) => this.inType(each, before, after));
    if (type.reference) {
      const { properties } = this.spec.get('typeDefinition', type.reference.$ref);
      return this.inFields(properties, objectOf(before), objectOf(after));
    }
    if (!type.element) return [];
    const keys = Object.keys({ ...objectOf(before), ...objectOf(after) });
    return keys.flatMap((key) =>
      this.inType(type.element!, objectOf(before)[key], objectOf(after)[key]).map((path) => `${key}.${path}`),
    );
  }
}

function objectOf(value: unknown): Properties {
  return typeof value === 'object' && value !== null ? value : {};
}

/** The resources, with every reference to these ones made another value. */
function renamed(resources: Resources, ids: Set<string>): Resources {
  return JSON.parse(JSON.stringify(resources), (key, value) => {
    if (key === 'Ref' && ids.has(value)) return `${value} made anew`;
    if (key === 'Fn::GetAtt' && ids.has(value[0])) return [`${value[0]} made anew`, value[1]];
    return value;
  });
}

/** Where a service can be. What a compute is made of has an id that starts with `Compute`. */
const PLACES: Record<string, (fixture: Fixture) => Capacity> = {
  Fargate: () => Capacity.fargate(),
  'Fargate Spot': () => Capacity.fargateSpot({ onDemandBase: 1 }),
  'Managed Instances': ({ stack, cluster }) => new ManagedInstances(stack, 'ComputeManaged', { cluster }).capacity(),
  'an InstancePool': ({ stack, cluster }) => {
    const instanceTypes = [new ec2.InstanceType('m7i.large')];
    return new InstancePool(stack, 'ComputePool', {
      cluster,
      instanceTypes,
      maxInstances: 4,
      awsvpcTrunking: true,
    }).capacity();
  },
};

/** A stack with all that a move could break. */
class Services extends Fixture {
  public readonly service: ecs.BaseService;
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;

  constructor(place: (fixture: Fixture) => Capacity) {
    super(lenientApp());
    const capacity = place(this);
    const uploads = new SharedFileSystem(this.stack, 'Uploads', { vpc: this.vpc });
    const container = { image: IMAGE, mounts: [uploads.mount('/srv/uploads')] };
    const web = this.web({
      container,
      capacity,
      scaling: this.scaling(ScalingPolicy.requestsPerTask(500)),
    });
    this.service = web.service;
    this.loadBalancer = web.loadBalancer;
    new WorkerService(this.stack, 'Worker', {
      cluster: this.cluster,
      container: { image: IMAGE, user: '1000:1000', mounts: this.mounts(uploads) },
      capacity,
      scaling: this.scaling(),
    });
  }

  /** Every kind of file that all these places have. */
  private mounts(uploads: SharedFileSystem): Mount[] {
    const bucket = new s3.Bucket(this.stack, 'Bucket', { versioned: true });
    return [
      uploads.mount('/srv/uploads'),
      new S3FileSystem(this.stack, 'Objects', { vpc: this.vpc, bucket }).mount('/objects', { readOnly: true }),
      Mount.ebs('/data', { size: Size.gibibytes(20) }),
      Mount.configFile('/opt/app/config', 'x'),
      Mount.shared('sockets', '/run/app'),
      Mount.scratch('/work', { onDisk: true }),
    ];
  }

  /** Without what the compute itself is made of. */
  public resources(): Resources {
    const all = Object.entries<Resources[string]>(this.template().toJSON().Resources);
    return Object.fromEntries(all.filter(([id]) => !id.startsWith('Compute')));
  }

  private scaling(...more: ScalingPolicy[]): Scaling {
    return Scaling.between({ minTasks: 2, maxTasks: 6, policies: [ScalingPolicy.cpu(60), ...more] });
  }
}

/** What must be among the resources that are compared. */
const STAYING = `
  ECS::Cluster ECS::ClusterCapacityProviderAssociations ECS::Service ECS::TaskDefinition
  ElasticLoadBalancingV2::LoadBalancer ElasticLoadBalancingV2::Listener ElasticLoadBalancingV2::ListenerRule
  ElasticLoadBalancingV2::TargetGroup ApplicationAutoScaling::ScalableTarget ApplicationAutoScaling::ScalingPolicy
  EC2::SecurityGroup EC2::SecurityGroupIngress EFS::AccessPoint EFS::FileSystem EFS::MountTarget
  IAM::ManagedPolicy IAM::Role Logs::LogGroup S3::Bucket S3Files::AccessPoint S3Files::FileSystem S3Files::MountTarget`
  .trim()
  .split(/\s+/);

const NAMES = Object.keys(PLACES);
const PAIRS = NAMES.flatMap((from) => NAMES.filter((to) => to !== from).map((to) => ({ from, to })));
const at = Object.fromEntries(NAMES.map((name) => [name, once(() => new Services(PLACES[name]).resources())]));

let spec: Spec;
beforeAll(async () => {
  // Once: it is 30 MB, and takes half a second.
  spec = await loadAwsServiceSpec();
});

function findings(before: Resources, after: Resources): string[] {
  return new Comparison(spec, before, after).findings();
}

describe('moving services with a load balancer, files and scaling', () => {
  test.each(PAIRS)('from $from to $to replaces nothing', ({ from, to }) => {
    expect(findings(at[from](), at[to]())).toEqual([]);
  });

  test.each(PAIRS)('from $from to $to changes both services', ({ from, to }) => {
    const services = (resources: Resources) =>
      Object.values(resources).filter(({ Type }) => Type === 'AWS::ECS::Service');
    const [before, after] = [services(at[from]()), services(at[to]())];
    expect(before).toHaveLength(2);
    before.forEach(({ Properties }, index) => expect(Properties).not.toEqual(after[index].Properties));
  });

  test.each(NAMES)('leaves what is compared in place on %s', (name) => {
    const types = Object.values(at[name]()).map(({ Type }) => Type.replace('AWS::', ''));
    expect(types).toEqual(expect.arrayContaining(STAYING));
  });
});

/** A worker that every compute can run. */
function worker(capacity: Capacity): Resources {
  const fixture = new Fixture();
  const { stack, cluster } = fixture;
  new WorkerService(stack, 'Worker', { cluster, container: { image: IMAGE }, capacity, scaling: Scaling.fixed(2) });
  return fixture.template().toJSON().Resources;
}

describe('the comparison', () => {
  /** The stack on Fargate after somebody changed it. */
  function changed(change: (services: Services) => void): string[] {
    const services = new Services(PLACES.Fargate);
    change(services);
    return findings(at.Fargate(), services.resources());
  }

  test('finds nothing when nothing changes', () => {
    expect(changed(() => undefined)).toEqual([]);
  });

  test('finds a launch type', () => {
    const found = changed(({ service }) => {
      const resource = service.node.defaultChild as ecs.CfnService;
      resource.addPropertyDeletionOverride('CapacityProviderStrategy');
      resource.addPropertyOverride('LaunchType', 'FARGATE');
    });
    // Its scaling goes with it.
    expect(found).toContainEqual(expect.stringMatching(/^AWS::ECS::Service Web\w+ is replaced: LaunchType$/));
    expect(found).toContainEqual(
      expect.stringMatching(/^AWS::ApplicationAutoScaling::ScalableTarget Web\w+ is replaced: ResourceId$/),
    );
  });

  test('finds what a move to machines outside AWS replaces', () => {
    expect(findings(worker(Capacity.fargate()), worker(Capacity.external()))).toEqual([
      expect.stringMatching(/^AWS::EC2::SecurityGroup Worker\w+ is gone$/),
      expect.stringMatching(/^AWS::ECS::Service Worker\w+ is replaced: LaunchType$/),
    ]);
  });

  test('finds what is replaced because it refers to something that is', () => {
    const found = changed(({ loadBalancer }) => {
      (loadBalancer.node.defaultChild as elbv2.CfnLoadBalancer).scheme = 'internet-facing';
    });
    expect(found).toEqual([
      expect.stringMatching(/V2::Listener Web\w+ is replaced: LoadBalancerArn$/),
      expect.stringMatching(/V2::ListenerRule Web\w+ is replaced: ListenerArn$/),
      expect.stringMatching(/V2::LoadBalancer Web\w+ is replaced: Scheme$/),
    ]);
  });

  test('finds a nested property inside one that can change', () => {
    const provider = (arn: string): Resources => ({
      Provider: {
        Type: 'AWS::ECS::CapacityProvider',
        Properties: { AutoScalingGroupProvider: { AutoScalingGroupArn: arn } },
      },
    });
    expect(findings(provider('a'), provider('b'))).toEqual([
      'AWS::ECS::CapacityProvider Provider is replaced: AutoScalingGroupProvider.AutoScalingGroupArn',
    ]);
  });

  test('finds another id and another type', () => {
    const queue = { Type: 'AWS::SQS::Queue' };
    expect(findings({ A: queue, C: queue }, { B: queue, C: { Type: 'AWS::SNS::Topic' } })).toEqual([
      'AWS::SQS::Queue A is gone',
      'AWS::SQS::Queue B is new',
      'AWS::SQS::Queue C is replaced: Type',
    ]);
  });
});
