import {
  aws_ecr as ecr,
  aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
  Duration,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import {
  AppliedFor,
  ContainerRepository,
  ImageFindings,
  ImageGate,
  ImagePipeline,
  ImageSource,
  RegistryAccountSettings,
  RegistryScanning,
  RegistrySettings,
  ReplicationTarget,
  RepositoryTemplate,
  Retention,
  Upstream,
} from '../../lib';
import { expectFailure } from '../support/errors';
import { newApp } from '../support/fixture';

/** What a compiler would find, and JavaScript does not. */
const odd = (value: unknown) => value as never;
const days = Duration.days(90);

test.each<[string, (stack: Stack) => unknown, string]>([
  [
    'a list of tags as options',
    () => Retention.keepLast(5, odd(['v*'])),
    'the options of keepLast must be an object with tags, got no object',
  ],
  [
    'a tag as options',
    () => Retention.keepLast(5, odd('v*')),
    'the options of keepLast must be an object with tags, got no object',
  ],
  [
    'an option that is none',
    () => Retention.keepLast(5, odd({ tag: ['v*'] })),
    'the options of keepLast must be an object with tags, got tag',
  ],
  ['no count', () => Retention.keepLast(odd(undefined)), 'the count of keepLast must be given, got undefined'],
  [
    'one tag for a list',
    () => Retention.expireOlderThan(days, { tags: odd('v*') }),
    "tags of expireOlderThan must be a list, got 'v*': put it into brackets",
  ],
  [
    'an option that is none of expireOlderThan',
    () => Retention.expireOlderThan(days, odd({ tag: 'v*' })),
    'the options of expireOlderThan must be an object with tags, got tag',
  ],
  [
    'an option that is none of archiveUnused',
    () => Retention.archiveUnused(days, odd({ after: days })),
    'the options of archiveUnused must be an object with expireAfter, tags, got after',
  ],
  [
    'an option that is none of expireArchived',
    () => Retention.expireArchived(days, odd(['v*'])),
    'the options of expireArchived must be an object with tags, got no object',
  ],
  [
    'a retention without brackets',
    (stack) => new ContainerRepository(stack, 'Images', { retention: odd(Retention.keepLast(5)) }),
    'retention must be a list, got something else: put it into brackets',
  ],
  [
    'a mutable tag without brackets',
    (stack) => new ContainerRepository(stack, 'Images', { mutableTags: odd('latest') }),
    "mutableTags must be a list, got 'latest': put it into brackets",
  ],
  [
    'an account without brackets',
    (stack) => new ContainerRepository(stack, 'Images').allowPullFrom({ accounts: odd('111122223333') }),
    "accounts of allowPullFrom must be a list, got '111122223333': put it into brackets",
  ],
  [
    'no tag',
    (stack) => new ContainerRepository(stack, 'Images').image(odd(undefined)),
    'the tag of an image must be given, got undefined',
  ],
  [
    'a gate without a tag',
    (stack) => new ContainerRepository(stack, 'Images').gate(stack, 'Gate', odd({})),
    'tagOrDigest must be given, got undefined',
  ],
  [
    'a tag of onPush without brackets',
    (stack) => new ContainerRepository(stack, 'Images').onPush('Push', { imageTags: odd('v1') }),
    "imageTags must be a list, got 'v1': put it into brackets",
  ],
  [
    'an accepted vulnerability without brackets',
    (stack) =>
      new ContainerRepository(stack, 'Images').gate(stack, 'Gate', { tagOrDigest: '1', allow: odd('CVE-2024-1234') }),
    "allow must be a list, got 'CVE-2024-1234': put it into brackets",
  ],
  [
    'a repository of the library for a gate',
    (stack) => new ImageGate(stack, 'Gate', { repository: odd(new ContainerRepository(stack, 'I')), tagOrDigest: '1' }),
    "repository must be one of aws_ecr, got something else: pass 'repository' of a ContainerRepository, or use its own methods",
  ],
  [
    'no repository for findings',
    (stack) => new ImageFindings(stack, 'Findings', odd({})),
    'repository must be given, got undefined',
  ],
  [
    'a repository of the library for another one',
    (stack) =>
      ContainerRepository.fromRepository(stack, 'Again', { repository: odd(new ContainerRepository(stack, 'I')) }),
    "repository must be one of aws_ecr, got something else: pass 'repository' of a ContainerRepository, or use its own methods",
  ],
  [
    'a repository of CDK for a pipeline',
    (stack) =>
      new ImagePipeline(stack, 'Build', {
        repository: odd(new ecr.Repository(stack, 'Bare')),
        source: ImageSource.asset('examples/image-registry/app'),
      }),
    'repository must be a ContainerRepository, got something else: ContainerRepository.fromRepository(this, id, { repository }) makes one of an aws_ecr.IRepository',
  ],
  [
    'images deleted with a repository that stays',
    (stack) => new ContainerRepository(stack, 'Images', { emptyOnDelete: true }),
    'emptyOnDelete must come with removalPolicy: RemovalPolicy.DESTROY, got none: what is retained keeps its images',
  ],
  [
    'images deleted with a repository that is retained',
    (stack) => new ContainerRepository(stack, 'Images', { emptyOnDelete: true, removalPolicy: RemovalPolicy.RETAIN }),
    'emptyOnDelete must come with removalPolicy: RemovalPolicy.DESTROY, got retain: what is retained keeps its images',
  ],
  [
    'a key of another region',
    (stack) =>
      new ContainerRepository(stack, 'Images', {
        encryptionKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:111122223333:key/abc'),
      }),
    "the encryptionKey of 'Registry/Images' must be in its region, eu-west-1, got 'Registry/Key' of us-east-1: use one there",
  ],
  [
    'filters as options of basic scanning',
    () => RegistryScanning.basic(odd(['shop/*'])),
    'the options of RegistryScanning.basic must be an object with scanOnPush, got no object',
  ],
  [
    'continuous basic scanning',
    () => RegistryScanning.basic(odd({ continuous: ['*'] })),
    'the options of RegistryScanning.basic must be an object with scanOnPush, got continuous',
  ],
  [
    'a filter as options of enhanced scanning',
    () => RegistryScanning.enhanced(odd('shop/*')),
    'the options of RegistryScanning.enhanced must be an object with continuous, scanOnPush, got no object',
  ],
  [
    'a destination without a region',
    (stack) => new RegistrySettings(stack, 'Settings', { replication: [{ destinations: [odd({})] }] }),
    'the region of a destination must be given, got undefined',
  ],
  [
    'a filter without brackets',
    (stack) => new RegistrySettings(stack, 'Settings', { signing: { rules: [{ repositories: odd('*') }] } }),
    "repositories must be a list, got '*': put it into brackets",
  ],
  [
    'no source account',
    (stack) => new ReplicationTarget(stack, 'Target', odd({ registry: new RegistrySettings(stack, 'Settings') })),
    'sourceAccounts must be given, got undefined',
  ],
  [
    'a source account without brackets',
    (stack) =>
      new ReplicationTarget(stack, 'Target', {
        registry: new RegistrySettings(stack, 'Settings'),
        sourceAccounts: odd('444455556666'),
      }),
    "sourceAccounts must be a list, got '444455556666': put it into brackets",
  ],
  [
    'a prefix without brackets',
    (stack) =>
      new ReplicationTarget(stack, 'Target', {
        registry: new RegistrySettings(stack, 'Settings'),
        sourceAccounts: ['444455556666'],
        prefixes: odd('shop/'),
      }),
    "prefixes must be a list, got 'shop/': put it into brackets",
  ],
  [
    'a use in the wrong case',
    (stack) => new RepositoryTemplate(stack, 'Template', { prefix: 'team', appliedFor: [odd('replication')] }),
    "an entry of appliedFor must be one of PULL_THROUGH_CACHE, REPLICATION, CREATE_ON_PUSH, got 'replication'",
  ],
  [
    'a use without brackets',
    (stack) => new RepositoryTemplate(stack, 'Template', { prefix: 'team', appliedFor: odd('REPLICATION') }),
    "appliedFor must be a list, got 'REPLICATION': put it into brackets",
  ],
  [
    'a long description',
    (stack) =>
      new RepositoryTemplate(stack, 'Template', {
        prefix: 'team',
        appliedFor: [AppliedFor.REPLICATION],
        description: 'x'.repeat(257),
      }),
    'description must have at most 256 characters, got 257',
  ],
  [
    'tags as a list',
    (stack) =>
      new RepositoryTemplate(stack, 'Template', {
        prefix: 'team',
        appliedFor: [AppliedFor.REPLICATION],
        resourceTags: odd([{ key: 'a', value: 'b' }]),
      }),
    "resourceTags must be an object such as { team: 'shop' }, got a list",
  ],
  [
    'a number as a tag',
    (stack) =>
      new RepositoryTemplate(stack, 'Template', {
        prefix: 'team',
        appliedFor: [AppliedFor.REPLICATION],
        resourceTags: { a: odd(5) },
      }),
    "a value of resourceTags must be a text, got 5 for 'a'",
  ],
  [
    'an old scanner',
    (stack) => new RegistryAccountSettings(stack, 'Account', { basicScanVersion: odd('CLAIR') }),
    "basicScanVersion must be one of AWS_NATIVE, got 'CLAIR'",
  ],
  [
    'an old scope',
    (stack) => new RegistryAccountSettings(stack, 'Account', { registryPolicyScope: odd('V1') }),
    "registryPolicyScope must be one of V2, got 'V1'",
  ],
  [
    'a text that is true',
    (stack) => new RegistryAccountSettings(stack, 'Account', { blobMounting: odd('DISABLED') }),
    "blobMounting must be true or false, got 'DISABLED'",
  ],
  [
    'an upstream without a region',
    () => Upstream.privateEcr(odd({ account: '444455556666' })),
    'the region of Upstream.privateEcr must be given, got undefined',
  ],
  [
    'a source without a repository',
    () => ImageSource.codeConnection(odd({ connectionArn: 'x', owner: 'acme' })),
    'repository must be given, got undefined',
  ],
  [
    'a source without a key',
    (stack) => ImageSource.bucket(s3.Bucket.fromBucketName(stack, 'Bucket', 'sources'), odd(undefined)),
    'the key of ImageSource.bucket must be given, got undefined',
  ],
])('fails with %s', (_what, make, message) => {
  const stack = new Stack(newApp(), 'Registry', { env: { account: '111122223333', region: 'eu-west-1' } });
  expectFailure(() => make(stack), message);
});

test('a key of another account is taken: its policy may let this one use it', () => {
  const stack = new Stack(newApp(), 'Registry', { env: { account: '111122223333', region: 'eu-west-1' } });
  const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:444455556666:key/abc');
  expect(() => new ContainerRepository(stack, 'Images', { encryptionKey })).not.toThrow();
});

test('roles of one name in several stacks are excluded each', () => {
  const app = newApp();
  const roles = ['One', 'Two'].map(
    (id) => new iam.Role(new Stack(app, id), 'Scanner', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }),
  );
  expect(
    () => new RegistrySettings(new Stack(app, 'Registry'), 'Settings', { pullTimeExclusions: roles }),
  ).not.toThrow();
});
