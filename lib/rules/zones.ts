import { ContainersError } from './errors';

/**
 * Fails when tasks may stand in a zone without a mount target: there the name of the file system does not resolve.
 * Zones are names, or what a stack without an environment says instead, as JSON; the two are not compared.
 * @see https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html
 */
export function checkMountZones(fileSystem: string, has: string[], tasks: string[]): void {
  if (has.length === 0 || [...has, ...tasks].some((zone) => isNumber(zone) !== isNumber(has[0]))) return;
  const missing = tasks.filter((zone) => !has.includes(zone));
  if (missing.length === 0) return;
  throw new ContainersError(
    `tasks must stand in the zones of the mount targets of '${fileSystem}' (${has.map(named).join(', ')}), got ${missing.map(named).join(', ')} too: ` +
      'a task mounts in its own zone only, so choose vpcSubnets there, or give the file system a mount target in each zone',
  );
}

function isNumber(zone: string): boolean {
  return zone.startsWith('{');
}

function named(zone: string): string {
  const [, index] = /^\{"Fn::Select":\[(\d+)/.exec(zone) ?? [];
  return index === undefined ? zone : `zone ${Number(index) + 1} of the region`;
}

/** The zones of subnets; undefined for those of which nobody said where they are. */
export function zonesOfSubnets(subnets: { readonly availabilityZone: string }[]): (string | undefined)[] {
  return subnets.map((subnet) => {
    try {
      return subnet.availabilityZone;
    } catch {
      // CDK's subnets that are imported by their id alone.
      return undefined;
    }
  });
}

/** The zones of subnets, each once; none when one of them is unknown. */
export function knownZones(subnets: { readonly availabilityZone: string }[]): string[] {
  const zones = zonesOfSubnets(subnets);
  return zones.every((zone) => zone !== undefined) ? [...new Set(zones)] : [];
}
