"""`python -m local_aws.dms_worker`: one replication task, told on its standard input.

With the number of a socket's descriptor it copies itself for each task that is asked for there
(`local_aws.dms_worker.forking`).

It ends with its task, with SIGTERM once what is being applied is done, and at once when its
standard input ends: whoever started it is gone, and a worker that went on would hold the slot.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading

from local_aws.dms_worker.forking import serve
from local_aws.dms_worker.job import Job, say
from local_aws.dms_worker.task import Task, failed


def main() -> int:
    """Do what the first line says; 0 where the task was stopped or is done, 1 where it failed."""
    try:
        task = Task(Job.from_document(json.loads(sys.stdin.readline())))
    except (ValueError, KeyError, TypeError) as error:
        say("ended", **failed(f"not a job: {error}"))
        return 1
    signal.signal(signal.SIGTERM, lambda *_: task.stopping.set())
    threading.Thread(target=_listen, args=(task,), daemon=True).start()
    try:
        ended = task.run()
    except Exception as error:
        say("ended", **failed(f"a fault of the worker: {error!r}"))
        raise
    say("ended", **ended)
    return 1 if ended["status"] == "failed" else 0


def _listen(task: Task) -> None:
    try:
        for line in sys.stdin:
            command = json.loads(line)
            task.to_reload.extend((schema, table) for schema, table in command.get("reload", []))
    finally:
        # What is no command ends it as well: nobody would hear any more that the parent is gone.
        os._exit(1)


if __name__ == "__main__":
    if sys.argv[1:]:
        sys.exit(serve(socket.socket(fileno=int(sys.argv[1])), main))
    sys.exit(main())
