import { table } from './numbers';

/** What was wanted, what came out. */
export class Goals {
  private readonly rows: string[][] = [];
  private misses = 0;
  private failures = 0;

  /** A number that must not be above its limit. A miss fails the benchmark with `--strict` only. */
  public atMost(name: string, limit: number, value: number, format: (value: number) => string): void {
    const met = value <= limit;
    if (!met) this.misses++;
    this.rows.push([name, `at most ${format(limit)}`, format(value), met ? 'PASS' : 'MISS']);
  }

  /** Something that must not be there. A miss fails the benchmark with `--strict` only. */
  public none(name: string, found: string[]): void {
    if (found.length > 0) this.misses++;
    this.rows.push([
      name,
      'none',
      found.length === 0 ? 'none' : found.join('; '),
      found.length === 0 ? 'PASS' : 'MISS',
    ]);
  }

  /** Something without which the benchmark itself is wrong. A failure fails it always. */
  public must(name: string, found: string[]): void {
    if (found.length > 0) this.failures++;
    this.rows.push([
      name,
      'none',
      found.length === 0 ? 'none' : found.join('; '),
      found.length === 0 ? 'PASS' : 'FAIL',
    ]);
  }

  public get missed(): boolean {
    return this.misses > 0;
  }

  public get broken(): boolean {
    return this.failures > 0;
  }

  public table(): string {
    return `## Goals\n\n${table(['goal', 'wanted', 'measured', 'verdict'], this.rows)}`;
  }
}
