import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import { SharedFileSystem } from '../../lib';
import type { SharedFileSystemProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { all } from '../support/resources';

const TYPE = 'AWS::EFS::FileSystem';
const TARGET = 'AWS::EFS::MountTarget';
const ENV = { account: '111122223333', region: 'eu-west-1' };
const { PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS, PUBLIC } = ec2.SubnetType;
const EDGE = { name: 'edge', subnetType: PUBLIC };
/** Two private subnets in each zone. */
const TWO_IN_EACH_ZONE = {
  subnetConfiguration: [
    { name: 'app', subnetType: PRIVATE_WITH_EGRESS },
    { name: 'jobs', subnetType: PRIVATE_WITH_EGRESS },
    EDGE,
  ],
};

function setup(vpcProps: ec2.VpcProps = {}, env?: typeof ENV) {
  const stack = new Stack(newApp(), 'Shop', { env });
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false, ...vpcProps });
  const make = (props: Partial<SharedFileSystemProps> = {}) =>
    new SharedFileSystem(stack, 'Uploads', { vpc, ...props });
  return { stack, vpc, make, template: () => Template.fromStack(stack) };
}

describe('subnets of mount targets', () => {
  test.each<[string, ec2.SubnetSelection | undefined]>([
    ['nobody says', undefined],
    ['their type is named', { subnetType: PRIVATE_WITH_EGRESS }],
  ])('are one in each zone when there are several, and %s', (_when, vpcSubnets) => {
    const { stack, vpc, make, template } = setup(TWO_IN_EACH_ZONE);
    make({ vpcSubnets });
    const subnets = vpc.selectSubnets({ subnetGroupName: 'app' }).subnetIds;
    expect(vpc.privateSubnets).toHaveLength(4);
    expect(all(template(), TARGET).map(({ SubnetId }) => SubnetId)).toEqual(stack.resolve(subnets));
  });

  test('are those that are listed', () => {
    const { stack, vpc, make, template } = setup(TWO_IN_EACH_ZONE);
    const subnets = vpc.selectSubnets({ subnetGroupName: 'jobs' }).subnets;
    make({ vpcSubnets: { subnets } });
    expect(all(template(), TARGET).map(({ SubnetId }) => SubnetId)).toEqual(
      subnets.map(({ subnetId }) => stack.resolve(subnetId)),
    );
  });

  test('are the first of each zone when several are listed', () => {
    const { stack, vpc, make, template } = setup(TWO_IN_EACH_ZONE);
    make({ vpcSubnets: { subnets: vpc.privateSubnets } });
    const subnets = vpc.selectSubnets({ subnetGroupName: 'app' }).subnetIds;
    expect(all(template(), TARGET).map(({ SubnetId }) => SubnetId)).toEqual(stack.resolve(subnets));
  });

  test('fails when none is selected', () => {
    const { make } = setup({}, ENV);
    expectFailure(
      () => make({ vpcSubnets: { availabilityZones: ['eu-west-1x'] } }),
      'vpcSubnets must select at least one subnet for mount targets, got none: leave it out for the private subnets',
    );
  });
});

describe('a SharedFileSystem of one zone', () => {
  const found = (template: Template) => ({
    zone: only(template, TYPE).Properties.AvailabilityZoneName,
    subnets: all(template, TARGET).map(({ SubnetId }) => SubnetId),
  });

  test('is of several unless told otherwise', () => {
    const { make, template } = setup();
    make();
    expect(only(template(), TYPE).Properties).not.toHaveProperty('AvailabilityZoneName');
  });

  test('stands in the first zone, with one mount target', () => {
    const { stack, vpc, make, template } = setup({}, ENV);
    make({ oneZone: true });
    expect(found(template())).toEqual({
      zone: 'dummy1a',
      subnets: [stack.resolve(vpc.privateSubnets[0].subnetId)],
    });
  });

  test('stands in the zone that is named', () => {
    const { stack, vpc, make, template } = setup({}, ENV);
    make({ oneZone: true, vpcSubnets: { availabilityZones: ['dummy1b'] } });
    expect(found(template())).toEqual({
      zone: 'dummy1b',
      subnets: [stack.resolve(vpc.privateSubnets[1].subnetId)],
    });
  });

  test('stands in the first zone where the environment is not known', () => {
    const { stack, vpc, make, template } = setup();
    make({ oneZone: true });
    expect(found(template())).toEqual({
      zone: { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] },
      subnets: [stack.resolve(vpc.privateSubnets[0].subnetId)],
    });
  });

  test('stands in isolated subnets when the VPC has no other private ones', () => {
    const { stack, vpc, make, template } = setup({ natGateways: 0 });
    make({ oneZone: true });
    expect(found(template()).subnets).toEqual([stack.resolve(vpc.isolatedSubnets[0].subnetId)]);
  });

  test('stands in private subnets rather than in isolated ones', () => {
    const subnetConfiguration = [
      { name: 'data', subnetType: PRIVATE_ISOLATED },
      { name: 'app', subnetType: PRIVATE_WITH_EGRESS },
      EDGE,
    ];
    const { stack, vpc, make, template } = setup({ subnetConfiguration });
    make({ oneZone: true });
    expect(found(template()).subnets).toEqual([stack.resolve(vpc.privateSubnets[0].subnetId)]);
  });

  test('stands in the group that is named, also where a zone has several', () => {
    const { stack, vpc, make, template } = setup(TWO_IN_EACH_ZONE, ENV);
    make({ oneZone: true, vpcSubnets: { subnetGroupName: 'jobs', availabilityZones: ['dummy1b'] } });
    const [subnet] = vpc.selectSubnets({ subnetGroupName: 'jobs', availabilityZones: ['dummy1b'] }).subnetIds;
    expect(found(template())).toEqual({ zone: 'dummy1b', subnets: [stack.resolve(subnet)] });
  });

  test('stands in the first zone of a group', () => {
    const { stack, vpc, make, template } = setup(TWO_IN_EACH_ZONE, ENV);
    make({ oneZone: true, vpcSubnets: { subnetGroupName: 'jobs' } });
    const [subnet] = vpc.selectSubnets({ subnetGroupName: 'jobs' }).subnetIds;
    expect(found(template())).toEqual({ zone: 'dummy1a', subnets: [stack.resolve(subnet)] });
  });

  test('fails when two zones are named', () => {
    const { make } = setup({}, ENV);
    expectFailure(
      () => make({ oneZone: true, vpcSubnets: { availabilityZones: ['dummy1a', 'dummy1b'] } }),
      'vpcSubnets.availabilityZones must have one zone when oneZone is true, got 2: choose one of them',
    );
  });
});
