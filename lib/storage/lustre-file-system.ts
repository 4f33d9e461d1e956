import { aws_ec2 as ec2, aws_fsx as fsx, CfnResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { aws_cloudwatch as cloudwatch, aws_kms as kms, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IInstanceFileSystem, InstanceFileSystem, InstanceMountOptions } from './instance-file-system';
import { Mount } from './mount';
import { instanceDirectoryMount } from './mounts/instance-directory';
import { byArn } from './private/keys';
import { fileSystemMetric } from './private/metrics';
import { instancePath } from './private/names';
import { oneSubnetPerZone } from './private/subnets';
import { checkLustre, lowestCapacity } from '../rules/lustre';
import { gibibytes } from '../rules/sizes';

/** Properties of a `LustreFileSystem`. The names are those of `fsx.LustreFileSystem`. */
export interface LustreFileSystemProps {
  /** The network in which the file system is reached. */
  readonly vpc: ec2.IVpc;

  /**
   * The subnet in which it stands. Lustre has one; instances of other zones reach it too, for the price of traffic between zones.
   * @default - the first private subnet of the VPC
   */
  readonly vpcSubnet?: ec2.ISubnet;

  /**
   * How much it holds: 1200 GiB, 2400 GiB, and so on in steps of 2400 GiB; other types have other steps.
   * @default - the least of the type: 1200 GiB on SSD
   */
  readonly storageCapacity?: Size;

  /**
   * `SCRATCH_2` is for data that may be lost: it costs less and has no copies and no backups.
   * @default fsx.LustreDeploymentType.PERSISTENT_2
   */
  readonly deploymentType?: fsx.LustreDeploymentType;

  /**
   * Throughput in MB/s for each TiB: 125, 250, 500 or 1000 for `PERSISTENT_2`.
   * @default - the lowest of the type
   */
  readonly perUnitStorageThroughput?: number;

  /**
   * Hard disks are for `PERSISTENT_1` only, with 12 or 40 MB/s for each TiB. Intelligent tiering is not for this class.
   * @default fsx.StorageType.SSD
   */
  readonly storageType?: fsx.StorageType;

  /**
   * The version of Lustre. The client of Amazon Linux 2023 speaks with 2.12 and 2.15.
   * @default fsx.FileSystemTypeVersion.V_2_15
   */
  readonly fileSystemTypeVersion?: fsx.FileSystemTypeVersion;

  /**
   * Compresses what is written, which saves space and mostly time.
   * @default fsx.LustreDataCompressionType.LZ4
   */
  readonly dataCompressionType?: fsx.LustreDataCompressionType;

  /**
   * How long daily backups are kept, 0 for none; scratch file systems have none.
   * @default Duration.days(7)
   */
  readonly automaticBackupRetention?: Duration;

  /**
   * When the daily backup is made.
   * @default - AWS chooses
   */
  readonly dailyAutomaticBackupStartTime?: fsx.DailyAutomaticBackupStartTime;

  /**
   * When AWS patches it.
   * @default - AWS chooses
   */
  readonly weeklyMaintenanceStartTime?: fsx.LustreMaintenanceTime;

  /**
   * A key of yours, for persistent file systems, about 1 USD a month.
   * @default - the account's key of FSx, free
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the files when the file system leaves the stack. What is retained keeps its subnet and security group too.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Properties of `LustreFileSystem.fromLustreFileSystemAttributes`. */
export interface LustreFileSystemAttributes {
  /** Its name in the network. */
  readonly dnsName: string;

  /** What its clients mount; FSx made it up. */
  readonly mountName: string;

  /** Its security group. Its rules are changed unless it is imported as immutable. */
  readonly securityGroup: ec2.ISecurityGroup;
}

/** A file system of FSx for Lustre that was made elsewhere. */
export interface ILustreFileSystem extends IInstanceFileSystem {
  /** Mounts a directory into a container. */
  mount(path: string, options?: InstanceMountOptions): Mount;
}

const PORTS = [ec2.Port.tcp(988), ec2.Port.tcpRange(1018, 1023)];
const LOWEST_THROUGHPUT: Record<string, number> = { PERSISTENT_1: 50, PERSISTENT_2: 125 };

/**
 * Files for many machines at once, with hundreds of gigabytes a second and latencies below a millisecond (Amazon FSx for
 * Lustre): for training, rendering and simulation. ECS cannot mount it, but instances can when they start: put it into
 * `fileSystems` of an `InstancePool`, and mount directories of it into containers there.
 *
 * Creates: `fileSystem` and `securityGroup`, with the ports of Lustre between file servers and no others.
 * Costs: from 0.145 USD a GB and month; the smallest has 1200 GiB. It stands in one availability zone.
 *
 * @see https://docs.aws.amazon.com/fsx/latest/LustreGuide/what-is.html
 */
export class LustreFileSystem extends Construct implements ILustreFileSystem {
  /** A file system that was made elsewhere. */
  public static fromLustreFileSystemAttributes(
    scope: Construct,
    id: string,
    attrs: LustreFileSystemAttributes,
  ): ILustreFileSystem {
    class Imported extends Construct implements ILustreFileSystem {
      public readonly connections = new ec2.Connections({ securityGroups: [attrs.securityGroup] });
      /** @internal */
      public readonly _instanceFileSystem = lustre(this, attrs);
      public mount(path: string, options: InstanceMountOptions = {}): Mount {
        return lustreMount(this, path, options);
      }
    }
    return new Imported(scope, id);
  }

  /** The file system. */
  public readonly fileSystem: fsx.LustreFileSystem;

  /** The security group of the file servers. */
  public readonly securityGroup: ec2.SecurityGroup;

  /** Who may connect to the file servers. */
  public readonly connections: ec2.Connections;

  /** @internal */
  public readonly _instanceFileSystem: InstanceFileSystem;

  /**
   * @throws when the VPC has no private subnet and `vpcSubnet` is not given, or the properties do not go together
   */
  constructor(scope: Construct, id: string, props: LustreFileSystemProps) {
    super(scope, id);
    const {
      deploymentType = fsx.LustreDeploymentType.PERSISTENT_2,
      storageType = fsx.StorageType.SSD,
      fileSystemTypeVersion = fsx.FileSystemTypeVersion.V_2_15,
      perUnitStorageThroughput = storageType === fsx.StorageType.HDD ? 12 : LOWEST_THROUGHPUT[deploymentType],
      removalPolicy = RemovalPolicy.RETAIN,
      encryptionKey,
    } = props;
    const persistent = deploymentType.startsWith('PERSISTENT');
    const automaticBackupRetention = props.automaticBackupRetention ?? (persistent ? Duration.days(7) : undefined);
    const storageCapacityGiB =
      gibibytes(props.storageCapacity) ?? lowestCapacity(storageType, perUnitStorageThroughput);
    checkLustre({
      deploymentType,
      storageType,
      capacityGiB: storageCapacityGiB,
      throughput: perUnitStorageThroughput,
      backupDays: automaticBackupRetention?.toDays({ integral: false }),
      backupTime: props.dailyAutomaticBackupStartTime !== undefined,
      encryptionKey: encryptionKey !== undefined,
      version: fileSystemTypeVersion,
    });
    const vpcSubnet = props.vpcSubnet ?? oneSubnetPerZone(props.vpc, undefined, 'file servers of Lustre')[0];

    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'File servers of FSx for Lustre',
      allowAllOutbound: false,
    });
    PORTS.forEach((port) => this.securityGroup.connections.allowInternally(port, 'Between file servers'));
    this.fileSystem = new fsx.LustreFileSystem(this, 'FileSystem', {
      vpc: props.vpc,
      vpcSubnet,
      storageCapacityGiB,
      storageType,
      fileSystemTypeVersion,
      kmsKey: encryptionKey && byArn(encryptionKey),
      removalPolicy,
      // The L2 would open all ports from 988 to 1023.
      securityGroup: ec2.SecurityGroup.fromSecurityGroupId(this, 'Closed', this.securityGroup.securityGroupId, {
        mutable: false,
      }),
      lustreConfiguration: {
        deploymentType,
        perUnitStorageThroughput,
        dataCompressionType: props.dataCompressionType ?? fsx.LustreDataCompressionType.LZ4,
        automaticBackupRetention,
        // Changing it later replaces the file system.
        copyTagsToBackups: persistent ? true : undefined,
        dailyAutomaticBackupStartTime: props.dailyAutomaticBackupStartTime,
        weeklyMaintenanceStartTime: props.weeklyMaintenanceStartTime,
      },
    });
    // FSx refuses a security group that does not let its file servers talk to each other, and they need it as long as they live.
    const group = this.securityGroup.node.findAll().filter(CfnResource.isCfnResource);
    group.forEach((resource) => resource.applyRemovalPolicy(removalPolicy));
    this.fileSystem.node.addDependency(...group.filter((each) => each !== this.securityGroup.node.defaultChild));
    this.connections = new ec2.Connections({ securityGroups: [this.securityGroup] });
    this._instanceFileSystem = lustre(this, this.fileSystem);
  }

  /**
   * Mounts a directory into a container on a pool that has this file system in `fileSystems`.
   *
   * @param path where the container sees it
   * @throws when path or directory are not absolute paths
   */
  public mount(path: string, options: InstanceMountOptions = {}): Mount {
    return lustreMount(this, path, options);
  }

  /**
   * A metric of the file system, such as `FreeDataStorageCapacity`.
   * @default - average over 5 minutes
   * @see https://docs.aws.amazon.com/fsx/latest/LustreGuide/fs-metrics.html
   */
  public metric(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return fileSystemMetric(this, 'AWS/FSx', this.fileSystem.fileSystemId, metricName, options);
  }
}

function lustre(owner: Construct, names: { readonly dnsName: string; readonly mountName: string }): InstanceFileSystem {
  return {
    packageName: 'lustre-client',
    ports: PORTS,
    callsClients: true,
    users: new Map(),
    mounts: () => [
      {
        source: `${names.dnsName}@tcp:/${names.mountName}`,
        directory: instancePath(owner),
        type: 'lustre',
        options: 'defaults,noatime,flock',
      },
    ],
  };
}

function lustreMount(owner: IInstanceFileSystem, path: string, options: InstanceMountOptions): Mount {
  return Mount._of(
    path,
    instanceDirectoryMount(owner, () => instancePath(owner), options),
  );
}
