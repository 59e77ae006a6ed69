"""The gate of a cutover: the table of its preconditions, in the order in which they are shown. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.migrate.cutover import around, contents, leading, replication, sessions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.findings import Finding
    from ferry.migrate.cutover.checks import Check
    from ferry.migrate.cutover.seen import Seen

CHECKS: Final[tuple[Check, ...]] = (
    *replication.CHECKS,
    *contents.CHECKS,
    *sessions.CHECKS,
    *around.CHECKS,
    *leading.CHECKS,
)


def judge(seen: Seen) -> Iterator[Finding]:
    """What stands against a cutover, and what does not."""
    for check in CHECKS:
        yield from check.findings(seen)
