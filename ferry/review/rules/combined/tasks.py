"""DMS's tasks: what stops one that runs, and what a new one does to Aurora's tables."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ferry.review.plan.plan import Action
from ferry.review.plan.shown import ours
from ferry.review.plan.values import UNKNOWN, is_set
from ferry.review.rules.combined.empty import begins_empty
from ferry.review.rules.combined.settings import Effects, and_more, effects, in_words
from ferry.review.rules.combined.table_mappings import (
    Carried,
    Mappings,
    TooMany,
    table_mappings,
)
from ferry.review.rules.combined.task_settings import (
    OF_AN_EMPTY_CLUSTER,
    SETTINGS,
    task_settings,
)
from ferry.review.rules.conditions import left_out
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown
    from ferry.review.plan.values import Json

_Read = TypeVar("_Read")

_GUIDE: Final = "https://docs.aws.amazon.com/dms/latest/userguide"
_API: Final = "https://docs.aws.amazon.com/dms/latest/APIReference"
_PROVIDER: Final = (
    "https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/dms/"
    "replication_task.go"
)
_SETTINGS: Final = f"{_GUIDE}/CHAP_Tasks.CustomizingTasks.TaskSettings.html"
_MAPPINGS: Final = f"{_GUIDE}/CHAP_Tasks.CustomizingTasks.TableMapping.html"
_TASK: Final = "aws_dms_replication_task"
_ENDPOINT: Final = "aws_dms_endpoint"
_INSTANCE: Final = "aws_dms_replication_instance"

_SENT: Final = (
    "cdc_start_position",
    "cdc_start_time",
    "migration_type",
    "replication_instance_arn",
    "replication_task_settings",
    "table_mappings",
)
"""A change of any of these stops the task. Source: provider 5.100.0, replication_task.go."""

_WIRES: Final = {
    "replication_instance_arn": (_INSTANCE, None),
    "source_endpoint_arn": (_ENDPOINT, "source"),
    "target_endpoint_arn": (_ENDPOINT, "target"),
}
"""What a task hangs on: type of resource and, of an endpoint, its own type."""

_KINDS: Final = {
    "cdc": "The task loads nothing of what is there: it follows changes alone, from where it is "
    "started.",
    "full-load": "The task loads what is there and follows no change: what changes afterwards is "
    "missing at Aurora.",
}
"""What a task of another kind than full-load-and-cdc does."""

_PREPARED: Final = "FullLoadSettings.TargetTablePrepMode"
_IDLE: Final = frozenset({"ready", "created", "stopped", "failed"})
MOST_NAMED: Final = 5
"""Names that a sentence holds; of more, the rest is counted."""


def task_changes(plan: Plan) -> Iterator[Finding | Fine]:
    """A task is changed: a running one is stopped, and goes on only where Terraform starts it.

    A task is made: it hangs on this plan's instance and endpoints, carries what no other task
    carries, and leaves Aurora's tables as they are.
    """
    tasks = _Tasks(plan)
    for change in plan.of(_TASK):
        if change.action is Action.UPDATE:
            judged = [*_SENT, "start_replication_task"]
            changed = _found if plan.found else _changed
            found = [*changed(change, tasks), *_of_what_it_says(change, tasks)]
        elif change.comes:
            judged = [*_SENT, *_WIRES, "start_replication_task"]
            found = [*_made(change, tasks), *_of_what_it_says(change, tasks)]
        else:
            continue
        yield from found
        spoken = {name for it in found for name in it.attribute.split(", ")}
        for name in dict.fromkeys(judged):
            is_known = name != "migration_type" or _is_chosen(change, tasks)
            if change.changes(name) and name not in spoken and is_known:
                yield Fine(change=change, attribute=name, because=_WHY_FINE[name])


def _is_chosen(change: Change, tasks: _Tasks) -> bool:
    """Whether a task is of another kind than usual, and nothing is there yet that it could miss."""
    return str(change.after.get("migration_type")) in _KINDS and tasks.begins_empty(change)


_WHY_FINE: Final = {
    "migration_type": "The cluster holds nothing yet.",
    **dict.fromkeys(_WIRES, "It is one of this plan's."),
    **dict.fromkeys(("cdc_start_position", "cdc_start_time"), "DMS begins where the load began."),
    "replication_task_settings": "Each setting is harmless with its value, and no running task is "
    "stopped for it.",
    "start_replication_task": "Terraform starts and stops nothing.",
    "table_mappings": "No other task carries these tables, and no running task is stopped for it.",
}


def _changed(change: Change, tasks: _Tasks) -> Iterator[Finding]:
    """What the change of a task does, whatever it becomes."""
    sent = [name for name in _SENT if change.changes(name)]
    runs, starts = not is_idle(change), _may_start(change)
    parts = {name: text for name, text in _what_else(change, tasks).items() if name in sent}
    stops = bool(sent) and (runs or starts)
    if stops or parts:
        words, values = _words(change, tasks)
        texts = [_what_stops(change, runs=runs), words] if stops else []
        yield Finding(
            danger=Danger.REPLICATION_STOP,
            change=change,
            attribute=", ".join(sent if stops else parts),
            effect=Phrase(" ".join(filter(None, [*texts, *parts.values()])), values),
            when=moment(change, Timing.NOW),
            lasts=("a minute or two" if _starts(change) else "until somebody resumes it")
            if runs
            else "",
            remedy=Phrase("")
            if _starts(change) or not runs
            else Phrase("Resume it afterwards, if it ran: resume-processing."),
            source=_PROVIDER,
        )
    if change.changes("start_replication_task") and (runs or starts):
        yield _start_setting(change)


def _found(change: Change, tasks: _Tasks) -> Iterator[Finding]:
    """What it means that a task was changed outside Terraform: nobody stops or starts it now."""
    sent = [name for name in _SENT if change.changes(name)]
    if not sent:
        return
    words, values = _words(change, tasks)
    parts = (text for name, text in _what_else(change, tasks).items() if name in sent)
    stopped = "DMS changes a task only while it does not run: it may not have been resumed."
    yield Finding(
        danger=Danger.REPLICATION_STOP,
        change=change,
        attribute=", ".join(sent),
        effect=Phrase(" ".join(filter(None, [stopped, words, *parts])), values),
        remedy=Phrase("Look whether it runs, and resume it if not: resume-processing."),
        source=f"{_API}/API_ModifyReplicationTask.html",
    )


def is_idle(change: Change) -> bool:
    """Whether a task is known not to run."""
    status = change.before.get("status")
    return isinstance(status, str) and status in _IDLE


def _what_stops(change: Change, *, runs: bool) -> str:
    if not runs:
        return "The task does not run, and Terraform starts it."
    if _starts(change):
        return "A running task is stopped, changed and resumed."
    return "A running task is stopped and stays so: Terraform did not start it."


def _starts(change: Change) -> bool:
    return change.after.get("start_replication_task") is True


def _may_start(change: Change) -> bool:
    value = change.after.get("start_replication_task")
    return not (value is None or value is False)


def _words(change: Change, tasks: _Tasks) -> tuple[str, dict[str, Shown]]:
    """What changes in the task's settings and tables, in words."""
    told, values = [], {}
    name = "replication_task_settings"
    before, after = (tasks.settings(side) for side in (change.before, change.after))
    if before is not None and after is not None and change.changes(name):
        values["settings"] = in_words(change, name, table=SETTINGS, before=before, after=after)
        told += ["Its settings change: {settings}."] if values["settings"] else []
    values |= _tables_in_words(change, tasks)[1]
    return " ".join(told), values


