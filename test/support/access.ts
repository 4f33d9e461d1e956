import { aws_ec2 as ec2, aws_eks_v2 as eks, aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { App, StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { newApp } from './fixture';

export const ACCOUNT = '111122223333';
export const DEVS = `arn:aws:iam::${ACCOUNT}:role/devs`;

/** The L2 of somebody who does not know this library. */
export function bareCluster(scope: Construct, id = 'Cluster'): eks.Cluster {
  return new eks.Cluster(scope, id, {
    vpc: new ec2.Vpc(scope, `${id}Vpc`, { natGateways: 1, maxAzs: 2, restrictDefaultSecurityGroup: false }),
    version: eks.KubernetesVersion.V1_34,
    bootstrapClusterCreatorAdminPermissions: false,
  });
}

/** A cluster of which nothing but the name is known. */
export function named(scope: Construct, id = 'Named', clusterName = 'platform'): eks.ICluster {
  return eks.Cluster.fromClusterAttributes(scope, id, { clusterName });
}

/** A stack with an imported cluster: enough for most tests, and fast. */
export function imported(
  app: App = newApp(),
  props: StackProps = {},
): { app: App; stack: Stack; cluster: eks.ICluster } {
  const stack = new Stack(app, 'Shop', props);
  return { app, stack, cluster: named(stack) };
}

export const arn = (text = DEVS) => new iam.ArnPrincipal(text);

/** The ARN of a policy of EKS, as a template has it. */
export function policyArn(name: string) {
  return { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:eks::aws:cluster-access-policy/${name}`]] };
}

/** What a synthesis says that fails in validation. */
export function validationErrors(app: App): string {
  try {
    app.synth();
  } catch (error) {
    return String((error as Error).message);
  }
  return '';
}
