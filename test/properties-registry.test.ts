import { aws_ecr as ecr, aws_kms as kms, aws_secretsmanager as secretsmanager, Duration } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import {
  AppliedFor,
  ContainerRepository,
  ImagePipeline,
  ImageSource,
  PublicRepository,
  PullThroughCache,
  RegistryScanning,
  RegistrySettings,
  ReplicationTarget,
  RepositoryTemplate,
  Retention,
  ScanType,
  Severity,
  TaskRole,
  Upstream,
} from '../lib';
import { maybe, number, oneOf, RUNS } from './support/arbitrary';
import { expectErrorOrTemplate } from './support/error-or-template';

/** A case takes longer than one of the other properties. */
const CASES = Math.ceil(RUNS / 2);

type Make = (stack: Stack) => unknown;
const days = (min: number, max: number) => number(min, max).map((value) => Duration.days(Math.abs(value)));
const list = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { minLength: 1, maxLength: 3 });
const pattern = oneOf(['v*', 'release-*', '*-rc', '*'], 'prod', '', 'a b', '*a*b*c*d*e');
const name = oneOf(['shop/web', 'team/base', 'a1'], 'Shop', 'shop/', 'a', 'x'.repeat(257));
const filter = oneOf(['shop/*', '*', '*prod*', 'team'], '', 'Shop/*', 'a//b');
const prefix = oneOf(['shop/', 'team/a/', 'shop'], '', '/shop', 'Shop');
const account = oneOf(['111122223333', '444455556666'], '1234', 'me');
const region = oneOf(['eu-central-1', 'us-east-1'], 'Frankfurt', '');
const severity = oneOf(Object.values(Severity), 'high' as Severity);

const retention: fc.Arbitrary<() => Retention> = fc.oneof(
  days(1, 365).map((age) => () => Retention.expireUntagged(age)),
  list(pattern).map((tags) => () => Retention.keep(tags)),
  fc.record({ count: number(1, 100), tags: maybe(list(pattern)) }).map(
    ({ count, tags }) =>
      () =>
        Retention.keepLast(count, { tags }),
  ),
  fc.record({ age: days(1, 365), tags: maybe(list(pattern)) }).map(
    ({ age, tags }) =>
      () =>
        Retention.expireOlderThan(age, { tags }),
  ),
  fc.record({ age: days(1, 365), expireAfter: maybe(days(90, 400)), tags: maybe(list(pattern)) }).map(
    ({ age, ...options }) =>
      () =>
        Retention.archiveUnused(age, options),
  ),
);
const rules = maybe(fc.array(retention, { maxLength: 3 }));
const made = (given: (() => Retention)[] | undefined) => given?.map((make) => make());

const repository = fc.record({
  repositoryName: maybe(name),
  retention: rules,
  mutableTags: maybe(list(oneOf(['latest', 'pr-*'], '', 'a*b*c*d'))),
  encryption: maybe(fc.constantFrom(ecr.RepositoryEncryption.KMS, ecr.RepositoryEncryption.KMS_DSSE)),
  keyed: fc.boolean(),
  pull: maybe(
    fc.record({
      accounts: maybe(list(account)),
      organization: maybe(oneOf(['o-a1b2c3d4e5'], 'o-', '1')),
      lambda: maybe(fc.boolean()),
    }),
  ),
  findings: maybe(
    fc.record({
      minSeverity: maybe(severity),
      fixAvailableOnly: maybe(fc.boolean()),
      scanning: maybe(fc.constantFrom(...Object.values(ScanType))),
    }),
  ),
  gate: maybe(
    fc.record({
      tagOrDigest: oneOf(['1.4.2', `sha256:${'0'.repeat(64)}`], '', 'a b'),
      minSeverity: maybe(severity),
      allow: maybe(list(oneOf(['CVE-2024-1234', 'ALAS2-2024-1'], 'cve-2024-1', ''))),
      timeout: maybe(number(10, 840).map((value) => Duration.seconds(Math.abs(Math.floor(value))))),
    }),
  ),
  rebuild: maybe(
    fc.record({ every: maybe(days(1, 30)), onFindings: maybe(fc.boolean()), minSeverity: maybe(severity) }),
  ),
  tagPrefix: maybe(oneOf(['v', 'release-'], '-', 'a b')),
});

