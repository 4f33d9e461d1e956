import { aws_ec2 as ec2, aws_efs as efs, aws_iam as iam, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { aws_backup as backup, aws_cloudwatch as cloudwatch, aws_kms as kms, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { Mount } from './mount';
import { checkEfs } from '../rules/file-systems';
import { FINDINGS } from '../rules/findings';
import { mebibytes } from '../rules/sizes';
import { knownZones } from '../rules/zones';
import { efsMount } from './mounts/efs';
import type { EfsMountOptions, EfsSource } from './mounts/efs';
import { backUp } from './private/backup';
import { fileSystemMetric } from './private/metrics';
import { oneSubnetPerZone } from './private/subnets';

/** Files that many tasks share, made here or elsewhere. */
export interface ISharedFileSystem extends IConstruct, ec2.IConnectable {
  /** Mounts a directory into a container. */
  mount(path: string, options?: EfsMountOptions): Mount;
}

/** Properties of a `SharedFileSystem`. The names are those of `efs.FileSystem`. */
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
   * @default - elastic, or provisioned when `provisionedThroughputPerSecond` is given
   */
  readonly throughputMode?: efs.ThroughputMode;

  /**
   * Throughput that is always there and always paid for, about 6 USD a month for each MiB/s.
   * @default - none
   */
  readonly provisionedThroughputPerSecond?: Size;

  /**
   * When files that nobody reads move to infrequent access, which costs a tenth.
   * @default efs.LifecyclePolicy.AFTER_30_DAYS
   */
  readonly lifecyclePolicy?: efs.LifecyclePolicy;

  /**
   * When they move on to the archive, for half of that again. It must be later than `lifecyclePolicy`, and needs
   * elastic throughput.
   * @default - never
   */
  readonly transitionToArchivePolicy?: efs.LifecyclePolicy;

  /**
   * Moves a file back when it is read.
   * @default - it stays where it is
   */
  readonly outOfInfrequentAccessPolicy?: efs.OutOfInfrequentAccessPolicy;

  /**
   * Keeps the files in one availability zone only, for about half the price: they are gone when the zone is, and only
   * tasks in that zone can mount them. Choose it with `vpcSubnets: { availabilityZones: ['eu-west-1a'] }`.
   * @default false
   */
  readonly oneZone?: boolean;

  /**
   * A copy of the files, in another region or in this one, at most 15 minutes old.
   * @default - none
   * @see https://docs.aws.amazon.com/efs/latest/ug/efs-replication.html
   */
  readonly replicationConfiguration?: efs.ReplicationConfiguration;

  /**
   * `DISABLED` lets this file system be the copy of another one, which overwrites it.
   * @default efs.ReplicationOverwriteProtection.ENABLED
   */
  readonly replicationOverwriteProtection?: efs.ReplicationOverwriteProtection;

  /**
   * Daily backups by AWS Backup, kept for 35 days, paid for by size. Security Hub's EFS.7 wants them.
   * @default true
   */
  readonly backup?: boolean;

  /**
   * A backup plan of yours, which shall have this file system too. Its backups come on top of those of `backup`.
   * @default - none
   */
  readonly backupPlan?: backup.IBackupPlan;

  /**
   * What happens to the files when the file system leaves the stack.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Properties of `SharedFileSystem.fromFileSystem`. */
export interface FromFileSystemProps {
  /** The file system, made by you or imported with its security group. */
  readonly fileSystem: efs.IFileSystem;

  /**
   * The zones in which it has mount targets.
   * @default - unknown: tasks may stand anywhere
   */
  readonly availabilityZones?: string[];
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
 * Creates: `fileSystem` with a mount target in each zone, and `securityGroup`; with `backupPlan` a selection and its
 * role. Costs: 0.30 USD a GB and month, less for files that nobody reads, plus transfer with elastic throughput.
 *
 * @see https://docs.aws.amazon.com/efs/latest/ug/security-considerations.html
 */
export class SharedFileSystem extends Construct implements ISharedFileSystem {
  /**
   * A file system of somebody else, with the same mounts: access point, permissions, network rule, encryption in
   * transit. Its own policy is its owner's matter, and must not deny what a task role allows.
   */
  public static fromFileSystem(scope: Construct, id: string, props: FromFileSystemProps): ISharedFileSystem {
    const { fileSystem, availabilityZones = [] } = props;
    class Imported extends Construct implements ISharedFileSystem {
      public readonly connections = fileSystem.connections;
      private readonly source: EfsSource = { owner: this, fileSystem, users: new Map(), availabilityZones };
      public mount(path: string, options: EfsMountOptions = {}): Mount {
        return Mount._of(path, efsMount(this.source, options));
      }
    }
    return new Imported(scope, id);
  }

  /** The file system. */
  public readonly fileSystem: efs.FileSystem;

  /** The security group of the mount targets: closed in both directions until something mounts. */
  public readonly securityGroup: ec2.SecurityGroup;

  /** Who may connect to the mount targets. */
  public readonly connections: ec2.Connections;

  /** What puts it into `backupPlan`, if that was given. */
  public readonly backupSelection?: backup.BackupSelection;

  private readonly source: EfsSource;

  /**
   * @throws when the VPC has no private subnets and `vpcSubnets` names none, or when properties contradict each other
   */
  constructor(scope: Construct, id: string, props: SharedFileSystemProps) {
    super(scope, id);
    const { vpc, oneZone = false, provisionedThroughputPerSecond: provisioned } = props;
    const { ELASTIC, PROVISIONED } = efs.ThroughputMode;
    const settings = {
      throughputMode: props.throughputMode ?? (provisioned ? PROVISIONED : ELASTIC),
      lifecyclePolicy: props.lifecyclePolicy ?? efs.LifecyclePolicy.AFTER_30_DAYS,
      transitionToArchivePolicy: props.transitionToArchivePolicy,
    };
    checkEfs({
      ...settings,
      provisionedMebibytes: mebibytes(provisioned),
      replicated: props.replicationConfiguration !== undefined,
      overwritable: props.replicationOverwriteProtection === efs.ReplicationOverwriteProtection.DISABLED,
    });
    const subnets = oneSubnetPerZone(vpc, props.vpcSubnets, 'mount targets', oneZone);
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Mount targets of the shared file system',
      allowAllOutbound: false,
    });
    this.fileSystem = new efs.FileSystem(this, 'FileSystem', {
      ...settings,
      vpc,
      vpcSubnets: { subnets },
      securityGroup: this.securityGroup,
      encrypted: true,
      kmsKey: props.encryptionKey,
      provisionedThroughputPerSecond: provisioned,
      outOfInfrequentAccessPolicy: props.outOfInfrequentAccessPolicy,
      replicationConfiguration: props.replicationConfiguration,
      replicationOverwriteProtection: props.replicationOverwriteProtection,
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
    // The L2 takes a zone for it, and its own choice of subnets there.
    if (oneZone) {
      (this.fileSystem.node.defaultChild as efs.CfnFileSystem).availabilityZoneName = subnets[0].availabilityZone;
    }
    this.connections = this.fileSystem.connections;
    if (props.backupPlan) this.backupSelection = backUp(this, this.fileSystem, props.backupPlan);
    else if (props.backup ?? true) Validations.of(this.fileSystem).acknowledge(...FINDINGS.automaticBackups);
    this.source = {
      owner: this,
      fileSystem: this.fileSystem,
      users: new Map(),
      availabilityZones: knownZones(subnets),
    };
  }

  /**
   * Mounts a directory into a container: access point, permissions of the task role, network rule, encryption in
   * transit, and the service waits for the mount targets.
   *
   * @param path where the container sees it
   * @throws when path or directory are not absolute paths, or the directory is `/`
   */
  public mount(path: string, options: EfsMountOptions = {}): Mount {
    return Mount._of(path, efsMount(this.source, options));
  }

  /**
   * A metric of the file system, such as `PercentIOLimit`.
   * @default - average over 5 minutes
   * @see https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html
   */
  public metric(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return fileSystemMetric(this, 'AWS/EFS', this.fileSystem.fileSystemId, metricName, options);
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
