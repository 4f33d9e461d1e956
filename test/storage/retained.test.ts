import { aws_ec2 as ec2, RemovalPolicy, Size } from 'aws-cdk-lib';
import { InstanceImage, LustreFileSystem, OntapFileSystem } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture } from '../support/fixture';
import { newPool } from '../support/pools';
import { resourceOf } from '../support/resources';

function setup(removalPolicy?: RemovalPolicy) {
  const fixture = new Fixture();
  const { stack, vpc } = fixture;
  const lustre = new LustreFileSystem(stack, 'Lustre', { vpc, removalPolicy });
  const ontap = new OntapFileSystem(stack, 'Ontap', { vpc, removalPolicy, storageCapacity: Size.tebibytes(1) });
  ontap.addVolume('Data', { junctionPath: '/data', size: Size.gibibytes(1) });
  newPool(fixture, { image: InstanceImage.al2023(), fileSystems: [lustre, ontap] });
  const template = fixture.template();
  const rules = ['Ingress', 'Egress'].flatMap((kind) =>
    Object.entries(template.findResources(`AWS::EC2::SecurityGroup${kind}`)),
  );
  return { lustre, ontap, template, rules };
}

test.each([
  [undefined, 'Retain'],
  [RemovalPolicy.DESTROY, 'Delete'],
])('security groups go or stay with their file systems: %s', (policy, expected) => {
  const { lustre, ontap, template, rules } = setup(policy);
  for (const { securityGroup } of [lustre, ontap]) {
    expect(resourceOf(template, securityGroup)).toMatchObject({ DeletionPolicy: expected });
  }
  const own = rules.filter(([id]) => /^LustreSecurityGroup(from|to)ShopLustre/.test(id));
  expect(own).toHaveLength(4);
  for (const [, rule] of own) expect(rule).toMatchObject({ DeletionPolicy: expected });
  // Those of the instances go with the instances.
  const others = rules.filter(([id]) => !own.some(([known]) => known === id));
  expect(others.length).toBeGreaterThan(0);
  for (const [, rule] of others) expect(rule).not.toHaveProperty('DeletionPolicy');
});

test('two subnets of one zone are one for ONTAP', () => {
  const fixture = new Fixture();
  const vpc = new ec2.Vpc(fixture.stack, 'Twice', {
    subnetConfiguration: ['a', 'b'].map((name) => ({ name, subnetType: ec2.SubnetType.PRIVATE_ISOLATED })),
    natGateways: 0,
    restrictDefaultSecurityGroup: false,
  });
  const subnets = vpc.isolatedSubnets.filter(({ availabilityZone }) => availabilityZone === vpc.availabilityZones[0]);
  expect(subnets).toHaveLength(2);
  expectFailure(
    () =>
      new OntapFileSystem(fixture.stack, 'Ontap', { vpc, vpcSubnets: { subnets }, storageCapacity: Size.tebibytes(1) }),
    'vpcSubnets must select 2 subnets in two zones for MULTI_AZ_2, got 1: choose others, or another deploymentType',
  );
});
