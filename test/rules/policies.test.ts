import { Lazy } from 'aws-cdk-lib';
import { PolicyMeter } from '../../lib/rules/policies';

const LIMIT = 6144;
const token = () => Lazy.string({ produce: () => 'later' });
const statement = (action: string, ...resources: string[]) => ({
  Action: action,
  Effect: 'Allow',
  Resource: resources,
});

/** How many statements fit, each unlike the one before. */
function fits(meter: PolicyMeter, make: (index: number) => Record<string, unknown>): number {
  let count = 0;
  while (count < 1000 && meter.add(make(count))) count++;
  return count;
}

describe('PolicyMeter', () => {
  test('stops before a document is larger than IAM allows', () => {
    const make = (index: number) => statement(`service:Action${index}`, `arn:aws:service:::thing-${index}`);
    const count = fits(new PolicyMeter(0), make);
    const document = { Version: '2012-10-17', Statement: Array.from({ length: count }, (_, index) => make(index)) };
    expect(JSON.stringify(document).length).toBeLessThanOrEqual(LIMIT);
    expect(JSON.stringify(document).length).toBeGreaterThan(LIMIT - 400);
  });

  test('counts a token as the characters that it may resolve to', () => {
    const short = fits(new PolicyMeter(10), (index) => statement(`a:${index}`, token()));
    const long = fits(new PolicyMeter(200), (index) => statement(`a:${index}`, token()));
    expect(long).toBeGreaterThan(1);
    expect(short).toBeGreaterThan(2 * long);
  });

  test('counts tokens of conditions too', () => {
    const conditioned = (index: number) => ({
      ...statement(`a:${index}`, '*'),
      Condition: { StringEquals: { key: token() } },
    });
    expect(fits(new PolicyMeter(500), conditioned)).toBeLessThan(fits(new PolicyMeter(5), conditioned) / 3);
  });

  test('counts the actions of statements once that differ in their resources only', () => {
    const actions = Array.from({ length: 20 }, (_, index) => `dynamodb:VeryLongNameOfAnAction${index}`);
    const meter = new PolicyMeter(0);
    expect(fits(meter, (index) => ({ Action: actions, Effect: 'Allow', Resource: [`arn:${index}`] }))).toBeGreaterThan(
      300,
    );
  });

  test('counts a statement once that is added again', () => {
    const meter = new PolicyMeter(100);
    for (let count = 0; count < 500; count++) {
      expect(meter.add(statement('s3:GetObject', 'arn:aws:s3:::bucket/*'))).toBe(true);
    }
  });

  test('takes a first statement that is too large: nothing could split it', () => {
    const meter = new PolicyMeter(0);
    expect(meter.add(statement('a:b', 'x'.repeat(7000)))).toBe(true);
    expect(meter.add(statement('a:c', '*'))).toBe(false);
  });
});
