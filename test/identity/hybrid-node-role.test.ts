import { Duration, Stack, aws_acmpca as acmpca, aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import { HybridCredentials } from '../../lib/identity/hybrid-credentials';
import type { RolesAnywhereOptions } from '../../lib/identity/hybrid-credentials';
import { HybridNodeRole } from '../../lib/identity/hybrid-node-role';
import type { HybridNodeRoleProps } from '../../lib/identity/hybrid-node-role';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { actionsOf, allowing, statementsOf } from '../support/policies';
import { idOf, once } from '../support/resources';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const ANCHOR = 'arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/8a3e4c1e-0000-0000-0000-000000000000';
const CLUSTER_ARN = arn(':eks:', ':cluster/theirs');

/** An ARN in the template of a stack without an environment. */
function arn(service: string, resource: string) {
  const [partition, region, account] = ['Partition', 'Region', 'AccountId'].map((each) => ({ Ref: `AWS::${each}` }));
  return { 'Fn::Join': ['', ['arn:', partition, service, region, ':', account, resource]] };
}

function made(credentials: HybridCredentials, props: Partial<HybridNodeRoleProps> = {}) {
  const stack = new Stack(newApp(), 'Shop');
  const cluster = eks.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'theirs' });
  const role = new HybridNodeRole(stack, 'Role', { cluster, credentials, ...props });
  const template = Template.fromStack(stack);
  return { stack, cluster, role, template, resource: only(template, 'AWS::IAM::Role').Properties };
}

const bySystemsManager = once(() => made(HybridCredentials.systemsManager()));
const byCertificate = once(() => made(HybridCredentials.rolesAnywhere({ certificateBundle: PEM })));

function policyNames(resource: any): string[] {
  return resource.ManagedPolicyArns.map((each: any) => each['Fn::Join'][1].at(-1).split('/').at(-1));
}

describe('HybridNodeRole', () => {
  test('finds one cluster, and fetches credentials of pods from it', () => {
    const { template } = byCertificate();
    expect(statementsOf(template, 'Role')).toEqual([
      { Effect: 'Allow', Action: ['eks-auth:AssumeRoleForPodIdentity', 'eks:DescribeCluster'], Resource: CLUSTER_ARN },
    ]);
  });

  test('fetches none where told', () => {
    const { template, role } = made(HybridCredentials.systemsManager(), { allowPodIdentity: false });
    expect(allowing(template, 'Role', 'eks-auth:AssumeRoleForPodIdentity')).toEqual([]);
    expect(allowing(template, 'Role', 'eks:DescribeCluster')).toMatchObject([{ Resource: CLUSTER_ARN }]);
    expect(role._nodeConfig).not.toHaveProperty('enableCredentialsFile');
  });

  test('has nothing inline', () => {
    [bySystemsManager(), byCertificate()].forEach(({ template, resource }) => {
      expect(resource.Policies).toBeUndefined();
      template.resourceCountIs('AWS::IAM::Policy', 0);
    });
  });

  test('takes a path, a boundary and further conditions', () => {
    const { resource } = made(HybridCredentials.systemsManager(), {
      path: '/teams/',
      permissionsBoundary: iam.ManagedPolicy.fromAwsManagedPolicyName('PowerUserAccess'),
      trustConditions: { StringEquals: { 'aws:SourceOrgID': 'o-1' } },
    });
    expect(resource.Path).toBe('/teams/');
    expect(JSON.stringify(resource.PermissionsBoundary)).toContain('PowerUserAccess');
    expect(resource.AssumeRolePolicyDocument.Statement[0].Condition.StringEquals).toMatchObject({
      'aws:SourceOrgID': 'o-1',
    });
  });

  test.each([
    ['cluster', { cluster: undefined as never }, 'cluster must be given, got undefined'],
    ['credentials', { credentials: null as never }, 'credentials must be given, got null'],
    ['yes', { allowPodIdentity: 'yes' as never }, "allowPodIdentity must be true or false, got 'yes'"],
  ])('fails without or with a wrong %s', (_what, props, message) => {
    expectFailure(() => made(HybridCredentials.systemsManager(), props), message);
  });

  test('takes the cluster of another stack', () => {
    const app = newApp();
    const home = new Stack(app, 'Home');
    const cluster = new eks.Cluster(home, 'K8s', { version: eks.KubernetesVersion.V1_34 });
    const stack = new Stack(app, 'Shop');
    new HybridNodeRole(stack, 'Role', { cluster, credentials: HybridCredentials.systemsManager() });
    app.synth();
    expect(stack.dependencies).toEqual([home]);
    expect(home.dependencies).toEqual([]);
  });
});

