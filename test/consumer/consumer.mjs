// The packed library in an empty app: what a user gets from npm, and nothing that happens to lie around here.
//   npm run test:consumer                            the lowest aws-cdk-lib that package.json allows
//   npm run test:consumer -- --version 2.276.0       another release of aws-cdk-lib; also --constructs, --typescript
//   npm run test:consumer -- --keep                  leaves the app for a look
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import {
  check,
  copyProject,
  inTempFolder,
  peerFloor,
  readJson,
  ROOT,
  runScript,
  step,
} from '../support/project-copy.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const { values: flags } = parseArgs({
  options: {
    version: { type: 'string' },
    constructs: { type: 'string' },
    typescript: { type: 'string', default: '~5.9.0' },
    keep: { type: 'boolean' },
  },
});

/** The whole tarball: what must be in it, and what else may be. */
const REQUIRED = [
  'package.json',
  'README.md',
  'LICENSE',
  'API.md',
  'CHANGELOG.md',
  '.jsii',
  'lib/index.js',
  'lib/index.d.ts',
  'lib/handlers/bundled/account-settings/index.js',
  'lib/handlers/bundled/image-gate/index.js',
];
const ALLOWED = [
  ...REQUIRED.map((file) => new RegExp(`^${file.replaceAll('.', '\\.')}$`)),
  /^lib\/.+\.js$/,
  /^lib\/.+\.d\.ts$/,
];
const PEERS = ['aws-cdk-lib', 'constructs'];

await runScript('consumer', () =>
  inTempFolder('consumer', flags.keep, async (temp) => {
    const tarball = await pack(temp);
    const app = join(temp, 'app');
    await install(app, tarball);
    const packed = join(app, 'node_modules', 'cdk-containers');
    checkTarball(packed, temp);
    await compile(app);
    await synthesize(app);
  }),
);

/** Compiles a copy of the sources: nothing stale can be packed, and the working tree is left alone. */
async function pack(temp) {
  const project = join(temp, 'project');
  copyProject(project);
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'), 'junction');
  await step('pre-compile', project, ['npx', 'projen', 'pre-compile']);
  await step('compile', project, ['npx', 'projen', 'compile']);
  await step('npm pack', project, ['npm', 'pack', '--pack-destination', temp]);
  const tarballs = readdirSync(temp).filter((file) => file.endsWith('.tgz'));
  check(tarballs.length === 1, `npm pack must make one tarball, got ${tarballs.length}`);
  return join(temp, tarballs[0]);
}

async function install(app, tarball) {
  const dependencies = {
    'aws-cdk-lib': flags.version ?? peerFloor('aws-cdk-lib'),
    constructs: flags.constructs ?? peerFloor('constructs'),
    'cdk-containers': `file:${tarball}`,
  };
  console.log(
    `aws-cdk-lib ${dependencies['aws-cdk-lib']}, constructs ${dependencies.constructs}, TypeScript ${flags.typescript}, Node ${process.version}`,
  );
  mkdirSync(app);
  write(app, 'package.json', {
    name: 'shop',
    version: '1.0.0',
    private: true,
    dependencies,
    devDependencies: { typescript: flags.typescript, '@types/node': '^20' },
  });
  await step('npm install', app, [
    'npm',
    'install',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--strict-peer-deps',
  ]);
  for (const name of PEERS) {
    check(
      readJson(app, 'node_modules', name, 'package.json').version === dependencies[name],
      `the app must have ${name} ${dependencies[name]}`,
    );
    const copies = filesOf(join(app, 'node_modules')).filter((file) =>
      file.endsWith(`/node_modules/${name}/package.json`),
    );
    check(copies.length === 0, `there must be one copy of ${name}, but there is also ${copies.join(', ')}`);
  }
}

