import { Lazy, Token } from 'aws-cdk-lib';
import {
  ADD_ONS,
  checkAddOnName,
  checkAddOnServiceAccount,
  checkAddOnVersion,
  checkNamespace,
  checkOtherAddOn,
  checkReplicas,
  checkWarmPool,
  factsOfAddOn,
} from '../../lib/rules/add-ons';
import type { WarmPool } from '../../lib/rules/add-ons';
import { expectFailure } from '../support/errors';

const TOKEN = Lazy.string({ produce: () => 'x' });
const NUMBER = Token.asNumber({ Ref: 'N' });

describe('the names of add-ons', () => {
  const ALLOWED = "lower-case letters, digits, '.', '_' and '-', such as 'aws-ebs-csi-driver'";

  test.each([
    'adot',
    'aws-ebs-csi-driver',
    'netapp_trident-operator',
    'new-relic_kubernetes-operator',
    'kasten_k10',
    ...Object.keys(ADD_ONS),
  ])('%s passes', (name) => {
    expect(() => checkAddOnName(name)).not.toThrow();
  });

  test.each(['', 'CoreDNS', '-adot', 'a b', 'adot/1', 'x'.repeat(101)])("fails when it is '%s'", (name) => {
    expectFailure(() => checkAddOnName(name), `the name of an add-on must be ${ALLOWED}, got '${name}'`);
  });

  test.each([
    [TOKEN, 'a token'],
    [undefined, 'undefined'],
    [7, '7'],
  ])('fails when it is %s', (name, shown) => {
    expectFailure(
      () => checkAddOnName(name as string),
      `the name of an add-on must be a string that is known at synthesis, got ${shown}`,
    );
  });

  test.each([
    ['vpc-cni', 'AddOn.vpcCni()'],
    ['kube-proxy', 'AddOn.kubeProxy()'],
    ['eks-pod-identity-agent', 'AddOn.podIdentityAgent()'],
    ['coredns', 'AddOn.coreDns()'],
  ])('fails when %s is made by AddOn.of', (name, factory) => {
    expectFailure(
      () => checkOtherAddOn(name),
      `AddOn.of must be for add-ons that have no factory, got '${name}': use ${factory}, which knows its order and identity`,
    );
  });

  test('those without a factory are for AddOn.of', () => {
    expect(() => checkOtherAddOn('aws-ebs-csi-driver')).not.toThrow();
    expectFailure(() => checkOtherAddOn('Adot'), /the name of an add-on must be/);
  });

  test('of objects are not those of add-ons', () => {
    expect(factsOfAddOn('constructor')).toBeUndefined();
    expect(factsOfAddOn('coredns')).toMatchObject({ needsNodes: true });
  });
});

describe('the versions of add-ons', () => {
  test.each(['v1.18.3-eksbuild.2', 'v1.18.30-eksbuild.12', TOKEN, undefined])('%s passes', (version) => {
    expect(() => checkAddOnVersion('vpc-cni', version)).not.toThrow();
  });

  test.each(['latest', 'v1.18.3', '1.18.3-eksbuild.2', 'v1.18-eksbuild.2', 'v1.18.3-eksbuild', ' v1.18.3-eksbuild.2'])(
    "fails when it is '%s'",
    (version) => {
      expectFailure(
        () => checkAddOnVersion('vpc-cni', version),
        `the version of the add-on 'vpc-cni' must be one such as 'v1.18.3-eksbuild.2', got '${version}'`,
      );
    },
  );

  test('of vendors have their own form', () => {
    expect(() => checkAddOnVersion('acme_agent', 'v25.6.0')).not.toThrow();
    expect(() => checkAddOnVersion('acme_agent', '2.1.0-rc.1+7')).not.toThrow();
    expectFailure(
      () => checkAddOnVersion('acme_agent', 'latest'),
      "the version of the add-on 'acme_agent' must be one such as 'v1.18.3-eksbuild.2', got 'latest'",
    );
  });
});

