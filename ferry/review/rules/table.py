"""The table of rules: what a change of each attribute of each resource does.

A row is a Rule, which fires where its condition may hold; Harmless, which allows where its condition
must hold; Reported, for what nobody can configure; Replaces, for what cannot be changed in place; or
Judged, which names the function that looks at several attributes or resources at once.

Nothing is safe unless a row says so. An attribute that stands here and that no row allows is unclear;
a type or an attribute that does not stand here at all cannot be judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.rules.combined.any_type import forgotten, tainted
from ferry.review.rules.combined.aurora import (
    family_and_version,
    protected_in_part,
    waiting_upgrade,
)
from ferry.review.rules.combined.belongs import (
    database_is_there,
    log_is_there,
    told_is_the_plans,
    watched_is_the_plans,
)
from ferry.review.rules.combined.beside import lacks_company
from ferry.review.rules.combined.dynamic import may_be_dynamic
from ferry.review.rules.combined.exclusive import moved_into_its_parent
from ferry.review.rules.combined.key_users import keys_let
from ferry.review.rules.combined.left_out import left_out
from ferry.review.rules.combined.limited import statements_held
from ferry.review.rules.combined.limits import limits_kept
from ferry.review.rules.combined.needs import needs_met
from ferry.review.rules.combined.new_network import network_carries
from ferry.review.rules.combined.one_thing import (
    made_beside_itself,
    missed_meanwhile,
    one_under_two_addresses,
)
from ferry.review.rules.combined.other_names import bears_anothers_name
from ferry.review.rules.combined.peers import unlike_its_peers
from ferry.review.rules.combined.places import stands_well
from ferry.review.rules.combined.policy_limits import policies_are_taken
from ferry.review.rules.combined.reach import groups_fit
from ferry.review.rules.combined.read_by_all import read_by_all
from ferry.review.rules.combined.refused import refused_together
from ferry.review.rules.combined.tag_limits import tags_are_taken
from ferry.review.rules.combined.tags import ATTRIBUTES as TAGS
from ferry.review.rules.combined.tags import selecting_tags_change
from ferry.review.rules.combined.task_memory import memory_fits
from ferry.review.rules.combined.thresholds import thresholds_out_of_reach
from ferry.review.rules.combined.weaker import WEAKER, weaker_than_the_stacks
from ferry.review.rules.combined.written_secrets import secrets_open
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
    *(Judged(it.resource, (it.attribute,), by=weaker_than_the_stacks) for it in WEAKER),
    Judged(ANY, TAGS, by=selecting_tags_change),
)

_NAMED_BY_NO_ROW: Final[tuple[Combined, ...]] = (
    waiting_upgrade,
    family_and_version,
    protected_in_part,
    lacks_company,
    bears_anothers_name,
    thresholds_out_of_reach,
    memory_fits,
    tainted,
    forgotten,
    made_beside_itself,
    missed_meanwhile,
    may_be_dynamic,
    moved_into_its_parent,
    left_out,
    needs_met,
    keys_let,
    secrets_open,
    groups_fit,
    network_carries,
    stands_well,
    watched_is_the_plans,
    told_is_the_plans,
    database_is_there,
    log_is_there,
    one_under_two_addresses,
    refused_together,
    limits_kept,
    tags_are_taken,
    unlike_its_peers,
    policies_are_taken,
    read_by_all,
    statements_held,
)
"""What looks at attributes that rows judge one by one, or at every type of resource."""

COMBINED: Final = (
    *dict.fromkeys(row.by for row in ROWS if isinstance(row, Judged)),
    *_NAMED_BY_NO_ROW,
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
