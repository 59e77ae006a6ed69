"""The table of rules: what a change of each attribute of each resource does.

A row is a Rule, which fires under a condition; Harmless, with the reason; Replaces, for what
cannot be changed in place; or Judged, which names the function that looks at several attributes or
resources at once. An attribute of which only rules stand here, none of which fires, and a type or
an attribute that does not stand here at all, cannot be judged, and is never taken for safe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.traffic import traffic_findings
from ferry.review.rules.combined import (
    alarms,
    aurora,
    events,
    keys,
    network,
    parameters,
    replication,
    whole,
)
from ferry.review.rules.combined.policies import attachment_findings, policy_findings
from ferry.review.rules.row import ANY, Rule
from ferry.review.rules.rows import aurora as aurora_rows
from ferry.review.rules.rows import groups as groups_rows
from ferry.review.rules.rows import keys as keys_rows
from ferry.review.rules.rows import monitoring as monitoring_rows
from ferry.review.rules.rows import network as network_rows
from ferry.review.rules.rows import replication as replication_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ferry.review.plan.plan import Plan
    from ferry.review.rules.finding import Finding
    from ferry.review.rules.row import Row

    Combined = Callable[[Plan], Iterator[Finding]]
    Table = Mapping[str, Mapping[str, Sequence[Row]]]

ROWS: Final[tuple[Row, ...]] = (
    *aurora_rows.ROWS,
    *groups_rows.ROWS,
    *replication_rows.ROWS,
    *keys_rows.ROWS,
    *network_rows.ROWS,
    *monitoring_rows.ROWS,
)

COMBINED: Final[tuple[Combined, ...]] = (
    aurora.cluster_goes,
    aurora.instance_goes,
    aurora.waiting_upgrade,
    aurora.family_and_version,
    parameters.parameters_change,
    replication.task_changes,
    replication.task_starts,
    replication.endpoint_changes,
    keys.keys_go,
    keys.secrets_go,
    network.routes_change,
    network.subnets_go,
    alarms.alarms_go,
    alarms.unwatched,
    alarms.impossible_thresholds,
    events.receivers_go,
    events.events_lose_sources,
    policy_findings,
    attachment_findings,
    traffic_findings,
    whole.tainted,
    whole.forgotten,
)
"""What looks at several attributes or resources at once."""


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
