"""Looks at what scales services: targets, their schedules, policies and alarms, all by their API."""
import boto3

scaling, cloudwatch = boto3.client("application-autoscaling"), boto3.client("cloudwatch")


def check_targets(stack, expect):
    # moto refuses a target whose cluster and service do not exist.
    for path, _, properties in stack.of_type("AWS::ApplicationAutoScaling::ScalableTarget"):
        target = {key: value for key, value in properties.items() if key != "ScheduledActions"}
        answer, request = stack.send(scaling, "register_scalable_target", path, target)
        for action in properties.get("ScheduledActions", []):
            of = {key: target[key] for key in ("ResourceId", "ScalableDimension", "ServiceNamespace")}
            stack.send(scaling, "put_scheduled_action", path, {**of, **action})
        if answer:
            bounds = request["MinCapacity"], request["MaxCapacity"]
            expect(bounds[0] <= bounds[1], "scaling-bounds", path, f"between {bounds[0]} and {bounds[1]} tasks")


def check_policies(stack, expect):
    for path, _, properties in stack.of_type("AWS::ApplicationAutoScaling::ScalingPolicy"):
        answer, request = stack.send(scaling, "put_scaling_policy", path, properties)
        if answer:
            of = {"ServiceNamespace": "ecs", "ResourceIds": [request["ResourceId"]]}
            targets = scaling.describe_scalable_targets(**of)["ScalableTargets"]
            expect(targets, "scaling-policy-no-target", path, f"{request['ResourceId']} is no scalable target")


def check_alarms(stack, expect):
    for path, _, properties in stack.of_type("AWS::CloudWatch::Alarm"):
        # What they do is a scaling policy, of which moto's CloudFormation knows no ARN.
        alarm = {key: value for key, value in properties.items() if key != "AlarmActions"}
        stack.send(cloudwatch, "put_metric_alarm", path, {"AlarmName": path, **alarm})


def check_scaling(stack, expect):
    for check in (check_targets, check_policies, check_alarms):
        check(stack, expect)
