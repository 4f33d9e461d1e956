import { Stack, aws_eks_v2 as eks, aws_iam as iam } from 'aws-cdk-lib';
import { FargatePodRole } from '../../lib/identity/fargate-pod-role';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';

function made(props: Partial<ConstructorParameters<typeof FargatePodRole>[2]> = {}) {
  const stack = new Stack(newApp(), 'Shop');
  const cluster = eks.Cluster.fromClusterAttributes(stack, 'Theirs', { clusterName: 'theirs' });
  const role = new FargatePodRole(stack, 'Role', { cluster, ...props });
  return { stack, role, template: Template.fromStack(stack) };
}

const SOURCE = {
  'Fn::Join': [
    '',
    ['arn:', { Ref: 'AWS::Partition' }, ':eks:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }].concat(
      ':fargateprofile/theirs/*' as never,
    ),
  ],
};

describe('FargatePodRole', () => {
  test('is assumed by Fargate alone, for profiles of one cluster', () => {
    const { template } = made();
    expect(only(template, 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'eks-fargate-pods.amazonaws.com' },
        Condition: { ArnLike: { 'aws:SourceArn': SOURCE } },
      },
    ]);
  });

  test('has the policy of AWS, and no other', () => {
    const { template } = made();
    const { Properties } = only(template, 'AWS::IAM::Role');
    expect(Properties.ManagedPolicyArns).toEqual([
      {
        'Fn::Join': [
          '',
          ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/AmazonEKSFargatePodExecutionRolePolicy'],
        ],
      },
    ]);
    expect(Properties.Policies).toBeUndefined();
    expect(Properties.Path).toBeUndefined();
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('takes a boundary and further conditions', () => {
    const { template } = made({
      permissionsBoundary: iam.ManagedPolicy.fromAwsManagedPolicyName('PowerUserAccess'),
      trustConditions: { StringEquals: { 'aws:SourceOrgID': 'o-1' } },
    });
    const { Properties } = only(template, 'AWS::IAM::Role');
    expect(JSON.stringify(Properties.PermissionsBoundary)).toContain('PowerUserAccess');
    expect(Properties.AssumeRolePolicyDocument.Statement[0].Condition).toEqual({
      ArnLike: { 'aws:SourceArn': SOURCE },
      StringEquals: { 'aws:SourceOrgID': 'o-1' },
    });
  });

  test('has no path, whatever a program without types passes', () => {
    const { template } = made({ path: '/teams/' } as never);
    expect(only(template, 'AWS::IAM::Role').Properties.Path).toBeUndefined();
  });

  test('fails when a condition would take the place of its own', () => {
    expectFailure(
      () => made({ trustConditions: { ArnLike: { 'aws:SourceArn': '*' } } }),
      'trustConditions must not have aws:SourceArn of ArnLike, which the role has already and would lose: leave it out, or use another operator',
    );
  });

  test.each([undefined, null])('fails when the cluster is %s', (cluster) => {
    expectFailure(() => made({ cluster: cluster as never }), `cluster must be given, got ${String(cluster)}`);
  });

  test('takes the cluster of another stack', () => {
    const app = newApp();
    const home = new Stack(app, 'Home');
    const cluster = new eks.Cluster(home, 'K8s', { version: eks.KubernetesVersion.V1_34 });
    const stack = new Stack(app, 'Shop');
    new FargatePodRole(stack, 'Role', { cluster });
    app.synth();
    expect(stack.dependencies).toEqual([home]);
    expect(home.dependencies).toEqual([]);
  });
});
