"""Reads ``terraform show -json`` and a synthesized stack; text in, data out.

A plan says everything three times (the changes, the planned values, the configuration) and more:
each part is decoded on its own and dropped at once where the review does not need it, so that a
large plan takes little memory.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from facts.names import Names
from ferry.review.plan.configuration import Configuration, configuration
from ferry.review.plan.copies import SHORTEST, sensitive_texts
from ferry.review.plan.identity import identity
from ferry.review.plan.objects import members
from ferry.review.plan.parts import States, checks, unread
from ferry.review.plan.plan import (
    ACTIONS,
    Action,
    Change,
    Neighbours,
    Plan,
    PlanError,
    among_others,
    without_key,
)
from ferry.review.plan.shown import Masker
from ferry.review.plan.stack import path, path_in_name, resources, unlike
from ferry.review.plan.states import State, state
from ferry.review.plan.strict_json import DECODER, what_is_wrong
from ferry.review.plan.values import (
    UNKNOWN,
    Json,
    both,
    hide,
    holds_hidden,
    is_masked,
    marks,
    says_true,
    unmarks,
    with_hidden,
    with_unknown,
)
from ferry.review.plan.whole import Asked, Unread, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Stack = Mapping[str, Mapping[str, Any]]

_OF_A_LOG: Final = "@level"
_FORMAT: Final = re.compile(r"1\.[0-9]{1,9}")
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_HOW: Final = (
    "Make one with 'terraform plan -out=FILE' and 'terraform show -json FILE > plan.json'."
)
_LISTS: Final = ("resource_changes", "resource_drift")
_STATES: Final = ("planned_values", "prior_state")
_FROM_BEFORE: Final = frozenset({Action.UPDATE, Action.DELETE, Action.REPLACE})
_TO_AFTER: Final = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE})
"""The actions of which a plan says what there is, and what there will be."""
_REDUCED: Final = frozenset({*_STATES, "configuration"})
_DECODE: Final = DECODER.raw_decode
_DECODE_LARGE: Final = json.JSONDecoder().raw_decode
"""For the three quarters of a plan by which nothing is judged: Python's own, which is faster."""


def read_plan(
    text: str,
    *,
    stack_text: str | None = None,
    account_id: str = "",
    region: str = "",
    environment: str = "",
    project: str = "",
) -> Plan:
    """Read a plan, and the stack that it was made of.

    Source: https://developer.hashicorp.com/terraform/internals/json-format

    Args:
        text: What ``terraform show -json`` printed.
        stack_text: The stack's ``cdk.tf.json``, for construct paths and for what the plan does not
            know yet; none by default.
        account_id: The environment's own account, which the plan must be of, as of its region, its
            name and its project; what is not known is not compared.
        region: The environment's region.
        environment: The environment's name.
        project: What the environment's names begin with.

    Raises:
        PlanError: One of them cannot be read, or it is another's plan: what is wrong, and how to
            mend it. No sensitive value of the plan is in the text.
    """
    stack = resources(stack_text) if stack_text is not None else {}
    paths = {address: path(resource) for address, resource in stack.items()}
    parts: dict[str, Any] = {}
    lists: dict[str, list[Change]] = {}
    secrets: set[str] = set()
    masker, nobody = Masker(), Neighbours()
    hidden = with_hidden if is_masked(text) else None

    formless: list[Unread] = []

    def read(place: str, item: Json) -> Change:
        found = _change(item, place, paths, secrets, nobody, masker=masker, hidden=hidden)
        if not _is_told(item["change"], found):
            formless.append(Unread(why=Why.FORM, name=found.address))
        return found

    if not text or text.isspace():
        raise PlanError(f"The plan is empty. {_HOW}")
    try:
        for name, part in _members(text, read, stack):
            if name in parts or name in lists:
                raise PlanError(f"The plan is not Terraform's: {name} stands in it twice.")
            if name in _LISTS and isinstance(part, list):
                lists[name] = part
            else:
                parts[name] = part
        secrets.update(_sensitive_parts(parts))
    except ValueError as error:
        raise PlanError(
            f"The plan is not JSON, or is cut off: {what_is_wrong(error)}. {_HOW}"
        ) from None
    except RecursionError:
        raise PlanError(
            f"The plan is nested too deeply to be a plan of Terraform's. {_HOW}"
        ) from None
    _check(parts, lists)
    changes = lists.get("resource_changes", [])
    prior, planned = parts.pop("prior_state", State()), parts.pop("planned_values", State())
    found = parts.pop("configuration", Configuration())
    there = changes or [read("prior_state", it) for it in prior.changes]
    masker.learn(secrets)
    told = identity(
        there or lists.get("resource_drift", []),
        found,
        Asked(account_id=account_id, region=region, environment=environment, project=project),
        terraform=str(parts.get("terraform_version") or ""),
        shown=masker.text,
    )
    states = States(planned=planned.addresses, prior=prior.addresses)
    environment = environment or told.environment
    project = project or _project(found, there)
    known = Names(project=project, environment=environment) if project and environment else None
    left = [*unread({**parts, **lists}, changes, found, states), *formless, *told.elsewhere]
    return Plan(
        changes=among_others(there, found.references),
        drift=lists.get("resource_drift", []),
        outputs=dict(_outputs(parts.get("output_changes"), masker, hidden)),
        open_outputs=list(_open_outputs(parts.get("output_changes"))),
        unread=list(dict.fromkeys(left)),
        checks=checks(parts.get("checks")),
        identity=told,
        configuration=found,
        stack={} if found.unlike else stack,
        account_id=account_id,
        region=region or told.region,
        project=project,
        prefix=known.prefix if known else "",
        masker=masker,
    )


