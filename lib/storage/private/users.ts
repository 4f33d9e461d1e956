import { Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PosixUser } from '../mount';

/** To whom the directories of a file system belong, by their first mounts. */
export type DirectoryUsers = Map<string, PosixUser>;

/** A directory is made with the first mount and belongs to that mount's user: others may not write, or not read. */
export function warnOfOtherUser(scope: Construct, users: DirectoryUsers, directory: string, user: PosixUser): void {
  const first = users.get(directory) ?? user;
  users.set(directory, first);
  if (first.uid === user.uid) return;
  Validations.of(scope).addWarning(
    'cdk-containers:MountDirectoryOfOtherUser',
    `the directory '${directory}' belongs to ${first.uid}:${first.gid} by another mount, got ${user.uid}:${user.gid} for this one, who may not write to it: ` +
      'give all mounts of a directory the same user',
  );
}
