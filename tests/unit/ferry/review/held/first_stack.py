"""First deployments of an example whose stack somebody edited: plan and configuration follow it."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.unit.ferry.review.held.base import configured, short, stack
from tests.unit.ferry.review.held.edits import (
    NOTHING,
    SAFE,
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    part,
)
from tests.unit.ferry.review.held.first import synthesized
from tests.unit.ferry.review.schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ferry.review.plan.values import Json
    from tests.unit.ferry.review.held.edits import Step

    Document = dict[str, Any]
    Edit = Callable[[Document], None]

_REFERENCE = re.compile(r"\$\{(aws_\w+\.[\w-]+)\.(\w+)\}")
_ZONE = re.compile(r"\.zones\[(\d)\]\}$")
_ZONES = ("eu-central-1a", "eu-central-1b", "eu-central-1c")


def first(
    name: str,
    why: str,
    /,
    *edits: Edit,
    expected: frozenset[int] = SECOND_OR_BLOCKED,
    environment: str = "staging",
) -> Held:
    """An example's first deployment, whose stack was edited."""
    document = deepcopy(stack(environment))
    for edit in edits:
        edit(document)
    metadata = {"metadata": {"stackName": environment, "version": "0.21.0"}}
    steps = (_planned(it, document) for it in synthesized(document))
    return Held(
        name=f"first-{name}" if environment == "staging" else f"first-{environment}-{name}",
        edit=[*steps, part("configuration", configured(document))],
        expected=expected,
        why=why,
        of=NOTHING,
        environment=environment,
        stack_text=json.dumps({"//": metadata, **document}),
    )


def fine(name: str, why: str, /, *edits: Edit, environment: str = "staging") -> Held:
    """An example's first deployment that is as harmless after the edit."""
    return first(f"fine-{name}", why, *edits, expected=SAFE, environment=environment)


def put(name: str, /, **to: Json) -> Edit:
    """Some arguments of a resource become something else; None leaves one out."""

    def edit(document: Document) -> None:
        body = _body(document, name)
        for key, value in to.items():
            body[key] = _referring(document, value)
        for key in [key for key, value in to.items() if value is None]:
            del body[key]

    return edit


def replaced(name: str, old: str, new: str, /, *attributes: str) -> Edit:
    """A text within arguments of a resource is another one."""

    def edit(document: Document) -> None:
        body = _body(document, name)
        for it in attributes:
            assert old in body[it], (name, it, old)
            body[it] = body[it].replace(old, new)

    return edit


def under(name: str, attribute: str, sid: str, condition: Json) -> Edit:
    """A statement, by its name or the only one, stands under another condition, or under none."""

    def edit(document: Document) -> None:
        body = _body(document, name)
        policy = json.loads(body[attribute])
        [statement] = [it for it in policy["Statement"] if it.get("Sid", "") == sid]
        del statement["Condition"]
        statement.update({"Condition": condition} if condition else {})
        body[attribute] = json.dumps(policy)

    return edit


def more(address: str, like: str, /, **to: Json) -> Edit:
    """One more resource, like another but for some arguments."""

    def edit(document: Document) -> None:
        type_, _, id_ = address.partition(".")
        given = {key: _referring(document, value) for key, value in to.items()}
        document["resource"][type_][id_] = {**_body(document, like), **given}

    return edit


def gone(*names: str) -> Edit:
    """Some resources are not in the stack, nor the outputs that name them."""

    def edit(document: Document) -> None:
        for name in names:
            address = _address(document, name)
            type_, _, id_ = address.partition(".")
            del document["resource"][type_][id_]
            if not document["resource"][type_]:
                del document["resource"][type_]
            document["output"] = {
                key: it for key, it in document["output"].items() if address not in json.dumps(it)
            }

    return edit


def ref(name: str, attribute: str = "id") -> str:
    """What `put` makes a reference to another resource of the stack."""
    return f"@{name}@{attribute}"


def _referring(document: Document, value: Json) -> Json:
    if isinstance(value, list):
        return [_referring(document, it) for it in value]
    if isinstance(value, str) and value.startswith("@"):
        _, name, attribute = value.split("@")
        return f"${{{_address(document, name)}.{attribute}}}"
    return value


def _address(document: Document, name: str) -> str:
    type_ = name.partition(".")[0]
    [address] = [
        f"{type_}.{it}" for it in document["resource"][type_] if short(f"{type_}.{it}") == name
    ]
    return address


def _body(document: Document, name: str) -> Document:
    type_, _, id_ = _address(document, name).partition(".")
    body: Document = document["resource"][type_][id_]
    return body


def _planned(step: Step, document: Mapping[str, Any]) -> Step:
    """What Terraform knows while it plans: arguments that are written down elsewhere, and zones.

    What nobody sets, and the provider does not compute, is nothing.
    """
    type_, _, id_ = step.name.partition(".")
    body = document["resource"].get(type_, {}).get(id_, {})
    to = dict(step.to)
    for key, value in step.to.items():
        how = SCHEMA.get(type_, {}).get(key, {}).get("is", "computed")
        if value is UNKNOWN and key not in body and "computed" not in how:
            to[key] = [] if how.endswith("blocks") else None
        elif key in body and isinstance(body[key], str):
            to[key] = _known(body[key], document, value)
        elif key in body and isinstance(value, list) and isinstance(body[key], list):
            to[key] = [
                _known(it, document, was) if isinstance(it, str) else was
                for it, was in zip(body[key], value, strict=True)
            ]
    return replace(step, to=to)


def _known(written: str, document: Mapping[str, Any], otherwise: Json) -> Json:
    zone, asked = _ZONE.search(written), _REFERENCE.fullmatch(written)
    if zone:
        return _ZONES[int(zone[1])]
    if asked is None:
        return otherwise
    type_, _, id_ = asked[1].partition(".")
    said = document["resource"].get(type_, {}).get(id_, {}).get(asked[2])
    return UNKNOWN if said is None or "${" in str(said) else said
