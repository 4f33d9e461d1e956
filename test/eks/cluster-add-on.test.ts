import { App, aws_eks_v2 as eks, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AddOn } from '../../lib/eks/add-on';
import { ClusterAddOn } from '../../lib/eks/cluster-add-on';
import { rolesOf } from '../../lib/eks/private/add-on-identity';
import { needsNodes, newAddOns } from '../../lib/eks/private/add-ons';
import { clusterElsewhere, importedCluster } from '../support/add-ons';
import { expectFailure } from '../support/errors';
import { newApp, only } from '../support/fixture';
import { idOf, resourceOf } from '../support/resources';
import { STRICT, validate } from '../support/validate';

describe('ClusterAddOn', () => {
  test('stands alone on a cluster of which only the name is known', () => {
    const stack = new Stack(new App(), 'Stack');
    const adot = new ClusterAddOn(stack, 'Adot', {
      cluster: importedCluster(stack),
      addOn: AddOn.of('adot', {
        identities: [
          {
            serviceAccount: 'adot-collector',
            managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('AWSXrayWriteOnlyAccess')],
          },
        ],
      }),
    });
    adot.roles['adot-collector'].addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['aps:RemoteWrite'], resources: ['arn:aws:aps:::workspace/x'] }),
    );
    const template = Template.fromStack(stack);
    const addon = only(template, 'AWS::EKS::Addon');
    expect(addon.id).toBe(idOf(adot.addon));
    expect(addon.id).toMatch(/^Adot[0-9A-F]{8}$/);
    expect(addon.Properties.ClusterName).toBe('live');
    expect(Object.keys(adot.roles)).toEqual(['adot-collector']);
    // What was granted afterwards is there before its pods, too.
    expect(addon.DependsOn).toContain(only(template, 'AWS::IAM::ManagedPolicy').id);
  });

  test('is made after its cluster and what else it waits for', () => {
    const { here, there, cluster } = clusterElsewhere();
    const nodes = new eks.CfnNodegroup(there, 'Nodes', {
      clusterName: cluster.clusterName,
      nodeRole: 'arn:aws:iam::123456789012:role/nodes',
      subnets: ['subnet-1'],
    });
    const dns = new ClusterAddOn(there, 'Dns', { cluster, addOn: AddOn.coreDns(), after: [nodes] });
    const proxy = new ClusterAddOn(here, 'Proxy', { cluster, addOn: AddOn.kubeProxy() });
    const template = Template.fromStack(there);
    expect(resourceOf(template, dns.addon).DependsOn).toEqual(expect.arrayContaining([idOf(cluster), 'Nodes']));
    expect(here.dependencies).toEqual([there]);
    expect(there.dependencies).toEqual([]);
    const { Properties, DependsOn } = resourceOf(Template.fromStack(here), proxy.addon);
    expect(JSON.stringify(Properties.ClusterName)).toMatch(/There.*RefCluster/);
    expect(DependsOn).toBeUndefined();
  });

  test('adds nothing to the stack of its cluster but outputs', () => {
    const before = clusterElsewhere();
    const after = clusterElsewhere();
    new ClusterAddOn(after.here, 'Cni', { cluster: after.cluster, addOn: AddOn.vpcCni() });
    const { Outputs, ...rest } = Template.fromStack(after.there).toJSON();
    expect(rest).toEqual(Template.fromStack(before.there).toJSON());
    expect(Object.keys(Outputs)).toHaveLength(2);
  });

  test.each<[string, unknown, string | RegExp]>([
    ['there is no cluster', { addOn: AddOn.kubeProxy() }, 'cluster must be given, got undefined'],
    ['there is no add-on', { cluster: {} }, 'addOn must be given, got undefined'],
    [
      'the add-on is a name',
      { cluster: {}, addOn: 'coredns' },
      "addOn must be made by AddOn, got 'coredns': use AddOn.coreDns() or the like, or AddOn.of(name)",
    ],
    [
      'the cluster is what holds one',
      { cluster: { cluster: {} }, addOn: AddOn.kubeProxy() },
      'cluster must be an eks.ICluster of aws-eks-v2, got something else: pass `cluster` of an EksCluster, or an imported one',
    ],
    [
      'after is no list',
      { cluster: {}, addOn: AddOn.kubeProxy(), after: {} },
      'after must be a list, got something else: put it into brackets',
    ],
  ])('fails when %s', (_, props, message) => {
    expectFailure(() => new ClusterAddOn(new Stack(), 'AddOn', props as never), message);
  });

  test('fails when the cluster is an L1', () => {
    const stack = new Stack();
    const cluster = new eks.CfnCluster(stack, 'Cluster', {
      name: 'live',
      roleArn: 'arn:aws:iam::123456789012:role/cluster',
      resourcesVpcConfig: { subnetIds: [] },
    });
    expectFailure(
      () => new ClusterAddOn(stack, 'AddOn', { cluster: cluster as never, addOn: AddOn.kubeProxy() }),
      /^cluster must be an eks.ICluster of aws-eks-v2/,
    );
  });
});