def _tables_in_words(change: Change, tasks: _Tasks) -> tuple[list[str], dict[str, Shown]]:
    """What the task carries from now on, and what it no longer does, in words."""
    old, new = tasks.mappings(change.before), tasks.mappings(change.after)
    if old is None or new is None or old.strange or new.strange:
        return [], {}
    sides = {
        "come": ("From now on it carries {come}.", new.included, old.included),
        "gone": ("It no longer carries {gone}.", old.included, new.included),
        "out": ("From now on it leaves out {out}.", new.excluded, old.excluded),
        "back": ("It no longer leaves out {back}.", old.excluded, new.excluded),
    }
    found = {
        name: (text, sorted({str(it) for it in one} - {str(it) for it in other}))
        for name, (text, one, other) in sides.items()
    }
    told = {name: (text, names) for name, (text, names) in found.items() if names}
    return [text for text, _ in told.values()], {
        name: _named(change, names) for name, (_, names) in told.items()
    }


def _named(change: Change, texts: Sequence[str]) -> Shown:
    shown = [change.shown(it, "table_mappings") for it in texts[:MOST_NAMED]]
    return and_more(shown, len(texts))


def _what_else(change: Change, tasks: _Tasks) -> Mapping[str, str]:
    """What a change of a task does beside stopping it, by the attribute that does it."""
    position = "It reads the source from another position: changes can be missed or repeated."
    found = {
        "cdc_start_position": position,
        "replication_instance_arn": "It is moved to another replication instance, which must have "
        "the same version of DMS or a later one.",
    }
    if not change.changes("cdc_start_position"):
        found["cdc_start_time"] = position
    before, after = tasks.mappings(change.before), tasks.mappings(change.after)
    if before is None or after is None or before.rules != after.rules:
        words, _ = _tables_in_words(change, tasks)
        stays = "Tables that are added are loaded only by a reload; what was copied stays."
        found["table_mappings"] = " ".join([*words, stays])
    return found


