import { Aws, aws_ec2 as ec2, aws_iam as iam, Size, Validations } from 'aws-cdk-lib';
import type { aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** What an image asks of the template. */
export interface BootImage {
  /** The image, unless whoever starts the instances chooses it. */
  readonly machineImage?: ec2.IMachineImage;
  readonly userData?: ec2.UserData;
  /** The device of the operating system, and the one of images and containers when it is another. */
  readonly devices: { readonly root: string; readonly data?: string };
}

/** What differs between instances. */
export interface LaunchTemplateOptions {
  readonly image: BootImage;
  /** The identity of the instances, unless whoever starts them gives it. */
  readonly role?: iam.IRole;
  /** The network side of the instances, unless whoever starts them gives it. */
  readonly securityGroup?: ec2.ISecurityGroup;
  readonly instanceType?: ec2.InstanceType;
  readonly volumeSize?: Size;
  readonly volumeEncryptionKey?: kms.IKey;
  readonly detailedMonitoring: boolean;
  /** 1 keeps containers from the metadata, 2 lets them in. */
  readonly metadataHopLimit?: number;
}

/** How instances start: no public address, metadata by session only and out of reach of containers, encrypted disks. */
export function newLaunchTemplate(scope: Construct, id: string, options: LaunchTemplateOptions): ec2.LaunchTemplate {
  const { image, volumeSize = Size.gibibytes(30), volumeEncryptionKey } = options;
  if (volumeEncryptionKey) allowVolumesToUse(scope, volumeEncryptionKey);
  const volume = ec2.BlockDeviceVolume.ebs(volumeSize.toGibibytes(), {
    volumeType: ec2.EbsDeviceVolumeType.GP3,
    encrypted: true,
    kmsKey: volumeEncryptionKey,
  });
  const { root, data } = image.devices;
  const template = new ec2.LaunchTemplate(scope, id, {
    machineImage: image.machineImage,
    userData: image.userData,
    instanceType: options.instanceType,
    // Its permissions are written in its own policies: what the L2s would add is wider.
    role: options.role,
    securityGroup: options.securityGroup,
    // It would be a network interface of the template's own: whoever gives the group gives the address.
    associatePublicIpAddress: options.securityGroup && false,
    requireImdsv2: true,
    httpPutResponseHopLimit: options.metadataHopLimit ?? 1,
    detailedMonitoring: options.detailedMonitoring,
    blockDevices: [{ deviceName: root, volume }, ...(data ? [{ deviceName: data, volume }] : [])],
  });
  // The operating system has a disk of its own there, which is as large as its image.
  if (data) {
    (template.node.defaultChild as ec2.CfnLaunchTemplate).addPropertyDeletionOverride(
      'LaunchTemplateData.BlockDeviceMappings.0.Ebs.VolumeSize',
    );
  }
  return template;
}

/**
 * Auto Scaling starts the instances with a role of its own that has no permissions on keys, so the key lets every
 * user of this account in, through EC2 only: as the key of AWS for volumes does.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
 */
function allowVolumesToUse(scope: Construct, key: kms.IKey): void {
  const { statementAdded } = key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.AnyPrincipal()],
      actions: [
        'kms:CreateGrant',
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:GenerateDataKey*',
        'kms:ReEncrypt*',
      ],
      resources: ['*'],
      conditions: {
        StringEquals: { 'kms:CallerAccount': Aws.ACCOUNT_ID, 'kms:ViaService': `ec2.${Aws.REGION}.amazonaws.com` },
      },
    }),
  );
  if (statementAdded) return;
  Validations.of(scope).addWarning(
    'cdk-containers:PoolKeyPolicy',
    "volumeEncryptionKey is imported, so its policy is its owner's matter: unless it lets the service-linked role of Auto Scaling use the key and grant it to EC2, no instance starts.",
  );
}
