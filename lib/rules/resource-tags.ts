import { ContainersError, isToken } from './errors';

/**
 * Fails for tags that no resource can have: the engine of CDK looks at their lengths, and not at these.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html#tag-restrictions
 */
export function checkResourceTags(tags: { [key: string]: string } = {}): void {
  if (Array.isArray(tags)) {
    throw new ContainersError("resourceTags must be an object such as { team: 'shop' }, got a list");
  }
  const keys = Object.keys(tags);
  const odd = keys.find((key) => typeof tags[key] !== 'string');
  if (odd !== undefined) {
    throw new ContainersError(`a value of resourceTags must be a text, got ${String(tags[odd])} for '${odd}'`);
  }
  const reserved = keys.find((key) => !isToken(key) && (key === '' || /^aws:/i.test(key)));
  if (reserved !== undefined) {
    throw new ContainersError(
      `a key of resourceTags must have a character, and not start with 'aws:', which is reserved, got '${reserved}'`,
    );
  }
  if (keys.length > 50) throw new ContainersError(`resourceTags must have at most 50 tags, got ${keys.length}`);
}
