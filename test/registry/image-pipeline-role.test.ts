import { aws_ecs as ecs, aws_signer as signer, Stack } from 'aws-cdk-lib';
import { ContainerRepository, ImagePipeline } from '../../lib';
import { Fixture, newApp, only, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { CONNECTION, git, imagesIn, parameterArn, PipelineFixture, variablesIn } from '../support/pipelines';
import { allowing, expectNothingInline, statementsOf } from '../support/policies';

const STRONG = { '@aws-cdk/core:defaultCrossStackReferences': 'strong' };

const arn = (id: RegExp) => ({ 'Fn::GetAtt': [expect.stringMatching(id), 'Arn'] });
const PUSH = {
  Action: [
    'ecr:BatchCheckLayerAvailability',
    'ecr:BatchGetImage',
    'ecr:CompleteLayerUpload',
    'ecr:InitiateLayerUpload',
    'ecr:PutImage',
    'ecr:UploadLayerPart',
  ],
  Effect: 'Allow',
  Resource: arn(/^Images/),
};

describe('the role', () => {
  test('is for projects of this account, and may do what a build does, on its own things only', () => {
    const template = new PipelineFixture().template();
    expect(statementsOf(template, 'RebuildRole')).toEqual([
      { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow', Resource: arn(/^RebuildLogGroup/) },
      {
        Action: ['ssm:GetParameters', 'ssm:PutParameter'],
        Effect: 'Allow',
        Resource: parameterArn('/cdk-containers/Shop/Rebuild/tag'),
      },
      PUSH,
      { Action: 'ecr:GetAuthorizationToken', Effect: 'Allow', Resource: '*' },
      {
        Action: ['codeconnections:GetConnection', 'codeconnections:GetConnectionToken'],
        Effect: 'Allow',
        Resource: CONNECTION,
      },
    ]);
    const { Properties } = only(template, 'AWS::IAM::Role');
    const inAccount = [
      '',
      [
        'arn:',
        { Ref: 'AWS::Partition' },
        ':codebuild:',
        { Ref: 'AWS::Region' },
        ':',
        { Ref: 'AWS::AccountId' },
        ':project/*',
      ],
    ];
    expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { Service: 'codebuild.amazonaws.com' },
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnLike: { 'aws:SourceArn': { 'Fn::Join': inAccount } },
        },
      },
    ]);
    expectNothingInline(template);
  });

  test('takes grants, of the pipeline, the project and the role', () => {
    const fixture = new PipelineFixture();
    const [one, two, three] = ['One', 'Two', 'Three'].map((id) => imagesIn(fixture.stack, id));
    one.grantPull(fixture.pipeline);
    two.grantPull(fixture.pipeline.project);
    three.grantPull(fixture.pipeline.role);
    const template = fixture.template();
    const pulls = allowing(template, 'RebuildRole', 'ecr:GetDownloadUrlForLayer');
    expect(pulls).toEqual([
      {
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Effect: 'Allow',
        Resource: expect.arrayContaining([arn(/^One/), arn(/^Two/), arn(/^Three/)]),
      },
    ]);
    expectNothingInline(template);
    expectAcyclic(template);
  });

  test('signs what it pushes, where the repository says so', () => {
    const stack = new Stack(newApp(), 'Shop');
    const signingProfile = new signer.SigningProfile(stack, 'Profile', {
      platform: signer.Platform.NOTATION_OCI_SHA384_ECDSA,
    });
    const { repository } = imagesIn(stack, 'Images');
    const images = ContainerRepository.fromRepository(stack, 'Signed', { repository, signingProfile });
    new ImagePipeline(stack, 'Rebuild', { repository: images, source: git() });
    expect(allowing(Template.fromStack(stack), 'RebuildRole', 'signer:SignPayload')).toEqual([
      { Action: 'signer:SignPayload', Effect: 'Allow', Resource: arn(/^Profile/) },
    ]);
  });

  test('pushes with what the repository says, which may be more than the L2 does', () => {
    const stack = new Stack(newApp(), 'Shop');
    const images = imagesIn(stack, 'Images');
    const grantPush = jest.spyOn(images, 'grantPush');
    const pipeline = new ImagePipeline(stack, 'Rebuild', { repository: images, source: git() });
    expect(grantPush.mock.calls).toEqual([[pipeline.role]]);
  });

  test('pulls base images, of the same role', () => {
    const template = new PipelineFixture((stack) => ({
      rebuild: { onPushOf: [imagesIn(stack, 'Base'), imagesIn(stack, 'Tools')] },
    })).template();
    const [{ Resource }] = allowing(template, 'RebuildRole', 'ecr:GetDownloadUrlForLayer');
    expect(Resource).toEqual([arn(/^Base/), arn(/^Tools/)]);
  });
});

