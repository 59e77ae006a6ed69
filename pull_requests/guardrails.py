"""What blocks, by the environments' files of one branch, which are read as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from ferry.errors import InputError
from ferry.review import Danger
from settings.review import Review

if TYPE_CHECKING:
    from pathlib import Path

    from pull_requests.stacks import Stack

FOLDER: Final = "environments"
_LARGEST_FILE: Final = 1_000_000
_DEFAULT: Final = frozenset(Review().block)


@dataclass(frozen=True, kw_only=True, slots=True)
class Guardrail:
    """What an environment's file says: its account, and the dangers that block."""

    account_id: str = ""
    block: frozenset[str] = frozenset()


Guardrails: TypeAlias = Mapping[str, Guardrail]
"""Those of each environment of a branch, by name."""


def read(folder: Path) -> Guardrails:
    """The guardrails of the environments in a folder; none of a file that cannot be read."""
    return {file.stem: _read(file) for file in sorted(folder.glob("*.toml"))}


def _read(file: Path) -> Guardrail:
    if file.is_symlink() or not file.is_file() or file.stat().st_size > _LARGEST_FILE:
        return Guardrail()
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        block = frozenset(document.get("review", {}).get("block", _DEFAULT)) & set(Danger)
        account_id = str(document.get("aws", {}).get("account_id", ""))
    except (ValueError, AttributeError, TypeError, RecursionError):
        return Guardrail()
    return Guardrail(account_id=account_id, block=block)


def loosened(before: Guardrails, after: Guardrails) -> dict[str, str]:
    """The environments whose file no longer blocks what it blocked, and which dangers.

    A file that is gone loosens nothing: what destroying would do is judged by what it said.
    """
    return {
        name: ", ".join(sorted(gone))
        for name in sorted(before.keys() & after.keys())
        if (gone := before[name].block - after[name].block)
    }


def environments_of(stack: Stack, *sides: Guardrails) -> list[str]:
    """The environments whose guardrails hold for a stack: for an account's, all that are in it.

    Raises:
        InputError: There is none in that account.
    """
    if not stack.is_account:
        return [stack.name]
    own = {name for side in sides for name, it in side.items() if it.account_id == stack.account_id}
    if not own:
        raise InputError(f"No environment is in the account of {stack.name}, so nothing judges it.")
    return sorted(own)


def blocked(environments: list[str], *sides: Guardrails) -> frozenset[str]:
    """What blocks: whatever does so in one of the environments, on one of the sides.

    An environment that is new to the first side is judged there by the default.
    """
    new = Guardrail(block=_DEFAULT)
    own = [sides[0].get(name, new).block for name in environments]
    return frozenset().union(
        *own, *(side[name].block for side in sides for name in environments if name in side)
    )
