"""What suggestions change in an environment's file, and the file with it: comments stay.

https://toml.io/en/v1.0.0; tomlkit keeps what it does not change as it was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.items import AoT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class OfDms:
    """A setting of [dms]."""

    key: str
    value: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OfTask:
    """A setting of a task."""

    task: str
    key: str
    value: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OfTable:
    """More of one table of a task, which the task's `tables` get a line for if they have none."""

    task: str
    schema: str
    name: str
    more: Mapping[str, object]


Edit = OfDms | OfTask | OfTable


def edited(text: str, edits: Iterable[Edit]) -> str:
    """A file's text with edits in it.

    Args:
        text: The file, which is valid.
        edits: What is changed, of settings and tasks that it has.
    """
    document = tomlkit.parse(text)
    dms: Any = document["dms"]
    tasks: Any = {str(task["name"]): task for task in dms["tasks"]}
    for edit in edits:
        match edit:
            case OfDms():
                dms[edit.key] = edit.value
            case OfTask():
                tasks[edit.task][edit.key] = edit.value
            case OfTable():
                _add(tasks[edit.task]["tables"], edit)
    after = tomlkit.dumps(document)
    if 0 < text.count("\n") == text.count("\r\n"):  # tomlkit ends the lines that it adds otherwise
        after = after.replace("\r\n", "\n").replace("\n", "\r\n")
    return after


def _add(tables: Any, edit: OfTable) -> None:  # noqa: ANN401 - tomlkit's array
    more = tomlkit.item(dict(edit.more)).unwrap()
    for table in tables:
        if (table["schema"], table.get("name", table.get("table"))) == (edit.schema, edit.name):
            for key, value in more.items():
                table[key] = _inline(value)
            return
    line = tomlkit.table() if isinstance(tables, AoT) else tomlkit.inline_table()
    line.update({"schema": edit.schema, "name": edit.name})
    for key, value in more.items():
        line[key] = _inline(value)
    tables.append(line)


def _inline(value: object) -> object:
    if not isinstance(value, dict):
        return value
    table = tomlkit.inline_table()
    table.update(value)
    return table
