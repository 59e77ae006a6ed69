"""The thresholds that tell something, those of the stacks' alarms typed by hand."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from facts import metrics
from facts.alarms import ALARMS
from facts.metrics import Metric
from facts.thresholds import OWN_JUDGEMENT, THRESHOLDS, Thresholds
from settings.alarms import Alarms

MIB, GIB, TIB = 1024**2, 1024**3, 1024**4
# What the stacks watch: from where on, up to where, and on which side.
OF_ALARMS = {
    ("AWS/RDS", "CPUUtilization"): (">", 10, 100),
    ("AWS/RDS", "FreeableMemory"): ("<", 16 * MIB, 2 * GIB),
    ("AWS/RDS", "FreeLocalStorage"): ("<", 256 * MIB, 5 * GIB),
    ("AWS/RDS", "DatabaseConnections"): (">", 10, 262_143),
    ("AWS/RDS", "Deadlocks"): (">", 0, 1_000),
    ("AWS/RDS", "MaximumUsedTransactionIDs"): (">", 200_000_000, 2_146_483_648),
    ("AWS/RDS", "AuroraReplicaLag"): (">", 100, 86_400_000),
    ("AWS/RDS", "ReplicationSlotDiskUsage"): (">", 64 * MIB, 256 * TIB),
    ("AWS/RDS", "TransactionLogsDiskUsage"): (">", 64 * MIB, 256 * TIB),
    ("AWS/RDS", "ACUUtilization"): (">", 10, 100),
    ("AWS/RDS", "ServerlessDatabaseCapacity"): (">", 1, 256),
    ("AWS/DMS", "CPUUtilization"): (">", 10, 100),
    ("AWS/DMS", "FreeableMemory"): ("<", 16 * MIB, GIB // 2),
    ("AWS/DMS", "SwapUsage"): (">", 64 * MIB, 16 * GIB),
    ("AWS/DMS", "FreeStorageSpace"): ("<", 256 * MIB, 3 * GIB),
    ("AWS/DMS", "CDCLatencySource"): (">", 10, 86_400),
    ("AWS/DMS", "CDCLatencyTarget"): (">", 10, 86_400),
    ("AWS/DMS", "ValidationFailedOverallCount"): (">", 0, 10**9),
}
# What has no values while nothing is wrong: no slot, no reader, a task that does not run.
SILENT = {
    ("AWS/RDS", "AuroraReplicaLag"),
    ("AWS/RDS", "Deadlocks"),
    ("AWS/RDS", "ReplicationSlotDiskUsage"),
    ("AWS/RDS", "TransactionLogsDiskUsage"),
    ("AWS/DMS", "CDCLatencySource"),
    ("AWS/DMS", "CDCLatencyTarget"),
    ("AWS/DMS", "ValidationFailedOverallCount"),
}


def test_what_the_stacks_watch() -> None:
    found = {}
    for key in {(it.metric.namespace, it.metric.name) for it in ALARMS}:
        row = THRESHOLDS[key]
        sides = [(">", row.above), ("<", row.below)]
        [(side, (least, most))] = [(side, range_) for side, range_ in sides if range_]
        found[key] = (side, least, most)
        assert row.is_silent is (key in SILENT)
    assert found == OF_ALARMS


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm.name)
def test_every_alarms_default_is_within(alarm: object) -> None:
    [it] = [it for it in ALARMS if it is alarm]
    row = THRESHOLDS[it.metric.namespace, it.metric.name]
    threshold = Alarms(aurora_acu=8).thresholds[it.name]  # the only one without a default
    of_free = it.metric is metrics.DMS_FREE_STORAGE  # of the 100 GiB that an instance has
    _, least, most = OF_ALARMS[it.metric.namespace, it.metric.name]
    assert row.metric == it.metric
    assert least <= threshold <= (75 * GIB if of_free else most)


def test_every_metric_of_ours_is_in_the_table() -> None:
    ours = [it for it in vars(metrics).values() if isinstance(it, Metric)]
    assert [it for it in ours if (it.namespace, it.name) not in THRESHOLDS] == []


@pytest.mark.parametrize("row", THRESHOLDS.values(), ids=lambda row: row.metric.name)
def test_a_row_says_something_and_who_says_it(row: Thresholds) -> None:
    ranges = [it for it in (row.above, row.below) if it]
    assert ranges
    assert all(least < most for it in ranges for least, most in pairwise(it))
    assert row.free is None or (row.below and 0 < row.free < 1)
    assert row.source == OWN_JUDGEMENT or re.match(
        r"https://(docs\.aws\.amazon\.com|repost\.aws|www\.postgresql\.org/docs/15)/", row.source
    )
