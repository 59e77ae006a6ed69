"""What an earlier version deployed, upgraded: docs/upgrading.md names every change, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.deployment import run_command
from tests.terraform.everything import NAMES
from tests.upgrading import VERSIONS, concerns, of_plan, pattern, rows_for, unnamed

if TYPE_CHECKING:
    from tests.terraform.everything import Everything


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
    planned = (it for plan in everything.upgrades[version].values() for it in of_plan(plan))

    assert unnamed(version, planned) == [], (
        "docs/upgrading.md lacks these rows; the last cell is yours"
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_no_row_is_about_what_does_not_change(everything: Everything, version: str) -> None:
    planned = [it for plan in everything.upgrades[version].values() for it in of_plan(plan)]
    idle = [
        row
        for row in rows_for(version)
        if not any(concerns(row, it) and pattern(row.was).search(it.was) for it in planned)
    ]

    assert idle == []


@pytest.mark.parametrize("name", NAMES)
def test_what_was_upgraded_is_as_its_file_says(everything: Everything, name: str) -> None:
    surroundings = everything.deployment.surroundings(name)

    run_command("-m", "ferry", "check", "deployment", name, environment=surroundings)
