import { Errors, Stack } from 'aws-cdk-lib';
import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkOneOf } from '../../rules/choices';
import { ContainersError } from '../../rules/errors';
import { checkBoolean, checkOptions } from '../../rules/given';
import { checkZones, checkZonesOfRegion, portRanges } from '../../rules/networks';
import type { PortRange } from '../../rules/networks';
import type { ContainerNetworkProps } from '../container-network-props';
import { NatGateways } from '../nat-gateways';

const SWITCHES = ['publicTier', 'networkAcls', 'flowLogs', 'restrictDefaultSecurityGroup'] as const;
const PROPS = [
  'ipAddresses',
  'maxAzs',
  'availabilityZones',
  'natGateways',
  'natGatewayProvider',
  'publicPorts',
  'outboundPorts',
  'flowLogOptions',
  ...SWITCHES,
];

/** What somebody wants of a network, and what follows from that. */
export interface NetworkChoices {
  readonly zones: number;
  readonly natGateways: NatGateways;
  readonly publicPorts: PortRange[];
  readonly outboundPorts: PortRange[];
}

export function checkChoices(scope: Construct, props: ContainerNetworkProps): NetworkChoices {
  checkOptions('a ContainerNetwork', props, PROPS);
  SWITCHES.forEach((name) => checkBoolean(name, props[name]));
  const { publicTier = true, natGateways = publicTier ? NatGateways.ONE : NatGateways.NONE } = props;
  const choices = {
    zones: checkZones(props.maxAzs, props.availabilityZones),
    natGateways,
    publicPorts: portRanges('publicPorts', props.publicPorts),
    outboundPorts: portRanges('outboundPorts', props.outboundPorts),
  };
  if (props.availabilityZones) checkZonesOfRegion(props.availabilityZones, Stack.of(scope).availabilityZones);
  checkNat(natGateways, props.natGatewayProvider);
  checkWays(publicTier, choices);
  return choices;
}

function checkNat(natGateways: NatGateways, provider: ec2.NatProvider | undefined): void {
  checkOneOf('natGateways', natGateways, Object.values(NatGateways));
  if (provider === undefined) return;
  if (natGateways === NatGateways.NONE) {
    throw new ContainersError(
      'natGatewayProvider must be left out with NatGateways.NONE, got one: it would have nothing to do',
    );
  }
  if (typeof provider?.configureNat !== 'function') {
    throw new ContainersError(
      `natGatewayProvider must be one such as ec2.NatProvider.gateway(), got ${String(provider)}`,
    );
  }
}

/** NAT needs public addresses, and ports need a way to where they lead. */
function checkWays(publicTier: boolean, { natGateways, publicPorts, outboundPorts }: NetworkChoices): void {
  if (!publicTier && natGateways !== NatGateways.NONE) {
    throw new ContainersError(
      `natGateways must be NatGateways.NONE without a public tier, got ${natGateways}: NAT gateways need an internet gateway`,
    );
  }
  if (!publicTier && publicPorts.length > 0) {
    throw new ContainersError(
      'publicPorts must be left out without a public tier, got some: nothing outside reaches them',
    );
  }
  if (natGateways === NatGateways.NONE && outboundPorts.length > 0) {
    throw new ContainersError(
      'outboundPorts must be left out without NAT gateways, got some: containers reach nothing outside, so use addEntry of containerNetworkAcl for other ways out',
    );
  }
}

/** Says of too few addresses what to change, which CDK sees only when it makes the gateways. */
export function withAddresses<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (Errors.isValidationError(error) && error.name === 'EnoughGatewayAllocationProvided') {
      throw new ContainersError(
        'eipAllocationIds of natGatewayProvider must be one for each NAT gateway, got fewer: name one for NatGateways.ONE, and one for each zone for NatGateways.PER_ZONE',
      );
    }
    throw error;
  }
}
