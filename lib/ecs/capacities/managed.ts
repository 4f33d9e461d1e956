import { aws_ecs as ecs } from 'aws-cdk-lib';
import { checkInstances } from './instances';
import { checkZones } from '../../rules/instances';
import type { Instances } from '../../rules/instances';
import { PLATFORMS } from '../../rules/platforms';
import { instanceSize } from '../../rules/task-size';
import { knownZones } from '../../rules/zones';
import type { CapacityKind, ProviderHome } from '../capacity';
import { serviceSettings } from '../private/service-settings';

/** A capacity provider of Managed Instances, as far as it is known. */
export interface ManagedProvider {
  readonly path: string;
  readonly capacityProviderName: string;
  readonly instances?: Instances;
  readonly home?: ProviderHome;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html */
export function managedInstances({ path, capacityProviderName, instances, home }: ManagedProvider): CapacityKind {
  return {
    name: `the managed instances '${path}'`,
    platform: PLATFORMS.managedInstances,
    compatibility: ecs.Compatibility.MANAGED_INSTANCES,
    networkMode: ecs.NetworkMode.AWS_VPC,
    arm: instances?.arm,
    providers: [],
    homes: home && [home],
    sizeOf: instanceSize,
    checkTask: (needs) => (instances ? checkInstances(instances, needs) : []),
    createService(scope, id, options) {
      const { subnets } = options.cluster.vpc.selectSubnets(options.vpcSubnets);
      if (instances) checkZones([instances], knownZones(subnets));
      const strategy = [{ capacityProvider: capacityProviderName, weight: 1 }];
      // The L2 has no other class for them: the strategy says what it is.
      return new ecs.FargateService(scope, id, serviceSettings(options, strategy));
    },
  };
}
