"""DMS's tasks: what stops one that runs, and what a new one does to Aurora's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.ferry_schema import SCHEMA
from ferry.review.plan.plan import Action
from ferry.review.plan.shown import ours
from ferry.review.plan.values import is_set
from ferry.review.rules.combined.plan_tasks import ENDPOINT, INSTANCE, TASK, Tasks, words_of
from ferry.review.rules.combined.settings import in_words
from ferry.review.rules.combined.task_contents import contents_of, tables_named
from ferry.review.rules.combined.task_settings import SETTINGS
from ferry.review.rules.conditions import left_out
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Fine, Phrase, unclear
from ferry.review.rules.timing import Timing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.shown import Shown

_API: Final = "https://docs.aws.amazon.com/dms/latest/APIReference"
_PROVIDER: Final = (
    "https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/dms/"
    "replication_task.go"
)
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
    "replication_instance_arn": (INSTANCE, None),
    "source_endpoint_arn": (ENDPOINT, "source"),
    "target_endpoint_arn": (ENDPOINT, "target"),
}
"""What a task hangs on: type of resource and, of an endpoint, its own type."""

_KINDS: Final = {
    "cdc": "The task loads nothing of what is there: it follows changes alone, from where it is "
    "started.",
    "full-load": "The task loads what is there and follows no change: what changes afterwards is "
    "missing at Aurora.",
}
"""What a task of another kind than full-load-and-cdc does."""

_IDLE: Final = frozenset({"ready", "created", "stopped", "failed"})


def task_changes(plan: Plan) -> Iterator[Finding | Fine]:
    """A task is changed: a running one is stopped, and goes on only where Terraform starts it.

    A task is made: it hangs on this plan's instance and endpoints, carries what no other task
    carries, and leaves Aurora's tables as they are.
    """
    tasks = Tasks(plan)
    for change in plan.of(TASK):
        if change.action is Action.UPDATE:
            judged = [*_SENT, "start_replication_task"]
            changed = _found if plan.found else _changed
            found = [*changed(change, tasks), *contents_of(change, tasks)]
        elif change.comes:
            judged = [*_SENT, *_WIRES, "start_replication_task"]
            found = [*_made(change, tasks), *contents_of(change, tasks)]
        else:
            continue
        yield from found
        spoken = {name for it in found for name in it.attribute.split(", ")}
        for name in dict.fromkeys(judged):
            is_known = name != "migration_type" or _is_chosen(change, tasks)
            if change.changes(name) and name not in spoken and is_known:
                yield Fine(change=change, attribute=name, because=_WHY_FINE[name])


def _is_chosen(change: Change, tasks: Tasks) -> bool:
    """Whether a task is of another kind than usual, and nothing is there yet that it could miss."""
    kind = str(change.after.get("migration_type"))
    return kind in _KINDS and (tasks.begins_empty(change) or _loads_beside_others(change, tasks))


def _loads_beside_others(change: Change, tasks: Tasks) -> bool:
    """Whether a new task only loads tables that no other task carries, beside others that go on."""
    return (
        change.action is Action.CREATE
        and change.after.get("migration_type") == "full-load"
        and tasks.has_tables_of_its_own(change)
    )


_WHY_FINE: Final = {
    "migration_type": "The cluster holds nothing yet, or other tasks carry all other tables.",
    **dict.fromkeys(_WIRES, "It is one of this plan's."),
    **dict.fromkeys(("cdc_start_position", "cdc_start_time"), "DMS begins where the load began."),
    "replication_task_settings": "Each setting is harmless with its value, and no running task is "
    "stopped for it.",
    "start_replication_task": "Terraform starts and stops nothing.",
    "table_mappings": "No other task carries these tables, and no running task is stopped for it.",
}


def _changed(change: Change, tasks: Tasks) -> Iterator[Finding]:
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


def _found(change: Change, tasks: Tasks) -> Iterator[Finding]:
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


def _words(change: Change, tasks: Tasks) -> tuple[str, dict[str, Shown]]:
    """What changes in the task's settings and tables, in words."""
    told, values = [], {}
    name = "replication_task_settings"
    before, after = (tasks.settings(side) for side in (change.before, change.after))
    if before is not None and after is not None and change.changes(name):
        values["settings"] = in_words(change, name, table=SETTINGS, before=before, after=after)
        told += ["Its settings change: {settings}."] if values["settings"] else []
    values |= _tables_in_words(change, tasks)[1]
    come, gone = _markers(change, tasks)
    if come:
        told.append(
            "From now on it carries its marker, {marker}, too: make that on both sides before it is "
            "resumed."
        )
        values["marker"] = tables_named(change, come)
    if gone:
        values["unmarked"] = tables_named(change, gone)
    return " ".join(told), values


def _markers(change: Change, tasks: Tasks) -> tuple[list[str], list[str]]:
    """The tables of ferry's that tell from now on what has arrived, and those that no longer do."""
    old, new = tasks.mappings(change.before), tasks.mappings(change.after)
    if old is None or new is None:
        return [], []
    come, gone = {*new.markers} - {*old.markers}, {*old.markers} - {*new.markers}
    return [f"{SCHEMA}.{it}" for it in sorted(come)], [f"{SCHEMA}.{it}" for it in sorted(gone)]


def _tables_in_words(change: Change, tasks: Tasks) -> tuple[list[str], dict[str, Shown]]:
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
        name: tables_named(change, names) for name, (_, names) in told.items()
    }


def _what_else(change: Change, tasks: Tasks) -> Mapping[str, str]:
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
    told = []
    if _markers(change, tasks)[1]:
        told.append("It no longer carries its marker, {unmarked}: ferry cannot tell what arrived.")
    if before is None or after is None or before.rules != after.rules:
        told += _tables_in_words(change, tasks)[0]
        told.append("Tables that are added are loaded only by a reload; what was copied stays.")
    if told:
        found["table_mappings"] = " ".join(told)
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


def _made(change: Change, tasks: Tasks) -> Iterator[Finding]:
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
        and not _loads_beside_others(change, tasks)
    ):
        yield Finding(
            danger=Danger.REPLICATION_STOP if change.goes else Danger.UNCLEAR,
            change=change,
            attribute="migration_type",
            effect=Phrase(_KINDS[kind]),
            source=f"{_API}/API_CreateReplicationTask.html",
        )
    for name in ("cdc_start_position", "cdc_start_time"):
        if is_set(change.after.get(name)) and left_out(change, name) is not True:
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
                type=ours(words_of(kind)),
            )
