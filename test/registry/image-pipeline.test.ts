import type { App } from 'aws-cdk-lib';
import {
  aws_codebuild as codebuild,
  aws_ecs as ecs,
  aws_logs as logs,
  aws_s3 as s3,
  aws_ssm as ssm,
  CfnOutput,
  CfnParameter,
  Duration,
  NestedStack,
  Stack,
  Stage,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ImagePipeline, ImageSource } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import {
  directoryWith,
  git,
  imagesIn,
  parameterArn,
  PipelineFixture,
  projectIn,
  variablesIn,
} from '../support/pipelines';
import { allowing } from '../support/policies';
import { STRICT, validate } from '../support/validate';

const { ARM64, X86_64 } = ecs.CpuArchitecture;

const arn = (id: RegExp) => ({ 'Fn::GetAtt': [expect.stringMatching(id), 'Arn'] });
describe('the project', () => {
  test('builds on a small machine that is there for one build, for half an hour at the most', () => {
    const { Properties } = projectIn(new PipelineFixture().template());
    expect(Properties).toEqual({
      Description: 'Builds an image and pushes it',
      Artifacts: { Type: 'NO_ARTIFACTS' },
      Cache: { Type: 'NO_CACHE' },
      EncryptionKey: 'alias/aws/s3',
      Environment: {
        ComputeType: 'BUILD_GENERAL1_SMALL',
        Image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
        ImagePullCredentialsType: 'CODEBUILD',
        PrivilegedMode: true,
        Type: 'LINUX_CONTAINER',
        EnvironmentVariables: expect.any(Array),
      },
      LogsConfig: {
        CloudWatchLogs: { GroupName: { Ref: expect.stringMatching(/^RebuildLogGroup/) }, Status: 'ENABLED' },
      },
      ServiceRole: arn(/^RebuildRole/),
      Source: expect.objectContaining({ Type: 'GITHUB' }),
      SourceVersion: 'main',
      TimeoutInMinutes: 30,
      Triggers: expect.any(Object),
    });
  });

  test('knows what it needs by environment variables, and has no others', () => {
    const { stack, images, template } = new PipelineFixture();
    const uri = stack.resolve(images._repository.repositoryUri);
    expect(variablesIn(template.call({ stack }))).toEqual({
      REPOSITORY_URI: uri,
      TAG_PARAMETER: '/cdk-containers/Shop/Rebuild/tag',
      DIRECTORY: '.',
      DOCKERFILE: 'Dockerfile',
    });
  });

  test('is made as told', () => {
    const fixture = new PipelineFixture(() => ({
      cpuArchitecture: ARM64,
      computeType: codebuild.ComputeType.LARGE,
      timeout: Duration.hours(1),
      directory: 'web',
      dockerfile: 'Dockerfile.prod',
      target: 'production',
      tagPrefix: 'web-',
      channelTag: 'stable',
      parameterName: '/shop/web',
      buildArgs: { VERSION: '1', EMPTY: '' },
    }));
    const template = fixture.template();
    const { Environment, TimeoutInMinutes } = projectIn(template).Properties;
    expect(TimeoutInMinutes).toBe(60);
    expect(Environment).toMatchObject({
      ComputeType: 'BUILD_GENERAL1_LARGE',
      Image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0',
      Type: 'ARM_CONTAINER',
    });
    expect(variablesIn(template)).toEqual({
      REPOSITORY_URI: expect.any(Object),
      TAG_PARAMETER: '/shop/web',
      TAG_PREFIX: 'web-',
      CHANNEL_TAG: 'stable',
      DIRECTORY: 'web',
      DOCKERFILE: 'Dockerfile.prod',
      BUILD_TARGET: 'production',
      BUILD_ARG_VERSION: '1',
    });
  });

  test('is of x86 when told', () => {
    const template = new PipelineFixture(() => ({ cpuArchitecture: X86_64 })).template();
    expect(projectIn(template).Properties.Environment.Type).toBe('LINUX_CONTAINER');
  });

  test('takes tokens', () => {
    const template = new PipelineFixture((stack) => {
      const text = new CfnParameter(stack, 'Text').valueAsString;
      const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
      return {
        timeout: Duration.minutes(number),
        channelTag: text,
        tagPrefix: text,
        target: text,
        directory: text,
        dockerfile: text,
        parameterName: text,
        buildArgs: { A: text },
        rebuild: { every: Duration.minutes(number), onFindings: true, minInterval: Duration.seconds(number) },
      };
    }).template();
    const ref = { Ref: 'Text' };
    expect(variablesIn(template, 'RebuildFindingsProject')).toEqual({
      REPOSITORY_URI: expect.any(Object),
      TAG_PARAMETER: ref,
      TAG_PREFIX: ref,
      CHANNEL_TAG: ref,
      DIRECTORY: ref,
      DOCKERFILE: ref,
      BUILD_TARGET: ref,
      BUILD_ARG_A: ref,
      MIN_INTERVAL: { Ref: 'Number' },
    });
    expect(projectIn(template).Properties.TimeoutInMinutes).toEqual({ Ref: 'Number' });
  });

  test('waits for what its builds may do, and nothing waits for itself', () => {
    const { template, stack } = new PipelineFixture(() => ({ rebuild: { every: Duration.days(7), onFindings: true } }));
    const made = template.call({ stack });
    expect(projectIn(made).DependsOn).toEqual([expect.stringMatching(/^RebuildRolePolicy/)]);
    expectAcyclic(made);
  });

  test('writes to a log group that is kept for a year, or to one of the user', () => {
    const { pipeline, stack, template } = new PipelineFixture();
    expect(only(template.call({ stack }), 'AWS::Logs::LogGroup').Properties).toEqual({ RetentionInDays: 365 });
    expect(stack.resolve(pipeline.logGroup.logGroupName).Ref).toMatch(/^RebuildLogGroup/);

    const own = new PipelineFixture((scope) => ({ logGroup: new logs.LogGroup(scope, 'Own') })).template();
    const { id } = only(own, 'AWS::Logs::LogGroup');
    expect(projectIn(own).Properties.LogsConfig.CloudWatchLogs.GroupName).toEqual({ Ref: id });
    expect(allowing(own, 'RebuildRole', 'logs:PutLogEvents')[0].Resource).toEqual(arn(/^Own/));
  });
});

