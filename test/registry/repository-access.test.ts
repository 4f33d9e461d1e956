import { CfnResource, aws_ecr as ecr, aws_kms as kms, aws_signer as signer, Duration, Stack } from 'aws-cdk-lib';
import { ContainerRepository, ExecutionRole, Retention, Severity, TaskRole } from '../../lib';
import type { ContainerRepositoryProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only, Template } from '../support/fixture';
import { allowing, statementsOf } from '../support/policies';

const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const ACCOUNTS = ['111122223333'];

function repository(props: ContainerRepositoryProps = {}) {
  const stack = new Stack(newApp(), 'Registry');
  const images = new ContainerRepository(stack, 'Images', props);
  return { stack, images, template: () => Template.fromStack(stack) };
}

function properties(props: ContainerRepositoryProps) {
  return only(repository(props).template(), 'AWS::ECR::Repository').Properties;
}

describe('signing', () => {
  const PUSH = [
    'ecr:BatchCheckLayerAvailability',
    'ecr:BatchGetImage',
    'ecr:CompleteLayerUpload',
    'ecr:InitiateLayerUpload',
    'ecr:PutImage',
    'ecr:UploadLayerPart',
  ];

  test.each(['made here', 'of somebody else'])('lets who pushes to a repository %s sign with its profile', (whose) => {
    const stack = new Stack(newApp(), 'Registry');
    const signingProfile = new signer.SigningProfile(stack, 'Profile', {
      platform: signer.Platform.NOTATION_OCI_SHA384_ECDSA,
    });
    const images =
      whose === 'made here'
        ? new ContainerRepository(stack, 'Images', { signingProfile })
        : ContainerRepository.fromRepository(stack, 'Images', {
            repository: new ecr.Repository(stack, 'Repository'),
            signingProfile,
          });
    expect(images.signingProfile).toBe(signingProfile);
    const grant = images.grantPush(new TaskRole(stack, 'Build'));
    expect(grant.success).toBe(true);
    const template = Template.fromStack(stack);
    const profile = only(template, 'AWS::Signer::SigningProfile').id;
    const { id } = only(template, 'AWS::ECR::Repository');
    expect(statementsOf(template, 'Build')).toEqual([
      { Effect: 'Allow', Action: PUSH, Resource: { 'Fn::GetAtt': [id, 'Arn'] } },
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      { Effect: 'Allow', Action: 'signer:SignPayload', Resource: { 'Fn::GetAtt': [profile, 'Arn'] } },
    ]);
  });

  test('names an imported profile as IAM does', () => {
    const stack = new Stack(newApp(), 'Registry', { env: { account: '111122223333', region: 'eu-west-1' } });
    const signingProfile = signer.SigningProfile.fromSigningProfileAttributes(stack, 'Profile', {
      signingProfileName: 'images',
      signingProfileVersion: '1',
    });
    new ContainerRepository(stack, 'Images', { signingProfile }).grantPush(new TaskRole(stack, 'Build'));
    expect(allowing(Template.fromStack(stack), 'Build', 'signer:SignPayload')).toEqual([
      expect.objectContaining({ Resource: 'arn:aws:signer:eu-west-1:111122223333:/signing-profiles/images' }),
    ]);
  });

  test('is no matter of who pulls or reads', () => {
    const { stack, template } = repository();
    const signingProfile = signer.SigningProfile.fromSigningProfileAttributes(stack, 'Profile', {
      signingProfileName: 'images',
      signingProfileVersion: '1',
    });
    const images = new ContainerRepository(stack, 'Signed', { signingProfile });
    images.grantPull(new TaskRole(stack, 'Puller'));
    images.grantRead(new TaskRole(stack, 'Reader'));
    expect(JSON.stringify(template().toJSON())).not.toContain('signer:');
  });
});

test('grantRead describes the repository and its images, nothing else', () => {
  const { stack, images, template } = repository();
  images.grantRead(new TaskRole(stack, 'Reader'));
  const { id } = only(template(), 'AWS::ECR::Repository');
  expect(statementsOf(template(), 'Reader')).toEqual([
    {
      Effect: 'Allow',
      Action: ['ecr:DescribeImages', 'ecr:DescribeRepositories'],
      Resource: { 'Fn::GetAtt': [id, 'Arn'] },
    },
  ]);
});

describe('fromRepository', () => {
  test('makes nothing, and does what a repository does', () => {
    const stack = new Stack(newApp(), 'Registry', { env: { account: '111122223333', region: 'eu-west-1' } });
    const repo = ecr.Repository.fromRepositoryName(stack, 'Imported', 'shop/web');
    const images = ContainerRepository.fromRepository(stack, 'Theirs', { repository: repo });
    expect(images._repository).toBe(repo);
    expect(images.signingProfile).toBeUndefined();
    expect(stack.node.findAll().filter(CfnResource.isCfnResource)).toEqual([]);

    images.grantPull(new ExecutionRole(stack, 'Role'));
    const arn = 'arn:aws:ecr:eu-west-1:111122223333:repository/shop/web';
    expect(allowing(Template.fromStack(stack), 'Role', 'ecr:BatchGetImage')).toEqual([
      { Effect: 'Allow', Action: PULL, Resource: arn },
    ]);
  });

  test('writes the policy of an L2 that stands in the app', () => {
    const stack = new Stack(newApp(), 'Registry');
    const repo = new ecr.Repository(stack, 'Mine');
    ContainerRepository.fromRepository(stack, 'Images', { repository: repo }).allowPullFrom({ accounts: ACCOUNTS });
    const { Statement } = only(Template.fromStack(stack), 'AWS::ECR::Repository').Properties.RepositoryPolicyText;
    expect(Statement).toHaveLength(1);
  });
});

