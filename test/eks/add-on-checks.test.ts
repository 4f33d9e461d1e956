import { App, aws_eks_v2 as eks, Stack, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AddOn } from '../../lib/eks/add-on';
import { ClusterAddOn } from '../../lib/eks/cluster-add-on';
import { newAddOns } from '../../lib/eks/private/add-ons';
import { describeCluster } from '../../lib/eks/private/cluster-facts';
import { clusterElsewhere, importedCluster, newCluster } from '../support/add-ons';
import { newApp, warnings } from '../support/fixture';
import { lenientApp } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const IRELAND = { account: '123456789012', region: 'eu-west-1' };
const OHIO = { ...IRELAND, region: 'us-east-2' };

describe('one add-on twice on one cluster', () => {
  const twice = (name: string, one: string, other: string) =>
    new RegExp(`a cluster must have the add-on '${name}' once, got '${one}' and '${other}': remove one of them`);
  const proxy = (scope: Construct, cluster: eks.ICluster, id = 'Proxy') =>
    new ClusterAddOn(scope, id, { cluster, addOn: AddOn.kubeProxy() });

  test('fails in one stack, and is said once', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const cluster = importedCluster(stack);
    newAddOns(stack, cluster, [AddOn.kubeProxy()]);
    proxy(stack, cluster);
    expect(() => app.synth()).toThrow(twice('kube-proxy', 'Stack/AddOn-kube-proxy/Resource', 'Stack/Proxy/Resource'));
    expect(() => app.synth()).not.toThrow(/Stack\/Proxy\/Resource' and/);
  });

  test('fails when the cluster is imported twice by its name', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    proxy(stack, importedCluster(stack, 'One'));
    proxy(stack, importedCluster(stack, 'Two'), 'Second');
    expect(() => app.synth()).toThrow(twice('kube-proxy', 'Stack/Proxy/Resource', 'Stack/Second/Resource'));
  });

  test('fails in two stacks', () => {
    const { app, here, there, cluster } = clusterElsewhere();
    proxy(there, cluster);
    proxy(here, cluster);
    expect(() => app.synth()).toThrow(twice('kube-proxy', 'There/Proxy/Resource', 'Here/Proxy/Resource'));
  });

  test.each(['L2', 'L1'])('fails when the other is an %s, wherever it stands', (level) => {
    const { app, there, cluster } = clusterElsewhere();
    proxy(there, cluster);
    if (level === 'L2') new eks.Addon(there, 'Other', { cluster, addonName: 'kube-proxy' });
    else new eks.CfnAddon(there, 'Other', { clusterName: cluster.clusterName, addonName: 'kube-proxy' });
    const other = level === 'L2' ? 'There/Other/Resource' : 'There/Other';
    expect(() => app.synth()).toThrow(twice('kube-proxy', other, 'There/Proxy/Resource'));
  });

  test('fails when stacks of one account and region name the cluster', () => {
    const app = new App();
    for (const name of ['A', 'B']) {
      const stack = new Stack(app, name, { env: IRELAND });
      proxy(stack, importedCluster(stack));
    }
    expect(() => app.synth()).toThrow(twice('kube-proxy', 'A/Proxy/Resource', 'B/Proxy/Resource'));
  });

  test.each([
    ['regions', IRELAND, OHIO],
    ['stacks that may go anywhere', undefined, undefined],
  ])('is fine for clusters of one name in two %s', (_, one, other) => {
    const app = new App();
    [one, other].forEach((env, index) => {
      const stack = new Stack(app, `Stack${index}`, { env });
      proxy(stack, importedCluster(stack));
    });
    expect(() => app.synth()).not.toThrow();
  });

  test('is fine for other clusters and other add-ons', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    proxy(stack, importedCluster(stack, 'One', 'one'));
    proxy(stack, importedCluster(stack, 'Two', 'two'), 'Second');
    new ClusterAddOn(stack, 'Dns', { cluster: importedCluster(stack, 'Three', 'two'), addOn: AddOn.coreDns() });
    expect(() => app.synth()).not.toThrow();
  });
});