def _start_setting(change: Change) -> Finding:
    starts = _may_start(change)
    return Finding(
        danger=Danger.REPLICATION_STOP,
        change=change,
        attribute="start_replication_task",
        effect=Phrase(
            "Terraform starts the task: before the schema is carried over, it copies into nothing."
            if starts
            else "Terraform stops the task, and no longer starts it."
        ),
        when=moment(change, Timing.NOW),
        remedy=Phrase("Start it from the project's runbook, when the schema is there.")
        if starts
        else Phrase(""),
        source=_PROVIDER,
    )


def _made(change: Change, tasks: _Tasks) -> Iterator[Finding]:
    """What comes of a task that is new, or made anew."""
    if change.action is Action.CREATE and change.address in tasks.found_deleted:
        yield Finding(
            danger=Danger.REPLICATION_LOSS,
            change=change,
            effect=Phrase(
                "The task was deleted outside Terraform, its position with it. The new one starts "
                "with the full load, and only when somebody starts it."
            ),
            lasts="until a full load is done",
            when=moment(change, Timing.NOW),
            source=f"{_API}/API_DeleteReplicationTask.html",
        )
    if _may_start(change):
        yield _start_setting(change)
    kind = change.after.get("migration_type")
    if (
        isinstance(kind, str)
        and kind in _KINDS
        and change.changes("migration_type")
        and not tasks.begins_empty(change)
    ):
        yield Finding(
            danger=Danger.REPLICATION_STOP if change.goes else Danger.UNCLEAR,
            change=change,
            attribute="migration_type",
            effect=Phrase(_KINDS[kind]),
            source=f"{_API}/API_CreateReplicationTask.html",
        )
    for name in ("cdc_start_position", "cdc_start_time"):
        if is_set(change.after.get(name)) and not is_left_out(change, name):
            yield Finding(
                danger=Danger.REPLICATION_STOP,
                change=change,
                attribute=name,
                effect=Phrase(
                    "The task reads the source from {after} on: what changed before is missed, "
                    "what is loaded already comes twice.",
                    {"after": change.shown_after(name)},
                ),
                source=_PROVIDER,
            )
    for name, kind in _WIRES.items():
        if change.changes(name) and not tasks.hangs_on(change, name, kind):
            yield unclear(
                change,
                name,
                "{after} is a {other}, and stands where a {type} has to: the wrong way round, or mistaken."
                if (other := tasks.other_kind(change, name, kind))
                else "No {type} of this plan is {after}: whether the task fits it cannot be told.",
                other=ours(other),
                type=ours(_words_of(kind)),
            )


def _words_of(kind: tuple[str, str | None]) -> str:
    """A kind of resource, such as ``source aws_dms_endpoint``."""
    return " ".join(filter(None, [kind[1], kind[0]]))


