import { Size, Stack, Token, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Deployment, EcsCluster, Scaling } from '../../lib';
import type { ContainerOptions } from '../../lib';
import { expectFailure, expectWrong } from '../support/errors';
import type { WrongInput } from '../support/errors';
import { Fixture, IMAGE, newApp } from '../support/fixture';

const of = (options: Partial<ContainerOptions>) => () => ({ container: { image: IMAGE, ...options } });

describe('a WebService with a wrong port or size', () => {
  test.each<WrongInput>([
    ['port is 0', () => ({ port: 0 }), 'port must be between 1 and 65535, got 0'],
    ['port is too high', () => ({ port: 70000 }), 'port must be between 1 and 65535, got 70000'],
    ['port is negative', () => ({ port: -80 }), 'port must be between 1 and 65535, got -80'],
    ['port is no whole number', () => ({ port: 80.5 }), 'port must be a whole number, got 80.5'],
    ['port is no number', () => ({ port: NaN }), 'port must be between 1 and 65535, got NaN'],
    [
      'cpuUnits is no size of Fargate',
      () => ({ cpuUnits: 300 }),
      'cpuUnits must be one of 256, 512, 1024, 2048, 4096, 8192, 16384 on Fargate, got 300',
    ],
    [
      'memory does not go with cpuUnits',
      () => ({ cpuUnits: 256, memory: Size.gibibytes(4) }),
      'memory must be one of 512, 1024, 2048 MiB for 256 CPU units on Fargate, got 4096 MiB',
    ],
    [
      'memory is more than there is',
      () => ({ memory: Size.gibibytes(500) }),
      "the task's containers must fit the largest Fargate task (16384 CPU units with 122880 MiB), got 0 CPU units and 512000 MiB: give the containers less or split the task",
    ],
    [
      'memory is less than the container needs',
      () => ({ memory: Size.gibibytes(1), ...of({ memory: Size.gibibytes(2) })() }),
      "memory must be at least 2048 MiB, the sum of the task's containers and tmpfs mounts, got 1024",
    ],
    [
      'cpuUnits are less than the container needs',
      () => ({ cpuUnits: 256, ...of({ cpuUnits: 512 })() }),
      "cpuUnits must be at least 512 CPU units, the sum of the task's containers and tmpfs mounts, got 256",
    ],
    [
      'cpuUnits come with too little memory for the container',
      () => ({ cpuUnits: 256, ...of({ memory: Size.gibibytes(3) })() }),
      'a task of 256 CPU units has at most 2048 MiB on Fargate, but its containers and tmpfs mounts need 3072 MiB: raise cpuUnits',
    ],
    [
      'cpuUnits is a token and memory is left out',
      () => ({ cpuUnits: Token.asNumber({ Ref: 'Cpu' }) }),
      'cpuUnits and memory of the task must both be given when one of them, or of its containers, is a token: a size that is not known cannot be picked',
    ],
    [
      'memory of the container is a token and the size of the task is left out',
      of({ memory: Size.mebibytes(Token.asNumber({ Ref: 'Memory' })) }),
      'cpuUnits and memory of the task must both be given when one of them, or of its containers, is a token: a size that is not known cannot be picked',
    ],
    ['cpuUnits of the container are negative', of({ cpuUnits: -5 }), 'container.cpuUnits must be at least 1, got -5'],
    [
      'cpuUnits of the container are no whole number',
      of({ cpuUnits: 0.5 }),
      'container.cpuUnits must be at least 1, got 0.5',
    ],
    [
      'memory of the container is tiny',
      of({ memory: Size.mebibytes(5) }),
      'container.memory in MiB must be at least 6, got 5',
    ],
    [
      'scratch directories fill the memory of the container',
      of({ memory: Size.mebibytes(64) }),
      'container.memory must be greater than its scratch directories together, got 64 and 64 MiB: raise it, or make them smaller',
    ],
    [
      'the disk is smaller than the free one',
      () => ({ ephemeralStorage: Size.gibibytes(20) }),
      'ephemeralStorage in GiB must be between 21 and 200, got 20',
    ],
    [
      'the disk is too large',
      () => ({ ephemeralStorage: Size.gibibytes(201) }),
      'ephemeralStorage in GiB must be between 21 and 200, got 201',
    ],
    [
      'a deployment keeps more than all tasks',
      () => ({ deployment: Deployment.rolling({ minHealthyPercent: 150 }) }),
      'minHealthyPercent must be between 0 and 100, got 150',
    ],
    [
      'minTasks is above maxTasks',
      () => ({ scaling: Scaling.between({ minTasks: 9, maxTasks: 2 }) }),
      'minTasks must not be greater than maxTasks, got 9 and 2',
    ],
  ])('fails when %s', (_what, props, message) => {
    expectWrong(props, message);
  });
});

describe('a WebService in a wrong network', () => {
  const WAYS_OUT =
    'use a VPC with private subnets, or set assignPublicIp to true with vpcSubnets { subnetType: ec2.SubnetType.PUBLIC }';

  /** A cluster in a VPC that has subnets of one kind only. */
  function clusterIn(subnetType: ec2.SubnetType) {
    const stack = new Stack(newApp(), 'Shop');
    const subnetConfiguration = [{ name: 'only', subnetType }];
    const vpc = new ec2.Vpc(stack, 'Vpc', { subnetConfiguration, natGateways: 0, restrictDefaultSecurityGroup: false });
    return { cluster: new EcsCluster(stack, 'Ecs', { vpc }).cluster, stack };
  }

  test('fails when there are no private subnets, and names the ways out', () => {
    const { cluster, stack } = clusterIn(ec2.SubnetType.PUBLIC);
    expectFailure(
      () => new Fixture().web({ cluster }, stack),
      `tasks need private subnets, and the VPC has none: ${WAYS_OUT}`,
    );
  });

  test('fails when the tasks are to be public in a VPC that is not', () => {
    const { cluster, stack } = clusterIn(ec2.SubnetType.PRIVATE_ISOLATED);
    expectFailure(
      () => new Fixture().web({ cluster, assignPublicIp: true }, stack),
      'assignPublicIp needs public subnets, and the VPC has none: leave it out',
    );
  });

  test.each<WrongInput>([
    [
      'the tasks are in public subnets without a public address',
      () => ({ vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }),
      `tasks in public subnets must have assignPublicIp true, or they reach nothing and pull no image, got vpcSubnets that are public: ${WAYS_OUT}`,
    ],
    [
      'some of the subnets are public',
      ({ vpc }) => ({ vpcSubnets: { subnets: [vpc.privateSubnets[0], vpc.publicSubnets[0]] } }),
      /^tasks in public subnets must have assignPublicIp true/,
    ],
    [
      'the list of subnets is empty',
      () => ({ vpcSubnets: { subnets: [] } }),
      'vpcSubnets must select at least one subnet, got none: leave it out for the private subnets',
    ],
    [
      'there are too many security groups',
      ({ stack, vpc }) => ({
        securityGroups: [1, 2, 3, 4, 5, 6].map((n) => new ec2.SecurityGroup(stack, `Group${n}`, { vpc })),
      }),
      'the number of securityGroups must be between 1 and 5, got 6',
    ],
    [
      'the list of security groups is empty',
      () => ({ securityGroups: [] }),
      'the number of securityGroups must be between 1 and 5, got 0',
    ],
  ])('fails when %s', (_what, props, message) => {
    expectWrong(props, message);
  });
});