describe('Systems Manager', () => {
  test('assumes the role for machines of this account and region alone', () => {
    const { resource } = bySystemsManager();
    expect(resource.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'ssm.amazonaws.com' },
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnLike: { 'aws:SourceArn': arn(':ssm:', ':*') },
        },
      },
    ]);
    expect(resource.MaxSessionDuration).toBeUndefined();
  });

  test('needs the policies that AWS documents', () => {
    const { resource, template } = bySystemsManager();
    expect(policyNames(resource)).toEqual(['AmazonEC2ContainerRegistryPullOnly', 'AmazonSSMManagedInstanceCore']);
    expect(statementsOf(template, 'Role').flatMap(actionsOf).sort()).toEqual([
      'eks-auth:AssumeRoleForPodIdentity',
      'eks:DescribeCluster',
      'ssm:DeregisterManagedInstance',
      'ssm:DescribeInstanceInformation',
    ]);
  });

  test('lets machines leave that came with an activation for the cluster, and no others', () => {
    const { template } = bySystemsManager();
    expect(allowing(template, 'Role', 'ssm:DeregisterManagedInstance')).toEqual([
      {
        Effect: 'Allow',
        Action: 'ssm:DeregisterManagedInstance',
        Resource: arn(':ssm:', ':managed-instance/*'),
        Condition: { StringEquals: { 'ssm:resourceTag/EKSClusterARN': CLUSTER_ARN } },
      },
    ]);
    expect(allowing(template, 'Role', 'ssm:DescribeInstanceInformation')).toMatchObject([{ Resource: '*' }]);
  });

  test('has a command for the operator, with the tag that lets machines leave', () => {
    const { stack, role } = bySystemsManager();
    const [, parts] = stack.resolve(role.activationCommand)['Fn::Join'];
    const roleName = { 'Fn::Select': [1, { 'Fn::Split': [':role/', { 'Fn::GetAtt': [idOf(role.role), 'Arn'] }] }] };
    expect(parts).toEqual([
      'aws ssm create-activation --region ',
      { Ref: 'AWS::Region' },
      ' --iam-role ',
      roleName,
      ' --default-instance-name eks-hybrid-nodes --registration-limit 1 --tags Key=EKSClusterARN,Value=arn:',
      { Ref: 'AWS::Partition' },
      ':eks:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      ':cluster/theirs',
    ]);
  });

  test('registers as many as told', () => {
    const { role } = made(HybridCredentials.systemsManager({ registrationLimit: 25 }));
    expect(role.activationCommand).toContain('--registration-limit 25 ');
  });

  test('makes nothing beside the role', () => {
    const { template, role } = bySystemsManager();
    template.resourceCountIs('AWS::RolesAnywhere::Profile', 0);
    expect([role.profile, role.trustAnchor]).toEqual([undefined, undefined]);
    expect(role._nodeConfig).toEqual({
      ssm: { activationCode: 'ACTIVATION_CODE', activationId: 'ACTIVATION_ID' },
      enableCredentialsFile: true,
    });
  });

  test('fails when it is for too many', () => {
    expectFailure(
      () => HybridCredentials.systemsManager({ registrationLimit: 1001 }),
      'registrationLimit must be between 1 and 1000, got 1001',
    );
  });

  test.each([[null], [{ limit: 1 }], ['10']])('fails when its options are %j', (options) => {
    expectFailure(
      () => HybridCredentials.systemsManager(options as never),
      /^the options of HybridCredentials.systemsManager must be an object with registrationLimit, got /,
    );
  });
});

