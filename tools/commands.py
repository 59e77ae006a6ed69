"""Writes docs/commands.md anew, from what ferry says of itself: `python -m tools.commands [FILE]`."""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ferry.cli.app import app
from ferry.findings import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = Path(__file__).parents[1] / "docs" / "commands.md"
_WIDTH = 100
_INTRODUCTION = """# Commands
What `ferry` does: each command, its arguments and its options, as `--help` shows them.
[migration.md](migration.md) has those of a migration in their order, typed out.

This page is made from the commands by `python -m tools.commands`.

Exit status; where several hold, 4 comes before 3, and 3 before 1:
"""


def page() -> str:
    """The page."""
    root: Any = typer.main.get_command(app)  # typer's own copy of click has no public types
    by_panel: dict[str, list[tuple[str, Any]]] = {}
    for name, one in root.commands.items():
        by_panel.setdefault(one.rich_help_panel, []).extend(_commands(one, ("ferry", name)))
    lines = [f"- `{status.value}`: {status.meaning}" for status in ExitStatus]
    for panel, found in by_panel.items():
        lines += ["", f"{panel}:", ""]
        lines += [f"- [{name}](#{name.replace(' ', '-')}): {_first(it)}" for name, it in found]
    sections = [_section(name, it) for found in by_panel.values() for name, it in found]
    return "\n".join([_INTRODUCTION, *map(_filled, lines), "", "\n\n".join(sections)]) + "\n"


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - typer's
    if not hasattr(command, "commands"):
        yield " ".join(path), command
        return
    for name, one in command.commands.items():
        yield from _commands(one, (*path, name))


def _first(command: Any) -> str:  # noqa: ANN401 - typer's
    """The first paragraph of what a command says of itself."""
    return " ".join(str(command.help).split("\n\n")[0].split())


def _section(name: str, command: Any) -> str:  # noqa: ANN401 - typer's
    context = command.make_context(name, [], resilient_parsing=True)
    usage = [
        re.sub("[{}]", "", it) for it in command.collect_usage_pieces(context) if it != "[OPTIONS]"
    ]
    paragraphs = [
        each if each.startswith(" ") else _filled(" ".join(each.split()))
        for each in str(command.help).split("\n\n")
    ]
    options = [_option(each.get_help_record(context)) for each in command.params]
    return "\n\n".join(
        [f"## {name}\n**{' '.join((name, *usage))}**", *paragraphs, "\n".join(options)]
    )


def _option(record: tuple[str, str]) -> str:
    given, said = record
    if not given.startswith("-"):
        given = given.split(" <")[0]  # what kind of text an argument is: its description says it
    return _filled(f"- `{given}`: {' '.join(said.split())}")


def _filled(line: str) -> str:
    indent = "  " if line.startswith("- ") else ""
    return textwrap.fill(
        line,
        width=_WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


if __name__ == "__main__":
    (Path(sys.argv[1]) if sys.argv[1:] else FILE).write_text(page(), encoding="utf-8")
