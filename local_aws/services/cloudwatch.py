"""CloudWatch: composite alarms, and alarms that begin without data as AWS's do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model, utcnow

from local_aws.answers import Answer, AwsError, BackendMixin, ResponseMixin, check_answer
from local_aws.services.extension import Extension

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
_IN_RULE = re.compile(r"(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*(?:\"([^\"]+)\"|([^\s()\"]+))\s*\)")
_TAKEN_AS_GIVEN = (
    "ActionsSuppressor",
    "ActionsSuppressorExtensionPeriod",
    "ActionsSuppressorWaitPeriod",
    "AlarmDescription",
    "AlarmName",
    "AlarmRule",
)
_NO_DATA = "INSUFFICIENT_DATA"


class LocalCloudWatchBackend(BackendMixin, CloudWatchBackend):  # type: ignore[misc]  # moto is untyped here
    """Keeps composite alarms beside moto's metric alarms."""

    def __init__(self, region_name: str, account_id: str) -> None:
        """Begin without alarms."""
        super().__init__(region_name, account_id)
        self.composite_alarms: dict[str, dict[str, Any]] = {}

    def put_metric_alarm(self, name: str, **kwargs: Any) -> Any:  # noqa: ANN401 - moto's own types
        """PutMetricAlarm; a new alarm has no data yet, a changed one keeps its state."""
        before = self.alarms.get(name)
        alarm = super().put_metric_alarm(name=name, **kwargs)
        alarm.state_value = before.state_value if before else _NO_DATA
        return alarm

    def put_composite_alarm(self, parameters: Mapping[str, Any]) -> None:
        """Make a composite alarm, or replace the one of this name.

        Raises:
            AwsError: ValidationError, where the rule or the suppressor names no alarm that exists.
        """
        rule, suppressor = parameters["AlarmRule"], parameters.get("ActionsSuppressor")
        named = [quoted or plain for quoted, plain in _IN_RULE.findall(rule)]
        for name in [*named, *([suppressor] if suppressor else [])]:
            if not self._exists(name):
                raise AwsError(
                    "ValidationError",
                    f"Could not save the composite alarm as the alarm {name} that it refers to "
                    "does not exist",
                )
        if not named and rule.strip().upper() not in ("TRUE", "FALSE"):
            raise AwsError("ValidationError", f"Invalid alarm rule: {rule}")
        arn = f"arn:{self.partition}:cloudwatch:{self.region_name}:{self.account_id}:alarm:"
        arn += parameters["AlarmName"]
        now = utcnow()
        self.composite_alarms[parameters["AlarmName"]] = {
            **{key: parameters[key] for key in _TAKEN_AS_GIVEN if key in parameters},
            "ActionsEnabled": parameters.get("ActionsEnabled", True),
            "AlarmActions": parameters.get("AlarmActions", []),
            "AlarmArn": arn,
            "AlarmConfigurationUpdatedTimestamp": now,
            "InsufficientDataActions": parameters.get("InsufficientDataActions", []),
            "OKActions": parameters.get("OKActions", []),
            "StateReason": "Unchecked: Initial alarm creation",
            "StateUpdatedTimestamp": now,
            "StateValue": _NO_DATA,
        }
        self.tagger.tag_resource(arn, parameters.get("Tags") or [])

    def delete_alarms(self, alarm_names: list[str]) -> None:
        """DeleteAlarms, of both kinds."""
        super().delete_alarms(alarm_names)
        for name in alarm_names:
            self.composite_alarms.pop(name, None)

    def enable_alarm_actions(self, alarm_names: list[str]) -> None:
        """EnableAlarmActions, of both kinds."""
        super().enable_alarm_actions(alarm_names)
        self._set_actions(alarm_names, enabled=True)

    def disable_alarm_actions(self, alarm_names: list[str]) -> None:
        """DisableAlarmActions, of both kinds."""
        super().disable_alarm_actions(alarm_names)
        self._set_actions(alarm_names, enabled=False)

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        """TagResource, of both kinds."""
        if any(alarm["AlarmArn"] == arn for alarm in self.composite_alarms.values()):
            self.tagger.tag_resource(arn, self.tagger.convert_dict_to_tags_input(tags))
        else:
            super().tag_resource(arn, tags)

    def _set_actions(self, alarm_names: list[str], *, enabled: bool) -> None:
        for name in alarm_names:
            if name in self.composite_alarms:
                self.composite_alarms[name]["ActionsEnabled"] = enabled

    def _exists(self, name_or_arn: str) -> bool:
        name = name_or_arn.rpartition(":alarm:")[2]
        return name in self.alarms or name in self.composite_alarms


class LocalCloudWatchResponse(ResponseMixin, CloudWatchResponse):  # type: ignore[misc]  # moto is untyped here
    """Answers about both kinds of alarm."""

    def put_composite_alarm(self) -> Answer:
        """PutCompositeAlarm."""
        self.cloudwatch_backend.put_composite_alarm(self.parameters())
        return Answer()

    def describe_alarms(self) -> ActionResult:
        """DescribeAlarms: composite alarms only where they are asked for, as AWS has it.

        Of what a caller narrows it by everything holds; moto takes the first alone.
        """
        parameters = self.parameters()
        kinds = parameters.get("AlarmTypes") or ["MetricAlarm"]
        metric = [
            alarm
            for alarm in super().describe_alarms().result["MetricAlarms"]
            if _matches(
                {
                    "AlarmName": alarm.name,
                    "StateValue": alarm.state_value,
                    "AlarmActions": alarm.alarm_actions,
                },
                parameters,
            )
        ]
        composite = [
            alarm
            for alarm in self.cloudwatch_backend.composite_alarms.values()
            if _matches(alarm, parameters)
        ]
        composite = composite if "CompositeAlarm" in kinds else []
        check_answer(
            get_service_model("cloudwatch").operation_model("DescribeAlarms"),
            {"CompositeAlarms": composite},
        )
        return ActionResult(
            {
                "MetricAlarms": metric if "MetricAlarm" in kinds else [],
                "CompositeAlarms": composite,
            }
        )


def _matches(alarm: Mapping[str, Any], parameters: Mapping[str, Any]) -> bool:
    names = parameters.get("AlarmNames")
    prefix = parameters.get("AlarmNamePrefix", "")
    state = parameters.get("StateValue", alarm["StateValue"])
    action = parameters.get("ActionPrefix", "")
    return (
        (not names or alarm["AlarmName"] in names)
        and alarm["AlarmName"].startswith(prefix)
        and alarm["StateValue"] == state
        and (not action or any(a.startswith(action) for a in alarm["AlarmActions"]))
    )


EXTENSION = Extension(
    package="cloudwatch",
    backend=LocalCloudWatchBackend,
    response=LocalCloudWatchResponse,
)
