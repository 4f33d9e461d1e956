/** An image to try a retention on, with `Retention.explain`. */
export interface ExampleImage {
  /** What you call it; unique among the examples. */
  readonly name: string;

  /**
   * Its tags. A tag names one image of a repository.
   * @default - none: an untagged image
   */
  readonly tags?: string[];

  /** How many days ago it was pushed, or came back from the archive. Of two that are equal the later one is newer. */
  readonly pushedDaysAgo: number;

  /**
   * How many days ago it was last pulled.
   * @default - never pulled: ECR takes the push
   */
  readonly pulledDaysAgo?: number;

  /**
   * How many days ago it moved to the archive.
   * @default - it is in standard storage
   */
  readonly archivedDaysAgo?: number;

  /**
   * The name of the manifest list that it belongs to, as one platform of an image for several does.
   * @default - none
   */
  readonly listedBy?: string;
}

/** What becomes of an image. */
export enum RetentionFate {
  /** It stays where it is. */
  KEPT = 'kept',

  /** It moves to the archive, from where nobody can pull it until it is restored. */
  ARCHIVED = 'archived',

  /** It is deleted. */
  EXPIRED = 'expired',
}

/** What becomes of an example the next time that ECR looks. */
export interface ImageFate {
  /** The name of the example. */
  readonly name: string;

  /** What becomes of it. */
  readonly fate: RetentionFate;

  /**
   * The description of the rule that decides. No rule after it reaches the image, also when this one keeps it.
   * @default - none: no rule selects the image, so it stays
   */
  readonly rule?: string;

  /**
   * The manifest list that has to be gone or archived before the rule may act.
   * @default - it waits for none
   */
  readonly waitsFor?: string;
}
