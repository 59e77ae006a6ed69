"""In which units metrics and parameters count, and how a number is said."""

from __future__ import annotations

import pytest

from facts.parameters import PARAMETERS
from facts.thresholds import THRESHOLDS
from facts.units import METRICS, OFF, metric_said, parameter_said
from facts.units import PARAMETERS as UNITS

COUNTS = {
    *("CDCChangesDiskSource", "CDCChangesDiskTarget", "CDCChangesMemorySource"),
    *("CDCChangesMemoryTarget", "CDCIncomingChanges", "CPUCreditBalance", "ConnectionAttempts"),
    *("DBLoad", "DBLoadCPU", "DBLoadNonCPU", "DatabaseConnections", "Deadlocks", "DiskQueueDepth"),
    *("MaximumUsedTransactionIDs", "ValidationFailedOverallCount"),
    *("ValidationPendingOverallCount", "ValidationSuspendedOverallCount"),
}
"""Metrics that count things: a number says all."""

DISPUTED = {"ReadLatency", "WriteLatency"}
"""Metrics of which one page of AWS's says seconds, another one milliseconds."""


def test_every_metric_with_known_thresholds_has_a_unit_or_is_a_count() -> None:
    assert {name for _, name in THRESHOLDS} == {*METRICS, *COUNTS, *DISPUTED}
    assert METRICS.keys().isdisjoint(COUNTS | DISPUTED)


def test_units_are_of_parameters_that_the_table_knows() -> None:
    assert {*UNITS, *OFF} <= PARAMETERS.keys()


@pytest.mark.parametrize(
    ("metric", "number", "said"),
    [
        ("CPUUtilization", "80", "80 %"),
        ("FreeableMemory", "536870912", "512 MiB"),
        ("FreeLocalStorage", "2147483648", "2 GiB"),
        ("FreeStorageSpace", "33285996544", "31 GiB"),
        ("SwapUsage", "1,000,000,000,000", "1,000,000,000,000 bytes (931 GiB)"),
        ("SwapUsage", "4096", "4096 bytes"),
        ("NetworkThroughput", "1048576", "1 MiB/s"),
        ("CDCLatencyTarget", "300", "300 s (5 min)"),
        ("CDCLatencyTarget", "30", "30 s"),
        ("CDCLatencyTarget", "86400", "86400 s (1 day)"),
        ("CDCLatencySource", "1000000000000", "1000000000000 s (11,574,074 days)"),
        ("AuroraReplicaLag", "1500", "1500 ms (1.5 s)"),
        ("CommitThroughput", "10", "10 a second"),
        ("DatabaseConnections", "500", "500"),
        ("ReadLatency", "0.02", "0.02"),
        ("CPUUtilization", "-1", "-1"),
    ],
)
def test_a_threshold_is_said_with_its_metrics_unit(metric: str, number: str, said: str) -> None:
    assert metric_said(metric, number) == said


@pytest.mark.parametrize(
    ("parameter", "value", "said"),
    [
        ("work_mem", "65536", "65536 kB (64 MB)"),
        ("work_mem", "64", "64 kB"),
        ("shared_buffers", "16384", "16384 x 8 kB (128 MB)"),
        ("statement_timeout", "3600000", "3600000 ms (1 h)"),
        ("statement_timeout", "0", "0 (off)"),
        ("log_min_duration_statement", "0", "0 ms"),
        ("log_min_duration_statement", "-1", "-1 (off)"),
        ("rds.log_retention_period", "10080", "10080 min (7 days)"),
        ("track_activity_query_size", "4096", "4096 bytes"),
        ("work_mem", "64MB", None),
        ("autovacuum_vacuum_cost_limit", "-1", None),
        ("max_connections", "100", None),
        ("rds.made_up", "1", None),
    ],
)
def test_a_parameters_value_is_said_with_its_unit(
    parameter: str, value: str, said: str | None
) -> None:
    assert parameter_said(parameter, value) == said
