import { Stack } from 'aws-cdk-lib';
import type { App, aws_iam as iam, aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ClusterAccess } from '../../lib/eks/cluster-access';
import { KubernetesAccess } from '../../lib/eks/kubernetes-access';
import { hasAdministrator } from '../../lib/eks/private/access-entries';
import { ACCOUNT, arn, bareCluster, DEVS, named } from '../support/access';
import { newApp } from '../support/fixture';

const access = (
  scope: Construct,
  cluster: eks.ICluster,
  what = KubernetesAccess.view(),
  principal: iam.IPrincipal = arn(),
  id = 'Devs',
) => new ClusterAccess(scope, id, { cluster, principal, access: what });
describe('hasAdministrator', () => {
  const bare = (make: (cluster: eks.Cluster, stack: Stack, app: App) => unknown) => {
    const app = newApp();
    const stack = new Stack(app, 'Shop');
    const cluster = bareCluster(stack);
    make(cluster, stack, app);
    return hasAdministrator(cluster);
  };

  test.each<[string, Parameters<typeof bare>[0]]>([
    ['a ClusterAccess', (cluster, stack) => access(stack, cluster, KubernetesAccess.clusterAdmin())],
    [
      'one of another stack',
      (cluster, _, app) => access(new Stack(app, 'More'), cluster, KubernetesAccess.clusterAdmin()),
    ],
    ['the L2', (cluster) => cluster.grantClusterAdmin('Admin', DEVS)],
    [
      'the creator',
      (cluster) =>
        (cluster.node.defaultChild as eks.CfnCluster).addPropertyOverride('Nothing', 1) ??
        ((cluster.node.defaultChild as eks.CfnCluster).accessConfig = { authenticationMode: 'API' }),
    ],
  ])('is true for %s', (_what, make) => {
    expect(bare(make)).toBe(true);
  });

  test.each<[string, Parameters<typeof bare>[0]]>([
    ['nobody', () => undefined],
    ['others', (cluster, stack) => access(stack, cluster, KubernetesAccess.admin())],
    [
      'an administrator of namespaces',
      (cluster, stack) =>
        access(stack, cluster, KubernetesAccess.policy('AmazonEKSClusterAdminPolicy', { namespaces: ['a'] })),
    ],
    ['groups', (cluster, stack) => access(stack, cluster, KubernetesAccess.groups(['admins']))],
    ['another cluster', (_, stack) => access(stack, named(stack), KubernetesAccess.clusterAdmin())],
  ])('is false for %s', (_what, make) => {
    expect(bare(make)).toBe(false);
  });

  test('finds those of an imported cluster, in its region', () => {
    const app = newApp();
    const [here, there] = ['eu-west-1', 'us-east-1'].map(
      (region) => new Stack(app, region, { env: { account: ACCOUNT, region } }),
    );
    const [mine, theirs] = [named(here), named(there)];
    access(here, mine, KubernetesAccess.clusterAdmin());
    expect([mine, theirs].map(hasAdministrator)).toEqual([true, false]);
  });
});
