import { Stack } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { WorkloadEndpoints } from '../../lib';
import { isolatedVpc, PrivateFixture } from '../support/endpoints';
import { Template, warnings } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { all, lenientApp } from '../support/resources';

const REFERENCES = ['strong', 'weak'];

/** Three stacks: who has the network, who has the service, who has the endpoints. */
function stacks(references: string, order: { network: string; service: string; endpoints: string }) {
  const app: App = lenientApp({ '@aws-cdk/core:defaultCrossStackReferences': references });
  const made = new Map<string, Stack>();
  const stackOf = (name: string) => {
    const stack = made.get(name) ?? new Stack(app, name);
    made.set(name, stack);
    return stack;
  };
  const vpc = isolatedVpc(stackOf(order.network));
  const fixture = PrivateFixture.around(stackOf(order.service), vpc);
  const web = fixture.web();
  new WorkloadEndpoints(stackOf(order.endpoints), 'Endpoints', { vpc, workloads: [web] });
  app.synth();
  const template = (name: string) => Template.fromStack(stackOf(name));
  [...made.keys()].forEach((name) => expectAcyclic(template(name)));
  return {
    template,
    stackOf,
    dependsOn: (one: string, other: string) => stackOf(one).dependencies.includes(stackOf(other)),
    app,
  };
}

const rulesOn443 = (template: Template) =>
  all(template, 'AWS::EC2::SecurityGroupIngress').filter(({ FromPort }) => FromPort === 443);

describe.each(REFERENCES)('with %s references', (references) => {
  test('endpoints beside the VPC come before the service, whose stack has the rule', () => {
    const { template, dependsOn, app } = stacks(references, { network: 'Net', service: 'App', endpoints: 'Net' });
    expect(dependsOn('App', 'Net')).toBe(true);
    expect(dependsOn('Net', 'App')).toBe(false);
    expect(rulesOn443(template('App'))).toHaveLength(1);
    expect(rulesOn443(template('Net'))).toHaveLength(0);
    expect(warnings(app)).toEqual([]);
  });

  test('endpoints in a stack of their own come between', () => {
    const { template, dependsOn, app } = stacks(references, { network: 'Net', service: 'App', endpoints: 'Ends' });
    expect([dependsOn('App', 'Ends'), dependsOn('Ends', 'Net'), dependsOn('Ends', 'App')]).toEqual([true, true, false]);
    expect(rulesOn443(template('App'))).toHaveLength(1);
    expect(warnings(app)).toEqual([]);
  });

  test('endpoints after the stack of VPC and service open the way themselves, and warn', () => {
    const { template, dependsOn, app } = stacks(references, { network: 'App', service: 'App', endpoints: 'Ends' });
    expect([dependsOn('Ends', 'App'), dependsOn('App', 'Ends')]).toEqual([true, false]);
    expect(rulesOn443(template('Ends'))).toHaveLength(1);
    expect(rulesOn443(template('App'))).toHaveLength(0);
    expect(warnings(app)).toEqual([
      "the endpoints are in the stack 'Ends', which is deployed after 'App' with 'App/Web/Service/Service': on the first deployment it starts without them. " +
        'Make them in the stack of the VPC, before the workload. [ack: Annotation::cdk-containers:EndpointsAfterWorkload]',
    ]);
  });
});

test('a stack that the user orders is respected', () => {
  const app = lenientApp();
  const [net, service, between, ends] = ['Net', 'App', 'Between', 'Ends'].map((id) => new Stack(app, id));
  const vpc = isolatedVpc(net);
  const web = PrivateFixture.around(service, vpc).web();
  between.addStackDependency(service);
  ends.addStackDependency(between);
  new WorkloadEndpoints(ends, 'Endpoints', { vpc, workloads: [web] });
  app.synth();
  expect(rulesOn443(Template.fromStack(ends))).toHaveLength(1);
  expect(service.dependencies).not.toContain(ends);
});
