import { checkPattern, ContainersError, isToken } from './errors';

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
    /^(?=.{1,100}$)(\/(?!\.)[^$#<>;`|&?{}^*/\n]+){1,4}$/,
    "an absolute path of one to four parts, at most 100 characters, such as '/uploads'",
  );
}

export function checkPosixUser(user: { readonly uid: string; readonly gid: string } | undefined): void {
  for (const [name, id] of [
    ['uid', user?.uid],
    ['gid', user?.gid],
  ]) {
    checkPattern(name!, id, /^\d{1,10}$/, NUMBER);
    if (id !== undefined && !isToken(id) && Number(id) > LARGEST_ID) {
      throw new ContainersError(`${name} must be ${NUMBER}, got '${id}'`);
    }
  }
}

const LARGEST_ID = 4294967295;
const NUMBER = `a number such as '1000', at most ${LARGEST_ID}`;
