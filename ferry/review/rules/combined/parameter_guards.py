"""Parameters that log, measure, guard or give less than before, however harmless the value is by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from facts.parameter_guards import GUARDS, What, strength
from ferry.review.rules.dangers import Danger

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

_INFINITE: Final = float("inf")

_SAID: Final = {
    What.LOGS: (Danger.UNWATCHED, "The log tells less: {name} becomes {after}, not {before}."),
    What.KEEPS_LOGS: (
        Danger.DATA_LOSS,
        "The server deletes more of its own logs: {name} becomes {after}, not {before}.",
    ),
    What.MEASURES: (Danger.UNWATCHED, "Less is measured: {name} becomes {after}, not {before}."),
    What.ENDS_WHAT_HANGS: (
        Danger.UNCLEAR,
        "What hangs is ended later, or never: {name} becomes {after}, not {before}.",
    ),
    What.VACUUMS: (
        Danger.UNCLEAR,
        "Tables are vacuumed or analyzed later: {name} becomes {after}, not {before}.",
    ),
    What.GIVES: (
        Danger.UNCLEAR,
        "Who has less memory, workers or statistics takes longer: {name} becomes {after}, not {before}.",
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Beneath:
    """What holds where a group of instances says nothing: the clusters' groups, then defaults.

    Args:
        most: How much each parameter does until now, the most of the clusters' groups.
        least: How much it does after the plan, the least of them.
    """

    most: Mapping[str, float]
    least: Mapping[str, float]


def beneath(groups: Iterable[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]) -> Beneath:
    """What the clusters' groups say.

    Args:
        groups: Of each group the values by parameter before and after; None where they are not known:
            they may be the most until now, the least then.
    """
    most: dict[str, float] = {}
    least: dict[str, float] = {}
    for before, after in groups:
        for parameters, levels, pick, unknown in (
            (before, most, max, _INFINITE),
            (after, least, min, -_INFINITE),
        ):
            for name in GUARDS if parameters is None else GUARDS.keys() & parameters.keys():
                found = None if parameters is None else strength(name, str(parameters[name]))
                level = unknown if found is None else found
                levels[name] = pick(levels.get(name, level), level)
    return Beneath(most=most, least=least)


def weaker(
    name: str, old: str | None, new: str | None, under: Beneath
) -> tuple[Danger, str] | None:
    """The danger, and what is said of it, where a parameter does less than what was in force.

    Args:
        name: The parameter.
        old: The value until now; None where the group says none.
        new: The value from now on.
        under: What holds where the group says none.
    """
    if name not in GUARDS:
        return None
    was = under.most.get(name) if old is None else None
    becomes = under.least.get(name) if new is None else None
    was = strength(name, old) if was is None else was
    becomes = strength(name, new) if becomes is None else becomes
    if was is None or becomes is None:
        return None  # what is no value no rule calls harmless
    return _SAID[GUARDS[name].what] if becomes < was else None
