/** A badge and search filter of the Amazon ECR Public Gallery. */
export enum PublicArchitecture {
  /** 32-bit ARM. */
  ARM = 'ARM',
  /** 64-bit ARM, such as AWS Graviton. */
  ARM_64 = 'ARM 64',
  /** 32-bit Intel and AMD. */
  X86 = 'x86',
  /** 64-bit Intel and AMD. */
  X86_64 = 'x86-64',
}

/** A badge and search filter of the Amazon ECR Public Gallery. */
export enum PublicOperatingSystem {
  /** Linux. */
  LINUX = 'Linux',
  /** Windows. */
  WINDOWS = 'Windows',
}

/** What the world reads of a public repository in the Amazon ECR Public Gallery. */
export interface PublicCatalogOptions {
  /**
   * A short description, also in the results of a search. At most 1,024 characters.
   * @default - none
   */
  readonly description?: string;

  /**
   * What is in the images, in Markdown. At most 10,240 characters.
   * @default - none
   */
  readonly aboutText?: string;

  /**
   * How to use the images, in Markdown. At most 10,240 characters.
   * @default - none
   */
  readonly usageText?: string;

  /**
   * What the images run on. It is not checked against the images.
   * @default - none
   */
  readonly architectures?: PublicArchitecture[];

  /**
   * What the images are for. It is not checked against the images.
   * @default - none
   */
  readonly operatingSystems?: PublicOperatingSystem[];
}
