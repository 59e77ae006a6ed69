"""What a check comes to, and what a check is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ferry.findings import Finding, Level, not_judged, right
from ferry.postgres.catalog import UnreadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ferry.check.source.edits import Edit
    from ferry.check.source.subject import Subject


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a check found; `ferry.findings.Finding` says what its fields are.

    Args:
        edits: What the remedy changes in the environment's file, where that can be written.
    """

    level: Level
    what: str
    why: str = ""
    remedy: str = ""
    edits: tuple[Edit, ...] = ()


def fine(what: str) -> Verdict:
    """All is right, and more can be said of it than the check's own words."""
    return Verdict(level=Level.RIGHT, what=what)


def warns(what: str, *, why: str, remedy: str, edits: Iterable[Edit] = ()) -> Verdict:
    """Somebody should look at something."""
    return Verdict(level=Level.WARNING, what=what, why=why, remedy=remedy, edits=tuple(edits))


def blocks(what: str, *, why: str, remedy: str, edits: Iterable[Edit] = ()) -> Verdict:
    """The migration would fail, or lose something."""
    return Verdict(level=Level.BLOCKED, what=what, why=why, remedy=remedy, edits=tuple(edits))


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A row of the table of checks.

    Args:
        name: Kebab-case and stable; scripts go by it.
        title: What is not known where it could not be judged, such as `The tables' keys`.
        good: What is said where nothing was found.
        judge: What is found. It raises `UnreadError` where it needs what could not be read.
        of_server: Whether it looks at the servers as a whole, and so once, however many databases
            are carried.
    """

    name: str
    title: str
    good: str
    judge: Callable[[Subject], Iterator[Verdict]]
    of_server: bool = False

    def findings(self, subject: Subject, *, writes: str = "") -> Iterator[Finding]:
        """What it comes to of one database: one finding at least.

        What was found before something was missing is found all the same.

        Args:
            subject: The database.
            writes: What writes into the file what the file mends; empty, the default, says nothing of it.
        """
        found = False
        try:
            for verdict in self.judge(subject):
                found = True
                finding = self._finding(verdict, subject)
                if verdict.edits and writes:
                    finding = replace(finding, remedy=f"{finding.remedy} Or: {writes}")
                yield finding
        except UnreadError as error:
            yield not_judged(
                self.name, self._named(self.title, subject), why=error.why, remedy=error.remedy
            )
            return
        if not found:
            yield right(self.name, self._named(self.good, subject))

    def writable(self, subject: Subject) -> Iterator[tuple[Finding, tuple[Edit, ...]]]:
        """What it found that a change of the environment's file mends, and the change.

        Of what could not be read, nothing.
        """
        with suppress(UnreadError):
            for verdict in self.judge(subject):
                if verdict.edits:
                    yield self._finding(verdict, subject), verdict.edits

    def _finding(self, verdict: Verdict, subject: Subject) -> Finding:
        return Finding(
            check=self.name,
            level=verdict.level,
            what=self._named(verdict.what, subject),
            why=verdict.why,
            remedy=verdict.remedy,
        )

    def _named(self, text: str, subject: Subject) -> str:
        """A text, with the database in front where there are several."""
        several = len(subject.environment.carried) > 1 and not self.of_server
        return f"{subject.database.source}: {text}" if several else text
