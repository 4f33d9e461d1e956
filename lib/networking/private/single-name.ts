import { checkCertificate } from './domain';
import { ContainersError, isToken } from '../../rules/errors';
import { checkGiven, checkOptions } from '../../rules/given';
import { checkDomainName, checkNameInZone } from '../../rules/load-balancers';
import type { DomainOptions } from '../domain-options';

/** Fails for a name that cannot get its alias record. */
export function checkDomainOptions(property: string, options: DomainOptions): void {
  checkOptions(property, options, ['name', 'zone', 'certificate']);
  const { name, zone } = options;
  checkGiven(`${property}.name`, name);
  checkGiven(`${property}.zone`, zone);
  if (typeof zone === 'string') {
    throw new ContainersError(`${property}.zone must be a hosted zone, got '${String(zone)}': look it up or import it`);
  }
  checkDomainName(name);
  checkNameInZone(name, zone.zoneName);
}

/**
 * Fails for a name that cannot get its alias record, or the certificate that it needs when it is encrypted, or that is many
 * names, for what is no load balancer.
 */
export function checkSingleName(property: string, options: DomainOptions, encrypted: boolean): void {
  checkDomainOptions(property, options);
  const { name, zone, certificate } = options;
  if (!isToken(name) && name.startsWith('*.')) {
    throw new ContainersError(
      `${property}.name must be one name, got '${name}': behind any name stands a load balancer only`,
    );
  }
  if (encrypted) checkCertificate({ zone, names: [name], certificate });
}
