import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { Clock } from './clock';
import { describe, patiently } from './patience';

/** What CloudFormation asks of a custom resource. Numbers and booleans of its properties are strings. */
export interface CustomResourceEvent<T> {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: T;
  readonly OldResourceProperties?: T;
}

/** Something that the user has to read as it is, without the name of an error in front of it. */
export class Refusal extends Error {
  public readonly name = 'Refusal';
}

/**
 * Does what CloudFormation asks, and tells it how that went.
 * @param work returns the physical id, if it is another one than that of the request or the logical one
 */
export async function answer<T>(
  event: CustomResourceEvent<T>,
  clock: Clock,
  work: () => Promise<string | void>,
): Promise<void> {
  const known = event.PhysicalResourceId ?? event.LogicalResourceId;
  let body: string;
  try {
    body = responseOf(event, 'SUCCESS', (await work()) ?? known);
  } catch (error) {
    const reason = (error as Error).name === 'Refusal' ? (error as Error).message : describe(error);
    // A stack that cannot be deleted is worse than what is left behind.
    body = responseOf(event, event.RequestType === 'Delete' ? 'SUCCESS' : 'FAILED', known, reason);
  }
  console.log(body);
  await respond(clock, event.ResponseURL, body);
}

/** For one question of a rollback, in milliseconds. */
const TIME_TO_ASK = 30_000;

/** True while CloudFormation puts back what a failed deployment has changed: then nothing may stand in its way. */
export async function isRollingBack(clock: Clock, stackId: string): Promise<boolean> {
  try {
    const client = new CloudFormationClient();
    const describeStacks = () => client.send(new DescribeStacksCommand({ StackName: stackId }));
    const { Stacks } = await patiently(clock, clock.now() + TIME_TO_ASK, describeStacks);
    return Stacks?.[0]?.StackStatus?.includes('ROLLBACK') ?? false;
  } catch (error) {
    console.log(`taken for no rollback: ${describe(error)}`);
    return false;
  }
}

/** CloudFormation does not read a longer answer, and the stack would wait until its time is over. */
const MAX_BYTES = 4_096;

function responseOf<T>(event: CustomResourceEvent<T>, status: string, physicalId: string, reason?: string): string {
  const { StackId, RequestId, LogicalResourceId } = event;
  const bodyOf = (text?: string) =>
    JSON.stringify({
      Status: status,
      Reason: text,
      PhysicalResourceId: physicalId,
      StackId,
      RequestId,
      LogicalResourceId,
    });
  let body = bodyOf(reason);
  for (let length = reason?.length ?? 0; Buffer.byteLength(body) > MAX_BYTES && length > 0; length -= 50) {
    body = bodyOf(`${reason!.slice(0, length)}…`);
  }
  return body;
}

const ATTEMPTS = 5;

async function respond(clock: Clock, url: string, body: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await put(url, body);
    } catch (error) {
      // Lambda calls a function again that fails.
      if (attempt === ATTEMPTS) throw error;
      console.log(`no answer to CloudFormation: ${describe(error)}`);
      await clock.sleep(1_000 * attempt);
    }
  }
}

function put(url: string, body: string): Promise<void> {
  // Plain HTTP is for tests.
  const request = new URL(url).protocol === 'http:' ? http : https;
  // The URL is signed for an empty type.
  const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'PUT', headers, timeout: 10_000 }, (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      if (statusCode >= 200 && statusCode < 300) resolve();
      else reject(new Error(`CloudFormation answered ${statusCode}`));
    });
    sent.on('timeout', () => sent.destroy(new Error('CloudFormation did not answer in 10 seconds')));
    sent.on('error', reject);
    sent.end(body);
  });
}
