import { Stack, Token, aws_ec2 as ec2, aws_eks_v2 as eks } from 'aws-cdk-lib';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { NodeImage } from '../../lib/eks/node-image';
import { deployed, importedCluster, NodeFixture, nodeConfigsIn, settingsIn } from '../support/eks-nodes';
import { expectFailure } from '../support/errors';
import { once } from '../support/resources';

const bound = (image: NodeImage, type = 'm7i.large') => image._bind(NodeCapacity.onDemand([type])._bind());

const AL2023 = () => NodeImage.al2023();
const BOTTLEROCKET = () => NodeImage.bottlerocket();

describe('what makes a node join', () => {
  const fixture = once(() => new NodeFixture({ serviceIpv4Cidr: '172.20.0.0/16' }));
  const labels = { team: 'shop', 'example.com/tier': 'a' };
  const taints = [
    { key: 'dedicated', value: 'gpu', effect: eks.TaintEffect.NO_SCHEDULE },
    { key: 'dedicated', value: 'gpu', effect: eks.TaintEffect.NO_EXECUTE },
    { key: 'example.com/soft', effect: eks.TaintEffect.PREFER_NO_SCHEDULE },
  ];
  const text = (image: NodeImage, more = {}) => {
    const { cluster, stack } = fixture();
    return deployed(stack, bound(image).join({ cluster, labels, taints, ...more }));
  };
  const CLUSTER = {
    name: expect.stringMatching(/^ref-Cluster/),
    apiServerEndpoint: 'https://ABC.gr7.eu-west-1.eks.amazonaws.com',
    certificateAuthority: 'Y2VydGlmaWNhdGU=',
  };

  test('is a NodeConfig with Amazon Linux', async () => {
    expect(await nodeConfigsIn(text(AL2023()))).toEqual([
      {
        cluster: { ...CLUSTER, cidr: '172.20.0.0/16' },
        kubelet: {
          flags: [
            '--node-labels=team=shop,example.com/tier=a',
            '--register-with-taints=dedicated=gpu:NoSchedule,dedicated=gpu:NoExecute,example.com/soft:PreferNoSchedule',
          ],
        },
      },
    ]);
  });

  test('is no more than the cluster without labels and taints', async () => {
    expect(await nodeConfigsIn(text(AL2023(), { labels: {}, taints: [] }))).toEqual([
      { cluster: { ...CLUSTER, cidr: '172.20.0.0/16' } },
    ]);
    expect(Object.keys(settingsIn(text(BOTTLEROCKET(), { labels: {}, taints: [] })).kubernetes)).toEqual([
      'cluster-name',
      'api-server',
      'cluster-certificate',
      'cluster-dns-ip',
    ]);
  });

  test('takes the settings of the user after its own', async () => {
    const nodeConfig = { kubelet: { config: { maxPods: 20 }, flags: ['--v=4'] } };
    const [, second, ...more] = await nodeConfigsIn(text(NodeImage.al2023({ nodeConfig })));
    expect(second).toEqual(nodeConfig);
    expect(more).toEqual([]);
    const settings = {
      kubernetes: { 'max-pods': 20, 'cluster-dns-ip': '169.254.20.10' },
      ntp: { 'time-servers': ['a'] },
    };
    expect(settingsIn(text(NodeImage.bottlerocket({ settings })))).toMatchObject(settings);
  });

  test('is settings with Bottlerocket', () => {
    expect(settingsIn(text(BOTTLEROCKET()))).toEqual({
      kubernetes: {
        'cluster-name': CLUSTER.name,
        'api-server': CLUSTER.apiServerEndpoint,
        'cluster-certificate': CLUSTER.certificateAuthority,
        'cluster-dns-ip': '172.20.0.10',
        'node-labels': labels,
        'node-taints': {
          dedicated: ['gpu:NoSchedule', 'gpu:NoExecute'],
          'example.com/soft': [':PreferNoSchedule'],
        },
      },
    });
  });

  test('survives values that are tokens', async () => {
    const more = {
      labels: { team: Token.asString({ Ref: 'Team' }) },
      taints: [{ key: 'a', value: Token.asString({ Ref: 'Value' }), effect: eks.TaintEffect.NO_SCHEDULE }],
      serviceCidr: Token.asString({ Ref: 'Range' }),
    };
    const read = (image: NodeImage) =>
      deployed(fixture().stack, bound(image).join({ cluster: fixture().cluster, ...more }), {
        Team: 'shop',
        Value: 'v',
        Range: '10.9.0.0/16',
      });
    const [spec] = await nodeConfigsIn(read(AL2023()));
    expect(spec).toMatchObject({
      cluster: { cidr: '10.9.0.0/16' },
      kubelet: { flags: ['--node-labels=team=shop', '--register-with-taints=a=v:NoSchedule'] },
    });
    expect(settingsIn(read(BOTTLEROCKET())).kubernetes).toMatchObject({
      'cluster-dns-ip': '10.9.0.10',
      'node-labels': { team: 'shop' },
      'node-taints': { a: ['v:NoSchedule'] },
    });
  });

  test('knows the addresses of a cluster with IPv6', async () => {
    const { cluster, stack } = new NodeFixture({ ipFamily: eks.IpFamily.IP_V6 });
    const request = { cluster, labels: {}, taints: [] };
    const [{ cluster: told }] = await nodeConfigsIn(deployed(stack, bound(AL2023()).join(request)));
    expect(told.cidr).toBe('fd12:3456:789a::/108');
    expect(settingsIn(deployed(stack, bound(BOTTLEROCKET()).join(request))).kubernetes['cluster-dns-ip']).toBe(
      'fd12:3456:789a::a',
    );
  });

  test('of an imported cluster is what was given', async () => {
    const stack = new Stack();
    const request = { cluster: importedCluster(stack), labels: {}, taints: [], serviceCidr: 'fd12:3456:789a::/108' };
    const [spec] = await nodeConfigsIn(deployed(stack, bound(AL2023()).join(request)));
    expect(spec.cluster).toEqual({ ...CLUSTER, name: 'prod', cidr: 'fd12:3456:789a::/108' });
    expect(settingsIn(deployed(stack, bound(BOTTLEROCKET()).join(request))).kubernetes['cluster-dns-ip']).toBe(
      'fd12:3456:789a::a',
    );
  });

  test('needs no range with Bottlerocket, which asks EKS', () => {
    const { cluster, stack } = new NodeFixture();
    const { kubernetes } = settingsIn(deployed(stack, bound(BOTTLEROCKET()).join({ cluster, labels: {}, taints: [] })));
    expect(kubernetes).not.toHaveProperty('cluster-dns-ip');
  });

  test.each([
    ['of the app', () => new NodeFixture().cluster],
    ['imported', () => importedCluster(new Stack())],
    ['imported, with IPv6', () => importedCluster(new Stack(), { ipFamily: eks.IpFamily.IP_V6 })],
  ])('fails when Amazon Linux is not told the range of a cluster %s', (_what, cluster) =>
    expectFailure(
      () => bound(AL2023()).join({ cluster: cluster(), labels: {}, taints: [] }),
      'serviceCidr must be given, got none: Amazon Linux must know the range of the addresses of services, which the cluster does not say. EKS shows it as the service range of the cluster, or use NodeImage.bottlerocket()',
    ),
  );

  test.each(['10.100.0.0', 'x', 'fd12::1/108', '10.100.0.0/16,', 3 as never])(
    'fails when the range is %s',
    (serviceCidr) =>
      expectFailure(
        () => text(AL2023(), { serviceCidr }),
        /^serviceCidr must be a range such as '10.100.0.0\/16' or 'fd12:3456:789a::\/108', got /,
      ),
  );

  test.each(['clusterEndpoint', 'clusterCertificateAuthorityData'])(
    'fails when the cluster is imported without %s',
    (name) =>
      expectFailure(
        () =>
          bound(AL2023()).join({
            cluster: importedCluster(new Stack(), { [name]: undefined }),
            labels: {},
            taints: [],
            serviceCidr: '10.100.0.0/16',
          }),
        `cluster must be imported with ${name} for these nodes, got one without: add it to fromClusterAttributes`,
      ),
  );

  test('fails with Windows, which EKS makes join', () =>
    expectFailure(
      () => text(NodeImage.windows()),
      'image must be NodeImage.al2023() or NodeImage.bottlerocket() for nodes that join by themselves, got NodeImage.windows(): use a ManagedNodeGroup',
    ));
});

