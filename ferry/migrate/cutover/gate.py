"""The gate of a cutover and of a rollback: the tables of preconditions, in the order in which they are shown. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.migrate.cutover import around, contents, leading, replication, returning, sessions
from ferry.migrate.ways import Direction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.findings import Finding
    from ferry.migrate.cutover.checks import Check
    from ferry.migrate.cutover.seen import Seen

CHECKS: Final[tuple[Check, ...]] = (
    *returning.CHECKS,
    *replication.CHECKS,
    *contents.CHECKS,
    *sessions.CHECKS,
    sessions.DMS_ROLE,
    *around.CHECKS,
    *leading.CHECKS,
)

CHECKS_BACK: Final[tuple[Check, ...]] = (
    *returning.CHECKS,
    *replication.CHECKS,
    *contents.CHECKS_BACK,
    *sessions.CHECKS,
    around.MAINTENANCE,
    *returning.CHECKS_BACK,
    leading.HOOKS,
)

CHECKS_TAKING_BACK: Final[tuple[Check, ...]] = (
    *returning.CHECKS,
    returning.LEADS_BACK,
    leading.HOOKS,
)


def judge(seen: Seen) -> Iterator[Finding]:
    """What stands against a cutover, or a rollback, and what does not."""
    checks = CHECKS if seen.direction is Direction.FORWARD else CHECKS_BACK
    for check in CHECKS_TAKING_BACK if seen.takes_back else checks:
        yield from check.findings(seen)
