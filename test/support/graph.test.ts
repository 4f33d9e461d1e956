import { App, CfnResource, Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ancestorsOf, cyclesOf, expectAcyclic, graphOf } from './graph';

/** Resources named A and B, of which B refers to A in some way, and A to B if asked. */
function template(toA: (a: CfnResource, b: CfnResource) => void, toB?: (a: CfnResource, b: CfnResource) => void) {
  const stack = new Stack(new App(), 'Stack');
  const a = new CfnResource(stack, 'A', { type: 'Test::A::A' });
  const b = new CfnResource(stack, 'B', { type: 'Test::B::B' });
  toA(a, b);
  toB?.(a, b);
  return Template.fromStack(stack, { skipCyclicalDependenciesCheck: true });
}

const WAYS: [string, (from: CfnResource, to: CfnResource) => void][] = [
  ['Ref', (from, to) => from.addPropertyOverride('X', [{ Deep: { Ref: to.logicalId } }])],
  ['Fn::GetAtt', (from, to) => from.addPropertyOverride('X', { 'Fn::GetAtt': [to.logicalId, 'Arn'] })],
  ['Fn::Sub', (from, to) => from.addPropertyOverride('X', Fn.sub(`arn:\${${to.logicalId}.Arn}/*`))],
  ['Fn::Sub with variables', (from, to) => from.addPropertyOverride('X', Fn.sub('${Y}', { Y: to.ref }))],
  ['DependsOn', (from, to) => from.addOverride('DependsOn', [to.logicalId])],
  ['a single DependsOn', (from, to) => from.addOverride('DependsOn', to.logicalId)],
];

describe('graph', () => {
  test.each(WAYS)('sees %s', (_name, refer) => {
    const graph = graphOf(template((a, b) => refer(b, a)));
    expect(graph.get('B')).toEqual(new Set(['A']));
    expect(graph.get('A')).toEqual(new Set());
  });

  test.each(WAYS)('finds a cycle by %s', (_name, refer) => {
    const cyclic = template((a, b) => refer(b, a), refer);
    expect(cyclesOf(graphOf(cyclic))).toEqual(['A', 'B']);
    expect(() => expectAcyclic(cyclic)).toThrow();
  });

  test('finds a resource that refers to itself', () => {
    expect(cyclesOf(graphOf(template((a) => a.addPropertyOverride('X', { Ref: 'A' }))))).toEqual(['A']);
  });

  test('leaves parameters and pseudo parameters out', () => {
    const graph = graphOf(template((a) => a.addPropertyOverride('X', { Ref: 'AWS::Region' })));
    expect(ancestorsOf(graph, 'A')).toEqual(new Set());
  });

  test('follows references through other resources', () => {
    const stack = new Stack(new App(), 'Stack');
    const [a, b, c] = ['A', 'B', 'C'].map((id) => new CfnResource(stack, id, { type: 'Test::A::A' }));
    c.addPropertyOverride('X', b.ref);
    b.addOverride('DependsOn', [a.logicalId]);
    expect(ancestorsOf(graphOf(Template.fromStack(stack)), 'C')).toEqual(new Set(['A', 'B']));
  });

  test('fails when there is nothing to look at', () => {
    expect(() => expectAcyclic(Template.fromStack(new Stack(new App(), 'Empty')))).toThrow();
  });
});
