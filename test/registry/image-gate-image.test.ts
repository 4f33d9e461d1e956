import { aws_ecr as ecr, aws_ecs as ecs, aws_sqs as sqs, NestedStack, Stack } from 'aws-cdk-lib';
import { ImageGate, Mount } from '../../lib';
import type { ImageGateProps } from '../../lib';
import { Fixture, newApp, only, Template } from '../support/fixture';
import { expectAcyclic } from '../support/graph';
import { allowing, expectNothingInline } from '../support/policies';
import { idOf, lenientApp, resourceOf } from '../support/resources';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('the image of an ImageGate', () => {
  function task(props: (fixture: Fixture) => Partial<ImageGateProps> = () => ({})) {
    const fixture = new Fixture(lenientApp());
    const repository = ecr.Repository.fromRepositoryName(fixture.stack, 'Images', 'shop/web');
    const gate = new ImageGate(fixture.stack, 'Gate', { repository, tagOrDigest: '1.4.2', ...props(fixture) });
    return { fixture, gate, id: idOf(gate.customResource) };
  }
  const imageOf = (template: Template) =>
    only(template, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions[0].Image;

  test('is that of the repository, which the task may pull', () => {
    const { fixture, gate } = task();
    const taskDefinition = new ecs.FargateTaskDefinition(fixture.stack, 'Task');
    taskDefinition.addContainer('main', { image: gate.image });
    const template = fixture.template();
    expect(imageOf(template)['Fn::Join'][1].at(-1)).toBe('/shop/web:1.4.2');
    const [pull] = Object.values(template.findResources('AWS::IAM::Policy'));
    expect(pull.Properties.PolicyDocument.Statement[0].Action).toContain('ecr:GetDownloadUrlForLayer');
  });

  test('is named by its digest when the gate is', () => {
    const { fixture, gate } = task(() => ({ tagOrDigest: DIGEST }));
    new ecs.FargateTaskDefinition(fixture.stack, 'Task').addContainer('main', { image: gate.image });
    expect(imageOf(fixture.template())['Fn::Join'][1].at(-1)).toBe(`/shop/web@${DIGEST}`);
  });

  test('makes the task definition wait, and its roles not', () => {
    const { fixture, gate, id } = task();
    const taskDefinition = new ecs.FargateTaskDefinition(fixture.stack, 'Task');
    taskDefinition.addContainer('main', { image: gate.image });
    const template = fixture.template();
    expect(resourceOf(template, taskDefinition).DependsOn).toEqual([id]);
    expect(resourceOf(template, taskDefinition.taskRole).DependsOn).toBeUndefined();
    expect(resourceOf(template, taskDefinition.executionRole!).DependsOn).toBeUndefined();
    expectAcyclic(template);
  });

  test('makes a web service wait, with containers that prepare its mounts', () => {
    const { fixture, gate, id } = task();
    const mounts = [Mount.configFile('/etc/app/config', 'a: 1')];
    fixture.web({ container: { image: gate.image, mounts } });
    const template = fixture.template();
    const definition = only(template, 'AWS::ECS::TaskDefinition');
    expect(definition.DependsOn).toEqual([id]);
    expect(only(template, 'AWS::ECS::Service').Properties.TaskDefinition).toEqual({ Ref: definition.id });
    expectNothingInline(template);
    expectAcyclic(template);
  });

  test.each(['strong', 'weak'])('makes tasks of other stacks wait, with %s references', (kind) => {
    const app = lenientApp({ '@aws-cdk/core:defaultCrossStackReferences': kind });
    const images = new Stack(app, 'Images');
    const repository = new ecr.Repository(images, 'Repository');
    const gates = new Stack(app, 'Gates');
    const gate = new ImageGate(gates, 'Gate', { repository, tagOrDigest: '1.4.2' });
    const fixture = new Fixture(app);
    fixture.web({ container: { image: gate.image } });
    app.synth();
    expect(fixture.stack.dependencies).toContain(gates);
    expect(gates.dependencies).not.toContain(fixture.stack);
    expect(only(fixture.template(), 'AWS::ECS::TaskDefinition').DependsOn).toBeUndefined();
  });

  test('serves several tasks', () => {
    const { fixture, gate, id } = task();
    const tasks = ['A', 'B'].map((name) => new ecs.FargateTaskDefinition(fixture.stack, name));
    tasks.forEach((each) => each.addContainer('main', { image: gate.image }));
    tasks[0].addContainer('again', { image: gate.image });
    for (const each of tasks) expect(resourceOf(fixture.template(), each).DependsOn).toEqual([id]);
  });

  test('is not needed: anything may wait for the gate', () => {
    const { fixture, gate, id } = task();
    const queue = new sqs.Queue(fixture.stack, 'Queue');
    queue.node.addDependency(gate);
    expect(resourceOf(fixture.template(), queue).DependsOn).toContain(id);
  });

  test('may come from a gate in a nested stack, which looks at the stack that it is in', () => {
    const stack = new Stack(newApp(), 'Shop');
    const nested = new NestedStack(stack, 'Nested');
    const repository = ecr.Repository.fromRepositoryName(nested, 'Images', 'shop/web');
    new ImageGate(nested, 'Gate', { repository, tagOrDigest: '1.4.2' });
    const [look] = allowing(Template.fromStack(nested), 'GateHandlerRole', 'cloudformation:DescribeStacks');
    expect(look.Resource).toEqual({ Ref: 'AWS::StackId' });
  });
});
