import { Stack, aws_ec2 as ec2, aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { App, StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { expectFailure } from './errors';
import { only, Template } from './fixture';
import { lenientApp } from './resources';
import { ManagedNodeGroup } from '../../lib/eks/managed-node-group';
import type { ManagedNodeGroupProps } from '../../lib/eks/managed-node-group-props';
import { NodeCapacity } from '../../lib/eks/node-capacity';

export const NODEGROUP = 'AWS::EKS::Nodegroup';

/** A stack with a VPC of somebody else and a bare cluster, as most tests of nodes need it. */
export class NodesFixture {
  public readonly app: App;
  public readonly stack: Stack;
  public readonly vpc: ec2.IVpc;
  public readonly cluster: eks.ICluster;

  constructor(app: App = lenientApp(), props: Partial<eks.ClusterProps> = {}, stackProps: StackProps = {}) {
    this.app = app;
    this.stack = new Stack(app, 'Shop', stackProps);
    this.vpc = twoZones(this.stack);
    this.cluster = new eks.Cluster(this.stack, 'K8s', {
      vpc: this.vpc,
      version: eks.KubernetesVersion.V1_36,
      defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
      defaultCapacity: 0,
      ...props,
    });
  }

  public template(): Template {
    return Template.fromStack(this.stack);
  }
}

/** A network of somebody else in two zones. */
export function twoZones(scope: Construct): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    publicSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    privateSubnetIds: ['subnet-0123456789abcdef2', 'subnet-0123456789abcdef3'],
    privateSubnetRouteTableIds: ['rtb-0123456789abcdef2', 'rtb-0123456789abcdef3'],
  });
}

/** What a cluster must be to be used from elsewhere: its name. */
export function importedCluster(scope: Construct, more: Partial<eks.ClusterAttributes> = {}): eks.ICluster {
  return eks.Cluster.fromClusterAttributes(scope, 'Imported', { clusterName: 'shop', ...more });
}

/** A node group of which a test says only what it is about. */
export function newNodeGroup(
  { cluster, stack }: Pick<NodesFixture, 'cluster' | 'stack'>,
  props: Partial<ManagedNodeGroupProps> = {},
  id = 'Nodes',
  scope: Construct = stack,
): ManagedNodeGroup {
  return new ManagedNodeGroup(scope, id, {
    cluster,
    capacity: NodeCapacity.onDemand(['m7g.large']),
    maxNodes: 4,
    ...props,
  });
}

/** The only node group of a template. */
export function nodeGroupOf(template: Template): any {
  return only(template, NODEGROUP).Properties;
}

/** A node group of a bare cluster. */
export function madeNodeGroup(props: (fixture: NodesFixture) => Partial<ManagedNodeGroupProps> = () => ({})) {
  const fixture = new NodesFixture();
  const group = newNodeGroup(fixture, props(fixture));
  const template = fixture.template();
  return { ...fixture, group, template, properties: nodeGroupOf(template) };
}

/** What is wrong with a node group, how it is said, and what the error says. */
export type WrongNodeGroup = [
  what: string,
  props: (fixture: NodesFixture) => object | undefined,
  message: string | RegExp,
];

/** Fails when somebody makes a node group with these props. */
export function expectWrongNodeGroup(props: WrongNodeGroup[1], message: string | RegExp): void {
  const fixture = new NodesFixture();
  expectFailure(() => newNodeGroup(fixture, props(fixture)), message);
}
