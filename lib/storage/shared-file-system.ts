import { aws_ec2 as ec2, aws_efs as efs, aws_iam as iam, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Mount } from './mount';
import type { PosixUser } from './mount';
import { ContainersError } from '../rules/errors';
import { FINDINGS } from '../rules/findings';
import { efsMount } from './mounts/efs';
import type { EfsMountOptions } from './mounts/efs';

/** Properties of a `SharedFileSystem`. */
export interface SharedFileSystemProps {
  /** The network in which the file system is reached. */
  readonly vpc: ec2.IVpc;

  /**
   * Where the mount targets stand, one in each availability zone.
   * @default - the VPC's private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * A key of yours for the files, about 1 USD a month.
   * @default - the account's key of EFS, free
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How throughput is paid: elastic follows the load and asks for no planning.
   * @default efs.ThroughputMode.ELASTIC
   */
  readonly throughputMode?: efs.ThroughputMode;

  /**
   * When files that nobody reads move to the cheaper storage class.
   * @default efs.LifecyclePolicy.AFTER_30_DAYS
   */
  readonly lifecyclePolicy?: efs.LifecyclePolicy;

  /**
   * Daily backups by AWS Backup, kept for 35 days, paid for by size.
   * @default true
   */
  readonly backup?: boolean;

  /**
   * What happens to the files when the file system leaves the stack.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

const CLIENT_ACTIONS = [
  'elasticfilesystem:ClientMount',
  'elasticfilesystem:ClientWrite',
  'elasticfilesystem:ClientRootAccess',
];

/**
 * Files that many tasks share (Amazon EFS): encrypted, backed up, retained; reachable over TLS only, through a
 * mount target only, by identities only that were granted an access point.
 *
 * The file system's own policy denies and never allows: each mount grants its task role what it needs.
 *
 * Creates: `fileSystem` with a mount target in each zone, and `securityGroup`. Costs: 0.30 USD a GB and month,
 * less for files that nobody reads, plus transfer with elastic throughput.
 *
 * @see https://docs.aws.amazon.com/efs/latest/ug/security-considerations.html
 */
export class SharedFileSystem extends Construct implements ec2.IConnectable {
  /** The file system. */
  public readonly fileSystem: efs.FileSystem;

  /** The security group of the mount targets: closed in both directions until something mounts. */
  public readonly securityGroup: ec2.SecurityGroup;

  /** Who may connect to the mount targets. */
  public readonly connections: ec2.Connections;

  /** To whom each directory belongs, by its first mount. */
  private readonly users = new Map<string, PosixUser>();

  /**
   * @throws when the VPC has no private subnets and `vpcSubnets` names none
   */
  constructor(scope: Construct, id: string, props: SharedFileSystemProps) {
    super(scope, id);
    if (!props.vpcSubnets && props.vpc.privateSubnets.length + props.vpc.isolatedSubnets.length === 0) {
      throw new ContainersError(
        'mount targets need private subnets, and the VPC has none: name vpcSubnets, or use another VPC',
      );
    }
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'Mount targets of the shared file system',
      allowAllOutbound: false,
    });
    this.fileSystem = new efs.FileSystem(this, 'FileSystem', {
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      securityGroup: this.securityGroup,
      encrypted: true,
      kmsKey: props.encryptionKey,
      throughputMode: props.throughputMode ?? efs.ThroughputMode.ELASTIC,
      lifecyclePolicy: props.lifecyclePolicy ?? efs.LifecyclePolicy.AFTER_30_DAYS,
      enableAutomaticBackups: props.backup ?? true,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
      // Keeps the L2 from adding `Allow *` statements: this policy denies, identities are granted.
      allowAnonymousAccess: true,
      fileSystemPolicy: new iam.PolicyDocument({
        statements: [
          deny('DenyPlainTransport', { 'aws:SecureTransport': 'false' }),
          deny('DenyOutsideMountTargets', { 'elasticfilesystem:AccessedViaMountTarget': 'false' }),
        ],
      }),
    });
    this.connections = this.fileSystem.connections;
    if (props.backup ?? true) Validations.of(this.fileSystem).acknowledge(...FINDINGS.automaticBackups);
  }

  /**
   * Mounts a directory into a container: access point, permissions of the task role, network rule, encryption in
   * transit, and the service waits for the mount targets.
   *
   * @param path where the container sees it
   * @throws when path or directory are not absolute paths, or the directory is `/`
   */
  public mount(path: string, options: EfsMountOptions = {}): Mount {
    return Mount._of(path, efsMount(this, this.fileSystem, this.users, options));
  }
}

function deny(sid: string, condition: Record<string, string>): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid,
    effect: iam.Effect.DENY,
    principals: [new iam.AnyPrincipal()],
    actions: CLIENT_ACTIONS,
    conditions: { Bool: condition },
  });
}
