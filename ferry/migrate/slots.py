"""Whether a task that goes on finds in its replication slot all that it has not carried yet. Pure.

PostgreSQL begins where the slot stands, whatever position its reader asks for: what lies before is
skipped without a word (https://www.postgresql.org/docs/15/protocol-replication.html,
START_REPLICATION; `CreateDecodingContext` in `src/backend/replication/logical/logical.c`). A slot that
was made anew, or that somebody else has read from, so loses changes that no count of rows shows. DMS
confirms no more than it has carried, which is why an idle source needs its heartbeat: a slot that
stands beyond the task's checkpoint was moved by another
(https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ferry.migrate.starting import Refusal, StartType, again, lowered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ferry.migrate.starting import Start, Wish
    from ferry.migrate.tasks import Task

PLUGINS: Final = ("test_decoding", "pglogical_output")
"""What DMS decodes by. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html, PluginName"""

_POSITION: Final = re.compile(
    r"(?:checkpoint:V\d+#\d+#)?([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})(?:#.*)?"
)
_BEHIND: Final = re.compile(r"(_[0-9a-f]+(_|$)|$)")
"""What DMS puts behind: numbers, with `_` between them."""

_COMPARED: Final = 50
"""So many letters of a name are compared: PostgreSQL allows 63, and DMS puts something behind."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A logical replication slot of a source's database.

    Args:
        name: Its name.
        begins: The position from which its reader gets changes, `confirmed_flush_lsn`; None for none.
        lost: Why it is of no use any more, such as `wal_removed`; empty where it is.
        reader: Who reads it now, in words; empty for nobody.
        reader_pid: That session's process; None for nobody.
        since: When that session began; None where it may not be seen.
    """

    name: str
    begins: int | None
    lost: str = ""
    reader: str = ""
    reader_pid: int | None = None
    since: datetime | None = None


def position(text: str) -> int | None:
    """The log sequence number of a checkpoint of DMS's, or of a position; None where it has none.

    Of a PostgreSQL source DMS writes `checkpoint:V1#34#00000132/0F000E48#...`, in RecoveryCheckpoint
    as in `awsdms_txn_state`.
    """
    found = _POSITION.fullmatch(text.strip())
    return int(found[1], 16) << 32 | int(found[2], 16) if found else None


def written(lsn: int) -> str:
    """A log sequence number as PostgreSQL writes it."""
    return f"{lsn >> 32:X}/{lsn & 0xFFFFFFFF:X}"


def is_needed(start: Start) -> bool:
    """Whether a task is to find its slot; otherwise it makes one, or reads no changes."""
    task = start.task
    return task.carries_changes and (start.type is StartType.RESUME or bool(task.slot_name))


def is_made(start: Start) -> bool:
    """Whether DMS makes a task's slot when it starts: not before what is open at the source has ended."""
    return start.task.carries_changes and not is_needed(start)


def of_task(task: Task, slots: Sequence[Slot], *, beside: Sequence[Task]) -> tuple[Slot, ...]:
    """The slots that may be a task's: one where that is clear.

    The file may name it. Otherwise DMS does, and begins with the task's own identifier; where no slot
    does, it may be any that is not another task's by its name.

    Args:
        task: The task.
        slots: The slots of its source's database.
        beside: All tasks of the environment.
    """
    if task.slot_name:
        return own(task, slots, beside=beside)
    owners = _owners(slots, beside)
    return own(task, slots, beside=beside) or tuple(
        slot for slot in slots if owners[slot.name] is None
    )


def own(task: Task, slots: Sequence[Slot], *, beside: Sequence[Task]) -> tuple[Slot, ...]:
    """The slots that are a task's by their names, and nobody else's.

    Args:
        task: The task.
        slots: The slots of its source's database.
        beside: All tasks of the environment.
    """
    if task.slot_name:
        return tuple(slot for slot in slots if slot.name == task.slot_name)
    owners = _owners(slots, beside)
    return tuple(slot for slot in slots if owners[slot.name] == task.name)


def whose(
    slots: Sequence[Slot], tasks: Sequence[Task], *, beside: Sequence[Task]
) -> tuple[dict[str, tuple[Slot, ...]], tuple[Slot, ...]]:
    """The slots of each of some tasks, by its name, and those that are none of theirs: for who drops them.

    The task `x` of the environment `dev` and those of an environment `dev-x` begin alike. What DMS puts
    behind an identifier begins with a number; a word is another task's name.

    Args:
        slots: The slots of their source's database.
        tasks: The tasks.
        beside: All tasks of the environment.
    """
    owned = {
        task.name: tuple(it for it in own(task, slots, beside=beside) if _is_whole(it, task))
        for task in tasks
    }
    theirs = {slot.name for them in owned.values() for slot in them}
    return owned, tuple(slot for slot in slots if slot.name not in theirs)


def _owners(slots: Sequence[Slot], tasks: Sequence[Task]) -> dict[str, str | None]:
    """By the slots' names the task whose identifier each begins with; None for none."""
    stems = {each.name: _stem(each) for each in tasks}
    return {
        slot.name: max(
            (name for name, stem in stems.items() if _begins(slot.name, stem)),
            key=lambda name: len(stems[name]),
            default=None,
        )
        for slot in slots
    }


