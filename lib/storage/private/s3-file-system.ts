import { aws_ec2 as ec2, aws_s3files as s3files } from 'aws-cdk-lib';
import { DependencyGroup } from 'constructs';
import type { Construct } from 'constructs';
import type { ManagedPolicyRole } from '../../identity/private/managed-policy-role';
import { checkBucket, checkPrefix, checkSynchronization } from '../../rules/s3-files';
import { bytes } from '../../rules/sizes';
import { knownZones } from '../../rules/zones';
import type { S3Source } from '../mounts/s3-file-system';
import type { S3FileSystemOptions } from '../s3-file-system-options';
import { nfs } from './nfs';
import { factsOf, newS3FilesRole } from './s3-bucket';
import { oneSubnetPerZone } from './subnets';

/** All of an S3 file system. */
export interface S3FileSystemParts extends S3Source {
  readonly mountTargets: s3files.CfnMountTarget[];
  readonly role: ManagedPolicyRole;
  readonly securityGroup: ec2.SecurityGroup;
}

/** Makes an S3 file system as children of the scope. */
export function newS3FileSystem(
  scope: Construct,
  props: S3FileSystemOptions & { readonly vpc: ec2.IVpc },
): S3FileSystemParts {
  const { bucket, vpc, prefix } = props;
  checkPrefix(prefix);
  checkBucket(factsOf(bucket, scope));
  const subnets = oneSubnetPerZone(vpc, props.vpcSubnets);

  const role = newS3FilesRole(scope, bucket);
  const fileSystem = new s3files.CfnFileSystem(scope, 'FileSystem', {
    bucket: bucket.bucketArn,
    roleArn: role.roleArn,
    prefix: prefix === '' ? undefined : prefix,
    kmsKeyId: props.encryptionKey?.keyArn,
    acceptBucketWarning: props.acceptBucketWarning,
    synchronizationConfiguration: synchronization(props),
  });
  // What empties the bucket goes after what may still write to it.
  const emptying = bucket.node.tryFindChild('AutoDeleteObjectsCustomResource');
  if (emptying) fileSystem.node.addDependency(emptying);
  // It needs its permissions until the last write is in the bucket.
  fileSystem.node.addDependency(role);
  new s3files.CfnFileSystemPolicy(scope, 'Policy', {
    fileSystemId: fileSystem.attrFileSystemId,
    policy: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'DenyWithoutAccessPoint',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: ['s3files:ClientMount', 's3files:ClientRootAccess', 's3files:ClientWrite'],
          Condition: { Null: { 's3files:AccessPointArn': 'true' } },
        },
      ],
    },
  });

  const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'Mount targets of the S3 file system',
    allowAllOutbound: false,
  });
  const connections = new ec2.Connections({
    securityGroups: [securityGroup],
    defaultPort: nfs().port,
  });
  const mountTargets = subnets.map(
    ({ node, subnetId }) =>
      new s3files.CfnMountTarget(scope, `MountTarget-${node.id}`, {
        fileSystemId: fileSystem.attrFileSystemId,
        subnetId,
        securityGroups: [securityGroup.securityGroupId],
      }),
  );
  return {
    owner: scope,
    bucket,
    prefix: prefix ?? '',
    fileSystem,
    mountTargets,
    role,
    securityGroup,
    connections,
    users: new Map(),
    ready: new DependencyGroup(...mountTargets),
    availabilityZones: knownZones(subnets),
  };
}

/** What is fetched when; both halves must be given when one is. */
function synchronization({
  importDataRules,
  daysAfterLastAccess,
}: S3FileSystemOptions): s3files.CfnFileSystem.SynchronizationConfigurationProperty | undefined {
  if (!importDataRules && !daysAfterLastAccess) return undefined;
  const rules = (importDataRules ?? [{}]).map(({ prefix = '', sizeLessThan, onDirectoryAccess = true }) => ({
    prefix,
    sizeLessThan: bytes(sizeLessThan) ?? 131072,
    trigger: onDirectoryAccess ? 'ON_DIRECTORY_FIRST_ACCESS' : 'ON_FILE_ACCESS',
  }));
  const days = daysAfterLastAccess?.toDays({ integral: false }) ?? 30;
  checkSynchronization({ rules: rules.map((rule) => ({ prefix: rule.prefix, sizeBytes: rule.sizeLessThan })), days });
  return { importDataRules: rules, expirationDataRules: [{ daysAfterLastAccess: days }] };
}
