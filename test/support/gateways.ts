import { aws_ec2 as ec2, aws_wafv2 as wafv2 } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import { Fixture, only } from './fixture';
import { serviceOf } from './resources';
import { EcsGateway } from '../../lib';
import type { EcsGatewayProps, GatewayRouteOptions, WebServiceProps } from '../../lib';

export const GATEWAY = 'AWS::ECS::Gateway';
export const ASSOCIATIONS = 'AWS::ECS::GatewayClusterAssociations';

/** A gateway for the cluster of a fixture. */
export function made(props: Partial<EcsGatewayProps> = {}, fixture = new Fixture()) {
  const { stack, vpc, cluster } = fixture;
  const gateway = new EcsGateway(stack, 'Gateway', { vpc, clusters: [cluster], ...props });
  return { fixture, gateway };
}

/** The configuration of a gateway in the template. */
export function configured(props: (fixture: Fixture) => Partial<EcsGatewayProps>) {
  const fixture = new Fixture();
  made(props(fixture), fixture);
  const template = fixture.template();
  return { template, configuration: only(template, GATEWAY).Properties.Configuration.HostSharedAlb };
}

/** The connector of a service that takes a route. */
export function routed(
  options?: GatewayRouteOptions,
  web: Partial<WebServiceProps> = {},
  props: Partial<EcsGatewayProps> = {},
) {
  const { fixture, gateway } = made(props);
  const service = fixture.web({ routing: gateway.route(options), ...web });
  const template = fixture.template();
  const { GatewayConnectors, ...properties } = serviceOf(template);
  expect(GatewayConnectors).toHaveLength(1);
  return { fixture, gateway, service, template, properties, connector: GatewayConnectors[0] };
}

/** A web ACL that looks at nothing. */
export function newWebAcl(stack: Stack): wafv2.CfnWebACL {
  const visibilityConfig = { cloudWatchMetricsEnabled: true, metricName: 'acl', sampledRequestsEnabled: true };
  return new wafv2.CfnWebACL(stack, 'Acl', { defaultAction: { allow: {} }, scope: 'REGIONAL', visibilityConfig });
}

/** A network with subnets in zones of which the ids are known. */
export function importedVpc(stack: Stack, vpcId: string, availabilityZones = ['eu-west-1a', 'eu-west-1b']): ec2.IVpc {
  const each = (name: string) => availabilityZones.map((_zone, index) => `${name}${index}`);
  return ec2.Vpc.fromVpcAttributes(stack, `Imported${vpcId}`, {
    vpcId,
    availabilityZones,
    publicSubnetIds: each('subnet-0123456789abcdef'),
    publicSubnetRouteTableIds: each('rtb-0123456789abcdef'),
    privateSubnetIds: each('subnet-0123456789abcde0'),
    privateSubnetRouteTableIds: each('rtb-0123456789abcde0'),
  });
}
