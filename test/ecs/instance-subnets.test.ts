import { Stack, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { EcsCluster } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, warnings } from '../support/fixture';
import { newManaged, newPool } from '../support/pools';
import { lenientApp } from '../support/resources';

const MAKERS: [string, typeof newPool | typeof newManaged][] = [
  ['an InstancePool', newPool],
  ['ManagedInstances', newManaged],
];

/** A cluster in a VPC that has such subnets only. */
function clusterIn(...subnetTypes: ec2.SubnetType[]): Fixture & { readonly vpc: ec2.Vpc } {
  const app = lenientApp();
  const stack = new Stack(app, 'Shop');
  const subnetConfiguration = subnetTypes.map((subnetType) => ({ name: subnetType, subnetType }));
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0, restrictDefaultSecurityGroup: false, subnetConfiguration });
  const { cluster } = new EcsCluster(stack, 'Ecs', { vpc });
  return Object.assign(Object.create(Fixture.prototype), { app, stack, vpc, cluster });
}

test.each(MAKERS)('%s in isolated subnets needs endpoints for images, logs and the agent', (_what, make) => {
  const fixture = clusterIn(ec2.SubnetType.PRIVATE_ISOLATED);
  const made = make(fixture);
  fixture.app.synth();
  expect(warnings(made)).toEqual([
    expect.stringContaining(
      'instances are in isolated subnets, and this app knows of no endpoint of the VPC for ecr.api, ecr.dkr, s3, logs, because the instances pull the images of their tasks and write their logs; ecs, ecs-agent, ecs-telemetry, because the instances join their cluster through it.',
    ),
  ]);
});

test.each(MAKERS)('%s with all of them warns of nothing', (_what, make) => {
  const fixture = clusterIn(ec2.SubnetType.PRIVATE_ISOLATED);
  fixture.vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
  const services = ['ECR', 'ECR_DOCKER', 'CLOUDWATCH_LOGS', 'ECS', 'ECS_AGENT', 'ECS_TELEMETRY'] as const;
  for (const name of services) {
    fixture.vpc.addInterfaceEndpoint(name, { service: ec2.InterfaceVpcEndpointAwsService[name] });
  }
  const made = make(fixture);
  fixture.app.synth();
  expect(warnings(made)).toEqual([]);
});

test.each(MAKERS)('%s fails in a VPC without private subnets', (_what, make) => {
  expectFailure(
    () => make(clusterIn(ec2.SubnetType.PUBLIC)),
    'instances need private subnets, and the VPC has none: use a VPC with private subnets',
  );
});

test.each(MAKERS)('%s fails in public subnets', (_what, make) => {
  const fixture = clusterIn(ec2.SubnetType.PUBLIC, ec2.SubnetType.PRIVATE_ISOLATED);
  expectFailure(
    () => make(fixture, { vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }),
    'vpcSubnets must not be public, because instances have no public address and would reach nothing: leave it out for the private subnets',
  );
});
