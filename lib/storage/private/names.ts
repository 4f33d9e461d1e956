import { createHash } from 'node:crypto';
import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

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
