import { Fn, Stack, aws_eks_v2 as eks } from 'aws-cdk-lib';
import { ClusterIdentityProvider } from '../../lib/eks/cluster-identity-provider';
import type { ClusterIdentityProviderProps } from '../../lib/eks/cluster-identity-provider';
import { bareCluster } from '../support/access';
import { newEksCluster } from '../support/eks-clusters';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { idOf, lenientApp } from '../support/resources';

function imported(stack: Stack, clusterName = 'shop'): eks.ICluster {
  return eks.Cluster.fromClusterAttributes(stack, `Cluster-${clusterName}`, { clusterName });
}

function newProvider(props: Partial<ClusterIdentityProviderProps> = {}, stack = new Stack(newApp(), 'Shop')) {
  const users = new ClusterIdentityProvider(stack, 'Users', {
    cluster: props.cluster ?? imported(stack),
    issuerUrl: 'https://login.example.com/realms/shop',
    clientId: 'k8s',
    ...props,
  });
  return { stack, users };
}

function oidcOf(props: Partial<ClusterIdentityProviderProps> = {}): any {
  return only(Template.fromStack(newProvider(props).stack), 'AWS::EKS::IdentityProviderConfig').Properties;
}

test('names of users have a prefix, and there are no groups', () => {
  expect(oidcOf()).toEqual({
    ClusterName: 'shop',
    Type: 'oidc',
    Oidc: {
      IssuerUrl: 'https://login.example.com/realms/shop',
      ClientId: 'k8s',
      UsernameClaim: 'sub',
      UsernamePrefix: 'oidc:',
    },
  });
});

test('groups have one, too', () => {
  expect(oidcOf({ groupsClaim: 'groups' }).Oidc).toMatchObject({ GroupsClaim: 'groups', GroupsPrefix: 'oidc:' });
});

test('all of it can be said', () => {
  const { Oidc } = oidcOf({
    usernameClaim: 'email',
    usernamePrefix: 'okta:',
    groupsClaim: 'teams',
    groupsPrefix: 'okta-',
    requiredClaims: { tenant: 'shop' },
  });
  expect(Oidc).toMatchObject({
    UsernameClaim: 'email',
    UsernamePrefix: 'okta:',
    GroupsClaim: 'teams',
    GroupsPrefix: 'okta-',
    RequiredClaims: [{ Key: 'tenant', Value: 'shop' }],
  });
});

test('tokens pass', () => {
  const { Oidc } = oidcOf({ issuerUrl: Fn.importValue('Issuer'), clientId: Fn.importValue('Client') });
  expect(Oidc).toMatchObject({ IssuerUrl: { 'Fn::ImportValue': 'Issuer' }, ClientId: { 'Fn::ImportValue': 'Client' } });
});

test('for a cluster of another stack, which gets nothing but an output', () => {
  const { app, k8s, stack } = newEksCluster();
  const before = Object.keys(Template.fromStack(stack).toJSON().Resources);
  const app2 = lenientApp();
  const again = newEksCluster({}, undefined, app2);
  const people = new Stack(app2, 'People');
  const { users } = newProvider({ cluster: again.k8s.cluster }, people);
  expect(idOf(users.identityProviderConfig)).toMatch(/^UsersConfig/);
  expect(Object.keys(Template.fromStack(again.stack).toJSON().Resources)).toEqual(before);
  expect([app, k8s]).toBeDefined();
});

