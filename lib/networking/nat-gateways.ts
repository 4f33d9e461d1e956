/**
 * How containers reach what is outside of their network: images, APIs of AWS, others.
 *
 * Prices are those of us-east-1 in November 2026, for 730 hours: a NAT gateway and its public address; each GB through it is
 * 0.045 USD besides.
 */
export enum NatGateways {
  /** Not at all: the containers are isolated, and need VPC endpoints for what they call. Costs nothing by itself. */
  NONE = 'NONE',

  /** Through one zone, about 37 USD a month. When that zone fails, no container reaches anything outside. */
  ONE = 'ONE',

  /** Each zone through its own, about 37 USD a month for each zone: a zone that fails takes only itself along. */
  PER_ZONE = 'PER_ZONE',
}