describe('the parameter', () => {
  const nameOf = (pipeline: ImagePipeline) => pipeline.tagParameter.parameterName;
  const inScope = (scope: Construct, id = 'Rebuild') =>
    nameOf(new ImagePipeline(scope, id, { repository: imagesIn(scope, `${id}Images`), source: git() }));

  test('is no resource of the template, and needs none of it', () => {
    const { template, stack } = new PipelineFixture();
    const made = template.call({ stack });
    made.resourceCountIs('AWS::SSM::Parameter', 0);
    expect(Object.keys(made.toJSON().Parameters)).toEqual(['BootstrapVersion']);
  });

  test('is named by stack and path', () => {
    const app = newApp();
    const stack = new Stack(app, 'Shop', { stackName: 'shop-prod' });
    expect(inScope(stack)).toBe('/cdk-containers/shop-prod/Rebuild/tag');
    expect(inScope(new Construct(stack, 'Web Site'), 'Re build')).toBe(
      '/cdk-containers/shop-prod/Web-Site/Re-build/tag',
    );
    expect(inScope(new Stack(new Stage(app, 'Prod'), 'Shop'))).toBe('/cdk-containers/Prod-Shop/Rebuild/tag');
    const nested = new NestedStack(new NestedStack(stack, 'Outer'), 'Inner');
    expect(inScope(nested)).toBe('/cdk-containers/shop-prod/Outer/Inner/Rebuild/tag');
  });

  test('is read by another stack at its deployment, with no reference between the two', () => {
    const { stack, pipeline } = new PipelineFixture();
    const services = new Stack(stack.node.root as App, 'Services');
    const tag = ssm.StringParameter.valueForStringParameter(services, nameOf(pipeline));
    const fixture = new ecs.FargateTaskDefinition(services, 'Task');
    fixture.addContainer('web', { image: ecs.ContainerImage.fromRegistry(`shop:${tag}`) });
    const template = Template.fromStack(services);
    expect(Object.values(template.toJSON().Parameters)).toContainEqual({
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: '/cdk-containers/Shop/Rebuild/tag',
    });
    expect(JSON.stringify(template)).not.toContain('ImportValue');
  });

  test('is read at each deployment by who has its value, in whatever stack', () => {
    const { pipeline, stack, template } = new PipelineFixture();
    const value = '{{resolve:ssm:/cdk-containers/Shop/Rebuild/tag}}';
    expect(stack.resolve(pipeline.tagParameter.stringValue)).toBe(value);
    const other = new Stack(stack.node.root, 'Other');
    new CfnOutput(other, 'Tag', { value: pipeline.tagParameter.stringValue });
    expect(Template.fromStack(other).toJSON().Outputs).toEqual({ Tag: { Value: value } });
    expect(Object.keys(template.call({ stack }).toJSON().Parameters)).toEqual(['BootstrapVersion']);
  });

  test('has the name that it is given', () => {
    const { pipeline, stack, template } = new PipelineFixture(() => ({ parameterName: '/shop/web_1.x/tag' }));
    expect(nameOf(pipeline)).toBe('/shop/web_1.x/tag');
    expect(allowing(template.call({ stack }), 'RebuildRole', 'ssm:PutParameter')[0].Resource).toEqual(
      parameterArn('/shop/web_1.x/tag'),
    );
  });

  test('fails when it would be too deep', () => {
    let scope: Construct = new Stack(newApp(), 'Shop');
    for (let depth = 0; depth < 12; depth++) scope = new Construct(scope, 'A');
    expectFailure(() => inScope(scope), /^parameterName must be 1 to 15 levels .*\/A\/A\/Rebuild\/tag'$/);
  });
});

test('leaves no finding open', () => {
  const stack = new Stack(newApp(STRICT), 'Shop');
  const bucket = s3.Bucket.fromBucketName(stack, 'Code', 'code');
  const base = imagesIn(stack, 'Base');
  new PipelineFixture(
    () => ({
      source: ImageSource.asset(directoryWith('Dockerfile')),
      channelTag: 'stable',
      rebuild: { every: Duration.days(7), onFindings: true, onPushOf: [base] },
    }),
    stack,
  );
  new ImagePipeline(stack, 'Git', { repository: base, source: git() });
  new ImagePipeline(stack, 'Bucket', { repository: base, source: ImageSource.bucket(bucket, 'shop.zip') });
  const { open, acknowledged } = validate(stack.node.root as App);
  expect(open).toEqual([]);
  const ours = acknowledged
    .filter(({ path }) => path.startsWith('Shop/Rebuild/'))
    .map(({ path, rule }) => `${path} ${rule}`);
  const packs = ['HIPAA.Security', 'NIST.800.53.R4', 'PCI.DSS.321'];
  expect(ours.sort()).toEqual(
    [
      ...['Project', 'FindingsProject'].flatMap((project) => [
        `Shop/Rebuild/${project}/Resource AwsSolutions-CB4`,
        ...packs.map((pack) => `Shop/Rebuild/${project}/Resource ${pack}-CodeBuildProjectSourceRepoUrl`),
      ]),
      ...['Deployment', 'Schedule', 'BaseImage', 'Findings'].map(
        (rule) => `Shop/Rebuild/${rule}Rule/Resource Serverless-EventBusDLQ`,
      ),
      ...[...packs, 'NIST.800.53.R5'].map(
        (pack) => `Shop/Rebuild/LogGroup/Resource ${pack}-CloudWatchLogGroupEncrypted`,
      ),
      'Shop/Rebuild/Role/Policy/Resource AwsSolutions-IAM5[Resource::*]',
    ].sort(),
  );
});
