import { Aws, aws_iam as iam, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import type { aws_eks_v2 as eks } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ClusterAccess } from '../../lib/eks/cluster-access';
import { KubernetesAccess } from '../../lib/eks/kubernetes-access';
import { ACCOUNT, arn, bareCluster, DEVS, imported, named, policyArn, validationErrors } from '../support/access';
import { newApp, only, Template, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { all, lenientApp, resourceOf } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const access = (
  scope: Construct,
  cluster: eks.ICluster,
  what = KubernetesAccess.view(),
  principal: iam.IPrincipal = arn(),
  id = 'Devs',
) => new ClusterAccess(scope, id, { cluster, principal, access: what });
const entryOf = (template: Template) => only(template, 'AWS::EKS::AccessEntry').Properties;
const scoped = (name: string, ...namespaces: string[]) => ({
  PolicyArn: policyArn(name),
  AccessScope: namespaces.length > 0 ? { Type: 'namespace', Namespaces: namespaces } : { Type: 'cluster' },
});

/** The entry of one principal with several accesses. */
function merged(...accesses: KubernetesAccess[]): any {
  const { stack, cluster } = imported(lenientApp());
  const made = accesses.map((what, index) => access(stack, cluster, what, arn(), `Access${index}`));
  expect(new Set(made.map(({ accessEntry }) => accessEntry)).size).toBe(1);
  return entryOf(Template.fromStack(stack));
}

describe('what it makes', () => {
  test('is an entry with the policy, and nothing else', () => {
    const { stack, cluster } = imported();
    const { accessEntry } = access(stack, cluster, KubernetesAccess.edit({ namespaces: ['shop', 'cart'] }));
    const template = Template.fromStack(stack);
    expect(entryOf(template)).toEqual({
      ClusterName: 'platform',
      PrincipalArn: DEVS,
      AccessPolicies: [scoped('AmazonEKSEditPolicy', 'cart', 'shop')],
    });
    expect(Object.keys(template.toJSON().Resources)).toEqual([stack.resolve(accessEntry.logicalId)]);
  });

  test.each<[string, KubernetesAccess, object]>([
    ['clusterAdmin', KubernetesAccess.clusterAdmin(), scoped('AmazonEKSClusterAdminPolicy')],
    ['admin', KubernetesAccess.admin(), scoped('AmazonEKSAdminPolicy')],
    ['admin of namespaces', KubernetesAccess.admin({ namespaces: ['a'] }), scoped('AmazonEKSAdminPolicy', 'a')],
    ['edit', KubernetesAccess.edit(), scoped('AmazonEKSEditPolicy')],
    ['view', KubernetesAccess.view(), scoped('AmazonEKSViewPolicy')],
    ['view of namespaces', KubernetesAccess.view({ namespaces: ['a-*'] }), scoped('AmazonEKSViewPolicy', 'a-*')],
    ['adminView', KubernetesAccess.adminView(), scoped('AmazonEKSAdminViewPolicy')],
    ['secretReader', KubernetesAccess.secretReader({ namespaces: ['a'] }), scoped('AmazonEKSSecretReaderPolicy', 'a')],
    ['policy', KubernetesAccess.policy('AmazonEKSEventPolicy'), scoped('AmazonEKSEventPolicy')],
    [
      'policy in namespaces',
      KubernetesAccess.policy('AmazonEKSEventPolicy', { namespaces: ['a'] }),
      scoped('AmazonEKSEventPolicy', 'a'),
    ],
  ])('%s is its policy', (_name, what, policy) => {
    expect(merged(what).AccessPolicies).toEqual([policy]);
  });

  test('groups are groups, and no policy', () => {
    const entry = merged(KubernetesAccess.groups(['devs', 'all'], { username: 'dev:{{SessionName}}' }));
    expect(entry).toEqual({
      ClusterName: 'platform',
      PrincipalArn: DEVS,
      KubernetesGroups: ['all', 'devs'],
      Username: 'dev:{{SessionName}}',
    });
  });
});

describe('several accesses of a principal', () => {
  test('add up in one entry', () => {
    expect(
      merged(
        KubernetesAccess.view(),
        KubernetesAccess.edit({ namespaces: ['shop'] }),
        KubernetesAccess.groups(['devs']),
        KubernetesAccess.groups(['ops', 'devs'], { username: 'ops' }),
      ),
    ).toEqual({
      ClusterName: 'platform',
      PrincipalArn: DEVS,
      AccessPolicies: [scoped('AmazonEKSEditPolicy', 'shop'), scoped('AmazonEKSViewPolicy')],
      KubernetesGroups: ['devs', 'ops'],
      Username: 'ops',
    });
  });

  test('put the namespaces of a policy together, each once', () => {
    expect(
      merged(KubernetesAccess.edit({ namespaces: ['b', 'c'] }), KubernetesAccess.edit({ namespaces: ['a', 'b'] }))
        .AccessPolicies,
    ).toEqual([scoped('AmazonEKSEditPolicy', 'a', 'b', 'c')]);
  });

  test.each([
    ['first', [KubernetesAccess.edit(), KubernetesAccess.edit({ namespaces: ['a'] })]],
    ['last', [KubernetesAccess.edit({ namespaces: ['a'] }), KubernetesAccess.edit()]],
  ])('have the whole cluster when one has it, %s', (_when, accesses) => {
    expect(merged(...accesses).AccessPolicies).toEqual([scoped('AmazonEKSEditPolicy')]);
  });

  test('give the same entry in any order', () => {
    const accesses = [
      KubernetesAccess.view(),
      KubernetesAccess.groups(['b', 'a']),
      KubernetesAccess.edit({ namespaces: ['b', 'a'] }),
      KubernetesAccess.edit({ namespaces: ['c'] }),
    ];
    expect(JSON.stringify(merged(...accesses))).toBe(JSON.stringify(merged(...accesses.reverse())));
  });

  test('may be 20 policies', () => {
    const names = Array.from({ length: 20 }, (_, index) => KubernetesAccess.policy(`AmazonEKSNew${index}Policy`));
    expect(merged(...names).AccessPolicies).toHaveLength(20);
  });

  test('does not change the value that was given', () => {
    const what = KubernetesAccess.edit({ namespaces: ['b', 'a'] });
    merged(what, KubernetesAccess.edit());
    expect(merged(what).AccessPolicies).toEqual([scoped('AmazonEKSEditPolicy', 'a', 'b')]);
  });

  test('know each other however the principal is named', () => {
    const { app, stack, cluster } = imported();
    access(stack, cluster, KubernetesAccess.view(), iam.Role.fromRoleName(stack, 'Role', 'devs'), 'One');
    const text = `arn:${stack.partition}:iam::${stack.account}:role/devs`;
    access(stack, cluster, KubernetesAccess.edit(), arn(text), 'Two');
    access(stack, named(stack, 'Again'), KubernetesAccess.admin(), arn(text), 'Three');
    app.synth();
    expect(entryOf(Template.fromStack(stack)).AccessPolicies).toHaveLength(3);
  });

  test('know each other with the account and partition written out', () => {
    const { stack, cluster } = imported(newApp(), { env: { account: ACCOUNT, region: 'eu-west-1' } });
    access(stack, cluster, KubernetesAccess.view(), iam.Role.fromRoleName(stack, 'Role', 'devs'), 'One');
    access(stack, cluster, KubernetesAccess.edit(), arn(DEVS), 'Two');
    access(stack, cluster, KubernetesAccess.edit(), arn(`arn:aws:iam::${Aws.ACCOUNT_ID}:role/devs`), 'Tokens');
    access(stack, cluster, KubernetesAccess.edit(), ClusterAccess.ssoRole(stack, 'Sso', SSO), 'Three');
    expect(all(Template.fromStack(stack), 'AWS::EKS::AccessEntry')).toHaveLength(2);
  });

  test('are told from those of other principals and clusters', () => {
    const { app, stack, cluster } = imported();
    access(stack, cluster, undefined, arn(), 'One');
    access(stack, cluster, undefined, arn('arn:aws:iam::111122223333:user/devs'), 'Two');
    access(stack, named(stack, 'Second', 'second'), undefined, arn(), 'Three');
    expect(validationErrors(app)).toBe('');
    expect(all(Template.fromStack(stack), 'AWS::EKS::AccessEntry')).toHaveLength(3);
  });
});

const SSO = { roleName: 'AWSReservedSSO_Devs_0123456789abcdef' };
const SSO_PATH = ':role/aws-reserved/sso.amazonaws.com/';

describe('a role of IAM Identity Center', () => {
  const arnOf = (options: Partial<Parameters<typeof ClusterAccess.ssoRole>[2]>) => {
    const { stack, cluster } = imported();
    access(stack, cluster, undefined, ClusterAccess.ssoRole(stack, 'Sso', { ...SSO, ...options }));
    return JSON.stringify(entryOf(Template.fromStack(stack)).PrincipalArn);
  };

  test('has no region in its path by default', () => {
    expect(arnOf({})).toContain(`${SSO_PATH}${SSO.roleName}"`);
    expect(arnOf({ identityCenterRegion: 'us-east-1' })).toBe(arnOf({}));
    expect(arnOf({})).toContain('{"Ref":"AWS::AccountId"}');
  });

  test('has the region of IAM Identity Center, and another account', () => {
    expect(arnOf({ identityCenterRegion: 'eu-west-1', account: '444455556666' })).toContain(
      `:iam::444455556666${SSO_PATH}eu-west-1/${SSO.roleName}"`,
    );
  });

  test('gets no policy from grants', () => {
    const { stack } = imported();
    const role = ClusterAccess.ssoRole(stack, 'Sso', SSO);
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] }));
    expect(Template.fromStack(stack).toJSON().Resources).toBeUndefined();
  });
});

