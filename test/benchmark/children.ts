import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Library } from './library';
import type { ImportRequest, ImportResult, SynthRequest, SynthResult } from './requests';

/** Runs each measurement in a process of its own. */
export class Children {
  constructor(
    private readonly home: string,
    private readonly library: Library,
  ) {}

  public synth(request: Omit<SynthRequest, 'library' | 'outdir'>, validation = false): SynthResult {
    const outdir = mkdtempSync(join(tmpdir(), 'cdk-containers-bench-'));
    try {
      const full: SynthRequest = { ...request, library: this.library.path, outdir };
      // Left out, the validation is on.
      return this.run('measure-synth.js', full, [], validation ? undefined : 'false') as SynthResult;
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  }

  public import(request: Omit<ImportRequest, 'library'>): ImportResult {
    const full: ImportRequest = { ...request, library: this.library.path };
    return this.run('measure-import.js', full, request.trace ? ['--enable-source-maps'] : []) as ImportResult;
  }

  private run(script: string, request: unknown, flags: string[] = [], validation?: string): unknown {
    const child = spawnSync(process.execPath, [...flags, join(this.home, script), JSON.stringify(request)], {
      encoding: 'utf8',
      timeout: 10 * 60 * 1000,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, CDK_VALIDATION: validation, NODE_OPTIONS: undefined, NODE_COMPILE_CACHE: undefined },
    });
    if (child.status !== 0) {
      throw new Error(
        `${script} ${JSON.stringify(request)} failed: ${child.error?.message ?? ''}\n${child.stderr.slice(-4000)}`,
      );
    }
    return JSON.parse(child.stdout);
  }
}
