"""What differs between two values, as a person would say it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ferry.review.plan.values import Json, document, same

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Difference:
    """One place at which two values differ.

    Args:
        path: Where, such as ``replication_task_settings.Logging.EnableLogging``.
        before: What is there; None for nothing.
        after: What will be there.
    """

    path: str
    before: Any
    after: Any


def differences(path: str, before: Json, after: Json) -> Iterator[Difference]:
    """Every place at which two values differ; of lists, the items that go and that come.

    Texts that hold JSON, or DMS's extra connection attributes, are looked into.

    Args:
        path: What leads to them.
        before: The value that is there.
        after: The value that will be there.
    """
    if same(before, after):
        return
    old = before if isinstance(before, dict) else document(before)
    new = after if isinstance(after, dict) else document(after)
    if old is not None and new is not None:
        for key in [*old, *(key for key in new if key not in old)]:
            yield from differences(f"{path}.{key}", old.get(key), new.get(key))
        return
    if isinstance(before, list) and isinstance(after, list):
        yield from _items(path, before, after)
        return
    yield Difference(path, before, after)


def _items(path: str, before: list[Any], after: list[Any]) -> Iterator[Difference]:
    old, new = ({key_of(item): item for item in items} for items in (before, after))
    gone = [item for key, item in old.items() if key not in new]
    come = [item for key, item in new.items() if key not in old]
    if not gone and not come:
        yield Difference(path, before, after)  # another order, or another count
    for item in gone:
        yield Difference(f"{path}[]", item, None)
    for item in come:
        yield Difference(f"{path}[]", None, item)


def key_of(item: Json) -> str:
    """A value by which equal ones are found."""
    return json.dumps(item, sort_keys=True, default=repr)
