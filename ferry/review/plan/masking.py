"""A plan as far as a review needs it, without what is sensitive: it goes where many may read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ferry.review.plan.configuration import written
from ferry.review.plan.identity import TAGS
from ferry.review.plan.plan import ACTIONS, without_key
from ferry.review.plan.reading import read_plan
from ferry.review.plan.values import Hidden, Unknown, both

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.whole import Check

_KEPT: Final = ("format_version", "terraform_version", "applyable", "complete", "errored")
_ACTIONS: Final = {action: list(words) for words, action in reversed(ACTIONS.items())}


def masked(plan: str) -> str:
    """The JSON of a plan as `terraform show -json` writes it, nothing sensitive left in it.

    In a sensitive value's place stands a mark by which one can tell whether it changes.

    Args:
        plan: What `terraform show -json` printed.

    Raises:
        PlanError: It is no plan.
    """
    found = read_plan(plan)
    whole: Mapping[str, Any] = json.loads(plan)
    return json.dumps(
        {
            **{name: _value(whole[name], found.masker.marked) for name in _KEPT if name in whole},
            "not_judged": [
                {"why": it.why.name, "name": found.masker.marked(it.name)} for it in found.unread
            ],
            "checks": [_check(it, found.masker.marked) for it in found.checks],
            "planned_values": {},
            "output_changes": {
                found.masker.marked(name): _output(found, name)
                for name in dict.fromkeys([*found.outputs, *found.open_outputs])
            },
            "resource_changes": [_change(it) for it in found.changes],
            "resource_drift": [_change(it) for it in found.drift],
            "configuration": _configuration(found),
        }
    )


def _configuration(found: Plan) -> dict[str, Any]:
    marked = found.masker.marked
    part = written(found.configuration, tags=TAGS, marked=marked)
    part["root_module"]["resources"] += _references(found.changes, marked)
    return part


def _check(check: Check, marked: Callable[[str], str]) -> dict[str, Any]:
    name = {"to_display": marked(check.name)}
    problems = [{"message": marked(it)} for it in check.messages]
    status = marked(check.status)
    one = {"address": name, "status": status, "problems": problems}
    return {"address": name, "status": status, "instances": [one]}


def _references(changes: Sequence[Change], marked: Callable[[str], str]) -> list[dict[str, Any]]:
    """What refers to what, as a plan's configuration says it, without any value."""
    known = {without_key(it.address): it.references for it in changes if it.references is not None}
    return [
        {
            "address": marked(address),
            "expressions": {
                marked(name): {"references": list(map(marked, named))}
                for name, named in attributes.items()
            },
        }
        for address, attributes in known.items()
    ]


def _output(found: Plan, name: str) -> dict[str, Any]:
    """An output's change, as far as it is shown: of one that is open from now on, nothing is."""
    shown: dict[str, Any] = {"actions": ["no-op"]}
    if name in found.outputs:
        change = _change(found.outputs[name])["change"]
        own = {
            part: it[found.masker.marked(name)]
            for part, it in change.items()
            if isinstance(it, dict) and found.masker.marked(name) in it
        }
        shown = {"actions": change["actions"], **own}
    if name in found.open_outputs:
        shown |= {"after": None, "after_unknown": True}
        shown |= {"before_sensitive": True, "after_sensitive": False}
    return shown


def _change(change: Change) -> dict[str, Any]:
    marked = change.masker.marked
    before = {name: change.hidden_before(name) for name in change.before}
    after = {name: change.hidden_after(name) for name in change.after}
    hidden = both(_places(before, Hidden), _places(after, Hidden))
    sensitive = both(_value(change.mask or False, marked), _value(hidden, marked))
    was, will_be = ({} if change.only_marks else sensitive), sensitive
    if change.unmarked:
        was = sensitive if isinstance(sensitive, dict) else dict.fromkeys(after, sensitive)
        unmarked = set(map(marked, change.unmarked))
        will_be = {name: it for name, it in was.items() if name not in unmarked}
    actions = _ACTIONS.get(change.action, ["unknown"])
    return {
        "address": marked(change.address),
        "name": without_key(marked(change.address)).rpartition(".")[2],
        "type": marked(change.type),
        "provider_name": marked(change.provider),
        "mode": "managed" if change.managed else "data",
        "action_reason": marked(change.reason),
        "previous_address": marked(change.previous_address),
        "deposed": "deposed" if change.deposed else "",
        "change": {
            "actions": sorted(actions) if change.made_first else actions,
            "before": _value(before, marked),
            "after": _value(after, marked),
            "after_unknown": _value(_places(after, Unknown), marked),
            "before_sensitive": was,
            "after_sensitive": will_be,
            "replace_paths": [marked(it).split(".") for it in change.replace_paths],
            "importing": {"id": ""} if change.imported else None,
        },
    }


def _value(value: Any, marked: Callable[[str], str]) -> Any:  # noqa: ANN401 - JSON, with the review's marks in it
    if isinstance(value, dict):
        return {marked(name): _value(it, marked) for name, it in value.items()}
    if isinstance(value, list):
        return [_value(it, marked) for it in value]
    if isinstance(value, Hidden):
        return value.mark
    if isinstance(value, str):
        return marked(value)
    return None if isinstance(value, Unknown) else value


def _places(value: Any, of: type) -> Any:  # noqa: ANN401 - as `_value`
    if isinstance(value, dict):
        return {name: found for name, it in value.items() if (found := _places(it, of))}
    if isinstance(value, list):
        found = [_places(it, of) for it in value]
        return found if any(found) else False
    return isinstance(value, of)
