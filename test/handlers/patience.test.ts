import { FakeClock, quietly } from './fake-aws';
import { patiently } from '../../lib/handlers/src/shared/patience';

/** How long somebody waits who gets this error again and again. */
async function patienceWith(error: object, deadline = 300_000): Promise<number> {
  const clock = new FakeClock();
  const call = () => Promise.reject(Object.assign(new Error('no'), error));
  await expect(patiently(clock, deadline, call)).rejects.toThrow('no');
  return clock.seconds;
}

beforeAll(() => void quietly());

describe('the patience of a handler', () => {
  test.each([
    ['AWS fails', { $fault: 'server' }],
    ['AWS throttles', { name: 'ThrottlingException', $fault: 'client' }],
    ['AWS throttles, in the words of CloudFormation', { name: 'Throttling', $fault: 'client' }],
    ['there are too many requests', { name: 'TooManyRequestsException', $fault: 'client' }],
    ['there is no answer', { name: 'TimeoutError', code: 'ECONNRESET' }],
    ['nobody listens', { code: 'ECONNREFUSED' }],
    ['nobody knows the name', { code: 'EAI_AGAIN' }],
  ])('lasts to the deadline when %s', async (_what, error) => {
    expect(await patienceWith(error)).toBe(300);
  });

  test.each(['AccessDenied', 'AccessDeniedException'])('lasts a minute with %s, or to the deadline', async (name) => {
    expect(await patienceWith({ name })).toBe(60);
    expect(await patienceWith({ name }, 20_000)).toBe(20);
  });

  test.each([
    ['an error of the caller', { name: 'InvalidParameterException', $fault: 'client' }],
    ['a defect', { name: 'TypeError' }],
    ['a defect of Node', { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }],
  ])('does not last with %s', async (_what, error) => {
    expect(await patienceWith(error)).toBe(0);
  });

  test('does not go beyond the deadline', async () => {
    expect(await patienceWith({ $fault: 'server' }, 12_000)).toBe(10);
    expect(await patienceWith({ $fault: 'server' }, 0)).toBe(0);
  });

  test('ends with what the call gives', async () => {
    const clock = new FakeClock();
    const answers = [() => Promise.reject(Object.assign(new Error('busy'), { $fault: 'server' })), async () => 'done'];
    expect(await patiently(clock, 60_000, () => answers.shift()!())).toBe('done');
    expect(clock.seconds).toBe(5);
  });
});
