"""What a task writes to its CloudWatch log, component by component.

Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.Logging.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class LogComponent(StrEnum):
    """A part of DMS that writes to the log, under DMS's own name."""

    ADDONS = "ADDONS"
    COMMON = "COMMON"
    COMMUNICATION = "COMMUNICATION"
    DATA_STRUCTURE = "DATA_STRUCTURE"
    FILE_FACTORY = "FILE_FACTORY"
    FILE_TRANSFER = "FILE_TRANSFER"
    IO = "IO"
    METADATA_MANAGER = "METADATA_MANAGER"
    PERFORMANCE = "PERFORMANCE"
    REST_SERVER = "REST_SERVER"
    SORTER = "SORTER"
    SOURCE_CAPTURE = "SOURCE_CAPTURE"
    SOURCE_UNLOAD = "SOURCE_UNLOAD"
    TABLES_MANAGER = "TABLES_MANAGER"
    TARGET_APPLY = "TARGET_APPLY"
    TARGET_LOAD = "TARGET_LOAD"
    TASK_MANAGER = "TASK_MANAGER"
    TRANSFORMATION = "TRANSFORMATION"
    VALIDATOR_EXT = "VALIDATOR_EXT"


class LogSeverity(StrEnum):
    """How much is written, from least to most; each includes those before it."""

    ERROR = "LOGGER_SEVERITY_ERROR"
    WARNING = "LOGGER_SEVERITY_WARNING"
    INFO = "LOGGER_SEVERITY_INFO"
    DEFAULT = "LOGGER_SEVERITY_DEFAULT"
    DEBUG = "LOGGER_SEVERITY_DEBUG"
    DETAILED_DEBUG = "LOGGER_SEVERITY_DETAILED_DEBUG"


@dataclass(frozen=True, kw_only=True, slots=True)
class Logging:
    """The log of one task; it is always on, for a failed task cannot be understood without it.

    Args:
        severities: The components that write more or less than ``DEFAULT``; none by default. The
            debugging severities can write rows of data into the log.
    """

    severities: Mapping[LogComponent, LogSeverity] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        """DMS's ``Logging``.

        Every component is named, so that taking one back to its default is a change that Terraform
        sees. CloudWatchLogGroup and CloudWatchLogStream are DMS's to say: the provider refuses
        them.
        """
        return {
            "EnableLogging": True,
            "LogComponents": [
                {"Id": component, "Severity": self.severities.get(component, LogSeverity.DEFAULT)}
                for component in LogComponent
            ],
        }
