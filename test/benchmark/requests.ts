import type { Shape, Share } from './shape-names';

/** What a child process is asked to synthesise. */
export interface SynthRequest {
  readonly shape: Shape;
  readonly services: number;
  readonly perStack: number;
  /**
   * Instead of web services with a load balancer each: workers on instances of EC2, repositories, or web services behind
   * shared load balancers.
   */
  readonly instead?: 'workers' | 'repositories' | 'routes';
  /** What services behind a shared load balancer share beside it: nothing if not given. */
  readonly share?: Share;
  /** Path of the compiled library, only loaded for the shape "ours". */
  readonly library: string;
  readonly outdir: string;
  /** The services run on a cluster of somebody else, of which the app knows nothing but its name. */
  readonly importedCluster?: boolean;
  /** Counts function calls, exactly. It slows the process down, so its times say nothing. */
  readonly countCalls?: boolean;
}

/** What it took. Times are of construction and synthesis, without the start of the process. */
export interface SynthResult {
  readonly constructMs: number;
  readonly synthMs: number;
  readonly wallMs: number;
  /** Processor time of all threads: on a machine with other work, the fairer one. */
  readonly cpuMs: number;
  readonly rssMiB: number;
  readonly resources: number;
  readonly bytes: number;
  readonly types: Record<string, number>;
  readonly constructs: number;
  /** Statements of IAM policies that allow something on a wildcard. */
  readonly wildcards: string[];
  readonly calls?: number;
  /** What the validation found, when it did. */
  readonly finding?: string;
}

/** What a child process is asked to load. */
export interface ImportRequest {
  readonly library: string;
  /** What an app has loaded before: nothing, `App` and `Stack` of aws-cdk-lib, or those and the files of `preload`. */
  readonly before: 'nothing' | 'app';
  readonly preload?: string[];
  /** Finds out who loads what. It slows loading down, so its times say nothing. */
  readonly trace?: boolean;
}

/** What loading took, in processor time. */
export interface ImportResult {
  /** Of aws-cdk-lib with `App` and `Stack`: the yardstick of the machine. */
  readonly cdkMs: number;
  readonly cpuMs: number;
  /** Files of the library that were loaded. */
  readonly files: number;
  /** Files of aws-cdk-lib that were loaded with it. */
  readonly cdkFiles: string[];
  /** What ran besides definitions, with the line of the library behind it. */
  readonly culprits: string[];
}
