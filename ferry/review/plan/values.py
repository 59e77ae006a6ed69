"""The values in a plan: what Terraform does not know yet, and what nobody may see."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from ferry.redaction.redacting import SENSITIVE, redacted
from ferry.redaction.secret_names import (
    is_option_for_a_secret,
    may_be_secret,
    names_a_secret,
    names_objects,
    secret_told_by,
    tells_a_value,
)
from ferry.review.plan.strict_json import DECODER

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = Any
"""Any JSON value, at any depth, with UNKNOWN and Hidden in it."""

_SETTING: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*=[^;]*(;[A-Za-z][A-Za-z0-9]*=[^;]*)+")
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})
_HASH: Final = 0xFFFF_FFFF_FFFF
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)
_PAGE: Final = re.compile(r"(https?://[^/?#]*+[/?#])(?!\(sensitive).+", re.DOTALL)
"""A web page that is not a whole site: who knows its path may write to an on-call service."""

_MARK: Final = re.compile(rf"{re.escape(SENSITIVE[:-1])}-[0-9a-f]+\)")


class Unknown:
    """What is known only after apply. Equal to nothing, itself included.

    It has a hash, so that `in` can look for it in a set of names, and does not find it.
    """

    __slots__ = ()

    def __eq__(self, _other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return "(known after apply)"


UNKNOWN: Final = Unknown()


class Hidden:
    """A sensitive value: whether it changes can be told, what it is cannot.

    Rules meet it in a plan that was masked before alone, where it may be anything.

    Args:
        value: What must not be seen; only its hash is kept.
        partly: What is left of a text of which a part was masked; by default nothing is.
    """

    __slots__ = ("_hash", "partly")

    def __init__(self, value: Json, *, partly: str = "") -> None:
        self._hash = hash(json.dumps(value, sort_keys=True, default=_told_apart))
        self.partly = partly

    @property
    def mark(self) -> str:
        """What stands in its place in a masked plan.

        It is a hash that Python draws anew for each process: no guess at the value can be tried.
        """
        return f"{SENSITIVE[:-1]}-{self._hash & _HASH:x})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hidden) and other._hash == self._hash

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return SENSITIVE


def _told_apart(value: object) -> str:
    """A hidden value for a JSON text by which values are compared."""
    return value.mark if isinstance(value, Hidden) else repr(value)


def unmarked(text: str) -> str:
    """A text of what was masked, with the word that everybody knows in the marks' places."""
    return _MARK.sub(SENSITIVE, text)


def is_masked(plan: str) -> bool:
    """Whether the text of a plan has marks in it."""
    return _MARK.search(plan) is not None


def with_hidden(value: Json) -> Json:
    """A value of a plan that was masked: Hidden wherever a text has a mark in it."""
    if isinstance(value, str):
        if not _MARK.search(value):
            return value
        return Hidden(value, partly="" if _MARK.fullmatch(value) else value)
    if isinstance(value, dict):
        return {name: with_hidden(item) for name, item in value.items()}
    return [with_hidden(item) for item in value] if isinstance(value, list) else value


def with_unknown(after: Json, unknown: Json) -> Json:
    """Put UNKNOWN where a plan's ``after_unknown`` says so; there ``after`` holds nothing.

    Where the two are shaped differently, the whole value is unknown.
    """
    if not says_true(unknown):
        return after
    if isinstance(unknown, dict) and isinstance(after, dict | None):
        known = after or {}
        return known | {
            name: with_unknown(known.get(name), part)
            for name, part in unknown.items()
            if says_true(part)
        }
    if isinstance(unknown, list) and isinstance(after, list | None):
        items = after or []
        length = max(len(items), len(unknown))
        padded = [*items, *[None] * (length - len(items))]
        parts = [*unknown, *[False] * (length - len(unknown))]
        return [with_unknown(item, part) for item, part in zip(padded, parts, strict=True)]
    return UNKNOWN


def marks(mask: Json) -> bool:
    """Whether a plan's ``*_sensitive`` mask marks anything. What is neither true nor false counts as marked."""
    if isinstance(mask, dict):
        return any(map(marks, mask.values()))
    if isinstance(mask, list):
        return any(map(marks, mask))
    return bool(mask)


def unmarks(value: Json, before: Json, after: Json, *, shortest: int) -> bool:
    """Whether something in a value was marked, and no longer is: Terraform shows it from now on.

    Args:
        value: The value as it will be.
        before: The mask until now.
        after: The mask from now on.
        shortest: The characters from which on a text is one that must not be seen; numbers have none.
    """
    if not marks(before) or (marks(after) and not isinstance(after, dict | list)):
        return False
    if isinstance(value, dict):
        masks = [
            mask if isinstance(mask, dict) else dict.fromkeys(value, mask)
            for mask in (before, after)
        ]
        return any(
            unmarks(item, *(mask.get(name) for mask in masks), shortest=shortest)
            for name, item in value.items()
        )
    if isinstance(value, list):
        masks = [of_each(before), of_each(after)]
        return any(unmarks(item, *masks, shortest=shortest) for item in value)
    if value is UNKNOWN or isinstance(value, Hidden):
        return True
    return value is not None and len(value if isinstance(value, str) else "") >= shortest


