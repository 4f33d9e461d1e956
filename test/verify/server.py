"""A moto server on loopback, with a few things that its CloudFormation lacks. `server.py <port> <seconds to live>`"""
import signal
import sys

import moto.server
from moto.acm.models import acm_backends
from moto.core.common_models import CloudFormationModel
from moto.ecs.models import CapacityProvider, ecs_backends
from moto.efs.models import AccessPoint, FileSystem
from moto.elbv2.models import FakeLoadBalancer, FakeTargetGroup, elbv2_backends


class Certificate(CloudFormationModel):
    """moto's ACM has certificates, its CloudFormation has none. Here too, nobody validates the domain."""

    # moto reads the name of the service from it.
    __module__ = "moto.acm.models"

    def __init__(self, arn):
        self.physical_resource_id = arn

    @staticmethod
    def cloudformation_name_type():
        return ""

    @staticmethod
    def cloudformation_type():
        return "AWS::CertificateManager::Certificate"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json["Properties"]
        names = properties.get("SubjectAlternativeNames", [])
        backend = acm_backends[account_id][region_name]
        return cls(backend.request_certificate(properties["DomainName"], resource_name, names, []))


class Provider(CloudFormationModel):
    """moto's ECS has capacity providers, its CloudFormation has none. check.py gives their properties to the API."""

    __module__ = "moto.ecs.models"

    def __init__(self, name):
        self.physical_resource_id = name

    @staticmethod
    def cloudformation_name_type():
        return "Name"

    @staticmethod
    def cloudformation_type():
        return "AWS::ECS::CapacityProvider"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        ecs_backends[account_id][region_name].create_capacity_provider(resource_name, {}, [])
        return cls(resource_name)


# moto knows those of Auto Scaling groups; of Managed Instances it takes the name.
prepare_group = CapacityProvider._prepare_asg_provider
CapacityProvider._prepare_asg_provider = lambda self, details: prepare_group(self, details or {})


def add_attributes(model, **values):
    """Adds answers to `Fn::GetAtt`."""
    known = getattr(model, "get_cfn_attribute", None)
    knows = model.has_cfn_attr

    def get_cfn_attribute(self, name):
        if name in values:
            return values[name](self)
        if known is None:
            raise NotImplementedError(f"{model.cloudformation_type()}.{name}")
        return known(self, name)

    model.get_cfn_attribute = get_cfn_attribute
    model.has_cfn_attr = classmethod(lambda cls, name: name in values or knows(name))


def create_load_balancer(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
    """moto's CloudFormation makes Application Load Balancers only, and forgets subnets that come with addresses."""
    properties = cloudformation_json["Properties"]
    subnets = properties.get("Subnets") or [mapping["SubnetId"] for mapping in properties["SubnetMappings"]]
    return elbv2_backends[account_id][region_name].create_load_balancer(
        resource_name,
        properties.get("SecurityGroups"),
        subnets,
        scheme=properties.get("Scheme", "internet-facing"),
        loadbalancer_type=properties.get("Type"),
    )


FakeLoadBalancer.create_from_cloudformation_json = classmethod(create_load_balancer)
AccessPoint.physical_resource_id = property(lambda self: self.access_point_id)
add_attributes(AccessPoint, AccessPointId=lambda it: it.access_point_id, Arn=lambda it: it.access_point_arn)
add_attributes(FileSystem, FileSystemId=lambda it: it.file_system_id, Arn=lambda it: it.file_system_arn)
add_attributes(
    FakeLoadBalancer,
    # That of eu-west-1: https://docs.aws.amazon.com/general/latest/gr/elb.html
    CanonicalHostedZoneID=lambda it: "Z32O12XQLNTSW2",
    LoadBalancerFullName=lambda it: it.arn.split("loadbalancer/")[1],
)
add_attributes(FakeTargetGroup, TargetGroupFullName=lambda it: it.arn.split(":")[5])

# Also when the process that started it was killed.
signal.alarm(int(sys.argv[2]))
moto.server.main(["-H", "127.0.0.1", "-p", sys.argv[1]])
