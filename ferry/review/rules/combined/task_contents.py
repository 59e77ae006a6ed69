"""What comes of a task's settings and table mappings as they will be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from facts.ferry_schema import SCHEMA, fence
from ferry.review.plan.objects import objects, texts
from ferry.review.plan.plan import Action
from ferry.review.plan.values import is_set
from ferry.review.rules.combined.settings import MOST_SHOWN, and_more
from ferry.review.rules.combined.table_mappings import Mappings, TooMany
from ferry.review.rules.combined.task_settings import SETTINGS
from ferry.review.rules.conditions import left_out
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase, unclear

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ferry.review.plan.plan import Change
    from ferry.review.plan.shown import Shown
    from ferry.review.rules.combined.plan_tasks import Tasks

_GUIDE: Final = "https://docs.aws.amazon.com/dms/latest/userguide"
_SETTINGS: Final = f"{_GUIDE}/CHAP_Tasks.CustomizingTasks.TaskSettings.html"
_MAPPINGS: Final = f"{_GUIDE}/CHAP_Tasks.CustomizingTasks.TableMapping.html"
_PREPARED: Final = "FullLoadSettings.TargetTablePrepMode"


def tables_named(change: Change, texts: Sequence[str]) -> Shown:
    """Some tables of a task, and how many more there are."""
    shown = [change.shown(it, "table_mappings") for it in texts[:MOST_SHOWN]]
    return and_more(shown, len(texts))


def contents_of(change: Change, tasks: Tasks) -> Iterator[Finding]:
    """What comes of a task's settings and table mappings as they will be."""
    name = "replication_task_settings"
    if change.changes(name) or change.action is Action.CREATE:
        before = None if change.comes else tasks.settings(change.before)
        after = tasks.settings(change.after)
        if not is_set(change.after.get(name)) or left_out(change, name) is True:
            after = {}
        if after is None or (before is None and not change.comes):
            yield unclear(change, name, "What these settings are cannot be told.")
        else:
            is_first = tasks.begins_empty(change)
            found = tasks.effects(None if change.comes else before, after, is_first=is_first)
            yield from found.findings(change, name, source=_SETTINGS)
    if change.changes("table_mappings"):
        yield from _of_its_tables(change, tasks)


def _of_its_tables(change: Change, tasks: Tasks) -> Iterator[Finding]:
    name = "table_mappings"
    mappings = tasks.mappings(change.after)
    if mappings is None:
        yield unclear(change, name, "Which tables the task carries cannot be told.")
        return
    yield from _strange(change, tasks, mappings)
    every = [it for it in mappings.included if "%" in it.schema]
    if every:
        yield _of_tables(
            change,
            "The task carries every schema of the source that {tables} matches.",
            tables=tables_named(change, [str(it) for it in every]),
        )
    not_applications = [it for it in mappings.included if it.are_not_applications]
    if not_applications:
        yield _of_tables(
            change,
            "The task carries what is PostgreSQL's, DMS's or ferry's own, and no application's: "
            "{tables}.",
            tables=tables_named(change, [str(it) for it in not_applications]),
        )
    others = [it for it in mappings.markers if not _is_marker_of(change, it)]
    if others:
        yield _of_tables(
            change,
            "The task carries another task's marker, {tables}: ferry takes what this one has carried "
            "for the other's.",
            tables=tables_named(change, [f"{SCHEMA}.{it}" for it in others]),
        )
    try:
        if not mappings.strange and not mappings.selects():
            yield _of_tables(change, "The task selects no table: it copies nothing.")
        also = tasks.carried.also(change.address, tasks.target(change), mappings)
    except TooMany:
        yield unclear(change, name, "More tables stand in this plan's tasks than are compared.")
        return
    if also:
        other, tables = also
        named = {"other": change.shown(other), "tables": tables_named(change, [str(tables)])}
        yield _of_tables(
            change, "{other} carries {tables} as well: two tasks write the same rows.", **named
        )
        settings = tasks.settings(change.after) or {}
        if not SETTINGS[_PREPARED].harmless(settings.get(_PREPARED)):
            taken = (
                "When it is started or reloaded, the task takes away {tables}, which {other} fills."
            )
            yield Finding(
                danger=Danger.DATA_LOSS,
                change=change,
                attribute="table_mappings",
                effect=Phrase(taken, named),
                source=_SETTINGS,
            )
    elif tasks.may_carry_anything(change):
        yield unclear(change, name, "Which tables another task carries cannot be told.")


