// One folder for all that the apps of a run write; global-teardown.js removes it. CDK itself leaves a folder for each app.
// And the Lambda functions of the library, which it expects to be bundled.
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { bundle } = require('../../projenrc/bundle-handlers.cjs');

module.exports = () => {
  bundle();
  process.env.CDK_CONTAINERS_TEST_OUT = mkdtempSync(join(tmpdir(), 'cdk-containers-test-'));
};
