import type { Stack } from 'aws-cdk-lib';
import {
  aws_certificatemanager as acm,
  aws_ecs as ecs,
  aws_elasticloadbalancingv2 as elbv2,
  aws_route53 as route53,
  aws_secretsmanager as secretsmanager,
  Size,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import * as fc from 'fast-check';
import { Capacity, Deployment, Mount, Routing, Scaling, ScalingPolicy, SharedFileSystem, WebService } from '../lib';
import type { ContainerOptions, WebServiceProps } from '../lib';
import { maybe, mebibytes, mostly, number, oneOf, RUNS, seconds } from './support/arbitrary';
import { expectErrorOrTemplate, importedVpc } from './support/error-or-template';
import { IMAGE } from './support/fixture';

/** What the values of a case need: resources of the stack that they are tried in. */
interface World {
  readonly scope: Construct;
  readonly cluster: ecs.ICluster;
  readonly files: SharedFileSystem;
  readonly secret: secretsmanager.ISecret;
  readonly zone: route53.IHostedZone;
  readonly certificate: acm.ICertificate;
}

/** Each value is made within the case, so that an error in making it counts as one of the case. */
type Make<T> = (world: World) => T;

const path = oneOf(
  ['/srv/uploads', '/srv/uploads/', '/data', '/tmp', '/var/lib/amazon', '/var/log/amazon', '/a/b/c/d'],
  '/',
  'relative',
  '/a:b',
  '/../x',
);
const user = oneOf(['1000:1000', '1000', 'node'], '0', '101:101', 'a b', '1000:1000:1');
const setting = oneOf(['LOG', 'URL', 'PORT'], 'TOKEN');
const secretKey = oneOf(['TOKEN', 'PASSWORD'], 'URL');

const mount: fc.Arbitrary<Make<Mount>> = fc.oneof(
  fc
    .record({ path, size: maybe(mebibytes(1, 90)), mode: maybe(oneOf(['1777', '755'], '9', 'rw')) })
    .map((given) => () => Mount.scratch(given.path, given)),
  fc
    .record({
      path,
      directory: maybe(oneOf(['/a', '/a/b/c/d'], '/', '/a/b/c/d/e', 'x', '/with#hash')),
      user: maybe(oneOf([{ uid: '1000', gid: '1000' }], { uid: '101', gid: '101' }, { uid: 'x', gid: '1' })),
      readOnly: maybe(fc.boolean()),
    })
    .map(
      (given) =>
        ({ files }: World) =>
          files.mount(given.path, given),
    ),
);

const container: fc.Arbitrary<Make<ContainerOptions>> = fc
  .record({
    containerName: maybe(oneOf(['app', 'web_1'], 'bad name', 'x'.repeat(256))),
    command: maybe(fc.array(fc.string({ maxLength: 9 }), { maxLength: 3 })),
    environment: maybe(fc.dictionary(setting, fc.string({ maxLength: 9 }))),
    secrets: maybe(fc.array(secretKey, { maxLength: 2 })),
    mounts: maybe(fc.array(mount, { maxLength: 3 })),
    user: maybe(user),
    writableRootFilesystem: maybe(fc.boolean()),
    healthCheck: maybe(
      fc.record({
        command: oneOf(
          [
            ['CMD', 'true'],
            ['CMD-SHELL', 'exit 0'],
          ],
          [],
        ),
        interval: maybe(seconds(5, 300)),
        timeout: maybe(seconds(2, 60)),
        retries: maybe(number(1, 10)),
        startPeriod: maybe(seconds(0, 300)),
      }),
    ),
    stopTimeout: maybe(seconds(2, 120)),
    startTimeout: maybe(seconds(2, 120)),
    cpuUnits: maybe(number(1, 256)),
    memory: maybe(mebibytes(400, 900)),
  })
  .map(({ secrets, mounts, ...given }) => (world: World) => ({
    ...given,
    image: IMAGE,
    secrets: secrets && Object.fromEntries(secrets.map((name) => [name, ecs.Secret.fromSecretsManager(world.secret)])),
    mounts: mounts?.map((make) => make(world)),
  }));

const loadBalancer = fc.record({
  internal: maybe(fc.boolean()),
  accessLogs: maybe(fc.boolean()),
  deletionProtection: maybe(fc.boolean()),
});
const routing: fc.Arbitrary<Make<Routing>> = fc.oneof(
  loadBalancer.map((given) => () => Routing.http(given)),
  fc
    .record({
      given: loadBalancer,
      redirectHttp: maybe(fc.boolean()),
      none: mostly(fc.constant(false), fc.constant(true)),
    })
    .map(
      ({ given, redirectHttp, none }) =>
        ({ certificate }: World) =>
          Routing.https({ ...given, redirectHttp, certificates: none ? [] : [certificate] }),
    ),
  fc
    .record({
      given: loadBalancer,
      name: oneOf(['app.example.com', 'example.com', '*.example.com'], 'app.example.org', 'App.example.com'),
    })
    .map(
      ({ given, name }) =>
        ({ zone }: World) =>
          Routing.domain(name, { ...given, zone }),
    ),
  fc.constant(() => Routing.none()),
);

const tracking = fc.record({
  scaleInCooldown: maybe(seconds(0, 600)),
  scaleOutCooldown: maybe(seconds(0, 600)),
  disableScaleIn: maybe(fc.boolean()),
});
const policy: fc.Arbitrary<Make<ScalingPolicy>> = fc.oneof(
  fc.record({ target: number(1, 99), given: tracking }).map(
    ({ target, given }) =>
      () =>
        ScalingPolicy.cpu(target, given),
  ),
  fc.record({ target: number(1, 99), given: tracking }).map(
    ({ target, given }) =>
      () =>
        ScalingPolicy.memory(target, given),
  ),
  fc.record({ target: number(1, 9999), given: tracking }).map(
    ({ target, given }) =>
      () =>
        ScalingPolicy.requestsPerTask(target, given),
  ),
);
const scaling: fc.Arbitrary<Make<Scaling>> = fc.oneof(
  number(0, 20).map((tasks) => () => Scaling.fixed(tasks)),
  fc
    .record({
      minTasks: number(1, 5),
      maxTasks: number(5, 50),
      policies: maybe(fc.uniqueArray(policy, { minLength: 1, maxLength: 2 })),
      cooldown: maybe(seconds(0, 900)),
    })
    .map(
      (given) => (world: World) => Scaling.between({ ...given, policies: given.policies?.map((make) => make(world)) }),
    ),
);

const service: fc.Arbitrary<Make<WebServiceProps>> = fc
  .record({
    container,
    routing,
    port: number(1, 65535),
    command: maybe(fc.constantFrom<string[]>(['serve'], [])),
    environment: maybe(fc.dictionary(setting, fc.string({ maxLength: 9 }))),
    capacity: maybe(
      fc.oneof(
        fc.constant(() => Capacity.fargate()),
        fc
          .record({
            onDemandBase: maybe(number(0, 100)),
            onDemandWeight: maybe(number(0, 9)),
            spotWeight: maybe(number(0, 9)),
          })
          .map((given) => () => Capacity.fargateSpot(given)),
      ),
    ),
    cpuUnits: maybe(oneOf([1024, 2048, 4096], 300, 0, 8192)),
    memory: maybe(
      oneOf(
        [8192, 4096].map((value) => Size.mebibytes(value)),
        Size.mebibytes(600),
        Size.gibibytes(500),
      ),
    ),
    cpuArchitecture: maybe(fc.constantFrom(ecs.CpuArchitecture.ARM64, ecs.CpuArchitecture.X86_64)),
    ephemeralStorage: maybe(number(21, 200).map((value) => Size.gibibytes(Math.abs(Math.floor(value))))),
    allowExec: mostly(fc.constant(false), fc.constant(true)),
    scaling: maybe(scaling),
    deployment: maybe(
      fc
        .record({ minHealthyPercent: maybe(number(0, 99)), maxPercent: maybe(number(150, 200)) })
        .map((given) => () => Deployment.rolling(given)),
    ),
    healthCheck: maybe(
      fc.record({
        path: maybe(oneOf(['/health', '/'], 'health', '/a b')),
        interval: seconds(60, 300),
        timeout: maybe(seconds(2, 59)),
        healthyThresholdCount: maybe(number(2, 10)),
        unhealthyThresholdCount: maybe(number(2, 10)),
        healthyHttpCodes: maybe(oneOf(['200', '200-299', '200,204'], '99', '200-')),
      }),
    ),
    healthCheckGracePeriod: maybe(seconds(0, 600)),
    deregistrationDelay: maybe(seconds(0, 3600)),
    stickinessCookieDuration: maybe(seconds(1, 604800)),
    protocolVersion: oneOf([undefined, elbv2.ApplicationProtocolVersion.HTTP2], elbv2.ApplicationProtocolVersion.GRPC),
  })
  .map((given) => (world: World) => ({
    ...given,
    cluster: world.cluster,
    container: given.container(world),
    routing: given.routing(world),
    capacity: given.capacity?.(),
    scaling: given.scaling?.(world),
    deployment: given.deployment?.(),
  }));

test(`any service either fails with one of our errors or is a template that the strict engine accepts (${RUNS} cases)`, () => {
  expectErrorOrTemplate(service, RUNS, (make, stack) => {
    const world = newWorld(stack);
    new WebService(world.scope, 'Web', make(world));
  });
});

function newWorld(scope: Stack): World {
  const vpc = importedVpc(scope);
  return {
    scope,
    cluster: ecs.Cluster.fromClusterAttributes(scope, 'Cluster', { clusterName: 'platform', vpc }),
    files: new SharedFileSystem(scope, 'Files', { vpc }),
    secret: secretsmanager.Secret.fromSecretNameV2(scope, 'Secret', 'token'),
    zone: route53.HostedZone.fromHostedZoneAttributes(scope, 'Zone', {
      hostedZoneId: 'Z0123456789EXAMPLE',
      zoneName: 'example.com',
    }),
    certificate: acm.Certificate.fromCertificateArn(
      scope,
      'Certificate',
      'arn:aws:acm:eu-west-1:111122223333:certificate/00000000-0000-0000-0000-000000000000',
    ),
  };
}
