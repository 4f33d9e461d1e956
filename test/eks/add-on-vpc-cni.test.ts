import { App, aws_ec2 as ec2, aws_eks_v2 as eks, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AddOn } from '../../lib/eks/add-on';
import { PodSecurityGroupMode } from '../../lib/eks/add-ons/vpc-cni';
import type { VpcCniOptions } from '../../lib/eks/add-ons/vpc-cni';
import { newAddOns } from '../../lib/eks/private/add-ons';
import { importedCluster, importingStack, madeAddOn, valuesOf } from '../support/add-ons';
import { expectFailure } from '../support/errors';
import { only } from '../support/fixture';

function inIreland() {
  const stack = new Stack(new App(), 'Kubernetes', { env: { account: '123456789012', region: 'eu-west-1' } });
  return { stack, cluster: importedCluster(stack) };
}

const made = (options: VpcCniOptions, ipFamily: eks.IpFamily) => madeAddOn(AddOn.vpcCni(options), {}, ipFamily);
const values = (options: VpcCniOptions) => valuesOf(AddOn.vpcCni(options));

describe('the configuration of the network plugin', () => {
  test('has strings for numbers and for true and false', () => {
    expect(values({ prefixDelegation: true, warmPrefixTarget: 2, externalSnat: true, windows: true })).toEqual({
      env: {
        ENABLE_PREFIX_DELEGATION: 'true',
        WARM_PREFIX_TARGET: '2',
        AWS_VPC_K8S_CNI_EXTERNALSNAT: 'true',
      },
      enableWindowsIpam: 'true',
    });
    expect(values({ warmIpTarget: 2, minimumIpTarget: 30, externalSnat: false })).toEqual({
      env: { WARM_IP_TARGET: '2', MINIMUM_IP_TARGET: '30', AWS_VPC_K8S_CNI_EXTERNALSNAT: 'false' },
    });
    expect(values({ warmEniTarget: 0, windows: true, windowsPrefixDelegation: true })).toEqual({
      env: { WARM_ENI_TARGET: '0' },
      enableWindowsIpam: 'true',
      enableWindowsPrefixDelegation: 'true',
    });
  });

  test('enforces network policies', () => {
    expect(values({ networkPolicy: {} })).toEqual({ enableNetworkPolicy: 'true' });
    expect(values({ networkPolicy: { strict: true, logs: true } })).toEqual({
      enableNetworkPolicy: 'true',
      env: { NETWORK_POLICY_ENFORCING_MODE: 'strict' },
      nodeAgent: { enablePolicyEventLogs: 'true' },
    });
  });

  test('gives pods security groups, and lets the kubelet probe them', () => {
    expect(values({ podSecurityGroups: PodSecurityGroupMode.STRICT })).toEqual({
      env: { ENABLE_POD_ENI: 'true', POD_SECURITY_GROUP_ENFORCING_MODE: 'strict' },
      init: { env: { DISABLE_TCP_EARLY_DEMUX: 'true' } },
    });
    expect(values({ podSecurityGroups: PodSecurityGroupMode.STANDARD })).toEqual({
      env: { ENABLE_POD_ENI: 'true', POD_SECURITY_GROUP_ENFORCING_MODE: 'standard' },
    });
  });

  test.each<[VpcCniOptions, boolean]>([
    [{}, false],
    [{ windows: false }, false],
    [{ windows: true }, true],
    [{ podSecurityGroups: PodSecurityGroupMode.STANDARD }, true],
  ])('%j tells whether EKS attaches network interfaces: %s', (options, controlsInterfaces) => {
    expect(AddOn.vpcCni(options)._kind.controlsInterfaces).toBe(controlsInterfaces);
  });

  test('puts pods into subnets of their own', () => {
    const { stack, cluster } = inIreland();
    const subnets = ['b', 'a'].map((zone) =>
      ec2.Subnet.fromSubnetAttributes(stack, `Pods${zone}`, {
        subnetId: `subnet-${zone}`,
        availabilityZone: `eu-west-1${zone}`,
      }),
    );
    const securityGroups = [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')];
    newAddOns(stack, cluster, [AddOn.vpcCni({ customNetworking: { subnets, securityGroups } })]);
    const { ConfigurationValues } = only(Template.fromStack(stack), 'AWS::EKS::Addon').Properties;
    expect(JSON.parse(ConfigurationValues)).toEqual({
      env: { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', ENI_CONFIG_LABEL_DEF: 'topology.kubernetes.io/zone' },
      eniConfig: {
        create: true,
        region: 'eu-west-1',
        subnets: {
          'eu-west-1a': { id: 'subnet-a', securityGroups: ['sg-1'] },
          'eu-west-1b': { id: 'subnet-b', securityGroups: ['sg-1'] },
        },
      },
    });
    expect(ConfigurationValues.indexOf('eu-west-1a')).toBeLessThan(ConfigurationValues.indexOf('eu-west-1b'));
  });

  test.each([undefined, []])('leaves pods in the security groups of their nodes when it names %j', (securityGroups) => {
    const { stack, cluster } = inIreland();
    const subnets = [ec2.Subnet.fromSubnetAttributes(stack, 'A', { subnetId: 'subnet-a', availabilityZone: 'a' })];
    newAddOns(stack, cluster, [AddOn.vpcCni({ customNetworking: { subnets, securityGroups } })]);
    const { ConfigurationValues } = only(Template.fromStack(stack), 'AWS::EKS::Addon').Properties;
    expect(JSON.parse(ConfigurationValues).eniConfig.subnets).toEqual({ a: { id: 'subnet-a' } });
  });

  test('names zones that only CloudFormation knows, in the order of the subnets', () => {
    const { stack, cluster } = importingStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false });
    newAddOns(stack, cluster, [
      AddOn.vpcCni({ customNetworking: { subnets: vpc.isolatedSubnets.concat(vpc.privateSubnets) } }),
    ]);
    const [, parts] = only(Template.fromStack(stack), 'AWS::EKS::Addon').Properties.ConfigurationValues['Fn::Join'];
    const zone = (index: number) => ({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] });
    expect(parts).toEqual([
      '{"eniConfig":{"create":true,"region":"',
      { Ref: 'AWS::Region' },
      '","subnets":{"',
      zone(0),
      '":{"id":"',
      { Ref: expect.stringMatching(/^VpcPrivateSubnet1/) },
      '"},"',
      zone(1),
      '":{"id":"',
      { Ref: expect.stringMatching(/^VpcPrivateSubnet2/) },
      '"}}},"env":{"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG":"true","ENI_CONFIG_LABEL_DEF":"topology.kubernetes.io/zone"}}',
    ]);
  });

  test('takes further values, which win over the options', () => {
    const configuration = { env: { WARM_IP_TARGET: '7', POD_MTU: '1500' }, tolerations: [{ operator: 'Exists' }] };
    expect(values({ warmIpTarget: 2, minimumIpTarget: 4, configuration })).toEqual({
      env: { WARM_IP_TARGET: '7', MINIMUM_IP_TARGET: '4', POD_MTU: '1500' },
      tolerations: [{ operator: 'Exists' }],
    });
  });

  test('leaves prefixes to EKS with IPv6, which has nothing else', () => {
    const { addon } = made({ prefixDelegation: false }, eks.IpFamily.IP_V6);
    expect(addon.Properties).not.toHaveProperty('ConfigurationValues');
    expect(values({ prefixDelegation: false })).toEqual({ env: { ENABLE_PREFIX_DELEGATION: 'false' } });
  });

  test.each<[string, VpcCniOptions]>([
    ['windows', { windows: true }],
    ['externalSnat', { externalSnat: true }],
  ])('fails when %s is given with IPv6', (name, options) => {
    expectFailure(
      () => made(options, eks.IpFamily.IP_V6),
      `${name} of AddOn.vpcCni() must not be given with IPv6, which the cluster 'Kubernetes/Imported' has: it is for IPv4 only, so leave it out`,
    );
    expect(() => made(options, eks.IpFamily.IP_V4)).not.toThrow();
  });

  test('fails when pods have subnets of their own with IPv6', () => {
    const { stack, cluster } = importingStack(eks.IpFamily.IP_V6);
    const subnets = [ec2.Subnet.fromSubnetAttributes(stack, 'A', { subnetId: 'subnet-a', availabilityZone: 'a' })];
    expectFailure(
      () => newAddOns(stack, cluster, [AddOn.vpcCni({ customNetworking: { subnets } })]),
      /^customNetworking of AddOn.vpcCni\(\) must not be given with IPv6/,
    );
  });

  test.each<[string, unknown, string]>([
    [
      'a warm target is ignored',
      { warmPrefixTarget: 1 },
      'warmPrefixTarget must be given with prefixDelegation, got 1 without it: the plugin ignores it',
    ],
    [
      'Windows has prefixes but no addresses',
      { windowsPrefixDelegation: true },
      'windowsPrefixDelegation must be given with windows, got it without: set windows to true',
    ],
    [
      'a flag is a string',
      { prefixDelegation: 'true' },
      "prefixDelegation of AddOn.vpcCni() must be true or false, got 'true'",
    ],
    ['windows is a string', { windows: 'false' }, "windows of AddOn.vpcCni() must be true or false, got 'false'"],
    [
      'network policies are strict by a string',
      { networkPolicy: { strict: 'false' } },
      "networkPolicy.strict must be true or false, got 'false'",
    ],
    [
      'the mode of security groups is another',
      { podSecurityGroups: true },
      "podSecurityGroups must be a PodSecurityGroupMode, got 'true': use PodSecurityGroupMode.STRICT or STANDARD",
    ],
    [
      'a variable is a number',
      { configuration: { env: { WARM_IP_TARGET: 5 } } },
      'env.WARM_IP_TARGET in the configuration of AddOn.vpcCni() must be a string, got 5: put it into quotes, as the schema of the add-on has it',
    ],
    [
      'a variable is true',
      { configuration: { init: { env: { DISABLE_TCP_EARLY_DEMUX: true } } } },
      'init.env.DISABLE_TCP_EARLY_DEMUX in the configuration of AddOn.vpcCni() must be a string, got true: put it into quotes, as the schema of the add-on has it',
    ],
    [
      'a switch is true',
      { configuration: { enableNetworkPolicy: true } },
      'enableNetworkPolicy in the configuration of AddOn.vpcCni() must be a string, got true: put it into quotes, as the schema of the add-on has it',
    ],
    [
      'a switch of the agent is true',
      { configuration: { nodeAgent: { enableCloudWatchLogs: true } } },
      'nodeAgent.enableCloudWatchLogs in the configuration of AddOn.vpcCni() must be a string, got true: put it into quotes, as the schema of the add-on has it',
    ],
    [
      'a variable is a token that is a number',
      { configuration: { env: { WARM_IP_TARGET: Token.asNumber({ Ref: 'N' }) } } },
      'env.WARM_IP_TARGET in the configuration of AddOn.vpcCni() must be a string, got a number: put it into quotes, as the schema of the add-on has it',
    ],
    ['pods have no subnets', { customNetworking: {} }, 'the subnets of customNetworking must be given, got undefined'],
    [
      'pods have an empty list of subnets',
      { customNetworking: { subnets: [] } },
      'the subnets of customNetworking must be one for each zone of the nodes, got none',
    ],
    [
      'subnets are selected',
      { customNetworking: { subnets: { subnetGroupName: 'Pods' } } },
      'the subnets of customNetworking must be a list, got something else: put it into brackets',
    ],
    [
      'a subnet is not there',
      { customNetworking: { subnets: [undefined] } },
      'subnet 1 of customNetworking must be given, got undefined',
    ],
  ])('fails when %s', (_, options, message) => {
    expectFailure(() => AddOn.vpcCni(options as VpcCniOptions), message);
  });

  test('fails when the subnets of pods have no zone, or one zone twice', () => {
    const { stack } = importingStack();
    const subnet = (id: string, availabilityZone?: string) =>
      ec2.Subnet.fromSubnetAttributes(stack, id, { subnetId: id, availabilityZone });
    expectFailure(
      () => AddOn.vpcCni({ customNetworking: { subnets: [subnet('A', 'a'), subnet('B')] } }),
      "the subnets of customNetworking must have zones, got 'Kubernetes/B' without one: import it with its availabilityZone",
    );
    expectFailure(
      () => AddOn.vpcCni({ customNetworking: { subnets: [subnet('C', 'a'), subnet('D', 'b'), subnet('E', 'a')] } }),
      "the subnets of customNetworking must be one for each zone, got 'Kubernetes/C' and 'Kubernetes/E' for one: choose one of them",
    );
  });

  test('takes values that are no switches as they are', () => {
    const configuration = {
      env: { TEXT: Token.asString({ Ref: 'T' }) },
      branchENICooldown: 60,
      nodeAgent: { enabled: true },
    };
    expect(() =>
      AddOn.vpcCni({ configuration: { ...configuration, nodeAgent: { metricsBindAddr: 8162 } } }),
    ).not.toThrow();
  });
});
