import { aws_ec2 as ec2, Stack, Validations } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { resourcesOf } from './references';
import { needsOf } from './workload-needs';
import { resourcesOfWorkload } from './workload-resources';

/** The endpoints of a VPC that this app makes, wherever they stand. */
export function endpointsIn(vpc: ec2.IVpc): ec2.CfnVPCEndpoint[] {
  const all = resourcesOf<ec2.CfnVPCEndpoint>(vpc.node.root, ec2.CfnVPCEndpoint.CFN_RESOURCE_TYPE_NAME);
  return all.filter((endpoint) => endpoint.vpcId === vpc.vpcId);
}

/** What an endpoint leads to, with the region that stands in it, as JSON. */
export function serviceOf(endpoint: ec2.CfnVPCEndpoint): string {
  return JSON.stringify(Stack.of(endpoint).resolve(endpoint.serviceName)) ?? '';
}

/** True for an endpoint of the service, also the one with FIPS. */
export function leadsTo(endpoint: ec2.CfnVPCEndpoint, name: string): boolean {
  return [`.${name}"`, `.${name}-fips"`].some((end) => serviceOf(endpoint).includes(end));
}

/** The last part of a service's name, as the tables have it: `ecr.api`. */
export function nameOfService(
  scope: Construct,
  service: ec2.IInterfaceVpcEndpointService | ec2.IGatewayVpcEndpointService,
): string {
  if ('shortName' in service) return String(service.shortName);
  const resolved: unknown = Stack.of(scope).resolve(service.name);
  const text = typeof resolved === 'string' ? resolved : JSON.stringify(resolved);
  const [, name] =
    /com\.amazonaws\.(?:[a-z0-9-]+|",\{"Ref":"AWS::Region"\},")\.([a-z0-9.-]+)"?[\]}]*$/.exec(text) ?? [];
  return name ?? text;
}

/** Workloads that look at their endpoints already. */
const watched = new WeakSet<IConstruct>();

/**
 * Endpoints may be made after the workload, and permissions granted after both, so it is looked at when all is there.
 */
export function warnWithoutEndpoints(workload: IConstruct, vpc: ec2.IVpc, who: string): void {
  if (watched.has(workload)) return;
  watched.add(workload);
  workload.node.addValidation({
    validate() {
      const { reasons, publicImages } = needsOf(workload, resourcesOfWorkload(workload));
      const present = endpointsIn(vpc);
      const missing = [...reasons].filter(([name]) => !present.some((endpoint) => leadsTo(endpoint, name)));
      const sentences = [
        ...(missing.length > 0
          ? [`this app knows of no endpoint of the VPC for ${inWords(missing)}. ${MAKE_THEM}`]
          : []),
        ...(publicImages.length > 0 ? [`no endpoint leads to the image '${publicImages[0]}'. ${COPY_IT}`] : []),
      ];
      if (sentences.length > 0) {
        Validations.of(workload).addWarning(
          'cdk-containers:SubnetsIsolatedWithoutEndpoints',
          `${who} are in isolated subnets, and ${sentences.join(' And ')}`,
        );
      }
      return [];
    },
  });
}

const MAKE_THEM =
  'Make WorkloadEndpoints for this workload, and name in `services` what it is granted later; or use private subnets.';
const COPY_IT = 'Copy it to ECR, or use private subnets.';

/** `ecr.api, s3, because an image comes from ECR; logs, because …`. */
function inWords(missing: [name: string, reason: string][]): string {
  const reasons = [...new Set(missing.map(([, reason]) => reason))];
  const namesFor = (reason: string) => missing.filter(([, other]) => other === reason).map(([name]) => name);
  return reasons.map((reason) => `${namesFor(reason).join(', ')}, because ${reason}`).join('; ');
}
