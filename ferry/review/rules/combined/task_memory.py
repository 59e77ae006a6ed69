"""Whether a replication instance has the memory that its tasks may take."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from facts.instance_classes import BYTES_IN_GIB, memory_bytes
from ferry.review.plan.shown import ours
from ferry.review.rules.combined.publishers import named_by, names_of
from ferry.review.rules.combined.task_settings import task_settings
from ferry.review.rules.conditions import number
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Change, Plan

_BYTES_IN_MB: Final = 1024**2
_LIMIT: Final = "ChangeProcessingTuning.MemoryLimitTotal"
_DEFAULT_MB: Final = 1024
_MOST_MB: Final = 1_000_000
"""What is more than any instance has is another rule's matter."""

_SOURCE: Final = (
    "https://docs.aws.amazon.com/dms/latest/userguide/"
    "CHAP_Tasks.CustomizingTasks.TaskSettings.ChangeProcessingTuning.html"
)


def memory_fits(plan: Plan) -> Iterator[Finding]:
    """The changes that tasks may hold in memory are as much as the instance has, or more.

    What a task's settings do not say is DMS's default; of settings that cannot be read another rule
    says so.
    """
    held: Counter[str] = Counter()
    coming: set[str] = set()
    for task in plan.of("aws_dms_replication_task"):
        for name in {*named_by(task, "replication_instance_arn")} if task.stays else ():
            held[name] += _held_mb(task)
            coming |= {name} if task.comes else set()
    for instance in plan.of("aws_dms_replication_instance"):
        class_ = instance.after.get("replication_instance_class")
        memory = memory_bytes(class_) if isinstance(class_, str) else None
        if not instance.stays or memory is None:
            continue
        names = names_of(instance) | {str(instance.after.get("replication_instance_arn"))}
        held_mb = max(held[it] for it in names)  # the plan knows it by one of them
        is_new = instance.comes or instance.changes("replication_instance_class")
        if (is_new or not coming.isdisjoint(names)) and held_mb * _BYTES_IN_MB >= memory:
            yield Finding(
                danger=Danger.REPLICATION_STOP,
                change=instance,
                attribute="replication_instance_class",
                effect=Phrase(
                    "Its tasks may hold {held} MB of changes in memory, and it has {memory} GiB: where "
                    "changes come faster than Aurora takes them, the tasks fail.",
                    {"held": ours(f"{held_mb:,}"), "memory": ours(str(memory // BYTES_IN_GIB))},
                ),
                source=_SOURCE,
            )


def _held_mb(task: Change) -> int:
    said = (task_settings(task.after.get("replication_task_settings")) or {}).get(_LIMIT)
    limit = number(said)
    return int(limit) if limit is not None and 0 <= limit <= _MOST_MB else _DEFAULT_MB