def _of_what_it_says(change: Change, tasks: _Tasks) -> Iterator[Finding]:
    """What comes of a task's settings and table mappings as they will be."""
    name = "replication_task_settings"
    if change.changes(name) or change.action is Action.CREATE:
        before = None if change.comes else tasks.settings(change.before)
        after = tasks.settings(change.after)
        if not is_set(change.after.get(name)) or is_left_out(change, name):
            after = {}
        if after is None or (before is None and not change.comes):
            yield unclear(change, name, "What these settings are cannot be told.")
        else:
            is_first = tasks.begins_empty(change)
            found = tasks.effects(None if change.comes else before, after, is_first=is_first)
            yield from found.findings(change, name, source=_SETTINGS)
    if change.changes("table_mappings"):
        yield from _of_its_tables(change, tasks)


def _of_its_tables(change: Change, tasks: _Tasks) -> Iterator[Finding]:
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
            tables=_named(change, [str(it) for it in every]),
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
        named = {"other": change.shown(other), "tables": _named(change, [str(tables)])}
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


def _strange(change: Change, tasks: _Tasks, mappings: Mappings) -> Iterator[Finding]:
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
            yield unclear(change, name, effect, rules=_named(change, list(map(_in_short, rules))))


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
    """A rule in a few words."""
    locator = rule.get("object-locator")
    names = (
        [it for it in locator.values() if isinstance(it, str)] if isinstance(locator, dict) else []
    )
    words = [rule.get(it) for it in ("rule-action", "rule-target")]
    return " ".join([*(it for it in words if isinstance(it, str)), ".".join(names)])


def _of_tables(change: Change, effect: str, **values: Shown) -> Finding:
    return Finding(
        danger=Danger.REPLICATION_STOP,
        change=change,
        attribute="table_mappings",
        effect=Phrase(effect, values),
        source=_MAPPINGS,
    )


def unclear(change: Change, attribute: str, effect: str, **values: Shown) -> Finding:
    """Somebody else has to look: what comes of an attribute cannot be told."""
    return Finding(
        danger=Danger.UNCLEAR,
        change=change,
        attribute=attribute,
        effect=Phrase(
            effect,
            {**values, "after": change.shown_after(attribute)} if "{after}" in effect else values,
        ),
    )


def is_left_out(change: Change, attribute: str) -> bool:
    """Whether only AWS will say a value, because nobody configures it."""
    return change.after.get(attribute) is UNKNOWN and left_out(change, attribute) is True


