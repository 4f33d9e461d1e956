import { Stack, aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import { AddOn } from '../../lib/eks/add-on';
import { AutoModePool } from '../../lib/eks/auto-mode-pool';
import { ClusterCompute } from '../../lib/eks/cluster-compute';
import { EksCluster } from '../../lib/eks/eks-cluster';
import { clusterFacts } from '../../lib/eks/private/cluster-facts';
import type { FargatePodRole } from '../../lib/identity/fargate-pod-role';
import { NodeRole } from '../../lib/identity/node-role';
import { isFargateOnly } from '../../lib/identity/private/fargate-only';
import { newEksCluster, VERSION } from '../support/eks-clusters';
import { expectFailure } from '../support/errors';
import { only, Template } from '../support/fixture';
import { all, idOf, lenientApp, once, resourceOf } from '../support/resources';

function withCompute(compute?: ClusterCompute, addOns?: AddOn[]) {
  const made = newEksCluster({ compute, addOns });
  const template = Template.fromStack(made.stack);
  return { ...made, template, cluster: only(template, 'AWS::EKS::Cluster').Properties };
}

const addOnNames = (template: Template) => all(template, 'AWS::EKS::Addon').map(({ AddonName }) => AddonName);
const policiesOfRole = (template: Template, role: iam.IRole) =>
  resourceOf(template, (role as NodeRole).role).Properties.ManagedPolicyArns.map((arn: any) =>
    arn['Fn::Join'][1].at(-1).replace(':iam::aws:policy/', ''),
  );
test('the role of the network plugin is there to be granted more', () => {
  const { k8s } = withCompute();
  expect(Object.keys(k8s.addOnRoles)).toEqual(['vpc-cni']);
  expect(k8s.addOnRoles['vpc-cni']['aws-node'].node.path).toContain('AddOn-vpc-cni');
  expect(withCompute(ClusterCompute.autoMode()).k8s.addOnRoles).toEqual({});
});

const ESSENTIAL = ['vpc-cni', 'kube-proxy', 'eks-pod-identity-agent'];

describe('nodeGroups', () => {
  const made = once(() => withCompute());

  test('is the default: no Auto Mode, and what nodes need before they start', () => {
    const { cluster, template, k8s } = made();
    expect(cluster.ComputeConfig).toEqual({ Enabled: false });
    expect(cluster.StorageConfig).toEqual({ BlockStorage: { Enabled: false } });
    expect(addOnNames(template)).toEqual(ESSENTIAL);
    expect(Object.keys(k8s.addOns)).toEqual(ESSENTIAL);
    expect(idOf(k8s.addOns['vpc-cni'])).toMatch(/^K8sAddOnvpccni/);
    expect([k8s.nodeRole, k8s.systemPods, k8s.nodeAccessEntry]).toEqual([undefined, undefined, undefined]);
    expect(withCompute(ClusterCompute.nodeGroups()).template.toJSON()).toEqual(template.toJSON());
  });

  test('what depends on the cluster waits for these add-ons, in another stack too', () => {
    const app = lenientApp();
    const { k8s, stack } = newEksCluster({}, undefined, app);
    const nodes = new eks.CfnNodegroup(stack, 'Nodes', { clusterName: 'x', nodeRole: 'x', subnets: [] });
    nodes.node.addDependency(k8s.cluster);
    const other = new Stack(app, 'Other');
    const there = new eks.CfnNodegroup(other, 'Nodes', {
      clusterName: k8s.cluster.clusterName,
      nodeRole: 'x',
      subnets: [],
    });
    there.node.addDependency(k8s.cluster);
    const { DependsOn } = resourceOf(Template.fromStack(stack), nodes);
    expect(DependsOn).toEqual(expect.arrayContaining(ESSENTIAL.map((name) => idOf(k8s.addOns[name]))));
    expect(DependsOn).toContain(idOf(k8s.cluster));
    expect(other.dependencies).toEqual([stack]);
  });

  test('an add-on of the same name takes the place of an essential one, and others come after', () => {
    const { template, k8s } = withCompute(undefined, [
      AddOn.vpcCni({ version: 'v1.20.0-eksbuild.1' }),
      AddOn.of('snapshot-controller'),
    ]);
    expect(addOnNames(template).sort()).toEqual([...ESSENTIAL, 'snapshot-controller'].sort());
    expect(k8s.addOns['vpc-cni'].addonVersion).toBe('v1.20.0-eksbuild.1');
  });

  test('an add-on that needs nodes is not among what nodes wait for', () => {
    const { k8s, stack } = newEksCluster({ addOns: [AddOn.coreDns()] });
    const nodes = new eks.CfnNodegroup(stack, 'Nodes', { clusterName: 'x', nodeRole: 'x', subnets: [] });
    nodes.node.addDependency(k8s.cluster);
    const { DependsOn } = resourceOf(Template.fromStack(stack), nodes);
    expect(DependsOn).not.toContain(idOf(k8s.addOns.coredns));
  });

  test('the network plugin has an identity, which others know', () => {
    expect(clusterFacts(made().k8s.cluster)).toMatchObject({ networkingIdentity: true, autoMode: false });
    expect(clusterFacts(made().k8s.cluster).fargateOnly).toBe(false);
  });

  test.each([
    [[], false],
    [[AddOn.vpcCni({ windows: true })], true],
  ] as [AddOn[], boolean][])(
    'the role may give pods network interfaces only where %# asks for it',
    (addOns, expected) => {
      const { template, k8s } = withCompute(undefined, addOns);
      expect(policiesOfRole(template, k8s.role).includes('AmazonEKSVPCResourceController')).toBe(expected);
    },
  );
});

describe('autoMode', () => {
  const made = once(() => withCompute(ClusterCompute.autoMode()));

  test('turns on compute, disks and load balancers, with both pools, and installs nothing', () => {
    const { cluster, template, k8s } = made();
    expect(cluster.ComputeConfig).toEqual({
      Enabled: true,
      NodePools: ['general-purpose', 'system'],
      NodeRoleArn: { 'Fn::GetAtt': [idOf((k8s.nodeRole as NodeRole).role), 'Arn'] },
    });
    expect(cluster.StorageConfig).toEqual({ BlockStorage: { Enabled: true } });
    expect(cluster.KubernetesNetworkConfig.ElasticLoadBalancing).toEqual({ Enabled: true });
    expect(addOnNames(template)).toEqual([]);
    template.resourceCountIs('AWS::EKS::AccessEntry', 0);
    expect(clusterFacts(k8s.cluster).autoMode).toBe(true);
  });

  test('its role has the policies of Auto Mode and may tag sessions', () => {
    const { template, k8s } = made();
    expect(policiesOfRole(template, k8s.role)).toEqual([
      'AmazonEKSClusterPolicy',
      'AmazonEKSComputePolicy',
      'AmazonEKSBlockStoragePolicy',
      'AmazonEKSLoadBalancingPolicy',
      'AmazonEKSNetworkingPolicy',
    ]);
    const { Statement } = resourceOf(template, (k8s.role as NodeRole).role).Properties.AssumeRolePolicyDocument;
    expect(Statement).toEqual([
      { Action: ['sts:AssumeRole', 'sts:TagSession'], Effect: 'Allow', Principal: { Service: 'eks.amazonaws.com' } },
    ]);
  });

  test('its nodes have the smaller policies', () => {
    const { template, k8s } = made();
    expect(policiesOfRole(template, k8s.nodeRole!)).toEqual([
      'AmazonEKSWorkerNodeMinimalPolicy',
      'AmazonEC2ContainerRegistryPullOnly',
    ]);
  });

  test('one pool, and a role of yours', () => {
    const app = lenientApp();
    const nodeRole = new NodeRole(new Stack(app, 'Roles'), 'Nodes', { autoMode: true });
    const compute = ClusterCompute.autoMode({ pools: [AutoModePool.SYSTEM], nodeRole });
    const { stack, k8s } = newEksCluster({ compute }, undefined, app);
    const { ComputeConfig } = only(Template.fromStack(stack), 'AWS::EKS::Cluster').Properties;
    expect(ComputeConfig.NodePools).toEqual(['system']);
    expect(JSON.stringify(ComputeConfig.NodeRoleArn)).toContain('Roles');
    expect(k8s.nodeRole).toBe(nodeRole);
  });

  test('without built-in pools, the role is for node classes, with an entry of its own', () => {
    const { cluster, template, k8s } = withCompute(ClusterCompute.autoMode({ pools: [] }));
    expect(cluster.ComputeConfig).toEqual({ Enabled: true, NodePools: [] });
    const entry = only(template, 'AWS::EKS::AccessEntry');
    expect(entry.id).toBe(idOf(k8s.nodeAccessEntry!));
    expect(entry.Properties).toMatchObject({
      Type: 'EC2',
      PrincipalArn: { 'Fn::GetAtt': [idOf((k8s.nodeRole as NodeRole).role), 'Arn'] },
    });
    expect(JSON.stringify(entry.Properties.AccessPolicies)).toContain('AmazonEKSAutoNodePolicy');
    // EKS holds it until the nodes are gone.
    expect(resourceOf(template, k8s.cluster).DependsOn).toContain(idOf((k8s.nodeRole as NodeRole).role));
    expect(idOf((k8s.nodeRole as NodeRole).role)).not.toBe(idOf((made().k8s.nodeRole as NodeRole).role));
  });

  test('beside node groups it installs what they need', () => {
    expect(addOnNames(withCompute(ClusterCompute.autoMode({ nodeGroups: true })).template)).toEqual(ESSENTIAL);
  });

  test('manages the types of the Gateway API', () => {
    const { stack } = newEksCluster({ compute: ClusterCompute.autoMode(), controlPlane: { gatewayApi: true } });
    const { KubernetesNetworkConfig } = only(Template.fromStack(stack), 'AWS::EKS::Cluster').Properties;
    expect(KubernetesNetworkConfig.ElasticLoadBalancing).toEqual({
      Enabled: true,
      GatewayApi: { Crds: { Managed: true } },
    });
  });

  test('gives a role of yours the policies, as CDK does', () => {
    const app = lenientApp();
    const role = new iam.Role(new Stack(app, 'Roles'), 'Role', {
      assumedBy: new iam.ServicePrincipal('eks.amazonaws.com'),
    });
    newEksCluster({ compute: ClusterCompute.autoMode(), role }, undefined, app);
    const { Properties } = only(Template.fromStack(Stack.of(role)), 'AWS::IAM::Role');
    expect(Properties.ManagedPolicyArns).toHaveLength(4);
    expect(JSON.stringify(Properties.AssumeRolePolicyDocument)).toContain('sts:TagSession');
  });

  test.each([
    [{ pools: ['spot'] }, "pools must be one of general-purpose, system, got 'spot'"],
    [{ pools: 'system' }, "pools must be a list, got 'system': put it into brackets"],
    [{ pools: ['system', 'system'] }, "pools must be unique, got 'system' twice"],
    [{ nodeGroups: 'yes' }, "nodeGroups must be true or false, got 'yes'"],
  ])('fails when options are %j', (options, message) => {
    expectFailure(() => ClusterCompute.autoMode(options as object), message);
  });
});

describe('fargateOnly', () => {
  const made = once(() => withCompute(ClusterCompute.fargateOnly()));

  test('runs CoreDNS on Fargate, after its profile, and installs nothing for nodes', () => {
    const { template, k8s } = made();
    const profile = only(template, 'AWS::EKS::FargateProfile');
    expect(profile.Properties.Selectors).toEqual([{ Namespace: 'kube-system' }]);
    expect(profile.id).toBe(idOf(k8s.systemPods!));
    const role = idOf((k8s.systemPodsRole as FargatePodRole).role);
    expect(profile.Properties.PodExecutionRoleArn).toEqual({ 'Fn::GetAtt': [role, 'Arn'] });
    const dns = only(template, 'AWS::EKS::Addon');
    expect(dns.Properties.AddonName).toBe('coredns');
    expect(JSON.parse(dns.Properties.ConfigurationValues)).toMatchObject({ computeType: 'Fargate' });
    expect(dns.DependsOn).toContain(profile.id);
    expect(clusterFacts(k8s.cluster)).toMatchObject({ fargateOnly: true, autoMode: false });
    expect(isFargateOnly(k8s.cluster)).toBe(true);
  });

  test('its pods run in the private subnets', () => {
    expect(only(made().template, 'AWS::EKS::FargateProfile').Properties.Subnets).toHaveLength(2);
  });

  test('further profiles do not wait for CoreDNS', () => {
    const { k8s, stack } = newEksCluster({ compute: ClusterCompute.fargateOnly() });
    const nodes = new eks.CfnNodegroup(stack, 'Nodes', { clusterName: 'x', nodeRole: 'x', subnets: [] });
    nodes.node.addDependency(k8s.cluster);
    expect(resourceOf(Template.fromStack(stack), nodes).DependsOn).toEqual([idOf(k8s.cluster)]);
  });

  test('a CoreDNS of yours takes the place of the other', () => {
    const { template } = withCompute(ClusterCompute.fargateOnly(), [AddOn.coreDns({ version: 'v1.12.0-eksbuild.1' })]);
    expect(only(template, 'AWS::EKS::Addon').Properties.AddonVersion).toBe('v1.12.0-eksbuild.1');
  });
});

test('one value serves several clusters', () => {
  const compute = ClusterCompute.autoMode();
  const { stack, vpc } = newEksCluster({ compute });
  new EksCluster(stack, 'Other', { vpc, version: VERSION, compute });
  Template.fromStack(stack).resourceCountIs('AWS::EKS::Cluster', 2);
});