describe('where add-ons are', () => {
  test.each(['a', 'amazon-cloudwatch', '0', 'x'.repeat(63), TOKEN, undefined])('%s passes', (namespace) => {
    expect(() => checkNamespace('adot', namespace)).not.toThrow();
  });

  test.each(['', '-a', 'a-', 'A', 'a.b', 'a_b', 'x'.repeat(64)])("fails when it is '%s'", (namespace) => {
    expectFailure(
      () => checkNamespace('adot', namespace),
      `the namespace of the add-on 'adot' must be 1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends, got '${namespace}'`,
    );
  });

  test.each(['aws-node', 'a.b-c', 'x'.repeat(253)])('the service account %s passes', (name) => {
    expect(() => checkAddOnServiceAccount(name)).not.toThrow();
  });

  test.each(['', 'A', '-a', 'a-', 'a..b', '.a', 'x'.repeat(254)])("fails when a service account is '%s'", (name) => {
    expectFailure(
      () => checkAddOnServiceAccount(name),
      `the service account of an add-on must be lower-case letters, digits, '-' and '.', with a letter or digit at both ends, got '${name}'`,
    );
  });

  test('fails when a service account is a token', () => {
    expectFailure(
      () => checkAddOnServiceAccount(TOKEN),
      'the service account of an add-on must be a string that is known at synthesis, got a token',
    );
  });
});

describe('addresses that wait for pods', () => {
  test.each<WarmPool>([
    {},
    { warmEniTarget: 0 },
    { warmIpTarget: 2, minimumIpTarget: 30 },
    { prefixDelegation: true, warmPrefixTarget: 1 },
    { prefixDelegation: true, warmIpTarget: 5, minimumIpTarget: 10 },
    { warmIpTarget: NUMBER, minimumIpTarget: NUMBER },
  ])('%j passes', (pool) => {
    expect(() => checkWarmPool(pool)).not.toThrow();
  });

  test.each<[WarmPool, string]>([
    [
      { warmPrefixTarget: 2 },
      'warmPrefixTarget must be given with prefixDelegation, got 2 without it: the plugin ignores it',
    ],
    [{ prefixDelegation: true, warmPrefixTarget: 0 }, 'warmPrefixTarget must be at least 1, got 0'],
    [{ warmIpTarget: 0 }, 'warmIpTarget must be at least 1, got 0'],
    [{ warmIpTarget: 1, minimumIpTarget: 0 }, 'minimumIpTarget must be at least 1, got 0'],
    [{ warmEniTarget: -1 }, 'warmEniTarget must be at least 0, got -1'],
    [{ warmEniTarget: 1.5 }, 'warmEniTarget must be a whole number, got 1.5'],
    [
      { minimumIpTarget: 10 },
      'minimumIpTarget must be given with warmIpTarget, got 10 alone: without it the plugin keeps no address ready beyond the minimum',
    ],
    [
      { warmIpTarget: 2, warmEniTarget: 1 },
      'warmEniTarget must not be given with warmIpTarget, got 1: the plugin ignores it, so remove one of them',
    ],
    [
      { prefixDelegation: true, warmIpTarget: 2, warmPrefixTarget: 1 },
      'warmPrefixTarget must not be given with warmIpTarget, got 1: the plugin ignores it, so remove one of them',
    ],
  ])('fails when they are %j', (pool, message) => {
    expectFailure(() => checkWarmPool(pool), message);
  });
});

describe('replicas', () => {
  test.each([
    [undefined, undefined],
    [1, undefined],
    [undefined, { minReplicas: 2, maxReplicas: 2 }],
    [undefined, { minReplicas: 2 }],
    [undefined, { minReplicas: NUMBER, maxReplicas: 1 }],
    [undefined, {}],
  ])('%s, %j passes', (replicas, scaling) => {
    expect(() => checkReplicas(replicas, scaling)).not.toThrow();
  });

  test.each([
    [0, undefined, 'replicas must be at least 1, got 0'],
    [undefined, { minReplicas: 0 }, 'minReplicas must be at least 1, got 0'],
    [undefined, { maxReplicas: 1.5 }, 'maxReplicas must be a whole number, got 1.5'],
    [undefined, { minReplicas: 3, maxReplicas: 2 }, 'minReplicas must not be greater than maxReplicas, got 3 and 2'],
    [
      2,
      { minReplicas: 2 },
      'replicas must not be given with scaling, got 2: EKS sets how many there are, so remove one of them',
    ],
  ])('fails when they are %s, %j', (replicas, scaling, message) => {
    expectFailure(() => checkReplicas(replicas, scaling), message);
  });
});
