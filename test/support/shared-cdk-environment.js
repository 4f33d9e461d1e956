// Lets test files share one copy of aws-cdk-lib: loading it anew costs about 0.25 s for each file.
// The resolver beside this file maps the shared packages to stubs that call this worker's own `require`.
// Unit tests leave the built-in template validation out: it costs a second for each process and 1 ms for each resource.
// test/examples.test.ts and test/properties.test.ts ask for it by registering the plugin. A process variable must be set
// out here: test files see a copy of the environment, and aws-cdk-lib does not live among them.
process.env.CDK_VALIDATION = 'false';

const { TestEnvironment } = require('jest-environment-node');

module.exports = class SharedCdkEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.__sharedRequire = require;
    // Shared packages throw the Error of the outer realm: `instanceof Error` and toThrow must know it.
    this.global.Error = Error;
    this.global.Date = Date;
  }
};
