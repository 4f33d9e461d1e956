import { App, aws_ec2 as ec2, aws_eks_v2 as eks, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';
import { newApp, only } from './fixture';
import type { AddOn } from '../../lib/eks/add-on';
import { newAddOns } from '../../lib/eks/private/add-ons';
import { describeCluster } from '../../lib/eks/private/cluster-facts';
import type { ClusterFacts } from '../../lib/eks/private/cluster-facts';

/** A cluster of somebody else, of which only the name is known. */
export function importedCluster(scope: Construct, id = 'Imported', clusterName = 'live', ipFamily?: eks.IpFamily) {
  return eks.Cluster.fromClusterAttributes(scope, id, { clusterName, ipFamily });
}

/** A stack with such a cluster. */
export function importingStack(ipFamily?: eks.IpFamily) {
  const stack = new Stack(new App(), 'Kubernetes');
  return { stack, cluster: importedCluster(stack, 'Imported', 'live', ipFamily) };
}

/** What one add-on becomes there. */
export function madeAddOn(addOn: AddOn, facts: ClusterFacts = {}, ipFamily?: eks.IpFamily) {
  const { stack, cluster } = importingStack(ipFamily);
  describeCluster(cluster, facts);
  const all = newAddOns(stack, cluster, [addOn]);
  const template = Template.fromStack(stack);
  return { stack, cluster, template, addon: only(template, 'AWS::EKS::Addon'), all };
}

/** The configuration of an add-on there. */
export function valuesOf(addOn: AddOn, facts: ClusterFacts = {}): any {
  return JSON.parse(madeAddOn(addOn, facts).addon.Properties.ConfigurationValues);
}

/** A cluster as CDK makes it, whose nodes are managed; none are made. */
export function newCluster(stack: Stack, props: Partial<eks.ClusterProps> = {}): eks.Cluster {
  return new eks.Cluster(stack, 'Cluster', {
    version: eks.KubernetesVersion.of('1.34'),
    vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1, restrictDefaultSecurityGroup: false }),
    defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
    defaultCapacity: 0,
    ...props,
  });
}

/** A cluster in one stack, and another stack. */
export function clusterElsewhere(app = newApp()) {
  const there = new Stack(app, 'There');
  return { app, there, here: new Stack(app, 'Here'), cluster: newCluster(there) };
}
