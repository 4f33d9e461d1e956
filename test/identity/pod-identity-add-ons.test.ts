import type { aws_eks_v2 as eks, Stack } from 'aws-cdk-lib';
import { aws_iam as iam } from 'aws-cdk-lib';
import { AddOn } from '../../lib/eks/add-on';
import { ClusterAddOn } from '../../lib/eks/cluster-add-on';
import { PodIdentityRole } from '../../lib/identity/pod-identity-role';
import { imported, named, validationErrors } from '../support/access';

const managedPolicies = [iam.ManagedPolicy.fromAwsManagedPolicyName('AWSXrayWriteOnlyAccess')];
const ADOT = { namespace: 'telemetry', serviceAccount: 'adot' };

function errorsOf(
  addOn: (role: PodIdentityRole) => AddOn,
  account = ADOT,
  cluster?: (stack: Stack) => eks.ICluster,
): string {
  const { app, stack, cluster: known } = imported();
  const role = new PodIdentityRole(stack, 'Pods', { cluster: cluster?.(stack) ?? known, ...account });
  new ClusterAddOn(stack, 'AddOn', { cluster: known, addOn: addOn(role) });
  return validationErrors(app);
}

const adot = (namespace?: string, serviceAccount = ADOT.serviceAccount) =>
  AddOn.of('adot', { namespace, identities: [{ serviceAccount, managedPolicies }] });

describe('a service account of an add-on', () => {
  test('fails when it has a role of its own, too', () => {
    expect(errorsOf(() => adot('telemetry'))).toContain(
      "the service account 'adot' of the namespace 'telemetry' in the cluster 'Shop/Named' must have one role, got 'Shop/AddOn/Resource' and 'Shop/Pods': let both share one",
    );
  });

  test('fails when it is that of the network plugin, whose namespace is known', () => {
    const account = { namespace: 'kube-system', serviceAccount: 'aws-node' };
    expect(errorsOf(() => AddOn.vpcCni(), account)).toContain("'aws-node' of the namespace 'kube-system'");
    expect(errorsOf(() => AddOn.vpcCni({ useNodeRole: true }), account)).toBe('');
  });

  test('fails when it is given a role that associates itself', () => {
    const identities = (role: iam.IRole) => [{ serviceAccount: 'adot', role }];
    expect(errorsOf((role) => AddOn.of('adot', { identities: identities(role) }))).toContain('must have one role');
  });

  test.each<[string, () => AddOn, typeof ADOT]>([
    ['another service account', () => adot('telemetry', 'collector'), ADOT],
    ['another namespace', () => adot('elsewhere'), ADOT],
    ['a namespace that the vendor chose', () => adot(), ADOT],
  ])('may be beside %s', (_what, addOn, account) => expect(errorsOf(addOn, account)).toBe(''));

  test('may share the role of another service account', () => {
    const identities = (role: iam.IRole) => [{ serviceAccount: 'collector', role }];
    expect(errorsOf((role) => AddOn.of('adot', { identities: identities(role) }))).toBe('');
  });

  test('may be that of another cluster', () => {
    expect(
      errorsOf(
        () => adot('telemetry'),
        ADOT,
        (stack) => named(stack, 'Other', 'other'),
      ),
    ).toBe('');
  });
});
