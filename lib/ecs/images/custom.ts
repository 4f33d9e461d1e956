import { aws_ecs as ecs } from 'aws-cdk-lib';
import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { InstanceImageKind } from '../instance-image';
import { amazonLinux } from './al2023';
import { bottlerocketLinux } from './bottlerocket';

export function customImage(machineImage: ec2.IMachineImage, type: ecs.MachineImageType): InstanceImageKind {
  const parts = type === ecs.MachineImageType.BOTTLEROCKET ? bottlerocketLinux : amazonLinux;
  return { bind: () => parts(machineImage) };
}
