import type { aws_certificatemanager as acm, aws_route53 as route53 } from 'aws-cdk-lib';
import { checkCertificate } from './domain';
import { ContainersError, isToken } from '../../rules/errors';
import { checkDomainName, checkNameInZone } from '../../rules/load-balancers';

/** A name of its own for what is no load balancer. */
export interface SingleName {
  readonly name: string;
  readonly zone: route53.IHostedZone;
  readonly certificate?: acm.ICertificate;
}

/** Fails for a name that cannot get its alias record, or the certificate that it needs when it is encrypted. */
export function checkSingleName(property: string, { name, zone, certificate }: SingleName, encrypted: boolean): void {
  checkDomainName(name);
  checkNameInZone(name, zone.zoneName);
  if (!isToken(name) && name.startsWith('*.')) {
    throw new ContainersError(
      `${property} must be one name, got '${name}': behind any name stands a load balancer only`,
    );
  }
  if (encrypted) checkCertificate({ zone, names: [name], certificate });
}
