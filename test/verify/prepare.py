"""Makes a copy of an assembly deployable to moto, and prints what it changed as a JSON list.

The resources stay as the library made them. Only the ids of what exists before a stack are replaced, by those of
stand-ins that are created now.
"""
import json
import re
import sys
from pathlib import Path

import boto3
from moto.cloudformation.parsing import get_model_map

from absent import ABSENT

REGION = boto3.session.Session().region_name
ec2, elbv2, ecs, ssm = (boto3.client(name) for name in ("ec2", "elbv2", "ecs", "ssm"))

# moto's CloudFormation drops properties of these types, mostly all of them. As outputs they come back with every
# reference resolved, and check.py gives them to the API of the service.
RESOLVED = {
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::CloudWatch::Alarm",
    "AWS::EC2::LaunchTemplate",
    "AWS::ECS::CapacityProvider",
    "AWS::ECS::ClusterCapacityProviderAssociations",
    "AWS::ECS::TaskDefinition",
    "AWS::ECS::Service",
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
}

notes = []


def note(what):
    if what not in notes:
        notes.append(what)


def of_type(template, resource_type):
    return {k: v for k, v in template["Resources"].items() if v["Type"] == resource_type}


def imported_ids(texts):
    """Stand-ins for the ids that are written out in the templates: those of imported resources."""

    def found(pattern):
        return sorted({match for text in texts for match in re.findall(pattern, text)})

    ids = {kind: found(rf"\b{kind}-[0-9a-f]{{5,17}}\b") for kind in ("vpc", "subnet", "sg")}
    listeners = found(r"arn:aws:elasticloadbalancing:[^\"]*?:listener/app/[\w/-]+")
    if not any([*ids.values(), listeners]):
        return {}

    # All imported subnets and security groups stand in the first VPC: a template does not say where they belong.
    made = {old: ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"] for old in ids["vpc"] or ["vpc"]}
    vpc = next(iter(made.values()))

    def subnet(index):
        zone = f"{REGION}{'abc'[index % 3]}"
        answer = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{index}.0/24", AvailabilityZone=zone)
        return answer["Subnet"]["SubnetId"]

    def group(name):
        return ec2.create_security_group(GroupName=name, Description="stand-in", VpcId=vpc)["GroupId"]

    made |= {old: subnet(index) for index, old in enumerate(ids["subnet"])}
    made |= {old: group(old.replace("sg-", "standin-")) for old in ids["sg"]}
    for index, old in enumerate(listeners):
        # It has every imported security group: a template does not say which one is that of the load balancer.
        balancer = elbv2.create_load_balancer(
            Name=f"stand-in-{index}",
            Subnets=[subnet(100 + 2 * index), subnet(101 + 2 * index)],
            SecurityGroups=[made[old_id] for old_id in ids["sg"]] or [group(f"balancer-{index}")],
        )["LoadBalancers"][0]["LoadBalancerArn"]
        not_found = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
        listener = elbv2.create_listener(
            LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[not_found]
        )
        made[old] = listener["Listeners"][0]["ListenerArn"]
    return made


def imported_names(template):
    """Stand-ins that have the very name of what is imported, and zones, which moto names itself."""
    made = {}
    for service in of_type(template, "AWS::ECS::Service").values():
        cluster = service["Properties"].get("Cluster")
        if isinstance(cluster, str):
            ecs.create_cluster(clusterName=cluster, capacityProviders=["FARGATE", "FARGATE_SPOT"])
            note(f"imported cluster {cluster}: a stand-in was created before")
    for record in of_type(template, "AWS::Route53::RecordSet").values():
        zone, name = record["Properties"].get("HostedZoneId"), record["Properties"]["Name"]
        if isinstance(zone, str) and zone not in made:
            parent = name.split(".", 1)[1]
            answer = boto3.client("route53").create_hosted_zone(Name=parent, CallerReference=zone)
            made[zone] = answer["HostedZone"]["Id"].removeprefix("/hostedzone/")
    return made


def published_images(template):
    """Stand-ins for the parameters in which AWS publishes images: moto has those of a few images only."""
    for parameter in template.get("Parameters", {}).values():
        if parameter["Type"] == "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>":
            name = f"/stand-in{parameter['Default']}"
            image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
            ssm.put_parameter(Name=name, Value=image, Type="String", Overwrite=True)
            note(f"image {parameter['Default']}: some image of moto")
            parameter["Default"] = name


def published_values(template):
    """Stand-ins for the parameters that something outside of the templates writes, such as a build its newest tag."""
    for parameter in template.get("Parameters", {}).values():
        name = parameter.get("Default", "")
        if parameter["Type"] == "AWS::SSM::Parameter::Value<String>" and not name.startswith("/cdk-bootstrap/"):
            ssm.put_parameter(Name=name, Value="standin", Type="String", Overwrite=True)
            note(f"parameter {name}: a stand-in was created before")


def resolve(template):
    """Adds an output with all properties of each resource whose properties moto drops."""
    resources = template["Resources"]
    for logical_id, resource in list(resources.items()):
        if resource["Type"] not in RESOLVED | ABSENT.keys():
            continue
        properties = dict(resource["Properties"])
        target = properties.pop("ScalingTargetId", None)
        if target:
            # CloudFormation's way to name the target. The API has these three properties for it.
            scalable = resources[target["Ref"]]["Properties"]
            properties |= {k: scalable[k] for k in ("ResourceId", "ScalableDimension", "ServiceNamespace")}
        output = {"Value": {"Fn::ToJsonString": properties}}
        if "Condition" in resource:
            output["Condition"] = resource["Condition"]
        template.setdefault("Outputs", {})[f"Resolved{logical_id}"] = output


def remove_absent(template):
    """Takes out the types that moto's CloudFormation lacks. What refers to them gets a value of the right shape."""
    resources = template["Resources"]
    removed = {k: ABSENT[v["Type"]] for k, v in resources.items() if v["Type"] in ABSENT}
    for logical_id in removed:
        note(f"{resources[logical_id]['Type']}: not deployed, moto has no such type; check.py holds it against AWS's model")
        absent = template.setdefault("Metadata", {}).setdefault("Absent", {})
        # Its properties are in an output.
        absent[logical_id] = {key: value for key, value in resources[logical_id].items() if key in ("Type", "Metadata")}
        del resources[logical_id]

    def without(value):
        if isinstance(value, list):
            return [without(item) for item in value if not (isinstance(item, str) and item in removed)]
        if not isinstance(value, dict):
            return value
        if value.get("Ref") in removed:
            return removed[value["Ref"]]["Ref"]
        target = value.get("Fn::GetAtt")
        if isinstance(target, list) and target[0] in removed:
            return removed[target[0]][target[1]]
        return {key: without(item) for key, item in value.items()}

    template.update(without(template))


def check_absent():
    """A type that moto has learned by now must be deployed."""
    known = sorted(set(ABSENT) & set(get_model_map()))
    if known:
        raise SystemExit(f"moto deploys {', '.join(known)} now: remove them from test/verify/absent.py")


def main(assembly):
    check_absent()
    found = set()
    for file in assembly.glob("*.assets.json"):
        assets = json.loads(file.read_text())
        if assets.get("dockerImages"):
            note(f"{file.name}: {len(assets['dockerImages'])} image not built or published, which needs Docker")
            assets["dockerImages"] = {}
            file.write_text(json.dumps(assets))

    files = sorted(assembly.glob("*.template.json"))
    ids = imported_ids([file.read_text() for file in files])
    for file in files:
        text = file.read_text()
        for old, new in {**ids, **imported_names(json.loads(text))}.items():
            if old in text:
                note(f"imported {old}: a stand-in was created before")
                text = text.replace(old, new)
        template = json.loads(text)
        for index, repository in enumerate(of_type(template, "AWS::ECR::Repository").values()):
            if "RepositoryName" not in repository.setdefault("Properties", {}):
                repository["Properties"]["RepositoryName"] = f"{file.name.split('.')[0]}-{index}".lower()
                note("repositories: named, because moto generates invalid names")
        published_images(template)
        published_values(template)
        found |= {resource["Type"] for resource in template["Resources"].values()}
        resolve(template)
        remove_absent(template)
        file.write_text(json.dumps(template))
    if stale := set(ABSENT) - found:
        raise SystemExit(f"no example has {', '.join(sorted(stale))}: remove them from test/verify/absent.py")
    json.dump(notes, sys.stdout)


main(Path(sys.argv[1]))
