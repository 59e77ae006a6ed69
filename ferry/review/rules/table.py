"""The table of rules: what a change of each attribute of each resource does.

A row is a Rule, which fires where its condition may hold; Harmless, which allows where its condition
must hold; Reported, for what nobody can configure; Replaces, for what cannot be changed in place; or
Judged, which names the function that looks at several attributes or resources at once.

Nothing is safe unless a row says so. An attribute that stands here and that no row allows is unclear;
a type or an attribute that does not stand here at all cannot be judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.rules.combined.alarms import alarms_told, unwatched
from ferry.review.rules.combined.any_type import forgotten, tainted
from ferry.review.rules.combined.aurora import (
    cluster_goes,
    family_and_version,
    instance_goes,
    waiting_upgrade,
)
from ferry.review.rules.combined.events import events_told
from ferry.review.rules.combined.keys import keys_go, passwords_change, secrets_go
from ferry.review.rules.combined.network import routes_change, subnets_go, ways_change
from ferry.review.rules.combined.parameters import parameters_change
from ferry.review.rules.combined.policies import attachment_findings, policy_findings
from ferry.review.rules.combined.receivers import receivers_told
from ferry.review.rules.combined.replication import endpoint_changes, task_changes
from ferry.review.rules.combined.thresholds import thresholds_out_of_reach
from ferry.review.rules.combined.traffic import traffic_findings
from ferry.review.rules.row import ANY, Judged, Rule
from ferry.review.rules.rows import aurora, groups, keys, monitoring, network, replication

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ferry.review.rules.row import Combined, Row

    Table = Mapping[str, Mapping[str, Sequence[Row]]]

ROWS: Final[tuple[Row, ...]] = (
    *aurora.ROWS,
    *groups.ROWS,
    *replication.ROWS,
    *keys.ROWS,
    *network.ROWS,
    *monitoring.ROWS,
)

_NAMED_BY_NO_ROW: Final[tuple[Combined, ...]] = (
    waiting_upgrade,
    family_and_version,
    unwatched,
    thresholds_out_of_reach,
    tainted,
    forgotten,
)
"""What looks at attributes that rows judge one by one, or at every type of resource."""

COMBINED: Final = (
    *dict.fromkeys(row.by for row in ROWS if isinstance(row, Judged)),
    *_NAMED_BY_NO_ROW,
)
"""What looks at several attributes or resources at once."""


SILENT_WHERE_FINE: Final[frozenset[Combined]] = frozenset(
    row.by for row in ROWS if isinstance(row, Judged)
) - {
    alarms_told,
    attachment_findings,
    endpoint_changes,
    events_told,
    keys_go,
    passwords_change,
    policy_findings,
    receivers_told,
    routes_change,
    secrets_go,
    subnets_go,
    task_changes,
    traffic_findings,
    ways_change,
    cluster_goes,
    instance_goes,
    parameters_change,
}
"""Transitional: the functions that do not yield `Fine` yet. What they find nothing in is allowed."""


def tabled(rows: Iterable[Row]) -> Table:
    """The rows by type and attribute."""
    found: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        names = (row.attribute,) if isinstance(row, Rule) else row.attributes
        for name in names:
            found.setdefault(row.resource, {}).setdefault(name, []).append(row)
    return found


TABLE: Final = tabled(ROWS)
FOR_ALL: Final = TABLE[ANY]
"""What is said of every type."""

UNEXAMINED_WHEN_CREATED: Final[frozenset[str]] = (
    frozenset(TABLE)
    - {ANY}
    - {
        row.resource
        for rows in (aurora, groups, keys, monitoring, network, replication)
        for row in rows.ROWS
    }
)
"""Transitional: the types of which what is made, or made anew, is not judged by its attributes yet."""
