import { NestedStack, Stack, aws_eks_v2 as eks } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FargatePods } from '../../lib/eks/fargate-pods';
import type { FargatePodsProps } from '../../lib/eks/fargate-pods';
import { newSystemPods } from '../../lib/eks/private/fargate-profile';
import { FargatePodRole } from '../../lib/identity/fargate-pod-role';
import { expectFailure } from '../support/errors';
import { imported, newCluster, PROFILE, SHOP, theirVpc, warnings } from '../support/fargate-pods';
import { newApp, Template } from '../support/fixture';
import { idOf, lenientApp, resourceOf } from '../support/resources';

describe('profiles of one cluster', () => {
  const chain = (template: Template, pods: { profile: eks.CfnFargateProfile }[]) => {
    const ids = pods.map(({ profile }) => idOf(profile));
    return pods.map(({ profile }) =>
      ((resourceOf(template, profile).DependsOn ?? []) as string[])
        .filter((id) => ids.includes(id))
        .map((id) => ids.indexOf(id)),
    );
  };

  test('are made one after the other, in the order of the code', () => {
    const { stack, cluster } = imported();
    const pods = ['Z', 'B', 'A'].map((id) => new FargatePods(stack, id, { cluster, selectors: SHOP }));
    expect(chain(Template.fromStack(stack), pods)).toEqual([[], [0], [1]]);
    expect(warnings(stack)).toEqual([]);
  });

  test('are made after those of the L2', () => {
    const stack = new Stack(lenientApp(), 'Shop');
    const cluster = newCluster(stack);
    cluster.addFargateProfile('One', { selectors: SHOP });
    const two = cluster.addFargateProfile('Two', { selectors: SHOP });
    const pods = new FargatePods(stack, 'Pods', { cluster, selectors: SHOP });
    const { DependsOn } = resourceOf(Template.fromStack(stack), pods.profile);
    const profiles = DependsOn.filter((id: string) => /fargateprofile/i.test(id));
    expect(profiles).toEqual([idOf(two.node.defaultChild!)]);
    expect(warnings(stack).filter((warning) => warning.includes('FargateProfilesAtOnce'))).toEqual([]);
  });

  test('warns when an L2 comes later, which waits for nobody', () => {
    const stack = new Stack(lenientApp(), 'Shop');
    const cluster = newCluster(stack);
    new FargatePods(stack, 'Pods', { cluster, selectors: SHOP });
    cluster.addFargateProfile('Late', { selectors: SHOP });
    Template.fromStack(stack);
    expect(warnings(stack)).toContain(
      "'Shop/Pods/Profile' and 'Shop/K8s/fargate-profile-Late/Resource' are Fargate profiles of one cluster that may be made at the same time, which EKS refuses: let one depend on the other, or its stack. [ack: Annotation::cdk-containers:FargateProfilesAtOnce]",
    );
  });

  test.each<[string, (stack: Stack) => Construct[]]>([
    ['a nested stack and the stack around it', (stack) => [stack, new NestedStack(stack, 'Nested')]],
    ['two nested stacks', (stack) => [new NestedStack(stack, 'First'), new NestedStack(stack, 'Second')]],
  ])('of %s are apart when one depends on the other', (_where, homes) => {
    const warned = [true, false].map((isOrdered) => {
      const { stack, cluster } = imported();
      const [one, two] = homes(stack).map((home) => new FargatePods(home, 'Pods', { cluster, selectors: SHOP }));
      if (isOrdered) two.node.addDependency(one);
      Template.fromStack(stack);
      return warnings(stack).some((warning) => warning.includes('FargateProfilesAtOnce'));
    });
    expect(warned).toEqual([false, true]);
  });

  test('of nested stacks are apart when one stack depends on the other', () => {
    const { stack, cluster } = imported();
    const [one, two] = ['First', 'Second'].map((id) => new NestedStack(stack, id));
    [one, two].forEach((home) => new FargatePods(home, 'Pods', { cluster, selectors: SHOP }));
    two.addStackDependency(one);
    Template.fromStack(stack);
    expect(warnings(stack)).toEqual([]);
  });

  test('wait not for those of another cluster', () => {
    const { stack, cluster, vpc } = imported();
    const other = eks.Cluster.fromClusterAttributes(stack, 'Others', { clusterName: 'others', vpc });
    const pods = [
      new FargatePods(stack, 'One', { cluster, selectors: SHOP }),
      new FargatePods(stack, 'Two', { cluster: other, selectors: SHOP }),
    ];
    expect(chain(Template.fromStack(stack), pods)).toEqual([[], []]);
    expect(warnings(stack)).toEqual([]);
  });

  test('warns when two stacks have one each and may be deployed at once', () => {
    const app = lenientApp();
    const home = new Stack(app, 'Home');
    const cluster = newCluster(home);
    const stacks = ['One', 'Two'].map((id) => new Stack(app, id));
    stacks.forEach((stack) => new FargatePods(stack, 'Pods', { cluster, selectors: SHOP }));
    app.synth();
    expect(stacks.flatMap((stack) => warnings(stack)).map((warning) => warning.split(' are ')[0])).toEqual([
      "'One/Pods/Profile' and 'Two/Pods/Profile'",
      "'Two/Pods/Profile' and 'One/Pods/Profile'",
    ]);
  });

  test('are silent when the stacks are deployed one after the other', () => {
    const app = lenientApp();
    const home = new Stack(app, 'Home');
    const cluster = newCluster(home);
    const stacks = ['One', 'Two', 'Three'].map((id) => new Stack(app, id));
    new FargatePods(stacks[0], 'Pods', { cluster, selectors: SHOP });
    new FargatePods(stacks[2], 'Pods', { cluster, selectors: SHOP });
    stacks[1].addStackDependency(stacks[0]);
    stacks[2].addStackDependency(stacks[1]);
    app.synth();
    expect(stacks.flatMap((stack) => warnings(stack))).toEqual([]);
  });

  test('warns of a quota that AWS raises', () => {
    const warned = (props: (index: number) => Partial<FargatePodsProps>, count = 1) => {
      const { stack, cluster } = imported();
      Array.from(
        { length: count },
        (_, index) => new FargatePods(stack, `Pods${index}`, { cluster, selectors: SHOP, ...props(index) }),
      );
      return warnings(stack).map((warning) => warning.split(', unless')[0]);
    };
    const labels = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, 'x']));
    expect(warned(() => ({ selectors: Array(5).fill(SHOP[0]) }))).toEqual([]);
    expect(warned(() => ({ selectors: Array(6).fill(SHOP[0]) }))).toEqual([
      "'Shop/Pods0' brings 6 selectors, and a profile has 5",
    ]);
    expect(warned(() => ({ selectors: [{ namespace: 'shop', labels: labels(5) }] }))).toEqual([]);
    expect(warned(() => ({ selectors: [{ namespace: 'shop', labels: labels(6) }] }))).toEqual([
      "'Shop/Pods0' brings more than 5 labels in the selector of 'shop', and a selector has 5",
    ]);
    expect(warned(() => ({}), 10)).toEqual([]);
    expect(warned(() => ({}), 11)).toEqual(["'Shop/Pods10' brings 11 profiles, and a cluster has 10"]);
  });
});

