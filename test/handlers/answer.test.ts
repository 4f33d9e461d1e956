import { eventOf, FakeClock } from './fake-aws';
import imageReply from './fixtures/image.json';
import { basic, CLEAN, Gate, PROPERTIES } from './gate';
import { answer, isRollingBack } from '../../lib/handlers/src/shared/custom-resource';

const gate = new Gate();

describe('the answer', () => {
  test('is all that CloudFormation wants to know', async () => {
    const { seconds, ...told } = await gate.ask(() => CLEAN);
    expect(told).toEqual({
      Status: 'SUCCESS',
      PhysicalResourceId: 'GateHandlerC57A114F',
      StackId: expect.stringContaining(':stack/Shop/'),
      RequestId: '4c2b5b0e-6f0e-4d0a-9a5e-0f1e2d3c4b5a',
      LogicalResourceId: 'GateHandlerC57A114F',
    });
    expect(seconds).toBe(0);
    expect(gate.aws.headers[0]).toMatchObject({
      'content-type': '',
      'content-length': String(gate.aws.bodies[0].length),
    });
  });

  test.each([
    ['passes', () => CLEAN],
    ['refuses', basic],
  ])('keeps the physical id when the gate %s', async (_what, scan) => {
    const event = { RequestType: 'Update', PhysicalResourceId: 'as-it-was' };
    expect((await gate.ask(scan, {}, { event })).PhysicalResourceId).toBe('as-it-was');
  });

  test('is sent again when CloudFormation did not take it', async () => {
    gate.aws.reset({ BatchGetImage: () => imageReply, DescribeImageScanFindings: () => CLEAN });
    gate.aws.responseStatus = [500, 403, 500, 500];
    const clock = new FakeClock();
    const event = eventOf(gate.aws, { ResourceProperties: PROPERTIES });
    await answer(event, clock, async () => undefined);
    expect(gate.aws.headers).toHaveLength(5);
    expect(gate.aws.answers).toHaveLength(1);
    expect(clock.seconds).toBe(10);
  });

  test('is left to another call of Lambda after five attempts', async () => {
    gate.aws.reset({});
    gate.aws.responseStatus = [500, 500, 500, 500, 500];
    const event = eventOf(gate.aws, { ResourceProperties: PROPERTIES });
    await expect(answer(event, new FakeClock(), async () => undefined)).rejects.toThrow('CloudFormation answered 500');
    expect(gate.aws.headers).toHaveLength(5);
  });

  test.each(['a', 'ü', '"', '\n', '😀'])(
    'has at most 4,096 bytes, also when the reason is made of %j',
    async (letter) => {
      gate.aws.reset({});
      const event = eventOf(gate.aws, { ResourceProperties: PROPERTIES, PhysicalResourceId: 'p'.repeat(1_000) });
      await answer(event, new FakeClock(), async () => {
        throw new Error(letter.repeat(10_000));
      });
      const size = Buffer.byteLength(gate.aws.bodies[0]);
      expect(size).toBeLessThanOrEqual(4_096);
      expect(size).toBeGreaterThan(3_400);
      expect(gate.aws.answers[0].Reason).toMatch(/^Error: .+…$/s);
    },
  );

  test('is whole when it is short enough', async () => {
    gate.aws.reset({});
    const event = eventOf(gate.aws, { ResourceProperties: PROPERTIES });
    await answer(event, new FakeClock(), () => Promise.reject(new Error('short')));
    expect(gate.aws.answers[0].Reason).toBe('Error: short');
  });

  test('of a deletion is never a failure: a stack that cannot be deleted is worse than what is left', async () => {
    gate.aws.reset({});
    const event = eventOf(gate.aws, {
      RequestType: 'Delete',
      PhysicalResourceId: 'old',
      ResourceProperties: PROPERTIES,
    });
    await answer(event, new FakeClock(), () => Promise.reject(new Error('gone')));
    expect(gate.aws.answers[0]).toMatchObject({ Status: 'SUCCESS', Reason: 'Error: gone', PhysicalResourceId: 'old' });
  });

  test('never logs the URL, with which anyone could answer', async () => {
    await gate.ask(() => CLEAN);
    expect(gate.logs().join()).not.toContain('/response');
  });
});

describe('deployments that must not be held up', () => {
  const MUST_PASS = [
    'UPDATE_ROLLBACK_IN_PROGRESS',
    'ROLLBACK_IN_PROGRESS',
    'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
  ];

  test.each(MUST_PASS)('pass without a look: %s', async (name) => {
    await gate.passes(basic, {}, { event: { RequestType: 'Update' }, stack: { status: name } });
    expect(gate.aws.calls).toEqual([
      { operation: 'DescribeStacks', input: expect.objectContaining({ StackName: eventOf(gate.aws, {}).StackId }) },
    ]);
  });

  test('pass also when AWS is too busy to say at once that they are', async () => {
    gate.aws.reset({});
    gate.aws.stackStatus = 'UPDATE_ROLLBACK_IN_PROGRESS';
    // More than the SDK tries by itself.
    gate.aws.stackBusy = 4;
    const clock = new FakeClock();
    expect(await isRollingBack(clock, eventOf(gate.aws, {}).StackId)).toBe(true);
    expect(clock.seconds).toBe(5);
  });

  test('are no others', async () => {
    for (const name of ['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', '', undefined]) {
      expect((await gate.ask(basic, {}, { stack: { status: name } })).Status).toBe('FAILED');
    }
  });

  test('are deletions, of which nothing is asked', async () => {
    await gate.passes(basic, {}, { event: { RequestType: 'Delete' } });
    expect(gate.aws.calls).toEqual([]);
  });
});
