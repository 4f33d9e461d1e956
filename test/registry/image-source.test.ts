import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aws_codeconnections as codeconnections, aws_kms as kms, aws_s3 as s3, CfnParameter, Stack } from 'aws-cdk-lib';
import { CodeProvider, ImageSource } from '../../lib';
import type { CodeConnectionOptions, ImagePipelineProps } from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp, only } from '../support/fixture';
import { CONNECTION, directoryWith, PipelineFixture, projectIn } from '../support/pipelines';
import { allowing } from '../support/policies';

function made(source: (stack: Stack) => ImageSource, props: Partial<ImagePipelineProps> = {}, app = newApp()) {
  const fixture = new PipelineFixture((stack) => ({ source: source(stack), ...props }), new Stack(app, 'Shop'));
  const template = fixture.template();
  const { Source, ...others } = projectIn(template).Properties;
  const { BuildSpec: _script, ...code } = Source;
  return { ...fixture, template, code, others, reads: (action: string) => allowing(template, 'RebuildRole', action) };
}

describe('ImageSource.codeConnection', () => {
  const GIT = { connectionArn: CONNECTION, owner: 'acme', repository: 'shop' };
  const connected = (options: Partial<CodeConnectionOptions> = {}) =>
    made(() => ImageSource.codeConnection({ ...GIT, ...options }));

  test('is the branch main of GitHub, without its history, and a push to it builds', () => {
    const { code, others } = connected();
    expect(code).toEqual({
      Type: 'GITHUB',
      Location: 'https://github.com/acme/shop.git',
      Auth: { Type: 'CODECONNECTIONS', Resource: CONNECTION },
      GitCloneDepth: 1,
      ReportBuildStatus: true,
    });
    expect(others.SourceVersion).toBe('main');
    expect(others.Triggers).toEqual({
      Webhook: true,
      FilterGroups: [
        [
          { Type: 'EVENT', Pattern: 'PUSH' },
          { Type: 'HEAD_REF', Pattern: '^refs/heads/main$' },
        ],
      ],
    });
  });

  test.each<[CodeProvider, string, string]>([
    [CodeProvider.GITHUB, 'acme', 'https://github.com/acme/shop.git'],
    [CodeProvider.BITBUCKET, 'acme', 'https://bitbucket.org/acme/shop.git'],
    [CodeProvider.GITLAB, 'acme/teams/web', 'https://gitlab.com/acme/teams/web/shop.git'],
  ])('of %s', (provider, owner, location) => {
    expect(connected({ provider, owner }).code).toMatchObject({ Type: provider, Location: location });
  });

  test.each([
    ['release/1.x', '^refs/heads/release/1\\.x$'],
    ['fix(a|b)+{1}', '^refs/heads/fix\\(a\\|b\\)\\+\\{1\\}$'],
    ['a$b]', '^refs/heads/a\\$b\\]$'],
  ])('of the branch %s and of no other one', (branch, pattern) => {
    const { others } = connected({ branch });
    expect(others.SourceVersion).toBe(branch);
    expect(others.Triggers.FilterGroups[0][1].Pattern).toBe(pattern);
    expect(new RegExp(pattern).test(`refs/heads/${branch}`)).toBe(true);
  });

  test('has no webhook when told', () => {
    expect(connected({ webhook: false }).others.Triggers).toBeUndefined();
  });

  test('gets the token with the prefix of the connection', () => {
    const old = CONNECTION.replace('codeconnections', 'codestar-connections');
    expect(connected({ connectionArn: old }).reads('codestar-connections:GetConnectionToken')).toEqual([
      {
        Action: ['codestar-connections:GetConnection', 'codestar-connections:GetConnectionToken'],
        Effect: 'Allow',
        Resource: old,
      },
    ]);
  });

  test('takes tokens', () => {
    const { code, others, reads } = made((stack) => {
      const connection = new codeconnections.CfnConnection(stack, 'Connection', { connectionName: 'acme' });
      const text = new CfnParameter(stack, 'Text').valueAsString;
      return ImageSource.codeConnection({
        connectionArn: connection.attrConnectionArn,
        owner: text,
        repository: text,
        branch: text,
      });
    });
    const Resource = { 'Fn::GetAtt': ['Connection', 'ConnectionArn'] };
    expect(code.Auth).toEqual({ Type: 'CODECONNECTIONS', Resource });
    expect(code.Location).toEqual({
      'Fn::Join': ['', ['https://github.com/', { Ref: 'Text' }, '/', { Ref: 'Text' }, '.git']],
    });
    expect(others.Triggers.FilterGroups[0][1].Pattern).toEqual({
      'Fn::Join': ['', ['^refs/heads/', { Ref: 'Text' }, '$']],
    });
    expect(reads('codeconnections:GetConnection')).toEqual([
      {
        Action: [
          'codeconnections:GetConnection',
          'codeconnections:GetConnectionToken',
          'codestar-connections:GetConnection',
          'codestar-connections:GetConnectionToken',
        ],
        Effect: 'Allow',
        Resource,
      },
    ]);
  });

  const ARN =
    "connectionArn must be the ARN of a connection such as 'arn:aws:codeconnections:eu-west-1:111122223333:connection/…', got";
  test.each<[string, Partial<CodeConnectionOptions>, string]>([
    ['the ARN is a name', { connectionArn: 'acme' }, `${ARN} 'acme'`],
    [
      'the ARN is of a host',
      { connectionArn: CONNECTION.replace(':connection/', ':host/') },
      `${ARN} '${CONNECTION.replace(':connection/', ':host/')}'`,
    ],
    ['the ARN is empty', { connectionArn: '' }, `${ARN} ''`],
    ['the owner is empty', { owner: '' }, "owner must be a name such as 'acme', got ''"],
    ['the owner is a path', { owner: 'acme/web' }, "owner must be a name such as 'acme', got 'acme/web'"],
    [
      'the repository is a URL',
      { repository: 'https://github.com/acme/shop' },
      "repository must be a name such as 'shop', without .git, got 'https://github.com/acme/shop'",
    ],
    [
      'the repository ends with .git',
      { repository: 'shop.git' },
      "repository must be a name such as 'shop', without .git, got 'shop.git'",
    ],
    ['the branch is empty', { branch: '' }, "branch must be a name such as 'main', without refs/heads/, got ''"],
    [
      'the branch is a reference',
      { branch: 'refs/heads/main' },
      "branch must be a name such as 'main', without refs/heads/, got 'refs/heads/main'",
    ],
    [
      'the branch is a pattern',
      { branch: 'release/*' },
      "branch must be a name such as 'main', without refs/heads/, got 'release/*'",
    ],
    [
      'there is no such provider',
      { provider: 'gitea' as CodeProvider },
      "provider must be one of GITHUB, BITBUCKET, GITLAB, got 'gitea'",
    ],
  ])('fails when %s', (_name, options, message) => {
    expectFailure(() => ImageSource.codeConnection({ ...GIT, ...options }), message);
  });
});

