import { delivered, matches } from './event-pattern';
import type { Json } from './event-pattern';

const EVENT = {
  source: 'aws.ecr',
  count: 3,
  none: null,
  tags: ['a', 'b'],
  empty: [],
  detail: {
    state: 'done',
    counts: { HIGH: 2 },
    resources: [
      { id: 1, kind: 'x' },
      { id: 2, kind: 'y' },
    ],
  },
};

describe('matches', () => {
  test.each<[string, Json, boolean]>([
    ['a value', { source: ['aws.ecr'] }, true],
    ['another value', { source: ['aws.ec2'] }, false],
    ['one of several values', { source: ['aws.ec2', 'aws.ecr'] }, true],
    ['the start of a value', { source: ['aws'] }, false],
    ['another case', { source: ['AWS.ECR'] }, false],
    ['a number', { count: [3] }, true],
    ['a number as text', { count: ['3'] }, false],
    ['null', { none: [null] }, true],
    ['null for a field that is not there', { missing: [null] }, false],
    ['two fields', { source: ['aws.ecr'], count: [3] }, true],
    ['two fields of which one differs', { source: ['aws.ecr'], count: [4] }, false],
    ['a field that is not there', { missing: ['x'] }, false],
    ['one entry of a list', { tags: ['b', 'c'] }, true],
    ['no entry of a list', { tags: ['c'] }, false],
    ['an entry of an empty list', { empty: ['a'] }, false],
    ['a field below', { detail: { state: ['done'] } }, true],
    ['another field below', { detail: { state: ['open'] } }, false],
    ['a field below a value', { source: { state: ['done'] } }, false],
    ['a field below nothing', { missing: { state: ['done'] } }, false],
    ['a field of one object in a list', { detail: { resources: { kind: ['y'] } } }, true],
    ['fields of different objects in a list', { detail: { resources: { id: [1], kind: ['y'] } } }, false],
    ['a start', { source: [{ prefix: 'aws.' }] }, true],
    ['another start', { source: [{ prefix: 'ecr' }] }, false],
    ['a start of a number', { count: [{ prefix: '3' }] }, false],
    ['a start in a list', { tags: [{ prefix: 'b' }] }, true],
    ['more than', { count: [{ numeric: ['>', 2] }] }, true],
    ['not more than', { count: [{ numeric: ['>', 3] }] }, false],
    ['at least', { count: [{ numeric: ['>=', 3] }] }, true],
    ['less than', { count: [{ numeric: ['<', 3] }] }, false],
    ['at most', { count: [{ numeric: ['<=', 3] }] }, true],
    ['equal', { count: [{ numeric: ['=', 3] }] }, true],
    ['a range', { count: [{ numeric: ['>', 0, '<', 3] }] }, false],
    ['a number that is not there', { missing: [{ numeric: ['<', 3] }] }, false],
    ['a number that is a text', { source: [{ numeric: ['<', 3] }] }, false],
    ['anything but', { source: [{ 'anything-but': 'aws.ec2' }] }, true],
    ['anything but it', { source: [{ 'anything-but': ['aws.ec2', 'aws.ecr'] }] }, false],
    ['anything but, where nothing is', { missing: [{ 'anything-but': 'x' }] }, false],
    ['presence', { source: [{ exists: true }] }, true],
    ['presence of what is not there', { missing: [{ exists: true }] }, false],
    ['absence', { missing: [{ exists: false }] }, true],
    ['absence of what is there', { source: [{ exists: false }] }, false],
    ['the first alternative', { $or: [{ source: ['aws.ecr'] }, { count: [9] }] }, true],
    ['the second alternative', { $or: [{ source: ['x'] }, { count: [3] }] }, true],
    ['no alternative', { $or: [{ source: ['x'] }, { count: [9] }] }, false],
    ['an alternative and another field', { $or: [{ count: [3] }, { count: [4] }], source: ['x'] }, false],
    ['an alternative below', { detail: { counts: { $or: [{ LOW: [1] }, { HIGH: [2] }] } } }, true],
    ['no alternative below', { detail: { counts: { $or: [{ LOW: [1] }, { HIGH: [1] }] } } }, false],
  ])('%s', (_name, pattern, expected) => {
    expect(matches(pattern, EVENT)).toBe(expected);
  });

  test('takes a single alternative for a comparison that it does not know, as a field of that name', () => {
    expect(() => matches({ $or: [{ source: ['aws.ecr'] }] }, EVENT)).toThrow(
      'unknown comparison {"source":["aws.ecr"]}',
    );
  });

  test('fails for what it does not know', () => {
    expect(() => matches({ source: [{ suffix: 'ecr' }] }, EVENT)).toThrow('unknown comparison {"suffix":"ecr"}');
    expect(() => matches({}, EVENT)).toThrow('a pattern must have a field');
    expect(() => matches({ detail: {} }, EVENT)).toThrow('a pattern must have a field');
  });
});

describe('delivered', () => {
  const rule = (template: string, paths: Record<string, string>, pattern: Json = { source: ['aws.ecr'] }) => ({
    EventPattern: pattern,
    Targets: [{ InputTransformer: { InputPathsMap: paths, InputTemplate: template } }],
  });

  test('puts values where their names stand, and nothing for what is not there', () => {
    const paths = { a: '$.detail.resources[1].kind', b: '$.detail.missing.more', c: '$.empty[0]', d: '$.count' };
    expect(delivered(rule('"<a>|<b>|<c>|<d>|<d>"', paths), EVENT)).toBe('y|||3|3');
  });

  test('says nothing of events that do not match', () => {
    expect(delivered(rule('"<a>"', { a: '$.count' }, { source: ['x'] }), EVENT)).toBeUndefined();
  });

  test('fails for lists and objects, which look different in texts', () => {
    expect(() => delivered(rule('"<a>"', { a: '$.tags' }), EVENT)).toThrow('$.tags is more than a value');
    expect(() => delivered(rule('"<a>"', { a: '$.detail' }), EVENT)).toThrow('$.detail is more than a value');
  });
});
