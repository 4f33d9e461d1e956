import { Aws, aws_ec2 as ec2, aws_fsx as fsx, Duration, RemovalPolicy, Stack, Tokenization } from 'aws-cdk-lib';
import type { aws_cloudwatch as cloudwatch, aws_kms as kms, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IInstanceFileSystem, InstanceFileSystem, InstanceMountOptions } from './instance-file-system';
import { Mount } from './mount';
import { checkUnique, ContainersError } from '../rules/errors';
import { checkOntap, checkOntapVolume, isMultiAz, lowestThroughput } from '../rules/ontap';
import { gibibytes, mebibytes } from '../rules/sizes';
import { instanceDirectoryMount } from './mounts/instance-directory';
import { OntapTieringPolicy } from './ontap-volume-options';
import type { OntapVolumeOptions } from './ontap-volume-options';
import { fileSystemMetric } from './private/metrics';
import { instancePath } from './private/names';
import { routeTablesOf } from './private/ontap-network';
import { oneSubnetPerZone } from './private/subnets';

/** Where the pairs of file servers stand, and of which generation they are. */
export enum OntapDeploymentType {
  /** In one zone, first generation. */
  SINGLE_AZ_1 = 'SINGLE_AZ_1',
  /** In one zone, second generation, up to 12 pairs. */
  SINGLE_AZ_2 = 'SINGLE_AZ_2',
  /** In two zones, first generation. */
  MULTI_AZ_1 = 'MULTI_AZ_1',
  /** In two zones, second generation. */
  MULTI_AZ_2 = 'MULTI_AZ_2',
}

/** Properties of an `OntapFileSystem`. */
export interface OntapFileSystemProps {
  /** The network in which the file system is reached. */
  readonly vpc: ec2.IVpc;

  /**
   * The subnets of the file servers: two in two zones, of which the first is preferred, or one.
   * @default - the first private subnets of the VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /** How much of it is on SSD: 1024 GiB at least for each pair. What is rarely read moves to cheaper storage. */
  readonly storageCapacity: Size;

  /**
   * Where the file servers stand. Security Hub's FSx.4 wants two zones.
   * @default OntapDeploymentType.MULTI_AZ_2
   */
  readonly deploymentType?: OntapDeploymentType;

  /**
   * Throughput of each pair of file servers in MB/s.
   * @default - the lowest of the type: 384 for the second generation, 128 for the first
   */
  readonly throughputCapacityPerHaPair?: number;

  /**
   * Pairs of file servers; more than one for `SINGLE_AZ_2` only.
   * @default 1
   */
  readonly haPairs?: number;

  /**
   * Operations a second on SSD.
   * @default - 3 for each GiB
   */
  readonly iops?: number;

  /**
   * The route tables of all subnets from which a file system in two zones is reached: it has an address outside of them.
   * FSx changes them when the preferred file server fails, and AWS recommends to tag them `AmazonFSx: ManagedByAmazonFSx`.
   * @default - those of the VPC's private and isolated subnets
   * @see https://docs.aws.amazon.com/fsx/latest/ONTAPGuide/unable-to-access.html
   */
  readonly routeTableIds?: string[];

  /**
   * How long daily backups are kept, 0 for none.
   * @default Duration.days(30)
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
   * A key of yours, about 1 USD a month.
   * @default - the account's key of FSx, free
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the files when the file system leaves the stack. What is retained keeps its subnets and security group too.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Options of `OntapFileSystem.mount`. */
export interface OntapMountOptions extends InstanceMountOptions {
  /**
   * The volume, by its junction path.
   * @default - the only one
   */
  readonly junctionPath?: string;
}

/** NFS: its port mapper, mounts, files. */
const PORTS = [111, 635, 2049].map((port) => ec2.Port.tcp(port));

/**
 * Files with snapshots, compression and tiering, in two availability zones (Amazon FSx for NetApp ONTAP). ECS cannot mount
 * it, but instances can when they start: put it into `fileSystems` of an `InstancePool`, and mount directories of its volumes
 * into containers there.
 *
 * Whoever reaches its ports may read and write all of it: only its security group says who does. Traffic is encrypted
 * between instance types of the Nitro system; that of others is not.
 *
 * Creates: `fileSystem`, `storageVirtualMachine`, a volume for each `addVolume`, and `securityGroup`.
 * Costs: by capacity, throughput and backups; the smallest in two zones about 750 USD a month. A volume that is deleted leaves a
 * last backup, which is paid for.
 *
 * @see https://docs.aws.amazon.com/fsx/latest/ONTAPGuide/what-is-fsx-ontap.html
 */
export class OntapFileSystem extends Construct implements IInstanceFileSystem {
  /** The file system. */
  public readonly fileSystem: fsx.CfnFileSystem;

