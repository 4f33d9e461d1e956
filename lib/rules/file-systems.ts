import { checkPattern, ContainersError } from './errors';

/**
 * Access points of EFS.
 * @see https://docs.aws.amazon.com/efs/latest/ug/API_CreateAccessPoint.html
 */
export function checkDirectory(directory: string): void {
  if (directory === '/') {
    throw new ContainersError(
      "directory must be below '/', because the root of a file system reaches every directory in it, got '/'",
    );
  }
  checkPattern(
    'directory',
    directory,
    /^(?=.{1,100}$)(\/(?!\.+($|\/))[^$#<>;`|&?{}^*/\n]+){1,4}$/,
    "an absolute path of one to four parts, at most 100 characters, such as '/uploads'",
  );
}

export function checkPosixUser(user: { readonly uid: string; readonly gid: string } | undefined): void {
  checkPattern('uid', user?.uid, /^\d{1,10}$/, "a number such as '1000'");
  checkPattern('gid', user?.gid, /^\d{1,10}$/, "a number such as '1000'");
}
