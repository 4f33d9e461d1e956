import type { App } from 'aws-cdk-lib';
import { aws_eks_v2 as eks, Stack } from 'aws-cdk-lib';
import { IrsaRole } from '../../lib/identity/irsa-role';
import { bareCluster, validationErrors } from '../support/access';
import { lenientApp } from '../support/resources';

const FLAG = '@aws-cdk/aws-eks:useNativeOidcProvider';
const ORDERS = { namespace: 'shop', serviceAccount: 'orders' };

/** With the flag and without, the provider has another place. */
function cluster(flag: boolean): { app: App; stack: Stack; cluster: eks.Cluster } {
  const app = lenientApp();
  app.node.setContext(FLAG, flag);
  const stack = new Stack(app, 'Shop');
  return { app, stack, cluster: bareCluster(stack) };
}

describe.each([true, false])('the provider of a cluster, with the flag %s', (flag) => {
  test('fails when somebody makes another one for it', () => {
    const { app, stack, cluster: k8s } = cluster(flag);
    new IrsaRole(stack, 'Orders', { cluster: k8s, ...ORDERS });
    new IrsaRole(stack, 'Bills', { cluster: k8s, namespace: 'shop', serviceAccount: 'bills' });
    new eks.OidcProviderNative(stack, 'Mine', { url: k8s.clusterOpenIdConnectIssuerUrl });
    const errors = validationErrors(app);
    expect(errors).toMatch(
      /the cluster 'Shop\/Cluster' must have one OpenID Connect provider, got 'Shop\/[^']+' and 'Shop\/Mine\/[^']+': use that of the cluster, or import the cluster with yours/,
    );
    expect(errors.match(/must have one OpenID Connect provider/g)).toHaveLength(1);
  });

  test('may be beside that of another cluster', () => {
    const { app, stack, cluster: k8s } = cluster(flag);
    const other = bareCluster(stack, 'Other');
    new IrsaRole(stack, 'Orders', { cluster: k8s, ...ORDERS });
    new IrsaRole(stack, 'Others', { cluster: other, ...ORDERS });
    expect(validationErrors(app)).toBe('');
  });
});
