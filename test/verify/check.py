"""Looks at what a deployed stack really made, and prints the findings as JSON.

moto stores roles, policies, security group ingress, file systems and load balancers as they are. Its CloudFormation
does not store:
- of ECS services all but cluster, task definition and count; of task definitions all but containers, volumes, family and
  memory. Here both go through the ECS API, with the properties as CloudFormation resolved them: botocore checks them
  against AWS's own model of the API, moto stores a task definition in full, and of a service the network and the load
  balancers. The capacity provider strategy is in no answer of moto (each service says launch type EC2), so it is the
  request that is looked at;
- capacity provider associations, scalable targets, scaling policies and alarms: they go through their API as well;
- security group egress, policies of buckets and queues, file system policies, load balancer and target group attributes,
  settings of the cluster. Nothing here looks at them.
capacity.py looks at instances, scaling.py at what follows the load, routes.py at what sends requests to tasks.
"""
import json
import sys

import boto3
from botocore.exceptions import ClientError, ParamValidationError

from absent import check_absent
from capacity import check_capacity
from routes import check_routes, check_target_groups
from scaling import check_scaling

ec2, ecs, efs, elbv2, iam = (boto3.client(name) for name in ("ec2", "ecs", "efs", "elbv2", "iam"))
cloudformation = boto3.client("cloudformation")

# Services whose roles have no condition keys against a confused deputy. ECS itself is one: the trust policy of
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html has no condition; EKS is another:
# https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html.
UNCONDITIONAL = {
    "backup.amazonaws.com",
    "ec2.amazonaws.com",
    "ecs.amazonaws.com",
    "eks.amazonaws.com",
    "lambda.amazonaws.com",
}

findings = []
checked = 0


def expect(condition, rule, path, message):
    global checked
    checked += 1
    if not condition:
        findings.append({"rule": rule, "path": path, "message": message})
    return condition


def strings(value):
    return [value] if isinstance(value, str) else list(value or [])


