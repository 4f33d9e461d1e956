import type { aws_codebuild as codebuild, aws_iam as iam, aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { assetSource } from './sources/asset';
import { bucketSource } from './sources/bucket';
import { codeConnectionSource } from './sources/code-connection';

/** Who keeps the code. */
export enum CodeProvider {
  /** github.com */
  GITHUB = 'GITHUB',
  /** bitbucket.org */
  BITBUCKET = 'BITBUCKET',
  /** gitlab.com */
  GITLAB = 'GITLAB',
}

/** Options of `ImageSource.codeConnection`. */
export interface CodeConnectionOptions {
  /**
   * The connection, which somebody has approved in the console, by its ARN: one serves all repositories that it was given.
   * @see https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-create.html
   */
  readonly connectionArn: string;

  /** The user, organization, workspace or group that has the repository, such as `acme`. */
  readonly owner: string;

  /** The name of the repository, such as `shop`. */
  readonly repository: string;

  /**
   * The branch that images are built of.
   * @default 'main'
   */
  readonly branch?: string;

  /**
   * Who keeps the code.
   * @default CodeProvider.GITHUB
   */
  readonly provider?: CodeProvider;

  /**
   * Builds an image of each push to the branch.
   * @default true
   */
  readonly webhook?: boolean;
}

/** Options of `ImageSource.asset`. */
export interface AssetSourceOptions {
  /**
   * What of the directory does not belong to the image, spelled as in `.dockerignore`: it is not uploaded, and a change of
   * it builds nothing. The Dockerfile is never left out.
   * @default - nothing, whatever `.dockerignore` says
   */
  readonly exclude?: string[];
}

/** What a source needs to know. */
export interface ImageSourceOptions {
  /** Who reads it. */
  readonly grantee: iam.IGrantable;

  /** Where its Dockerfile is, from its root. */
  readonly dockerfile: string;
}

/** What a source is for CodeBuild. */
export interface ImageSourceConfig {
  /** Where the code is. */
  readonly source: codebuild.CfnProject.SourceProperty;

  /**
   * The branch.
   * @default - what is newest
   */
  readonly sourceVersion?: string;

  /**
   * What starts builds.
   * @default - nothing of the source
   */
  readonly triggers?: codebuild.CfnProject.ProjectTriggersProperty;

  /**
   * Changes when the code changes, if that is with a deployment: it is then what starts builds.
   * @default - the code changes whenever it likes
   */
  readonly contentHash?: string;
}

/** What a kind of source does. */
export interface ImageSourceKind {
  bind(scope: Construct, options: ImageSourceOptions): ImageSourceConfig;
}

/** Where the Dockerfile of an image is, and all that it copies. */
export class ImageSource {
  /**
   * A repository of GitHub, Bitbucket or GitLab, with no secret to keep. A push to the branch builds.
   * @throws when the ARN is none of a connection, or a name is not one
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/access-tokens.html
   */
  public static codeConnection(options: CodeConnectionOptions): ImageSource {
    return ImageSource._of(codeConnectionSource(options));
  }

  /**
   * A directory of this machine, uploaded with the app. A deployment that changed it builds. So should the first one, but a
   * rule that was just made can miss the end of its own deployment: then start the first build by hand.
   * @param path the directory, relative to where the app runs
   * @throws when the directory or its Dockerfile does not exist
   */
  public static asset(path: string, options: AssetSourceOptions = {}): ImageSource {
    return ImageSource._of(assetSource(path, options));
  }

  /**
   * A ZIP archive in a bucket. A new one builds nothing by itself: start the build from what uploads it, with
   * `aws codebuild start-build --project-name …`.
   * @param key the archive, such as `shop/source.zip`
   * @throws when the key is empty, or that of a directory
   */
  public static bucket(bucket: s3.IBucket, key: string): ImageSource {
    return ImageSource._of(bucketSource(bucket, key));
  }

  /** @internal */
  public static _of(kind: ImageSourceKind): ImageSource {
    return new ImageSource(kind);
  }

  private constructor(private readonly kind: ImageSourceKind) {}

  /** Says what it is for CodeBuild, and lets the grantee read it. `ImagePipeline` calls this. */
  public bind(scope: Construct, options: ImageSourceOptions): ImageSourceConfig {
    return this.kind.bind(scope, options);
  }
}
