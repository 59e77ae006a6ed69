"""Which tables a replication task carries, and whether two tasks carry the same.

Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from facts.ferry_schema import SCHEMA, fence
from facts.table_patterns import covers, literal, overlap
from ferry.review.rules.combined.settings import read_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ferry.review.plan.values import Json

_NOT_APPLICATIONS: Final = re.compile(r"pg_|information_schema$|awsdms|ferry$")
"""How the schemas begin that PostgreSQL, DMS or ferry has for itself. Source:
https://www.postgresql.org/docs/15/ddl-schemas.html#DDL-SCHEMAS-CATALOG; the control tables' schema and
ferry's are the project's own."""

_PLAIN: Final = re.compile(r"[A-Za-z0-9_$%-]+")
_LONGEST: Final = 64
"""A longer pattern is not compared but taken for the same. PostgreSQL's names have 63 bytes."""

_COMPARISONS: Final = 20_000
"""How many pairs of rules are compared in a plan: as many as take a second."""

_SELECTION: Final = frozenset(
    {"rule-type", "rule-id", "rule-name", "rule-action", "object-locator", "load-order", "filters"}
)
_PARALLEL: Final = frozenset({"type", "columns", "boundaries"})


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a rule, as patterns: `%` is any text, `_` one character, `[ab]` one of some.

    Args:
        schema: The schemas.
        table: The tables.
    """

    schema: str
    table: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}"

    @property
    def are_not_applications(self) -> bool:
        """Whether they are in a schema that PostgreSQL, DMS or ferry keeps for itself."""
        return bool(_NOT_APPLICATIONS.match(self.schema))

    def within(self, others: Sequence[Tables]) -> bool:
        """Whether one of some rules matches all that this one does."""
        return any(
            _covers(it.schema, self.schema) and _covers(it.table, self.table) for it in others
        )


@dataclass(frozen=True, kw_only=True)
class Mappings:
    """A task's table mappings.

    Args:
        markers: The markers of ferry's that are selected by their exact names, and not left out.
        included: What else is selected.
        excluded: What is left out of that, but for ferry's tables.
        strange: The rules that this review does not know to be harmless, as they are.
        rules: All rules but for ferry's, without their ids and names, as texts in order.
    """

    markers: Sequence[str] = ()
    included: Sequence[Tables] = ()
    excluded: Sequence[Tables] = ()
    strange: Sequence[Mapping[str, Any]] = ()
    rules: Sequence[str] = field(default_factory=list)

    def selects(self) -> bool:
        """Whether it selects anything.

        Raises:
            TooMany: There are more rules than this review compares.
        """
        if len(self.included) * len(self.excluded) > _COMPARISONS:
            raise TooMany
        return any(not it.within(self.excluded) for it in self.included)


class TooMany(Exception):  # noqa: N818 - it is no error
    """There are more rules than this review compares."""


def table_mappings(value: Json) -> Mappings | None:
    """A task's table mappings; None where they cannot be read."""
    found = read_object(value)
    rules = found.get("rules") if found is not None else None
    if not isinstance(rules, list) or not all(isinstance(it, dict) for it in rules):
        return None
    every, rules = rules, [it for it in rules if not _is_ferrys(it)]
    selections = [(it, _matched(it)) for it in rules if it.get("rule-type") == "selection"]
    known = [(it, tables) for it, tables in selections if tables and _is_plain(it)]
    return Mappings(
        markers=_markers(every),
        included=[tables for it, tables in known if it["rule-action"] != "exclude"],
        excluded=[tables for it, tables in known if it["rule-action"] == "exclude"],
        strange=[
            it
            for it in rules
            if not (it.get("rule-type") == "selection" and _tables(it) and _is_plain(it))
            and not _is_parallel_load(it)
        ],
        rules=sorted(map(_without_its_name, rules)),
    )


def _is_ferrys(rule: Mapping[str, Any]) -> bool:
    """Whether a rule selects a marker, whole and as it is, or leaves out tables of ferry's."""
    tables = _tables(rule)
    return (
        rule.get("rule-type") == "selection"
        and tables is not None
        and tables.schema == SCHEMA
        and _is_plain(rule)
        and (
            rule["rule-action"] == "exclude"
            or (rule["rule-action"] == "explicit" and tables.table.startswith(fence("")))
        )
    )