test('metricPulls counts the pulls of this repository', () => {
  const { stack, images } = repository();
  expect(stack.resolve(images.metricPulls().toMetricConfig().metricStat)).toMatchObject({
    namespace: 'AWS/ECR',
    metricName: 'RepositoryPullCount',
    statistic: 'Sum',
    period: Duration.minutes(5),
    dimensions: [{ name: 'RepositoryName', value: stack.resolve(images.repository.repositoryName) }],
  });
  expect(images.metricPulls({ period: Duration.hours(1) }).period).toEqual(Duration.hours(1));
});

describe('encryption', () => {
  test.each([
    ['nothing', {}, undefined],
    ['AES-256', { encryption: ecr.RepositoryEncryption.AES_256 }, undefined],
    ['a key of AWS', { encryption: ecr.RepositoryEncryption.KMS }, { EncryptionType: 'KMS' }],
    ['two layers with keys of AWS', { encryption: ecr.RepositoryEncryption.KMS_DSSE }, { EncryptionType: 'KMS_DSSE' }],
  ])('with %s', (_name, props, expected) => {
    expect(properties(props).EncryptionConfiguration).toEqual(expected);
  });

  test.each([undefined, ecr.RepositoryEncryption.KMS, ecr.RepositoryEncryption.KMS_DSSE])(
    'with a key of the user, %j',
    (encryption) => {
      const { stack, template } = repository();
      const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/abc');
      new ContainerRepository(stack, 'Keyed', { encryption, encryptionKey });
      template().hasResourceProperties('AWS::ECR::Repository', {
        EncryptionConfiguration: { EncryptionType: encryption?.value ?? 'KMS', KmsKey: encryptionKey.keyArn },
      });
    },
  );

  test('takes the key behind an alias', () => {
    const { stack, template } = repository();
    const key = new kms.Key(stack, 'Key');
    new ContainerRepository(stack, 'Keyed', { encryptionKey: key.addAlias('images') });
    template().hasResourceProperties('AWS::ECR::Repository', {
      EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] } },
    });
  });

  test('fails when AES-256 comes with a key', () => {
    const { stack } = repository();
    expectFailure(
      () =>
        new ContainerRepository(stack, 'Keyed', {
          encryption: ecr.RepositoryEncryption.AES_256,
          encryptionKey: new kms.Key(stack, 'Key'),
        }),
      'encryption must be KMS or KMS_DSSE with an encryptionKey, got AES_256: leave one of them out',
    );
  });
});

describe('repositoryName', () => {
  test.each(['shop/web', 'a1', 'a.b_c-d/e_f', 'x'.repeat(256)])('may be %j', (repositoryName) => {
    expect(properties({ repositoryName }).RepositoryName).toBe(repositoryName);
  });

  test.each([
    '',
    'a',
    'Shop',
    'shop/',
    '/shop',
    'shop//web',
    'shop web',
    'shop:1',
    '-shop',
    'a__b',
    'a--b',
    'x'.repeat(257),
  ])('fails when it is %j', (repositoryName) => {
    expectFailure(
      () => repository({ repositoryName }),
      `repositoryName must be 2 to 256 lower case letters and digits, with a single '.', '_', '-' or '/' between them, such as 'shop/web', got '${repositoryName}'`,
    );
  });
});

describe('rules that are added to the L2', () => {
  const rulesOf = (template: Template) => {
    const { LifecyclePolicy } = only(template, 'AWS::ECR::Repository').Properties;
    return JSON.parse(LifecyclePolicy.LifecyclePolicyText).rules as { rulePriority: number; selection: object }[];
  };

  test('come after those of retention', () => {
    const { images, template } = repository({ retention: [Retention.expireUntagged(Duration.days(3))] });
    images.repository.addLifecycleRule({ tagPatternList: ['pr-*'], maxImageAge: Duration.days(14) });
    expect(rulesOf(template()).map(({ rulePriority, selection }) => [rulePriority, selection])).toEqual([
      [1, { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 3 }],
      [
        2,
        {
          tagStatus: 'tagged',
          tagPatternList: ['pr-*'],
          countType: 'sinceImagePushed',
          countUnit: 'days',
          countNumber: 14,
        },
      ],
    ]);
  });

  test('come before a rule of retention for all images', () => {
    const { images, template } = repository({ retention: [Retention.keepLast(10)] });
    images.repository.addLifecycleRule({ tagPatternList: ['pr-*'], maxImageAge: Duration.days(14) });
    expect(rulesOf(template()).map(({ selection }) => selection)).toEqual([
      expect.objectContaining({ tagPatternList: ['pr-*'] }),
      { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 10 },
    ]);
  });

  test('fail when they could never act', () => {
    const { images, template } = repository();
    images.repository.addLifecycleRule({ tagStatus: ecr.TagStatus.UNTAGGED, maxImageAge: Duration.days(14) });
    expect(template).toThrow(
      "a rule of addLifecycleRule must not select only what an earlier one does, got 'untagged' after 'Expire images without a tag': it could never act, remove it or make it one of retention",
    );
  });

  test('and no retention leaves the policy out', () => {
    expect(properties({ retention: [] }).LifecyclePolicy).toBeUndefined();
  });
});

test('findings may be told of several times, under ids that are counted', () => {
  const { images } = repository();
  const [high, all] = [images.onFindings(), images.onFindings({ minSeverity: Severity.INFORMATIONAL })];
  expect([high, all].map(({ node }) => node.id)).toEqual(['Findings', 'Findings2']);
  expect(high.topic).not.toBe(all.topic);
});
