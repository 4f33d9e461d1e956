import { ArnFormat, aws_backup as backup, aws_iam as iam, Stack } from 'aws-cdk-lib';
import type { aws_efs as efs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ManagedPolicyRole } from '../../identity/private/managed-policy-role';
import { acknowledgeWildcards } from '../../identity/private/wildcards';
import { WILDCARDS } from '../../rules/findings';

/** Puts a file system into a backup plan, by name: plans that select by tag are not seen by auditors. */
export function backUp(scope: Construct, fileSystem: efs.FileSystem, plan: backup.IBackupPlan): backup.BackupSelection {
  const role = newBackupRole(scope, fileSystem);
  const selection = new backup.BackupSelection(scope, 'BackupSelection', {
    backupPlan: plan,
    resources: [backup.BackupResource.fromArn(fileSystem.fileSystemArn)],
    role,
    // The policy of AWS reaches every resource of the account.
    disableDefaultBackupPolicy: true,
  });
  selection.node.addDependency(role);
  return selection;
}

/**
 * What AWSBackupServiceRolePolicyForBackup allows for file systems of EFS, for one of them.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html
 */
function newBackupRole(scope: Construct, fileSystem: efs.FileSystem): ManagedPolicyRole {
  const stack = Stack.of(scope);
  const role = new ManagedPolicyRole(scope, 'BackupRole', {
    description: 'How AWS Backup copies the file system',
    // AWS documents no condition for it.
    assumedBy: new iam.ServicePrincipal('backup.amazonaws.com'),
  });
  const statements: iam.PolicyStatement[] = [];
  const allow = (actions: string[], resource: string, conditions?: iam.Conditions) => {
    const statement = new iam.PolicyStatement({ actions, resources: [resource], conditions });
    role.addToPrincipalPolicy(statement);
    statements.push(statement);
  };
  const { COLON_RESOURCE_NAME: colon } = ArnFormat;
  const vaults = stack.formatArn({ service: 'backup', resource: 'backup-vault', resourceName: '*', arnFormat: colon });
  const points = stack.formatArn({
    service: 'backup',
    resource: 'recovery-point',
    resourceName: '*',
    arnFormat: colon,
  });
  const keys = stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
  allow(['elasticfilesystem:Backup', 'elasticfilesystem:DescribeTags'], fileSystem.fileSystemArn);
  allow(['backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'], vaults);
  allow(['backup:TagResource'], points);
  allow(['tag:GetResources'], '*');
  allow(['kms:DescribeKey'], keys);
  allow(['kms:CreateGrant'], keys, { Bool: { 'kms:GrantIsForAWSResource': 'true' } });
  acknowledgeWildcards(role, statements, WILDCARDS.backups);
  return role;
}
