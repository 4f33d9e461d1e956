import type { Duration, Size } from 'aws-cdk-lib';

/** Which data of a volume moves from SSD to the capacity pool, which costs about a sixth. */
export enum OntapTieringPolicy {
  /** What nobody read for the cooling period, snapshots first. */
  AUTO = 'AUTO',
  /** What only snapshots have. */
  SNAPSHOT_ONLY = 'SNAPSHOT_ONLY',
  /** Everything, at once. */
  ALL = 'ALL',
  /** Nothing. */
  NONE = 'NONE',
}

/** Options of `OntapFileSystem.addVolume`. */
export interface OntapVolumeOptions {
  /** Where NFS clients find it, such as '/data'. */
  readonly junctionPath: string;

  /** How much it may hold, 20 MiB at least. It takes space when it is written to. */
  readonly size: Size;

  /**
   * Its name in ONTAP.
   * @default - from the junction path
   */
  readonly volumeName?: string;

  /**
   * Which data moves to cheaper storage.
   * @default OntapTieringPolicy.AUTO
   */
  readonly tieringPolicy?: OntapTieringPolicy;

  /**
   * How long data must not be read before it moves, 2 to 183 days.
   * @default - 31 days for `AUTO`, 2 for `SNAPSHOT_ONLY`
   */
  readonly coolingPeriod?: Duration;

  /**
   * Compresses and deduplicates.
   * @default true
   */
  readonly storageEfficiency?: boolean;

  /**
   * Which snapshots are kept: `default`, `default-1weekly`, `none`, or one of yours.
   * @default 'default'
   */
  readonly snapshotPolicy?: string;
}
