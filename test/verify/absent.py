"""The types that moto's CloudFormation lacks, or cannot make here, with what each reference becomes.

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
    "AWS::CodeBuild::Project": {"Arn": f"{HOME.format('codebuild')}project/standin"},
    "AWS::ECR::PublicRepository": {},
    "AWS::ECR::PullThroughCacheRule": {},
    "AWS::ECR::RegistryScanningConfiguration": {},
    "AWS::ECR::ReplicationConfiguration": {},
    "AWS::ECR::RepositoryCreationTemplate": {},
    "AWS::ECR::SigningConfiguration": {},
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
    "AWS::Signer::SigningProfile": {"Arn": f"{HOME.format('signer')}/signing-profiles/standin"},
    # moto runs no function without Docker, so that the stack would wait for ever.
    "Custom::CdkContainersImageGate": {},
    "Custom::VpcRestrictDefaultSG": {},
}

# CloudFormation's properties are those of these operations.
APIS = {
    "AWS::Backup::BackupSelection": ("backup", "create_backup_selection"),
    "AWS::CodeBuild::Project": ("codebuild", "create_project"),
    "AWS::ECR::PublicRepository": ("ecr-public", "create_repository"),
    "AWS::ECR::PullThroughCacheRule": ("ecr", "create_pull_through_cache_rule"),
    "AWS::ECR::RegistryScanningConfiguration": ("ecr", "put_registry_scanning_configuration"),
    "AWS::ECR::ReplicationConfiguration": ("ecr", "put_replication_configuration"),
    "AWS::ECR::RepositoryCreationTemplate": ("ecr", "create_repository_creation_template"),
    "AWS::ECR::SigningConfiguration": ("ecr", "put_signing_configuration"),
    "AWS::FSx::FileSystem": ("fsx", "create_file_system"),
    "AWS::FSx::StorageVirtualMachine": ("fsx", "create_storage_virtual_machine"),
    "AWS::FSx::Volume": ("fsx", "create_volume"),
    "AWS::S3Files::AccessPoint": ("s3files", "create_access_point"),
    "AWS::S3Files::FileSystem": ("s3files", "create_file_system"),
    "AWS::S3Files::MountTarget": ("s3files", "create_mount_target"),
    "AWS::Signer::SigningProfile": ("signer", "put_signing_profile"),
}


def public_repository(properties):
    catalog = dict(properties.get("RepositoryCatalogData", {}))
    if "RepositoryDescription" in catalog:
        catalog["description"] = catalog.pop("RepositoryDescription")
    return {"repositoryName": properties.get("RepositoryName", "standin"), "catalogData": catalog}


# Where CloudFormation says it otherwise, or makes a name by itself.
AS_API = {
    "AWS::CodeBuild::Project": lambda properties: {"name": "standin", **properties},
    "AWS::ECR::PublicRepository": public_repository,
    "AWS::ECR::SigningConfiguration": lambda properties: {"signingConfiguration": properties},
    "AWS::Signer::SigningProfile": lambda properties: {"profileName": "standin", **properties},
}


def check_absent(stack, expect, to_api):
    for resource_type, (service, operation) in APIS.items():
        for path, _, properties in stack.of_type(resource_type):
            # ECR Public exists there only.
            client = boto3.client(service, region_name="us-east-1" if service == "ecr-public" else None)
            said = AS_API.get(resource_type, dict)(properties)
            shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape
            report = ParamValidator().validate(to_api(shape, said), shape)
            expect(not report.has_errors(), "api-invalid", path, f"{operation}: {report.generate_report()}")
