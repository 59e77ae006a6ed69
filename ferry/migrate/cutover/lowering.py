"""The low TTL that the applications' record has around a cutover: given one old TTL before it, taken back.

As the record was is journalled before it is changed. A run that fails puts it back; of one that was killed
the next finds in the journal what it was, whatever stands in Route 53 by then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ferry.migrate.cutover.journal import State
from ferry.migrate.cutover.switching import dns
from ferry.migrate.cutover.switching.cname import Cname, Lowered, plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from ferry.migrate.cutover.journal import Journal, Record
    from settings.cutover import Dns

LOWER: Final = "lower-ttl"
PUT_BACK: Final = "put-back-ttl"
"""The names of the records that say it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Low:
    """A record whose TTL ferry has lowered, or was about to, and has not put back.

    Args:
        before: The record as it was.
        ttl_seconds: The low TTL.
        at: When all name servers had the low one; None where that is not known.
    """

    before: Cname
    ttl_seconds: int
    at: datetime | None = None

    @property
    def lowered(self) -> Lowered | None:
        """Since when it is low; None where that is not known."""
        return Lowered(before=self.before, at=self.at) if self.at else None


def known(records: Iterable[Record], given: Dns) -> Low | None:
    """What the journal says of the record that the file names; None where ferry has not lowered it.

    Args:
        records: The journal's, as they happened.
        given: What the file says.
    """
    found: Low | None = None
    for it in records:
        if (it.step, it.state) == (PUT_BACK, State.DONE):
            found = None
        elif (it.step, it.state) == (LOWER, State.KEPT):
            before = Cname.of(it.detail["before"])
            is_it = (before.zone_id, before.name) == (given.zone_id, plain(given.name))
            found = Low(before=before, ttl_seconds=it.detail["ttl_seconds"]) if is_it else None
        elif found and (it.step, it.state) == (LOWER, State.DONE):
            found = replace(found, at=it.at)
    return found


def lower(journal: Journal, client: Any, given: Dns) -> Lowered | None:  # noqa: ANN401 - as in dns
    """Give the record the low TTL, and say since when it has it; None where it was as low by itself.

    Args:
        journal: The journal.
        client: Route 53.
        given: What the file says.

    Raises:
        FerryError: As `dns.change`.
    """
    now, low = dns.read(client, given).record, known(journal.records, given)
    if now.ttl_seconds > given.ttl_seconds:
        _keep(journal, now, given.ttl_seconds)
    elif low is None:
        return None
    elif low.lowered:
        return low.lowered
    # Killed in between, it may be low at some of the name servers alone: it is asked for once more.
    wanted = replace(now, ttl_seconds=min(now.ttl_seconds, given.ttl_seconds))
    dns.change(client, given, before=now, after=wanted)
    journal.write(LOWER, State.DONE, environment=journal.environment)
    found = known(journal.records, given)
    return found.lowered if found else None


def _keep(journal: Journal, record: Cname, ttl_seconds: int) -> None:
    journal.write(
        LOWER,
        State.KEPT,
        environment=journal.environment,
        before=record.as_json(),
        ttl_seconds=ttl_seconds,
    )


def put_back(journal: Journal, client: Any, given: Dns) -> str:  # noqa: ANN401 - as in dns
    """Give the record the TTL that it had before ferry lowered it; what that came to, empty for nothing.

    Where it leads is left. Nobody waits for it: until all have it, the low one does no harm.

    Args:
        journal: The journal.
        client: Route 53.
        given: What the file says.

    Raises:
        FerryError: AWS refuses, or it is none that ferry may change.
    """
    low = known(journal.records, given)
    if low is None:
        return ""
    now = dns.read(client, given).record
    if now.ttl_seconds == low.ttl_seconds:
        dns.set_ttl(client, now, low.before.ttl_seconds)
        said = f"The record {now.name} has a TTL of {low.before.ttl_seconds} s again, as before."
    else:
        said = (
            f"The record {now.name} has a TTL of {now.ttl_seconds} s: somebody has given it that."
        )
    journal.write(PUT_BACK, State.DONE, environment=journal.environment)
    return said