class _Tasks:
    """What a plan's tasks hang on and carry, looked up once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._kinds: dict[str, frozenset[tuple[str, str | None]]] = {}
        self._databases: dict[str, frozenset[str]] = {}
        self._settings: dict[str, Mapping[str, Json] | None] = {}
        self._mappings: dict[str, Mappings | None] = {}
        self._effects: dict[tuple[int, int, bool], Effects] = {}

    def settings(self, side: Mapping[str, Json]) -> Mapping[str, Json] | None:
        """A task's settings on one side; None where they cannot be read."""
        return _once(self._settings, side.get("replication_task_settings"), task_settings)

    def mappings(self, side: Mapping[str, Json]) -> Mappings | None:
        """A task's table mappings on one side; None where they cannot be read."""
        return _once(self._mappings, side.get("table_mappings"), table_mappings)

    @cached_property
    def is_alone(self) -> bool:
        """Whether the plan has one task."""
        return len(self._plan.of(_TASK)) == 1

    def begins_empty(self, task: Change) -> bool:
        """Whether a task is new, as is all that it can write to."""
        return task.action is Action.CREATE and self._plan.once(begins_empty)

    def effects(
        self,
        before: Mapping[str, Json] | None,
        after: Mapping[str, Json],
        *,
        is_first: bool = False,
    ) -> Effects:
        """What comes of a task's settings."""
        # Many tasks share a text, which is read once: the same mapping stands for it.
        key = (id(before), id(after) if after else 0, is_first)
        if key not in self._effects:
            table = OF_AN_EMPTY_CLUSTER if is_first else SETTINGS
            self._effects[key] = effects(table, before, after)
        return self._effects[key]

    @cached_property
    def found_deleted(self) -> frozenset[str]:
        """What was deleted outside Terraform."""
        return frozenset(it.address for it in self._plan.drift if it.action is Action.DELETE)

    @cached_property
    def _by_arn(self) -> Mapping[str, Change]:
        named = {_ENDPOINT: "endpoint_arn", _INSTANCE: "replication_instance_arn"}
        return {
            it.after[name]: it
            for type_, name in named.items()
            for it in self._plan.of(type_)
            if it.stays and isinstance(it.after.get(name), str)
        }

    def hangs_on(self, task: Change, attribute: str, kind: tuple[str, str | None]) -> bool:
        """Whether an attribute is known to name a resource of the plan, of a kind."""
        value = task.after.get(attribute)
        if isinstance(value, str):
            it = self._by_arn.get(value)
            return it is not None and _kind(it) == kind
        names = (task.references or {}).get(attribute, ())
        return (
            value is UNKNOWN
            and bool(names)
            and all(self._kinds_at(task, it) == {kind} for it in names)
        )

    def other_kind(self, task: Change, attribute: str, kind: tuple[str, str | None]) -> str:
        """What an attribute names instead, such as a target endpoint as the source; empty if unknown."""
        value = task.after.get(attribute)
        it = self._by_arn.get(value) if isinstance(value, str) else None
        kinds = {_kind(it)} if it is not None else set()
        if value is UNKNOWN:
            names = (task.references or {}).get(attribute, ())
            kinds = {kind for name in names for kind in self._kinds_at(task, name)}
        return _words_of(*kinds) if len(kinds) == 1 and kind not in kinds else ""

    def _kinds_at(self, task: Change, address: str) -> frozenset[tuple[str, str | None]]:
        """What stands at an address without a key; nothing where not all of it stays."""
        if address not in self._kinds:
            group = task.neighbours.get(address, ())
            stay = all(it.managed and it.stays for it in group)
            self._kinds[address] = frozenset(map(_kind, group)) if stay else frozenset()
        return self._kinds[address]

    def target(self, task: Change) -> str:
        """Where a task writes: what two tasks that write to one target have in common.

        Two endpoints may lead to one database. Which server is behind a secret no plan tells, so
        databases of one name are taken for the same.
        """
        value = task.after.get("target_endpoint_arn")
        if isinstance(value, str):
            it = self._by_arn.get(value)
            return (_database(it) if it else "") or value
        named = (task.references or {}).get("target_endpoint_arn", ())
        found = frozenset().union(*(self._databases_at(task, it) for it in named))
        return " ".join(found if len(found) == 1 and "" not in found else named)

    def _databases_at(self, task: Change, address: str) -> frozenset[str]:
        """The databases that the endpoints at an address without a key name."""
        if address not in self._databases:
            self._databases[address] = frozenset(map(_database, task.neighbours.get(address, ())))
        return self._databases[address]

    @cached_property
    def _staying(self) -> Sequence[tuple[Change, Mappings | None]]:
        return [(it, self.mappings(it.after)) for it in self._plan.of(_TASK) if it.stays]

    @cached_property
    def carried(self) -> Carried:
        """What all tasks carry."""
        return Carried(
            (it.address, self.target(it), mappings)
            for it, mappings in self._staying
            if mappings is not None
        )

    @cached_property
    def _not_told(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = {}
        for it, mappings in self._staying:
            if mappings is None:
                found.setdefault(self.target(it), set()).add(it.address)
        return found

    def may_carry_anything(self, task: Change) -> bool:
        """Whether another task writes to the same target what cannot be told."""
        return bool(self._not_told.get(self.target(task), set()) - {task.address})


def _once(read: dict[str, _Read], text: Json, reader: Callable[[Json], _Read]) -> _Read:
    """What a text says; one that stands in many resources is read once."""
    if not isinstance(text, str):
        return reader(text)
    if text not in read:
        read[text] = reader(text)
    return read[text]


def _database(endpoint: Change) -> str:
    """The server and the database that an endpoint names; empty where it names no database."""
    database, server = (endpoint.after.get(it) for it in ("database_name", "server_name"))
    if not isinstance(database, str) or not database:
        return ""
    return f"{server.lower() if isinstance(server, str) else ''}/{database}"


def _kind(change: Change) -> tuple[str, str | None]:
    if change.type != _ENDPOINT:
        return change.type, None
    kind = change.after.get("endpoint_type")
    return change.type, kind if isinstance(kind, str) else ""
