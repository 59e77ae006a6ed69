"""Every held edit gets a verdict that a careful reviewer gives. See the package's docstring."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ferry.review.report import as_json, as_markdown, as_text
from tests.unit.ferry.review.held.base import account, deployed, just_applied, seen_first
from tests.unit.ferry.review.held.edits import DEPLOYED, NOTHING, Held
from tests.unit.ferry.review.held.names import OTHERS
from tests.unit.ferry.review.held.not_yet import NOT_YET
from tests.unit.ferry.review.held.shares import sentence, verdicts
from tests.unit.ferry.review.held.table import (
    DANGEROUS,
    EVERYDAY,
    ROWS,
    SECRET,
    judged,
    verdict,
    verdict_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.ferry.review.held.base import Base


DRAWN = re.compile(
    r"\b[a-z]+(?:-[a-z]+)*-[0-9a-f]{17}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|arn:aws:secretsmanager:[^\"]*?-[A-Za-z0-9]{6}\b|\b(?:[a-z]+-)?[0-9A-Z]{26}\b"
)
"""What AWS draws by lot: ids of EC2's things, of keys, of secrets, of databases and of DMS's things."""
PAGE = Path(__file__).parents[5] / "docs" / "review.md"


def _params(rows: tuple[Held, ...]) -> list[object]:
    waits = pytest.mark.xfail(strict=True, raises=AssertionError, reason="in NOT_YET")
    return [
        pytest.param(it, id=it.name, marks=[waits] if it.name in NOT_YET else []) for it in rows
    ]


LIKE_A_REFRESH = {(seen_first, "no-resource-changes")}
"""With drift it is what a plan looks like that only refreshes, and changes nothing."""


def _unlike(rows: tuple[Held, ...]) -> list[object]:
    return [
        pytest.param(begin, it, id=f"{begin.__name__}-{it.name}")
        for begin in (just_applied, seen_first)
        for it in rows
        if it.of == DEPLOYED and (begin, it.name) not in LIKE_A_REFRESH
    ]


def test_what_a_parent_shows_is_seen_when_terraform_looks() -> None:
    seen = {
        (it.type, attribute)
        for name, it in deployed().items()
        for attribute, value in it.values.items()
        if value and value != just_applied().resources[name].values[attribute]
    }
    assert seen > {
        *(("aws_iam_role", it) for it in ("inline_policy", "managed_policy_arns")),
        *(("aws_security_group", it) for it in ("ingress", "egress")),
        ("aws_route_table", "route"),
        ("aws_rds_cluster", "cluster_members"),
        ("aws_sns_topic", "policy"),
        ("aws_eip", "network_interface"),
    }


@pytest.mark.parametrize(("begin", "held"), _unlike(DANGEROUS))
def test_a_danger_gets_a_right_verdict_whenever_terraform_looked(
    begin: Callable[[], Base], held: Held
) -> None:
    assert verdict(held, begin) in held.expected, held.why


@pytest.mark.parametrize(("begin", "held"), _unlike(EVERYDAY))
def test_an_everyday_change_is_safe_whenever_terraform_looked(
    begin: Callable[[], Base], held: Held
) -> None:
    assert verdict(held, begin) == 0, held.why


# In one process: the page counts the same verdicts.
@pytest.mark.xdist_group("rows")
@pytest.mark.parametrize("held", _params(DANGEROUS))
def test_a_danger_gets_a_right_verdict(held: Held) -> None:
    assert verdict_of(held.name) in held.expected, held.why


@pytest.mark.xdist_group("rows")
@pytest.mark.parametrize("held", _params(EVERYDAY))
def test_an_everyday_change_is_safe(held: Held) -> None:
    assert verdict_of(held.name) == 0, held.why


@pytest.mark.parametrize("held", [pytest.param(it, id=it.name) for it in SECRET])
def test_a_secret_is_in_no_report(held: Held) -> None:
    found = judged(held)
    for rendered in (as_json, as_markdown, as_text):
        assert held.secret not in rendered(found)


@pytest.mark.xdist_group("rows")
def test_the_page_says_the_share_of_each_verdict() -> None:
    assert sentence(verdicts()) in PAGE.read_text(encoding="utf-8")


def test_no_danger_is_expected_to_be_safe() -> None:
    assert [it.name for it in DANGEROUS if 0 in it.expected] == []


def test_there_are_enough_of_both() -> None:
    assert len(DANGEROUS) >= 160
    assert len(EVERYDAY) >= 60


def test_names_are_given_once() -> None:
    assert [name for name, times in Counter(it.name for it in ROWS).items() if times > 1] == []


def test_every_id_in_an_edit_is_the_bases_or_said_to_be_somebody_elses() -> None:
    """An edit with an id that nothing has is told for that, and not for its danger."""
    there = set(drawn([it.values for it in (*deployed().values(), *account().values())]))
    assert len(there) > 60
    others = set(drawn(sorted(OTHERS)))
    assert there & others == set()
    unknown = {
        (held.name, id_)
        for held in ROWS
        if held.of != NOTHING  # where nothing has an id yet
        for step in held.edit
        if step.action != "part"
        for id_ in drawn([step.name, step.was, step.to, step.beside])
        if id_ not in there | others
    }
    assert unknown == set()


def drawn(value: object) -> list[str]:
    return DRAWN.findall(json.dumps(value, default=str))


def test_what_is_not_yet_right_is_in_the_table() -> None:
    assert NOT_YET - {it.name for it in ROWS} == set()