def _is_marker_of(task: Change, table: str) -> bool:
    """Whether a marker is a task's own: its identifier ends in the name that the marker has."""
    identifier = task.after.get("replication_task_id")
    return isinstance(identifier, str) and f"-{identifier}".endswith(
        f"-{table.removeprefix(fence(''))}"
    )


def _strange(change: Change, tasks: Tasks, mappings: Mappings) -> Iterator[Finding]:
    """Rules that are not known to be harmless. The only task of an empty cluster may rename."""
    name = "table_mappings"
    renames = _RENAMES if tasks.begins_empty(change) and tasks.is_alone else ()
    for effect, kinds in _STRANGE.items():
        rules = [
            it
            for it in mappings.strange
            if _kind_of(it) in kinds and it.get("rule-action") not in renames
        ]
        if rules:
            yield unclear(
                change, name, effect, rules=tables_named(change, list(map(_in_short, rules)))
            )


_RENAMES: Final = (
    *("rename", "remove-column", "convert-lowercase", "convert-uppercase"),
    *(f"{verb}-{part}" for verb in ("add", "remove", "replace") for part in ("prefix", "suffix")),
)
"""What says where data are to go, and changes no value. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html"""

_STRANGE: Final = {
    "On its way to Aurora the task changes names, columns or values: {rules}. Whether clients expect "
    "that no rule says.": ("transformation",),
    "Of these tables the task copies some rows only: {rules}.": ("filters",),
    "Some tables are loaded in another way, in parts or with other large objects: {rules}. No rule "
    "says that all rows are among them.": ("table-settings",),
    "No rule says that these selections are harmless: {rules}. DMS knows %, _ and [ ] as wildcards, "
    "and no others.": ("",),
}
"""What is said of rules that are not known to be harmless, by their kind."""


def _kind_of(rule: Mapping[str, Any]) -> str:
    """A kind of _STRANGE; empty for what is none of the others."""
    kind = rule.get("rule-type")
    if kind == "selection" and rule.get("filters"):
        return "filters"
    return kind if kind in ("transformation", "table-settings") else ""


def _in_short(rule: Mapping[str, Any]) -> str:
    """A rule in a few words: what it does to what, and what becomes of that."""
    locator = rule.get("object-locator")
    names = texts([*locator.values()]) if isinstance(locator, dict) else []
    words = texts([rule.get(it) for it in ("rule-action", "rule-target")])
    return " ".join([*words, ".".join(names), *_becoming(rule), *_filtered(rule), *_loaded(rule)])


def _becoming(rule: Mapping[str, Any]) -> Iterator[str]:
    """From which to which: ``to shop``, ``old_ by new_``, ``old_``."""
    old, new = rule.get("old-value"), rule.get("value")
    if isinstance(new, str) and new:
        replaced = [old, "by"] if isinstance(old, str) else []
        yield from ["to", new] if rule.get("rule-action") == "rename" else [*replaced, new]
    type_ = rule.get("data-type")
    if isinstance(type_, dict):
        yield from ("to", *map(str, type_.values()))
    if isinstance(rule.get("expression"), str):
        yield f"as {rule['expression']}"


def _filtered(rule: Mapping[str, Any]) -> Iterator[str]:
    """Of which rows: ``where id gte 100``."""
    for it in objects(rule.get("filters")):
        for condition in objects(it.get("filter-conditions")):
            operator = condition.get("filter-operator")
            values = [str(value) for name, value in condition.items() if name != "filter-operator"]
            yield f"where {it.get('column-name')} {operator} {' to '.join(values)}"


def _loaded(rule: Mapping[str, Any]) -> Iterator[str]:
    """How a table is loaded: ``parallel-load partitions-auto``."""
    for name in ("parallel-load", "lob-settings"):
        how = rule.get(name)
        if isinstance(how, dict):
            yield " ".join([name, *texts([*how.values()])])


def _of_tables(change: Change, effect: str, **values: Shown) -> Finding:
    return Finding(
        danger=Danger.REPLICATION_STOP,
        change=change,
        attribute="table_mappings",
        effect=Phrase(effect, values),
        source=_MAPPINGS,
    )
