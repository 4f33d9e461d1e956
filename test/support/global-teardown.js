const { rmSync } = require('node:fs');

module.exports = () => rmSync(process.env.CDK_CONTAINERS_TEST_OUT, { recursive: true, force: true });