  /** What serves its volumes. */
  public readonly storageVirtualMachine: fsx.CfnStorageVirtualMachine;

  /** The security group of the file servers: closed in both directions until something mounts. */
  public readonly securityGroup: ec2.SecurityGroup;

  /** Who may connect to the file servers. */
  public readonly connections: ec2.Connections;

  /** The name under which NFS clients find its volumes. */
  public readonly dnsName: string;

  /** @internal */
  public readonly _instanceFileSystem: InstanceFileSystem;

  private readonly removalPolicy: RemovalPolicy;
  private readonly volumes = new Map<string, fsx.CfnVolume>();

  /**
   * @throws when subnets, capacity, throughput and type do not go together
   */
  constructor(scope: Construct, id: string, props: OntapFileSystemProps) {
    super(scope, id);
    const { vpc, deploymentType = OntapDeploymentType.MULTI_AZ_2, haPairs = 1, iops } = props;
    const { throughputCapacityPerHaPair = lowestThroughput(deploymentType) } = props;
    const storageCapacity = gibibytes(props.storageCapacity);
    const backupDays = (props.automaticBackupRetention ?? Duration.days(30)).toDays({ integral: false });
    const multiAz = isMultiAz(deploymentType);
    const zones = oneSubnetPerZone(vpc, props.vpcSubnets, 'file servers');
    // Those that are chosen must be right; of the others there may be more.
    const subnets = props.vpcSubnets ? zones : zones.slice(0, multiAz ? 2 : 1);
    checkOntap({
      deploymentType,
      subnets: subnets.length,
      capacityGiB: storageCapacity,
      throughput: throughputCapacityPerHaPair,
      pairs: haPairs,
      iops,
      backupDays,
      backupTime: props.dailyAutomaticBackupStartTime !== undefined,
      routeTables: props.routeTableIds?.length,
    });
    this.removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'File servers of FSx for NetApp ONTAP',
      allowAllOutbound: false,
    });
    (this.securityGroup.node.defaultChild as ec2.CfnSecurityGroup).applyRemovalPolicy(this.removalPolicy);
    this.connections = new ec2.Connections({ securityGroups: [this.securityGroup] });
    this.fileSystem = new fsx.CfnFileSystem(this, 'FileSystem', {
      fileSystemType: 'ONTAP',
      storageType: 'SSD',
      storageCapacity,
      subnetIds: subnets.map(({ subnetId }) => subnetId),
      securityGroupIds: [this.securityGroup.securityGroupId],
      kmsKeyId: props.encryptionKey?.keyArn,
      ontapConfiguration: {
        deploymentType,
        haPairs,
        throughputCapacityPerHaPair,
        diskIopsConfiguration: iops === undefined ? undefined : { mode: 'USER_PROVISIONED', iops },
        preferredSubnetId: multiAz ? subnets[0].subnetId : undefined,
        routeTableIds: multiAz ? (props.routeTableIds ?? routeTablesOf(vpc)) : undefined,
        automaticBackupRetentionDays: backupDays,
        dailyAutomaticBackupStartTime: props.dailyAutomaticBackupStartTime?.toTimestamp(),
        weeklyMaintenanceStartTime: props.weeklyMaintenanceStartTime?.toTimestamp(),
      },
    });
    this.fileSystem.applyRemovalPolicy(this.removalPolicy);
    this.storageVirtualMachine = new fsx.CfnStorageVirtualMachine(this, 'StorageVirtualMachine', {
      fileSystemId: this.fileSystem.ref,
      name: 'containers',
      rootVolumeSecurityStyle: 'UNIX',
    });
    this.storageVirtualMachine.applyRemovalPolicy(this.removalPolicy);
    const { attrStorageVirtualMachineId: machine } = this.storageVirtualMachine;
    this.dnsName = `${machine}.${this.fileSystem.ref}.fsx.${Stack.of(this).region}.${Aws.URL_SUFFIX}`;
    this._instanceFileSystem = {
      packageName: 'nfs-utils',
      ports: PORTS,
      callsClients: false,
      users: new Map(),
      mounts: () =>
        [...this.volumes.keys()].sort().map((junctionPath) => ({
          source: `${this.dnsName}:${junctionPath}`,
          directory: this.instancePathOf(junctionPath),
          type: 'nfs',
          options: 'defaults,nfsvers=4.1,hard,noatime',
        })),
    };
    this.node.addValidation({ validate: () => (this.volumes.size > 0 ? [] : [this.withoutVolume()]) });
  }

  /**
   * Adds a volume. Instances of pools that have this file system in `fileSystems` mount all its volumes when they start.
   * @throws when path, size or tiering are not valid, or another volume has this path
   */
  public addVolume(id: string, options: OntapVolumeOptions): fsx.CfnVolume {
    const { junctionPath, tieringPolicy = OntapTieringPolicy.AUTO, coolingPeriod } = options;
    const name =
      options.volumeName ??
      junctionPath
        .slice(1)
        .replace(/[^A-Za-z0-9]/g, '_')
        .replace(/^(?=\d)/, '_');
    const sizeMiB = mebibytes(options.size);
    const coolingDays = coolingPeriod?.toDays({ integral: false });
    checkOntapVolume({ junctionPath, name, sizeMiB, tiering: tieringPolicy, coolingDays });
    checkUnique('junction paths of volumes', [...this.volumes.keys(), junctionPath]);
    checkUnique('names of volumes', [...[...this.volumes.values()].map((each) => each.name), name]);
    const volume = new fsx.CfnVolume(this, id, {
      name,
      volumeType: 'ONTAP',
      ontapConfiguration: {
        storageVirtualMachineId: this.storageVirtualMachine.attrStorageVirtualMachineId,
        junctionPath,
        sizeInMegabytes: Tokenization.stringifyNumber(sizeMiB),
        securityStyle: 'UNIX',
        storageEfficiencyEnabled: `${options.storageEfficiency ?? true}`,
        snapshotPolicy: options.snapshotPolicy ?? 'default',
        tieringPolicy: { name: tieringPolicy, coolingPeriod: coolingDays },
        copyTagsToBackups: 'true',
      },
    });
    volume.applyRemovalPolicy(this.removalPolicy);
    // A volume that lies in another one needs the directory there.
    for (const [path, other] of this.volumes) {
      if (junctionPath.startsWith(`${path}/`)) volume.node.addDependency(other);
      if (path.startsWith(`${junctionPath}/`)) other.node.addDependency(volume);
    }
    this.volumes.set(junctionPath, volume);
    return volume;
  }

  /**
   * Mounts a directory of a volume into a container on a pool that has this file system in `fileSystems`.
   *
   * @param path where the container sees it
   * @throws when path or directory are not absolute paths, or there is no such volume
   */
  public mount(path: string, options: OntapMountOptions = {}): Mount {
    return Mount._of(
      path,
      instanceDirectoryMount(this, () => this.instancePathOf(this.volumeOf(options)), options),
    );
  }

  /**
   * A metric of the file system, such as `StorageUsed`.
   * @default - average over 5 minutes
   * @see https://docs.aws.amazon.com/fsx/latest/ONTAPGuide/file-system-metrics.html
   */
  public metric(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return fileSystemMetric(this, 'AWS/FSx', this.fileSystem.ref, metricName, options);
  }

  private volumeOf({ junctionPath }: OntapMountOptions): string {
    if (this.volumes.size === 0) throw new ContainersError(this.withoutVolume());
    const paths = [...this.volumes.keys()];
    const known = paths.map((each) => `'${each}'`).join(', ');
    if (junctionPath === undefined && paths.length > 1) {
      throw new ContainersError(`junctionPath must be given when a file system has several volumes: one of ${known}`);
    }
    const chosen = junctionPath ?? paths[0];
    if (!this.volumes.has(chosen)) {
      throw new ContainersError(`junctionPath must be one of ${known}, got '${chosen}': add the volume first`);
    }
    return chosen;
  }

  private withoutVolume(): string {
    return `'${this.node.path}' must have a volume, got none: call addVolume`;
  }

  private instancePathOf(junctionPath: string): string {
    return `${instancePath(this)}${junctionPath}`;
  }
}
