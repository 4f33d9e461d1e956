import {
  aws_certificatemanager as acm,
  aws_route53 as route53,
  aws_route53_targets as targets,
  Stack,
} from 'aws-cdk-lib';
import type { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContainersError } from '../../rules/errors';
import { isOfType } from '../../rules/resources';

/** Names of a load balancer, and the zone of their records. */
export interface DomainNames {
  readonly zone: route53.IHostedZone;
  readonly names: string[];
  readonly certificate?: acm.ICertificate;
}

/** Fails when a new certificate could not be validated. */
export function checkCertificate({ zone, names, certificate }: DomainNames): void {
  if (certificate || !isPrivate(zone)) return;
  throw new ContainersError(
    `a certificate for '${names[0]}' cannot be validated in a private zone, because nobody outside sees it: pass certificate`,
  );
}

/** The certificate that was given, or a new one for all names. */
export function certificateOf(scope: Construct, { zone, names, certificate }: DomainNames): acm.ICertificate {
  const [domainName, ...subjectAlternativeNames] = names;
  return (
    certificate ??
    new acm.Certificate(scope, 'Certificate', {
      domainName,
      subjectAlternativeNames: subjectAlternativeNames.length > 0 ? subjectAlternativeNames : undefined,
      validation: acm.CertificateValidation.fromDns(zone),
    })
  );
}

/** Points a name at a load balancer. */
export function addAlias(
  scope: Construct,
  id: string,
  domain: { readonly zone: route53.IHostedZone; readonly name: string; readonly dualStack: boolean },
  loadBalancer: elbv2.ILoadBalancerV2,
): void {
  checkNewRecord(scope, domain);
  const record = {
    zone: domain.zone,
    recordName: `${domain.name}.`,
    target: route53.RecordTarget.fromAlias(new targets.LoadBalancerTarget(loadBalancer)),
  };
  new route53.ARecord(scope, id, record);
  if (domain.dualStack) new route53.AaaaRecord(scope, `${id}Ipv6`, record);
}

const RECORDS = new WeakMap<Stack, Map<string, string>>();

/** A zone takes one alias record for a name. Zones of two stacks may be of two accounts, whatever their ids say. */
function checkNewRecord(
  scope: Construct,
  { zone, name }: { readonly zone: route53.IHostedZone; readonly name: string },
) {
  const stack = Stack.of(scope);
  const records = RECORDS.get(stack) ?? new Map<string, string>();
  RECORDS.set(stack, records);
  const key = `${zone.hostedZoneId} ${name}`;
  const owner = records.get(key);
  if (owner !== undefined) {
    throw new ContainersError(
      `the record '${name}' of the zone '${zone.node.path}' must point to one load balancer, got '${scope.node.path}' beside '${owner}': use another name, or another zone`,
    );
  }
  records.set(key, scope.node.path);
}

/** Known of zones that this app makes. */
function isPrivate(zone: route53.IHostedZone): boolean {
  const resource = zone.node.defaultChild;
  if (!isOfType(resource, route53.CfnHostedZone.CFN_RESOURCE_TYPE_NAME)) return false;
  return Stack.of(resource).resolve((resource as route53.CfnHostedZone).vpcs)?.length > 0;
}
