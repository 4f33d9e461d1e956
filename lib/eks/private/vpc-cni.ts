import type { aws_ec2 as ec2, aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Values } from './add-on-configuration';
import { newAddOnRole } from './add-on-identity';
import type { Association } from './add-on-identity';
import { allowIpv6Networking } from './ipv6-networking';
import { attachEksPolicies } from '../../identity/private/eks-policies';
import { ADD_ONS } from '../../rules/add-ons';
import { ContainersError, isToken } from '../../rules/errors';
import { checkGiven, checkList } from '../../rules/given';
import { zonesOfSubnets } from '../../rules/zones';

/** Who changes network interfaces for pods. */
export function networkingRole(
  scope: Construct,
  cluster: eks.ICluster,
  ipv6: boolean,
  given: iam.IRole | undefined,
): Association {
  const { serviceAccount } = ADD_ONS['vpc-cni'];
  if (given) return { serviceAccount, role: given };
  const role = newAddOnRole(scope, `Role-${serviceAccount}`, cluster, 'vpc-cni');
  if (ipv6) allowIpv6Networking(role);
  else attachEksPolicies(role, ['AmazonEKS_CNI_Policy']);
  return { serviceAccount, role, made: role };
}

/** What `ENIConfig` objects of Kubernetes need: a subnet by the name of its zone. */
export function podSubnets(options: {
  readonly subnets: ec2.ISubnet[];
  readonly securityGroups?: ec2.ISecurityGroup[];
}): Values {
  const { subnets, securityGroups } = options;
  checkGiven('the subnets of customNetworking', subnets);
  checkList('the subnets of customNetworking', subnets);
  checkList('the securityGroups of customNetworking', securityGroups);
  if (subnets.length === 0) {
    throw new ContainersError('the subnets of customNetworking must be one for each zone of the nodes, got none');
  }
  subnets.forEach((subnet, index) => checkId(`subnet ${index + 1}`, subnet, 'subnetId'));
  securityGroups?.forEach((group, index) => checkId(`security group ${index + 1}`, group, 'securityGroupId'));
  const groups = securityGroups?.map(({ securityGroupId }) => securityGroupId);
  const zones = zonesOfSubnets(subnets).map((zone, index) => checkZone(zone, index, subnets));
  return Object.fromEntries(
    subnets.map(({ subnetId }, index) => [
      zones[index],
      { id: subnetId, securityGroups: groups?.length ? groups : undefined },
    ]),
  );
}

/** Fails for an id instead of what has it, which would be left out without a word. */
function checkId<T extends string>(name: string, value: { readonly [key in T]: string }, key: T): void {
  checkGiven(`${name} of customNetworking`, value);
  if (typeof value[key] === 'string') return;
  throw new ContainersError(
    `${name} of customNetworking must be a construct with a ${key}, got ${typeof value}: import it`,
  );
}

function checkZone(zone: string | undefined, index: number, subnets: ec2.ISubnet[]): string {
  const { path } = subnets[index].node;
  if (zone === undefined) {
    throw new ContainersError(
      `the subnets of customNetworking must have zones, got '${path}' without one: import it with its availabilityZone`,
    );
  }
  const first = zonesOfSubnets(subnets).indexOf(zone);
  if (first === index) return zone;
  throw new ContainersError(
    `the subnets of customNetworking must be one for each zone, got '${subnets[first].node.path}' and '${path}' for one: choose one of them`,
  );
}

/** Fails for values that are no strings where the schema of the add-on has nothing else: EKS refuses them at deployment. */
export function checkStrings(configuration: Values): void {
  const { env, init, nodeAgent, ...flags } = configuration as { [key: string]: Values | undefined };
  const strings = Object.entries(flags).filter(([key]) => key.startsWith('enable'));
  const logs = Object.entries(nodeAgent ?? {}).filter(([key]) => key.startsWith('enable'));
  const places = { env, 'init.env': init?.env, nodeAgent: Object.fromEntries(logs) };
  const all = [
    ...strings,
    ...Object.entries(places).flatMap(([place, values]) =>
      Object.entries(values ?? {}).map(([key, value]) => [`${place}.${key}`, value] as const),
    ),
  ];
  const wrong = all.find(([, value]) => ['number', 'boolean'].includes(typeof value));
  if (!wrong) return;
  throw new ContainersError(
    `${wrong[0]} in the configuration of AddOn.vpcCni() must be a string, got ${isToken(wrong[1]) ? 'a number' : String(wrong[1])}: put it into quotes, as the schema of the add-on has it`,
  );
}
