import { Duration, Stack, aws_ec2 as ec2, aws_eks_v2 as eks, aws_kms as kms, aws_logs as logs, Fn } from 'aws-cdk-lib';
import { AddOn } from '../../lib/eks/add-on';
import { EksCluster } from '../../lib/eks/eks-cluster';
import type { EksClusterProps } from '../../lib/eks/eks-cluster-props';
import { clusterIn, newEksCluster, VERSION } from '../support/eks-clusters';
import { expectFailure } from '../support/errors';
import { lenientApp } from '../support/resources';

const wrong = (props: unknown) => props as Partial<EksClusterProps>;
const controlPlane = (options: unknown) => wrong({ controlPlane: options });

describe('fails when', () => {
  test.each([
    [
      'the version is a text',
      wrong({ version: '1.36' }),
      "version must be such as eks.KubernetesVersion.V1_36, got '1.36'",
    ],
    ['the version is missing', wrong({ version: undefined }), /got undefined$/],
    [
      'the version is none',
      { version: eks.KubernetesVersion.of('banana') },
      "version must be a minor version of Kubernetes such as eks.KubernetesVersion.V1_36, got 'banana': EKS chooses the patch",
    ],
    ['the version has a patch', { version: eks.KubernetesVersion.of('1.36.1') }, /got '1.36.1': EKS chooses the patch/],
    [
      'the version is a number',
      { version: eks.KubernetesVersion.of(1.3 as unknown as string) },
      /got \[object Object\]/,
    ],
    [
      'the name starts with a hyphen',
      { clusterName: '-shop' },
      "clusterName must be at most 100 letters, digits, hyphens and underscores, of which the first is a letter or a digit, got '-shop'",
    ],
    ['the name is too long', { clusterName: 'a'.repeat(101) }, /clusterName must be at most 100/],
    ['the name has a dot', { clusterName: 'shop.example' }, /clusterName must be at most 100/],
    ['the name is empty', { clusterName: '' }, /clusterName must be at most 100/],
    [
      'nobody may come over the internet',
      { publicAccessFrom: [] },
      'publicAccessFrom must name at least one CIDR block, got an empty list, which EKS takes for everybody: leave it out to keep the endpoint private',
    ],
    ['a text stands for the list', wrong({ publicAccessFrom: '203.0.113.0/24' }), /publicAccessFrom must be a list/],
    ['null stands for the list', wrong({ publicAccessFrom: null }), /publicAccessFrom must be a list/],
    [
      'the source is no block',
      { publicAccessFrom: ['203.0.113.7'] },
      "publicAccessFrom must be CIDR blocks such as 203.0.113.0/24, got '203.0.113.7'",
    ],
    ['the source is undefined', wrong({ publicAccessFrom: [undefined] }), /got 'undefined'$/],
    ['the mask is too long', { publicAccessFrom: ['203.0.113.0/33'] }, /must be CIDR blocks/],
    ['the mask of IPv6 is too long', { publicAccessFrom: ['2001:db8::/129'] }, /must be CIDR blocks/],
    [
      'the source has IPv6 addresses and the cluster IPv4',
      { publicAccessFrom: ['2001:db8::/32'] },
      "publicAccessFrom must be IPv4 CIDR blocks, because the endpoint of an IPv4 cluster has no IPv6 addresses, got '2001:db8::/32'",
    ],
    ...['10.0.0.0/16', '172.16.3.0/24', '192.168.0.0/16', '100.64.0.0/12', '127.0.0.1/32', '169.254.0.0/16'].map(
      (cidr) => [`the source is ${cidr}`, { publicAccessFrom: [cidr] }, /must be public addresses, got/],
    ),
    [
      'encryption is off and has a key',
      { encryptSecrets: false, secretsEncryptionKey: {} as kms.IKey },
      'secretsEncryptionKey must be left out when encryptSecrets is false, got both',
    ],
    ['encryptSecrets is a text', wrong({ encryptSecrets: 'no' }), "encryptSecrets must be true or false, got 'no'"],
    [
      'deletionProtection is a text',
      wrong({ deletionProtection: 'false' }),
      /deletionProtection must be true or false/,
    ],
    ['deletionProtection is null', wrong({ deletionProtection: null }), /deletionProtection must be true or false/],
    ['extendedSupport is a text', wrong({ extendedSupport: 'false' }), /extendedSupport must be true or false/],
    ['zonalShift is a number', wrong({ zonalShift: 0 }), 'zonalShift must be true or false, got 0'],
    [
      'logs are kept and there are none',
      { logTypes: [], logRetention: logs.RetentionDays.ONE_DAY },
      'logRetention needs logs, and logTypes is an empty list: leave one of them out',
    ],
    ['a kind of logs is none', wrong({ logTypes: ['kubelet'] }), /logTypes must be one of api, audit/],
    [
      'a kind of logs is named twice',
      { logTypes: [eks.ClusterLoggingTypes.API, eks.ClusterLoggingTypes.API] },
      "logTypes must be unique, got 'api' twice",
    ],
    ['logTypes is a text', wrong({ logTypes: 'audit' }), /logTypes must be a list/],
    ['logTypes is null', wrong({ logTypes: null }), /logTypes must be a list/],
    [
      'compute is a text',
      wrong({ compute: 'autoMode' }),
      'compute must be such as ClusterCompute.autoMode(), got autoMode',
    ],
    ['compute is null', wrong({ compute: null }), /compute must be such as/],
    ['ipFamily is none', wrong({ ipFamily: 'IPv6' }), "ipFamily must be one of ipv4, ipv6, got 'IPv6'"],
    ['an administrator is undefined', wrong({ admins: [undefined] }), /./],
    ['admins is no list', wrong({ admins: {} }), /admins must be a list, got something else/],
    ['addOns is no list', wrong({ addOns: 'coredns' }), /addOns must be a list, got 'coredns'/],
    ['an add-on is a text', wrong({ addOns: ['coredns'] }), /addOns must be made by AddOn, got 'coredns'/],
    ['an add-on is undefined', wrong({ addOns: [undefined] }), /an add-on in addOns must be given/],
    [
      'an add-on is named twice',
      { addOns: [AddOn.vpcCni(), AddOn.vpcCni()] },
      /addOns must be unique, got 'vpc-cni' twice/,
    ],
    [
      'the Gateway API is managed without Auto Mode',
      controlPlane({ gatewayApi: true }),
      'gatewayApi needs ClusterCompute.autoMode(): elsewhere, the AWS Load Balancer Controller brings the Gateway API',
    ],
    ['gatewayApi is a text', controlPlane({ gatewayApi: 'yes' }), /gatewayApi must be true or false/],
    [
      'forceVersionUpdate is a text',
      controlPlane({ forceVersionUpdate: 'no' }),
      /forceVersionUpdate must be true or false/,
    ],
    ['packNodes is a text', controlPlane({ packNodes: 'no' }), /packNodes must be true or false/],
    ['egress is none', controlPlane({ egress: 'INTERNET' }), /egress must be one of AWS_MANAGED, CUSTOMER_ROUTED/],
    [
      'a rollback ends too early',
      controlPlane({ versionRollbackTimeout: Duration.minutes(119) }),
      'versionRollbackTimeout must be between 7200 and 604800 seconds, got 7140 seconds',
    ],
    ['a rollback ends too late', controlPlane({ versionRollbackTimeout: Duration.days(8) }), /got 691200 seconds/],
    [
      'a rollback ends within a minute',
      controlPlane({ versionRollbackTimeout: Duration.seconds(7201) }),
      'versionRollbackTimeout must be whole minutes, got 7201 seconds',
    ],
    [
      'events are kept no time',
      controlPlane({ eventRetention: Duration.seconds(0) }),
      /eventRetention must be at least 1/,
    ],
    ['events are kept a number', controlPlane({ eventRetention: 60 }), /eventRetention must be a Duration/],
    [
      'autoscalers never look',
      controlPlane({ podAutoscalerSyncPeriod: Duration.seconds(0) }),
      /must be at least 1 seconds/,
    ],
    [
      'no pod is kept',
      controlPlane({ terminatedPodsKept: 0 }),
      'terminatedPodsKept must be between 1 and 1000000, got 0',
    ],
    [
      'ports end before they start',
      controlPlane({ nodePorts: { min: 30100, max: 30000 } }),
      /nodePorts.max must be between 30100/,
    ],
    [
      'a port is none',
      controlPlane({ nodePorts: { min: 0, max: 30000 } }),
      /nodePorts.min must be between 1 and 65535, got 0/,
    ],
    [
      'a weight is none',
      controlPlane({ schedulerWeights: { cpu: 101 } }),
      'the weight of cpu must be between 1 and 100, got 101',
    ],
    ['a weight is zero', controlPlane({ schedulerWeights: { cpu: 0 } }), /the weight of cpu must be between 1 and 100/],
  ] as [string, Partial<EksClusterProps>, string | RegExp][])('%s', (_what, props, message) => {
    expectFailure(() => newEksCluster(props), message);
  });

  test.each([
    'eventRetention',
    'nodePorts',
    'podAutoscalerSyncPeriod',
    'terminatedPodsKept',
    'packNodes',
    'schedulerWeights',
  ])('%s is set before Kubernetes 1.31', (name) => {
    const values: Record<string, unknown> = {
      eventRetention: Duration.minutes(30),
      nodePorts: { min: 30000, max: 30100 },
      podAutoscalerSyncPeriod: Duration.seconds(30),
      terminatedPodsKept: 100,
      packNodes: true,
      schedulerWeights: { cpu: 1 },
    };
    const props = wrong({ version: eks.KubernetesVersion.V1_30, controlPlane: { [name]: values[name] } });
    expectFailure(() => newEksCluster(props), `${name} must be left out before Kubernetes 1.31, got version 1.30`);
    newEksCluster({ ...props, version: eks.KubernetesVersion.V1_31 });
  });

  test('the VPC is missing', () => {
    const stack = new Stack(lenientApp(), 'Shop');
    const props = { version: VERSION } as EksClusterProps;
    expectFailure(() => new EksCluster(stack, 'K8s', props), 'vpc must be given, got undefined');
  });

  test('the key is in another region', () => {
    const app = lenientApp();
    const env = { account: '123456789012', region: 'eu-west-1' };
    const keys = new Stack(app, 'Keys', { env: { ...env, region: 'us-east-1' } });
    const stack = new Stack(app, 'Shop', { env });
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
    });
    const secretsEncryptionKey = new kms.Key(keys, 'Key');
    expectFailure(
      () => new EksCluster(stack, 'K8s', { vpc, version: VERSION, secretsEncryptionKey }),
      'secretsEncryptionKey must be in the region of the cluster, eu-west-1, got us-east-1: use one there',
    );
    const theirs = kms.Key.fromKeyArn(stack, 'Theirs', 'arn:aws:kms:eu-west-1:210987654321:key/1');
    new EksCluster(stack, 'K8s2', { vpc, version: VERSION, secretsEncryptionKey: theirs });
  });
});

test('tokens pass', () => {
  const cluster = clusterIn({
    version: eks.KubernetesVersion.of(Fn.importValue('Version')),
    clusterName: Fn.importValue('Name'),
    publicAccessFrom: Fn.split(',', Fn.importValue('Sources')),
  });
  expect(cluster).toMatchObject({ Version: { 'Fn::ImportValue': 'Version' }, Name: { 'Fn::ImportValue': 'Name' } });
  expect(cluster.ResourcesVpcConfig.PublicAccessCidrs).toEqual({
    'Fn::Split': [',', { 'Fn::ImportValue': 'Sources' }],
  });
  const mixed = clusterIn({ publicAccessFrom: [Fn.importValue('Office'), '203.0.113.0/24'] });
  expect(mixed.ResourcesVpcConfig.PublicAccessCidrs).toEqual([{ 'Fn::ImportValue': 'Office' }, '203.0.113.0/24']);
});