describe('ImageSource.bucket', () => {
  const read = (Resource: unknown) => ({ Action: ['s3:GetObject', 's3:GetObjectVersion'], Effect: 'Allow', Resource });

  test('is an archive, of which the build may read nothing else', () => {
    const { code, others, reads, template } = made((stack) =>
      ImageSource.bucket(new s3.Bucket(stack, 'Code'), 'shop/source.zip'),
    );
    const { id } = only(template, 'AWS::S3::Bucket');
    expect(code).toEqual({ Type: 'S3', Location: { 'Fn::Join': ['', [{ Ref: id }, '/shop/source.zip']] } });
    expect(others).toMatchObject({ Artifacts: { Type: 'NO_ARTIFACTS' } });
    expect(others.Triggers).toBeUndefined();
    const arn = { 'Fn::GetAtt': [id, 'Arn'] };
    expect(reads('s3:GetObject')).toEqual([read({ 'Fn::Join': ['', [arn, '/shop/source.zip']] })]);
    expect(reads('s3:GetBucketLocation')).toEqual([
      { Action: ['s3:GetBucketAcl', 's3:GetBucketLocation'], Effect: 'Allow', Resource: arn },
    ]);
    template.resourceCountIs('AWS::Events::Rule', 0);
  });

  test('is decrypted with the key of the bucket', () => {
    const { reads } = made((stack) => {
      const encryptionKey = new kms.Key(stack, 'Key');
      return ImageSource.bucket(new s3.Bucket(stack, 'Code', { encryptionKey }), 'source.zip');
    });
    expect(reads('kms:Decrypt')).toEqual([
      { Action: 'kms:Decrypt', Effect: 'Allow', Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] } },
    ]);
  });

  test('may be imported, and its key a token', () => {
    const { code } = made((stack) => {
      const bucket = s3.Bucket.fromBucketName(stack, 'Code', 'acme-code');
      return ImageSource.bucket(bucket, new CfnParameter(stack, 'Archive').valueAsString);
    });
    expect(code.Location).toEqual({ 'Fn::Join': ['', ['acme-code/', { Ref: 'Archive' }]] });
  });

  test.each(['', '/source.zip', 'shop/', 'shop/*', '*'])("fails when the key is '%s'", (key) => {
    const bucket = s3.Bucket.fromBucketName(new Stack(newApp(), 'Shop'), 'Code', 'acme-code');
    expectFailure(
      () => ImageSource.bucket(bucket, key),
      `the key of ImageSource.bucket must be the name of a ZIP archive such as 'shop/source.zip', got '${key}'`,
    );
  });
});

