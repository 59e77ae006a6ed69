"""What a synthesis is made of: resources, and calls to jsii."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_KINDS = {
    "create": "objects made",
    "get": "attributes read",
    "sget": "attributes read",
    "invoke": "methods called",
    "sinvoke": "methods called",
    "set": "attributes set",
    "sset": "attributes set",
}


def resources(out: Path) -> tuple[int, int]:
    """How many resources, and how many data sources, the stacks of an output folder have."""
    found = {"resource": 0, "data": 0}
    for file in out.glob("stacks/*/cdk.tf.json"):
        document = json.loads(file.read_text(encoding="utf-8"))
        for kind in found:
            found[kind] += sum(len(bodies) for bodies in document.get(kind, {}).values())
    return found["resource"], found["data"]


def calls_by_kind(calls: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """How often each kind of call was made."""
    return Counter(_KINDS.get(call["request"]["api"], call["request"]["api"]) for call in calls)


def calls_by_construct(
    calls: Sequence[Mapping[str, Any]], *, most: int
) -> Sequence[tuple[str, ...]]:
    """The classes that most calls are about: name, how many were made, calls to each.

    Args:
        calls: What ``bench.tracing`` wrote.
        most: How many classes.
    """
    made: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for call in calls:
        request = call["request"]
        about = request.get("fqn") or request.get("objref", {}).get("$jsii.byref", "")
        name = re.sub(r"@\d+$", "", about)
        if name:
            asked[name] += 1
            made[name] += request["api"] == "create"
    return [
        (name.rpartition(".")[2], str(made[name]), f"{count / made[name]:.1f}")
        for name, count in asked.most_common()
        if made[name]
    ][:most]
