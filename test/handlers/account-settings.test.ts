import { ECRClient } from '@aws-sdk/client-ecr';
import { AwsFailure, eventOf, FakeAws, FakeClock, quietly } from './fake-aws';
import type { Operation } from './fake-aws';
import { accountSettings } from '../../lib/handlers/src/account-settings/account-settings';
import { answer } from '../../lib/handlers/src/shared/custom-resource';

const BEFORE = { BASIC_SCAN_TYPE_VERSION: 'CLAIR', BLOB_MOUNTING: 'DISABLED', REGISTRY_POLICY_SCOPE: 'V1' };
const ID = 'BASIC_SCAN_TYPE_VERSION=CLAIR,BLOB_MOUNTING=DISABLED,REGISTRY_POLICY_SCOPE=V1';
const V2 = { REGISTRY_POLICY_SCOPE: 'V2' };
const BLOBS = { BLOB_MOUNTING: 'ENABLED' };
const NATIVE = { BASIC_SCAN_TYPE_VERSION: 'AWS_NATIVE' };

let aws: FakeAws;
let logs: () => string[];
/** The settings of the account. */
let account: Record<string, string>;
beforeAll(async () => {
  aws = await FakeAws.start();
  logs = quietly();
});
beforeEach(() => {
  account = { ...BEFORE };
});
afterAll(() => aws.stop());

const get: Operation = ({ name }) => ({ name, value: account[name] });
const put: Operation = ({ name, value }) => {
  account[name] = value;
  return { name, value };
};
/** Refuses some values, as ECR does with those that it has retired. */
const putBut =
  (...refused: string[]): Operation =>
  (input, call) =>
    refused.includes(input.value) ? new AwsFailure('InvalidParameterException', `no ${input.value}`) : put(input, call);

interface Setup {
  readonly get?: Operation;
  readonly put?: Operation;
  readonly stack?: string;
}

/** Asks the handler, and returns what CloudFormation is told. */
async function ask(event: Record<string, unknown>, setup: Setup = {}) {
  aws.reset({ GetAccountSetting: setup.get ?? get, PutAccountSetting: setup.put ?? put });
  aws.stackStatus = setup.stack ?? 'UPDATE_IN_PROGRESS';
  const clock = new FakeClock();
  const request = eventOf(aws, event);
  await answer(request, clock, () => accountSettings(request, new ECRClient({ maxAttempts: 1 }), clock));
  const { Status, Reason, PhysicalResourceId } = aws.answers[0];
  return { Status, Reason, id: PhysicalResourceId, seconds: clock.seconds };
}

const create = (settings: object, setup?: Setup) => ask({ ResourceProperties: { Settings: settings } }, setup);
const update = (from: object, to: object, setup?: Setup, id = ID) =>
  ask(
    {
      RequestType: 'Update',
      PhysicalResourceId: id,
      OldResourceProperties: { Settings: from },
      ResourceProperties: { Settings: to },
    },
    setup,
  );
const remove = (settings: object, setup?: Setup, id = ID) =>
  ask({ RequestType: 'Delete', PhysicalResourceId: id, ResourceProperties: { Settings: settings } }, setup);
const written = () => aws.inputs('PutAccountSetting').map(({ name, value }) => `${name}=${value}`);

describe('a creation', () => {
  test('sets what is given, and remembers all that was set before', async () => {
    expect(await create({ ...NATIVE, ...BLOBS })).toEqual({ Status: 'SUCCESS', id: ID, seconds: 0 });
    expect(account).toEqual({ ...NATIVE, ...BLOBS, REGISTRY_POLICY_SCOPE: 'V1' });
  });

  test('leaves alone what is set already', async () => {
    account.REGISTRY_POLICY_SCOPE = 'V2';
    expect((await create(V2)).Status).toBe('SUCCESS');
    expect(written()).toEqual([]);
  });

  test('needs no value that is not asked for: a region may not know it', async () => {
    const unknown: Operation = (input, call) =>
      input.name === 'BLOB_MOUNTING' ? new AwsFailure('InvalidParameterException', 'unknown') : get(input, call);
    expect(await create(V2, { get: unknown })).toMatchObject({
      Status: 'SUCCESS',
      id: 'BASIC_SCAN_TYPE_VERSION=CLAIR,REGISTRY_POLICY_SCOPE=V1',
    });
    expect(await create(BLOBS, { get: unknown })).toMatchObject({
      Status: 'FAILED',
      Reason: 'InvalidParameterException: unknown',
    });
  });

  test('has an id also when nothing was set before', async () => {
    expect((await create(V2, { get: ({ name }) => ({ name }) })).id).toBe('nothing-was-set');
    expect(written()).toEqual(['REGISTRY_POLICY_SCOPE=V2']);
  });

  test('puts back what it has changed when a later one fails', async () => {
    expect(await create({ ...BLOBS, ...V2 }, { put: putBut('V2') })).toMatchObject({
      Status: 'FAILED',
      Reason: 'InvalidParameterException: no V2',
      id: 'GateHandlerC57A114F',
    });
    expect(account).toEqual(BEFORE);
    expect(written()).toEqual(['BLOB_MOUNTING=ENABLED', 'REGISTRY_POLICY_SCOPE=V2', 'BLOB_MOUNTING=DISABLED']);
  });

  test('says why it failed also when nothing can be put back', async () => {
    const { Reason } = await create({ ...BLOBS, ...V2 }, { put: putBut('V2', 'DISABLED') });
    expect(Reason).toBe('InvalidParameterException: no V2');
    expect(logs()).toContain('not restored: BLOB_MOUNTING was DISABLED: InvalidParameterException: no DISABLED');
  });

  test('waits for a busy ECR, and for its own policy', async () => {
    const busy = new AwsFailure('ThrottlingException');
    const denied = new AwsFailure('AccessDeniedException');
    const slow = await create(V2, {
      get: (input, call) => (call < 2 ? denied : get(input, call)),
      put: (input, call) => (call < 2 ? busy : put(input, call)),
    });
    expect(slow).toMatchObject({ Status: 'SUCCESS', seconds: 20 });
  });

  test('gives up before the function is stopped', async () => {
    const busy = () => new AwsFailure('ServerException', 'busy', 500);
    expect(await create(V2, { put: busy })).toMatchObject({ Status: 'FAILED', seconds: 90 });
  });
});

