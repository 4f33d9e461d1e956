import { aws_elasticloadbalancingv2 as elbv2, Validations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { addAlias, certificateOf, checkCertificate } from './domain';
import { isDualStack } from './load-balancer';
import { ContainersError, isToken } from '../../rules/errors';
import { checkGiven, checkList } from '../../rules/given';
import { checkDomainName, checkNameInZone, QUOTAS } from '../../rules/load-balancers';
import type { IngressDomain } from '../ingress-options';

/** The names of a shared load balancer. */
export class IngressDomains {
  /** All of them, in the order in which they came. */
  public readonly names: string[] = [];
  private certificates = 0;

  constructor(
    private readonly ingress: Construct,
    private readonly loadBalancer: elbv2.IApplicationLoadBalancer,
  ) {}

  /** Makes the records of a domain. */
  public addRecords(scope: Construct, { zone, names }: IngressDomain): void {
    const dualStack = isDualStack(this.loadBalancer);
    names.forEach((name, index) => {
      this.names.push(name);
      const id = isToken(name) ? `Alias${index + 1}` : `Alias-${name}`;
      addAlias(scope, id, { zone, name, dualStack }, this.loadBalancer);
    });
  }

  /** Adds a domain to a listener that is there already; none when it speaks plain HTTP. */
  public add(id: string, domain: IngressDomain, listener: elbv2.IApplicationListener | undefined): void {
    checkDomain(domain, listener !== undefined);
    const scope = new Construct(this.scope, id);
    if (listener) {
      this.count(1);
      const certificates = [certificateOf(scope, domain)];
      new elbv2.ApplicationListenerCertificate(scope, 'ListenerCertificate', { listener, certificates });
    }
    this.addRecords(scope, domain);
  }

  /** Ids of users stand apart from those of the library. */
  private get scope(): Construct {
    return (
      (this.ingress.node.tryFindChild('Domains') as Construct | undefined) ?? new Construct(this.ingress, 'Domains')
    );
  }

  /** Beside the default certificate, of which there is one more. */
  public count(certificates: number): void {
    const before = this.certificates;
    this.certificates += certificates;
    const most = QUOTAS.certificates + 1;
    if (before > most || this.certificates <= most) return;
    Validations.of(this.ingress).addWarning(
      'cdk-containers:IngressCertificates',
      `a load balancer has at most ${QUOTAS.certificates} certificates beside the default one unless AWS raised the quota, and '${this.ingress.node.path}' needs more: use wildcards, several names in a certificate, or a second Ingress.`,
    );
  }
}

/** Fails for names that cannot lead to the load balancer. */
export function checkDomain(domain: IngressDomain, encrypted: boolean): void {
  checkGiven('domain', domain);
  const { zone, names, certificate } = domain;
  checkGiven('domain.zone', zone);
  checkList('domain.names', names);
  if (!names?.length) {
    throw new ContainersError(
      `domain.names must have at least one name, got none: use ['${zone.zoneName}'] for the zone itself`,
    );
  }
  names.forEach((name) => {
    checkGiven('a name of domain.names', name);
    checkDomainName(name);
    checkNameInZone(name, zone.zoneName);
  });
  if (encrypted) return checkCertificate(domain);
  if (certificate) {
    throw new ContainersError('domain.certificate must be left out with plain HTTP, got one: nobody would see it');
  }
}