describe('the add-ons of nodes', () => {
  test('are made after the nodes, and there is nothing to make of none', () => {
    const stack = new Stack(new App(), 'Stack');
    const nodes = new eks.CfnNodegroup(stack, 'Nodes', { clusterName: 'live', nodeRole: 'x', subnets: [] });
    const made = newAddOns(stack, importedCluster(stack), [AddOn.coreDns(), AddOn.of('adot')], { after: [nodes] });
    expect(newAddOns(stack, importedCluster(stack, 'Other'), undefined, { after: [nodes] })).toEqual({});
    const template = Template.fromStack(stack);
    expect(Object.keys(made)).toEqual(['coredns', 'adot']);
    Object.values(made).forEach((addon) => expect(resourceOf(template, addon).DependsOn).toEqual(['Nodes']));
  });

  test('wait for the agent of Pod Identity when they have an identity', () => {
    const stack = new Stack(new App(), 'Stack');
    const addOns = [AddOn.vpcCni(), AddOn.kubeProxy(), AddOn.podIdentityAgent()];
    const made = newAddOns(stack, importedCluster(stack), addOns);
    const template = Template.fromStack(stack);
    const agent = idOf(made['eks-pod-identity-agent']);
    expect(resourceOf(template, made['vpc-cni']).DependsOn).toContain(agent);
    expect(resourceOf(template, made['kube-proxy']).DependsOn).toBeUndefined();
    expect(resourceOf(template, made['eks-pod-identity-agent']).DependsOn).toBeUndefined();
    expect(Object.keys(rolesOf(made['vpc-cni']))).toEqual(['aws-node']);
    expect(rolesOf(made['kube-proxy'])).toEqual({});
  });

  test('say whether they need nodes that are made with them', () => {
    const [dns, proxy] = [AddOn.coreDns(), AddOn.kubeProxy()];
    expect(needsNodes(dns, {})).toBe(true);
    expect(needsNodes(dns, { autoMode: true })).toBe(false);
    expect(needsNodes(dns, { fargateOnly: true })).toBe(false);
    expect(needsNodes(proxy, {})).toBe(false);
  });

  test.each<[string, unknown, string]>([
    ['is no list', AddOn.coreDns(), 'addOns must be a list, got something else: put it into brackets'],
    ['is a string', 'coredns', "addOns must be a list, got 'coredns': put it into brackets"],
    ['has a hole', [undefined], 'an add-on in addOns must be given, got undefined'],
    [
      'holds a name',
      ['coredns'],
      "addOns must be made by AddOn, got 'coredns': use AddOn.coreDns() or the like, or AddOn.of(name)",
    ],
    [
      'holds a call that is missing',
      [AddOn.coreDns],
      'addOns must be made by AddOn, got something else: use AddOn.coreDns() or the like, or AddOn.of(name)',
    ],
    ['has one twice', [AddOn.coreDns(), AddOn.coreDns({ replicas: 3 })], "addOns must be unique, got 'coredns' twice"],
  ])('fails when the list %s', (_, addOns, message) => {
    const stack = new Stack();
    expectFailure(() => newAddOns(stack, importedCluster(stack), addOns as AddOn[]), message);
  });
});

describe('the validators', () => {
  test('find nothing in add-ons of all kinds, with the findings that they explain', () => {
    const app = newApp(STRICT);
    const stack = new Stack(app, 'Stack');
    const statements = [
      new iam.PolicyStatement({ actions: ['aps:RemoteWrite'], resources: ['arn:aws:aps:::workspace/x'] }),
    ];
    const addOns = [
      AddOn.vpcCni({ networkPolicy: {}, prefixDelegation: true }),
      AddOn.kubeProxy({ version: 'v1.34.1-eksbuild.2' }),
      AddOn.podIdentityAgent({ preserveOnDelete: true }),
      AddOn.coreDns({ scaling: { minReplicas: 2, maxReplicas: 10 } }),
      AddOn.of('adot', { namespace: 'telemetry', identities: [{ serviceAccount: 'adot', statements }] }),
    ];
    newAddOns(stack, importedCluster(stack), addOns);
    const cluster = eks.Cluster.fromClusterAttributes(stack, 'V6', {
      clusterName: 'six',
      ipFamily: eks.IpFamily.IP_V6,
    });
    new ClusterAddOn(stack, 'Cni6', { cluster, addOn: AddOn.vpcCni() });
    const { open, acknowledged, validators } = validate(app);
    expect(validators).toContain('AwsSolutions');
    expect(open).toEqual([]);
    expect([...new Set(acknowledged.map(({ rule, path }) => `${path}: ${rule.split('::')[0]}`))].sort()).toEqual([
      expect.stringMatching(/^Stack\/AddOn-vpc-cni\/Role-aws-node.*IAM4/),
      expect.stringMatching(/^Stack\/Cni6\/Role-aws-node.*IAM5/),
    ]);
  });
});
