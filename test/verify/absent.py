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
    "AWS::EKS::AccessEntry": {},
    "AWS::EKS::Addon": {},
    "AWS::EKS::Cluster": {
        "Ref": "standin",
        "Arn": f"{HOME.format('eks')}cluster/standin",
        "CertificateAuthorityData": "c3RhbmRpbg==",
        "ClusterSecurityGroupId": "sg-0123456789abcdef0",
        "Endpoint": "https://0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com",
        "OpenIdConnectIssuerUrl": "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF",
    },
    "AWS::EKS::FargateProfile": {},
    "AWS::EKS::Nodegroup": {},
    "AWS::EKS::PodIdentityAssociation": {},
    "AWS::FSx::FileSystem": {"Ref": FILES, "LustreMountName": "abcdefgh"},
    "AWS::FSx::StorageVirtualMachine": {"StorageVirtualMachineId": "svm-0123456789abcdef0"},
    "AWS::FSx::Volume": {},
    "AWS::IAM::OIDCProvider": {"Ref": f"{HOME.format('iam')}oidc-provider/standin", "Arn": f"{HOME.format('iam')}oidc-provider/standin"},
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
    "AWS::EKS::AccessEntry": ("eks", "create_access_entry"),
    "AWS::EKS::Addon": ("eks", "create_addon"),
    "AWS::EKS::Cluster": ("eks", "create_cluster"),
    "AWS::EKS::FargateProfile": ("eks", "create_fargate_profile"),
    "AWS::EKS::Nodegroup": ("eks", "create_nodegroup"),
    "AWS::EKS::PodIdentityAssociation": ("eks", "create_pod_identity_association"),
    "AWS::FSx::FileSystem": ("fsx", "create_file_system"),
    "AWS::FSx::StorageVirtualMachine": ("fsx", "create_storage_virtual_machine"),
    "AWS::FSx::Volume": ("fsx", "create_volume"),
    "AWS::IAM::OIDCProvider": ("iam", "create_open_id_connect_provider"),
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


def kubernetes_cluster(properties):
    logging = properties.get("Logging", {}).get("ClusterLogging", {}).get("EnabledTypes", [])
    types = [entry["Type"] for entry in logging]
    return {"name": "standin", **tags_as_map(properties), "logging": {"clusterLogging": [{"types": types, "enabled": True}]}}


def node_group(properties):
    """The API takes this one with an update only."""
    rest = {key: value for key, value in properties.items() if key != "ForceUpdateEnabled"}
    return {"nodegroupName": "standin", **rest}


def access_entry(properties):
    """The API has an operation of its own for each policy."""
    return {key: value for key, value in tags_as_map(properties).items() if key != "AccessPolicies"}


def tags_as_map(properties):
    rest = {key: value for key, value in properties.items() if key not in ("Tags", "Logging")}
    tags = properties.get("Tags", {})
    return {**rest, "tags": tags if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags}}


# Where CloudFormation says it otherwise, or makes a name by itself.
AS_API = {
    "AWS::CodeBuild::Project": lambda properties: {"name": "standin", **properties},
    "AWS::ECR::PublicRepository": public_repository,
    "AWS::EKS::AccessEntry": access_entry,
    "AWS::EKS::Addon": tags_as_map,
    "AWS::EKS::Cluster": kubernetes_cluster,
    "AWS::EKS::FargateProfile": lambda properties: {"fargateProfileName": "standin", **tags_as_map(properties)},
    "AWS::EKS::Nodegroup": node_group,
    "AWS::EKS::PodIdentityAssociation": tags_as_map,
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
