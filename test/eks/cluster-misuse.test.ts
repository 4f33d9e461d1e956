import { aws_iam as iam, CfnParameter, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  ClusterAccess,
  ClusterIdentityProvider,
  FargatePodRole,
  FargatePods,
  HybridCredentials,
  HybridNodeRole,
  HybridNodes,
  IrsaRole,
  KarpenterInfrastructure,
  KubernetesAccess,
  LoadBalancerControllerInfrastructure,
  PodIdentityRole,
} from '../../lib';
import { arn, imported } from '../support/access';
import { expectFailure } from '../support/errors';
import { imported as importedWithNetwork, SHOP } from '../support/fargate-pods';
import { newApp } from '../support/fixture';

const wrong = (value: unknown) => value as never;
const KINDS: { [name: string]: new (scope: Construct, id: string, props: never) => Construct } = {
  ClusterAccess,
  ClusterIdentityProvider,
  FargatePodRole,
  FargatePods,
  HybridNodeRole,
  HybridNodes,
  IrsaRole,
  KarpenterInfrastructure,
  LoadBalancerControllerInfrastructure,
  PodIdentityRole,
};
const OTHERS = { namespace: 'shop', serviceAccount: 'orders', selectors: SHOP, principal: arn() };

describe.each(Object.entries(KINDS))('%s fails when', (_name, Kind) => {
  const make = (props: unknown) => () => new Kind(new Stack(newApp(), 'Shop'), 'It', wrong(props));

  test.each([undefined, null, {}, { cluster: null }])('there is no cluster: %j', (props) => {
    expectFailure(make(props), /^cluster must be given, got (undefined|null)$/);
  });

  test('the cluster is a name, or what holds one', () => {
    const stack = new Stack(newApp(), 'Cluster');
    for (const cluster of ['live', { cluster: 'live' }, stack, { clusterName: 'live' }]) {
      expectFailure(make({ ...OTHERS, cluster }), /^cluster must be an eks.ICluster of aws-eks-v2, got something else/);
    }
  });
});

describe('fails when', () => {
  test.each([undefined, null])('a role of IAM Identity Center has no options: %j', (options) => {
    expectFailure(
      () => ClusterAccess.ssoRole(new Stack(), 'Role', wrong(options)),
      `options must be given, got ${String(options)}`,
    );
  });

  test('lists that only CloudFormation knows come to others', () => {
    const { stack, cluster } = imported();
    const list = (id: string) => new CfnParameter(stack, id, { type: 'CommaDelimitedList' }).valueAsList;
    const give = (id: string, name: string, access: KubernetesAccess) =>
      new ClusterAccess(stack, id, { cluster, principal: arn(`arn:aws:iam::111122223333:role/${name}`), access });
    give('One', 'a', KubernetesAccess.edit({ namespaces: list('Namespaces') }));
    give('Two', 'b', KubernetesAccess.groups(list('Groups')));
    expectFailure(
      () => give('Three', 'a', KubernetesAccess.edit({ namespaces: ['shop'] })),
      'the namespaces of AmazonEKSEditPolicy of one principal must be known at synthesis to be more than one list, got a token: say all of them in one list',
    );
    expectFailure(() => give('Four', 'b', KubernetesAccess.groups(['devs'])), /^the groups of one principal must be/);
    give('Five', 'b', KubernetesAccess.view());
    give('Six', 'a', KubernetesAccess.edit());
  });

  test.each(['arn:aws:iam::1:role/devs', 'arn:aws:iam:::role/devs'])(
    'the account of a principal is none: %s',
    (text) => {
      const { stack, cluster } = imported();
      const props = { cluster, principal: arn(text), access: KubernetesAccess.view() };
      expectFailure(() => new ClusterAccess(stack, 'It', props), /^principal must be an IAM role or user, got 'arn/);
    },
  );

  test('further pods are none', () => {
    const { stack, cluster } = imported();
    const role = new PodIdentityRole(stack, 'Role', { cluster, ...OTHERS });
    expectFailure(() => role.associate('More', wrong(undefined)), 'options must be given, got undefined');
    expectFailure(
      () => role.associate('More', { ...OTHERS, cluster: wrong('live') }),
      /^cluster must be an eks.ICluster/,
    );
  });

  test.each([null, 'StringEquals', [], { StringEquals: null }, { StringEquals: 'x' }])(
    'trustConditions are %j',
    (trustConditions) => {
      const { stack, cluster } = imported();
      const props = { cluster, ...OTHERS, trustConditions: wrong(trustConditions) };
      expectFailure(() => new PodIdentityRole(stack, 'Role', props), /^trustConditions must be keys by operator/);
    },
  );

  test('credentials of hybrid nodes are none', () => {
    const { stack, cluster } = imported();
    const message = /^credentials must be made by HybridCredentials, got something else/;
    expectFailure(() => new HybridNodeRole(stack, 'Role', { cluster, credentials: wrong('ssm') }), message);
    expectFailure(() => new HybridNodes(stack, 'Nodes', { cluster, credentials: wrong({}) }), message);
    expectFailure(
      () => HybridCredentials.rolesAnywhere({ certificateAuthority: wrong('arn:aws:acm-pca:…') }),
      /^certificateAuthority must be an acmpca.ICertificateAuthority, got string/,
    );
    const bundle = { certificateBundle: '-----BEGIN CERTIFICATE-----' };
    expectFailure(
      () => HybridCredentials.rolesAnywhere({ ...bundle, sessionDuration: wrong(null) }),
      'sessionDuration must be given, got null',
    );
  });

  test.each<[string, unknown, RegExp]>([
    ['role', 'arn:aws:iam::111122223333:role/pods', /^role must be a role such as/],
    ['role', null, /^role must be a role such as .*, got null/],
    ['vpc', 'vpc-1', /^vpc must be an ec2.IVpc, got string/],
    ['vpcSubnets', 'private', /^the options of vpcSubnets must be an object with subnetType, .*, got no object$/],
    ['vpcSubnets', [], /^the options of vpcSubnets .*, got no object$/],
    ['vpcSubnets', { type: 'x' }, /^the options of vpcSubnets .*, got type$/],
    ['logging', { logGroup: '/pods' }, /^logGroup must be a log group such as .*, got string: import it$/],
  ])('%s of FargatePods is %j', (name, value, message) => {
    const { stack, cluster } = importedWithNetwork();
    const props = { cluster, selectors: SHOP, [name]: value };
    expectFailure(() => new FargatePods(stack, 'Pods', props), message);
  });

  test.each<[string, unknown, RegExp]>([
    ['nodeRole', 'nodes', /^nodeRole must be a role such as .*, got 'nodes'/],
    ['vpc', 'vpc-1', /^vpc must be an ec2.IVpc, got string/],
    ['vpcSubnets', ['subnet-1'], /^the options of vpcSubnets .*, got no object$/],
  ])('%s of KarpenterInfrastructure is %j', (name, value, message) => {
    const { stack, cluster } = importedWithNetwork();
    expectFailure(() => new KarpenterInfrastructure(stack, 'It', { cluster, [name]: value }), message);
  });
});

test('a principal may be in an account that only CloudFormation knows', () => {
  const { stack, cluster } = imported();
  const account = new CfnParameter(stack, 'Account').valueAsString;
  const principal = iam.Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${account}:role/devs`);
  expect(
    new ClusterAccess(stack, 'It', { cluster, principal, access: KubernetesAccess.view() }).accessEntry,
  ).toBeDefined();
});
