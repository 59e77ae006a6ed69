"""Settings that stand together in one attribute's text: what each of them does that changes.

A table says of each setting for which values it is harmless. What it does not name is unclear.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.shown import HIDDEN, Shown, joined, ours
from ferry.review.plan.strict_json import DECODER
from ferry.review.plan.values import Json, holds_hidden, is_set
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ferry.review.plan.plan import Change

    Values = Mapping[str, Json]
    Table = Mapping[str, "Setting"]

_UNCLEAR: Final = "No rule says that {after} is harmless for {setting}; it was {before}."
_MADE_UNCLEAR: Final = "No rule says that {after} is harmless for {setting}."
MOST_SHOWN: Final = 5
"""Names or settings that a sentence holds; of more, the rest is counted."""


def _never(_before: Json, _after: Json) -> bool:
    return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One setting.

    Args:
        harmless: Whether a value is harmless, however it came about.
        default: What is in force where the text does not name it; None where that is not known.
        danger: What another value is.
        effect: What comes of it; ``{setting}``, ``{before}`` and ``{after}`` stand for name and
            values. By default that no rule allows it.
        made: The same of what is new, where that differs: there was no value before.
        effects: The same for certain values, instead of `effect`.
        worse: Whether a step from one value to another is dangerous all the same.
    """

    harmless: Callable[[Json], bool]
    default: Json = None
    danger: Danger = Danger.UNCLEAR
    effect: str = ""
    made: str = ""
    effects: Mapping[Json, str] = field(default_factory=dict)
    worse: Callable[[Json, Json], bool] = field(default=_never)


def only(*values: Json) -> Callable[[Json], bool]:
    """The value is one of some; true is not 1."""
    return lambda value: any(type(value) is type(it) and value == it for it in values)