function checkTarball(packed, temp) {
  const files = filesOf(packed);
  const missing = REQUIRED.filter((file) => !files.includes(file));
  check(missing.length === 0, `the tarball lacks ${missing.join(', ')}`);
  const unwanted = files.filter(
    (file) => (/\.ts$/.test(file) && !/\.d\.ts$/.test(file)) || !ALLOWED.some((allowed) => allowed.test(file)),
  );
  check(unwanted.length === 0, `the tarball must not hold ${unwanted.join(', ')}`);

  const manifest = readJson(packed, 'package.json');
  for (const field of ['dependencies', 'optionalDependencies', 'bundleDependencies', 'bundledDependencies']) {
    check(
      Object.keys(manifest[field] ?? {}).length === 0,
      `package.json must have no ${field}, got ${JSON.stringify(manifest[field])}`,
    );
  }
  check(
    isDeepStrictEqual(Object.keys(manifest.peerDependencies ?? {}).sort(), PEERS),
    `the peer dependencies must be ${PEERS.join(' and ')}`,
  );
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
    check(!manifest.scripts?.[script], `package.json must have no ${script} script: npm 12 blocks them`);
  }

  const places = [...new Set([ROOT, temp, process.env.HOME].filter((place) => place && place !== '/'))];
  for (const file of files) {
    const text = readFileSync(join(packed, file), 'utf8');
    const maps = inlineMaps(text);
    const found = places.find((place) =>
      [text, ...maps.map((map) => map.text)].some((content) => content.includes(place)),
    );
    check(!found, `${file} holds a path of this machine: ${found}`);
    for (const { sources } of maps) {
      const outside = sources.filter((source) => /^[/\\]|^\w+:|\.\.|(^|\/)(test|examples|bin)\//.test(source));
      check(
        outside.length === 0,
        `the source map of ${file} must name files of its own folder, got ${outside.join(', ')}`,
      );
    }
    if (!/\.(js|d\.ts)$/.test(file)) continue;
    for (const name of imports(file, text)) {
      // What runs in Lambda finds the SDK there.
      const inLambda = file.startsWith('lib/handlers/bundled/') && name.startsWith('@aws-sdk/');
      const own = inLambda || name.startsWith('.') || name.startsWith('node:') || PEERS.includes(name.split('/')[0]);
      check(own, `${file} imports ${name}, which a user does not have`);
    }
  }
  const size = files.reduce((sum, file) => sum + readFileSync(join(packed, file)).length, 0);
  console.log(`tarball: ${files.length} files, ${(size / 1024).toFixed(0)} KiB unpacked, no dependencies`);
}

/** Strict, and with every declaration file checked, ours and those of aws-cdk-lib. */
async function compile(app) {
  // The same source as CommonJS, which `cdk init` makes, and as an ES module.
  cpSync(join(HERE, 'app.mts'), join(app, 'app.ts'));
  cpSync(join(HERE, 'app.mts'), join(app, 'app.mts'));
  const compilerOptions = {
    target: 'ES2022',
    lib: ['es2022'],
    module: 'node16',
    strict: true,
    skipLibCheck: false,
    types: ['node'],
    rootDir: '.',
    outDir: 'dist',
  };
  write(app, 'tsconfig.json', { compilerOptions, files: ['app.ts', 'app.mts'] });
  await step('tsc --strict, declaration files included', app, ['npx', 'tsc']);
}

async function synthesize(app) {
  const context = JSON.stringify(readJson(app, 'node_modules', 'aws-cdk-lib', 'recommended-feature-flags.json'));
  const run = async (label, file, outdir, env) => {
    await step(label, app, ['node', `dist/${file}`], { CDK_OUTDIR: join(app, outdir), ...env });
    return ['Platform', 'Shop', 'Work', 'Files'].map((stack) => readJson(app, outdir, `${stack}.template.json`));
  };
  // The built-in validation once: its rules as AWS sets them, without findings.
  const [platform, shop, work, files] = await run('synthesize, CommonJS', 'app.js', 'cdk.out', {
    CDK_CONTEXT_JSON: context,
  });
  const report = join(app, 'cdk.out', 'validation-report.json');
  const findings = existsSync(report) ? readJson(report).pluginReports.flatMap(({ violations }) => violations) : [];
  check(findings.length === 0, `the validation must find nothing, got ${JSON.stringify(findings, undefined, 2)}`);

  const quick = { CDK_VALIDATION: 'false' };
  const module = await run('synthesize, ES module', 'app.mjs', 'cdk.out-esm', { CDK_CONTEXT_JSON: context, ...quick });
  check(
    isDeepStrictEqual(module, [platform, shop, work, files]),
    'the ES module must give the templates of the CommonJS app',
  );
  const bare = await run('synthesize without feature flags', 'app.js', 'cdk.out-bare', quick);
  checkPlatform(platform);
  checkShop(shop);
  checkWork(work);
  checkFiles(files);
  checkPlatform(bare[0]);
  checkShop(bare[1]);
  checkWork(bare[2]);
  checkFiles(bare[3]);
  await namedImports(app);
}