const repositories: fc.Arbitrary<Make> = repository.map((given) => (stack) => {
  const images = new ContainerRepository(stack, 'Images', {
    ...given,
    retention: made(given.retention),
    encryptionKey: given.keyed ? new kms.Key(stack, 'Key') : undefined,
  });
  if (given.pull) images.allowPullFrom(given.pull);
  if (given.findings) images.onFindings(given.findings);
  if (given.gate) images.gate(stack, 'Gate', given.gate);
  images.grantPush(new TaskRole(stack, 'Build'));
  if (!given.rebuild) return;
  const source = ImageSource.asset('examples/image-registry/app');
  const { rebuild, tagPrefix } = given;
  new ImagePipeline(stack, 'Pipeline', { repository: images, source, rebuild, tagPrefix });
});

const settings: fc.Arbitrary<Make> = fc
  .record({
    scanning: maybe(fc.record({ continuous: maybe(list(filter)), scanOnPush: maybe(list(filter)) })),
    replication: maybe(
      list(
        fc.record({
          destinations: list(fc.record({ region, account: maybe(account) })),
          prefixes: maybe(list(prefix)),
        }),
      ),
    ),
    signing: maybe(fc.record({ rules: maybe(list(fc.record({ repositories: maybe(list(filter)) }))) })),
    target: fc.record({ sourceAccounts: list(account), prefixes: maybe(list(prefix)), retention: rules }),
  })
  .map((given) => (stack: Stack) => {
    const { scanning, replication, signing, target } = given;
    const registry = new RegistrySettings(stack, 'Settings', {
      scanning: scanning && RegistryScanning.enhanced(scanning),
      replication,
      signing,
    });
    new ReplicationTarget(stack, 'Target', { registry, ...target, retention: made(target.retention) });
  });

const upstream = oneOf<(stack: Stack) => Upstream>(
  [
    () => Upstream.ecrPublic(),
    () => Upstream.quay(),
    () => Upstream.kubernetes(),
    (stack) => Upstream.dockerHub(secretsmanager.Secret.fromSecretNameV2(stack, 'Login', 'ecr-pullthroughcache/hub')),
    () => Upstream.privateEcr({ region: 'eu-central-1', account: '444455556666' }),
  ],
  (stack) => Upstream.ghcr(secretsmanager.Secret.fromSecretNameV2(stack, 'Login', 'hub')),
  () => Upstream.privateEcr({ region: 'Frankfurt' }),
);

const caches: fc.Arbitrary<Make> = fc
  .record({
    upstream,
    prefix: maybe(oneOf(['hub', 'team/hub', 'ROOT'], '', 'Hub', 'x'.repeat(31))),
    retention: rules,
    resourceTags: maybe(fc.dictionary(oneOf(['team', 'cost'], 'aws:x'), fc.string({ maxLength: 9 }), { maxKeys: 2 })),
    template: fc.record({
      prefix: oneOf(['team', 'shop/a'], '', 'Team'),
      appliedFor: list(fc.constantFrom(...Object.values(AppliedFor))),
      mutableTags: maybe(list(oneOf(['latest'], ''))),
    }),
    repositoryName: maybe(name),
    description: maybe(oneOf(['Tools'], 'x'.repeat(1025))),
  })
  .map(({ template, repositoryName, description, ...given }) => (stack: Stack) => {
    new PullThroughCache(stack, 'Cache', {
      ...given,
      upstream: given.upstream(stack),
      retention: made(given.retention),
    }).grantPull(new TaskRole(stack, 'Puller'));
    new RepositoryTemplate(stack, 'Template', template);
    new PublicRepository(stack, 'Public', { repositoryName, catalog: { description } });
  });

test.each<[string, fc.Arbitrary<Make>]>([
  ['repository', repositories],
  ['settings', settings],
  ['cache, template and public repository', caches],
])(
  `any %s either fails with one of our errors or is a template that the strict engine accepts (${CASES} cases)`,
  (_name, cases) => {
    expectErrorOrTemplate(cases, CASES, (make, stack) => make(stack));
  },
);
