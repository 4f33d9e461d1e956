import { Stack } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { deployed } from './eks-nodes';
import { expectFailure } from './errors';
import { only } from './fixture';
import type { Template } from './fixture';
import { NodesFixture } from './node-groups';
import { idOf } from './resources';
import { NodeCapacity } from '../../lib/eks/node-capacity';
import { SelfManagedNodes } from '../../lib/eks/self-managed-nodes';
import type { SelfManagedNodesProps } from '../../lib/eks/self-managed-nodes-props';

export const GROUP = 'AWS::AutoScaling::AutoScalingGroup';

/** A bare cluster that says what nodes must know. */
export function newFixture(): NodesFixture {
  return new NodesFixture(undefined, { serviceIpv4Cidr: '172.20.0.0/16' });
}

/** Nodes of which a test says only what it is about. */
export function newNodes(
  { cluster, stack }: Pick<NodesFixture, 'cluster' | 'stack'>,
  props: Partial<SelfManagedNodesProps> = {},
  id = 'Nodes',
  scope: Construct = stack,
): SelfManagedNodes {
  return new SelfManagedNodes(scope, id, {
    cluster,
    capacity: NodeCapacity.onDemand(['m7g.large']),
    maxNodes: 4,
    ...props,
  });
}

/** Nodes alone in a stack. */
export function made(props: (fixture: NodesFixture) => Partial<SelfManagedNodesProps> = () => ({})) {
  const fixture = newFixture();
  const nodes = newNodes(fixture, props(fixture));
  const template = fixture.template();
  return { ...fixture, fixture, nodes, template, group: groupOf(template), data: launchDataOf(template) };
}

/** The only group of a template. */
export function groupOf(template: Template): { id: string; Properties: any; DependsOn?: string[]; UpdatePolicy?: any } {
  return only(template, GROUP);
}

/** What the only launch template of a template says of instances. */
export function launchDataOf(template: Template): any {
  return only(template, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData;
}

/** What a cluster is once it is deployed. */
export const DEPLOYED = {
  name: 'shop',
  endpoint: 'https://ABC.gr7.eu-west-1.eks.amazonaws.com',
  certificate: 'Y2VydGlmaWNhdGU=',
  group: 'sg-0123456789abcdef0',
};

/** The user data as an instance gets it from a cluster of the same stack. */
export function userDataOf(template: Template, cluster: eks.ICluster): string {
  return deployed(Stack.of(cluster), launchDataOf(template).UserData['Fn::Base64'], { [idOf(cluster)]: DEPLOYED.name });
}

interface Part {
  readonly mimeType: string;
  readonly content: string;
}

const { default: mime } = jest.requireActual<{
  default: { parse(message: string, options: object): Promise<{ attachments: Part[] }> };
}>('postal-mime');
const yaml = jest.requireActual<{ parse(text: string): unknown }>('yaml');

/** What nodeadm and cloud-init find in a message: NodeConfigs, and scripts. */
export async function readMessage(userData: string): Promise<{ nodeConfigs: any[]; scripts: string[] }> {
  const { attachments } = await mime.parse(userData, { attachmentEncoding: 'utf8' });
  const of = (type: string) => attachments.filter(({ mimeType }) => mimeType === type).map(({ content }) => content);
  return {
    nodeConfigs: of('application/node.eks.aws').map((text) => yaml.parse(text)),
    scripts: of('text/x-shellscript'),
  };
}

/** What an imported cluster is told, as `aws eks describe-cluster` has it. */
export const ATTRIBUTES = {
  clusterName: DEPLOYED.name,
  clusterEndpoint: DEPLOYED.endpoint,
  clusterCertificateAuthorityData: DEPLOYED.certificate,
  clusterSecurityGroupId: DEPLOYED.group,
};

/** What is wrong with nodes, how it is said, and what the error says. */
export type WrongNodes = [
  what: string,
  props: (fixture: NodesFixture) => Partial<SelfManagedNodesProps>,
  message: string | RegExp,
];

/** Fails when somebody makes nodes with these props. */
export function expectWrongNodes(props: WrongNodes[1], message: string | RegExp): void {
  const fixture = newFixture();
  expectFailure(() => newNodes(fixture, props(fixture)), message);
}