function checkPlatform(platform) {
  const [repository] = resources(platform, 'AWS::ECR::Repository');
  check(repository?.DeletionPolicy === 'Retain', 'the repository must be retained');
  check(
    repository.Properties.ImageTagMutability === 'IMMUTABLE_WITH_EXCLUSION',
    'tags must be immutable but for latest',
  );
  const [files] = resources(platform, 'AWS::EFS::FileSystem');
  check(
    files?.DeletionPolicy === 'Retain' && files.Properties.Encrypted === true,
    'the file system must be encrypted and retained',
  );
  const [associations] = resources(platform, 'AWS::ECS::ClusterCapacityProviderAssociations');
  check(
    isDeepStrictEqual(associations?.Properties.CapacityProviders.slice(0, 2), ['FARGATE', 'FARGATE_SPOT']),
    'the cluster must have Fargate and Fargate Spot',
  );
}

function checkWork(work) {
  const services = resources(work, 'AWS::ECS::Service');
  check(services.length === 5, `there must be 5 workers, got ${services.length}`);
  for (const { id, Properties } of services) {
    const external = id.startsWith('External');
    check((Properties.LaunchType === 'EXTERNAL') === external, `${id} must have a launch type only outside AWS`);
    check((Properties.CapacityProviderStrategy === undefined) === external, `${id} must have a strategy inside AWS`);
  }
  const pools = services.find(({ id }) => id.startsWith('Pools'));
  check(
    isDeepStrictEqual(pools.Properties.CapacityProviderStrategy[1], { CapacityProvider: 'spare', Weight: 2 }),
    'an imported pool must be named in the strategy',
  );
  const policies = resources(work, 'AWS::ApplicationAutoScaling::ScalingPolicy');
  // Backlog with the step that wakes it, metric, steps in both directions, predictive and CPU.
  check(policies.length === 7, `there must be 7 scaling policies, got ${policies.length}`);
}

function checkFiles(files) {
  const tasks = resources(files, 'AWS::ECS::TaskDefinition');
  const volumesOf = (start) => tasks.find(({ id }) => id.startsWith(start)).Properties.Volumes;
  const kinds = (start) =>
    volumesOf(start).map((volume) => Object.keys(volume).find((key) => key !== 'Name') ?? 'Directory');
  const expected = {
    Serverless: [
      'EFSVolumeConfiguration',
      'EFSVolumeConfiguration',
      'S3FilesVolumeConfiguration',
      'S3FilesVolumeConfiguration',
      'ConfiguredAtLaunch',
      ...Array(4).fill('Directory'),
    ],
    Simulation: ['Host', 'Host', 'Host', 'DockerVolumeConfiguration'],
    Windows: ['FSxWindowsFileServerVolumeConfiguration'],
  };
  for (const [name, volumes] of Object.entries(expected)) {
    check(isDeepStrictEqual(kinds(name), volumes), `${name} must have the volumes ${volumes}, got ${kinds(name)}`);
  }
  const service = resources(files, 'AWS::ECS::Service').find(({ id }) => id.startsWith('Serverless'));
  const [volume] = service.Properties.VolumeConfigurations;
  check(volume.ManagedEBSVolume.Encrypted === true, 'the volume of EBS must be encrypted');
  const nfs = resources(files, 'AWS::EC2::SecurityGroupIngress').filter(
    ({ Properties }) => Properties.FromPort === 2049,
  );
  check(nfs.length === 3, `three file systems must let the service in, got ${nfs.length}`);
  check(resources(files, 'AWS::IAM::Policy').length === 0, 'no grant may be inline');
}