describe('an image of the user', () => {
  const own = ec2.MachineImage.genericLinux({ 'eu-west-1': 'ami-0123456789abcdef0' });

  test('is told all that its basis asks for, and merged with nothing', async () => {
    const nodeConfig = { kubelet: { config: { maxPods: 20 } } };
    const parts = bound(NodeImage.of(own, NodeImage.al2023({ nodeConfig })), 'trn9g.xlarge');
    expect(parts).toMatchObject({ os: 'al2023', amiType: undefined, drivesFabricAdapters: true });
    expect(parts.machineImage('')).toBe(own);
    expect(parts.settings()).toBeUndefined();
    expect(parts.undriven(['g7.8xlarge'])).toEqual([]);
    const stack = new Stack();
    const request = { cluster: importedCluster(stack), labels: {}, taints: [], serviceCidr: '10.100.0.0/16' };
    expect(await nodeConfigsIn(deployed(stack, parts.join(request)))).toHaveLength(2);
  });

  test('can be a Bottlerocket', () => {
    const parts = bound(NodeImage.of(own, NodeImage.bottlerocket({ settings: { motd: 'x' } })), 'trn9g.xlarge');
    expect(parts).toMatchObject({ os: 'bottlerocket', amiType: undefined });
    expect(parts.machineImage('')).toBe(own);
    expect(parts.settings()).toBeUndefined();
    expect(parts.undriven(['g7.8xlarge'])).toEqual([]);
  });

  test.each<[string, () => unknown, string]>([
    ['no image', () => NodeImage.of(undefined as never, AL2023()), 'machineImage must be given, got undefined'],
    [
      'an id',
      () => NodeImage.of('ami-1' as never, AL2023()),
      "machineImage must be an image such as ec2.MachineImage.fromSsmParameter('/my/image'), got something else",
    ],
    ['no basis', () => NodeImage.of(own, undefined as never), 'basis must be given, got undefined'],
    [
      'Windows',
      () => bound(NodeImage.of(own, NodeImage.windows())),
      'an image of your own must be built on Amazon Linux 2023 or Bottlerocket, got NodeImage.windows(): how Windows joins is for EKS to say',
    ],
  ])('fails when it is %s', (_what, make, message) => expectFailure(make, message));
});
