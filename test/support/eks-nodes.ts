import Ajv from 'ajv';
import { Stack, aws_ec2 as ec2, aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { parseAllDocuments } from 'yaml';
import schema from './nodeconfig-schema.json';
import { lenientApp } from './resources';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import type { NodeOptions } from '../../lib/eks/node-options';

/** Modules of ECMAScript, which a test gets as CommonJS. */
const { default: PostalMime } = jest.requireActual<{
  default: {
    parse(
      text: string,
      options: object,
    ): Promise<{ headers: { key: string; value: string }[]; attachments: { mimeType: string; content: string }[] }>;
  };
}>('postal-mime');
const { parse: parseToml } = jest.requireActual<{ parse(toml: string): unknown }>('smol-toml');

/** A VPC and a cluster of the L2s, as somebody has who uses a part of the library alone. */
export class NodeFixture {
  public readonly app: App;
  public readonly stack: Stack;
  public readonly vpc: ec2.Vpc;
  public readonly cluster: eks.Cluster;

  constructor(cluster: Partial<eks.ClusterProps> = {}, vpc: Partial<ec2.VpcProps> = {}, app = lenientApp()) {
    this.app = app;
    this.stack = new Stack(app, 'Kube');
    this.vpc = new ec2.Vpc(this.stack, 'Vpc', {
      natGateways: 1,
      restrictDefaultSecurityGroup: false,
      maxAzs: 3,
      ...vpc,
    });
    this.cluster = new eks.Cluster(this.stack, 'Cluster', {
      vpc: this.vpc,
      version: eks.KubernetesVersion.V1_34,
      defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
      defaultCapacity: 0,
      ...cluster,
    });
  }

  /** Options of nodes, of which a test says only what it is about. */
  public options(more: Partial<NodeOptions> = {}): NodeOptions {
    return {
      cluster: this.cluster,
      capacity: NodeCapacity.onDemand(['m7g.large']),
      maxNodes: 4,
      allowNetworking: more.role ? undefined : false,
      ...more,
    };
  }
}

/** A cluster that is imported with all that nodes ask for. */
export function importedCluster(stack: Stack, more: Partial<eks.ClusterAttributes> = {}): eks.ICluster {
  return eks.Cluster.fromClusterAttributes(stack, 'Imported', {
    clusterName: 'prod',
    clusterEndpoint: 'https://ABC.gr7.eu-west-1.eks.amazonaws.com',
    clusterCertificateAuthorityData: 'Y2VydGlmaWNhdGU=',
    clusterSecurityGroupId: 'sg-0123456789abcdef0',
    ...more,
  });
}

/** What an intrinsic function stands for, once it is deployed. */
const DEPLOYED: Record<string, string> = {
  Endpoint: 'https://ABC.gr7.eu-west-1.eks.amazonaws.com',
  CertificateAuthorityData: 'Y2VydGlmaWNhdGU=',
  'KubernetesNetworkConfig.ServiceIpv6Cidr': 'fd12:3456:789a::/108',
};

/** A text with tokens as a node reads it, by what CloudFormation makes of `Fn::Join`, `Ref`, `Fn::GetAtt` and the like. */
export function deployed(stack: Stack, text: string, values: Record<string, string> = {}): string {
  return evaluate(stack.resolve(text), { ...DEPLOYED, ...values });
}

function evaluate(value: unknown, values: Record<string, string>): any {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((each) => evaluate(each, values));
  const [[name, inner]] = Object.entries(value as Record<string, any>);
  switch (name) {
    case 'Ref':
      return values[inner] ?? `ref-${inner}`;
    case 'Fn::GetAtt':
      return values[inner[1]] ?? `att-${inner.join('-')}`;
    case 'Fn::Join':
      return evaluate(inner[1], values).join(inner[0]);
    case 'Fn::Split':
      return evaluate(inner[1], values).split(inner[0]);
    case 'Fn::Select':
      return evaluate(inner[1], values)[Number(inner[0])];
    default:
      throw new Error(`no idea what ${name} is`);
  }
}

const isNodeConfig = new Ajv({ allErrors: true }).compile(schema);

/** The specs of the NodeConfigs in user data of Amazon Linux, each checked against the schema. */
export async function nodeConfigsIn(userData: string): Promise<any[]> {
  const { attachments, headers } = await PostalMime.parse(userData, { attachmentEncoding: 'utf8' });
  expect(headers.find(({ key }) => key === 'content-type')!.value).toContain('multipart/mixed');
  return attachments.map(({ mimeType, content }) => {
    expect(mimeType).toBe('application/node.eks.aws');
    const documents = parseAllDocuments(content, { strict: true, uniqueKeys: true });
    expect(documents).toHaveLength(1);
    const [document] = documents as ReturnType<typeof parseAllDocuments> & any[];
    expect(document.errors).toEqual([]);
    const config = document.toJS();
    isNodeConfig(config);
    expect(isNodeConfig.errors ?? []).toEqual([]);
    return config.spec;
  });
}

/** Types of `settings.kubernetes`, after https://bottlerocket.dev/en/os/latest/#/api/settings/kubernetes/ (November 2026). */
const KUBERNETES: Record<string, (value: unknown) => boolean> = {
  'cluster-name': (value) => typeof value === 'string' && /^[0-9A-Za-z][\w-]{0,99}$/.test(value),
  'api-server': (value) => typeof value === 'string' && URL.canParse(value),
  'cluster-certificate': (value) => typeof value === 'string' && /^[A-Za-z0-9+/]+={0,2}$/.test(value),
  'cluster-dns-ip': (value) => typeof value === 'string' && /^[0-9a-f.:]+$/.test(value),
  'max-pods': Number.isInteger,
  'log-level': Number.isInteger,
  'node-labels': (value) => Object.values(value as object).every((each) => /^[\w.-]{0,63}$/.test(each)),
  'node-taints': (value) =>
    Object.values(value as object).every(
      (list) => Array.isArray(list) && list.every((each) => /^([\w.-]{0,63}):[A-Za-z]+$/.test(each)),
    ),
  'eviction-hard': (value) => Object.values(value as object).every((each) => typeof each === 'string'),
  'kube-reserved': (value) => Object.values(value as object).every((each) => typeof each === 'string'),
  'system-reserved': (value) => Object.values(value as object).every((each) => typeof each === 'string'),
  'allowed-unsafe-sysctls': Array.isArray,
};

/** The settings in user data of Bottlerocket, whose Kubernetes settings are checked. */
export function settingsIn(userData: string): any {
  const { settings, ...others } = parseToml(userData) as Record<string, any>;
  expect(others).toEqual({});
  for (const [key, value] of Object.entries(settings.kubernetes ?? {})) {
    expect([key, KUBERNETES[key]?.(value) ?? 'no such setting']).toEqual([key, true]);
  }
  return settings;
}
