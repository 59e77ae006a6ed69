"""The nearest version and class to one that AWS does not offer."""

from __future__ import annotations

import pytest

from ferry.check.account.nearest import nearest_class, nearest_version


@pytest.mark.parametrize(
    ("wanted", "offered", "nearest"),
    [
        ("15.9", ["16.4", "15.12", "15.10", "15.8"], "15.10"),
        ("15.18", ["15.8", "15.17", "16.4"], "15.17"),
        ("14.6", ["16.4", "15.10", "15.8"], "15.8"),
        ("18.1", ["15.10", "17.4", "16.9"], "17.4"),
        ("3.5.4", ["3.5.3", "3.6.1", "3.10.0"], "3.6.1"),
        ("15.9", [], None),
    ],
)
def test_versions(wanted: str, offered: list[str], nearest: str | None) -> None:
    assert nearest_version(wanted, offered) == nearest


@pytest.mark.parametrize(
    ("wanted", "offered", "nearest"),
    [
        ("db.r5.large", ["db.r6g.large", "db.r7g.large", "db.r5.xlarge"], "db.r6g.large"),
        ("db.r6i.large", ["db.r6g.large", "db.r6i.xlarge"], "db.r6g.large"),
        ("db.r6g.24xlarge", ["db.r6g.16xlarge", "db.r6g.8xlarge"], "db.r6g.16xlarge"),
        ("db.t4g.medium", ["db.r6g.medium", "db.t4g.large"], "db.t4g.large"),
        ("dms.c4.large", ["dms.t3.large", "dms.c5.large", "dms.c6i.large"], "dms.c5.large"),
        ("db.x2g.large", ["db.r6g.large", "db.t4g.medium"], "db.r6g.large"),
        ("db.r6gd.huge", ["db.r6g.large"], "db.r6g.large"),
        ("db.new-kind", ["db.r6g.xlarge", "db.r6g.large"], "db.r6g.large"),
        ("db.r6g.large", ["db.serverless"], None),
        ("db.r6g.large", [], None),
    ],
)
def test_classes(wanted: str, offered: list[str], nearest: str | None) -> None:
    assert nearest_class(wanted, offered) == nearest