describe('fails when', () => {
  test.each([
    ['the issuer has no TLS', { issuerUrl: 'http://login.example.com' }, /issuerUrl must be the URL of an issuer/],
    ['the issuer has a query', { issuerUrl: 'https://login.example.com?a=1' }, /without port, query and fragment/],
    ['the issuer has a port', { issuerUrl: 'https://login.example.com:8443' }, /without port, query and fragment/],
    ['the issuer is missing', { issuerUrl: undefined }, 'issuerUrl must be given, got undefined'],
    ['the client is missing', { clientId: undefined }, 'clientId must be given, got undefined'],
    [
      'users could become part of Kubernetes',
      { usernamePrefix: 'system:' },
      "usernamePrefix must not have system:, got 'system:': Kubernetes trusts such names, so choose another",
    ],
    ['groups could', { groupsClaim: 'groups', groupsPrefix: 'x-system:' }, /groupsPrefix must not have system:/],
    [
      'groups have no prefix',
      { groupsClaim: 'groups', groupsPrefix: '' },
      /groupsPrefix must be a text without spaces/,
    ],
    [
      'groups have a prefix and no claim',
      { groupsPrefix: 'oidc:' },
      'groupsPrefix needs groupsClaim, which says where the groups stand: name it, or leave both out',
    ],
    [
      'a claim has a long name',
      { requiredClaims: { ['a'.repeat(64)]: 'b' } },
      /a key of requiredClaims must be 1 to 63/,
    ],
    [
      'a claim has a long value',
      { requiredClaims: { a: 'b'.repeat(254) } },
      /the claim a of requiredClaims must be 1 to 253/,
    ],
    ['a claim is empty', { requiredClaims: { a: '' } }, /the claim a of requiredClaims must be 1 to 253/],
    ['claims are a text', { requiredClaims: 'a' }, /requiredClaims must be an object/],
    ['claims are null', { requiredClaims: null }, /requiredClaims must be an object/],
  ] as [string, Partial<ClusterIdentityProviderProps>, string | RegExp][])('%s', (_what, props, message) => {
    expectFailure(() => newProvider(props), message);
  });

  test('the cluster is missing', () => {
    const stack = new Stack(newApp(), 'Shop');
    const props = { issuerUrl: 'https://login.example.com', clientId: 'x' } as ClusterIdentityProviderProps;
    expectFailure(() => new ClusterIdentityProvider(stack, 'Users', props), 'cluster must be given, got undefined');
  });

  test('the cluster has one already, in whichever stack', () => {
    const { app, k8s, stack } = newEksCluster();
    newProvider({ cluster: k8s.cluster }, stack);
    expectFailure(
      () => newProvider({ cluster: k8s.cluster }, new Stack(app, 'People')),
      "the cluster 'Shop/K8s/Cluster' must have one issuer of users, got 'Shop/Users/Config' too: EKS takes no second one",
    );
  });
});

test('clusters of one name in two places have one each', () => {
  const app = newApp();
  const [one, two] = ['eu-west-1', 'us-east-1'].map(
    (region) => new Stack(app, `Shop-${region}`, { env: { account: '123456789012', region } }),
  );
  newProvider({}, one);
  newProvider({}, two);
  const other = new Stack(app, 'Third', { env: { account: '123456789012', region: 'us-east-1' } });
  expectFailure(() => newProvider({}, other), /must have one issuer of users/);
});

test.each<[string, unknown, RegExp]>([
  ['clientId', '', /^clientId must be a text .*, got ''$/],
  ['clientId', 5, /^clientId must be a text .*, got 5, which is no string$/],
  ['usernameClaim', '', /^usernameClaim must be a text/],
  ['usernameClaim', null, /^usernameClaim must be a text .*, got null/],
  ['groupsClaim', ' groups', /^groupsClaim must be a text that does not begin or end with a space, got ' groups'$/],
  ['requiredClaims', ['team'], /^requiredClaims must be an object, got a list/],
])('fails when %s is %j', (name, value, message) => {
  expectFailure(() => newProvider({ [name]: value }), message);
});

test('fails when the cluster is in another region, also where it has a name', () => {
  const app = lenientApp();
  const env = (region: string) => ({ env: { account: '111122223333', region } });
  const cluster = bareCluster(new Stack(app, 'There', env('eu-west-1')));
  const here = new Stack(app, 'Here', env('us-east-1'));
  expectFailure(
    () => newProvider({ cluster }, here),
    "the cluster 'There/Cluster' must be in the region of 'Here/Users', us-east-1, got eu-west-1: use one there",
  );
});