def both(mask: Json, other: Json) -> Json:
    """A mask that marks what either of two marks; the two may be shaped differently."""
    if not marks(other) or mask == other:
        return mask
    if not marks(mask):
        return other
    if isinstance(mask, dict) and isinstance(other, dict):
        return {key: both(mask.get(key), other.get(key)) for key in mask | other}
    if isinstance(mask, list) and isinstance(other, list):
        return [of_each([*mask, *other])]
    return True


def of_each(mask: Json) -> Json:
    """What a list's mask marks in each of its items.

    What is marked in one is marked in all: sets have other orders on the two sides of a change.
    """
    if not isinstance(mask, list):
        return mask
    marked: Json = None
    for part in mask:
        marked = both(marked, part)
    return marked


def hide(value: Json, mask: Json, *, name: str = "") -> Json:
    """Hide what a plan's ``*_sensitive`` mask marks, and what bears the name of a secret.

    What is marked in one item of a list is hidden in all, for sets and the two sides of a change
    have other orders. Where mask and value are shaped differently, the whole value is hidden. What
    is empty stays: there is nothing to hide, and to Terraform it is as good as not set.

    Args:
        value: The value, at any depth.
        mask: True where the whole value is sensitive; a dict or a list of masks otherwise.
        name: The attribute's name.
    """
    if isinstance(value, Hidden):
        return hide(value.partly, mask, name=name) if value.partly else value
    if value is UNKNOWN or value in _EMPTY:
        return value
    is_marked = bool(mask) and marks(mask)
    if isinstance(value, dict) and (not is_marked or isinstance(mask, dict)):
        return _hide_members(value, mask if is_marked else {}, name=name)
    if isinstance(value, list) and (not is_marked or isinstance(mask, list)):
        marked = of_each(mask) if is_marked else None
        return [
            hide(item, marked or is_option_for_a_secret(before), name=name)
            for before, item in zip([None, *value], value, strict=False)
        ]
    if name == "endpoint" and not is_marked and isinstance(value, str):
        page = _PAGE.fullmatch(value)
        return f"{page[1]}{Hidden(value).mark}" if page else value
    named = bool(name) and may_be_secret(value) and names_a_secret(name)
    return Hidden(value) if named or is_marked else value


def _hide_members(value: dict[str, Any], masks: Mapping[str, Any], *, name: str) -> dict[str, Any]:
    """An object's members, each under its own name, or that of what holds it if that is a secret's.

    In a list of names and values (parameters, variables) the name stands beside the value.
    """
    outer = name if name and names_a_secret(name) and not names_objects(name) else ""
    beside = secret_told_by(value)
    return {
        key: hide(
            item, masks.get(key), name=beside if beside and tells_a_value(key) else outer or key
        )
        if isinstance(item, str | dict | list | Hidden)
        or outer
        or beside
        or key in masks
        or names_a_secret(key)
        else item
        for key, item in value.items()
    }


def same(before: Json, after: Json) -> bool:
    """Whether nothing changes; to Terraform's older resources all that is empty is the same."""
    if before is after:  # what is equal on both sides of a change is one object
        return before is not UNKNOWN
    return bool(before == after) or (before in _EMPTY and after in _EMPTY)


def as_key(value: Json) -> Json:
    """A value by which others are found; a list or an object, which no name is, is found by nobody."""
    return repr(value) if isinstance(value, list | dict) else value


def is_set(value: Json) -> bool:
    """Whether a value says anything: not null, empty, zero or false."""
    return value is UNKNOWN or bool(value)


def holds_unknown(value: Json) -> bool:
    """Whether any part of a value is known only after apply."""
    if isinstance(value, dict):
        return any(holds_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(holds_unknown(item) for item in value)
    return value is UNKNOWN


def holds_hidden(value: Json) -> bool:
    """Whether any part of a value is hidden."""
    if isinstance(value, dict):
        return any(holds_hidden(item) for item in value.values())
    if isinstance(value, list):
        return any(holds_hidden(item) for item in value)
    return isinstance(value, Hidden)


def document(value: Json) -> dict[str, Any] | None:
    """What a text says that is JSON, or DMS's ``key=value;key=value``; None for other values."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text.startswith("{"):
        try:
            found = DECODER.decode(text)
            return dict(hide(found, None)) if isinstance(found, dict) else None
        except (ValueError, RecursionError):
            return None
    if _SETTING.fullmatch(text):
        return dict(hide(dict(part.split("=", 1) for part in text.split(";")), None))
    return None


def show(value: Json) -> str:
    """A value as a person reads it: JSON, with words where there is nothing to be seen.

    Secrets inside of texts are not shown either.
    """
    if value is UNKNOWN or isinstance(value, Hidden):
        return repr(value)
    if value is None:
        return "(not set)"
    return _ENCODER.encode(_showable(value))


def _showable(value: Json) -> Json:
    if isinstance(value, dict):
        return {redacted(key): _showable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_showable(item) for item in value]
    if isinstance(value, str):
        return redacted(value)
    return repr(value) if isinstance(value, Unknown | Hidden) else value


def says_true(part: Json) -> bool:
    """Whether any part of a plan's ``after_unknown`` is true. What is neither true nor false counts as true."""
    if isinstance(part, dict):
        return any(says_true(item) for item in part.values())
    if isinstance(part, list):
        return any(says_true(item) for item in part)
    return part is not False and part is not None
