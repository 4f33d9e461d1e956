import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ClusterAccess } from '../../lib/eks/cluster-access';
import { KubernetesAccess } from '../../lib/eks/kubernetes-access';
import { newNodeAccessEntry } from '../../lib/eks/private/access-entry';
import type { NodeAccessType } from '../../lib/eks/private/access-entry';
import { NodeRole } from '../../lib/identity/node-role';
import { ACCOUNT, bareCluster, imported, named, policyArn, validationErrors } from '../support/access';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { STRICT, validate } from '../support/validate';

const entry = (
  scope: Construct,
  cluster: eks.ICluster,
  role: iam.IRole,
  type: NodeAccessType = 'EC2_LINUX',
  id = 'Nodes',
) => newNodeAccessEntry(scope, id, { cluster, role, type });
const known = (scope: Construct) => iam.Role.fromRoleArn(scope, 'Known', 'arn:aws:iam::111122223333:role/nodes');

test.each<NodeAccessType>(['EC2_LINUX', 'HYBRID_LINUX'])('%s has no policy', (type) => {
  const { stack, cluster } = imported();
  const role = new NodeRole(stack, 'Role');
  entry(stack, cluster, role, type);
  expect(only(Template.fromStack(stack), 'AWS::EKS::AccessEntry').Properties).toEqual({
    ClusterName: 'platform',
    PrincipalArn: stack.resolve(role.roleArn),
    Type: type,
  });
});

test('nodes of Auto Mode have their policy', () => {
  const { stack, cluster } = imported();
  entry(stack, cluster, known(stack), 'EC2');
  expect(only(Template.fromStack(stack), 'AWS::EKS::AccessEntry').Properties).toMatchObject({
    Type: 'EC2',
    AccessPolicies: [{ PolicyArn: policyArn('AmazonEKSAutoNodePolicy'), AccessScope: { Type: 'cluster' } }],
  });
});

describe('nodes that share a role', () => {
  test('share the entry', () => {
    const { app, stack, cluster } = imported();
    const role = new NodeRole(stack, 'Role');
    expect(entry(stack, cluster, role)).toBe(entry(stack, cluster, role.role, 'EC2_LINUX', 'More'));
    expect(validationErrors(app)).toBe('');
  });

  test('share the entry of another stack', () => {
    const app = newApp();
    const [platform, one, two] = ['Platform', 'One', 'Two'].map((id) => new Stack(app, id));
    const cluster = bareCluster(platform);
    const role = new NodeRole(platform, 'Role');
    const first = entry(one, cluster, role);
    expect(entry(two, cluster, role)).toBe(first);
    const group = new iam.CfnGroup(two, 'After');
    group.node.addDependency(first);
    app.synth();
    expect([platform, one, two].map(({ dependencies }) => dependencies)).toEqual([[], [platform], [one]]);
    Template.fromStack(platform).resourceCountIs('AWS::EKS::AccessEntry', 0);
  });

  test('have an entry in each cluster', () => {
    const { app, stack, cluster } = imported();
    const role = known(stack);
    expect(entry(stack, cluster, role)).not.toBe(entry(stack, named(stack, 'Second', 'second'), role));
    expect(validationErrors(app)).toBe('');
  });

  test('do not share it over regions and unknown places', () => {
    const app = newApp();
    const stacks = ['eu-west-1', 'us-east-1'].map(
      (region) => new Stack(app, region, { env: { account: ACCOUNT, region } }),
    );
    stacks.push(new Stack(app, 'One'), new Stack(app, 'Two'));
    const entries = stacks.map((stack) => entry(stack, named(stack), known(stack)));
    expect(new Set(entries).size).toBe(4);
    expect(entries.map((each) => each.stack)).toEqual(stacks);
  });

  test('fail when they are of two kinds', () => {
    const { stack, cluster } = imported();
    const role = known(stack);
    entry(stack, cluster, role);
    expectFailure(
      () => entry(stack, cluster, role, 'HYBRID_LINUX', 'Hybrid'),
      "the role 'Shop/Known' must join the cluster 'Shop/Named' as one type of node, got EC2_LINUX and HYBRID_LINUX for 'Shop/Hybrid': use a role of its own",
    );
  });
});

test('fails at synthesis when people have the role of nodes, too', () => {
  const { app, stack, cluster } = imported();
  const role = known(stack);
  new ClusterAccess(stack, 'Devs', { cluster, principal: role, access: KubernetesAccess.view() });
  entry(stack, cluster, role);
  expect(validationErrors(app)).toContain(
    "an identity must have one access entry in a cluster, got 'Shop/Devs' and 'Shop'",
  );
});

test('fails when the cluster is in another region', () => {
  const app = newApp();
  const [there, here] = ['us-east-1', 'eu-west-1'].map(
    (region) => new Stack(app, region, { env: { account: ACCOUNT, region } }),
  );
  expectFailure(
    () => entry(here, named(there), known(here)),
    "the cluster 'us-east-1/Named' must be in the region of 'eu-west-1', eu-west-1, got us-east-1: use one there",
  );
});

test('passes the strict engine and all packs', () => {
  const { app, stack, cluster } = imported(newApp(STRICT));
  entry(stack, cluster, known(stack), 'EC2');
  entry(stack, named(stack, 'Second', 'second'), new NodeRole(stack, 'Role'), 'HYBRID_LINUX');
  expect(validate(app).open).toEqual([]);
});
