"""Makes docs/settings.md: a part for each table of a file, with a line or two for each setting."""

import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Final, get_origin

from settings.environment import EnvironmentFile
from settings.reading.shape import fields, find
from settings.schema.descriptions import descriptions
from settings.section import Section

_INTRODUCTION: Final = """\
# Settings
What an environment's file, `environments/NAME.toml`, may say: every setting, what it allows, and
its default. What is not marked as required may be left out. Examples:
[dev](../environments/dev.toml), [staging](../environments/staging.toml),
[prod](../environments/prod.toml); and of an organization that brings its own key, topic, bucket,
role and applications, [own](../environments/examples/own.toml).

A file is data. Its texts reach AWS letter by letter: neither Terraform nor cdktf evaluates `${...}`
or `%{...}` in them, and those of DMS's own, such as `${schema-name-var}`, are written as DMS takes
them. A text that could not arrive so is refused, and never changed: one with control characters
other than tab and line feed, with a byte order mark, or not in Unicode's composed form NFC, into which
Terraform brings every text. Where a table at the source has such a name, `%` can stand for the
letter.

Some settings have to go together; these rules are in [settings/rules](../settings/rules). Every
command that reads a file prints a line for each mistake in it, with what is allowed and how to mend
it.

This page and [schema.json](../environments/schema.json), by which an editor says the same beside
each setting, are made from the model by `python -m settings.schema`.

"""


def page() -> str:
    """The page as the file holds it."""
    headers: dict[type[Section], str] = {}
    for header, section in _tables(EnvironmentFile):
        headers.setdefault(section, header)
    parts = [
        f"## `{header}`\n{_wrapped(inspect.getdoc(section) or '')}\n\n{_settings(section, headers)}"
        for section, header in headers.items()
    ]
    return _INTRODUCTION + "\n".join((_settings(EnvironmentFile, headers), *parts))


def _tables(
    section: type[Section], path: tuple[str, ...] = ()
) -> Iterator[tuple[str, type[Section]]]:
    """The tables below a section as a file heads them, each before those in it."""
    for name in fields(section):
        table = _table(section, name)
        if table:
            here = (*path, name)
            kind = get_origin(find(section, (name,)).kind)
            ending = ".NAME" if kind is dict else ""
            header = f"[{'.'.join(here)}{ending}]"
            yield f"[{header}]" if kind is tuple else header, table
            yield from _tables(table, here)


def _table(section: type[Section], name: str) -> type[Section] | None:
    """The section that a setting is, or holds."""
    shape = find(section, (name,))
    below: dict[object, tuple[str | int, ...]] = {tuple: (name, 0), dict: (name, "")}
    return shape.section or find(section, below.get(get_origin(shape.kind), (name,))).section


def _settings(section: type[Section], headers: dict[type[Section], str]) -> str:
    lines = []
    for name, text in descriptions(section).items():
        required = " (required)" if fields(section)[name].is_required() else ""
        table = _table(section, name)
        see = f" See {_link(headers[table])}." if table else ""
        # An underscore among other signs would begin italics.
        marked = re.sub(r"(?<![\w`])_([^\w\s,;]*[^\w\s,;.])?", r"`\g<0>`", text)
        lines.append(_wrapped(f"- **`{name}`**{required}: {marked}{see}", indent="  ") + "\n")
    return "".join(lines)


def _link(header: str) -> str:
    return f"[`{header}`](#{re.sub(r'[^a-z_]', '', header.lower())})"


def _wrapped(text: str, indent: str = "") -> str:
    """Paragraphs in lines that a terminal shows whole; what stands in backticks stays together."""
    together = re.sub("`[^`]*`", lambda code: code[0].replace(" ", "\0"), text)
    return "\n\n".join(
        textwrap.fill(
            paragraph, 100, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )
        for paragraph in together.split("\n\n")
    ).replace("\0", " ")
