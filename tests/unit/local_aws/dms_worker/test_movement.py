"""What a task does with a worker that is gone."""

from __future__ import annotations

from unittest.mock import Mock

from local_aws.dms_worker.forking import Workers
from local_aws.services.dms.movement import Movement


def test_a_command_to_a_worker_that_is_gone_raises_nothing() -> None:
    workers = Workers()
    with workers.start() as worker:
        worker.kill()
        worker.wait()
        movement = Movement(backend=Mock(), task=Mock(), _process=worker)
        for _ in range(2):
            movement.reload([("public", "orders")])
    workers.close()
