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
    value: bool | int


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


@dataclass(frozen=True, kw_only=True, slots=True)
class LineOfTask:
    """A line more of a task's `tables` or `transformations`; one that is there stays the only one."""

    task: str
    key: str
    line: Mapping[str, str]


Edit = OfDms | OfTask | OfTable | LineOfTask


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
            case LineOfTask():
                _append(tasks[edit.task], edit)
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
    line = _line_of(tables)
    line.update({"schema": edit.schema, "name": edit.name})
    for key, value in more.items():
        line[key] = _inline(value)
    tables.append(line)


def _append(task: Any, edit: LineOfTask) -> None:  # noqa: ANN401 - tomlkit's table
    if edit.key not in task:
        task[edit.key] = tomlkit.array().multiline(multiline=True)
    lines = task[edit.key]
    if any(dict(each) == dict(edit.line) for each in lines):
        return
    line = next((each for each in lines if _is_undone_by(edit.line, each)), None)
    if line is not None:
        line.clear()
        line.update(edit.line)
        return
    line = _line_of(lines)
    line.update(edit.line)
    lines.append(line)


def _is_undone_by(line: Mapping[str, str], there: Mapping[str, str]) -> bool:
    """Whether a line leaves out what another includes in the same words: both, no file may have."""
    return line.get("action") == "exclude" and _selected(line) == _selected(there)


def _selected(line: Mapping[str, str]) -> tuple[str | None, str | None]:
    return line.get("schema"), line.get("name", line.get("table"))


def _line_of(lines: Any) -> Any:  # noqa: ANN401 - tomlkit's array, and a table that it takes
    return tomlkit.table() if isinstance(lines, AoT) else tomlkit.inline_table()


def _inline(value: object) -> object:
    if not isinstance(value, dict):
        return value
    table = tomlkit.inline_table()
    table.update(value)
    return table
