"""The memory of instance classes, and the connections that it allows."""

from __future__ import annotations

import pytest

from facts.instance_classes import (
    AURORA_CLASS,
    BYTES_IN_GIB,
    DMS_STORAGE_GIB,
    local_storage_bytes,
    max_connections,
    memory_bytes,
)


@pytest.mark.parametrize(
    ("instance_class", "gib"),
    [
        ("db.t4g.medium", 4),
        ("db.t3.large", 8),
        ("db.r6g.large", 16),
        ("db.r6g.xlarge", 32),
        ("db.r7i.2xlarge", 64),
        ("db.x2g.large", 32),
        ("dms.c5.2xlarge", 16),
        ("dms.r5.large", 16),
        ("dms.t3.medium", 4),
        ("dms.c4.large", None),
        ("dms.r4.large", None),
        ("db.t4g.gigantic", None),
        ("db.q1.large", None),
        ("db.r6g.metal", None),
        ("db.r6g.oddxlarge", None),
        ("db.serverless", None),
    ],
)
def test_the_memory_of_a_class(instance_class: str, gib: int | None) -> None:
    assert memory_bytes(instance_class) == (None if gib is None else gib * BYTES_IN_GIB)


@pytest.mark.parametrize(
    ("instance_class", "is_made"),
    [
        *((it, True) for it in ("db.t4g.medium", "db.t3.large", "db.r5.large", "db.r6g.xlarge")),
        *(
            (it, True)
            for it in ("db.r6gd.2xlarge", "db.r7i.24xlarge", "db.r8g.large", "db.x2g.4xlarge")
        ),
        *((it, False) for it in ("db.serverless", "db.m6g.large", "db.c6g.large", "db.t4g.micro")),
        *((it, False) for it in ("db.r4.large", "db.r6g.medium", "db.r99.large", "dms.r5.large")),
    ],
)
def test_which_classes_aurora_is_made_with(instance_class: str, *, is_made: bool) -> None:
    assert bool(AURORA_CLASS.fullmatch(instance_class)) is is_made


@pytest.mark.parametrize(
    ("instance_class", "most"),
    [("db.t4g.medium", 450), ("db.r6g.8xlarge", 5000), ("dms.r5.large", None), ("db.x", None)],
)
def test_the_connections_of_a_class(instance_class: str, most: int | None) -> None:
    assert max_connections(instance_class) == most


@pytest.mark.parametrize(
    ("instance_class", "gib"),
    [
        ("db.r6g.large", 32),
        ("db.t4g.medium", 8),
        ("db.r6gd.xlarge", None),
        ("dms.r5.large", None),
        ("db.serverless", None),
    ],
)
def test_the_local_storage_of_a_class(instance_class: str, gib: int | None) -> None:
    assert local_storage_bytes(instance_class) == (None if gib is None else gib * BYTES_IN_GIB)


def test_the_least_storage_of_a_replication_instance_of_which_nothing_is_said() -> None:
    assert DMS_STORAGE_GIB == 50
