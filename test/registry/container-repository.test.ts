import { aws_ecs as ecs, aws_iam as iam, aws_kms as kms, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ContainerRepository, TaskRole } from '../../lib';
import type { ContainerRepositoryProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { Fixture, IMAGE, Match, newApp, only, Template, warnings } from '../support/fixture';
import { allowing, expectNothingInline, statementsOf } from '../support/policies';

const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

function repository(props: ContainerRepositoryProps = {}) {
  const stack = new Stack(newApp(), 'Registry');
  const images = new ContainerRepository(stack, 'Images', props);
  return { stack, images, template: () => Template.fromStack(stack) };
}

function made(props: ContainerRepositoryProps = {}) {
  return only(repository(props).template(), 'AWS::ECR::Repository');
}

describe('ContainerRepository', () => {
  test('scans each image when it is pushed', () => {
    expect(made().Properties.ImageScanningConfiguration).toEqual({ ScanOnPush: true });
  });

  test('makes all tags immutable', () => {
    const { Properties } = made();
    expect(Properties.ImageTagMutability).toBe('IMMUTABLE');
    expect(Properties.ImageTagMutabilityExclusionFilters).toBeUndefined();
  });

  test('makes all tags immutable when the list of mutable ones is empty', () => {
    expect(made({ mutableTags: [] }).Properties).toEqual(made().Properties);
  });

  test('lets only the tags move that are named', () => {
    const { Properties } = made({ mutableTags: ['latest', 'pr-*'] });
    expect(Properties.ImageTagMutability).toBe('IMMUTABLE_WITH_EXCLUSION');
    expect(Properties.ImageTagMutabilityExclusionFilters).toEqual(
      ['latest', 'pr-*'].map((tag) => ({
        ImageTagMutabilityExclusionFilterType: 'WILDCARD',
        ImageTagMutabilityExclusionFilterValue: tag,
      })),
    );
  });

  test('encrypts with AES-256, which is what ECR does when the template says nothing', () => {
    expect(made().Properties.EncryptionConfiguration).toBeUndefined();
  });

  test('encrypts with a key of the user', () => {
    const { stack, template } = repository();
    const key = new kms.Key(stack, 'Key');
    new ContainerRepository(stack, 'Keyed', { encryptionKey: key });
    template().hasResourceProperties('AWS::ECR::Repository', {
      EncryptionConfiguration: {
        EncryptionType: 'KMS',
        KmsKey: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] },
      },
    });
  });

  test('is retained, with its images', () => {
    expect(made()).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(made().Properties.EmptyOnDelete).toBeUndefined();
  });

  test('is deleted when asked, images only when asked too', () => {
    const destroy = { removalPolicy: RemovalPolicy.DESTROY };
    expect(made(destroy)).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    expect(made(destroy).Properties.EmptyOnDelete).toBeUndefined();
    expect(made({ ...destroy, emptyOnDelete: true }).Properties.EmptyOnDelete).toBe(true);
  });

  test('has no physical name, no policy, and nothing beside it', () => {
    const { template } = repository();
    const { Properties } = only(template(), 'AWS::ECR::Repository');
    expect(Object.keys(Properties).sort()).toEqual([
      'ImageScanningConfiguration',
      'ImageTagMutability',
      'LifecyclePolicy',
    ]);
    expect(Object.keys(template().toJSON().Resources)).toHaveLength(1);
  });

  test('lets a role pull from it and from nothing else', () => {
    const { stack, images, template } = repository();
    expect(images.grantPull(new TaskRole(stack, 'Role')).success).toBe(true);
    const { id } = only(template(), 'AWS::ECR::Repository');
    expect(statementsOf(template(), 'Role')).toEqual([
      { Effect: 'Allow', Action: PULL, Resource: { 'Fn::GetAtt': [id, 'Arn'] } },
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    ]);
  });

  test('lets a build push to it, and does not let it delete', () => {
    const { stack, images, template } = repository();
    const build = new iam.Role(stack, 'Build', { assumedBy: new iam.ServicePrincipal('codebuild.amazonaws.com') });
    expect(images.grantPush(build).success).toBe(true);
    const { id } = only(template(), 'AWS::ECR::Repository');
    const { Statement } = only(template(), 'AWS::IAM::Policy').Properties.PolicyDocument;
    expect(Statement).toEqual([
      {
        Effect: 'Allow',
        Action: [
          'ecr:BatchCheckLayerAvailability',
          'ecr:BatchGetImage',
          'ecr:CompleteLayerUpload',
          'ecr:InitiateLayerUpload',
          'ecr:PutImage',
          'ecr:UploadLayerPart',
        ],
        Resource: { 'Fn::GetAtt': [id, 'Arn'] },
      },
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    ]);
  });

  test.each<[string, ContainerRepositoryProps, string]>([
    [
      'an empty tag',
      { mutableTags: [''] },
      "a tag of mutableTags must be 1 to 128 letters, digits, '.', '_' and '-' with at most 2 wildcards '*', got ''",
    ],
    [
      'too many wildcards',
      { mutableTags: ['latest', 'a*b*c*d'] },
      "a tag of mutableTags must be 1 to 128 letters, digits, '.', '_' and '-' with at most 2 wildcards '*', got 'a*b*c*d'",
    ],
    [
      'a long tag',
      { mutableTags: ['x'.repeat(129)] },
      `a tag of mutableTags must be 1 to 128 letters, digits, '.', '_' and '-' with at most 2 wildcards '*', got '${'x'.repeat(129)}'`,
    ],
    [
      'six mutable tags',
      { mutableTags: ['1', '2', '3', '4', '5', '6'] },
      'mutableTags must have at most 5 entries, got 6',
    ],
    ['one tag twice', { mutableTags: ['latest', 'latest'] }, "mutableTags must be unique, got 'latest' twice"],
  ])('fails when mutableTags has %s', (_name, props, message) => {
    expect(() => repository(props)).toThrow(message);
  });

  test.each(['a b', 'a/b', 'ü', '@1'])('fails when a mutable tag is %j, which no tag can be', (tag) => {
    expectFailure(
      () => repository({ mutableTags: [tag] }),
      `a tag of mutableTags must be 1 to 128 letters, digits, '.', '_' and '-' with at most 2 wildcards '*', got '${tag}'`,
    );
  });

  test('takes five mutable tags, of 128 characters', () => {
    const mutableTags = ['a', 'b', 'c', 'd', 'x'.repeat(128)];
    expect(made({ mutableTags }).Properties.ImageTagMutabilityExclusionFilters).toHaveLength(5);
  });
});

