"""Edits of an environment: of its file, as a person types them, or of the stack made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ferry.review.rules.review import Verdict

    Stack = dict[str, Any]
    StackEdit = Callable[[Stack], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """An edit, and what the review has to say of its plan.

    Args:
        name: What it is.
        base: The environment that is edited.
        settings: Settings by dotted name, in TOML, that are added to its file or replace what stands
            there; those of an array of tables go to its first table.
        removed: Settings by dotted name that are taken out of it; none by default.
        appended: Text that is added to its file; nothing by default.
        deployed: Whether the environment is there already; by default it is.
        deleted: Whether its file is gone once the stack is made; it stays by default.
        stack: What is done to the synthesized stack, where no setting can say it.
        verdict: The verdict under the default guardrails.
        says: A part of what the review says: of an effect, or why the change is harmless.
        path: The construct that it says that of; empty where nothing changes.
    """

    name: str
    base: str = "dev"
    settings: Mapping[str, str] = field(default_factory=dict)
    removed: Sequence[str] = ()
    appended: str = ""
    deployed: bool = True
    deleted: bool = False
    stack: StackEdit | None = None
    verdict: Verdict
    says: str
    path: str

    def of_file(self, text: str) -> str:
        """The environment's file after the edit."""
        for setting, value in self.settings.items():
            text = with_setting(text, setting, value)
        for setting in self.removed:
            text = with_setting(text, setting, None)
        return f"{text}{self.appended}"

    def of_stack(self, stack: Stack) -> Stack:
        """The stack after the edit."""
        if self.stack is not None:
            self.stack(stack)
        return stack


def with_setting(text: str, setting: str, value: str | None) -> str:
    """Set a setting in the text of an environment's file, every other line left as it is.

    None takes it out.
    """
    section, _, key = setting.rpartition(".")
    header = re.search(rf"^\[+{re.escape(section)}\]+$", text, re.MULTILINE)
    line = "" if value is None else f"{key} = {value}"
    if header is None:
        return f"{text}\n[{section}]\n{line}\n"
    end = re.compile(r"^\[", re.MULTILINE).search(text, header.end())
    before, after = text[: header.end()], text[end.start() :] if end else ""
    body = text[header.end() : len(text) - len(after)]
    changed, count = re.subn(
        rf"^{re.escape(key)} = .*$", lambda _: line, body, count=1, flags=re.MULTILINE
    )
    return f"{before}{changed if count else f'{chr(10)}{line}{body}'}{after}"


def of(stack: Stack, type_: str, construct: str) -> dict[str, Any]:
    """The one resource of a type whose construct's path ends so."""
    (body,) = (
        body
        for body in stack["resource"][type_].values()
        if body["//"]["metadata"]["path"].endswith(f"/{construct}")
    )
    found: dict[str, Any] = body
    return found


def every(stack: Stack, type_: str) -> list[dict[str, Any]]:
    """All resources of a type."""
    return list(stack["resource"][type_].values())


def without(stack: Stack, type_: str, construct: str = "") -> None:
    """Remove the resources of a type whose construct's path ends so; all of them by default."""
    kept = {
        name: body
        for name, body in stack["resource"][type_].items()
        if not body["//"]["metadata"]["path"].endswith(f"/{construct}" if construct else "")
    }
    if kept:
        stack["resource"][type_] = kept
    else:
        del stack["resource"][type_]  # Terraform takes no empty block
