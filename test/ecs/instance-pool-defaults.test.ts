import { Tags } from 'aws-cdk-lib';
import { Fixture, only, warnings } from '../support/fixture';
import { ancestorsOf, expectAcyclic, graphOf } from '../support/graph';
import { expectNothingInline } from '../support/policies';
import { launchTemplateOf, newPool, newWorker } from '../support/pools';
import { idOf, lenientApp, once, resourceOf } from '../support/resources';

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';

const made = once(() => {
  const fixture = new Fixture();
  const pool = newPool(fixture);
  const worker = newWorker(fixture, { capacity: pool.capacity() });
  Tags.of(pool).add('team', 'shop');
  const template = fixture.template();
  return { ...fixture, pool, worker, template };
});
const launch = () => launchTemplateOf(made().template);
const group = () => ({
  id: only(made().template, GROUP).id,
  ...resourceOf(made().template, made().pool.autoScalingGroup),
});
const provider = () =>
  only(made().template, 'AWS::ECS::CapacityProvider').Properties.AutoScalingGroupProvider as Record<string, any>;

describe('an instance', () => {
  test('gives its metadata to sessions only, and to nobody a hop away', () => {
    expect(launch().MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
  });

  test('has encrypted gp3 disks, 30 GiB for images, containers and logs', () => {
    expect(launch().BlockDeviceMappings).toEqual([
      { DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeType: 'gp3' } },
      { DeviceName: '/dev/xvdb', Ebs: { Encrypted: true, VolumeType: 'gp3', VolumeSize: 30 } },
    ]);
  });

  test('has no public address, and a security group that lets nobody in', () => {
    const own = idOf(made().pool.securityGroup);
    expect(launch().NetworkInterfaces).toEqual([
      { DeviceIndex: 0, AssociatePublicIpAddress: false, Groups: [{ 'Fn::GetAtt': [own, 'GroupId'] }] },
    ]);
    const properties = resourceOf(made().template, made().pool.securityGroup).Properties;
    expect(properties).not.toHaveProperty('SecurityGroupIngress');
    made().template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('cannot be reached by a key', () => {
    expect(launch()).not.toHaveProperty('KeyName');
  });

  test('is watched each minute', () => {
    expect(launch().Monitoring).toEqual({ Enabled: true });
  });

  test('has a role of its own through its profile, with nothing inline and nothing of AWS', () => {
    const profile = only(made().template, 'AWS::IAM::InstanceProfile');
    expect(launch().IamInstanceProfile).toEqual({ Arn: { 'Fn::GetAtt': [profile.id, 'Arn'] } });
    expect(profile.Properties.Roles).toEqual([{ Ref: idOf(made().pool.role.role) }]);
    expectNothingInline(made().template);
  });

  test('runs no container as root of the machine, hides its metadata from them', () => {
    const text = JSON.stringify(launch().UserData);
    expect(text).toContain('allow-privileged-containers = false');
    expect(text).toContain('awsvpc-block-imds = true');
  });

  test.each(['instance', 'volume'])('hands the tags of the pool to its %s', (kind) => {
    const tags = launch().TagSpecifications.find(({ ResourceType }: any) => ResourceType === kind).Tags;
    expect(tags).toContainEqual({ Key: 'team', Value: 'shop' });
  });
});

describe('the group', () => {
  test('starts empty, in all private subnets, with no desired number that a deployment would set again', () => {
    expect(group().Properties).toMatchObject({ MinSize: '0', MaxSize: '4' });
    expect(group().Properties).not.toHaveProperty('DesiredCapacity');
    expect(group().Properties.VPCZoneIdentifier).toEqual([
      { Ref: expect.stringMatching('^VpcPrivateSubnet1') },
      { Ref: expect.stringMatching('^VpcPrivateSubnet2') },
    ]);
  });

  test('protects instances with tasks, checks their health, waits between steps, and tells its metrics', () => {
    expect(group().Properties).toMatchObject({
      NewInstancesProtectedFromScaleIn: true,
      HealthCheckType: 'EC2',
      HealthCheckGracePeriod: 300,
      Cooldown: '300',
      MetricsCollection: [{ Granularity: '1Minute' }],
    });
    expect(group().Properties).not.toHaveProperty('CapacityRebalance');
    expect(group().Properties).not.toHaveProperty('NotificationConfigurations');
    expect(group().Properties).not.toHaveProperty('MaxInstanceLifetime');
  });

  test('starts the newest version of the launch template', () => {
    const template = only(made().template, 'AWS::EC2::LaunchTemplate').id;
    expect(group().Properties.LaunchTemplate).toEqual({
      LaunchTemplateId: { Ref: template },
      Version: { 'Fn::GetAtt': [template, 'LatestVersionNumber'] },
    });
  });

  test('replaces instances by newer ones before old ones go, also protected ones', () => {
    expect(group().UpdatePolicy.AutoScalingInstanceRefresh).toEqual({
      Strategy: 'Rolling',
      Preferences: {
        MinHealthyPercentage: 100,
        MaxHealthyPercentage: 110,
        ScaleInProtectedInstances: 'Refresh',
        StandbyInstances: 'Terminate',
      },
    });
    expect(group().UpdatePolicy).not.toHaveProperty('AutoScalingRollingUpdate');
  });

  test('is made after the permissions of its instances and the routes of their subnets', () => {
    const { pool, template } = made();
    const routes = Object.keys(template.findResources('AWS::EC2::Route')).filter((id) => id.includes('PrivateSubnet'));
    expect(routes).toHaveLength(2);
    expect(group().DependsOn).toEqual(expect.arrayContaining([...pool.role.policies.map(idOf), ...routes]));
  });
});

describe('the capacity provider', () => {
  test('starts and stops instances, keeps those with tasks, and empties them first', () => {
    expect(provider()).toEqual({
      AutoScalingGroupArn: { Ref: group().id },
      ManagedScaling: { Status: 'ENABLED', TargetCapacity: 100 },
      ManagedTerminationProtection: 'ENABLED',
      ManagedDraining: 'ENABLED',
    });
  });

  test('needs no Lambda function, hook or topic to empty instances', () => {
    const kinds = Object.values(made().template.toJSON().Resources as Record<string, { Type: string }>);
    expect(kinds.map(({ Type }) => Type)).not.toContain('AWS::Lambda::Function');
    made().template.resourceCountIs('AWS::AutoScaling::LifecycleHook', 0);
    made().template.resourceCountIs('AWS::SNS::Topic', 0);
  });

  test('is made before the service, and deleted after it', () => {
    const { template, worker } = made();
    const before = ancestorsOf(graphOf(template), idOf(worker.service));
    expect([...before]).toEqual(expect.arrayContaining([group().id, only(template, 'AWS::ECS::CapacityProvider').id]));
    expectAcyclic(template);
  });

  test('gives rise to no warning', () => {
    expect(warnings(made().stack)).toEqual([]);
    expect(() => made().app.synth()).not.toThrow();
  });
});

test('a pool without a task says nothing of network interfaces', () => {
  const fixture = new Fixture(lenientApp());
  newPool(fixture, { awsvpcTrunking: false });
  expect(warnings(fixture.stack)).toEqual([]);
});
