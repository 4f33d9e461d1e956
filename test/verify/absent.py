"""The types that moto's CloudFormation lacks and other resources refer to, with what each reference becomes.

prepare.py takes them out, and fails when moto has learned one, or when no example has it any more. check.py holds their
properties against AWS's own model of the API that creates them: moto has some of these APIs, but nothing looks at them there.
"""
import boto3
from botocore.validate import ParamValidator

FILES = "fs-0123456789abcdef0"
HOME = "arn:aws:{}:eu-west-1:123456789012:"

ABSENT = {
    "AWS::Backup::BackupPlan": {"BackupPlanId": "01234567-89ab-cdef-0123-456789abcdef"},
    "AWS::Backup::BackupSelection": {},
    "AWS::Backup::BackupVault": {"Ref": "vault", "BackupVaultName": "vault"},
    "AWS::FSx::FileSystem": {"Ref": FILES, "LustreMountName": "abcdefgh"},
    "AWS::FSx::StorageVirtualMachine": {"StorageVirtualMachineId": "svm-0123456789abcdef0"},
    "AWS::FSx::Volume": {},
    "AWS::S3Files::AccessPoint": {
        "AccessPointArn": f"{HOME.format('s3files')}file-system/{FILES}/access-point/fsap-0123456789abcdef0"
    },
    "AWS::S3Files::FileSystem": {
        "FileSystemId": FILES,
        "FileSystemArn": f"{HOME.format('s3files')}file-system/{FILES}",
    },
    "AWS::S3Files::FileSystemPolicy": {},
    "AWS::S3Files::MountTarget": {},
}

# CloudFormation's properties are those of these operations.
APIS = {
    "AWS::Backup::BackupSelection": ("backup", "create_backup_selection"),
    "AWS::FSx::FileSystem": ("fsx", "create_file_system"),
    "AWS::FSx::StorageVirtualMachine": ("fsx", "create_storage_virtual_machine"),
    "AWS::FSx::Volume": ("fsx", "create_volume"),
    "AWS::S3Files::AccessPoint": ("s3files", "create_access_point"),
    "AWS::S3Files::FileSystem": ("s3files", "create_file_system"),
    "AWS::S3Files::MountTarget": ("s3files", "create_mount_target"),
}


def check_absent(stack, expect, to_api):
    for resource_type, (service, operation) in APIS.items():
        for path, _, properties in stack.of_type(resource_type):
            client = boto3.client(service)
            shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape
            report = ParamValidator().validate(to_api(shape, properties), shape)
            expect(not report.has_errors(), "api-invalid", path, f"{operation}: {report.generate_report()}")
