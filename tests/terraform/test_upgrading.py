"""What an earlier version deployed, upgraded: docs/upgrading.md names every change, and no more."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import pytest

from harness.deployment import ROOT, run_command
from tests.terraform.everything import NAMES, VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.terraform.everything import Everything

NOTHING = (["no-op"], ["read"])
HASH = re.compile("_[0-9A-F]{8}$")
DOCUMENT = (ROOT / "docs/upgrading.md").read_text()
CELLS = 6
AROUND = 20
HOLE = "…"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """An attribute that changes, whole; or a row of the table, which holds only what differs.

    Args:
        resource: Its address without the hash, or `output.NAME`.
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


def of_plan(plan: dict[str, Any]) -> Iterator[Difference]:
    """All that a plan changes."""
    for it in plan["resource_changes"]:
        if it["change"]["actions"] not in NOTHING:
            yield from of_resource(HASH.sub("", it["address"]), it["change"])
    for name, change in plan.get("output_changes", {}).items():
        if change["actions"] not in NOTHING:
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
        if len(cells) == CELLS and cells[0] in VERSIONS[VERSIONS.index(version) :]:
            _, *words = (cell.replace("\\|", "|") for cell in cells[:-1])
            found.append(Difference(**dict(zip(Difference.__slots__, words, strict=True))))
    return found


def pattern(text: str) -> re.Pattern[str]:
    """What a text of the table matches: its holes are others in each environment."""
    return re.compile('[^"]*'.join(map(re.escape, text.split(HOLE))))


def applied(rows: list[Difference], *, to: Difference) -> str:
    """What an attribute becomes, holes left in it, if the rows that name it say all."""
    text = to.was
    for it in rows:
        if (it.resource, it.attribute) == (to.resource, to.attribute):
            text = pattern(it.was).sub(it.becomes.replace("\\", r"\\"), text)
    return text


def alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda it: it[0] == it[1], zip(one, other, strict=False)))


def row(version: str, it: Difference) -> str:
    """The row that the table lacks: where the texts differ, with a few characters around."""
    start = max(0, alike(it.was, it.becomes) - AROUND)
    was, becomes = it.was[start:], it.becomes[start:]
    end = max(0, alike(was[::-1], becomes[::-1]) - AROUND)
    was, becomes = (text[: len(text) - end].replace("|", "\\|") for text in (was, becomes))
    return f"| `{version}` | `{it.resource}` | `{it.attribute}` | `{was}` | `{becomes}` | ? |"


@pytest.mark.parametrize("version", VERSIONS)
def test_an_upgrade_replaces_and_destroys_nothing(everything: Everything, version: str) -> None:
    actions = {
        f"{stack}: {it['address']}": it["change"]["actions"]
        for stack, plan in everything.upgrades[version].items()
        for it in plan["resource_changes"]
    }

    assert len(everything.upgrades[version]) == len(everything.second_plans) > len(NAMES)
    assert {
        what: how for what, how in actions.items() if not {"delete", "forget"}.isdisjoint(how)
    } == {}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_change_is_named(everything: Everything, version: str) -> None:
    rows = rows_for(version)
    left = [
        replace(it, was=applied(rows, to=it))
        for plan in everything.upgrades[version].values()
        for it in of_plan(plan)
    ]
    missing = {row(version, it) for it in left if not pattern(it.was).fullmatch(it.becomes)}

    assert sorted(missing) == [], "docs/upgrading.md lacks these rows; the last cell is yours"


@pytest.mark.parametrize("version", VERSIONS)
def test_no_row_is_about_what_does_not_change(everything: Everything, version: str) -> None:
    planned = [it for plan in everything.upgrades[version].values() for it in of_plan(plan)]
    idle = [
        row
        for row in rows_for(version)
        if not any(
            (row.resource, row.attribute) == (it.resource, it.attribute)
            and pattern(row.was).search(it.was)
            for it in planned
        )
    ]

    assert idle == []


def test_the_row_that_is_printed_is_the_one_that_is_missing() -> None:
    policy = {
        "was": '{"Action":"a|b","Effect":"Allow"}',
        "becomes": '{"Action":"c","Effect":"Allow"}',
    }
    change = Difference(resource="aws_sns_topic_policy.policy", attribute="policy", **policy)

    rows = rows_for(VERSIONS[0], row(VERSIONS[0], change))

    assert applied(rows, to=change) == change.becomes


@pytest.mark.parametrize("name", NAMES)
def test_what_was_upgraded_is_as_its_file_says(everything: Everything, name: str) -> None:
    surroundings = everything.deployment.surroundings(name)

    run_command("-m", "ferry", "check", "deployment", name, environment=surroundings)
