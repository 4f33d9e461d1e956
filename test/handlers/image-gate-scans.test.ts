import { AwsFailure, HANG_UP } from './fake-aws';
import type { Operation } from './fake-aws';
import imageReply from './fixtures/image.json';
import { basic, CLEAN, Gate, none, status } from './gate';

const gate = new Gate();

describe('a scan that is not there yet', () => {
  const WAITING: [string, unknown][] = [
    ['pending', status('PENDING')],
    ['in progress', status('IN_PROGRESS')],
    ['not known', none()],
    ['active without a result', { ...status('ACTIVE'), imageScanFindings: { findings: [] } }],
    ['complete without a result', { ...status('COMPLETE'), imageScanFindings: { findings: [] } }],
    ['active without anything', status('ACTIVE')],
  ];

  test.each(WAITING)('is waited for while it is %s', async (_what, reply) => {
    const { Status, seconds } = await gate.ask((_input, call) => (call < 3 ? reply : CLEAN));
    expect({ Status, seconds }).toEqual({ Status: 'SUCCESS', seconds: 30 });
  });

  test.each<[string, unknown, string]>([
    ['pending', status('PENDING', 'Pending start.'), 'its status is PENDING (Pending start.)'],
    ['not known', none(), 'ECR knows of none, so see whether scanning is on for this repository'],
    [
      'active without a result',
      { ...status('ACTIVE'), imageScanFindings: { findings: [] } },
      'its status is ACTIVE, without a result',
    ],
  ])('refuses the image when the time is over and it is %s', async (_what, reply, text) => {
    await gate.refuses(`shop/web:1.4.2 has no scan to judge it by: ${text}; waited 600 seconds for it`, () => reply);
    expect(gate.aws.inputs('DescribeImageScanFindings')).toHaveLength(61);
  });

  test.each(WAITING)('passes when the time is over and it is %s, if that is allowed', async (_what, reply) => {
    const { Status, seconds } = await gate.ask(() => reply, { DeployWithoutScan: 'true', TimeoutSeconds: '60' });
    expect({ Status, seconds }).toEqual({ Status: 'SUCCESS', seconds: 60 });
  });
});

describe('a scan that never comes', () => {
  const NEVER = [
    'FAILED',
    'UNSUPPORTED_IMAGE',
    'SCAN_ELIGIBILITY_EXPIRED',
    'FINDINGS_UNAVAILABLE',
    'LIMIT_EXCEEDED',
    'IMAGE_ARCHIVED',
    'SOMETHING_NEW',
  ];

  test.each(NEVER)('refuses the image at once: %s', async (name) => {
    const { Status, Reason, seconds } = await gate.ask(() => status(name, 'Why not.'));
    expect({ Status, Reason, seconds }).toEqual({
      Status: 'FAILED',
      Reason: `shop/web:1.4.2 has no scan to judge it by: its status is ${name} (Why not.)`,
      seconds: 0,
    });
  });

  test('refuses the image without a status', async () => {
    await gate.refuses('shop/web:1.4.2 has no scan to judge it by: its status is undefined', () => ({
      imageScanFindings: CLEAN.imageScanFindings,
    }));
  });

  test.each(NEVER)('passes if that is allowed: %s', async (name) => {
    await gate.passes(() => status(name), { DeployWithoutScan: 'true' });
    expect(gate.logs()).toContain(
      `passed, because of deployWithoutScan: shop/web:1.4.2 has no scan to judge it by: its status is ${name}`,
    );
  });

  test('does not let through what another scan found', async () => {
    const { Status } = await gate.ask(basic, { DeployWithoutScan: 'true' });
    expect(Status).toBe('FAILED');
  });
});

describe('an AWS that does not answer well', () => {
  const throttled = () => new AwsFailure('ThrottlingException', 'Rate exceeded');

  test('is asked again, beyond what the SDK does', async () => {
    const { Status, seconds } = await gate.ask((_input, call) => (call < 3 ? throttled() : CLEAN));
    expect({ Status, seconds }).toEqual({ Status: 'SUCCESS', seconds: 15 });
  });

  test('is asked again when the connection breaks', async () => {
    const { Status, seconds } = await gate.ask((_input, call) => (call < 2 ? HANG_UP : CLEAN));
    expect({ Status, seconds }).toEqual({ Status: 'SUCCESS', seconds: 10 });
  });

  test('is asked again for the image too', async () => {
    const image: Operation = (_input, call) => (call < 1 ? new AwsFailure('ServerException', 'busy', 500) : imageReply);
    const { Status, seconds } = await gate.ask(() => CLEAN, {}, { image });
    expect({ Status, seconds }).toEqual({ Status: 'SUCCESS', seconds: 5 });
  });

  test('refuses the image when the time is over', async () => {
    const { Status, Reason, seconds } = await gate.ask(throttled, { TimeoutSeconds: '10' });
    expect({ Status, Reason, seconds }).toEqual({
      Status: 'FAILED',
      Reason: 'ThrottlingException: Rate exceeded',
      seconds: 10,
    });
  });

  test('may need a minute to know the policy of the function', async () => {
    const denied = new AwsFailure('AccessDeniedException', 'not authorized to perform: inspector2:ListFindings');
    const late = await gate.ask((_input, call) => (call < 12 ? denied : CLEAN));
    expect([late.Status, late.seconds]).toEqual(['SUCCESS', 60]);
    const never = await gate.ask(() => denied);
    expect([never.Status, never.seconds]).toEqual(['FAILED', 60]);
    expect(never.Reason).toBe('AccessDeniedException: not authorized to perform: inspector2:ListFindings');
  });

  test('is not asked again when it says what is wrong', async () => {
    const { Reason, seconds } = await gate.ask(() => new AwsFailure('InvalidParameterException', 'no'));
    expect([Reason, seconds]).toEqual(['InvalidParameterException: no', 0]);
  });
});
