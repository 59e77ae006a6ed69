"""Compares what the stack wants, what the state holds and what AWS has."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ferry.account import explained
from ferry.adopt.finders import DOUBLED, FINDERS, REPEATED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ferry.account import Account
    from ferry.adopt.stack import Wanted
    from ferry.deployment import State

_ID_OF: Final = re.compile(r"\$\{([a-z0-9_]+\.[A-Za-z0-9_-]+)\.id\}")
"""A reference to another resource's id, as cdktf writes it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What was found.

    Args:
        imports: Address and import id of what exists and is in no state.
        ambiguous: Addresses of which AWS has several; a person has to choose.
        left_over: Ids of what has an address's name beside that which the state holds.
        unknown: Addresses of types that cannot be looked for.
    """

    imports: dict[str, str] = field(default_factory=dict)
    ambiguous: dict[str, list[str]] = field(default_factory=dict)
    left_over: dict[str, list[str]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def search(stack: Iterable[Wanted], *, state: State, account: Account) -> Found:
    """Look for everything that the stack wants.

    Args:
        stack: The stack's resources.
        state: What Terraform knows.
        account: Where to look.

    Raises:
        FerryError: AWS refuses a call.
    """
    return _Search(stack={one.address: one for one in stack}, state=state, account=account).run()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Search:
    stack: Mapping[str, Wanted]
    state: State
    account: Account
    _found: dict[str, list[str]] = field(default_factory=dict)

    def run(self) -> Found:
        found = Found()
        for address, wanted in self.stack.items():
            if wanted.type in REPEATED:
                continue
            if wanted.type not in FINDERS:
                found.unknown.append(address)
            elif address in self.state.ids:
                others = self._others(wanted)
                if others:
                    found.left_over[address] = others
            else:
                ids = self._ids(wanted)
                if len(ids) == 1:
                    found.imports[address] = ids[0]
                elif ids:
                    found.ambiguous[address] = ids
        return found

    def id_of(self, address: str) -> str:
        """The id of another resource of the stack.

        Raises:
            LookupError: It does not exist, or it is not known which of several it is.
        """
        if address in self.state.ids:
            return self.state.ids[address]
        ids = self._ids(self.stack[address])
        if len(ids) != 1:
            raise LookupError(address)
        return ids[0]

    def _others(self, wanted: Wanted) -> list[str]:
        """What has the name of a resource that the state holds, and is another one."""
        if wanted.type not in DOUBLED:
            return []
        return [id_ for id_ in self._ids(wanted) if id_ != self.state.ids[wanted.address]]

    def _ids(self, wanted: Wanted) -> list[str]:
        if wanted.address not in self._found:
            with explained(f"look for {wanted.address}"):
                try:
                    ids = FINDERS[wanted.type](self.account, _Given(wanted=wanted, search=self))
                except LookupError:
                    ids = []  # what it belongs to does not exist, so neither does it
            self._found[wanted.address] = ids
        return self._found[wanted.address]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Given:
    wanted: Wanted
    search: _Search

    @property
    def name_tag(self) -> str:
        name: str = self.wanted.arguments["tags"]["Name"]
        return name

    def __getitem__(self, argument: str) -> str:
        value = str(self.wanted.arguments[argument])
        reference = _ID_OF.fullmatch(value)
        return self.search.id_of(reference[1]) if reference else value