function checkShop(shop) {
  const services = resources(shop, 'AWS::ECS::Service');
  check(services.length === 3, `the shop must have 3 services, got ${services.length}`);
  for (const { id, Properties } of services) {
    check(
      !('LaunchType' in Properties),
      `${id} must have no LaunchType: a later move to another compute would replace it`,
    );
    check(Properties.CapacityProviderStrategy?.length > 0, `${id} must have a capacity provider strategy`);
    check(Properties.DeploymentConfiguration.DeploymentCircuitBreaker?.Rollback === true, `${id} must roll back`);
    check(
      Properties.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp === 'DISABLED',
      `${id} must have no public address`,
    );
  }
  const web = services.find(({ id }) => id.startsWith('Web'));
  check(
    isDeepStrictEqual(web.Properties.CapacityProviderStrategy, [
      { Base: 2, CapacityProvider: 'FARGATE', Weight: 0 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
    ]),
    `web must run on Spot above 2 tasks, got ${JSON.stringify(web.Properties.CapacityProviderStrategy)}`,
  );
  check(!('DesiredCount' in web.Properties), 'web must have no DesiredCount: scaling sets it');
  check(web.Properties.HealthCheckGracePeriodSeconds === 90, 'web must have its grace period');
  const docs = services.find(({ id }) => id.startsWith('Docs'));
  check(docs.Properties.DesiredCount === 3, 'docs must have its fixed number of tasks');

  const task = resources(shop, 'AWS::ECS::TaskDefinition').find(({ id }) => id.startsWith('Web'));
  const [container] = task.Properties.ContainerDefinitions;
  check(container.ReadonlyRootFilesystem === true, "web's root file system must be read-only");
  check(
    isDeepStrictEqual(container.Secrets.map(({ Name }) => Name).sort(), ['DB_PASSWORD', 'FLAG']),
    'web must have its secrets',
  );
  check(
    isDeepStrictEqual(
      container.MountPoints.map(({ ContainerPath }) => ContainerPath),
      ['/srv/uploads'],
    ),
    'web must mount the uploads',
  );
  const scratch = container.LinuxParameters.Tmpfs.map(({ ContainerPath }) => ContainerPath).sort();
  check(
    isDeepStrictEqual(scratch, ['/tmp', '/var/cache/nginx']),
    `web must have its scratch directories, got ${scratch}`,
  );

  const policies = resources(shop, 'AWS::ApplicationAutoScaling::ScalingPolicy');
  check(policies.length === 3, `web must have 3 scaling policies, got ${policies.length}`);
  const listener = resources(shop, 'AWS::ElasticLoadBalancingV2::Listener');
  check(listener.length === 1 && listener[0].Properties.Protocol === 'HTTPS', 'web must have one listener, for HTTPS');
  check(resources(shop, 'AWS::Route53::RecordSet').length === 1, 'web must have its alias record');
  const ports = resources(shop, 'AWS::EC2::SecurityGroupEgress').map(({ Properties }) => Properties.ToPort);
  const ingress = JSON.stringify(resources(shop, 'AWS::EC2::SecurityGroupIngress'));
  check(ingress.includes('DatabaseSecurityGroup'), `the database must let web in, got ${ingress}; out: ${ports}`);
  const grants = JSON.stringify(resources(shop, 'AWS::IAM::ManagedPolicy'));
  check(
    grants.includes('dynamodb:PutItem') && grants.includes('secretsmanager:PutSecretValue'),
    "web's role must have its grants",
  );
  check(
    Object.keys(shop.Outputs).length === 9,
    `the library must add no outputs of its own, got ${Object.keys(shop.Outputs)}`,
  );
  check(
    shop.Outputs.Url.Value === 'https://app.example.com',
    `web.url must be the domain, got ${JSON.stringify(shop.Outputs.Url.Value)}`,
  );
}

/** Every class must be importable by name from an ES module, and the app should use each. */
async function namedImports(app) {
  write(
    app,
    'names.mjs',
    `import { WebService } from 'cdk-containers';
import * as all from 'cdk-containers';
import { createRequire } from 'node:module';
const required = createRequire(import.meta.url)('cdk-containers');
if (typeof WebService !== 'function') throw new Error('WebService is no named export');
const lost = Object.keys(required).filter((name) => all[name] !== required[name]);
if (lost.length) throw new Error('not importable by name: ' + lost.join(', '));
console.log(Object.keys(required).join(' '));`,
  );
  const names = (await step('named imports from an ES module', app, ['node', 'names.mjs'])).trim().split(' ');
  const source = readFileSync(join(HERE, 'app.mts'), 'utf8');
  const unused = names.filter((name) => !new RegExp(`\\b${name}[.(]`).test(source));
  if (unused.length) console.log(`note: test/consumer/app.mts does not use ${unused.join(', ')}`);
}

function resources(template, type) {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => ({ id, ...resource }));
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath ?? entry.path, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
}

function inlineMaps(text) {
  return [...text.matchAll(/sourceMappingURL=data:[^,]*;base64,([A-Za-z0-9+/=]+)/g)].map(([, data]) => {
    const decoded = Buffer.from(data, 'base64').toString('utf8');
    return { text: decoded, sources: JSON.parse(decoded).sources };
  });
}

/** What a compiled file (`require`) or its types (`import … from`) load by name. */
function imports(file, text) {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const pattern = file.endsWith('.js')
    ? /\b(?:require|import)\((["'])([^"'`]+)\1\)/g
    : /(?:^(?:import|export)\b[^"']*?\bfrom |^import |\bimport\()(["'])([^"']+)\1/gm;
  return [...code.matchAll(pattern)].map((match) => match[2]);
}

function write(folder, file, content) {
  writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
}
