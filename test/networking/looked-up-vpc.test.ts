import { aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2, Stack } from 'aws-cdk-lib';
import { Capacity, EcsCluster, EcsGateway, Ingress, Routing, WebService } from '../../lib';
import type { WebServiceProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { IMAGE, newApp, only, Template } from '../support/fixture';
import type { Fixture } from '../support/fixture';
import { ENV } from '../support/networks';
import { newManaged, newPool, newWorker } from '../support/pools';
import { lenientApp } from '../support/resources';

const APPS = { subnetGroupName: 'Apps' };

/** The first synthesis: the CLI looks up the VPC afterwards, and synthesizes again. */
function pending(app = newApp()) {
  const stack = new Stack(app, 'Shop', { env: ENV });
  const vpc = ec2.Vpc.fromLookup(stack, 'Vpc', { vpcName: 'shared' });
  const { cluster } = new EcsCluster(stack, 'Ecs', { vpc });
  const web = (props: Partial<WebServiceProps> = {}) =>
    new WebService(stack, 'Web', {
      cluster,
      container: { image: IMAGE },
      port: 8080,
      routing: Routing.http({ internal: true }),
      healthCheck: { path: '/health' },
      ...props,
    });
  return { app, stack, vpc, cluster, web, fixture: { app, stack, vpc, cluster } as unknown as Fixture };
}

type Pending = ReturnType<typeof pending>;

describe('the first synthesis with a looked-up VPC gets as far as the look-up', () => {
  const internal = true;
  test.each<[string, (made: Pending) => void]>([
    ['a service that chooses no subnets', ({ web }) => web()],
    ['a service in a group of subnets', ({ web }) => web({ vpcSubnets: APPS })],
    ['a service in a public group of subnets', ({ web }) => web({ vpcSubnets: APPS, assignPublicIp: true })],
    ['a worker in a group of subnets', ({ fixture }) => newWorker(fixture, { vpcSubnets: APPS })],
    ['an InstancePool in a group of subnets', ({ fixture }) => newPool(fixture, { vpcSubnets: APPS })],
    ['ManagedInstances in a group of subnets', ({ fixture }) => newManaged(fixture, { vpcSubnets: APPS })],
    [
      'a service on instances, in the same group',
      ({ fixture }) =>
        newWorker(fixture, {
          vpcSubnets: APPS,
          capacity: Capacity.pools([{ pool: newPool(fixture, { vpcSubnets: APPS }) }]),
        }),
    ],
    [
      'a load balancer in a group of subnets',
      ({ web }) => web({ routing: Routing.http({ internal, loadBalancerSubnets: APPS }) }),
    ],
    [
      'a Network Load Balancer in a group of subnets',
      ({ web }) => {
        const listeners = [{ port: 25, protocol: elbv2.Protocol.TCP }];
        web({ routing: Routing.network({ internal, loadBalancerSubnets: APPS, listeners }) });
      },
    ],
    [
      'an Ingress in a group of subnets',
      ({ stack, vpc }) => new Ingress(stack, 'Ingress', { vpc, plainHttp: true, internal, loadBalancerSubnets: APPS }),
    ],
    [
      'an EcsGateway in a group of subnets',
      ({ stack, vpc, cluster }) =>
        new EcsGateway(stack, 'Gateway', { vpc, clusters: [cluster], loadBalancerSubnets: APPS }),
    ],
  ])('%s', (_, make) => {
    const made = pending();
    make(made);
    const { missing = [] } = made.app.synth().manifest;
    expect(missing.map(({ provider }) => provider)).toEqual(['vpc-provider']);
  });
});

/** The second synthesis: what the CLI found has one private group, in one zone. */
function found() {
  const subnets = [
    { subnetId: 'subnet-1', availabilityZone: 'eu-west-1a', routeTableId: 'rtb-1', cidr: '10.0.0.0/24' },
  ];
  const [{ key }] = pending(lenientApp()).app.synth().manifest.missing!;
  const subnetGroups = [{ name: 'Apps', type: 'Private', subnets }];
  return pending(
    lenientApp({ [key]: { vpcId: 'vpc-1', vpcCidrBlock: '10.0.0.0/16', availabilityZones: [], subnetGroups } }),
  );
}

describe('the second', () => {
  test('places services in the group', () => {
    const { stack, fixture } = found();
    newWorker(fixture, { vpcSubnets: APPS });
    const { AwsvpcConfiguration } = only(Template.fromStack(stack), 'AWS::ECS::Service').Properties
      .NetworkConfiguration;
    expect(AwsvpcConfiguration.Subnets).toEqual(['subnet-1']);
  });

  test('fails when there is no such group', () => {
    expect(() => newWorker(found().fixture, { vpcSubnets: { subnetGroupName: 'Others' } })).toThrow(/Others/);
  });

  test('fails when load balancers have too few zones', () => {
    expectFailure(
      () => found().web({ routing: Routing.http({ internal: true, loadBalancerSubnets: APPS }) }),
      'a load balancer needs subnets in at least 2 availability zones, got 1: use a VPC with more zones',
    );
  });
});
