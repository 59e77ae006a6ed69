"""What a check says where it finds something else than it should."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from facts.aurora import is_of
from ferry.findings import blocked, not_judged, right, warning

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ferry.check.deployment.statuses import Statuses
    from ferry.findings import Finding

_T = TypeVar("_T")

_PASSES: Final = "It passes by itself; until then AWS may refuse a deployment."
_PENDING: Final = "It is being changed, or waits for the maintenance window."


class DiffersError(Exception):
    """Something is so different that the check ends with it; the text says what, in a sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Expect:
    """Takes down every difference, so that the check goes on and finds them all.

    Args:
        check: The check's name.
        environment: The environment's name.
    """

    check: str
    environment: str
    findings: list[Finding] = field(default_factory=list)
    """The differences so far, in order."""

    def differs(self, what: str, *, why: str = "", remedy: str = "") -> None:
        """A difference, in a sentence; by default it is one from the environment's file."""
        file = f"{self.environment}.toml"
        why = why or f"{file} says otherwise, or the deployment did not end."
        remedy = remedy or (
            f"Deploy what 'cdktf diff {self.environment}' shows of it; mend the rest by hand, or let "
            f"{file} say what is there."
        )
        self.findings.append(blocked(self.check, what, why=why, remedy=remedy))

    def look(self, what: str, *, why: str, remedy: str) -> None:
        """Nothing is wrong with the deployment, but somebody should look at it."""
        self.findings.append(warning(self.check, what, why=why, remedy=remedy))

    def passes(self, because: str) -> None:
        """There is nothing to compare; say why, after "Nothing to check: "."""
        self.findings.append(right(self.check, f"Nothing to check: {because}."))

    def that(self, holds: object, otherwise: str) -> None:
        """Expect that something holds; otherwise say so, in a sentence."""
        if not holds:
            self.differs(otherwise)

    def equal(self, what: str, found: object, wanted: object, *, pending: object = None) -> None:
        """Expect that both are equal.

        Args:
            what: What it is.
            found: What it is now.
            wanted: What the file says.
            pending: What it is about to become, perhaps in the maintenance window only; None where
                nothing is pending.
        """
        if pending is not None and pending != wanted:
            self.differs(
                f"{what}: found {shown(found)}; {shown(pending)} is pending, should be "
                f"{shown(wanted)}."
            )
        elif found == wanted:
            return
        elif pending is not None:
            self.look(
                f"{what}: found {shown(found)}; {shown(wanted)} is pending.",
                why=_PENDING,
                remedy="Wait for the window, or set apply_immediately in the file and deploy.",
            )
        else:
            self.differs(f"{what}: found {shown(found)}, should be {shown(wanted)}.")

    def same_items(self, what: str, found: Iterable[object], wanted: Iterable[object]) -> None:
        """Expect the same things as often, in whatever order."""
        rest, missing = list(found), []
        for item in wanted:
            if item in rest:
                rest.remove(item)
            else:
                missing.append(item)
        if missing:
            self.differs(f"{what}: {shown(missing)} missing; found instead {shown(rest)}.")
        elif rest:
            self.differs(f"{what}: found {shown(rest)}, which should not be there.")

    def includes(self, what: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        """Expect everything wanted, at every depth; more may be there."""
        for name, value in wanted.items():
            there = found.get(name)
            if isinstance(value, dict) and isinstance(there, dict):
                self.includes(f"{what}, {name}", there, value)
            else:
                self.equal(f"{what}, {name}", there, value)

    def status(self, what: str, found: str | None, statuses: Statuses) -> None:
        """Expect a status in which the thing works.

        One that passes by itself is a warning, and one that the table does not hold is not judged.
        """
        status = found or "without a status"
        text = f"{what} is {status}."
        if status in statuses.right.split():
            return
        if status in statuses.passing.split():
            self.look(text, why=_PASSES, remedy="Wait, and run this again.")
        elif status in statuses.wrong.split():
            self.differs(
                text,
                why="It does not work, and does not mend itself.",
                remedy=statuses.remedies.get(status) or f"See {statuses.source}.",
            )
        else:
            self.findings.append(
                not_judged(
                    self.check,
                    f"{what}, which is {status},",
                    why=f"{what}: nobody here knows this status.",
                    remedy=f"{statuses.source} has them all.",
                )
            )


def shown(value: object) -> str:
    """A value as a message shows it: as JSON."""
    if value is None:
        return "nothing"
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    return json.dumps(value, default=str, ensure_ascii=False)


def only(what: str, found: Iterable[_T]) -> _T:
    """The one thing that should be there.

    Raises:
        DiffersError: There is none, or there are several.
    """
    there = list(found)
    if len(there) != 1:
        raise DiffersError(f"{what}: found {len(there)}, should be exactly one.")
    return there[0]


def as_wanted(version: object, wanted: str) -> object:
    """Aurora's version as the file names it: `16.4` as `16`, where it names the release alone."""
    return wanted if isinstance(version, str) and is_of(version, wanted) else version


def document(text: str) -> dict[str, Any]:
    """A JSON document."""
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def items(value: object) -> list[Any]:
    """IAM's lists, which may be written as their only item."""
    return list(value) if isinstance(value, list) else [value]
