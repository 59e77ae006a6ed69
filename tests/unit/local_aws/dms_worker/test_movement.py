"""What a task does with a worker that is gone."""

from __future__ import annotations

import subprocess
import sys
from unittest.mock import Mock

from local_aws.services.dms.movement import Movement


def test_a_command_to_a_worker_that_is_gone_raises_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE, text=True) as process:
        process.wait()
        movement = Movement(backend=Mock(), task=Mock(), _process=process)
        for _ in range(2):
            movement.reload([("public", "orders")])
