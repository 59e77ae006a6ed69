"""The table of the checks, in the order in which their findings are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.check.account import (
    aurora,
    clients,
    dms,
    key,
    network,
    permissions,
    quotas,
    roles,
    secrets,
    snapshot,
    state_bucket,
    topic,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.check.account.subject import Subject
    from ferry.findings import Finding

CHECKS: Final[tuple[Callable[[Subject], Iterator[Finding]], ...]] = (
    aurora.check,
    snapshot.check,
    quotas.check_rds,
    dms.check,
    quotas.check_dms,
    quotas.check_network,
    network.check,
    roles.check,
    state_bucket.check,
    clients.check,
    key.check,
    topic.check,
    secrets.check_source,
    secrets.check_reverse,
    secrets.check_names,
    permissions.check,
)
"""Each asks AWS for what it needs. What is denied becomes a finding, and the rest goes on."""

OF_A_MIGRATION: Final = frozenset(
    {dms.check, quotas.check_dms, roles.check, secrets.check_source, secrets.check_reverse}
)
"""Those of them that Aurora alone does without."""


def findings(subject: Subject) -> Iterator[Finding]:
    """Every finding, as soon as it is known."""
    for check in CHECKS:
        if subject.environment.has_migration or check not in OF_A_MIGRATION:
            yield from check(subject)
