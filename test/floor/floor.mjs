// The peer floor: does everything pass on the lowest aws-cdk-lib and constructs that package.json allows?
//   npm run test:floor                                     the floor of package.json
//   npm run test:floor -- --version 2.270.0                another release of aws-cdk-lib
//   npm run test:floor -- --constructs 10.5.1 --keep       another release of constructs; leaves the copy for a look
//   npm run test:floor -- --test test/ecs                  only the tests whose path matches
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  check,
  copyProject,
  Failure,
  inTempFolder,
  peerFloor,
  readJson,
  runScript,
  step,
} from '../support/project-copy.mjs';

const { values: flags } = parseArgs({
  options: {
    version: { type: 'string' },
    constructs: { type: 'string' },
    test: { type: 'string', default: '' },
    keep: { type: 'boolean' },
  },
});

const REPORT = 'floor-report.json';
const STEPS = [
  ['pre-compile', 'npx', 'projen', 'pre-compile'],
  ['compile', 'npx', 'projen', 'compile'],
  ['type-check', 'npx', 'projen', 'typecheck'],
  ['synthesize the examples', 'npx', 'cdk', 'synth', '--quiet'],
];

const versions = {
  'aws-cdk-lib': flags.version ?? peerFloor('aws-cdk-lib'),
  constructs: flags.constructs ?? peerFloor('constructs'),
};

await runScript('floor', () =>
  inTempFolder('floor', flags.keep, async (project) => {
    console.log(`aws-cdk-lib ${versions['aws-cdk-lib']}, constructs ${versions.constructs}, Node ${process.version}`);
    copyProject(project);

    // The library must claim no more than is tried: else npm refuses a release below the present floor.
    const manifest = readJson(project, 'package.json');
    for (const [name, version] of Object.entries(versions)) {
      manifest.peerDependencies[name] = `^${version}`;
      manifest.devDependencies[name] = version;
    }
    writeFileSync(join(project, 'package.json'), JSON.stringify(manifest, undefined, 2));

    // The lock file stays, so that every other package is the one of `npm ci`. These leave it: npm 11 takes an older
    // aws-cdk-lib over the entry of a newer one for having its @aws-cdk packages bundled, and installs none.
    const lock = readJson(project, 'package-lock.json');
    for (const path of Object.keys(lock.packages)) {
      if (/^node_modules\/(aws-cdk-lib|constructs|@aws-cdk)(\/|$)/.test(path)) delete lock.packages[path];
    }
    writeFileSync(join(project, 'package-lock.json'), JSON.stringify(lock, undefined, 2));

    await step('install', project, ['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline']);
    for (const [name, version] of Object.entries(versions)) {
      const installed = readJson(project, 'node_modules', name, 'package.json').version;
      check(installed === version, `${name} must be ${version}, but npm installed ${installed}`);
    }

    // Each step runs even when one before it failed: the reader sees all that breaks.
    const failures = [];
    for (const [label, ...command] of STEPS) {
      await step(label, project, command).catch((error) => failures.push(messageOf(error)));
    }
    failures.push(...(await testSuite(project)));
    check(failures.length === 0, failures.join('\n\n'));
  }),
);

/** Runs jest, and names each failed test with the beginning of its message: its own output is mostly snapshots. */
async function testSuite(project) {
  const command = ['npx', 'jest', '--ci', '--json', '--outputFile', REPORT, ...(flags.test ? [flags.test] : [])];
  const failure = await step('test suite', project, command).then(() => undefined, messageOf);
  if (!existsSync(join(project, REPORT))) return [failure ?? 'jest wrote no report'];

  const report = readJson(project, REPORT);
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, snapshot } = report;
  console.log(
    `tests: ${numPassedTests} passed, ${numFailedTests} failed, ${numRuntimeErrorTestSuites} files did not load; ` +
      `snapshots: ${snapshot.matched} match, ${snapshot.unmatched} differ`,
  );
  const failed = report.testResults.flatMap((file) =>
    file.assertionResults.length === 0 && file.status === 'failed'
      ? [`${file.name}\n${beginning(file.message)}`]
      : file.assertionResults
          .filter(({ status }) => status === 'failed')
          .map((test) => `${test.fullName}\n${beginning(test.failureMessages[0] ?? '')}`),
  );
  if (failure) return failed.length ? failed : [failure];
  return numPassedTests > 0 ? [] : ['the suite has no tests'];
}

function messageOf(error) {
  if (!(error instanceof Failure)) throw error;
  return error.message;
}

function beginning(message) {
  const plain = message.replace(/\u001b\[\d+m/g, '');
  return plain
    .split('\n')
    .filter((line) => line.trim() && !/^\s+at /.test(line))
    .slice(0, 12)
    .map((line) => `    ${line.slice(0, 300)}`)
    .join('\n');
}
