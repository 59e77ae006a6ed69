"""What blocks, by the environments' files of one branch, which are read as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from facts.inert import visible
from facts.names import is_account_stack
from ferry.errors import InputError
from ferry.review import Danger
from settings.reading.files import document, toml_files
from settings.review import Review

if TYPE_CHECKING:
    from pull_requests.stacks import Stack

FOLDER: Final = Path("environments")


@dataclass(frozen=True, kw_only=True, slots=True)
class Guardrail:
    """What an environment's file says: its account, empty where unknown, and what blocks."""

    account_id: str = ""
    block: frozenset[str] = frozenset(Review().block)


_DEFAULT: Final = Guardrail()
_STRICTEST: Final = Guardrail(block=frozenset(Danger))
"""Of what cannot be read: every danger blocks, for the stack of every account as well."""

_NEW: Final = ", a new file, lets through and the default blocks"

Guardrails: TypeAlias = Mapping[str, Guardrail]
"""Those of each environment of a branch, by name."""


def read(folder: Path) -> Guardrails:
    """The guardrails of the environments in a folder, from the files that make the stacks.

    Every danger blocks where a file cannot be read, and where two are of one environment. Links are
    not followed: what they lead to differs between a checkout of these files alone and the whole.
    """
    found: dict[str, Guardrail] = {}
    for file in toml_files(folder):
        unsure = file.stem in found or folder.is_symlink() or file.is_symlink()
        found[file.stem] = _STRICTEST if unsure else _read(file)
    return found


def _read(file: Path) -> Guardrail:
    try:
        held = document(file)
        block = held.get("review", {}).get("block", list(_DEFAULT.block))
        account_id = str(held.get("aws", {}).get("account_id", ""))
        if not isinstance(block, list):
            return _STRICTEST
        return Guardrail(account_id=account_id, block=frozenset(block) & set(Danger))
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return _STRICTEST


def loosened(before: Guardrails, after: Guardrails) -> list[str]:
    """In words: what files no longer block, and what new ones do not block though the default does.

    A file that is gone loosens nothing: what destroying would do is judged by what it said.
    """
    return [
        f"what {visible(name)}{' no longer blocks' if name in before else _NEW} ({', '.join(gone)})"
        for name in sorted(after)
        if (gone := sorted(before.get(name, _DEFAULT).block - after[name].block))
    ]


def environments_of(stack: Stack, *sides: Guardrails) -> list[str]:
    """The environments whose guardrails hold for a stack: for an account's, all that may be in it."""
    if not is_account_stack(stack.name):
        return [stack.name]
    accounts = {stack.account_id, ""}
    own = {name for side in sides for name, it in side.items() if it.account_id in accounts}
    if not own:
        raise InputError(f"No environment is in the account of {stack.name}, so nothing judges it.")
    return sorted(own)


def blocked(environments: list[str], *sides: Guardrails) -> frozenset[str]:
    """What blocks: whatever does so in one of the environments, on one of the sides.

    An environment that is new to the first side is judged there by the default.
    """
    own = [sides[0].get(name, _DEFAULT).block for name in environments]
    return frozenset().union(
        *own, *(side[name].block for side in sides for name in environments if name in side)
    )