describe('an update', () => {
  test('sets what is given, and keeps the id', async () => {
    expect(await update(BLOBS, { BLOB_MOUNTING: 'DISABLED', ...V2 })).toMatchObject({ Status: 'SUCCESS', id: ID });
    expect(account).toEqual({ ...BEFORE, ...V2 });
  });

  test('puts back what is given no more', async () => {
    account = { ...BEFORE, ...V2, ...BLOBS };
    expect((await update({ ...V2, ...BLOBS }, V2)).id).toBe(ID);
    expect(account).toEqual({ ...BEFORE, ...V2 });
  });

  test('does not fail for a value that AWS has retired', async () => {
    account = { ...BEFORE, ...V2, ...NATIVE };
    const { Status } = await update({ ...V2, ...NATIVE, ...BLOBS }, BLOBS, { put: putBut('V1', 'CLAIR') });
    expect(Status).toBe('SUCCESS');
    expect(account).toEqual({ ...V2, ...NATIVE, ...BLOBS });
  });

  test('puts back what was set when it fails', async () => {
    account = { ...BEFORE, ...NATIVE };
    expect(await update(NATIVE, { ...BLOBS, ...V2 }, { put: putBut('V2') })).toMatchObject({
      Status: 'FAILED',
      id: ID,
    });
    expect(account).toEqual({ ...BEFORE, ...NATIVE });
  });

  test('never stops a rollback', async () => {
    const stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    expect(await update(V2, BLOBS, { put: putBut('ENABLED'), stack })).toMatchObject({ Status: 'SUCCESS', id: ID });
    expect(logs()).toContain('left as it is: InvalidParameterException: no ENABLED');
  });

  test('never stops a rollback that cannot read', async () => {
    const broken = () => new AwsFailure('InvalidParameterException', 'unknown');
    const stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    expect((await update(V2, BLOBS, { get: broken, stack })).Status).toBe('SUCCESS');
    expect((await update(V2, BLOBS, { get: broken })).Status).toBe('FAILED');
  });

  test('of a rollback sets what was given before', async () => {
    account = { ...BEFORE, ...BLOBS };
    const stack = 'UPDATE_ROLLBACK_IN_PROGRESS';
    await update({ ...BLOBS, ...V2 }, { BLOB_MOUNTING: 'DISABLED' }, { stack });
    expect(account).toEqual(BEFORE);
  });
});

describe('a deletion', () => {
  test('puts back what was set before, of what is given only', async () => {
    account = { ...NATIVE, ...BLOBS, ...V2 };
    expect(await remove({ ...BLOBS, ...V2 })).toEqual({ Status: 'SUCCESS', id: ID, seconds: 0 });
    expect(account).toEqual({ ...BEFORE, ...NATIVE });
  });

  test('goes on with the others when one does not come back', async () => {
    account = { ...NATIVE, ...BLOBS, ...V2 };
    expect((await remove(account, { put: putBut('CLAIR') })).Status).toBe('SUCCESS');
    expect(account).toEqual({ ...BEFORE, ...NATIVE });
  });

  test.each([
    ['denied', new AwsFailure('AccessDeniedException')],
    ['throttled', new AwsFailure('ThrottlingException')],
    ['broken', new AwsFailure('ServerException', 'broken', 500)],
    ['unknown', new AwsFailure('InvalidParameterException')],
  ])('never fails, and takes a minute at the most: %s', async (_what, failure) => {
    const { Status, seconds } = await remove({ ...NATIVE, ...BLOBS, ...V2 }, { put: () => failure });
    expect(Status).toBe('SUCCESS');
    expect(seconds).toBeLessThanOrEqual(60);
  });

  test.each(['Shop-Account-1ABCDEF', 'nothing-was-set', 'BLOB_MOUNTING', 'BLOB_MOUNTING=', 'OTHER=1,=,=='])(
    'has nothing to put back when the id says nothing: %s',
    async (id) => {
      expect(await remove({ ...BLOBS, OTHER: '1' }, {}, id)).toMatchObject({ Status: 'SUCCESS', id });
      expect(aws.calls).toEqual([]);
    },
  );
});
