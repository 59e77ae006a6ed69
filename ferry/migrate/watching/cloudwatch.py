"""What CloudWatch says of tasks: latencies, alarms that fire, and what only the logs have."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from facts import metrics
from facts.alarms import ALARMS
from ferry.account import NotFoundError, explained
from ferry.migrate.watching.look import LogLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ferry.account import Account
    from ferry.migrate.tasks import Task
    from settings.environment import Environment

_SECONDS_BETWEEN_METRICS: Final = 20.0
_SECONDS_BETWEEN_LINES: Final = 10.0
_MINUTES: Final = 10
_NAMES_A_CALL: Final = 100
_QUERIES_A_CALL: Final = 500
_STREAMS_A_CALL: Final = 100
_LINES: Final = 500

# `2026-11-27T06:00:00 [TASK_MANAGER    ]W:  what it says (file.c:123)`: W warns, E is an error.
_LINE: Final = re.compile(r"\](?P<severity>[WE]):\s+(?P<text>.*)", re.DOTALL)
_PLACE: Final = re.compile(r"\s*\(\w+\.c:\d+\)\s*$")
_LATENCIES: Final = {"source": metrics.SOURCE_LATENCY.name, "target": metrics.TARGET_LATENCY.name}


@dataclass(frozen=True, kw_only=True, slots=True)
class CloudWatchSeen:
    """What CloudWatch says.

    Args:
        latencies: DMS's latencies in seconds, by task and side; without those that it has not.
        alarms: The environment's alarms that fire.
        log: What the tasks' logs have said since the last look.
    """

    latencies: Mapping[tuple[str, str], float] = field(default_factory=dict)
    alarms: tuple[str, ...] = ()
    log: tuple[LogLine, ...] = ()


@dataclass(kw_only=True)
class CloudWatch:
    """Asks CloudWatch, which has new values once a minute, a few times a minute.

    Args:
        environment: The environment.
        account: Its account.
        tasks: The tasks.
        since: From when on the logs are read.
        clock: The time in seconds.
    """

    environment: Environment
    account: Account
    tasks: Sequence[Task]
    since: datetime
    clock: Callable[[], float] = time.monotonic
    _latencies: dict[tuple[str, str], float] = field(default_factory=dict)
    _alarms: tuple[str, ...] = ()
    _measured: float = float("-inf")
    _read: float = float("-inf")

    def __post_init__(self) -> None:
        """The logs were not read yet."""
        self._from = int(self.since.timestamp() * 1000)
        self._seen: set[str] = set()

    def look(self) -> CloudWatchSeen:
        """What it says now, or said a moment ago.

        Raises:
            FerryError: It does not answer.
        """
        now = self.clock()
        if now - self._measured > _SECONDS_BETWEEN_METRICS:
            with explained("read the tasks' latencies"):
                self._latencies = self._read_latencies()
            with explained("read which alarms fire"):
                self._alarms = self._read_alarms()
            self._measured = now
        log: tuple[LogLine, ...] = ()
        if now - self._read > _SECONDS_BETWEEN_LINES:
            log = tuple(self._read_log())
            self._read = now
        return CloudWatchSeen(latencies=dict(self._latencies), alarms=self._alarms, log=log)

    def _read_latencies(self) -> dict[tuple[str, str], float]:
        wanted = {
            f"{side}_{place}": (task, side)
            for place, task in enumerate(self.tasks)
            for side in _LATENCIES
        }
        queries: list[Any] = [
            {
                "Id": query,
                "MetricStat": {
                    "Metric": {
                        "Namespace": metrics.DMS,
                        "MetricName": _LATENCIES[side],
                        "Dimensions": [
                            {
                                "Name": metrics.REPLICATION_INSTANCE,
                                "Value": self.environment.names.replication_instance,
                            },
                            {"Name": metrics.TASK, "Value": task.identifier},
                        ],
                    },
                    "Period": metrics.PUBLISHED_EVERY_SECONDS,
                    "Stat": "Maximum",
                },
            }
            for query, (task, side) in wanted.items()
        ]
        now = datetime.now(UTC)
        found: dict[tuple[str, str], float] = {}
        for first in range(0, len(queries), _QUERIES_A_CALL):
            answer = self.account.cloudwatch.get_metric_data(
                MetricDataQueries=queries[first : first + _QUERIES_A_CALL],
                StartTime=now - timedelta(minutes=_MINUTES),
                EndTime=now + timedelta(minutes=1),
                ScanBy="TimestampDescending",
            )
            for result in answer["MetricDataResults"]:
                if result.get("Values"):
                    task, side = wanted[result["Id"]]
                    found[task.name, side] = result["Values"][0]
        return found

    def _read_alarms(self) -> tuple[str, ...]:
        names = self.environment.names
        known = [
            names.alarm(alarm.name, name)
            for alarm in ALARMS
            for name in (
                [task.name for task in self.environment.tasks] if alarm.is_of_a_task else [None]
            )
        ]
        firing = [
            alarm.get("AlarmName", "")
            for first in range(0, len(known), _NAMES_A_CALL)
            for alarm in self.account.cloudwatch.describe_alarms(
                AlarmNames=known[first : first + _NAMES_A_CALL],
                StateValue="ALARM",
                MaxRecords=_NAMES_A_CALL,
            )["MetricAlarms"]
        ]
        return tuple(sorted(firing))

    def _read_log(self) -> Iterator[LogLine]:
        """The warnings and errors that are new; a group that is not there yet says nothing."""
        streams = {task.settings.log_stream: task.name for task in self.tasks}
        named = sorted(stream for stream in streams if stream)
        for first in range(0, len(named), _STREAMS_A_CALL):
            try:
                with explained("read the tasks' logs"):
                    events = self._events(named[first : first + _STREAMS_A_CALL])
            except NotFoundError:
                continue
            for event in events:
                found = _LINE.search(event.get("message", ""))
                if event.get("eventId") in self._seen or found is None:
                    continue
                self._seen.add(event.get("eventId", ""))
                self._from = max(self._from, event.get("timestamp", 0))
                yield LogLine(
                    task=streams[event.get("logStreamName", "")],
                    severity=found["severity"],
                    text=_PLACE.sub("", " ".join(found["text"].split())),
                )

    def _events(self, streams: list[str]) -> list[Any]:
        # Both words are somewhere in the line; which lines have them as a severity is looked at here.
        # A page may be empty and have a next one: CloudWatch has not searched all by then.
        pages = self.account.logs.get_paginator("filter_log_events").paginate(
            logGroupName=self.environment.names.task_log_group,
            logStreamNames=streams,
            startTime=self._from,
            filterPattern='?"]W:" ?"]E:"',
            PaginationConfig={"MaxItems": _LINES},
        )
        return [event for page in pages for event in page["events"]]
