from __future__ import annotations

import pytest

from tests.unit.local_aws.aws import Aws, refused


@pytest.fixture
def cpu(aws: Aws) -> str:
    aws.cloudwatch.put_metric_alarm(
        AlarmName="cpu",
        Namespace="AWS/RDS",
        MetricName="CPUUtilization",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Period=60,
        Statistic="Average",
        Threshold=80,
    )
    return "cpu"


def put(aws: Aws, rule: str, **arguments: object) -> None:
    aws.cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule=rule, **arguments)


def composite(aws: Aws, **arguments: object) -> list[dict[str, object]]:
    answer = aws.cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"], **arguments)
    alarms: list[dict[str, object]] = answer["CompositeAlarms"]
    return alarms


def test_a_composite_alarm_reads_back(aws: Aws, cpu: str) -> None:
    topic = aws.topic_arn()
    put(
        aws,
        f"ALARM({cpu})",
        AlarmDescription="anything",
        AlarmActions=[topic],
        OKActions=[topic],
        ActionsEnabled=True,
        ActionsSuppressor=cpu,
        ActionsSuppressorWaitPeriod=120,
        ActionsSuppressorExtensionPeriod=60,
        Tags=[{"Key": "project", "Value": "ferry"}],
    )
    [alarm] = composite(aws)
    arn = f"arn:aws:cloudwatch:eu-central-1:{aws.account}:alarm:any"
    assert alarm["AlarmArn"] == arn
    assert alarm["AlarmRule"] == "ALARM(cpu)"
    assert alarm["AlarmDescription"] == "anything"
    assert alarm["AlarmActions"] == alarm["OKActions"] == [topic]
    assert alarm["ActionsSuppressor"] == "cpu"
    assert alarm["ActionsSuppressorWaitPeriod"] == 120
    assert alarm["ActionsSuppressorExtensionPeriod"] == 60
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"
    tags = aws.cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]
    assert tags == [{"Key": "project", "Value": "ferry"}]


def test_its_tags_change(aws: Aws, cpu: str) -> None:
    put(aws, f"OK({cpu})")
    arn = composite(aws)[0]["AlarmArn"]
    aws.cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "b"}])
    assert aws.cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [
        {"Key": "a", "Value": "b"}
    ]


def test_a_metric_alarms_tags_change_as_before(aws: Aws, cpu: str) -> None:
    [alarm] = aws.cloudwatch.describe_alarms(AlarmNames=[cpu])["MetricAlarms"]
    aws.cloudwatch.tag_resource(ResourceARN=alarm["AlarmArn"], Tags=[{"Key": "a", "Value": "b"}])
    assert aws.cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]


def test_only_metric_alarms_are_shown_where_no_kind_is_asked_for(aws: Aws, cpu: str) -> None:
    put(aws, f"ALARM({cpu})")
    answer = aws.cloudwatch.describe_alarms()
    assert [alarm["AlarmName"] for alarm in answer["MetricAlarms"]] == [cpu]
    assert answer["CompositeAlarms"] == []
    assert aws.cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["MetricAlarms"] == []


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"AlarmNames": ["any"]}, 1),
        ({"AlarmNames": ["other"]}, 0),
        ({"AlarmNamePrefix": "an"}, 1),
        ({"AlarmNamePrefix": "x"}, 0),
        ({"StateValue": "ALARM"}, 0),
        ({"StateValue": "INSUFFICIENT_DATA"}, 1),
        ({"ActionPrefix": "arn:aws:sns"}, 1),
        ({"ActionPrefix": "arn:aws:ssm"}, 0),
    ],
)
def test_composite_alarms_are_found(
    aws: Aws, cpu: str, arguments: dict[str, object], found: int
) -> None:
    put(aws, f"ALARM({cpu})", AlarmActions=[aws.topic_arn()])
    assert len(composite(aws, **arguments)) == found


def test_actions_are_switched(aws: Aws, cpu: str) -> None:
    put(aws, f"ALARM({cpu})")
    aws.cloudwatch.disable_alarm_actions(AlarmNames=["any", cpu])
    assert composite(aws)[0]["ActionsEnabled"] is False
    aws.cloudwatch.enable_alarm_actions(AlarmNames=["any", cpu])
    assert composite(aws)[0]["ActionsEnabled"] is True


def test_both_kinds_are_deleted(aws: Aws, cpu: str) -> None:
    put(aws, f"ALARM({cpu})")
    aws.cloudwatch.delete_alarms(AlarmNames=["any", cpu])
    assert composite(aws) == []
    assert aws.cloudwatch.describe_alarms()["MetricAlarms"] == []


@pytest.mark.parametrize("rule", ["TRUE", "FALSE", 'ALARM("cpu") AND NOT OK(cpu)'])
def test_rules_that_are_taken(aws: Aws, cpu: str, rule: str) -> None:
    put(aws, rule)
    assert cpu
    assert composite(aws)[0]["AlarmRule"] == rule


def test_a_rule_may_name_an_arn_and_a_composite_alarm(aws: Aws) -> None:
    put(aws, "TRUE")
    arn = composite(aws)[0]["AlarmArn"]
    aws.cloudwatch.put_composite_alarm(AlarmName="outer", AlarmRule=f"ALARM({arn})")
    assert len(composite(aws)) == 2


@pytest.mark.parametrize(
    ("rule", "suppressor", "part"),
    [
        ("ALARM(gone)", None, "the alarm gone that it refers to does not exist"),
        ("TRUE", "gone", "the alarm gone that it refers to does not exist"),
        ("perhaps", None, "Invalid alarm rule: perhaps"),
    ],
)
def test_rules_that_are_refused(aws: Aws, rule: str, suppressor: str | None, part: str) -> None:
    with refused("ValidationError", part):
        put(aws, rule, **({"ActionsSuppressor": suppressor} if suppressor else {}))


def test_a_metric_alarm_begins_without_data_and_keeps_its_state(aws: Aws, cpu: str) -> None:
    def state() -> object:
        return aws.cloudwatch.describe_alarms(AlarmNames=[cpu])["MetricAlarms"][0]["StateValue"]

    assert state() == "INSUFFICIENT_DATA"
    aws.cloudwatch.set_alarm_state(AlarmName=cpu, StateValue="ALARM", StateReason="test")
    aws.cloudwatch.put_metric_alarm(
        AlarmName=cpu,
        Namespace="AWS/RDS",
        MetricName="CPUUtilization",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Period=60,
        Statistic="Average",
        Threshold=90,
    )
    assert state() == "ALARM"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"AlarmNames": ["cpu"]}, 1),
        ({"AlarmNames": ["cpu"], "StateValue": "INSUFFICIENT_DATA"}, 1),
        ({"AlarmNames": ["cpu"], "StateValue": "ALARM"}, 0),
        ({"AlarmNamePrefix": "c", "StateValue": "ALARM"}, 0),
        ({"AlarmNamePrefix": "c", "ActionPrefix": "arn:none"}, 0),
    ],
)
@pytest.mark.usefixtures("cpu")
def test_all_that_narrows_metric_alarms_holds(
    aws: Aws, given: dict[str, object], found: int
) -> None:
    assert len(aws.cloudwatch.describe_alarms(**given)["MetricAlarms"]) == found