def _markers(rules: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    """The markers that are selected, and that no rule leaves out."""
    selections = [(it, _matched(it)) for it in rules if it.get("rule-type") == "selection"]
    out = [tables for it, tables in selections if tables and it.get("rule-action") == "exclude"]
    return sorted(
        it["object-locator"]["table-name"]
        for it, tables in selections
        if tables
        and it.get("rule-action") == "explicit"
        and _is_ferrys(it)
        and not tables.within(out)
    )


def _tables(rule: Mapping[str, Any]) -> Tables | None:
    locator = rule.get("object-locator")
    if not isinstance(locator, dict) or set(locator) != {"schema-name", "table-name"}:
        return None
    schema, table = locator["schema-name"], locator["table-name"]
    return Tables(schema, table) if isinstance(schema, str) and isinstance(table, str) else None


def _matched(rule: Mapping[str, Any]) -> Tables | None:
    """The patterns of a selection; one that is explicit matches its names alone."""
    tables = _tables(rule)
    if tables is None or rule.get("rule-action") != "explicit":
        return tables
    return Tables(literal(tables.schema), literal(tables.table))


def _is_plain(rule: Mapping[str, Any]) -> bool:
    """Whether a selection selects all rows of tables, by names in which nothing but % is special."""
    tables = _tables(rule)
    return (
        tables is not None
        and set(rule) <= _SELECTION
        and not rule.get("filters")
        and any(rule.get("rule-action") == it for it in ("include", "exclude", "explicit"))
        and not (rule["rule-action"] == "explicit" and "%" in f"{tables}")
        and bool(_PLAIN.fullmatch(tables.schema) and _PLAIN.fullmatch(tables.table))
    )


def _is_parallel_load(rule: Mapping[str, Any]) -> bool:
    """Whether a rule says no more than which parts of a table are loaded side by side.

    What lies outside of all boundaries is a part of its own.
    """
    load = rule.get("parallel-load")
    return (
        rule.get("rule-type") == "table-settings"
        and _tables(rule) is not None
        and set(rule) <= {"rule-type", "rule-id", "rule-name", "object-locator", "parallel-load"}
        and isinstance(load, dict)
        and set(load) == _PARALLEL
        and load["type"] == "ranges"
    )


def _without_its_name(rule: Mapping[str, Any]) -> str:
    kept = {name: it for name, it in rule.items() if name not in {"rule-id", "rule-name"}}
    return json.dumps(kept, sort_keys=True)


def _covers(pattern: str, other: str) -> bool:
    """Whether a pattern is known to match all that another one does."""
    return pattern in {other, "%"} or (_is_compared(pattern, other) and covers(pattern, other))


def meet(one: Tables, other: Tables) -> bool:
    """Whether a table can match both, or that cannot be told."""
    return _meet(one.schema, other.schema) and _meet(one.table, other.table)


def _meet(one: str, other: str) -> bool:
    """Whether a text can match two patterns; true for what is too long."""
    return not _is_compared(one, other) or overlap(one, other)


def _is_compared(one: str, other: str) -> bool:
    return max(len(one), len(other)) <= _LONGEST


class Carried:
    """What the tasks of a plan carry, by where they write.

    Args:
        tasks: Of each task its address, where it writes, and its mappings.
    """

    def __init__(self, tasks: Iterable[tuple[str, str, Mappings]]) -> None:
        self._left = _COMPARISONS
        self._found: dict[tuple[str, str], list[tuple[str, Tables, Mappings]]] = {}
        for address, target, mappings in tasks:
            for tables in mappings.included:
                schema = _bucket(tables)
                self._found.setdefault((target, schema), []).append((address, tables, mappings))

    def also(self, address: str, target: str, mappings: Mappings) -> tuple[str, Tables] | None:
        """Another task that carries tables of this one, and which; None where there is none.

        Raises:
            TooMany: There are more rules than this review compares.
        """
        for mine in mappings.included:
            for schema in dict.fromkeys((_bucket(mine), "%")):
                for other, theirs, others in self._found.get((target, schema), ()):
                    self._count(1)
                    if other == address or not meet(mine, theirs):
                        continue
                    self._count(len(others.excluded) + len(mappings.excluded))
                    if not mine.within(others.excluded) and not theirs.within(mappings.excluded):
                        return other, mine
        return None

    def _count(self, comparisons: int) -> None:
        self._left -= comparisons
        if self._left < 0:
            raise TooMany


def _bucket(tables: Tables) -> str:
    """The schema; one sign for all patterns of schemas."""
    return "%" if "%" in tables.schema else tables.schema
