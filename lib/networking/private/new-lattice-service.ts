import { aws_iam as iam, aws_route53 as route53, aws_vpclattice as vpclattice } from 'aws-cdk-lib';
import type { aws_certificatemanager as acm, aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { accessLogGroupOf } from './access-log-group';
import { certificateOf } from './domain';
import type { DomainOptions } from '../domain-options';
import type { NewLatticeServiceOptions } from '../routes/lattice-options';

/** A VPC Lattice service, and what belongs to it. */
export interface MadeLatticeService {
  readonly latticeService: vpclattice.CfnService;
  readonly latticeListener: vpclattice.CfnListener;
  readonly certificate?: acm.ICertificate;
  readonly accessLogGroup?: logs.ILogGroup;
  readonly url: string;
}

/** Makes a service that answers 404 until it has a rule, and lets in nobody without a signature. */
export function newLatticeService(scope: Construct, options: NewLatticeServiceOptions): MadeLatticeService {
  const { domain, unauthenticated } = options;
  const protocol = (options.encrypted ?? true) ? 'HTTPS' : 'HTTP';
  const certificate =
    domain && protocol === 'HTTPS' ? certificateOf(scope, { ...domain, names: [domain.name] }) : undefined;
  const latticeService = new vpclattice.CfnService(scope, 'LatticeService', {
    authType: unauthenticated ? 'NONE' : 'AWS_IAM',
    customDomainName: domain?.name,
    certificateArn: certificate?.certificateArn,
  });
  if (!unauthenticated) authorize(scope, latticeService, options.authPolicy);
  if (domain) addRecord(scope, domain, latticeService);
  associate(scope, latticeService, options);
  const accessLogGroup = accessLogGroupOf(scope, options);
  if (accessLogGroup) {
    new vpclattice.CfnAccessLogSubscription(scope, 'AccessLogSubscription', {
      resourceIdentifier: latticeService.attrArn,
      destinationArn: accessLogGroup.logGroupArn,
    });
  }
  const latticeListener = new vpclattice.CfnListener(scope, 'LatticeListener', {
    serviceIdentifier: latticeService.attrArn,
    protocol,
    port: options.listenerPort,
    defaultAction: { fixedResponse: { statusCode: 404 } },
  });
  const host = domain?.name ?? latticeService.attrDnsEntryDomainName;
  const port = options.listenerPort === undefined ? '' : `:${options.listenerPort}`;
  return {
    latticeService,
    latticeListener,
    certificate,
    accessLogGroup,
    url: `${protocol.toLowerCase()}://${host}${port}`,
  };
}

/** Without a policy nobody would come in. */
function authorize(scope: Construct, service: vpclattice.CfnService, given: iam.PolicyDocument | undefined): void {
  const ofAccount = new iam.PolicyStatement({
    principals: [new iam.AccountRootPrincipal()],
    actions: ['vpc-lattice-svcs:Invoke'],
    resources: [`${service.attrArn}/*`],
  });
  new vpclattice.CfnAuthPolicy(scope, 'LatticeAuthPolicy', {
    resourceIdentifier: service.attrArn,
    policy: given ?? new iam.PolicyDocument({ statements: [ofAccount] }),
  });
}

function addRecord(scope: Construct, { name, zone }: DomainOptions, service: vpclattice.CfnService): void {
  const alias = { dnsName: service.attrDnsEntryDomainName, hostedZoneId: service.attrDnsEntryHostedZoneId };
  new route53.ARecord(scope, 'AliasRecord', {
    zone,
    recordName: `${name}.`,
    target: route53.RecordTarget.fromAlias({ bind: () => alias }),
  });
}

/** An association is replaced when its network changes, so that its place in the list may name it. */
function associate(scope: Construct, service: vpclattice.CfnService, options: NewLatticeServiceOptions): void {
  const networks = [
    ...(options.serviceNetworks ?? []).map(({ serviceNetworkRef }) => serviceNetworkRef.serviceNetworkArn),
    ...(options.serviceNetworkArns ?? []),
  ];
  networks.forEach((serviceNetworkIdentifier, index) => {
    new vpclattice.CfnServiceNetworkServiceAssociation(scope, `ServiceNetworkAssociation${index || ''}`, {
      serviceIdentifier: service.attrArn,
      serviceNetworkIdentifier,
    });
  });
}
