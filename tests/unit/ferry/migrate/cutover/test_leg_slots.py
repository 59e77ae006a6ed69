"""How DMS is told to read a slot of a way: from its beginning, or from where it has come to."""

from __future__ import annotations

from typing import Any

import pytest

from ferry.migrate.cutover.leg_slots import how_to_start
from tests.unit.ferry.migrate.tasks import task

BEGINS = "132/F000000"
ANEW = {"StartReplicationTaskType": "start-replication", "CdcStartPosition": BEGINS}
ON = {"StartReplicationTaskType": "resume-processing"}
BEYOND = "checkpoint:V1#34#00000132/0F000E48#0#0#*#0#121"


@pytest.mark.parametrize(
    ("stands", "asked"),
    [
        ({}, ANEW),
        # it failed before it had read anything
        ({"status": "failed", "was_started": True}, ANEW),
        ({"status": "failed", "was_started": True, "checkpoint": BEYOND}, ON),
        ({"status": "stopped", "was_started": True, "checkpoint": BEYOND}, ON),
        # what it read on an earlier trip lies before the slot
        ({"status": "stopped", "was_started": True, "checkpoint": "131/FF000000"}, ANEW),
        ({"status": "stopped", "was_started": True, "checkpoint": BEGINS}, ANEW),
        ({"status": "stopped", "was_started": True, "checkpoint": "of another kind"}, ANEW),
    ],
)
def test_a_task_that_has_read_in_the_slot_goes_on(
    stands: dict[str, Any], asked: dict[str, str]
) -> None:
    of = task(**stands)
    assert how_to_start(of, BEGINS) == {"ReplicationTaskArn": of.arn, **asked}
