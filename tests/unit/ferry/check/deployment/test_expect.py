"""How a check compares, and what it says."""

from __future__ import annotations

import pytest

from ferry.check.deployment.expect import (
    DiffersError,
    Expect,
    as_wanted,
    document,
    items,
    only,
    shown,
)
from ferry.check.deployment.statuses import Statuses
from ferry.findings import Level

STATUSES = Statuses(
    source="https://example.org/statuses",
    passing="creating modifying",
    wrong="failed stopped",
    remedies={"stopped": "Start it."},
)


@pytest.fixture
def expect() -> Expect:
    return Expect(check="a-check", environment="dev")


def said(expect: Expect) -> list[str]:
    return [finding.what for finding in expect.findings]


def test_equal(expect: Expect) -> None:
    expect.equal("The port", 5432, 5432)
    expect.equal("The port", 5433, 5432)
    expect.equal("The user", None, "admin")

    assert said(expect) == [
        "The port: found 5433, should be 5432.",
        'The user: found nothing, should be "admin".',
    ]


def test_a_version_is_named_as_the_file_names_it() -> None:
    assert as_wanted("16.4", "16") == "16"
    assert as_wanted("15.8", "16") == "15.8"
    assert as_wanted(None, "16") is None


def test_a_change_that_is_pending_is_a_warning(expect: Expect) -> None:
    expect.equal("The class", "small", "large", pending="large")

    [finding] = expect.findings
    assert finding.level is Level.WARNING
    assert finding.what == 'The class: found "small"; "large" is pending.'
    assert finding.why == "It is being changed, or waits for the maintenance window."
    assert finding.remedy == (
        "Wait for the window, or set apply_immediately in the file and deploy."
    )


@pytest.mark.parametrize("found", ["small", "large"])
def test_another_change_that_is_pending_differs(expect: Expect, found: str) -> None:
    expect.equal("The class", found, "large", pending="huge")

    [finding] = expect.findings
    assert finding.level is Level.BLOCKED
    assert finding.what == f'The class: found "{found}"; "huge" is pending, should be "large".'


def test_same_items_in_whatever_order(expect: Expect) -> None:
    expect.same_items("Zones", ["b", "a"], ["a", "b"])
    expect.same_items("Zones", ["a", "a"], ["a", "b"])
    expect.same_items("Zones", ["a", "b", "b"], ["a", "b"])

    assert said(expect) == [
        'Zones: ["b"] missing; found instead ["a"].',
        'Zones: found ["b"], which should not be there.',
    ]


def test_includes_at_every_depth(expect: Expect) -> None:
    found = {"Logging": {"EnableLogging": True, "More": 1}, "More": 2}
    expect.includes("Settings", found, {"Logging": {"EnableLogging": True}})
    expect.includes("Settings", found, {"Logging": {"EnableLogging": False}, "Lob": 3})

    assert said(expect) == [
        "Settings, Logging, EnableLogging: found true, should be false.",
        "Settings, Lob: found nothing, should be 3.",
    ]


def test_a_status_that_is_right_says_nothing(expect: Expect) -> None:
    expect.status("The cluster", "available", STATUSES)

    assert expect.findings == []


def test_a_status_that_passes_is_a_warning(expect: Expect) -> None:
    expect.status("The cluster", "modifying", STATUSES)

    [finding] = expect.findings
    assert finding.level is Level.WARNING
    assert finding.what == "The cluster is modifying."
    assert finding.why == "It passes by itself; until then AWS may refuse a deployment."
    assert finding.remedy == "Wait, and run this again."


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        ("stopped", "Start it."),
        ("failed", "See https://example.org/statuses."),
    ],
)
def test_a_status_that_does_not_pass_blocks(expect: Expect, status: str, remedy: str) -> None:
    expect.status("The cluster", status, STATUSES)

    [finding] = expect.findings
    assert finding.level is Level.BLOCKED
    assert (finding.what, finding.remedy) == (f"The cluster is {status}.", remedy)


@pytest.mark.parametrize(
    ("status", "text"), [("pondering", "pondering"), (None, "without a status")]
)
def test_a_status_that_nobody_knows_is_not_judged(
    expect: Expect, status: str | None, text: str
) -> None:
    expect.status("The cluster", status, STATUSES)

    [finding] = expect.findings
    assert finding.level is Level.UNJUDGED
    assert finding.what == f"The cluster, which is {text}, could not be judged."
    assert finding.why == "The cluster: nobody here knows this status."
    assert finding.remedy == "https://example.org/statuses has them all."


def test_the_only_one() -> None:
    assert only("Clusters", ["dev"]) == "dev"
    with pytest.raises(DiffersError, match=r"^Clusters: found 2, should be exactly one\.$"):
        only("Clusters", ["dev", "prod"])


def test_values_are_shown_as_json() -> None:
    assert [shown(it) for it in (None, True, "a", {"b", "a"}, {"c": 1})] == [
        "nothing",
        "true",
        '"a"',
        '["a", "b"]',
        '{"c": 1}',
    ]


def test_policies() -> None:
    assert document('{"Action": "s3:*"}') == {"Action": "s3:*"}
    assert (items("s3:*"), items(["a", "b"])) == (["s3:*"], ["a", "b"])
