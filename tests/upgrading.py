"""What an upgrade changes, and the rows of docs/upgrading.md that say so."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from harness.deployment import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

EARLIER = ROOT / "tests/terraform/earlier"
VERSIONS = ("d98a94d",)
"""What somebody may have deployed, the oldest first: each is a folder in ``EARLIER``."""

DOCUMENT = (ROOT / "docs/upgrading.md").read_text()
_NOTHING = (["no-op"], ["read"])
_HASH = re.compile("_[0-9A-F]{8}$")
_CELLS = 6
_AROUND = 20
_HOLE = "…"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """An attribute that changes, whole; or a row of the table, which holds only what differs.

    Args:
        resource: Its address without the hash, or `output.NAME`; in a row a hole may stand for a name.
        attribute: Its name; `all` of one that is new, or where no text shows what changes.
        was: What it says before; JSON without spaces, its names sorted.
        becomes: What it says afterwards.
    """

    resource: str
    attribute: str
    was: str
    becomes: str


def text_of(value: object) -> str:
    """A value as the table writes it; what stands in a text as JSON is read."""
    if isinstance(value, str):
        if value[:1] not in {"{", "["}:
            return value
        value = json.loads(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def of_resource(name: str, change: dict[str, Any]) -> Iterator[Difference]:
    """The attributes of a resource that change."""
    before, after = change["before"], change["after"] or {}
    if before is None:
        yield Difference(resource=name, attribute="all", was="nothing", becomes="new")
        return
    unknown = {key: "(known after apply)" for key, it in change["after_unknown"].items() if it}
    texts = {key: (text_of(before.get(key)), text_of(after.get(key))) for key in {*before, *after}}
    texts |= {key: (text_of(before.get(key)), it) for key, it in unknown.items()}
    changed = {key: it for key, it in texts.items() if it[0] != it[1]}
    if not changed:  # what is written and never read has no text
        changed = {"all": ("the same", "written again")}
    for key, (was, becomes) in sorted(changed.items()):
        yield Difference(resource=name, attribute=key, was=was, becomes=becomes)


def of_documents(before: Any, after: Any) -> Iterator[Difference]:  # noqa: ANN401 - JSON
    """What two stacks' JSON has different: of resources their attributes, of anything else all of it.

    CDKTF's notes do not count, nor what Terraform is to ignore: they show in no plan.
    """
    before, after = _without(before, {"//"}), _without(after, {"//"})
    for section in sorted({*before, *after} - {"resource"}):
        one, other = before.get(section), after.get(section)
        if one != other:
            yield Difference(
                resource=section, attribute="all", was=text_of(one), becomes=text_of(other)
            )
    earlier, later = _resources(before), _resources(after)
    for address in sorted({*earlier, *later}):
        change = {
            "before": earlier.get(address),
            "after": later.get(address),
            "after_unknown": {},
        }
        if change["before"] != change["after"]:
            yield from of_resource(_HASH.sub("", address), change)


def _without(value: Any, names: AbstractSet[str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {key: _without(it, names) for key, it in value.items() if key not in names}
    return [_without(it, names) for it in value] if isinstance(value, list) else value


def _resources(stack: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A stack's resources by their addresses."""
    return {
        f"{type_}.{name}": {"lifecycle": {}} | _without(body, {"ignore_changes"})
        for type_, group in stack["resource"].items()
        for name, body in group.items()
    }


def of_plan(plan: dict[str, Any]) -> Iterator[Difference]:
    """All that a plan changes."""
    for it in plan["resource_changes"]:
        if it["change"]["actions"] not in _NOTHING:
            yield from of_resource(_HASH.sub("", it["address"]), it["change"])
    for name, change in plan.get("output_changes", {}).items():
        if change["actions"] not in _NOTHING:
            yield Difference(
                resource=f"output.{name}",
                attribute="value",
                was=text_of(change["before"]),
                becomes=text_of(change.get("after")),
            )


def rows_for(version: str, document: str = DOCUMENT) -> list[Difference]:
    """The table's rows that concern who deployed a version: it, or a later one, lacks the change."""
    found = []
    for line in document.splitlines():
        cells = [cell.strip().strip("`") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == _CELLS and cells[0] in VERSIONS[VERSIONS.index(version) :]:
            _, *words = (cell.replace("\\|", "|") for cell in cells[:-1])
            found.append(Difference(**dict(zip(Difference.__slots__, words, strict=True))))
    return found


def pattern(text: str) -> re.Pattern[str]:
    """What a text of the table matches: its holes are others in each environment."""
    return re.compile('[^"]*'.join(map(re.escape, text.split(_HOLE))))


def concerns(row: Difference, it: Difference) -> bool:
    """Whether a row of the table is about an attribute of a resource."""
    return row.attribute == it.attribute and bool(pattern(row.resource).fullmatch(it.resource))


def applied(rows: list[Difference], *, to: Difference) -> str:
    """What an attribute becomes, holes left in it, if the rows that name it say all."""
    text = to.was
    for it in rows:
        if concerns(it, to):
            text = pattern(it.was).sub(it.becomes.replace("\\", r"\\"), text)
    return text


def unnamed(version: str, found: Iterable[Difference]) -> list[str]:
    """The rows that the table lacks."""
    rows = rows_for(version)
    left = [replace(it, was=applied(rows, to=it)) for it in found]
    return sorted({row(version, it) for it in left if not pattern(it.was).fullmatch(it.becomes)})


def alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda it: it[0] == it[1], zip(one, other, strict=False)))


def row(version: str, it: Difference) -> str:
    """The row that the table lacks: where the texts differ, with a few characters around."""
    start = max(0, alike(it.was, it.becomes) - _AROUND)
    was, becomes = it.was[start:], it.becomes[start:]
    end = max(0, alike(was[::-1], becomes[::-1]) - _AROUND)
    was, becomes = (text[: len(text) - end].replace("|", "\\|") for text in (was, becomes))
    return f"| `{version}` | `{it.resource}` | `{it.attribute}` | `{was}` | `{becomes}` | ? |"
