"""A plan as far as a review needs it, without what is sensitive: it goes where many may read it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.plan import ACTIONS, without_key
from ferry.review.plan.reading import read_plan
from ferry.review.plan.redacting import SENSITIVE, redacted
from ferry.review.plan.values import Hidden, Unknown, both

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ferry.review.plan.plan import Change

_KEPT: Final = ("format_version", "terraform_version", "applyable", "complete", "errored")
_PRESENCE: Final = ("deferred_changes", "action_invocations")
_HASH: Final = 0xFFFF_FFFF_FFFF
_MARK: Final = re.compile(rf"{re.escape(SENSITIVE[:-1])}-[0-9a-f]+\)")
_ACTIONS: Final = {action: list(words) for words, action in ACTIONS.items()}


def masked(plan: str) -> str:
    """The JSON of a plan as `terraform show -json` writes it, nothing sensitive left in it.

    In a sensitive value's place stands a mark by which one can tell whether it changes. It is a
    hash that Python draws anew for each process, so no guess at the value can be tried on it.

    Args:
        plan: What `terraform show -json` printed.

    Raises:
        PlanError: It is no plan.
    """
    found = read_plan(plan)
    whole: Mapping[str, Any] = json.loads(plan)
    outputs = whole.get("output_changes") or {}
    return json.dumps(
        {
            **{name: whole[name] for name in _KEPT if name in whole},
            **{name: [True] for name in _PRESENCE if whole.get(name)},
            "planned_values": {},
            "output_changes": {name: {"actions": it["actions"]} for name, it in outputs.items()},
            "resource_changes": [_change(it) for it in found.changes],
            "resource_drift": [_change(it) for it in found.drift],
            "configuration": {"root_module": {"resources": _references(found.changes)}},
        }
    )


def _references(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """What refers to what, as a plan's configuration says it, without any value."""
    known = {without_key(it.address): it.references for it in changes if it.references is not None}
    return [
        {
            "address": address,
            "expressions": {name: {"references": named} for name, named in attributes.items()},
        }
        for address, attributes in known.items()
    ]


def _change(change: Change) -> dict[str, Any]:
    hidden = both(_places(change.before, Hidden), _places(change.after, Hidden))
    sensitive = both(change.mask or False, hidden)
    return {
        "address": change.address,
        "name": without_key(change.address).rpartition(".")[2],
        "type": change.type,
        "mode": "managed" if change.managed else "data",
        "action_reason": change.reason,
        "previous_address": change.previous_address,
        "deposed": "deposed" if change.deposed else "",
        "change": {
            "actions": _ACTIONS.get(change.action, ["unknown"]),
            "before": _value(change.before),
            "after": _value(change.after),
            "after_unknown": _places(change.after, Unknown),
            "before_sensitive": sensitive,
            "after_sensitive": sensitive,
            "replace_paths": [path.split(".") for path in change.replace_paths],
            "importing": {"id": ""} if change.imported else None,
        },
    }


def _value(value: Any) -> Any:  # noqa: ANN401 - JSON, with the review's marks in it
    if isinstance(value, dict):
        return {name: _value(it) for name, it in value.items()}
    if isinstance(value, list):
        return [_value(it) for it in value]
    if isinstance(value, Hidden):
        return _mark(value)
    if isinstance(value, str):
        shown = redacted(value)
        return shown if shown == value else shown.replace(SENSITIVE, _mark(value))
    return None if isinstance(value, Unknown) else value


def _mark(value: object) -> str:
    return f"{SENSITIVE[:-1]}-{hash(value) & _HASH:x})"


def unmarked(text: str) -> str:
    """A text of what was masked, with the word that everybody knows in the marks' places."""
    return _MARK.sub(SENSITIVE, text)


def _places(value: Any, of: type) -> Any:  # noqa: ANN401 - as `_value`
    if isinstance(value, dict):
        return {name: found for name, it in value.items() if (found := _places(it, of))}
    if isinstance(value, list):
        found = [_places(it, of) for it in value]
        return found if any(found) else False
    return isinstance(value, of)
