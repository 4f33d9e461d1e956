import { ContainersError } from './errors';

/** What JavaScript lets pass and a compiler would not: such mistakes may delete images, or cost money. */

/** Fails for what is not there. */
export function checkGiven(name: string, value: unknown): void {
  if (value === undefined || value === null) throw new ContainersError(`${name} must be given, got ${String(value)}`);
}

/** Fails unless it is a list; undefined passes. */
export function checkList(name: string, values: unknown): void {
  if (values === undefined || Array.isArray(values)) return;
  const shown = typeof values === 'string' ? `'${values}'` : 'something else';
  throw new ContainersError(`${name} must be a list, got ${shown}: put it into brackets`);
}

/** Fails unless it is true or false; undefined passes. */
export function checkBoolean(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  const shown = typeof value === 'string' ? `'${value}'` : String(value);
  throw new ContainersError(`${name} must be true or false, got ${shown}`);
}

/** Fails unless it is an object with such keys and no others. */
export function checkOptions(name: string, options: object, known: string[]): void {
  const isObject = typeof options === 'object' && options !== null && !Array.isArray(options);
  const keys = isObject ? Object.keys(options) : [];
  const wrong = isObject ? keys.find((key) => !known.includes(key)) : 'no object';
  if (wrong === undefined) return;
  throw new ContainersError(`the options of ${name} must be an object with ${known.join(', ')}, got ${wrong}`);
}