describe('who', () => {
  test.each<[string, (stack: Stack) => iam.IPrincipal]>([
    ['a role', (stack) => new iam.Role(stack, 'It', { assumedBy: new iam.AccountRootPrincipal() })],
    ['a user', (stack) => new iam.User(stack, 'It')],
    ['a role with a path', () => arn('arn:aws:iam::111122223333:role/a/b/devs')],
    ['a role of another account', () => arn('arn:aws:iam::444455556666:role/devs')],
    ['a role of another partition', () => arn('arn:aws-cn:iam::444455556666:role/devs')],
    ['an imported role', (stack) => iam.Role.fromRoleArn(stack, 'It', DEVS, { mutable: false })],
    ['a token', () => arn(Fn.importValue('Devs'))],
    [
      'a role whose name is a token',
      (stack) => arn(`arn:aws:iam::111122223333:role/${new CfnParameter(stack, 'It').valueAsString}`),
    ],
    [
      'a resource that is a token',
      (stack) => arn(`arn:aws:iam::111122223333:${new CfnParameter(stack, 'It').valueAsString}`),
    ],
  ])('may be %s', (_who, principal) => {
    const { app, stack, cluster } = imported();
    const who = principal(stack);
    access(stack, cluster, undefined, who);
    expect(validationErrors(app)).toBe('');
    const [expected] = who.policyFragment.principalJson.AWS;
    expect(entryOf(Template.fromStack(stack)).PrincipalArn).toEqual(stack.resolve(expected));
  });
});

