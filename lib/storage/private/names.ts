import { createHash } from 'node:crypto';
import { Stack, Token } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';

/** Readable, and unlike for any two mounts of a task. */
export function volumeName(scope: Construct, containerName: string, path: string): string {
  const [container, directory] = [containerName, path].map((part) =>
    Token.isUnresolved(part) ? '' : part.replace(/[^A-Za-z0-9_-]/g, '-'),
  );
  return `${container}${directory}`.slice(0, 200) + `-${hash(scope, [containerName, path])}`;
}

/** Of resolved values, because the text of a token changes from one synthesis to the next. */
export function hash(scope: Construct, values: string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(Stack.of(scope).resolve(values)))
    .digest('hex')
    .slice(0, 8);
}

/** Where the access point of a file system stands: beside it, or in the stack that consumes it; equal ones are one. */
export function placeAccessPoint(
  owner: Construct,
  consumer: Construct,
  what: string[],
): { readonly scope: Construct; readonly id: string } {
  const stack = Stack.of(owner);
  if (stack === Stack.of(consumer)) return { scope: owner, id: `AccessPoint${hash(owner, ['', ...what])}` };
  return { scope: consumer, id: `AccessPoint${hash(consumer, [originOf(owner), ...what])}` };
}

/** Where instances mount a file system. */
export function instancePath(owner: Construct): string {
  return `/mnt/${owner.node.id.replace(/[^A-Za-z0-9_-]/g, '-')}-${hash(owner, [originOf(owner)])}`;
}

/** Nothing of the path above the stack: an app that moves into a stage keeps its names. */
export function originOf(owner: IConstruct): string {
  const stack = Stack.of(owner);
  return owner.node.path.slice(stack.node.path.length - stack.node.id.length);
}
