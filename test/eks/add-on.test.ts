import { Lazy, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AddOn } from '../../lib/eks/add-on';
import type { AddOnOptions } from '../../lib/eks/add-on-options';
import { AddOnConflicts } from '../../lib/eks/add-on-options';
import type { CoreDnsOptions } from '../../lib/eks/add-ons/core-dns';
import { newAddOns } from '../../lib/eks/private/add-ons';
import { describeCluster } from '../../lib/eks/private/cluster-facts';
import { importingStack, madeAddOn, valuesOf } from '../support/add-ons';
import { expectFailure } from '../support/errors';
import { only } from '../support/fixture';

describe('every add-on', () => {
  const KINDS: [string, (options: AddOnOptions) => AddOn, needsNodes: boolean][] = [
    ['vpc-cni', (options) => AddOn.vpcCni({ ...options, useNodeRole: true }), false],
    ['kube-proxy', (options) => AddOn.kubeProxy(options), false],
    ['eks-pod-identity-agent', (options) => AddOn.podIdentityAgent(options), false],
    ['coredns', (options) => AddOn.coreDns(options), true],
    ['adot', (options) => AddOn.of('adot', options), true],
  ];

  test.each(KINDS)('%s needs only the name of its cluster, and wins over what is there', (name, addOn, needsNodes) => {
    const { template, addon, all } = madeAddOn(addOn({}));
    expect(addon.Properties).toEqual({ AddonName: name, ClusterName: 'live', ResolveConflicts: 'OVERWRITE' });
    template.resourceCountIs('AWS::IAM::Role', 0);
    expect(Object.keys(all)).toEqual([name]);
    expect(addOn({})._kind).toMatchObject({ name, needsNodes });
  });

  test.each(KINDS)('%s takes what all have in common', (name, addOn) => {
    const options = {
      version: 'v1.2.3-eksbuild.4',
      resolveConflicts: AddOnConflicts.PRESERVE,
      preserveOnDelete: true,
      configuration: { resources: { limits: { memory: '1Gi' } } },
    };
    expect(madeAddOn(addOn(options)).addon.Properties).toEqual({
      AddonName: name,
      AddonVersion: 'v1.2.3-eksbuild.4',
      ClusterName: 'live',
      ConfigurationValues: '{"resources":{"limits":{"memory":"1Gi"}}}',
      PreserveOnDelete: true,
      ResolveConflicts: 'PRESERVE',
    });
  });

  test.each(KINDS)('%s has no configuration when it is empty', (_, addOn) => {
    const { addon } = madeAddOn(addOn({ configuration: { unset: undefined } }));
    expect(addon.Properties).not.toHaveProperty('ConfigurationValues');
  });

  test.each(KINDS)('fails when %s has something else than options', (_, addOn) => {
    const fails = (options: unknown, message: string | RegExp) =>
      expectFailure(() => addOn(options as AddOnOptions), message);
    fails(
      { version: 'latest' },
      /^the version of the add-on '.*' must be one such as 'v1.18.3-eksbuild.2', got 'latest'$/,
    );
    fails({ preserveOnDelete: 'no' }, /^preserveOnDelete of the add-on '.*' must be true or false, got 'no'$/);
    fails(
      { resolveConflicts: 'overwrite' },
      /^resolveConflicts of the add-on '.*' must be one of OVERWRITE, PRESERVE, NONE, got 'overwrite'$/,
    );
    fails(
      { configuration: '{"a":1}' },
      /^the configuration of the add-on '.*' must be an object, got a string: pass the values themselves/,
    );
    fails({ configuration: null }, /^the configuration of the add-on '.*' must be an object, got null/);
    fails({ configuration: ['a'] }, /^the configuration of the add-on '.*' must be an object, got a list/);
  });

  test('has the tags of its stack', () => {
    const { stack, cluster } = importingStack();
    const { adot } = newAddOns(stack, cluster, [AddOn.of('adot')]);
    Tags.of(adot).add('team', 'shop');
    expect(only(Template.fromStack(stack), 'AWS::EKS::Addon').Properties.Tags).toEqual([
      { Key: 'team', Value: 'shop' },
    ]);
  });

  test('takes tokens', () => {
    const version = Lazy.string({ produce: () => 'v9.9.9-eksbuild.9' });
    const resolveConflicts = Lazy.string({ produce: () => 'NONE' }) as AddOnConflicts;
    expect(madeAddOn(AddOn.kubeProxy({ version, resolveConflicts })).addon.Properties).toMatchObject({
      AddonVersion: 'v9.9.9-eksbuild.9',
      ResolveConflicts: 'NONE',
    });
  });

  test('has a logical id that its place and name give, whatever stands beside it', () => {
    const idOf = (addOns: AddOn[]) => {
      const { stack, cluster } = importingStack();
      const { coredns } = newAddOns(stack, cluster, addOns);
      return stack.resolve(coredns.logicalId);
    };
    expect(idOf([AddOn.coreDns()])).toBe('AddOncorednsEBF22C65');
    expect(idOf([AddOn.kubeProxy(), AddOn.of('adot'), AddOn.coreDns({ replicas: 3 })])).toBe('AddOncorednsEBF22C65');
  });
});

describe('AddOn.coreDns', () => {
  test('has as many replicas as it is told', () => {
    expect(valuesOf(AddOn.coreDns({ replicas: 3 }))).toEqual({ replicaCount: 3 });
  });

  test('is scaled by EKS', () => {
    expect(valuesOf(AddOn.coreDns({ scaling: { minReplicas: 2, maxReplicas: 10 } }))).toEqual({
      autoScaling: { enabled: true, minReplicas: 2, maxReplicas: 10 },
    });
    expect(valuesOf(AddOn.coreDns({ scaling: {} }))).toEqual({ autoScaling: { enabled: true } });
  });

  test('runs on Fargate where there is nothing else, told or known', () => {
    expect(valuesOf(AddOn.coreDns(), { fargateOnly: true })).toEqual({ computeType: 'Fargate' });
    expect(valuesOf(AddOn.coreDns({ onFargate: true }))).toEqual({ computeType: 'Fargate' });
    expect(madeAddOn(AddOn.coreDns({ onFargate: false }), { fargateOnly: true }).addon.Properties).not.toHaveProperty(
      'ConfigurationValues',
    );
    const { stack, cluster } = importingStack();
    describeCluster(cluster, { fargateOnly: true });
    newAddOns(stack, cluster, [AddOn.coreDns()]);
    const { Properties } = only(Template.fromStack(stack), 'AWS::EKS::Addon');
    expect(Properties.ConfigurationValues).toBe('{"computeType":"Fargate"}');
  });

  test('takes further values, which win over the options', () => {
    const configuration = {
      replicaCount: 5,
      autoScaling: { maxReplicas: 4 },
      tolerations: [{ key: 'dns', operator: 'Exists' }],
    };
    expect(valuesOf(AddOn.coreDns({ scaling: { minReplicas: 2, maxReplicas: 3 }, configuration }))).toEqual({
      ...configuration,
      autoScaling: { enabled: true, minReplicas: 2, maxReplicas: 4 },
    });
  });

  test.each<[string, CoreDnsOptions, RegExp]>([
    ['is told by a string', { onFargate: 'no' as never }, /^onFargate must be true or false, got 'no'$/],
    ['has no replicas', { replicas: 0 }, /^replicas must be at least 1, got 0$/],
    ['has fixed and scaled replicas', { replicas: 2, scaling: {} }, /^replicas must not be given with scaling/],
  ])('fails when it %s', (_, options, message) => {
    expectFailure(() => AddOn.coreDns(options), message);
  });
});
