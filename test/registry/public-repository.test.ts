import { aws_ecs as ecs, aws_iam as iam, CfnParameter, PhysicalName, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Environment } from 'aws-cdk-lib';
import { PublicArchitecture, PublicOperatingSystem, PublicRepository, TaskRole } from '../../lib';
import type { PublicRepositoryProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template, warnings } from '../support/fixture';
import { actionsOf, expectNothingInline, statementsOf } from '../support/policies';
import { containerOf, lenientApp, resourceOf } from '../support/resources';
import { STRICT, validate } from '../support/validate';

const TYPE = 'AWS::ECR::PublicRepository';
const VIRGINIA = { account: '111122223333', region: 'us-east-1' };
const OTHER = '444455556666';
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

function setup(props?: PublicRepositoryProps, env: Environment = VIRGINIA) {
  const app = lenientApp();
  const stack = new Stack(app, 'Gallery', { env });
  const images = new PublicRepository(stack, 'Images', props);
  return { app, stack, images, template: () => Template.fromStack(stack) };
}

describe('PublicRepository', () => {
  test('is a retained repository, and nothing else', () => {
    const { template } = setup();
    expect(Object.values(template().toJSON().Resources)).toEqual([
      { Type: TYPE, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
    ]);
  });

  test('shows what the gallery shall say', () => {
    const { template } = setup({
      repositoryName: 'shop/web',
      catalog: {
        description: 'The shop',
        aboutText: '# Shop',
        usageText: '## Use',
        architectures: [
          PublicArchitecture.ARM,
          PublicArchitecture.ARM_64,
          PublicArchitecture.X86,
          PublicArchitecture.X86_64,
        ],
        operatingSystems: [PublicOperatingSystem.LINUX, PublicOperatingSystem.WINDOWS],
      },
    });
    expect(only(template(), TYPE).Properties).toEqual({
      RepositoryName: 'shop/web',
      RepositoryCatalogData: {
        RepositoryDescription: 'The shop',
        AboutText: '# Shop',
        UsageText: '## Use',
        Architectures: ['ARM', 'ARM 64', 'x86', 'x86-64'],
        OperatingSystems: ['Linux', 'Windows'],
      },
    });
  });

  test('can be deleted', () => {
    expect(only(setup({ removalPolicy: RemovalPolicy.DESTROY }).template(), TYPE).DeletionPolicy).toBe('Delete');
    const { images, template } = setup();
    images.applyRemovalPolicy(RemovalPolicy.DESTROY);
    expect(only(template(), TYPE).DeletionPolicy).toBe('Delete');
  });

  test('has a name and an ARN, those of CloudFormation when it has no name', () => {
    const { images, stack } = setup();
    const Ref = stack.getLogicalId(images.repository);
    expect(stack.resolve([images.repositoryName, images.repositoryArn])).toEqual([
      { Ref },
      { 'Fn::GetAtt': [Ref, 'Arn'] },
    ]);
  });

  test('has no open finding', () => {
    const app = newApp(STRICT);
    const stack = new Stack(app, 'Gallery', { env: VIRGINIA });
    const images = new PublicRepository(stack, 'Images', {
      catalog: { aboutText: 'x'.repeat(10240), usageText: 'x'.repeat(10240), description: 'x'.repeat(1024) },
    });
    images.grantPush(new TaskRole(stack, 'Build'));
    images.grantPush(new iam.AccountPrincipal(OTHER));
    expect(validate(app).open).toEqual([]);
  });

  test.each<[string, PublicRepositoryProps, string]>([
    [
      'its name is none',
      { repositoryName: 'Shop' },
      "repositoryName must be 2 to 205 lower case letters and digits, with a single '.', '_', '-' or '/' between them, such as 'shop/web', got 'Shop'",
    ],
    [
      'its alias is none',
      { registryAlias: 'public.ecr.aws/a1b2' },
      "registryAlias must be what stands behind public.ecr.aws/, 2 to 50 lower case letters, digits, '.', '_' and '-', such as 'a1b2c3d4', got 'public.ecr.aws/a1b2'",
    ],
    [
      'its description is too long',
      { catalog: { description: 'x'.repeat(1025) } },
      'description must have at most 1024 characters, got 1025',
    ],
    [
      'its text is too long',
      { catalog: { aboutText: 'x'.repeat(10241) } },
      'aboutText must have at most 10240 characters, got 10241',
    ],
    [
      'its usage is too long',
      { catalog: { usageText: 'x'.repeat(10241) } },
      'usageText must have at most 10240 characters, got 10241',
    ],
    [
      'an architecture is there twice',
      { catalog: { architectures: [PublicArchitecture.ARM, PublicArchitecture.ARM] } },
      "architectures must be unique, got 'ARM' twice",
    ],
    [
      'an operating system is there twice',
      { catalog: { operatingSystems: [PublicOperatingSystem.LINUX, PublicOperatingSystem.LINUX] } },
      "operatingSystems must be unique, got 'Linux' twice",
    ],
  ])('fails when %s', (_what, props, message) => {
    expectFailure(() => setup(props), message);
  });

  test('takes tokens', () => {
    const stack = new Stack(newApp(), 'Gallery', { env: VIRGINIA });
    const [repositoryName, registryAlias, aboutText] = ['Name', 'Alias', 'About'].map(
      (id) => new CfnParameter(stack, id).valueAsString,
    );
    const images = new PublicRepository(stack, 'Images', { repositoryName, registryAlias, catalog: { aboutText } });
    expect(only(Template.fromStack(stack), TYPE).Properties).toEqual({
      RepositoryName: { Ref: 'Name' },
      RepositoryCatalogData: { AboutText: { Ref: 'About' } },
    });
    expect(stack.resolve(images.uri)).toEqual({
      'Fn::Join': ['', ['public.ecr.aws/', { Ref: 'Alias' }, '/', { Ref: stack.getLogicalId(images.repository) }]],
    });
  });
});

describe('its region', () => {
  test('is us-east-1, without a word', () => {
    const { app } = setup();
    expect(warnings(app)).toEqual([]);
  });

  test('fails when it is known to be another', () => {
    expectFailure(
      () => setup({}, { region: 'eu-west-1' }),
      "a public repository must be in us-east-1, got the stack 'Gallery' in eu-west-1: make it in a stack with env: { region: 'us-east-1' }",
    );
  });

  test('is a warning when it is not known', () => {
    const { app } = setup({}, {});
    expect(warnings(app)).toEqual([
      "a public repository must be in us-east-1, and the region of the stack 'Gallery' is not known: give it env: { region: 'us-east-1' }, or acknowledge this if it is deployed there. [ack: Annotation::cdk-containers:PublicRepositoryRegion]",
    ]);
  });
});

describe('its images', () => {
  const NAMED = { repositoryName: 'shop/web', registryAlias: 'a1b2c3d4' };

  function imageIn(stack: Stack, image: ecs.ContainerImage) {
    new ecs.FargateTaskDefinition(stack, 'Task').addContainer('main', { image });
    return containerOf(Template.fromStack(stack)).Image;
  }

  test.each([
    ['1.4.2', 'shop/web:1.4.2'],
    [DIGEST, `shop/web@${DIGEST}`],
  ])('are pulled from the gallery: %s', (tagOrDigest, image) => {
    const { images, app } = setup(NAMED);
    const stack = new Stack(app, 'Web', { env: { account: OTHER, region: 'eu-west-1' } });
    expect(imageIn(stack, images.image(tagOrDigest))).toBe(`public.ecr.aws/a1b2c3d4/${image}`);
  });

  test('are pulled by the name of CloudFormation in the same stack', () => {
    const { images, stack } = setup({ registryAlias: 'a1b2c3d4' });
    expect(imageIn(stack, images.image('1'))).toEqual({
      'Fn::Join': ['', ['public.ecr.aws/a1b2c3d4/', { Ref: stack.getLogicalId(images.repository) }, ':1']],
    });
  });

  test('have a uri', () => {
    const { images, stack } = setup(NAMED);
    expect(stack.resolve(images.uri)).toEqual({
      'Fn::Join': ['', ['public.ecr.aws/a1b2c3d4/', { Ref: stack.getLogicalId(images.repository) }]],
    });
  });

  test.each<[string, (images: PublicRepository) => unknown]>([
    ['uri', (images) => images.uri],
    ['image', (images) => images.image('1')],
  ])('fails when %s is asked for without an alias', (_what, ask) => {
    expectFailure(
      () => ask(setup().images),
      "registryAlias must be given for the uri of 'Gallery/Images', got none: CloudFormation does not tell it, pass what stands behind public.ecr.aws/",
    );
  });

  test('fails when a tag is none', () => {
    expectFailure(
      () => setup(NAMED).images.image('shop:1'),
      "the tag of an image must be a tag such as '1.4.2' or a digest such as 'sha256:…', got 'shop:1'",
    );
  });
});

describe('grantPush', () => {
  const PUSH = [
    'ecr-public:BatchCheckLayerAvailability',
    'ecr-public:CompleteLayerUpload',
    'ecr-public:InitiateLayerUpload',
    'ecr-public:PutImage',
    'ecr-public:UploadLayerPart',
  ];
  const LOG_IN = {
    Effect: 'Allow',
    Action: ['ecr-public:GetAuthorizationToken', 'sts:GetServiceBearerToken'],
    Resource: '*',
  };

  test('lets a role of the account push to this repository, and log in', () => {
    const { images, stack, template } = setup();
    expect(images.grantPush(new TaskRole(stack, 'Build')).success).toBe(true);
    expect(statementsOf(template(), 'Build')).toEqual([
      { Effect: 'Allow', Action: PUSH, Resource: stack.resolve(images.repositoryArn) },
      LOG_IN,
    ]);
    expect(only(template(), TYPE).Properties?.RepositoryPolicyText).toBeUndefined();
    expectNothingInline(template());
  });

  test.each<[string, string]>([
    ['a name', 'shop/web'],
    ['a name when one is needed', PhysicalName.GENERATE_IF_NEEDED],
  ])('lets a role of another region push when the repository has %s', (_what, repositoryName) => {
    const { images, app } = setup({ repositoryName });
    const stack = new Stack(app, 'Pipeline', { env: { ...VIRGINIA, region: 'eu-west-1' } });
    images.grantPush(new TaskRole(stack, 'Build'));
    const [push] = statementsOf(Template.fromStack(stack), 'Build');
    expect(JSON.stringify(push.Resource)).toMatch(/:ecr-public::111122223333:repository\/[a-z0-9/-]+"/);
  });

  test('lets another account push, by the policy of the repository', () => {
    const { images, template } = setup();
    expect(images.grantPush(new iam.AccountPrincipal(OTHER)).success).toBe(true);
    images.grantPush(new iam.AccountPrincipal('777788889999'));
    expect(only(template(), TYPE).Properties).toEqual({
      RepositoryPolicyText: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: PUSH,
            Principal: { AWS: [`arn:aws:iam::${OTHER}:root`, 'arn:aws:iam::777788889999:root'] },
          },
        ],
      },
    });
  });

  test('lets a role of another account push, by both', () => {
    const { images, app, template } = setup({ repositoryName: 'shop/web' });
    const stack = new Stack(app, 'Pipeline', { env: { account: OTHER, region: 'us-east-1' } });
    images.grantPush(new iam.Role(stack, 'Build', { roleName: 'build', assumedBy: new iam.AccountRootPrincipal() }));
    const { Statement } = only(Template.fromStack(stack), 'AWS::IAM::Policy').Properties.PolicyDocument;
    expect(Statement.flatMap(actionsOf).sort()).toEqual([...PUSH, ...LOG_IN.Action].sort());
    expect(resourceOf(template(), images).Properties.RepositoryPolicyText.Statement).toHaveLength(1);
  });

  test('lets a role push that must not be changed, by the policy of the repository', () => {
    const { images, stack, template } = setup();
    const arn = 'arn:aws:iam::111122223333:role/build';
    images.grantPush(iam.Role.fromRoleArn(stack, 'Build', arn, { mutable: false }));
    template().resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('fails when it is for everybody', () => {
    expectFailure(
      () => setup().images.grantPush(new iam.AnyPrincipal()),
      `a statement of the policy of a public repository must not be for everybody without a condition, got ${PUSH.join(', ')} for *: ` +
        "name principals, or add a condition such as { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }",
    );
  });
});

test('fails when a statement of its policy is for nobody', () => {
  expectFailure(
    () => setup().images.addToResourcePolicy(new iam.PolicyStatement({ actions: ['ecr-public:PutImage'] })),
    'a statement of the policy of a public repository must have principals, got none for ecr-public:PutImage: say who is meant',
  );
});

test('fails when a statement of its policy names a resource, which the service refuses', () => {
  const principals = [new iam.AccountPrincipal(OTHER)];
  const statement = new iam.PolicyStatement({ actions: ['ecr-public:PutImage'], principals, resources: ['*'] });
  expectFailure(
    () => setup().images.addToResourcePolicy(statement),
    'a statement of the policy of a public repository must have no resources, got *: it is about the repository that has it',
  );
});

test('fails when a statement of its policy has no actions', () => {
  const { images, template } = setup();
  images.addToResourcePolicy(new iam.PolicyStatement({ principals: [new iam.AccountPrincipal(OTHER)] }));
  expect(template).toThrow("[Gallery/Images] A PolicyStatement must specify at least one 'action' or 'notAction'.");
});
