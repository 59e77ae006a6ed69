"""What is said of several resources alike: one sentence, and the resources with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.review.plan.shown import clipped, ours
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Phrase
from ferry.review.rules.judging import UNCLEAR_CHANGED, UNCLEAR_SET

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ferry.review.plan.shown import Shown
    from ferry.review.rules.finding import Finding
    from ferry.review.rules.judging import Doubt

_MOST_NAMED: Final = 10
_UNCLEAR: Final = {UNCLEAR_SET: "{after}", UNCLEAR_CHANGED: "{after}, was {before}"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Alike:
    """Findings that differ in their resources alone.

    Args:
        first: The first of them, which speaks for all.
        places: The resources, each once.
        effect: What happens to each.
        attribute: The attribute that has it; empty for the resource whole, and where the effect
            names several.
    """

    first: Finding
    places: Sequence[Shown]
    effect: Phrase
    attribute: Shown


def alike(findings: Iterable[Finding]) -> list[Alike]:
    """Bring together what says the same, in the order in which it is first said."""
    groups: dict[tuple[object, ...], tuple[list[Finding], Phrase]] = {}
    for together in _unclear_together(findings):
        first, effect = together[0], _effect(together)
        key = (
            first.danger,
            first.section,
            len(together) == 1 and first.attribute,
            effect.text(),
            first.when.text(),
            first.lasts,
            first.remedy.text(),
            first.source,
        )
        groups.setdefault(key, ([], effect))[0].append(first)
    # One resource is named in many groups, and masked once.
    changes = {id(it.change): it.change for members, _ in groups.values() for it in members}
    shown = {key: change.shown_place for key, change in changes.items()}
    return [
        Alike(
            first=members[0],
            places=list(dict.fromkeys(shown[id(it.change)] for it in members)),
            effect=effect,
            attribute=ours("")
            if effect is not members[0].effect
            else members[0].change.masker.text(members[0].attribute),
        )
        for members, effect in groups.values()
    ]


def doubted_alike(doubts: Iterable[Doubt]) -> list[list[Doubt]]:
    """Bring together the doubts that differ in their resources alone."""
    groups: dict[tuple[object, ...], list[Doubt]] = {}
    for doubt in doubts:
        groups.setdefault((doubt.why, *doubt.attributes), []).append(doubt)
    return list(groups.values())


def named(places: Sequence[Shown], *, most: int = _MOST_NAMED) -> Phrase:
    """Some resources by name, and how many there are beside."""
    shown = {f"place{number}": clipped(it) for number, it in enumerate(places[:most])}
    texts = [f"{{{name}}}" for name in shown]
    if len(places) > most:
        return Phrase(f"{', '.join(texts)} and {len(places) - most:,} more", shown)
    if len(texts) == 1:
        return Phrase(texts[0], shown)
    return Phrase(f"{', '.join(texts[:-1])} and {texts[-1]}", shown)


def _unclear_together(findings: Iterable[Finding]) -> Iterable[list[Finding]]:
    """What is unclear of one resource together, everything else alone."""
    found: dict[int, list[Finding]] = {}
    for finding in findings:
        is_unclear = finding.danger is Danger.UNCLEAR and finding.effect.template in _UNCLEAR
        found.setdefault(id(finding.change if is_unclear else finding), []).append(finding)
    return found.values()


def _effect(together: Sequence[Finding]) -> Phrase:
    if len(together) == 1:
        return together[0].effect
    texts, values = [], {}
    for number, it in enumerate(together):
        words = _UNCLEAR[it.effect.template]
        texts.append(
            f"{{name{number}}} "
            + words.replace("{after}", f"{{after{number}}}").replace(
                "{before}", f"{{before{number}}}"
            )
        )
        values[f"name{number}"] = it.change.masker.text(it.attribute)
        values |= {f"{name}{number}": clipped(text) for name, text in it.effect.values.items()}
    return Phrase(f"No rule says that these are harmless here: {'; '.join(texts)}.", values)