describe('across stacks', () => {
  const CASES: [string, (stacks: { platform: Stack; shop: Stack }) => void, 'Platform' | 'Shop'][] = [
    [
      'the stack of the role uses the cluster',
      ({ platform, shop }) =>
        access(
          shop,
          bareCluster(platform),
          undefined,
          new iam.Role(shop, 'Role', { assumedBy: new iam.AccountRootPrincipal() }),
        ),
      'Shop',
    ],
    [
      'the stack of the cluster has the principal',
      ({ platform, shop }) => {
        const role = new iam.Role(platform, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
        access(shop, bareCluster(platform), undefined, role);
      },
      'Shop',
    ],
  ];

  test.each(CASES)('%s', (_case, make, home) => {
    const app = newApp();
    const stacks = { platform: new Stack(app, 'Platform'), shop: new Stack(app, 'Shop') };
    make(stacks);
    app.synth();
    expect(stacks.shop.dependencies).toEqual([stacks.platform]);
    expect(stacks.platform.dependencies).toEqual([]);
    const [own, other] = home === 'Shop' ? [stacks.shop, stacks.platform] : [stacks.platform, stacks.shop];
    Template.fromStack(other).resourceCountIs('AWS::EKS::AccessEntry', 0);
    expectAcyclic(Template.fromStack(own));
  });

  test('clusters that are called alike in two stacks have entries of their own', () => {
    const app = newApp();
    const [one, two, shop] = ['One', 'Two', 'Shop'].map((id) => new Stack(app, id));
    access(shop, bareCluster(one), undefined, arn(), 'First');
    access(shop, bareCluster(two), undefined, arn(), 'Second');
    expect(validationErrors(app)).toBe('');
    expect(all(Template.fromStack(shop), 'AWS::EKS::AccessEntry')).toHaveLength(2);
  });
});

describe('the entry', () => {
  test('keeps its logical id, whatever it is asked for with', () => {
    const idIn = (make: (stack: Stack, cluster: eks.ICluster) => unknown) => {
      const { stack, cluster } = imported();
      make(stack, cluster);
      return only(Template.fromStack(stack), 'AWS::EKS::AccessEntry').id;
    };
    const ids = [
      idIn((stack, cluster) => access(stack, cluster)),
      idIn((stack, cluster) => access(new Construct(stack, 'Team'), cluster, KubernetesAccess.admin(), arn(), 'Other')),
      idIn((stack, cluster) => access(stack, cluster, undefined, iam.Role.fromRoleArn(stack, 'Role', DEVS))),
    ];
    expect(new Set(ids)).toEqual(new Set(['AccessEntry34b5e2221dfe058a']));
  });

  test('keeps its logical id for a cluster and a role of this app', () => {
    const app = newApp();
    const [platform, shop] = [new Stack(app, 'Platform'), new Stack(app, 'Shop')];
    const role = new iam.Role(shop, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    const { accessEntry } = access(shop, bareCluster(platform), undefined, role);
    expect(shop.resolve(accessEntry.logicalId)).toBe('AccessEntry2c2a9d18029b9538');
  });

  test('is waited for through the access', () => {
    const { stack, cluster } = imported();
    const made = access(stack, cluster);
    const after = new iam.CfnGroup(stack, 'After');
    after.node.addDependency(made);
    expect(resourceOf(Template.fromStack(stack), after).DependsOn).toEqual([stack.resolve(made.accessEntry.logicalId)]);
  });

  test('may be told more by its L1', () => {
    const { stack, cluster } = imported();
    access(stack, cluster).accessEntry.tags = [{ key: 'team', value: 'shop' }];
    expect(entryOf(Template.fromStack(stack)).Tags).toEqual([{ Key: 'team', Value: 'shop' }]);
  });
});

describe('a policy that is not known', () => {
  test('is a warning', () => {
    const { app, stack, cluster } = imported(lenientApp());
    access(stack, cluster, KubernetesAccess.policy('AmazonEKSVeiwPolicy'));
    expect(warnings(app).join()).toMatch(/'AmazonEKSVeiwPolicy' is no access policy of EKS.*AccessPolicyUnknown/s);
  });

  test('is none for those that are', () => {
    const { app, stack, cluster } = imported();
    access(stack, cluster, KubernetesAccess.policy('AmazonEKSArgoCDPolicy'));
    expect(warnings(app)).toEqual([]);
  });
});

test('passes the strict engine and all packs', () => {
  const { app, stack, cluster } = imported(newApp(STRICT));
  access(stack, cluster, KubernetesAccess.edit({ namespaces: ['shop'] }));
  access(stack, cluster, KubernetesAccess.groups(['devs'], { username: 'dev:{{SessionName}}' }), arn(), 'Groups');
  access(stack, cluster, KubernetesAccess.clusterAdmin(), ClusterAccess.ssoRole(stack, 'Sso', SSO), 'Admins');
  expect(validate(app).open).toEqual([]);
});
