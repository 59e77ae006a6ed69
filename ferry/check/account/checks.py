"""The table of the checks, in the order in which their findings are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.check.account import (
    aurora,
    dms,
    permissions,
    quotas,
    roles,
    secrets,
    state_bucket,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.check.account.subject import Subject
    from ferry.findings import Finding

CHECKS: Final[tuple[Callable[[Subject], Iterator[Finding]], ...]] = (
    aurora.check,
    quotas.check_rds,
    dms.check,
    quotas.check_dms,
    quotas.check_network,
    roles.check,
    state_bucket.check,
    secrets.check,
    permissions.check,
)
"""Each asks AWS for what it needs. What is denied becomes a finding, and the rest goes on."""


def findings(subject: Subject) -> Iterator[Finding]:
    """Every finding, as soon as it is known."""
    for check in CHECKS:
        yield from check(subject)
