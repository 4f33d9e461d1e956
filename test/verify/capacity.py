"""Looks at the instances that tasks run on: launch templates, Auto Scaling groups, capacity providers.

moto's CloudFormation stores launch templates and groups, but neither their refresh nor the metrics of groups; providers
it has from server.py, by name only. Here all go through their API, where botocore checks them against AWS's model of it.
"""
import boto3

ec2, ecs, iam = (boto3.client(name) for name in ("ec2", "ecs", "iam"))
autoscaling = boto3.client("autoscaling")


def check_launch_templates(stack, expect):
    for number, (path, _, properties) in enumerate(stack.of_type("AWS::EC2::LaunchTemplate")):
        data = properties["LaunchTemplateData"]
        request = {"LaunchTemplateName": f"{stack.name}-{number}", **properties}
        stack.send(ec2, "create_launch_template", path, request)
        tokens = data.get("MetadataOptions", {})
        bound = tokens.get("HttpTokens") == "required" and tokens.get("HttpPutResponseHopLimit") == 1
        expect(bound, "instance-metadata-open", path, f"metadata options {tokens}")
        for interface in data.get("NetworkInterfaces", []):
            public = interface.get("AssociatePublicIpAddress")
            expect(public is False, "instance-public-ip", path, f"public addresses: {public}")
        for device in data.get("BlockDeviceMappings", []):
            encrypted = device.get("Ebs", {}).get("Encrypted")
            expect(encrypted is True, "instance-disk-unencrypted", path, f"{device}")
        # Managed node groups of Kubernetes give the role themselves.
        profile = data.get("IamInstanceProfile")
        if profile or not managed(stack, path):
            expect(profile_has_role(profile["Arn"]), "instance-role-missing", path, "has no role")


def managed(stack, path):
    """Whether a launch template is that of a managed node group."""
    return any(found == path.rsplit("/", 1)[0] for found, _, _ in stack.of_type("AWS::EKS::Nodegroup"))


def profile_has_role(arn):
    profile = iam.get_instance_profile(InstanceProfileName=arn.rsplit("/", 1)[-1])["InstanceProfile"]
    return profile["Arn"] == arn and len(profile["Roles"]) == 1


def check_groups(stack, expect):
    for number, (path, name, properties) in enumerate(stack.of_type("AWS::AutoScaling::AutoScalingGroup")):
        stack.send(autoscaling, "create_auto_scaling_group", path, group_request(f"{stack.name}-{number}", properties))
        group = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]
        # ECS asks for it; an autoscaler of Kubernetes could not stop such an instance.
        joins = "kubernetes.io/cluster/" in str(properties.get("Tags"))
        expect(group["NewInstancesProtectedFromScaleIn"] != joins, "group-unprotected", path, "instances are not protected")
        expect(group["MinSize"] <= group["MaxSize"], "group-bounds", path, f"{group['MinSize']} to {group['MaxSize']}")
        for subnet in group["VPCZoneIdentifier"].split(","):
            gateway = default_gateway(stack, subnet)
            expect(gateway.startswith("nat-"), "group-subnet-public", path, f"the way out of {subnet} is {gateway}")


def group_request(name, properties):
    """The API has other names, or another operation, for these."""
    request = {"AutoScalingGroupName": name, **properties}
    request["VPCZoneIdentifier"] = ",".join(request["VPCZoneIdentifier"])
    request["DefaultCooldown"] = int(request.pop("Cooldown"))
    request["MinSize"], request["MaxSize"] = int(request["MinSize"]), int(request["MaxSize"])
    request.pop("MetricsCollection", None)
    return request


def default_gateway(stack, subnet):
    """The way out of a subnet of the stack. moto's CloudFormation joins no route table to a subnet, the template does."""
    for resource in stack.template["Resources"].values():
        if resource["Type"] != "AWS::EC2::SubnetRouteTableAssociation":
            continue
        joined, table = (stack.physical[resource["Properties"][key]["Ref"]] for key in ("SubnetId", "RouteTableId"))
        if joined == subnet:
            routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
            default = [route for route in routes if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
            return next((r.get("NatGatewayId") or r.get("GatewayId") or "unknown" for r in default), "none")
    return "none"


def check_providers(stack, expect):
    groups = {name for _, name, _ in stack.of_type("AWS::AutoScaling::AutoScalingGroup")}
    for number, (path, _, properties) in enumerate(stack.of_type("AWS::ECS::CapacityProvider")):
        properties = dict(properties)
        # What the API calls `cluster` is `ClusterName` in CloudFormation.
        cluster = properties.pop("ClusterName", None)
        request = {"Name": f"{stack.name}-{number}", **properties, **({"Cluster": cluster} if cluster else {})}
        stack.send(ecs, "create_capacity_provider", path, request)
        asg = properties.get("AutoScalingGroupProvider")
        managed = properties.get("ManagedInstancesProvider")
        expect((asg is None) != (managed is None), "provider-kind", path, "is of no kind, or of two")
        if asg:
            # CloudFormation takes a name for an ARN.
            name = asg["AutoScalingGroupArn"].rsplit("/", 1)[-1]
            expect(name in groups, "provider-no-group", path, f"{name} is no group of {groups}")
            safe = asg["ManagedTerminationProtection"] == asg["ManagedDraining"] == asg["ManagedScaling"]["Status"]
            expect(safe and asg["ManagedDraining"] == "ENABLED", "provider-unmanaged", path, f"{asg}")
        if managed:
            expect(cluster, "provider-no-cluster", path, "Managed Instances need the name of their cluster")
            template = managed["InstanceLaunchTemplate"]
            has_role = profile_has_role(template["Ec2InstanceProfileArn"])
            expect(has_role, "instance-role-missing", path, "the instance profile has no role")
            for subnet in template["NetworkConfiguration"]["Subnets"]:
                gateway = default_gateway(stack, subnet)
                private = gateway.startswith("nat-")
                expect(private, "provider-subnet-public", path, f"the way out of {subnet} is {gateway}")


def check_capacity(stack, expect):
    for check in (check_launch_templates, check_groups, check_providers):
        check(stack, expect)
