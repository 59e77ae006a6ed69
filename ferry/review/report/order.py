"""In which order instances stop, where that matters: clients that move meet the next restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.plan import Action, Change, without_key
from ferry.review.report.alike import named
from ferry.review.rules.dangers import Section
from ferry.review.rules.finding import Phrase
from ferry.review.rules.timing import is_at_once

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ferry.review.plan.shown import Shown
    from ferry.review.rules.review import Review

_INSTANCE: Final = "aws_rds_cluster_instance"


def order_of_restarts(review: Review) -> Iterator[Phrase]:
    """Say in which order Aurora's instances stop at once, where there is more than one.

    Terraform changes what depends on something after that, and the rest at the same time; the
    provider waits until an instance is available again.
    Source: https://developer.hashicorp.com/terraform/internals/graph
    """
    stopped = {
        it.change.address: it.change
        for it in review.in_section(Section.INTERRUPTIONS)
        if it.change.type == _INSTANCE
        and it.change.action is Action.UPDATE
        and it.lasts
        and is_at_once(it.when)
    }
    if len(stopped) < 2:  # noqa: PLR2004 - one has no order
        return
    waves = _waves(sorted(stopped.values(), key=lambda it: it.place))
    if waves is None:
        yield Phrase(f"{len(stopped):,} instances stop; in which order, this plan does not say.")
        return
    words: list[str] = []
    values: dict[str, Shown] = {}
    for number, wave in enumerate(waves):
        who = named([it.shown_place for it in wave])
        words.append(
            who.template.replace("{place", f"{{wave{number}_")
            + (" at the same time" if wave[1:] else "")
        )
        values |= {
            name.replace("place", f"wave{number}_"): text for name, text in who.values.items()
        }
    yield Phrase(
        f"{len(stopped):,} instances stop{' one after another' if waves[1:] else ''}: "
        f"{', then '.join(words)}.",
        values,
    )


def _waves(changes: Sequence[Change]) -> list[list[Change]] | None:
    """What is changed together, in order; None where the plan does not say what depends on what."""
    if any(it.references is None for it in changes):
        return None
    by_address: dict[str, list[Change]] = {}
    for change in changes:
        by_address.setdefault(without_key(change.address), []).append(change)
    waits_for = {
        address: {
            it for named in (group[0].references or {}).values() for it in named if it in by_address
        }
        - {address}
        for address, group in by_address.items()
    }
    waits = {address: len(others) for address, others in waits_for.items()}
    followers: dict[str, list[str]] = {}
    for address, others in waits_for.items():
        for other in others:
            followers.setdefault(other, []).append(address)
    waves: list[list[Change]] = []
    ready = [address for address, number in waits.items() if number == 0]
    while ready:
        waves.append([change for address in ready for change in by_address[address]])
        following = []
        for address in ready:
            for it in followers.get(address, ()):
                waits[it] -= 1
                if waits[it] == 0:
                    following.append(it)
        ready = following
    return waves
