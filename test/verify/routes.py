"""Looks at rules and target groups: what was deployed must be what the template says, rule by rule.

moto stores both with all their properties but the attributes and the protocol version of target groups.
"""
import boto3

elbv2, ec2 = (boto3.client(name) for name in ("elbv2", "ec2"))


def check_routes(stack, expect):
    for path, arn, properties in stack.of_type("AWS::ElasticLoadBalancingV2::ListenerRule"):
        rule = elbv2.describe_rules(RuleArns=[arn])["Rules"][0]
        expect(rule["Priority"] == str(properties["Priority"]), "rule-priority", path, f"{rule['Priority']}")
        wanted = [condition(item) for item in properties["Conditions"]]
        made = [condition(item) for item in rule["Conditions"]]
        expect(made == wanted and wanted, "rule-conditions", path, f"asks for {made}, and should for {wanted}")
        action = rule["Actions"][-1]
        if not expect(action["Type"] == "forward", "rule-does-not-forward", path, f"its last action is {action['Type']}"):
            continue
        target = properties["Actions"][-1]["TargetGroupArn"]
        expect(target in targets_of(action), "rule-target", path, f"forwards to {targets_of(action)}, not {target}")

        # Those of all stacks: each service brings its own.
        others = elbv2.describe_rules(ListenerArn=properties["ListenerArn"])["Rules"]
        same = [other["RuleArn"] for other in others if other["Priority"] == rule["Priority"]]
        expect(same == [arn], "rule-priority-shared", path, f"{same} have the priority {rule['Priority']}")
        default = [other for other in others if other["IsDefault"]][0]["Actions"][-1]
        expect(default["Type"] == "fixed-response", "rule-default", path, f"who matches no rule gets {default['Type']}")


def targets_of(action):
    groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
    return [group["TargetGroupArn"] for group in groups] or [action.get("TargetGroupArn")]


def condition(item):
    """One shape for CloudFormation's condition and the API's: the field, and what it asks for."""
    config = next((value for key, value in item.items() if key.endswith("Config")), None)
    return item["Field"], config if config else {"Values": item["Values"]}


# What the API calls as CloudFormation does.
TARGET_GROUP = (
    "HealthCheckPath",
    "HealthCheckPort",
    "HealthCheckProtocol",
    "HealthCheckIntervalSeconds",
    "HealthCheckTimeoutSeconds",
    "HealthyThresholdCount",
    "UnhealthyThresholdCount",
    "Matcher",
    "Port",
    "Protocol",
    "TargetType",
    "VpcId",
)


def check_target_groups(stack, expect):
    for path, arn, properties in stack.of_type("AWS::ElasticLoadBalancingV2::TargetGroup"):
        group = elbv2.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
        for name in TARGET_GROUP:
            if name in properties:
                same = str(group.get(name)) == str(properties[name])
                expect(same, "target-group", path, f"{name} is {group.get(name)}, and should be {properties[name]}")
        expect(group["LoadBalancerArns"], "target-group-unused", path, "no load balancer forwards to it")