describe('a cluster', () => {
  test('of another stack is used without changing it', () => {
    const app = newApp();
    const home = new Stack(app, 'Home');
    const cluster = newCluster(home);
    const before = Object.keys(Template.fromStack(new Stack(newApp(), 'Home')).toJSON().Resources ?? {});
    const stack = new Stack(app, 'Shop');
    new FargatePods(stack, 'Pods', { cluster, selectors: SHOP, logging: {} });
    app.synth();
    expect(stack.dependencies).toEqual([home]);
    expect(home.dependencies).toEqual([]);
    expect(before).toEqual([]);
    Template.fromStack(home).resourceCountIs(PROFILE, 0);
  });

  test('fails when it is in another region', () => {
    const app = newApp();
    const env = { account: '111122223333', region: 'eu-west-1' };
    const home = new Stack(app, 'Home', { env });
    const cluster = eks.Cluster.fromClusterAttributes(home, 'Theirs', { clusterName: 'theirs' });
    const stack = new Stack(app, 'Shop', { env: { ...env, region: 'us-east-1' } });
    expectFailure(
      () => new FargatePods(stack, 'Pods', { cluster, selectors: SHOP }),
      "the cluster 'Home/Theirs' must be in the region of 'Shop/Pods', us-east-1, got eu-west-1: use one there",
    );
  });

  test('warns in a region without Fargate', () => {
    const stack = new Stack(lenientApp(), 'Shop', { env: { account: '111122223333', region: 'us-gov-west-1' } });
    const cluster = eks.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'theirs', vpc: theirVpc(stack) });
    new FargatePods(stack, 'Pods', { cluster, selectors: SHOP });
    expect(warnings(stack)).toEqual([
      'EKS was not known to have Fargate in us-gov-west-1 when this library was made: use node groups there, or acknowledge this if it has come. [ack: Annotation::cdk-containers:FargateRegion]',
    ]);
  });

  test.each([undefined, null])('fails when it is %s', (cluster) => {
    const { stack } = imported();
    expectFailure(
      () => new FargatePods(stack, 'Pods', { cluster: cluster as never, selectors: SHOP }),
      `cluster must be given, got ${String(cluster)}`,
    );
  });

  test('fails when no properties are given', () => {
    expectFailure(() => new FargatePods(imported().stack, 'Pods', undefined as never), /^cluster must be given/);
  });
});

describe('newSystemPods', () => {
  test('is for what every cluster runs, and waits for nothing of the cluster but itself', () => {
    const { stack, cluster, vpc } = imported();
    const { profile, role } = newSystemPods(stack, 'System', { cluster, vpc: vpc! });
    const template = Template.fromStack(stack);
    expect(resourceOf(template, profile)).toMatchObject({ Properties: { Selectors: [{ Namespace: 'kube-system' }] } });
    expect(resourceOf(template, profile).DependsOn).toBeUndefined();
    expect(role).toBeInstanceOf(FargatePodRole);
  });

  test('comes before all others', () => {
    const { stack, cluster, vpc } = imported();
    const { profile } = newSystemPods(stack, 'System', { cluster, vpc: vpc! });
    const pods = new FargatePods(stack, 'Pods', { cluster, selectors: SHOP });
    expect(resourceOf(Template.fromStack(stack), pods.profile).DependsOn).toEqual([idOf(profile)]);
  });
});
