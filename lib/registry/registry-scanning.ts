import type { aws_ecr as ecr } from 'aws-cdk-lib';
import type { ScanType } from './scan-type';
import { basicScanning } from './scannings/basic';
import { enhancedScanning } from './scannings/enhanced';

/** Options of `RegistryScanning.basic`. */
export interface BasicScanningOptions {
  /**
   * Which repositories are scanned when an image is pushed, by their names: `*` stands for any characters, and a filter
   * without one reaches all names that contain it. Others are scanned when somebody asks for it.
   * @default - all
   */
  readonly scanOnPush?: string[];
}

/** Options of `RegistryScanning.enhanced`. */
export interface EnhancedScanningOptions {
  /**
   * Which repositories are scanned when an image is pushed, and again whenever a vulnerability becomes known, by their
   * names: `*` stands for any characters, and a filter without one reaches all names that contain it.
   * @default - all, or none when `scanOnPush` is given
   */
  readonly continuous?: string[];

  /**
   * Which repositories are scanned when an image is pushed only, for less money. `continuous` wins where both reach one.
   * @default - none
   */
  readonly scanOnPush?: string[];
}

/** What a kind of scanning compiles to. */
export interface RegistryScanningKind {
  readonly type: ScanType;
  readonly rules: ecr.CfnRegistryScanningConfiguration.ScanningRuleProperty[];
}

/**
 * How the images of a registry are scanned: of all repositories of the account in the region, also those that other
 * stacks make.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
 */
export class RegistryScanning {
  /**
   * ECR scans: packages of the operating system, free. Events are `ECR Image Scan` of `aws.ecr`.
   * @throws when a filter is not one
   */
  public static basic(options: BasicScanningOptions = {}): RegistryScanning {
    return RegistryScanning._of(basicScanning(options));
  }

  /**
   * Amazon Inspector scans: packages of the operating system and of languages, again and again. Events are `Inspector2 Scan`
   * and `Inspector2 Finding` of `aws.inspector2`.
   *
   * A repository that no filter reaches is not scanned at all, not even when asked.
   *
   * Costs: each image at its push and each later scan, billed by Amazon Inspector. It turns Amazon Inspector on for images
   * of the whole account in the region: who deploys it needs `inspector2:Enable`, `inspector2:ListAccountPermissions` and
   * `iam:CreateServiceLinkedRole`. See `RegistrySettings` for what deleting it does. A few regions do not have it.
   *
   * @throws when a filter is not one, or one of `scanOnPush` could never act
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced.html
   */
  public static enhanced(options: EnhancedScanningOptions = {}): RegistryScanning {
    return RegistryScanning._of(enhancedScanning(options));
  }

  /** @internal */
  public static _of(kind: RegistryScanningKind): RegistryScanning {
    return new RegistryScanning(kind);
  }

  /** Who scans: what events and findings look like depends on it. */
  public readonly type: ScanType;

  private constructor(private readonly kind: RegistryScanningKind) {
    this.type = kind.type;
  }

  /** The rules of the registry's scanning configuration. */
  public bind(): ecr.CfnRegistryScanningConfiguration.ScanningRuleProperty[] {
    return this.kind.rules;
  }
}