def read_object(value: Json) -> dict[str, Any] | None:
    """The object that a text of JSON is; None for all else."""
    try:
        found = DECODER.decode(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def is_true(value: Json) -> bool:
    """The value is true."""
    return value is True


def is_false(value: Json) -> bool:
    """The value is false."""
    return value is False


def is_boolean(value: Json) -> bool:
    """The value is true or false."""
    return isinstance(value, bool)


def within(low: int, high: int) -> Callable[[Json], bool]:
    """The value is a whole number within bounds, both included."""
    return lambda value: type(value) is int and low <= value <= high


def lowered(before: Json, after: Json) -> bool:
    """A number goes down, or it is none."""
    return not (type(before) is int and type(after) is int and after >= before)


def another(before: Json, after: Json) -> bool:
    """It is another value."""
    return bool(before != after)


def differing(before: Values, after: Values, table: Table) -> list[str]:
    """The settings of which another value is in force, or may be.

    What no table names and is null, false or zero says nothing: DMS reports such settings by itself.
    """
    names = [*before, *(name for name in after if name not in before)]
    values = {name: (_value(before, name, table), _value(after, name, table)) for name in names}
    return [
        name
        for name, (old, new) in values.items()
        if old != new and (name in table or is_set(old) or is_set(new))
    ]


@dataclass(frozen=True, kw_only=True)
class Effects:
    """What comes of settings that differ; of all of them where there was nothing before.

    Args:
        table: What is known of each setting.
        before: The settings that were in force; none where there was nothing.
        after: The settings as they will be named.
        said: By danger, the settings that it comes from, each with a sentence.
    """

    table: Table
    before: Values
    after: Values
    said: Mapping[Danger, Sequence[tuple[str, str]]]
    _phrases: dict[Danger, Phrase] = field(default_factory=dict, init=False, repr=False)

    def findings(self, change: Change, attribute: str, *, source: str) -> Iterator[Finding]:
        """The effects of a change of an attribute, one for each danger."""
        hidden = _is_hidden(change, attribute)
        for danger, sentences in self.said.items():
            if hidden:
                effect = self._phrase(change, sentences, hidden=True)
            else:  # many resources of a plan have the same text: it is masked once
                if danger not in self._phrases:
                    self._phrases[danger] = self._phrase(change, sentences, hidden=False)
                effect = self._phrases[danger]
            yield Finding(
                danger=danger,
                change=change,
                attribute=attribute,
                effect=effect,
                source=source,
            )

    def _phrase(
        self, change: Change, sentences: Sequence[tuple[str, str]], *, hidden: bool
    ) -> Phrase:
        """Some sentences about settings, with how many more there are."""
        told: list[str] = []
        texts: dict[str, Shown] = {}
        for number, (name, sentence) in enumerate(sentences[:MOST_SHOWN]):
            parts = {it: f"{it}{number}" for it in ("setting", "before", "after")}
            told.append(sentence.format_map({it: f"{{{key}}}" for it, key in parts.items()}))
            texts[parts["setting"]] = _shown_name(change, name, self.table, hidden)
            for part, side in (("before", self.before), ("after", self.after)):
                value = _value(side, name, self.table)
                texts[parts[part]] = _shown(change, value, name, hidden)
        if len(sentences) > MOST_SHOWN:
            more = len(sentences) - MOST_SHOWN
            told.append(f"Of {more} more no rule says that it is harmless.")
        return Phrase(" ".join(told), texts)


def effects(table: Table, before: Values | None, after: Values) -> Effects:
    """What comes of settings.

    Args:
        table: What is known of each setting.
        before: The settings that are in force; None where there were none.
        after: The settings as they will be named.
    """
    said: dict[Danger, list[tuple[str, str]]] = {}
    for name in _looked_at(before, after, table):
        row = table.get(name)
        old, new = _value(before or {}, name, table), _value(after, name, table)
        if not (row and row.harmless(new) and not (before is not None and row.worse(old, new))):
            danger = row.danger if row else Danger.UNCLEAR
            sentence = _sentence(row, new, made=before is None)
            said.setdefault(danger, []).append((name, sentence))
    return Effects(table=table, before=before or {}, after=after, said=said)


def _looked_at(before: Values | None, after: Values, table: Table) -> list[str]:
    """The settings that differ; where there were none, those of the table and what else is named."""
    if before is not None:
        return differing(before, after, table)
    return [*table, *(name for name in after if name not in table and is_set(after[name]))]


def _sentence(row: Setting | None, value: Json, *, made: bool) -> str:
    special = row.effects.get(value, "") if row and isinstance(value, str) else ""
    own = ((row.made if made else "") or row.effect) if row else ""
    return special or own or (_MADE_UNCLEAR if made else _UNCLEAR)


def _value(values: Values, name: str, table: Table) -> Json:
    """The value in force: the one that is named, or the default."""
    row = table.get(name)
    return values.get(name, row.default if row else None)


def in_words(
    change: Change, attribute: str, *, table: Table, before: Values, after: Values
) -> Shown:
    """The settings that differ, as ``Logging.EnableLogging: true → false``."""
    names = differing(before, after, table)
    hidden = _is_hidden(change, attribute)
    told = [
        joined(
            [
                _shown_name(change, it, table, hidden),
                ours(": "),
                _shown(change, _value(before, it, table), it, hidden),
                ours(" → "),
                _shown(change, _value(after, it, table), it, hidden),
            ],
            by="",
        )
        for it in names[:MOST_SHOWN]
    ]
    return and_more(told, len(names))


def and_more(told: Iterable[Shown], count: int) -> Shown:
    """Some of many, and how many more there are."""
    told = list(told)
    more = count - len(told)
    return joined([*told, ours(f"and {more:,} more")] if more else told)


def _is_hidden(change: Change, attribute: str) -> bool:
    """Whether anything in an attribute's text is sensitive."""
    sides = (change.hidden_before(attribute), change.hidden_after(attribute))
    return any(map(holds_hidden, sides))


def _shown(change: Change, value: Json, name: str, hidden: bool) -> Shown:  # noqa: FBT001 - of all
    return HIDDEN if hidden else change.masker.value(value, name=name.rpartition(".")[2])


def _shown_name(change: Change, name: str, table: Table, hidden: bool) -> Shown:  # noqa: FBT001 - of all
    if hidden:
        return HIDDEN
    return ours(name) if name in table else change.masker.text(name)
