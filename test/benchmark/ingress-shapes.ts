import { aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import type { aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { addStack, IMAGE, importCertificate, loaded, newVpc, PORT, sameCluster, samePattern } from './shapes';
import type { StackOptions } from './shapes';
import type * as lib from '../../lib';

/** Adds a service to a stack. */
type AddService = (stack: Stack, id: string) => void;

/** What all stacks of the app share: this process makes one app. */
let add: AddService | undefined;
let services = 0;

/** Each has a target group, and AWS raises that quota for nobody. */
const SERVICES_PER_INGRESS = 100;

/**
 * One stack with services, on a network and a cluster that all stacks share: behind shared load balancers, or with one
 * each. The shape "default" has a network and a cluster in each stack too.
 */
export function addRoutesStack(app: Construct, id: string, options: StackOptions, ours?: typeof lib): void {
  if (options.shape === 'default') return addStack(app, id, options);
  add ??= options.shape === 'ours' ? ourServices(app, options, loaded(ours)) : patternServices(app);
  const stack = new Stack(app, id);
  for (let index = 0; index < options.services; index++) add(stack, `Web${++services}`);
}

function ourServices(app: Construct, options: StackOptions, ours: typeof lib): AddService {
  const shared = new Stack(app, 'Shared');
  const vpc = newVpc(shared);
  const { cluster } = new ours.EcsCluster(shared, 'Ecs', { vpc });
  const certificates = [importCertificate(shared)];
  const ingresses: lib.Ingress[] = [];
  const image = ecs.ContainerImage.fromRegistry(IMAGE);
  return (stack, id) => {
    const index = Math.ceil(services / SERVICES_PER_INGRESS);
    ingresses[index] ??= new ours.Ingress(shared, `Ingress${index}`, { vpc, certificates });
    const { logGroup, ...roles } = sharedParts(stack, options, ours);
    const host = id.toLowerCase();
    const container = { image, user: '101' };
    new ours.WebService(stack, id, {
      cluster,
      container: logGroup
        ? { ...container, logs: ours.ContainerLogs.cloudWatch({ logGroup, streamPrefix: host }) }
        : container,
      ...roles,
      port: PORT,
      routing: ingresses[index].route({ hosts: [`${host}.example.com`] }),
      healthCheck: { path: '/' },
    });
  };
}

/** What the services of a stack share: made with the first of them. */
interface SharedParts {
  readonly logGroup?: logs.ILogGroup;
  readonly executionRole?: lib.ExecutionRole;
  readonly taskRole?: lib.TaskRole;
}

const parts = new WeakMap<Stack, SharedParts>();

function sharedParts(stack: Stack, { share = 'nothing' }: StackOptions, ours: typeof lib): SharedParts {
  if (share === 'nothing') return {};
  const known = parts.get(stack);
  if (known) return known;
  const made = {
    logGroup: ours.ContainerLogs.cloudWatch().bind(stack, 'app').logGroup,
    executionRole: new ours.ExecutionRole(stack, 'ExecutionRole'),
    taskRole: share === 'roles' ? new ours.TaskRole(stack, 'TaskRole') : undefined,
  };
  parts.set(stack, made);
  return made;
}

/** The pattern with all that its props allow of what ours makes by default. */
function patternServices(app: Construct): AddService {
  const shared = new Stack(app, 'Shared');
  const cluster = sameCluster(shared, newVpc(shared));
  const certificate = importCertificate(shared);
  return (stack, id) => samePattern(stack, id, cluster, certificate);
}
