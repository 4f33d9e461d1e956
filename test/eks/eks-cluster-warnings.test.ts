import { Duration, Stack, aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { AddOn } from '../../lib/eks/add-on';
import { ClusterAccess } from '../../lib/eks/cluster-access';
import { ClusterCompute } from '../../lib/eks/cluster-compute';
import { EksCluster } from '../../lib/eks/eks-cluster';
import type { EksClusterProps } from '../../lib/eks/eks-cluster-props';
import { KubernetesAccess } from '../../lib/eks/kubernetes-access';
import { newEksCluster, VERSION } from '../support/eks-clusters';
import { Template, warnings } from '../support/fixture';
import { all, lenientApp } from '../support/resources';

const ADMIN =
  'nobody in this app is an administrator of the cluster, whoever deploys it included: name roles in admins, or give KubernetesAccess.clusterAdmin() with ClusterAccess. [ack: Annotation::cdk-containers:ClusterAdminAbsent]';
const DNS =
  'this app installs no CoreDNS in the cluster, without which pods find no service by its name: give AddOn.coreDns() to the addOns of the first group of nodes. [ack: Annotation::cdk-containers:ClusterDnsAbsent]';

const ops = (scope: Stack) => iam.Role.fromRoleArn(scope, 'Ops', 'arn:aws:iam::123456789012:role/ops');

/** What is said at synthesis. */
function said(props: Partial<EksClusterProps>, more: (k8s: EksCluster, app: App) => void = () => undefined): string[] {
  const { app, k8s } = newEksCluster(props);
  more(k8s, app);
  app.synth();
  return warnings(k8s);
}

/** What is said at construction. */
function saidAtOnce(props: Partial<EksClusterProps>): string[] {
  return warnings(newEksCluster(props).k8s);
}

describe('an administrator', () => {
  test('is missed', () => {
    expect(said({ compute: ClusterCompute.autoMode() })).toEqual([ADMIN]);
  });

  test('is one of admins, each with an entry for the whole cluster', () => {
    const { app, stack, vpc } = newEksCluster({ compute: ClusterCompute.fargateOnly() });
    const admins = ['a', 'b'].map((name) =>
      iam.Role.fromRoleArn(stack, name, `arn:aws:iam::123456789012:role/${name}`),
    );
    const k8s = new EksCluster(stack, 'Other', { vpc, version: VERSION, compute: ClusterCompute.autoMode(), admins });
    app.synth();
    expect(warnings(k8s)).toEqual([]);
    const entries = all(Template.fromStack(stack), 'AWS::EKS::AccessEntry');
    expect(entries.map(({ PrincipalArn }) => PrincipalArn)).toEqual(
      ['a', 'b'].map((name) => `arn:aws:iam::123456789012:role/${name}`),
    );
    entries.forEach(({ AccessPolicies }) => {
      expect(AccessPolicies).toHaveLength(1);
      expect(AccessPolicies[0].AccessScope).toEqual({ Type: 'cluster' });
      expect(JSON.stringify(AccessPolicies[0].PolicyArn)).toContain('AmazonEKSClusterAdminPolicy');
    });
  });

  test('may come by ClusterAccess in another stack, made later', () => {
    const compute = ClusterCompute.autoMode();
    const give = (access: KubernetesAccess) => (k8s: EksCluster, app: App) => {
      const stack = new Stack(app, 'People');
      new ClusterAccess(stack, 'Access', { cluster: k8s.cluster, principal: ops(stack), access });
    };
    expect(said({ compute }, give(KubernetesAccess.clusterAdmin()))).toEqual([]);
    expect(said({ compute }, give(KubernetesAccess.view()))).toEqual([ADMIN]);
  });
});

describe('names of services', () => {
  const dns = (k8s: EksCluster, stack: Stack, clusterName = k8s.cluster.clusterName) =>
    new eks.CfnAddon(stack, 'Dns', { addonName: 'coredns', clusterName });

  test('are missed', () => {
    expect(said({})).toEqual([ADMIN, DNS]);
    expect(said({ compute: ClusterCompute.autoMode({ nodeGroups: true }) })).toContain(DNS);
  });

  test('are not missed where they are built in', () => {
    expect(said({ compute: ClusterCompute.autoMode() })).not.toContain(DNS);
    expect(said({ compute: ClusterCompute.fargateOnly() })).not.toContain(DNS);
  });

  test('may come with nodes, of whichever stack', () => {
    expect(said({}, (k8s) => dns(k8s, Stack.of(k8s)))).toEqual([ADMIN]);
    expect(said({}, (k8s, app) => dns(k8s, new Stack(app, 'Nodes')))).toEqual([ADMIN]);
    expect(said({ clusterName: 'shop' }, (k8s, app) => dns(k8s, new Stack(app, 'Nodes'), 'shop'))).toEqual([ADMIN]);
  });

  test('of another cluster, and another add-on, do not count', () => {
    expect(said({}, (k8s) => dns(k8s, Stack.of(k8s), 'other'))).toContain(DNS);
    const proxy = (k8s: EksCluster) =>
      new eks.CfnAddon(Stack.of(k8s), 'Other', { addonName: 'x', clusterName: k8s.cluster.clusterName });
    expect(said({}, proxy)).toContain(DNS);
  });

  test('of the cluster itself wait for nodes that nobody has made', () => {
    expect(saidAtOnce({ addOns: [AddOn.coreDns()] })).toEqual([
      'the pods of coredns wait for nodes, and nobody makes nodes before them: move them to the addOns of the nodes. [ack: Annotation::cdk-containers:ClusterAddOnNeedsNodes]',
    ]);
    expect(saidAtOnce({ addOns: [AddOn.coreDns()], compute: ClusterCompute.autoMode() })).toEqual([]);
    expect(saidAtOnce({ addOns: [AddOn.coreDns()], compute: ClusterCompute.fargateOnly() })).toEqual([]);
  });
});

describe('at once', () => {
  test('nothing is said of a cluster with all defaults', () => {
    expect(saidAtOnce({})).toEqual([]);
  });

  test.each([
    ['1.29', /^EKS ended the support of Kubernetes 1.29: it makes no such cluster.*ClusterVersionUnsupported/],
    ['1.30', /^EKS ended the support of Kubernetes 1.30 on 2026-07-23: .*ClusterVersionUnsupported/],
    [
      '1.32',
      /^Kubernetes 1.32 has been in extended support since 2026-03-23, until 2027-03-23: .*ClusterVersionExtended/,
    ],
  ])('the version %s is old', (version, message) => {
    expect(saidAtOnce({ version: eks.KubernetesVersion.of(version) })).toEqual([expect.stringMatching(message)]);
  });

  test.each(['1.34', '1.36', '1.40'])('the version %s is not', (version) => {
    expect(saidAtOnce({ version: eks.KubernetesVersion.of(version) })).toEqual([]);
  });

  test.each([['0.0.0.0/0'], ['203.0.113.0/24', '0.0.0.0/0']])('everybody may come: %j', (...publicAccessFrom) => {
    expect(saidAtOnce({ publicAccessFrom })).toEqual([
      'everybody on the internet can reach the API of Kubernetes, where only its authentication stops them: name the addresses that need it in publicAccessFrom. [ack: Annotation::cdk-containers:ClusterPublicToAll]',
    ]);
  });

  test('some may come', () => {
    expect(saidAtOnce({ publicAccessFrom: ['203.0.113.0/30'] })).toEqual([]);
  });

  test('a tier is not known', () => {
    expect(saidAtOnce({ controlPlaneScalingTier: eks.ControlPlaneScalingTier.of('tier-99xl') })).toEqual([
      "'tier-99xl' is none of the scaling tiers that were known in November 2026: standard, tier-xl, tier-2xl, tier-4xl, tier-8xl. [ack: Annotation::cdk-containers:ClusterScalingTier]",
    ]);
    expect(saidAtOnce({ controlPlaneScalingTier: eks.ControlPlaneScalingTier.TIER_8XL })).toEqual([]);
  });

  test.each([
    [
      { eventRetention: Duration.minutes(9) },
      /^eventRetention is 540 seconds, and EKS takes 600 to 3600.*ClusterTuning/,
    ],
    [{ eventRetention: Duration.minutes(61) }, /^eventRetention is 3660 seconds/],
    [
      { nodePorts: { min: 10259, max: 32767 } },
      /^nodePorts are 10259 to 32767, and EKS takes ports from 10260 to 32767/,
    ],
    [{ nodePorts: { min: 30000, max: 32768 } }, /^nodePorts are 30000 to 32768/],
  ])('the control plane is tuned beyond what is known: %j', (controlPlane, message) => {
    expect(saidAtOnce({ controlPlane })).toEqual([expect.stringMatching(message)]);
  });

  test.each([
    { eventRetention: Duration.minutes(10) },
    { eventRetention: Duration.minutes(60) },
    { nodePorts: { min: 10260, max: 32767 } },
  ])('the control plane is tuned within it: %j', (controlPlane) => {
    expect(saidAtOnce({ controlPlane })).toEqual([]);
  });
});

test('a whole app without a warning', () => {
  const { app, stack, vpc } = newEksCluster({ compute: ClusterCompute.fargateOnly() }, undefined, lenientApp());
  const k8s = new EksCluster(stack, 'Whole', { vpc, version: VERSION, admins: [ops(stack)] });
  new eks.CfnAddon(stack, 'Dns', { addonName: 'coredns', clusterName: k8s.cluster.clusterName });
  app.synth();
  expect(warnings(k8s)).toEqual([]);
});