describe('ContainerRepository.image', () => {
  /** A service in a stack after the one of its repository. */
  function service(tag: string, mode = 'weak') {
    const fixture = new Fixture(newApp({ '@aws-cdk/core:defaultCrossStackReferences': mode }));
    const images = new ContainerRepository(new Stack(fixture.app, 'Registry'), 'Images');
    fixture.web({ container: { image: images.image(tag) } });
    return { ...fixture, images, template: fixture.template() };
  }

  /** The text of the only container's image, with references as their ids. */
  function imageOf(template: Template): string {
    const [container] = only(template, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions;
    return container.Image['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : '…')).join('');
  }

  test('names a tag', () => {
    expect(imageOf(service('1.4.2').template)).toMatch(/:1\.4\.2$/);
  });

  test('names a digest', () => {
    const image = imageOf(service(DIGEST).template);
    expect(image.endsWith(`@${DIGEST}`)).toBe(true);
  });

  test.each(['1.4.2', DIGEST])('lets the execution role pull %s, and the task role not', (tag) => {
    const { template } = service(tag);
    expect(allowing(template, 'WebExecutionRole', 'ecr:BatchGetImage')).toEqual([
      {
        Effect: 'Allow',
        Action: PULL,
        Resource: { 'Fn::GetStackOutput': expect.objectContaining({ StackName: 'Registry' }) },
      },
    ]);
    expect(allowing(template, 'WebExecutionRole', 'ecr:GetAuthorizationToken')).toEqual([
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    ]);
    expect(statementsOf(template, 'WebTaskRole')).toEqual([]);
    expectNothingInline(template);
  });

  test.each(['strong', 'weak'])('works in another stack than its repository, with %s references', (mode) => {
    const { app, stack, images } = service('1.4.2', mode);
    expect(stack.dependencies.map((dependency) => dependency.stackName)).toEqual(['Registry']);
    const text = JSON.stringify(app.synth().getStackByName('Shop').template);
    expect(text).toContain(mode === 'strong' ? 'Fn::ImportValue' : 'Fn::GetStackOutput');
    // The repository's side has nothing of its users.
    only(Template.fromStack(Stack.of(images)), 'AWS::ECR::Repository');
    expect(Stack.of(images).dependencies).toEqual([]);
  });

  test('gives each service the right to its own repository only', () => {
    const fixture = new Fixture();
    const registry = new Stack(fixture.app, 'Registry');
    const names = ['One', 'Two'];
    for (const name of names) {
      fixture.web({ container: { image: new ContainerRepository(registry, name).image('1') } }, fixture.stack, name);
    }
    for (const name of names) {
      const [{ Resource }, ...others] = allowing(fixture.template(), `${name}ExecutionRole`, 'ecr:BatchGetImage');
      expect(JSON.stringify(Resource)).toContain(`${name}Repository`);
      expect(others).toEqual([]);
    }
  });

  test('takes no right when the image comes from elsewhere', () => {
    const fixture = new Fixture();
    fixture.web({ container: { image: IMAGE } });
    expect(statementsOf(fixture.template(), 'WebExecutionRole').flatMap(({ Action }) => Action)).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });

  test('works with a bare task definition', () => {
    const { stack, images, template } = repository();
    const task = new ecs.FargateTaskDefinition(stack, 'Task');
    task.addContainer('app', { image: images.image('1.4.2') });
    const { id } = only(template(), 'AWS::ECR::Repository');
    template().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{ Effect: 'Allow', Action: PULL, Resource: { 'Fn::GetAtt': [id, 'Arn'] } }]),
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^TaskExecutionRole') }],
    });
  });

  test('takes a tag that is a token', () => {
    expect(() => repository().images.image(Lazy.string({ produce: () => '1.4.2' }))).not.toThrow();
  });

  test('warns when the service is in the stack of its repository', () => {
    const fixture = new Fixture();
    const images = new ContainerRepository(fixture.stack, 'Images');
    fixture.web({ container: { image: images.image('1.4.2') } });
    expect(warnings(fixture.stack)).toEqual([
      expect.stringContaining("the image comes from 'Shop/Images/Repository/Resource', which this stack makes"),
    ]);
  });

  test.each([
    '',
    ':1.4.2',
    '-dev',
    '.hidden',
    'a tag',
    'v1/2',
    'x'.repeat(129),
    'sha256:',
    'sha256:0123',
    DIGEST.toUpperCase(),
    `@${DIGEST}`,
    '1.4.2\n',
  ])('fails when the tag is %j', (tag) => {
    expect(() => repository().images.image(tag)).toThrow(
      `the tag of an image must be a tag such as '1.4.2' or a digest such as 'sha256:…', got '${tag}'`,
    );
  });
});
