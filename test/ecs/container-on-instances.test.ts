import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Size, aws_ecs as ecs } from 'aws-cdk-lib';
import { Scaling, ScalingPolicy } from '../../lib';
import { Fixture, IMAGE, only } from '../support/fixture';
import { newPool, newWorker, types } from '../support/pools';
import { all, containerOf, serviceOf, taskOf } from '../support/resources';

test('a container has its GPUs to itself', () => {
  const fixture = new Fixture();
  const capacity = newPool(fixture, { instanceTypes: types('g6.12xlarge') }).capacity();
  newWorker(fixture, { capacity, container: { image: IMAGE, gpuCount: 2 } });
  expect(containerOf(fixture.template()).ResourceRequirements).toEqual([{ Type: 'GPU', Value: '2' }]);
});

test.each([
  [true, true],
  [false, false],
  [undefined, undefined],
])('a container is privileged when it says so: %s', (privileged, said) => {
  const fixture = new Fixture();
  const capacity = newPool(fixture, { agent: { allowPrivileged: true } }).capacity();
  newWorker(fixture, { capacity, container: { image: IMAGE, privileged } });
  expect(containerOf(fixture.template()).Privileged).toBe(said);
});

test('a container on Windows has nothing of Linux', () => {
  const fixture = new Fixture();
  const operatingSystemFamily = ecs.OperatingSystemFamily.WINDOWS_SERVER_2022_CORE;
  newWorker(fixture, { operatingSystemFamily });
  const template = fixture.template();
  expect(taskOf(template)).toMatchObject({
    Cpu: '1024',
    Memory: '2048',
    RuntimePlatform: { OperatingSystemFamily: 'WINDOWS_SERVER_2022_CORE', CpuArchitecture: 'X86_64' },
  });
  expect(containerOf(template)).not.toHaveProperty('ReadonlyRootFilesystem');
  expect(containerOf(template)).not.toHaveProperty('LinuxParameters');
});

test('allowed types that are ARM are looked for at their manufacturer, with an image for them', () => {
  const fixture = new Fixture();
  const requirements: ec2.InstanceRequirementsConfig = {
    vCpuCountMin: 2,
    memoryMin: Size.gibibytes(4),
    allowedInstanceTypes: ['m7g.*', 'c7g.xlarge'],
  };
  const capacity = newPool(fixture, { requirements }).capacity();
  newWorker(fixture, { capacity });
  const template = fixture.template();
  const { Overrides } = only(template, 'AWS::AutoScaling::AutoScalingGroup').Properties.MixedInstancesPolicy
    .LaunchTemplate;
  expect(Overrides[0].InstanceRequirements).toMatchObject({
    AllowedInstanceTypes: ['m7g.*', 'c7g.xlarge'],
    CpuManufacturers: ['amazon-web-services'],
  });
  expect(taskOf(template).RuntimePlatform.CpuArchitecture).toBe('ARM64');
  const images = Object.values(template.findParameters('*')).map(({ Default }) => Default);
  expect(images).toContain('/aws/service/bottlerocket/aws-ecs-2/arm64/latest/image_id');
});

test('metrics of high resolution are emitted each 20 seconds, and followed', () => {
  const fixture = new Fixture();
  const policies = [
    ScalingPolicy.cpu(60, { highResolution: true }),
    ScalingPolicy.memory(70, { highResolution: true }),
  ];
  newWorker(fixture, { scaling: Scaling.between({ minTasks: 2, maxTasks: 9, policies }) });
  const template = fixture.template();
  expect(serviceOf(template).Monitoring).toEqual({
    MetricConfigurations: [
      { MetricNames: ['CPUUtilization'], ResolutionSeconds: 20 },
      { MetricNames: ['MemoryUtilization'], ResolutionSeconds: 20 },
    ],
  });
  const followed = all(template, 'AWS::ApplicationAutoScaling::ScalingPolicy').map(
    (policy) =>
      policy.TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.PredefinedMetricType as string,
  );
  expect(followed.sort()).toEqual([
    'ECSServiceAverageCPUUtilizationHighResolution',
    'ECSServiceAverageMemoryUtilizationHighResolution',
  ]);
});

test('metrics are emitted each minute otherwise', () => {
  const fixture = new Fixture();
  newWorker(fixture, { scaling: Scaling.between({ minTasks: 2, maxTasks: 9 }) });
  expect(serviceOf(fixture.template())).not.toHaveProperty('Monitoring');
});
