import { checkGiven, checkList, checkOptions } from '../rules/given';
import { commonHardware } from '../rules/hardware';
import type { Hardware } from '../rules/hardware';
import { checkBlockType, checkMix, checkReservation, NODE_TYPES } from '../rules/nodes';

/** What follows from a capacity. */
export interface NodeCapacityParts {
  readonly instanceTypes: string[];
  readonly hardware: Hardware;
  readonly kind: 'ON_DEMAND' | 'SPOT' | 'CAPACITY_BLOCK' | 'MIXED';
  /** Of MIXED: how much is On-Demand. */
  readonly onDemandBase?: number;
  readonly onDemandPercent?: number;
  /** Reserved instances that must be used. */
  readonly capacityReservationId?: string;
  readonly capacityReservationGroupArn?: string;
}

/** Reserved instances for On-Demand nodes. */
export interface OnDemandNodeOptions {
  /**
   * The capacity reservation in which all nodes start, which is in one zone.
   * @default - none
   */
  readonly capacityReservationId?: string;

  /**
   * A resource group of capacity reservations in which the nodes start.
   * @default - none
   */
  readonly capacityReservationGroupArn?: string;
}

/** How much of mixed nodes is On-Demand. */
export interface MixedNodeOptions {
  /**
   * How many of the nodes are On-Demand before any is Spot.
   * @default 0
   */
  readonly onDemandBase?: number;

  /**
   * How much of what is above the base is On-Demand, in percent.
   * @default 0
   */
  readonly onDemandPercent?: number;
}

/** Capacity that was bought for some days. */
export interface CapacityBlockNodeOptions {
  /** The capacity reservation that the block is. */
  readonly capacityReservationId: string;
}

/**
 * Which instances Kubernetes nodes are, and how they are paid for. The instance types of one capacity have the same processor
 * architecture and kind of accelerator, because they share an image.
 */
export class NodeCapacity {
  /**
   * Instances that stay until nobody needs them, at the full price.
   * @param instanceTypes such as `m7g.large`, the first is the first choice
   * @throws when the types do not go with each other, or are more than 20, or a reservation is none
   */
  public static onDemand(instanceTypes: string[], options: OnDemandNodeOptions = {}): NodeCapacity {
    checkOptions('NodeCapacity.onDemand', options, ['capacityReservationId', 'capacityReservationGroupArn']);
    checkReservation(options.capacityReservationId, options.capacityReservationGroupArn);
    return NodeCapacity._of({ ...typed(instanceTypes), ...options, kind: 'ON_DEMAND' });
  }

  /**
   * Instances that AWS may want back within two minutes, up to 90 % cheaper.
   * @param instanceTypes such as `m7g.large`; three or more, so that one takes the place of another: fewer are a warning
   * @throws when the types do not go with each other, or are more than 20
   */
  public static spot(instanceTypes: string[]): NodeCapacity {
    return NodeCapacity._of({ ...typed(instanceTypes), kind: 'SPOT' });
  }

  /**
   * Some On-Demand and the rest Spot, for `SelfManagedNodes` only. Managed node groups have one kind: make two.
   * @param instanceTypes such as `m7g.large`; three or more: fewer are a warning
   * @throws when the types do not go with each other, or are more than 20, or a number is out of bounds
   */
  public static mixed(instanceTypes: string[], options: MixedNodeOptions = {}): NodeCapacity {
    checkOptions('NodeCapacity.mixed', options, ['onDemandBase', 'onDemandPercent']);
    const { onDemandBase = 0, onDemandPercent = 0 } = options;
    checkMix(onDemandBase, onDemandPercent);
    return NodeCapacity._of({ ...typed(instanceTypes), onDemandBase, onDemandPercent, kind: 'MIXED' });
  }

  /**
   * Instances with GPUs or Neuron devices that were bought for a time in advance, in one zone.
   * @param instanceType the one that the block has, such as `p5.48xlarge`
   * @throws when the reservation is none
   * @see https://docs.aws.amazon.com/eks/latest/userguide/capacity-blocks-mng.html
   */
  public static capacityBlock(instanceType: string, options: CapacityBlockNodeOptions): NodeCapacity {
    checkGiven('instanceType', instanceType);
    checkOptions('NodeCapacity.capacityBlock', options, ['capacityReservationId']);
    checkGiven('capacityReservationId', options.capacityReservationId);
    checkReservation(options.capacityReservationId, undefined);
    const block = typed([instanceType]);
    checkBlockType(String(instanceType), block.hardware.accelerator);
    return NodeCapacity._of({ ...block, ...options, kind: 'CAPACITY_BLOCK' });
  }

  /** @internal */
  public static _of(parts: NodeCapacityParts): NodeCapacity {
    return new NodeCapacity(parts);
  }

  private constructor(private readonly parts: NodeCapacityParts) {}

  /** @internal */
  public _bind(): NodeCapacityParts {
    return this.parts;
  }
}

/** What follows from the types. `ec2.InstanceType`s come by with users of CDK, and say their names. */
function typed(given: string[]): Pick<NodeCapacityParts, 'instanceTypes' | 'hardware'> {
  checkGiven('instanceTypes', given);
  checkList('instanceTypes', given);
  const instanceTypes = given.map(String);
  return { instanceTypes, hardware: commonHardware(instanceTypes, NODE_TYPES, 'a node group') };
}
