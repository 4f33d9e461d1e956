import { aws_dynamodb as dynamodb, aws_eks_v2 as eks, aws_iam as iam, CfnOutput, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ClusterAccess, ClusterCompute, EksCluster, KubernetesAccess, PodIdentityRole } from '../../lib';
import { ExampleNetwork } from '../network';

/** A Kubernetes cluster whose nodes AWS chooses, starts, patches and replaces. */
export class EksAutoMode extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { vpc } = new ExampleNetwork(this, 'Network');
    const platform = iam.Role.fromRoleName(this, 'Platform', 'platform-engineers');
    const auditors = iam.Role.fromRoleName(this, 'Auditors', 'auditors');

    const { cluster } = new EksCluster(this, 'K8s', {
      vpc,
      version: eks.KubernetesVersion.V1_36,
      compute: ClusterCompute.autoMode(),
      admins: [platform],
    });
    new ClusterAccess(this, 'AuditorAccess', { cluster, principal: auditors, access: KubernetesAccess.view() });

    const sessions = dynamodb.Table.fromTableName(this, 'Sessions', 'sessions');
    const web = new PodIdentityRole(this, 'WebRole', { cluster, namespace: 'shop', serviceAccount: 'web' });
    sessions.grantReadWriteData(web);

    new CfnOutput(this, 'ClusterName', { value: cluster.clusterName });
  }
}