describe('ImageSource.asset', () => {
  const staged = { 'aws:cdk:disable-asset-staging': false };

  test('is a directory, of which the build may read this version only', () => {
    const { code, reads } = made(() => ImageSource.asset(directoryWith('Dockerfile')));
    expect(code).toEqual({
      Type: 'S3',
      Location: {
        'Fn::Join': ['', [{ 'Fn::Sub': expect.any(String) }, expect.stringMatching(/^\/[0-9a-f]{64}\.zip$/)]],
      },
    });
    const [{ Resource }] = reads('s3:GetObject') as { Resource: any }[];
    expect(Resource['Fn::Join'][1].at(-1)).toBe(code.Location['Fn::Join'][1][1]);
  });

  test('leaves out what it is told, and never the Dockerfile', () => {
    const directory = directoryWith('Dockerfile', 'web.js', 'node_modules/a.js', 'docker/prod', 'docker/other');
    const app = newApp(staged);
    const { stack } = made(
      () => ImageSource.asset(directory, { exclude: ['node_modules', 'docker'] }),
      { dockerfile: 'docker/prod' },
      app,
    );
    const [asset] = readdirSync(app.outdir).filter((name) => name.startsWith('asset.'));
    const files = readdirSync(join(app.outdir, asset), { recursive: true }).map(String).sort();
    expect(files).toEqual(['Dockerfile', 'docker', 'docker/prod', 'web.js']);
    expect(stack.node.tryFindChild('Rebuild')).toBeDefined();
  });

  test('has the Dockerfile where it is said to be', () => {
    const directory = directoryWith('services/web/docker/prod');
    expect(() =>
      made(() => ImageSource.asset(directory), { directory: 'services/web', dockerfile: 'docker/prod' }),
    ).not.toThrow();
  });

  test('fails when the directory does not exist, or is a file', () => {
    const directory = directoryWith('Dockerfile');
    const file = join(directory, 'Dockerfile');
    const message = (path: string) =>
      `the path of ImageSource.asset must be a directory, got '${path}' (${path}), which is none`;
    expectFailure(() => ImageSource.asset(`${directory}/web`), message(`${directory}/web`));
    expectFailure(() => ImageSource.asset(file), message(file));
    expectFailure(
      () => ImageSource.asset('nowhere'),
      `the path of ImageSource.asset must be a directory, got 'nowhere' (${process.cwd()}/nowhere), which is none`,
    );
    expectFailure(
      () => ImageSource.asset(''),
      "the path of ImageSource.asset must be a directory such as './web', got ''",
    );
  });

  test.each<[Partial<ImagePipelineProps>, string]>([
    [{}, 'Dockerfile'],
    [{ dockerfile: 'Dockerfile.prod' }, 'Dockerfile.prod'],
    [{ directory: 'web' }, 'web/Dockerfile'],
  ])('fails when there is no Dockerfile for %p', (props, file) => {
    const directory = directoryWith('other');
    writeFileSync(join(directory, 'dockerfile.txt'), '');
    expectFailure(
      () => made(() => ImageSource.asset(directory), props),
      `the directory of ImageSource.asset must have the file '${file}', got '${directory}' without it: name another with directory and dockerfile`,
    );
  });
});
