"""Writes plans of any size for `ferry review`, as Terraform writes them.

Each says everything four times: in the changes, the planned values, the prior state and the
configuration.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import TextIO

ACCOUNT: Final = "444455556666"
REGION: Final = "eu-central-1"
_PROVIDER: Final = "registry.terraform.io/hashicorp/aws"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mix:
    """A kind of plan.

    Args:
        name: What the table calls it.
        change: Makes the change of a number, of so many; empty where that number has none.
        drifts: Whether every third was also changed outside Terraform.
    """

    name: str
    change: Callable[[int, int], Mapping[str, Any]]
    drifts: bool = False


def write_plan(file: TextIO, mix: Mix, *, changes: int) -> None:
    """Write a plan of so many changes.

    It is written piece by piece: what this process needs would count as what its children need.
    """
    file.write('{"format_version": "1.2", "terraform_version": "1.11.4", "complete": true')
    for opening, closing, part in (
        (', "planned_values": {"root_module": {"resources": [', "]}}", _planned),
        (', "resource_drift": [', "]", _drift if mix.drifts else _nothing),
        (', "resource_changes": [', "]", _changed),
        (', "prior_state": {"values": {"root_module": {"resources": [', "]}}}", _prior),
        (', "configuration": {"root_module": {"resources": [', "]}}", _configured),
    ):
        file.write(opening)
        made = ((number, mix.change(number, changes)) for number in range(changes))
        found = (part(number, it) for number, it in made if it)
        file.writelines(_separated(json.dumps(it) for it in found if it))
        file.write(closing)
    file.write("}\n")


def _separated(texts: Iterable[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        yield f",{text}" if number else text


def _planned(_number: int, change: Mapping[str, Any]) -> Mapping[str, Any]:
    return _resource(change, "after")


def _prior(_number: int, change: Mapping[str, Any]) -> Mapping[str, Any]:
    return _resource(change, "before")


def _resource(change: Mapping[str, Any], side: str) -> Mapping[str, Any]:
    if change["change"][side] is None:
        return {}
    return {
        **{name: value for name, value in change.items() if name not in {"change", "references"}},
        "values": change["change"][side],
        "sensitive_values": change["change"][f"{side}_sensitive"],
    }


def _changed(_number: int, change: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in change.items() if name != "references"}


def _nothing(_number: int, _change: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


def _drift(number: int, change: Mapping[str, Any]) -> Mapping[str, Any]:
    before = change["change"]["before"]
    if number % 3 or before is None:
        return {}
    outside = {"actions": ["update"], "after": before, "after_unknown": {}}
    was = {**before, "tags": {"Name": f"before-{number}"}}
    inner = {**change["change"], **outside, "before": was}
    return {**_changed(number, change), "change": inner}


def _configured(_number: int, change: Mapping[str, Any]) -> Mapping[str, Any]:
    if change["references"] is None:
        return {}
    return {
        **{name: change[name] for name in ("mode", "type", "name")},
        "address": f"{change['type']}.{change['name']}",
        "provider_config_key": "aws",
        "expressions": {
            name: {"references": [f"{address}.id", address]}
            for name, address in change["references"].items()
        },
        "schema_version": 1,
    }


def change(
    type_: str,
    number: int,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    unknown: Iterable[str] = (),
    sensitive: Iterable[str] = (),
    references: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """A change of a resource of its own: of tags, and a few attributes more."""
    name = f"mixed_{number}-it_{number:08X}"
    actions = ["create"] if before is None else ["delete"] if after is None else ["update"]
    tags = {"Name": f"aurora-ferry-prod-{number}", "environment": "prod", "owner": "dba"}
    common = {"id": f"r-{number}", "tags": tags, "tags_all": {**tags, "project": "aurora-ferry"}}
    mask = dict.fromkeys(sensitive, True)
    return {
        "address": f"{type_}.{name}", "mode": "managed", "type": type_, "name": name,
        "provider_name": _PROVIDER,
        "references": references or {},
        "change": {
            "actions": actions,
            "before": None if before is None else {**common, **before},
            "after": None if after is None
            else {**(common if before else {"tags": tags}), **after},
            "after_unknown": dict.fromkeys(unknown, True),
            "before_sensitive": mask, "after_sensitive": mask,
        },
    }  # fmt: skip


def keyed(change: Mapping[str, Any], key: str, *, first: bool, replaced: bool) -> Mapping[str, Any]:
    """A change as one of the instances of a resource that has a ``for_each``.

    Args:
        change: The change of a resource of its own.
        key: The instance's key.
        first: Whether it is the first: the configuration has one resource for all.
        replaced: Whether it is replaced, and not changed in place.
    """
    inner = {**change["change"], "actions": ["delete", "create"]} if replaced else change["change"]
    return {
        **change,
        "address": f"{change['type']}.each[{json.dumps(key)}]", "name": "each", "index": key,
        "references": change["references"] if first else None,
        "change": inner,
    }  # fmt: skip


def arn(service: str, rest: str) -> str:
    """An ARN in the environment's region and account."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"
