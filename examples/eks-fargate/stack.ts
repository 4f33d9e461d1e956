import { aws_dynamodb as dynamodb, aws_eks_v2 as eks, aws_iam as iam, CfnOutput, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ClusterCompute, EksCluster, FargatePods, IrsaRole } from '../../lib';
import { ExampleNetwork } from '../network';

/** A Kubernetes cluster without nodes: each pod has a machine of its own, which AWS looks after. */
export class EksFargate extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { vpc } = new ExampleNetwork(this, 'Network');
    const platform = iam.Role.fromRoleName(this, 'Platform', 'platform-engineers');

    const { cluster } = new EksCluster(this, 'K8s', {
      vpc,
      version: eks.KubernetesVersion.V1_36,
      compute: ClusterCompute.fargateOnly(),
      admins: [platform],
    });
    new FargatePods(this, 'Shop', { cluster, selectors: [{ namespace: 'shop' }, { namespace: 'shop-*' }] });

    const carts = dynamodb.Table.fromTableName(this, 'Carts', 'carts');
    // Pod Identity has no agent on Fargate: pods there get their role through the issuer of the cluster.
    const shop = new IrsaRole(this, 'ShopRole', { cluster, namespace: 'shop', serviceAccount: 'shop' });
    carts.grantReadWriteData(shop);

    new CfnOutput(this, 'ClusterName', { value: cluster.clusterName });
  }
}