def to_api(shape, value):
    """CloudFormation's spelling to that of the API: they differ in the case of letters only."""
    if shape.type_name == "structure" and isinstance(value, dict):
        members = {name.lower(): name for name in shape.members}
        names = {key: members.get(key.lower(), key) for key in value}
        return {
            names[key]: to_api(shape.members[names[key]], item) if names[key] in shape.members else item
            for key, item in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [to_api(shape.member, item) for item in value]
    # CloudFormation has some of them as text.
    if shape.type_name in ("integer", "long") and isinstance(value, str):
        return int(value)
    if shape.type_name == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


class Stack:
    def __init__(self, name, template):
        self.name = name
        self.status = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
        summaries = [summary for page in pages for summary in page["StackResourceSummaries"]]
        self.physical = {s["LogicalResourceId"]: s.get("PhysicalResourceId") for s in summaries}
        self.template = template
        outputs = {o["OutputKey"]: o["OutputValue"] for o in self.status.get("Outputs", [])}
        self.resolved = {
            logical_id: json.loads(outputs[f"Resolved{logical_id}"])
            for logical_id in self.all()
            if f"Resolved{logical_id}" in outputs
        }

    def all(self):
        """The resources, also those that prepare.py took out."""
        return {**self.template["Resources"], **self.template.get("Metadata", {}).get("Absent", {})}

    def path(self, logical_id):
        path = self.all()[logical_id].get("Metadata", {}).get("aws:cdk:path", logical_id)
        return path.removesuffix("/Resource")

    def of_type(self, resource_type):
        """Path, physical id and resolved properties of each resource of a type that was deployed."""
        for logical_id, resource in self.all().items():
            if resource["Type"] == resource_type and (logical_id in self.physical or logical_id in self.resolved):
                yield self.path(logical_id), self.physical.get(logical_id), self.resolved.get(logical_id)

    def send(self, client, operation, path, properties):
        """Calls an operation of the API with the properties of a resource."""
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
        request = to_api(model.input_shape, properties)
        answer, rule, problem = None, "api-rejected", None
        try:
            answer = getattr(client, operation)(**request)
        except ClientError as error:
            problem = error
        except ParamValidationError as error:
            # By AWS's own model, before moto was asked.
            rule, problem = "api-invalid", error
        expect(not problem, rule, path, f"{operation}: {problem}")
        return answer, request


def check_stack(stack):
    status = stack.status["StackStatus"]
    expect(status == "CREATE_COMPLETE", "stack-incomplete", stack.name, f"the stack is {status}")
    for logical_id, resource in stack.template["Resources"].items():
        rule = f"not-deployed {resource['Type']}"
        expect(logical_id in stack.physical, rule, stack.path(logical_id), "moto has not created it")


def check_roles(stack):
    for path, name, _ in stack.of_type("AWS::IAM::Role"):
        inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
        expect(not inline, "role-inline-policy", path, f"has inline policies: {inline}")
        trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        for statement in trust["Statement"]:
            services = set(strings(statement.get("Principal", {}).get("Service"))) - UNCONDITIONAL
            bound = "Condition" in statement or not services
            expect(bound, "role-trust-unconditional", path, f"{services} may assume it for any account")
    for path, arn, _ in stack.of_type("AWS::IAM::ManagedPolicy"):
        policy = iam.get_policy(PolicyArn=arn)["Policy"]
        expect(policy["AttachmentCount"] > 0, "policy-unattached", path, "no role, user or group has it")


def role_exists(arn):
    try:
        return iam.get_role(RoleName=arn.rsplit("/", 1)[-1])["Role"]["Arn"] == arn
    except ClientError:
        return False


def check_task_definition(path, task):
    platform = task.get("runtimePlatform", {})
    family = platform.get("operatingSystemFamily")
    expect(family, "task-os-unset", path, "the operating system family is left to ECS")
    for kind in ("taskRoleArn", "executionRoleArn"):
        expect(role_exists(task.get(kind, "")), "task-role-missing", path, f"{kind} is {task.get(kind)}")
    differ = task.get("taskRoleArn") != task.get("executionRoleArn")
    expect(differ, "task-roles-shared", path, "the code of the task has the role with which ECS starts it")
    awaited = {
        wait["containerName"]
        for container in task["containerDefinitions"]
        for wait in container.get("dependsOn", [])
        if wait["condition"] == "SUCCESS"
    }
    for container in task["containerDefinitions"]:
        name = container["name"]
        if not (family or "LINUX").startswith("WINDOWS"):
            read_only = container.get("readonlyRootFilesystem") is True
            expect(read_only, "task-root-writable", path, f"{name} can write to its root file system")
            user = container.get("user", "root").split(":")[0]
            # One that others wait for and that ends makes their directories theirs: docs/decisions/0012.
            ends = not container["essential"] and name in awaited
            expect(ends or user not in ("root", "0"), "task-runs-as-root", path, f"{name} runs as {user}")
        volumes = {volume["name"] for volume in task.get("volumes", [])}
        mounted = {mount["sourceVolume"] for mount in container.get("mountPoints", [])}
        expect(mounted <= volumes, "task-volume-missing", path, f"{name} mounts {mounted}, of {volumes}")
    for volume in task.get("volumes", []):
        if "efsVolumeConfiguration" in volume:
            config = volume["efsVolumeConfiguration"]
            access = config.get("authorizationConfig", {})
            safe = config.get("transitEncryption") == "ENABLED" and access.get("iam") == "ENABLED"
            expect(safe, "task-volume-unsafe", path, f"{volume['name']} is mounted without TLS or IAM: {config}")
            points = [p["AccessPointId"] for p in efs_points(config["fileSystemId"])]
            own = access.get("accessPointId") in points
            expect(own, "task-volume-unsafe", path, f"{volume['name']} goes through no access point of its file system")


def efs_points(file_system):
    return efs.describe_access_points(FileSystemId=file_system)["AccessPoints"]


def admits(groups, port, sources):
    """Whether one of the security groups lets one of the sources in at a port."""
    rules = [r for g in ec2.describe_security_groups(GroupIds=groups)["SecurityGroups"] for r in g["IpPermissions"]]
    return any(
        (r["IpProtocol"] == "-1" or r.get("FromPort", 0) <= port <= r.get("ToPort", 0))
        and any(pair.get("GroupId") in sources for pair in r["UserIdGroupPairs"])
        for r in rules
    )


def check_service(stack, path, request, task):
    expect("launchType" not in request, "service-launch-type", path, f"launch type {request.get('launchType')}")
    strategy = [item["capacityProvider"] for item in request.get("capacityProviderStrategy", [])]
    expect(strategy, "service-no-capacity-provider", path, "has no capacity provider strategy")
    cluster = ecs.describe_clusters(clusters=[request["cluster"]])["clusters"][0]
    # Managed Instances belong to one cluster from their creation on, without an association.
    managed = [
        name
        for _, name, provider in stack.of_type("AWS::ECS::CapacityProvider")
        if provider.get("ClusterName") == cluster["clusterName"]
    ]
    known = cluster["capacityProviders"] + managed
    expect(set(strategy) <= set(known), "service-unknown-capacity-provider", path, f"uses {strategy}, of {known}")

    network = request.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    if not network:
        return
    public = network.get("assignPublicIp", "DISABLED")
    expect(public == "DISABLED", "service-public-ip", path, "its tasks have public addresses")
    subnets = ec2.describe_subnets(SubnetIds=network["subnets"])["Subnets"]
    groups = network["securityGroups"]
    vpcs = {g["VpcId"] for g in ec2.describe_security_groups(GroupIds=groups)["SecurityGroups"]}
    expect(vpcs == {s["VpcId"] for s in subnets}, "service-network-split", path, "subnets and groups of several VPCs")

    containers = {container["name"]: container for container in task["containerDefinitions"]}
    for target in request.get("loadBalancers", []):
        name, port = target["containerName"], target["containerPort"]
        ports = [mapping["containerPort"] for mapping in containers.get(name, {}).get("portMappings", [])]
        expect(port in ports, "service-target-missing", path, f"{name} has no port {port}")
        group = elbv2.describe_target_groups(TargetGroupArns=[target["targetGroupArn"]])["TargetGroups"][0]
        expect(group["TargetType"] == "ip", "service-target-type", path, f"target type {group['TargetType']}")
        arns = group["LoadBalancerArns"]
        if expect(arns, "service-unreachable", path, "no rule of a load balancer forwards to its target group"):
            balancer = elbv2.describe_load_balancers(LoadBalancerArns=arns)["LoadBalancers"][0]
            open_ = admits(groups, port, balancer["SecurityGroups"])
            expect(open_, "service-unreachable", path, f"the load balancer may not connect to port {port}")
    for volume in task.get("volumes", []):
        if "efsVolumeConfiguration" in volume:
            file_system = volume["efsVolumeConfiguration"]["fileSystemId"]
            targets = efs.describe_mount_targets(FileSystemId=file_system)["MountTargets"]
            missing = set(network["subnets"]) - {target["SubnetId"] for target in targets}
            expect(not missing, "service-mount-target-missing", path, f"no mount target of {file_system} in {missing}")
            for target in targets:
                answer = efs.describe_mount_target_security_groups(MountTargetId=target["MountTargetId"])
                open_ = admits(answer["SecurityGroups"], 2049, groups)
                expect(open_, "service-mount-unreachable", path, f"{file_system} does not let its tasks in")


def check_ecs(stack):
    for path, _, properties in stack.of_type("AWS::ECS::ClusterCapacityProviderAssociations"):
        stack.send(ecs, "put_cluster_capacity_providers", path, properties)
    tasks = {}
    for path, arn, properties in stack.of_type("AWS::ECS::TaskDefinition"):
        answer, _ = stack.send(ecs, "register_task_definition", path, properties)
        if answer:
            registered = answer["taskDefinition"]["taskDefinitionArn"]
            tasks[arn] = ecs.describe_task_definition(taskDefinition=registered)["taskDefinition"]
            check_task_definition(path, tasks[arn])
    for number, (path, arn, properties) in enumerate(stack.of_type("AWS::ECS::Service")):
        cluster = properties["Cluster"]
        deployed = ecs.describe_services(cluster=cluster, services=[arn])["services"]
        active = len(deployed) == 1 and deployed[0]["status"] == "ACTIVE"
        expect(active, "service-missing", path, f"it is not active in cluster {cluster}")
        task = tasks.get(properties["TaskDefinition"])
        if not expect(task, "service-no-task", path, f"its task definition is {properties['TaskDefinition']}"):
            continue
        properties = {**properties, "TaskDefinition": task["taskDefinitionArn"]}
        # The API has them in the singular.
        if "PlacementStrategies" in properties:
            properties["PlacementStrategy"] = properties.pop("PlacementStrategies")
        answer, request = stack.send(
            ecs, "create_service", path, {"ServiceName": f"{stack.name}-{number}", **properties}
        )
        if answer:
            check_service(stack, path, request, task)


def check_file_systems(stack):
    for path, file_system, _ in stack.of_type("AWS::EFS::FileSystem"):
        stored = efs.describe_file_systems(FileSystemId=file_system)["FileSystems"][0]
        expect(stored["Encrypted"], "file-system-unencrypted", path, "is not encrypted")
        targets = efs.describe_mount_targets(FileSystemId=file_system)["MountTargets"]
        zones = {target["AvailabilityZoneName"] for target in targets}
        once = bool(targets) and len(zones) == len(targets)
        expect(once, "file-system-mount-targets", path, f"{len(targets)} mount targets in {len(zones)} zones")
        expect(efs_points(file_system), "file-system-no-access-point", path, "has no access point")


def check_load_balancers(stack):
    for path, arn, _ in stack.of_type("AWS::ElasticLoadBalancingV2::Listener"):
        listener = elbv2.describe_listeners(ListenerArns=[arn])["Listeners"][0]
        action = listener["DefaultActions"][-1]
        if listener["Protocol"] not in ("HTTP", "HTTPS"):
            # That of a Network Load Balancer has no rules.
            expect(action["Type"] == "forward", "listener-default-action", path, f"does {action['Type']}")
            continue
        if action["Type"] == "redirect":
            secure = action["RedirectConfig"].get("Protocol") == "HTTPS"
            expect(secure, "listener-default-action", path, f"redirects to {action['RedirectConfig']}")
            continue
        closed = action["Type"] == "fixed-response" and action["FixedResponseConfig"]["StatusCode"] == "404"
        expect(closed, "listener-default-action", path, f"a request that no rule matches gets {action}")
        rules = [rule for rule in elbv2.describe_rules(ListenerArn=arn)["Rules"] if not rule["IsDefault"]]
        expect(rules, "listener-no-rule", path, "has no rule")
        if listener["Protocol"] == "HTTPS":
            certificates = listener.get("Certificates", [])
            expect(certificates, "listener-no-certificate", path, "speaks HTTPS without a certificate")


def main(stack_name, template_file):
    with open(template_file, encoding="utf-8") as file:
        stack = Stack(stack_name, json.load(file))
    for check in (check_stack, check_roles, check_ecs, check_file_systems, check_load_balancers):
        check(stack)
    for check in (check_capacity, check_scaling, check_routes, check_target_groups):
        check(stack, expect)
    check_absent(stack, expect, to_api)
    json.dump({"checked": checked, "findings": findings}, sys.stdout)


main(*sys.argv[1:])