def _project(found: Configuration, changes: Iterable[Change]) -> str:
    """The project as a tag tells it."""
    tagged = (members(it.after.get("tags_all")).get("project") for it in changes)
    told = chain((it.tags.get("project") for it in found.providers if not it.alias), tagged)
    return next((it for it in told if isinstance(it, str) and it), "")


def _members(
    text: str, read: Callable[[str, Any], Change], stack: Stack
) -> Iterator[tuple[str, Any]]:
    """The members of the plan's object, large lists read item by item."""
    at = _expect(text, 0, "{")
    more = text[_skip(text, at) : _skip(text, at) + 1] != "}"
    names: set[str] = set()
    while more:
        name, at = _DECODE(text, _expect(text, at, '"') - 1)
        if name == _OF_A_LOG:
            raise PlanError(f"This is the log of 'terraform plan -json', not a plan. {_HOW}")
        names.add(name)
        at = _expect(text, at, ":")
        if name in _LISTS and text[_skip(text, at) : _skip(text, at) + 1] == "[":
            items, at = _items(text, _skip(text, at) + 1, name, read)
            yield name, items
        else:
            decode = _DECODE_LARGE if name in _REDUCED else _DECODE
            part, at = decode(text, _skip(text, at))
            yield name, _reduced(name, part, stack, alone="resource_changes" not in names)
            del part
        more = text[_skip(text, at) : _skip(text, at) + 1] != "}"
        at = _expect(text, at, ",") if more else at
    at = _expect(text, at, "}")
    if _skip(text, at) != len(text):
        raise json.JSONDecodeError("Extra data", text, at)


def _items(
    text: str, at: int, name: str, read: Callable[[str, Any], Change]
) -> tuple[list[Change], int]:
    items: list[Change] = []
    at = _skip(text, at)
    if text[at : at + 1] == "]":
        return items, at + 1
    while True:
        item, at = _DECODE(text, _skip(text, at))
        items.append(read(f"{name}[{len(items)}]", item))
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            return items, at + 1
        at = _expect(text, at, ",")


def _reduced(name: str, part: Json, stack: Stack, *, alone: bool) -> Any:  # noqa: ANN401 - JSON, or what was read of it
    """A part as far as the review needs it.

    Args:
        name: Its name.
        part: The part.
        stack: The stack that was given.
        alone: Whether there are no changes before it: then the prior state says what there is.
    """
    if name in _STATES:
        return state(part, whole=alone and name == "prior_state")
    if name != "configuration":
        return part
    return replace(configuration(part), unlike=unlike(stack, part) if stack else ())


