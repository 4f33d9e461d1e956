import { Stack } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { newApp, Template } from './fixture';
import { ContainerNetwork } from '../../lib';
import type { ContainerNetworkProps } from '../../lib';

export const ENV = { account: '111122223333', region: 'eu-west-1' };
/** Context in which the region has four zones. */
export const ZONES = {
  [`availability-zones:account=${ENV.account}:region=${ENV.region}`]: ['a', 'b', 'c', 'd'].map(zone),
};

export function zone(letter: string): string {
  return `${ENV.region}${letter}`;
}

/** A network in a stack of its own. */
export function made(props: ContainerNetworkProps = {}, app: App = newApp(ZONES)) {
  const stack = new Stack(app, 'Shop', { env: ENV });
  const network = new ContainerNetwork(stack, 'Network', props);
  return { app, stack, network };
}

export function templateOf(props: ContainerNetworkProps = {}): Template {
  return Template.fromStack(made(props).stack);
}

/** The addresses of subnets, by tier and zone: `{ 'Containers eu-west-1a': '10.0.0.0/19' }`. */
export function subnetsOf(template: Template): Record<string, unknown> {
  const found = Object.values(template.findResources('AWS::EC2::Subnet')).map(({ Properties }) => {
    const tag = (name: string) => Properties.Tags.find(({ Key }: { Key: string }) => Key === name).Value;
    return [`${tag('aws-cdk:subnet-name')} ${Properties.AvailabilityZone}`, Properties.CidrBlock];
  });
  return Object.fromEntries(found);
}

/** The logical ids of resources of a type. */
export function idsOf(template: Template, type: string): string[] {
  return Object.keys(template.findResources(type)).sort();
}
