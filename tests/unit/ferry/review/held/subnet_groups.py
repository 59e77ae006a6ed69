"""Subnets that RDS's and DMS's groups lose or get, with the ways that these have."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.unit.ferry.review.held.base import configuration, deployed, expressions
from tests.unit.ferry.review.held.edits import (
    SAFE,
    SECOND,
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    creates,
    edited,
    leaves,
    part,
    updates,
    value_of,
)
from tests.unit.ferry.review.held.names import (
    AURORA_ROUTES,
    AURORA_SUBNET,
    AURORA_SUBNETS,
    AURORA_TABLE,
    DMS_ROUTES,
    DMS_SUBNET,
    DMS_SUBNETS,
    DMS_TABLE,
    REPLICATION,
)

if TYPE_CHECKING:
    from tests.unit.ferry.review.held.edits import Step

_MORE: Final = "aws_subnet.more"
_ASSOCIATION: Final = "aws_route_table_association.more"
_OF_DMS: Final = [value_of(f"aws_subnet.network_dms-{it}", "id") for it in (1, 2, 3)]
_OF_AURORA: Final = [value_of(f"aws_subnet.network_aurora-{it}", "id") for it in (1, 2, 3)]
_ALONE: Final = leaves(REPLICATION, was={"multi_az": False})
"""The replication instance without a standby; its address is in the third of DMS's subnets."""


def _names(group: str, subnet: str, *new: Step) -> Step:
    """The configuration, in which a group names one subnet more."""
    found = deepcopy(configuration())
    resources = found["root_module"]["resources"]
    [it] = [it for it in resources if it["address"] == deployed()[group].address]
    it["expressions"]["subnet_ids"]["references"] += [f"{subnet}.id", subnet]
    resources += [{"address": it.name, "mode": "managed", "expressions": it.written} for it in new]
    return part("configuration", found)


def _associated(table: str, routes: str) -> Step:
    step = creates(_ASSOCIATION, id=UNKNOWN, subnet_id=UNKNOWN, route_table_id=table)
    written = {
        "subnet_id": f"${{{_MORE}.id}}",
        "route_table_id": f"${{{deployed()[routes].address}.id}}",
    }
    return replace(step, written=expressions(written))


def _gets(
    name: str,
    why: str,
    group: str,
    like: str,
    *associated: Step,
    expected: frozenset[int] = SECOND,
) -> Held:
    """A group gets a subnet that the same plan makes."""
    made = creates(_MORE, like=like, cidr_block="10.21.9.0/24")
    ids = _OF_DMS if group == DMS_SUBNETS else _OF_AURORA
    return edited(
        name,
        why,
        made,
        *associated,
        updates(group, subnet_ids=[*ids, UNKNOWN]),
        _names(group, _MORE, made, *associated),
        expected=expected,
    )


_IN_DMSS_TABLE: Final = _associated(DMS_TABLE, DMS_ROUTES)
_IN_AURORAS_TABLE: Final = _associated(AURORA_TABLE, AURORA_ROUTES)

ROWS: Final = (
    _gets("dms-gets-a-subnet-without-routes", "Nothing leads out of it.", DMS_SUBNETS, DMS_SUBNET),
    _gets(
        "dms-gets-a-subnet-with-auroras-routes",
        "Nothing leads out of it.",
        DMS_SUBNETS,
        DMS_SUBNET,
        _IN_AURORAS_TABLE,
    ),
    edited(
        "dms-gets-a-subnet-of-auroras",
        "Nothing leads out of it.",
        updates(DMS_SUBNETS, subnet_ids=[*_OF_DMS, _OF_AURORA[0]]),
        _names(DMS_SUBNETS, deployed()[AURORA_SUBNET].address),
        expected=SECOND,
    ),
    edited(
        "dms-loses-the-subnet-it-stands-in",
        "DMS refuses it.",
        updates(DMS_SUBNETS, subnet_ids=_OF_DMS[:2]),
        _ALONE,
    ),
    edited(
        "dms-loses-a-subnet-its-standby-may-stand-in",
        "DMS refuses it, if so.",
        updates(DMS_SUBNETS, subnet_ids=_OF_DMS[1:]),
    ),
    edited(
        "dms-loses-all-zones-but-one",
        "DMS refuses it.",
        updates(DMS_SUBNETS, subnet_ids=_OF_DMS[2:]),
        _ALONE,
    ),
    edited(
        "aurora-loses-one-and-gets-another",
        "RDS refuses it where an instance stands there.",
        updates(AURORA_SUBNETS, subnet_ids=[*_OF_AURORA[:2], UNKNOWN]),
        expected=SECOND_OR_BLOCKED,
    ),
)
FINE: Final = (
    _gets(
        "dms-gets-a-subnet",
        "It has the routes of the others.",
        DMS_SUBNETS,
        DMS_SUBNET,
        _IN_DMSS_TABLE,
        expected=SAFE,
    ),
    _gets(
        "aurora-gets-a-subnet",
        "More room for instances.",
        AURORA_SUBNETS,
        AURORA_SUBNET,
        _IN_AURORAS_TABLE,
        expected=SAFE,
    ),
    edited(
        "dms-loses-a-subnet-it-does-not-stand-in",
        "Two subnets in two zones are left, the instance's own among them.",
        updates(DMS_SUBNETS, subnet_ids=_OF_DMS[1:]),
        _ALONE,
        expected=SAFE,
    ),
)
