import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../lib/handlers/src/shared/clock';

/** An error of AWS, as its JSON services send it. */
export class AwsFailure {
  constructor(
    public readonly type: string,
    public readonly message = `${type} of the test`,
    public readonly status = 400,
  ) {}
}

/** What an operation answers that breaks the connection. */
export const HANG_UP = {};

/** What an operation answers to its n-th call, from 0: a body, or a failure. */
export type Operation = (input: any, call: number) => unknown;

/** A call that the handler made. */
interface Call {
  readonly operation: string;
  readonly input: any;
}

/**
 * What a handler talks to, on this machine: the JSON API of ECR, the query API of CloudFormation, and the URL to which it
 * answers. The AWS SDK goes where AWS_ENDPOINT_URL says.
 */
export class FakeAws {
  public static async start(): Promise<FakeAws> {
    const fake = new FakeAws();
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: fake.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    return fake;
  }

  /** What was called. */
  public calls: Call[] = [];
  /** What CloudFormation was told, as it came. */
  public bodies: string[] = [];
  public headers: IncomingMessage['headers'][] = [];
  /** What the response URL answers to the first requests. */
  public responseStatus: number[] = [];
  public operations: Record<string, Operation> = {};
  /** Of the stack; undefined fails, and nothing is no stack. */
  public stackStatus?: string = 'UPDATE_IN_PROGRESS';
  /** How often it is too busy to say it. */
  public stackBusy = 0;
  private readonly server: Server = createServer((request, response) => void this.serve(request, response));

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What CloudFormation was told. */
  public get answers(): any[] {
    return this.bodies.map((body) => JSON.parse(body));
  }

  /** The inputs of an operation. */
  public inputs(operation: string): any[] {
    return this.calls.filter((call) => call.operation === operation).map(({ input }) => input);
  }

  public reset(operations: Record<string, Operation>): void {
    Object.assign(this, {
      calls: [],
      bodies: [],
      headers: [],
      responseStatus: [],
      operations,
      stackStatus: 'UPDATE_IN_PROGRESS',
    });
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.method === 'PUT') {
      const status = this.responseStatus.shift() ?? 200;
      this.headers.push(request.headers);
      if (status === 200) this.bodies.push(body);
      response.writeHead(status).end();
      return;
    }
    const target = request.headers['x-amz-target'] as string | undefined;
    if (target) this.json(target.split('.')[1], JSON.parse(body), response);
    else this.query(new URLSearchParams(body), response);
  }

  private json(operation: string, input: any, response: ServerResponse): void {
    const answer = this.operations[operation]?.(input, this.inputs(operation).length);
    this.calls.push({ operation, input });
    const headers = { 'content-type': 'application/x-amz-json-1.1' };
    if (answer === undefined) throw new Error(`the test does not know ${operation}`);
    if (answer === HANG_UP) {
      response.destroy();
    } else if (isFailure(answer)) {
      response.writeHead(answer.status, headers).end(JSON.stringify({ __type: answer.type, message: answer.message }));
    } else {
      response.writeHead(200, headers).end(JSON.stringify(answer));
    }
  }

  private query(input: URLSearchParams, response: ServerResponse): void {
    this.calls.push({ operation: input.get('Action')!, input: Object.fromEntries(input) });
    const headers = { 'content-type': 'text/xml' };
    if (this.stackBusy-- > 0) {
      const error = '<Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>';
      response.writeHead(400, headers).end(`<ErrorResponse>${error}</ErrorResponse>`);
      return;
    }
    if (this.stackStatus === undefined) {
      const error = '<Error><Type>Sender</Type><Code>ValidationError</Code><Message>no such stack</Message></Error>';
      response.writeHead(400, headers).end(`<ErrorResponse>${error}</ErrorResponse>`);
      return;
    }
    const member =
      this.stackStatus && `<member><StackName>Shop</StackName><StackStatus>${this.stackStatus}</StackStatus></member>`;
    const result = `<DescribeStacksResult><Stacks>${member}</Stacks></DescribeStacksResult>`;
    response.writeHead(200, headers).end(`<DescribeStacksResponse>${result}</DescribeStacksResponse>`);
  }
}

function isFailure(answer: unknown): answer is AwsFailure {
  return (answer as AwsFailure).type !== undefined && (answer as AwsFailure).status !== undefined;
}

/** Time that passes only while somebody sleeps. */
export class FakeClock implements Clock {
  private time = 0;

  public now(): number {
    return this.time;
  }

  public async sleep(milliseconds: number): Promise<void> {
    this.time += milliseconds;
  }

  public get seconds(): number {
    return this.time / 1_000;
  }
}

/** What every request of CloudFormation has. */
export function eventOf(fake: FakeAws, more: Record<string, unknown>): any {
  return {
    RequestType: 'Create',
    ResponseURL: `${fake.url}/response`,
    StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Shop/0b7c2a30-1d6a-11ef-8c3b-0a1b2c3d4e5f',
    RequestId: '4c2b5b0e-6f0e-4d0a-9a5e-0f1e2d3c4b5a',
    LogicalResourceId: 'GateHandlerC57A114F',
    ...more,
  };
}

/** Keeps the logs of handlers out of the report, and gives them. */
export function quietly(): () => string[] {
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  return () => log.mock.calls.map(([text]) => String(text));
}