describe('redeploy', () => {
  const services = (fixture = new Fixture()) => fixture.web().service;

  test('may deploy the services anew and nothing else', () => {
    const fixture = new Fixture();
    const { stack } = new PipelineFixture(
      () => ({ channelTag: 'stable', redeploy: [services(fixture)] }),
      fixture.stack,
    );
    const template = Template.fromStack(stack);
    expect(allowing(template, 'RebuildRole', 'ecs:UpdateService')).toEqual([
      { Action: 'ecs:UpdateService', Effect: 'Allow', Resource: { Ref: expect.stringMatching(/^WebService/) } },
    ]);
    expect(variablesIn(template).SERVICES).toEqual({
      'Fn::Join': [
        '',
        [{ Ref: expect.stringMatching(/^Ecs/) }, '/', { 'Fn::GetAtt': [expect.stringMatching(/^WebService/), 'Name'] }],
      ],
    });
    expectAcyclic(template);
  });

  test('of a service in another stack, and one that is imported', () => {
    const fixture = new Fixture(newApp(STRONG));
    const stack = new Stack(fixture.app, 'Ci');
    const imported = ecs.FargateService.fromFargateServiceAttributes(stack, 'Imported', {
      serviceArn: 'arn:aws:ecs:eu-west-1:111122223333:service/main/web',
      cluster: ecs.Cluster.fromClusterArn(stack, 'Cluster', 'arn:aws:ecs:eu-west-1:111122223333:cluster/main'),
    });
    const redeploy = [imported, services(fixture)];
    new PipelineFixture(() => ({ channelTag: 'stable', redeploy }), stack);
    const template = Template.fromStack(stack);
    const [{ Resource }] = allowing(template, 'RebuildRole', 'ecs:UpdateService');
    expect(Resource).toEqual([
      'arn:aws:ecs:eu-west-1:111122223333:service/main/web',
      { 'Fn::ImportValue': expect.stringMatching(/^Shop:.*WebService/) },
    ]);
    expect(JSON.stringify(variablesIn(template).SERVICES)).toContain('main/web ');
  });

  test('of a service that is imported by its name, as ECS compares it, whatever the feature flags say', () => {
    const app = newApp({ '@aws-cdk/aws-ecs:arnFormatIncludesClusterName': false });
    const stack = new Stack(app, 'Ci', { env: { account: '111122223333', region: 'eu-west-1' } });
    const cluster = ecs.Cluster.fromClusterArn(stack, 'Cluster', 'arn:aws:ecs:eu-west-1:111122223333:cluster/main');
    const imported = ecs.FargateService.fromFargateServiceAttributes(stack, 'Web', { serviceName: 'web', cluster });
    expect(imported.serviceArn).not.toContain('service/main/web');
    new PipelineFixture(() => ({ channelTag: 'stable', redeploy: [imported] }), stack);
    expect(allowing(Template.fromStack(stack), 'RebuildRole', 'ecs:UpdateService')[0].Resource).toBe(
      'arn:aws:ecs:eu-west-1:111122223333:service/main/web',
    );
  });
});