describe('an add-on that finds nothing to do', () => {
  const BUILT_IN = 'cdk-containers:AddOnBuiltIn';
  const IDLE = 'cdk-containers:AddOnWithoutNodes';
  type Join = (stack: Stack, clusterName: string) => unknown;
  const nodegroup: Join = (stack, clusterName) =>
    new eks.CfnNodegroup(stack, 'Nodes', { clusterName, nodeRole: 'arn:aws:iam::123456789012:role/n', subnets: ['s'] });
  const entry =
    (type: string): Join =>
    (stack, clusterName) =>
      new eks.CfnAccessEntry(stack, 'Entry', { clusterName, principalArn: 'arn:aws:iam::123456789012:role/n', type });
  const profile: Join = (stack, clusterName) =>
    new eks.CfnFargateProfile(stack, 'Profile', {
      clusterName,
      podExecutionRoleArn: 'x',
      selectors: [{ namespace: 'x' }],
    });

  function warned(addOn: AddOn, facts: { autoMode?: boolean; fargateOnly?: boolean }, join?: Join, joined = 'live') {
    const app = lenientApp();
    const stack = new Stack(app, 'Stack');
    const cluster = importedCluster(stack);
    describeCluster(cluster, facts);
    new ClusterAddOn(stack, 'AddOn', { cluster, addOn });
    join?.(stack, joined);
    app.synth();
    return warnings(stack);
  }

  test.each([
    AddOn.vpcCni(),
    AddOn.kubeProxy(),
    AddOn.podIdentityAgent(),
    AddOn.coreDns(),
    AddOn.of('aws-ebs-csi-driver'),
    AddOn.of('eks-node-monitoring-agent'),
  ])('warns when EKS Auto Mode has it built in: %#', (addOn) => {
    const name = addOn._kind.name;
    expect(warned(addOn, { autoMode: true })).toEqual([
      `EKS Auto Mode has what the add-on '${name}' does, and no other nodes join the cluster 'Stack/Imported' in this app: leave it out, unless they join elsewhere. [ack: Annotation::${BUILT_IN}]`,
    ]);
  });

  test.each([AddOn.vpcCni(), AddOn.kubeProxy(), AddOn.podIdentityAgent()])(
    'warns when there is nothing but Fargate: %#',
    (addOn) => {
      const name = addOn._kind.name;
      expect(warned(addOn, { fargateOnly: true })).toEqual([
        `the add-on '${name}' runs on nodes of EC2, and none join the cluster 'Stack/Imported' in this app, which has Fargate only: leave it out, unless they join elsewhere. [ack: Annotation::${IDLE}]`,
      ]);
    },
  );

  test('is not one on Fargate that runs there', () => {
    expect(warned(AddOn.coreDns(), { fargateOnly: true })).toEqual([]);
  });

  test.each<[string, Join]>([
    ['a node group', nodegroup],
    ['nodes of Linux', entry('EC2_LINUX')],
    ['nodes of Windows', entry('EC2_WINDOWS')],
    ['hybrid nodes', entry('HYBRID_LINUX')],
  ])('is needed when %s joins', (_, join) => {
    expect(warned(AddOn.kubeProxy(), { autoMode: true }, join)).toEqual([]);
    expect(warned(AddOn.kubeProxy(), { fargateOnly: true }, join)).toEqual([]);
  });

  test('is needed by Fargate beside Auto Mode when it runs there', () => {
    expect(warned(AddOn.coreDns(), { autoMode: true }, profile)).toEqual([]);
    expect(warned(AddOn.kubeProxy(), { autoMode: true }, profile)).toHaveLength(1);
  });

  test.each<[string, Join, string]>([
    ['people', entry('STANDARD'), 'live'],
    ['nodes of another cluster', nodegroup, 'other'],
  ])('is not needed by %s', (_, join, joined) => {
    expect(warned(AddOn.kubeProxy(), { autoMode: true }, join, joined)).toHaveLength(1);
  });

  test('is not one where nothing is known, or neither holds', () => {
    expect(warned(AddOn.kubeProxy(), {})).toEqual([]);
    expect(warned(AddOn.kubeProxy(), { autoMode: false, fargateOnly: false })).toEqual([]);
    expect(warned(AddOn.of('adot'), { autoMode: true, fargateOnly: false })).toEqual([]);
  });

  test('is seen on a cluster of CDK, and stops a strict synthesis', () => {
    const app = newApp(STRICT);
    const stack = new Stack(app, 'Stack');
    const cluster = newCluster(stack, {
      defaultCapacityType: eks.DefaultCapacityType.AUTOMODE,
      defaultCapacity: undefined,
    });
    new ClusterAddOn(stack, 'Proxy', { cluster, addOn: AddOn.kubeProxy() });
    expect(validate(app, []).open.map(({ rule, path }) => [rule, path])).toContainEqual([
      `Annotation::${BUILT_IN}`,
      'Stack/Proxy/Resource',
    ]);
  });
});

test('add-ons of one cluster in stages are told apart', () => {
  const app = new App();
  for (const [name, env] of Object.entries({ Test: IRELAND, Live: OHIO })) {
    const stack = new Stack(new Stage(app, name, { env }), 'Stack');
    new ClusterAddOn(stack, 'Proxy', { cluster: importedCluster(stack), addOn: AddOn.kubeProxy() });
  }
  expect(() => app.synth()).not.toThrow();
});
