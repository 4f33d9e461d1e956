import { App, CfnResource, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { EXAMPLES } from '../examples';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
const stacks = Object.entries(EXAMPLES).map(([id, make]) => make(app, id));
app.synth();

// On stderr, so that `cdk list` and pipes stay clean.
for (const stack of stacks) {
  const resources = stack.node.findAll().filter(CfnResource.isCfnResource).length;
  process.stderr.write(`${stack.stackName}: ${resources} resources, see examples/${stack.node.id}/README.md\n`);
}