describe('IAM Roles Anywhere', () => {
  const trust = (anchor: unknown, name: string) => [
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'rolesanywhere.amazonaws.com' },
      Condition: {
        ArnEquals: { 'aws:SourceArn': anchor },
        StringEquals: { 'sts:RoleSessionName': name },
      },
    },
    {
      Effect: 'Allow',
      Action: ['sts:SetSourceIdentity', 'sts:TagSession'],
      Principal: { Service: 'rolesanywhere.amazonaws.com' },
      Condition: { ArnEquals: { 'aws:SourceArn': anchor } },
    },
  ];

  test('assumes the role for a certificate of one authority, under the name in it', () => {
    const { resource, role } = byCertificate();
    const anchor = { 'Fn::GetAtt': [idOf(role.trustAnchor!), 'TrustAnchorArn'] };
    expect(resource.AssumeRolePolicyDocument.Statement).toEqual(trust(anchor, '${aws:PrincipalTag/x509Subject/CN}'));
    expect(policyNames(resource)).toEqual(['AmazonEC2ContainerRegistryPullOnly']);
  });

  test('trusts the authority of a bundle', () => {
    const { template } = byCertificate();
    expect(only(template, 'AWS::RolesAnywhere::TrustAnchor').Properties).toEqual({
      Name: expect.stringMatching(/^Shop-Role-[0-9A-F]{8}$/),
      Enabled: true,
      Source: { SourceType: 'CERTIFICATE_BUNDLE', SourceData: { X509CertificateData: PEM } },
    });
  });

  test('gives nodes the role, under the name that they ask for', () => {
    const { template, role } = byCertificate();
    expect(only(template, 'AWS::RolesAnywhere::Profile').Properties).toEqual({
      Name: expect.stringMatching(/^Shop-Role-[0-9A-F]{8}$/),
      Enabled: true,
      RoleArns: [{ 'Fn::GetAtt': [idOf(role.role), 'Arn'] }],
      AcceptRoleSessionName: true,
    });
    expect(role.activationCommand).toBeUndefined();
  });

  test('trusts an authority of AWS Private CA', () => {
    const stack = new Stack(newApp(), 'Other');
    const authority = 'arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/1';
    const certificateAuthority = acmpca.CertificateAuthority.fromCertificateAuthorityArn(stack, 'Ca', authority);
    const { template } = made(HybridCredentials.rolesAnywhere({ certificateAuthority }));
    expect(only(template, 'AWS::RolesAnywhere::TrustAnchor').Properties.Source).toEqual({
      SourceType: 'AWS_ACM_PCA',
      SourceData: { AcmPcaArn: authority },
    });
  });

  test('takes a trust anchor that there is, and another part of the certificate', () => {
    const { template, resource, role } = made(
      HybridCredentials.rolesAnywhere({ trustAnchorArn: ANCHOR, nodeNameAttribute: 'x509SAN/Name/CN' }),
    );
    template.resourceCountIs('AWS::RolesAnywhere::TrustAnchor', 0);
    expect(role.trustAnchor).toBeUndefined();
    expect(resource.AssumeRolePolicyDocument.Statement).toEqual(trust(ANCHOR, '${aws:PrincipalTag/x509SAN/Name/CN}'));
    expect(role._nodeConfig).toMatchObject({ iamRolesAnywhere: { trustAnchorArn: ANCHOR } });
  });

  test.each([
    [Duration.minutes(15), 900, undefined],
    [Duration.hours(1), 3600, undefined],
    [Duration.hours(12), 43200, 43200],
  ])('lets sessions last %s', (sessionDuration, seconds, ofRole) => {
    const { template, resource } = made(HybridCredentials.rolesAnywhere({ trustAnchorArn: ANCHOR, sessionDuration }));
    expect(only(template, 'AWS::RolesAnywhere::Profile').Properties.DurationSeconds).toBe(seconds);
    expect(resource.MaxSessionDuration).toBe(ofRole);
  });

  test('can serve the roles of two clusters, each with an anchor of its own', () => {
    const credentials = HybridCredentials.rolesAnywhere({ certificateBundle: PEM });
    const stack = new Stack(newApp(), 'Shop');
    const roles = ['One', 'Two'].map((id) => {
      const cluster = eks.Cluster.fromClusterAttributes(stack, `${id}K8s`, { clusterName: id });
      return new HybridNodeRole(stack, id, { cluster, credentials });
    });
    const resources = Template.fromStack(stack).findResources('AWS::IAM::Role');
    roles.forEach(({ role, trustAnchor }) => {
      const [{ Condition }] = resources[idOf(role)].Properties.AssumeRolePolicyDocument.Statement;
      expect(Condition.ArnEquals['aws:SourceArn']).toEqual({ 'Fn::GetAtt': [idOf(trustAnchor!), 'TrustAnchorArn'] });
    });
  });

  test.each([
    [null, /got no object$/],
    [undefined, /got no object$/],
    [{ certificate: PEM }, /got certificate$/],
    [{}, /^rolesAnywhere must have exactly one of/],
  ])('fails when its options are %j', (options, message) => {
    expectFailure(() => HybridCredentials.rolesAnywhere(options as unknown as RolesAnywhereOptions), message);
  });
});