def _sensitive_parts(parts: Mapping[str, Any]) -> Iterator[str]:
    """The sensitive texts beside the changes: of the states, the variables and the outputs."""
    for name in _STATES:
        yield from parts.get(name, State()).texts
    variables = parts.get("variables")
    values = variables if isinstance(variables, dict) else {}
    found = parts.get("configuration", Configuration())
    yield from found.sensitive_texts
    for name in found.sensitive_variables:
        variable = values.get(name)
        if isinstance(variable, dict):
            yield from sensitive_texts(variable.get("value"), mask=True)
    outputs = parts.get("output_changes")
    for output in outputs.values() if isinstance(outputs, dict) else ():
        if isinstance(output, dict):
            for side in ("before", "after"):
                yield from sensitive_texts(output.get(side), output.get(f"{side}_sensitive"))


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _expect(text: str, at: int, character: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] != character:
        raise json.JSONDecodeError(f"Expecting '{character}'", text, at)
    return at + 1


def _check(parts: Mapping[str, Any], lists: Mapping[str, Any]) -> None:
    """Refuse what is JSON and yet no plan that can be judged."""
    version = parts.get("format_version")
    if not isinstance(version, str) or not (
        lists or "planned_values" in parts or "resource_changes" in parts
    ):
        is_state = "values" in parts or parts.keys() >= {"lineage", "serial"}
        what = "a Terraform state" if is_state else "something else than a plan"
        raise PlanError(f"This is {what}: it has no format_version and planned_values. {_HOW}")
    if not _FORMAT.fullmatch(version):
        shown = version[:20] if version[:20].isprintable() else "unprintable"
        raise PlanError(
            f"The plan has format_version '{shown}'; this review knows 1.x, which Terraform 1.x"
            f" writes. {_HOW}"
        )
    for name in _LISTS:
        if name in parts and parts[name] is not None:
            raise PlanError(f"The plan's {name} is not a list. {_HOW}")
    if parts.get("errored") not in (None, False):
        raise PlanError(
            "The plan was left by a 'terraform plan' that failed: it is not whole. Mend what it "
            "complained of, then plan again."
        )


def _outputs(
    part: Json, masker: Masker, hidden: Callable[[Json], Json] | None
) -> Iterator[tuple[str, Change]]:
    """The outputs that change, each as a change of one attribute that bears its name."""
    for name, change in members(part).items():
        if (
            isinstance(change, dict)
            and (action := _action(change.get("actions"))) is not Action.NO_OP
        ):
            after = with_unknown(change.get("after"), change.get("after_unknown"))
            before, after = (hidden(it) if hidden else it for it in (change.get("before"), after))
            mask = both(change.get("before_sensitive"), change.get("after_sensitive"))
            yield (
                name,
                Change(
                    address=f"output.{name}",
                    type="output",
                    action=action,
                    before={name: before},
                    after={name: after},
                    mask={name: mask},
                    masker=masker,
                ),
            )


def _open_outputs(part: Json) -> Iterator[str]:
    """The outputs that show from now on what was sensitive until now, or is by its name."""
    for name, change in members(part).items():
        if isinstance(change, dict):
            value = with_unknown(change.get("after"), change.get("after_unknown"))
            mask = change.get("after_sensitive")
            named = _action(change.get("actions")) is not Action.NO_OP and not marks(mask)
            if unmarks(value, change.get("before_sensitive"), mask, shortest=1) or (
                named and holds_hidden(hide(value, None, name=name))
            ):
                yield name


def _action(words: Json) -> Action:
    """What Terraform's ``actions`` say; what has another form says nothing that is known."""
    return ACTIONS.get(tuple(map(str, words)) if isinstance(words, list) else (), Action.OTHER)


