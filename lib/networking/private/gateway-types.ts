import { aws_ecs as ecs, CfnResource, Validations } from 'aws-cdk-lib';
import type { CfnResourceProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** What CDK has no class for before 2.276. */
export function newGatewayResource(scope: Construct, id: string, props: CfnResourceProps): CfnResource {
  const resource = new CfnResource(scope, id, props);
  acknowledgeBelow276(resource, 'F3006');
  return resource;
}

/** Writes the connectors of a service, which is a property that CDK does not know before 2.276. */
export function overrideConnectors(service: ecs.CfnService, connectors: object[]): void {
  service.addPropertyOverride('GatewayConnectors', connectors);
  acknowledgeBelow276(service, 'F3002');
}

/** No row of FINDINGS: newer releases know it all, and judge it. */
function acknowledgeBelow276(resource: CfnResource, rule: string): void {
  if ('CfnGateway' in ecs) return;
  const reason = 'this release of CDK is older than Amazon ECS Gateway, and does not know its types and properties';
  Validations.of(resource).acknowledge({ id: `CloudFormation-Validate::${rule}`, reason });
}
