import { aws_eks_v2 as eks, aws_iam as iam, Stack, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ClusterAccess } from '../../lib/eks/cluster-access';
import { KubernetesAccess } from '../../lib/eks/kubernetes-access';
import { ACCOUNT, arn, bareCluster, DEVS, imported, named, validationErrors } from '../support/access';
import { expectFailure } from '../support/errors';
import { newApp, warnings } from '../support/fixture';
import { lenientApp } from '../support/resources';

const access = (
  scope: Construct,
  cluster: eks.ICluster,
  what = KubernetesAccess.view(),
  principal: iam.IPrincipal = arn(),
  id = 'Devs',
) => new ClusterAccess(scope, id, { cluster, principal, access: what });
const wrong = (value: unknown) => value as never;
const iamArn = (resource: string) => `arn:aws:iam::111122223333:${resource}`;

describe('fails when the principal', () => {
  const ONE = 'principal must be one IAM role or user, got';
  const NAMED = (text: string) => `principal must be an IAM role or user, got '${text}'`;

  test.each<[string, (stack: Stack) => unknown, string | RegExp]>([
    ['is missing', () => undefined, 'principal must be given, got undefined'],
    ['is null', () => null, 'principal must be given, got null'],
    [
      'is text',
      () => DEVS,
      'principal must be a role, a user or an iam.ArnPrincipal, got string: write new iam.ArnPrincipal(…)',
    ],
    ['is a group', (stack) => new iam.Group(stack, 'It'), `${ONE} a group: make a ClusterAccess for each role`],
    [
      'is a service',
      () => new iam.ServicePrincipal('ec2.amazonaws.com'),
      `${ONE} Service: make a ClusterAccess for each role`,
    ],
    [
      'is an identity provider',
      () => new iam.WebIdentityPrincipal('x'),
      `${ONE} Federated: make a ClusterAccess for each role`,
    ],
    [
      'is several',
      () => new iam.CompositePrincipal(arn(iamArn('role/a')), arn(iamArn('role/b'))),
      `${ONE} several of AWS: make a ClusterAccess for each role`,
    ],
    ['is everybody', () => new iam.StarPrincipal(), /^principal must be one IAM role or user, got LiteralString/],
    ['is anybody', () => new iam.AnyPrincipal(), /^principal must be an IAM role or user, got '\*'/],
    [
      'is an account',
      () => new iam.AccountPrincipal('444455556666'),
      "principal must be an IAM role or user, got 'arn:<token>:iam::444455556666:root': it is not everybody in the account, so name the roles",
    ],
    ['is the own account', () => new iam.AccountRootPrincipal(), /:root': it is not everybody in the account/],
    [
      'is an organization',
      () => new iam.OrganizationPrincipal('o-1234567890'),
      /^principal must have no conditions, got StringEquals/,
    ],
    [
      'has conditions',
      () => arn().withConditions({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
      'principal must have no conditions, got Bool: EKS knows none, so put them into the trust policy of the role',
    ],
    [
      'is a session',
      () => arn('arn:aws:sts::111122223333:assumed-role/devs/anna'),
      `${NAMED('arn:aws:sts::111122223333:assumed-role/devs/anna')}: a session ends, so name the role of which it is one`,
    ],
    [
      'is the root user',
      () => arn(iamArn('root')),
      `${NAMED(iamArn('root'))}: it is not everybody in the account, so name the roles`,
    ],
    [
      'is the ARN of a group',
      () => arn(iamArn('group/devs')),
      `${NAMED(iamArn('group/devs'))}: groups do not sign in, so name a role`,
    ],
    [
      'has a wildcard',
      () => arn(iamArn('role/dev-*')),
      `${NAMED(iamArn('role/dev-*'))}: EKS has no wildcards here, so make a ClusterAccess for each`,
    ],
    [
      'is no ARN',
      () => arn('devs'),
      `${NAMED('devs')}: name it by an ARN such as 'arn:aws:iam::111122223333:role/devs'`,
    ],
    ['has no name', () => arn(iamArn('role/')), /: name it by an ARN such as/],
    ['has a path and no name', () => arn(iamArn('role/a/')), /: name it by an ARN such as/],
    ['is a resource of another service', () => arn('arn:aws:s3:::role/devs'), /: name it by an ARN such as/],
    ['is a policy', () => arn(iamArn('policy/devs')), /: name it by an ARN such as/],
    [
      'is a service-linked role',
      () => arn(iamArn('role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS')),
      /: access entries do not support service-linked roles, so name another role$/,
    ],
    [
      'is a service-linked role without its path',
      (stack) => iam.Role.fromRoleName(stack, 'It', 'AWSServiceRoleForAmazonEKS'),
      "principal must be an IAM role or user, got 'arn:<token>:iam::<token>:role/AWSServiceRoleForAmazonEKS': access entries do not support service-linked roles, so name another role",
    ],
    [
      'is a role of IAM Identity Center without its path',
      (stack) => iam.Role.fromRoleName(stack, 'It', 'AWSReservedSSO_Devs_0123456789abcdef'),
      /: a role of IAM Identity Center has a path, so use ClusterAccess\.ssoRole\(…\)$/,
    ],
    [
      'is a role of IAM Identity Center with another path',
      () => arn(iamArn('role/sso/AWSReservedSSO_Devs_0123456789abcdef')),
      /: a role of IAM Identity Center has a path/,
    ],
  ])('%s', (_what, principal, message) => {
    const { stack, cluster } = imported();
    const props = { cluster, principal: principal(stack) as iam.IPrincipal, access: KubernetesAccess.view() };
    expectFailure(() => new ClusterAccess(stack, 'Devs', props), message);
  });
});

describe('fails when', () => {
  const made = (props: object) => {
    const { stack, cluster } = imported();
    return () =>
      new ClusterAccess(stack, 'Devs', wrong({ cluster, principal: arn(), access: KubernetesAccess.view(), ...props }));
  };

  test.each<[string, object, string]>([
    ['the cluster is missing', { cluster: undefined }, 'cluster must be given, got undefined'],
    ['the access is missing', { access: undefined }, 'access must be given, got undefined'],
    [
      'the access is text',
      { access: 'view' },
      'access must be a KubernetesAccess such as KubernetesAccess.view(), got string: for several make several ClusterAccess',
    ],
    [
      'the access is a list',
      { access: [KubernetesAccess.view()] },
      'access must be a KubernetesAccess such as KubernetesAccess.view(), got object: for several make several ClusterAccess',
    ],
  ])('%s', (_what, props, message) => {
    expectFailure(made(props), message);
  });

  test('the cluster is in another region', () => {
    const app = newApp();
    const [there, here] = ['us-east-1', 'eu-west-1'].map(
      (region) => new Stack(app, region, { env: { account: ACCOUNT, region } }),
    );
    expectFailure(
      () => access(here, named(there)),
      "the cluster 'us-east-1/Named' must be in the region of 'eu-west-1/Devs', eu-west-1, got us-east-1: use one there",
    );
  });

  test('a principal has more than 20 policies', () => {
    const { stack, cluster } = imported();
    for (let index = 0; index < 20; index++) {
      access(stack, cluster, KubernetesAccess.policy(`AmazonEKSNew${index}Policy`), arn(), `Devs${index}`);
    }
    access(stack, cluster, KubernetesAccess.policy('AmazonEKSNew0Policy', { namespaces: ['a'] }), arn(), 'Known');
    expectFailure(
      () => access(stack, cluster),
      "the principal of 'Shop/Devs' must have at most 20 access policies in a cluster, got 21: use groups and roles of Kubernetes",
    );
  });

  test('a principal has two usernames', () => {
    const { stack, cluster } = imported();
    access(stack, cluster, KubernetesAccess.groups(['a'], { username: 'one' }), arn(), 'One');
    access(stack, cluster, KubernetesAccess.groups(['b'], { username: 'one' }), arn(), 'Same');
    expectFailure(
      () => access(stack, cluster, KubernetesAccess.groups(['c'], { username: 'two' })),
      "the principal of 'Shop/Devs' must have one username in a cluster, got 'one' and 'two': leave one of them out",
    );
  });

  test.each<[string, object, string | RegExp]>([
    [
      'a role of IAM Identity Center has no random part',
      { roleName: 'AWSReservedSSO_Devs' },
      /^roleName must be the name of a role such as/,
    ],
    ['a role of IAM Identity Center is a permission set', { roleName: 'Devs' }, /^roleName must be .*got 'Devs'$/],
    ['a role of IAM Identity Center is missing', {}, 'roleName must be given, got undefined'],
    [
      'the region of IAM Identity Center is none',
      { roleName: 'AWSReservedSSO_Devs_0123456789abcdef', identityCenterRegion: 'Ireland' },
      "identityCenterRegion must be a region such as 'eu-west-1', got 'Ireland'",
    ],
    [
      'the account of a role is none',
      { roleName: 'AWSReservedSSO_Devs_0123456789abcdef', account: '12' },
      "account must be an account of 12 digits, got '12'",
    ],
  ])('%s', (_what, options, message) => {
    const { stack } = imported();
    expectFailure(() => ClusterAccess.ssoRole(stack, 'Sso', wrong(options)), message);
  });
});

const CHANGE = 'say all of it by ClusterAccess in one stack, or give one of them another role';
const TWICE = (names: string) => `an identity must have one access entry in a cluster, got ${names}: ${CHANGE}`;
const occurrences = (text: string) => text.split('an identity must have one access entry').length - 1;

describe('one identity with two entries fails at synthesis when', () => {
  test('two stacks name it', () => {
    const app = newApp();
    const [platform, one, two] = ['Platform', 'One', 'Two'].map((id) => new Stack(app, id));
    const cluster = bareCluster(platform);
    access(one, cluster);
    access(two, cluster);
    access(two, cluster, KubernetesAccess.edit(), arn(), 'More');
    const errors = validationErrors(app);
    expect(errors).toContain(TWICE("'One/Devs' and 'Two/Devs', 'Two/More'"));
    expect(occurrences(errors)).toBe(1);
  });

  test.each<[string, (cluster: eks.Cluster, stack: Stack) => unknown, string]>([
    [
      'grantAccess of the L2 names it',
      (cluster) =>
        cluster.grantAccess('Theirs', DEVS, [
          eks.AccessPolicy.fromAccessPolicyName('AmazonEKSViewPolicy', {
            accessScopeType: eks.AccessScopeType.CLUSTER,
          }),
        ]),
      'Platform/Cluster/Theirs/Resource',
    ],
    [
      'grantClusterAdmin of the L2 names it',
      (cluster) => cluster.grantClusterAdmin('Theirs', DEVS),
      'Platform/Cluster/Theirs/Resource',
    ],
    [
      'an L1 names it',
      (cluster, stack) =>
        new eks.CfnAccessEntry(stack, 'Theirs', { clusterName: cluster.clusterName, principalArn: DEVS }),
      'Shop/Theirs',
    ],
  ])('%s', (_what, make, path) => {
    const app = newApp();
    const [platform, stack] = [new Stack(app, 'Platform'), new Stack(app, 'Shop')];
    const cluster = bareCluster(platform);
    access(stack, cluster);
    make(cluster, stack);
    expect(validationErrors(app)).toContain(TWICE(`'${path}' and 'Shop/Devs'`));
  });

  test('an imported cluster is named in two stacks of a known place', () => {
    const app = newApp();
    const env = { account: ACCOUNT, region: 'eu-west-1' };
    const [one, two] = ['One', 'Two'].map((id) => new Stack(app, id, { env }));
    access(one, named(one));
    access(two, named(two));
    expect(validationErrors(app)).toContain(TWICE("'One/Devs' and 'Two/Devs'"));
  });

  test('a nested part of the app imports a cluster by its token', () => {
    const app = newApp();
    const [platform, shop] = [new Stack(app, 'Platform'), new Stack(app, 'Shop')];
    const cluster = bareCluster(platform);
    access(platform, cluster);
    access(shop, named(shop, 'Again', cluster.clusterName));
    expect(validationErrors(app)).toContain(TWICE("'Platform/Devs' and 'Shop/Devs'"));
  });
});

describe('one identity in two stacks', () => {
  test('is a warning when it is not known whether the clusters are one', () => {
    const app = lenientApp();
    const [one, two] = ['One', 'Two'].map((id) => new Stack(app, id));
    access(one, named(one));
    access(two, named(two));
    app.synth();
    expect(warnings(app)).toHaveLength(1);
    expect(warnings(app)[0]).toMatch(
      /^'One\/Devs' and 'Two\/Devs' are for one identity in clusters of one name.*AccessEntryOwner/s,
    );
  });

  test('is right in different regions, and in different apps', () => {
    const app = newApp();
    for (const region of ['eu-west-1', 'us-east-1']) {
      const stack = new Stack(app, region, { env: { account: ACCOUNT, region } });
      access(stack, named(stack));
    }
    expect(validationErrors(app)).toBe('');
    expect(warnings(app)).toEqual([]);
    const { stack, cluster } = imported();
    expect(() => access(stack, cluster)).not.toThrow();
  });

  test('is right in clusters of two stages', () => {
    const app = newApp();
    for (const id of ['Dev', 'Prod']) {
      const stack = new Stack(new Stage(app, id), 'Shop');
      access(stack, bareCluster(stack));
    }
    expect(validationErrors(app)).toBe('');
  });
});