def _is_told(change: Mapping[str, Any], found: Change) -> bool:
    """Whether a change says what there is and what there will be, in a form that Terraform writes.

    A whole resource of which nothing is known is none: Terraform knows some of its attributes.
    """
    has_before = found.action not in _FROM_BEFORE or bool(found.before)
    has_after = found.action not in _TO_AFTER or bool(found.after)
    unknown = change.get("after_unknown")
    may_be_unknown = isinstance(unknown, dict) and found.action is not Action.NO_OP
    return has_before and has_after and (may_be_unknown or not says_true(unknown))


def _change(
    item: Json,
    place: str,
    paths: Mapping[str, str],
    secrets: set[str],
    neighbours: Neighbours,
    *,
    masker: Masker,
    hidden: Callable[[Json], Json] | None,
) -> Change:
    change = item.get("change") if isinstance(item, dict) else None
    if not isinstance(change, dict):
        raise PlanError(f"The plan's {place} has no change. {_HOW}")
    address, type_, actions = item.get("address"), item.get("type"), change.get("actions")
    if not (isinstance(address, str) and isinstance(type_, str) and isinstance(actions, list)):
        raise PlanError(f"The plan's {place} lacks its address, type or actions. {_HOW}")
    before = _attributes(change, "before", place)
    after = _attributes(change, "after", place)
    mask = both(change.get("before_sensitive"), change.get("after_sensitive"))
    mask = mask if marks(mask) else None
    if mask is not None:
        secrets.update(sensitive_texts(before, mask))
        secrets.update(sensitive_texts(after, mask))
    if hidden is not None:
        before, after = hidden(before), hidden(after)
    unknown = with_unknown(after, change.get("after_unknown"))
    after = unknown if isinstance(unknown, dict) else dict.fromkeys({**before, **after}, UNKNOWN)
    return Change(
        address=address,
        type=sys.intern(type_),
        action=_action(actions),
        made_first=actions == ["create", "delete"],
        before={sys.intern(name): value for name, value in before.items()},
        after=_sharing(after, before),
        mask=mask,
        replace_paths=_replace_paths(change.get("replace_paths")),
        reason=str(item.get("action_reason") or ""),
        managed=item.get("mode") != "data",
        previous_address=str(item.get("previous_address") or ""),
        imported=bool(change.get("importing")),
        deposed=bool(item.get("deposed")),
        path=paths.get(without_key(address), "") or path_in_name(item.get("name")),
        provider=sys.intern(str(item.get("provider_name") or "")),
        only_marks=_only_marks(change),
        unmarked=_unmarked(change, after) if mask is not None else (),
        neighbours=neighbours,
        masker=masker,
    )


def _only_marks(change: Mapping[str, Any]) -> bool:
    """Whether nothing changes but what is marked as sensitive: Terraform calls that an update too."""
    masks = change.get("before_sensitive"), change.get("after_sensitive")
    return (
        masks[0] != masks[1]
        and any(map(marks, masks))
        and change.get("before") == change.get("after")
        and not says_true(change.get("after_unknown"))
    )


def _unmarked(change: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The attributes in which a text that is long enough to be a secret is no longer marked."""
    masks = [
        mask if isinstance(mask, dict) else dict.fromkeys(after, mask)
        for mask in (change.get("before_sensitive"), change.get("after_sensitive"))
    ]
    return [
        name
        for name in after
        if unmarks(after[name], *(it.get(name) for it in masks), shortest=SHORTEST)
    ]


def _attributes(change: Mapping[str, Any], side: str, place: str) -> dict[str, Any]:
    attributes = change.get(side)
    if attributes is None:
        return {}
    if not isinstance(attributes, dict):
        raise PlanError(f"The plan's {place} has no attributes in '{side}'. {_HOW}")
    return attributes


def _sharing(side: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """One side of a change, with what is equal on the other side taken from there: less memory."""
    return {
        sys.intern(name): other[name] if name in other and other[name] == value else value
        for name, value in side.items()
    }


def _replace_paths(part: Json) -> list[str]:
    if not isinstance(part, list):
        return []
    return [".".join(map(str, path)) if isinstance(path, list) else str(path) for path in part]
