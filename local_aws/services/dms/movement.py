"""A task whose databases can be reached: a process of its own moves the data.

The process says where it stands (`local_aws.dms_worker`); here that becomes what DMS's calls, its
metrics and its log show. A process that ends without a word is started again from its checkpoint,
as AWS recovers a task. It ends with this one.
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import utcnow
from moto.logs.models import logs_backends

from local_aws.dms_worker.databases import drop_slot, why_not_connected
from local_aws.dms_worker.forking import Workers
from local_aws.dms_worker.job import Endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_aws.dms_worker.forking import Worker
    from local_aws.services.dms.backend import LocalDmsBackend
    from local_aws.services.dms.shelf import Resource

MOVEMENT = "movement"
"""Where a task keeps its movement, of what is hidden of it."""

_WORKERS = Workers()
_SECONDS_BEFORE_RECOVERY = 0.5
# AWS's are of a minute; a test is not to wait for one.
_SECONDS_BETWEEN_METRICS = 5.0
_COMPLETED, _LOADING, _QUEUED, _ERROR = "Table completed", "Full load", "Before load", "Table error"
_RELOADING = "Table is being reloaded"


def tried(endpoint: Mapping[str, Any]) -> str:
    """What stands in the way of a connection to an endpoint that can be reached; empty for nothing."""
    return why_not_connected(Endpoint(**endpoint))


@dataclass(kw_only=True)
class Movement:
    """The movement of one task's data, from its first start to its deletion."""

    backend: LocalDmsBackend
    task: Resource
    tables: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _reloads: set[tuple[str, str]] = field(default_factory=set)
    _job: dict[str, Any] = field(default_factory=dict)
    _begun: bool = False
    _process: Worker | None = None
    _stopping: bool = False
    _slot: str = ""
    _checkpoint: str = ""
    _measured: float = 0.0

    def start(self, job: Mapping[str, Any], *, fresh: bool) -> None:
        """Start the process, anew or from where the task stands."""
        self._job = dict(job)
        self._stopping = False
        if fresh:
            self.tables.clear()
            self._reloads.clear()
            self._begun = False
            self._checkpoint = ""
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        """Ask the process to end after what it is applying."""
        self._stopping = True
        if self._process:
            self._process.terminate()

    def reload(self, tables: list[tuple[str, str]]) -> None:
        """Load tables again; where the process is gone, by the next one."""
        self._reloads.update(tables)
        self._tell({"reload": tables})

    def forget(self) -> None:
        """Drop the task's slot at the source, as DMS does with a task that is deleted.

        One that the endpoint names was there before the task, and stays: no page says otherwise.
        """
        if not self._slot or self._job["slot"]:
            return
        drop_slot(Endpoint(**self._job["source"]), self._slot)

    def _run(self) -> None:
        """Keep a process at work until it ends with a word, or is asked to end."""
        while True:
            with _WORKERS.start() as process:
                self._process = process
                self._tell(self._told())
                if self._stopping:
                    process.terminate()
                if self._hear(process.stdout):
                    return
            if self._stopping:
                self._show(Status="stopped", StopReason="Stop Reason NORMAL")
                return
            time.sleep(_SECONDS_BEFORE_RECOVERY)

    def _told(self) -> dict[str, Any]:
        if not self._begun:
            return self._job
        tables = [
            {key: value for key, value in table.items() if key not in {"at", "loaded_at"}}
            | ({"state": _RELOADING} if name in self._reloads else {})
            for name, table in self.tables.items()
        ]
        return {**self._job, "start": "resume", "tables": tables}

    def _tell(self, document: Mapping[str, Any]) -> None:
        """Tell the process; one that is gone is started again, and told then what it is to do."""
        stdin = self._process.stdin if self._process else None
        if stdin is None or stdin.closed:
            return
        try:
            stdin.write(json.dumps(document) + "\n")
            stdin.flush()
        except BrokenPipeError:
            with suppress(BrokenPipeError):
                stdin.close()

    def _hear(self, lines: Any) -> bool:  # noqa: ANN401 - a stream of text
        """Take what the process says; whether it said that it ends."""
        for line in lines:
            event = json.loads(line)
            kind = event.pop("event")
            if kind == "ended":
                self._end(event)
                return True
            {
                "begun": self._begin,
                "running": self._go_on,
                "table": self._table,
                "progress": self._progress,
                "log": self._log,
            }[kind](event)
        return False

    def _begin(self, event: Mapping[str, Any]) -> None:
        self._begun = True
        self._slot = event["slot"]
        self._checkpoint = event["checkpoint"]

    def _go_on(self, _: Mapping[str, Any]) -> None:
        self._running()

    def _table(self, event: dict[str, Any]) -> None:
        name = (event["schema"], event["table"])
        now, last = datetime.now(UTC), self.tables.get(name, {})
        if event["state"] == last.get("state") == _COMPLETED:
            loaded_at = last["loaded_at"]
        else:
            loaded_at = now if event["state"] == _COMPLETED else None
        self.tables[name] = event | {"at": now, "loaded_at": loaded_at}
        if event["state"] == _RELOADING:
            self._reloads.discard(name)
        self._running()

    def _running(self) -> None:
        stats = {**self.task.data["ReplicationTaskStats"], **self._load_stats()}
        starting = self.task.data["Status"] == "starting"
        self._show(ReplicationTaskStats=stats, **({"Status": "running"} if starting else {}))

    def _load_stats(self) -> dict[str, Any]:
        states = [table["state"] for table in self.tables.values()]
        done = states.count(_COMPLETED)
        return {
            "FullLoadProgressPercent": 100 * done // len(states) if states else 0,
            "TablesLoaded": done,
            "TablesLoading": states.count(_LOADING) + states.count(_RELOADING),
            "TablesQueued": states.count(_QUEUED),
            "TablesErrored": states.count(_ERROR),
        }

    def _progress(self, event: Mapping[str, Any]) -> None:
        self._checkpoint = event["checkpoint"]
        if time.monotonic() - self._measured < _SECONDS_BETWEEN_METRICS:
            return
        self._measured = time.monotonic()
        dimensions = [
            {"Name": "ReplicationInstanceIdentifier", "Value": self._job["server"]},
            {"Name": "ReplicationTaskIdentifier", "Value": self._job["task"]},
        ]
        cloudwatch_backends[self.backend.account_id][self.backend.region_name].put_metric_data(
            "AWS/DMS",
            [
                {"MetricName": name, "Dimensions": dimensions, "Value": event[key],
                 "Unit": "Seconds", "Timestamp": utcnow()}
                for name, key in (("CDCLatencySource", "latency_source_seconds"),
                                  ("CDCLatencyTarget", "latency_target_seconds"))
            ],
        )  # fmt: skip

    def _log(self, event: Mapping[str, Any]) -> None:
        """Write a line into the task's log, as DMS's read: time, component, severity, text."""
        logging = json.loads(self.task.data["ReplicationTaskSettings"]).get("Logging", {})
        group, stream = logging.get("CloudWatchLogGroup"), logging.get("CloudWatchLogStream")
        if not group:
            return
        logs = logs_backends[self.backend.account_id][self.backend.region_name]
        if group not in logs.groups:
            logs.create_log_group(group, {})
        if stream not in logs.groups[group].streams:
            logs.create_log_stream(group, stream)
        now = datetime.now(UTC)
        text = f"{now:%Y-%m-%dT%H:%M:%S} [TASK_MANAGER    ]{event['severity']}:  {event['text']}"
        logs.put_log_events(
            group, stream, [{"timestamp": int(now.timestamp() * 1000), "message": text}]
        )

    def _end(self, event: Mapping[str, Any]) -> None:
        stats = {
            **self.task.data["ReplicationTaskStats"],
            **self._load_stats(),
            "StopDate": datetime.now(UTC),
        }
        shown: dict[str, Any] = {
            "Status": event["status"],
            "StopReason": event["reason"],
            "ReplicationTaskStats": stats,
        }
        if event["message"]:
            shown["LastFailureMessage"] = event["message"]
        # DMS shows it of a task that is stopped or failed alone.
        if self._checkpoint:
            shown["RecoveryCheckpoint"] = self._checkpoint
        self._show(**shown)

    def _show(self, **members: Any) -> None:  # noqa: ANN401 - any of the API's types
        # Another dictionary, not the same one changed: an answer may be read from it just now.
        self.task.data = {**self.task.data, **members}
