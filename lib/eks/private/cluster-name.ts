import { Aws, Fn, Names } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** 100 characters, less a hyphen and the part of the id of the stack. */
const READABLE = 91;

/**
 * A name that is known before the cluster is made, so that its log group can be there first. A stack that is made again has
 * another id, and does not find the log group of the first one in its way.
 */
export function newClusterName(scope: Construct): string {
  const readable = Names.uniqueResourceName(scope, { maxLength: READABLE, separator: '-' });
  const uuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  // The ids are of version 1: this part is of the time, the last one is of the machine that made it.
  return `${readable}-${Fn.select(0, Fn.split('-', uuid))}`;
}
