"""The values in a plan: what Terraform does not know yet, and what nobody may see."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = Any
"""Any JSON value, at any depth, with UNKNOWN and Hidden in it."""

_SECRET_NAME: Final = re.compile(
    r"(^|[_.\-])(password|passphrase|secret[_-]?string|secret[_-]?binary|private[_-]?key|"
    r"auth[_-]?token|access[_-]?key|api[_-]?key|certificate[_-]?pem)(_wo)?$",
    re.IGNORECASE,
)
_CREDENTIALS_IN_URL: Final = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")
_SETTING: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*=[^;]*(;[A-Za-z][A-Za-z0-9]*=[^;]*)+")
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})


class Unknown:
    """What is known only after apply. Equal to nothing, itself included."""

    __slots__ = ()

    def __eq__(self, _other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment] # equal to nothing, so of no use in a set

    def __repr__(self) -> str:
        return "(known after apply)"


UNKNOWN: Final = Unknown()


class Hidden:
    """A sensitive value: whether it changes can be told, what it is cannot.

    Args:
        value: What must not be seen; only its hash is kept.
    """

    __slots__ = ("_hash",)

    def __init__(self, value: Json) -> None:
        self._hash = hash(json.dumps(value, sort_keys=True, default=repr))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hidden) and other._hash == self._hash

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return "(sensitive)"


def with_unknown(after: Json, unknown: Json) -> Json:
    """Put UNKNOWN where a plan's ``after_unknown`` says so; there ``after`` holds nothing."""
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, dict) and unknown:
        known = after if isinstance(after, dict) else {}
        found = {
            name: with_unknown(known.get(name), part)
            for name, part in unknown.items()
            if _says_true(part)
        }
        return {**known, **found} if found else after
    if isinstance(unknown, list) and _says_true(unknown):
        items = after if isinstance(after, list) else []
        length = max(len(items), len(unknown))
        padded = [*items, *[None] * (length - len(items))]
        parts = [*unknown, *[False] * (length - len(unknown))]
        return [with_unknown(item, part) for item, part in zip(padded, parts, strict=True)]
    return after


def hide(value: Json, mask: Json, *, name: str = "") -> Json:
    """Hide what a plan's ``*_sensitive`` mask marks, and what bears the name of a secret.

    Args:
        value: The value, at any depth.
        mask: True where the whole value is sensitive; a dict or a list of masks otherwise.
        name: The attribute's name.
    """
    if value is None or value is UNKNOWN or isinstance(value, Hidden):
        return value
    if mask is True or (isinstance(value, str) and value and _names_a_secret(name)):
        return Hidden(value)
    if isinstance(value, dict):
        masks = mask if isinstance(mask, dict) else {}
        return {
            key: hide(item, masks.get(key), name=key) if _worth_a_look(item, masks, key) else item
            for key, item in value.items()
        }
    if isinstance(value, list):
        by_index = dict(enumerate(mask)) if isinstance(mask, list) else {}
        return [hide(item, by_index.get(index), name=name) for index, item in enumerate(value)]
    if isinstance(value, str) and "://" in value:
        return _CREDENTIALS_IN_URL.sub("(sensitive)", value)
    return value


def same(before: Json, after: Json) -> bool:
    """Whether nothing changes; to Terraform's older resources all that is empty is the same."""
    return bool(before == after) or (before in _EMPTY and after in _EMPTY)


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


def document(value: Json) -> dict[str, Any] | None:
    """What a text says that is JSON, or DMS's ``key=value;key=value``; None for other values."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text.startswith("{"):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return None
        return dict(hide(found, None)) if isinstance(found, dict) else None
    if _SETTING.fullmatch(text):
        return dict(hide(dict(part.split("=", 1) for part in text.split(";")), None))
    return None


def show(value: Json) -> str:
    """A value as a person reads it: JSON, with words where there is nothing to be seen."""
    if value is UNKNOWN or isinstance(value, Hidden):
        return repr(value)
    if value is None:
        return "(not set)"
    return json.dumps(_showable(value), ensure_ascii=False)


def _showable(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _showable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_showable(item) for item in value]
    return repr(value) if isinstance(value, Unknown | Hidden) else value


@cache
def _names_a_secret(name: str) -> bool:
    """Whether an attribute of this name holds a secret; a plan has few names, each very often."""
    return _SECRET_NAME.search(name) is not None


def _says_true(part: Json) -> bool:
    if isinstance(part, dict):
        return any(_says_true(item) for item in part.values())
    if isinstance(part, list):
        return any(_says_true(item) for item in part)
    return part is True


def _worth_a_look(item: Json, masks: Mapping[str, Any], key: str) -> bool:
    """Numbers and booleans that no mask names are shown as they are: most of a plan."""
    return isinstance(item, str | dict | list) or bool(masks.get(key))
