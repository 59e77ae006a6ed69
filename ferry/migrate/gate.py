"""The gate that `start` passes: the schemas of both ends are alike, up to what is done of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ferry.findings import Level
from ferry.migrate.schema.phases import Phase
from ferry.migrate.starting import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ferry.findings import Finding
    from ferry.migrate.schema.work import Work
    from ferry.migrate.starting import Wish
    from ferry.migrate.tasks import Task


@dataclass(kw_only=True)
class Gate:
    """Says what stands against a start in the schemas; each database is looked at once.

    Args:
        works: The databases that are carried.
        wish: What was asked for.
    """

    works: Sequence[Work]
    wish: Wish
    _found: dict[str, tuple[Finding, ...]] = field(default_factory=dict)

    def __call__(self, task: Task) -> list[Refusal]:
        """What stands against the start of a task.

        Raises:
            FerryError: A server refuses or does not answer, or there is no pg_dump.
        """
        return [
            Refusal(
                check=finding.check,
                task=task.name,
                what=finding.what,
                why=finding.why,
                remedy=f"{finding.remedy.rstrip('.')}; to start despite all that differs: "
                f"{replace(self.wish, despite_drift=True).typed(task)}",
                unknown=finding.level is Level.UNJUDGED,
            )
            for finding in self._findings(task)
            if finding.level in {Level.BLOCKED, Level.UNJUDGED}
        ]

    def warnings(self, task: Task) -> list[Finding]:
        """Where the schemas differ and a start is not stopped by it: somebody should look.

        Raises:
            FerryError: As for what stands against it.
        """
        return [it for it in self._findings(task) if it.level is Level.WARNING]

    def _findings(self, task: Task) -> tuple[Finding, ...]:
        for work in self.works:
            if any(it.name == task.name for it in work.tasks):
                key = work.tasks[0].name
                if key not in self._found:
                    self._found[key] = work.drift(Phase.BEFORE_LOAD)
                return self._found[key]
        return ()
