import { Stack, aws_ec2 as ec2, aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { only, Template } from './fixture';
import { lenientApp } from './resources';
import { EksCluster } from '../../lib/eks/eks-cluster';
import type { EksClusterProps } from '../../lib/eks/eks-cluster-props';

export const VERSION = eks.KubernetesVersion.V1_36;

export type MakeVpc = (stack: Stack) => ec2.IVpc;

/** A VPC of the app. */
export function ownVpc(props: ec2.VpcProps = {}): MakeVpc {
  return (stack) => new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false, ...props });
}

/** A VPC of somebody else, of which two private subnets are known. */
export function importedVpc(attributes: Partial<ec2.VpcAttributes> = {}): MakeVpc {
  return (stack) =>
    ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
      ...attributes,
    });
}

/** A VPC from which nothing leads out. */
export function isolatedVpc(): MakeVpc {
  const subnetConfiguration = [{ name: 'Inner', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }];
  return ownVpc({ natGateways: 0, subnetConfiguration });
}

/** A cluster, of which a test says only what it is about. */
export function newEksCluster(props: Partial<EksClusterProps> = {}, make = ownVpc(), app: App = lenientApp()) {
  const stack = new Stack(app, 'Shop');
  const vpc = props.vpc ?? make(stack);
  return { app, stack, vpc, k8s: new EksCluster(stack, 'K8s', { vpc, version: VERSION, ...props }) };
}

/** The properties of such a cluster in the template. */
export function clusterIn(props: Partial<EksClusterProps> = {}, make = ownVpc()): any {
  return only(Template.fromStack(newEksCluster(props, make).stack), 'AWS::EKS::Cluster').Properties;
}