def _stem(task: Task) -> str:
    return re.sub(r"[^a-z0-9_]", "_", task.identifier.lower())[:_COMPARED]


def _begins(name: str, stem: str) -> bool:
    return (
        name == stem
        or name.startswith(f"{stem}_")
        or (len(stem) == _COMPARED and name.startswith(stem))
    )


def _is_whole(slot: Slot, task: Task) -> bool:
    """Whether a slot that begins as a task's has nothing behind that, or what DMS puts there."""
    stem = _stem(task)
    if slot.name == task.slot_name or len(stem) == _COMPARED:
        return True
    return _BEHIND.match(slot.name.removeprefix(stem)) is not None


def reached(start: Start, recorded: int | None) -> int | None:
    """Up to where a task has carried the source's changes; None where that is not known.

    Args:
        start: The start.
        recorded: What DMS has written into Aurora of it; None where it has not.
    """
    task = start.task
    if start.type is not StartType.RESUME:
        return position(task.start_position)
    shown = position(task.checkpoint)
    return recorded if shown is None else shown


def against(
    start: Start, found: Sequence[Slot], reached: int | None, wish: Wish
) -> Iterator[Refusal]:
    """What stands against a start in the task's slot.

    Args:
        start: The start; it needs its slot.
        found: The slots that may be the task's.
        reached: Up to where the task has carried the source's changes; None where that is not known.
        wish: What was asked for.
    """
    task = start.task
    named = f" {task.slot_name}" if task.slot_name else ""
    if not found and start.type is not StartType.RESUME:
        yield Refusal(
            check="slot-gone",
            task=task.name,
            what=f"The source has no replication slot{named}, which the task {task.name} is to read.",
            why="source.slot_name names it, and DMS makes none of that name: the task would fail.",
            remedy=again(task, wish),
        )
        return
    if not found and reached is None and not task.counts.loaded:
        yield Refusal(
            check="nothing-to-resume",
            task=task.name,
            what=f"The task {task.name} stopped before it had carried anything, and has no replication "
            f"slot{named}.",
            why="DMS has no position to resume it from.",
            remedy=again(task, wish),
        )
        return
    if not found:
        yield Refusal(
            check="slot-gone",
            task=task.name,
            what=f"The source has no replication slot{named} of the task {task.name} any more.",
            why="What was written since the task stopped is kept nowhere: it cannot be resumed.",
            remedy=again(task, wish),
        )
        return
    if len(found) > 1:
        if not wish.despite_slot:
            yield Refusal(
                check="slot-unclear",
                task=task.name,
                what=f"Which of the source's slots {', '.join(slot.name for slot in found)} is that of "
                f"the task {task.name} is not known.",
                why="A slot that was made anew has lost what was written before.",
                remedy=f"The task's log names it. Where it is as DMS left it: {_despite(task, wish)}",
                unknown=True,
            )
        return
    yield from _judged(task, found[0], reached, wish)


def _judged(task: Task, slot: Slot, reached: int | None, wish: Wish) -> Iterator[Refusal]:
    if slot.lost or slot.begins is None:
        yield Refusal(
            check="slot-lost",
            task=task.name,
            what=f"The replication slot {slot.name} of the task {task.name} has lost changes that were "
            f"not carried ({slot.lost or 'it has no position'}).",
            why="The source no longer keeps their write-ahead log: the task cannot be resumed.",
            remedy=f"Give slots more room in the source's max_slot_wal_keep_size, then "
            f"{lowered(again(task, wish))}",
        )
        return
    if slot.reader_pid is not None:
        since = f", since {slot.since:%Y-%m-%d %H:%M:%S %Z}" if slot.since else ""
        yield Refusal(
            check="slot-read",
            task=task.name,
            what=f"The replication slot {slot.name} of the task {task.name} is being read: by "
            f"{slot.reader}, process {slot.reader_pid}{since}.",
            why="DMS cannot read it meanwhile, and what another takes from it does not come to Aurora.",
            remedy="What DMS left behind ends within the source's wal_sender_timeout. Otherwise see who "
            f"it is, and end it at the source: select pg_terminate_backend({slot.reader_pid})",
            passes=True,
        )
    if wish.despite_slot:
        return
    if reached is None:
        yield Refusal(
            check="slot-position",
            task=task.name,
            what=f"How far the task {task.name} has carried changes is not known: DMS shows no "
            "checkpoint.",
            why=f"Whether its slot {slot.name}, which begins at {written(slot.begins)}, still has what "
            "comes next cannot be told.",
            remedy=f"Where nobody has made it anew or read from it: {_despite(task, wish)}; otherwise "
            f"{lowered(again(task, wish))}",
            unknown=True,
        )
    elif slot.begins > reached:
        yield Refusal(
            check="slot-ahead",
            task=task.name,
            what=f"The replication slot {slot.name} begins at {written(slot.begins)}, and the task "
            f"{task.name} has carried changes up to {written(reached)}: those between, in "
            f"{slot.begins - reached} bytes of write-ahead log, are no longer in it.",
            why="Somebody has made it anew, or read from it. The task would go on without them, and no "
            "count shows an update that is missing.",
            remedy=f"{again(task, wish)}; where nothing was written between: {_despite(task, wish)}",
        )


def _despite(task: Task, wish: Wish) -> str:
    return replace(wish, despite_slot=True).typed(task)
