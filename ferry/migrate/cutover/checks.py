"""What a check of the gate is: what it looks at, and what it says where that is not known. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ferry.errors import FerryError
from ferry.findings import not_judged, right

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ferry.findings import Finding
    from ferry.migrate.cutover.seen import Seen

VERIFIED_HOURS: Final = 24
"""How long ago each table may have been compared. Within the window only rows are compared that were
written since: the longer that is ago, the more these are; and a row that was changed behind DMS's back
is found by looking alone. `ferry verify ENV --delta` makes it recent again."""

LONG_SECONDS: Final = 60.0
"""How long a transaction may have been open. Closing the source ends all that are open, and rolls them
back; one at Aurora holds locks that the window has to have."""

MAINTENANCE_MINUTES: Final = 60
"""How long before a cutover no maintenance may begin: about what it takes, with time to go back."""

MOST: Final = 5
"""How many of several things are named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A precondition of a cutover.

    Args:
        name: Its name, kebab-case and stable.
        title: What it is about, where it cannot be judged: `Whether ...`.
        good: What is said where nothing is found.
        of: What it looks at, each by itself; an error stands for what is not known.
        judge: What it finds of one.
    """

    name: str
    title: str
    good: str
    of: Callable[[Seen], Iterable[Any]]
    judge: Callable[[Seen, Any], Iterator[Finding]]

    def findings(self, seen: Seen) -> Iterator[Finding]:
        """What it finds; at least one finding."""
        found: list[Finding] = []
        for each in self.of(seen):
            if isinstance(each, FerryError):
                found.append(not_judged(self.name, self.title, why=each.why, remedy=each.remedy))
            else:
                found += self.judge(seen, each)
        yield from dict.fromkeys(found or [right(self.name, self.good)])


def whole(seen: Seen) -> list[Seen]:
    """Of a check that is about the environment as a whole."""
    return [seen]
