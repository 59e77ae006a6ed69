"""`python -m local_aws.dms_worker`: one replication task, told on its standard input.

It ends with its task, with SIGTERM once what is being applied is done, and at once when its
standard input ends: whoever started it is gone, and a worker that went on would hold the slot.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from local_aws.dms_worker.job import Job, Voice
from local_aws.dms_worker.task import FATAL, Ended, Task

if TYPE_CHECKING:
    from types import FrameType


def main() -> int:
    """Run the task of the first line; 0 where it was stopped or is done, 1 where it failed."""
    voice = Voice(sys.stdout)
    try:
        job = Job.from_json(sys.stdin.readline())
    except (ValueError, KeyError, TypeError) as error:
        voice.say("ended", status="failed", reason=FATAL, message=f"not a job: {error}")
        return 1
    task = Task(job=job, voice=voice)

    def stop(_: int, __: FrameType | None) -> None:
        task.stopping.set()

    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=_listen, args=(task,), daemon=True).start()
    ended: Ended = task.run()
    voice.say("ended", status=ended.status, reason=ended.reason, message=ended.message)
    return 1 if ended.status == "failed" else 0


def _listen(task: Task) -> None:
    for line in sys.stdin:
        command = json.loads(line)
        task.to_reload.extend((schema, table) for schema, table in command.get("reload", []))
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
