import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { PosixUser } from '../mount';

/** To whom files belong when nobody says. */
export const DEFAULT_USER: PosixUser = { uid: '1000', gid: '1000' };

/** Of a new directory: only the owner writes, the group reads, nobody else sees a thing. */
export const PERMISSIONS = '750';

/** How EFS and S3 Files are reached. */
export function nfs(): { readonly port: ec2.Port; readonly protocol: string } {
  return { port: ec2.Port.tcp(2049), protocol: 'NFS' };
}

/** Without a permission of its own, both treat root as nobody, who may not write the files of root. */
export function isRoot(user: PosixUser | undefined): boolean {
  return user !== undefined && [user.uid, user.gid].includes('0');
}
