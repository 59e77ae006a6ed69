"""What is told where hardly anything answers; tests/migration has a whole one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from ferry.account import sign_in
from ferry.deployment import Deployment
from ferry.errors import FerryError
from ferry.findings import Level, worst
from ferry.migrate.report import evidence
from ferry.migrate.report.gathering import gather
from ferry.migrate.report.page import html
from ferry.migrate.report.told import Ending, Outage, Run
from ferry.migrate.report.verdict import findings, headline, state
from ferry.migrate.verify import kept
from ferry.migrate.verify.verify import Scope
from ferry.migrate.ways import Direction
from tests.unit.ferry.conftest import ACCOUNT, REGION
from tests.unit.ferry.environments import environment

if TYPE_CHECKING:
    from pathlib import Path

    from ferry.migrate.sides import Sides
    from settings.databases import Database

AT = "2027-02-14T06:00:00+00:00"
WHOLE = {
    "way": "x",
    "verdict": "same",
    "rows": [7, 7],
    "hashes": ["0a", "0a"],
    "not_compared": ["note"],
    "scanned_at": AT,
    "seconds": 1.5,
}
KEPT: dict[str, Any] = {
    "began": AT,
    "is_ended": True,
    "tables": {"public\norders": WHOLE},
    "passes": {"public\norders": {"way": "x", "at": AT, "source": 1, "target": 1}},
    "ranges": {},
    "differed": {
        "public\nitems": [
            {"at": AT, "last_at": AT, "same_at": None, "counts": {"missing": 3}},
        ]
    },
    "apart": {},
}
GONE = FerryError("The source does not answer.")


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def scope() -> Scope:
    return Scope(database="app", sides=cast("Sides", None), tasks=(), trouble=GONE)


@pytest.mark.usefixtures("aws")
def test_where_nothing_answers_each_part_says_so_and_nothing_is_right() -> None:
    dev = environment(
        aws={"account_id": ACCOUNT},
        cutover={
            "hooks": {"switch": ["curl", "https://kim:hunter2@example.com"]},
            "rollback": {"criteria": ["orders fail"]},
        },
    )
    account = sign_in(environment="dev", account_id=ACCOUNT, region=REGION)

    def no_sides(_: Database) -> Sides:
        raise FerryError("There is no secret of the source.")

    report = gather(Deployment(environment=dev, account=account), no_sides)

    found = findings(report)
    assert {it.what.removesuffix(" could not be judged.") for it in found if it.check == "gap"} == {
        "What DMS does",
        "How the database app is reached",
        "Aurora's endpoint",
    }
    assert worst(found) is Level.UNJUDGED
    assert Level.RIGHT not in {it.level for it in found}
    assert headline(report, found) == (
        "Whether dev is cut over is not known: no database has told."
    )
    assert "write to the source" not in html(report)
    assert report.by.startswith("arn:aws:")
    assert report.way_back == ("where orders fail",)
    settings = dict(report.settings)
    assert settings["source.host"] == "db.example.org"
    assert settings["cutover.hooks.switch"] == "curl https://(sensitive)@example.com"
    assert not [it for it in settings if "tables" in it]
    assert "hunter2" not in html(report)


def test_what_is_kept_of_a_server_that_is_gone_is_told_with_that_doubt() -> None:
    kept.where("dev", "app", {"source": "1", "target": "2"}).write(KEPT)

    told = evidence.of_database("dev", scope(), {}, None)

    assert [(it.name, state(it)) for it in told.tables] == [
        ("public.items", "different"),
        ("public.orders", "same"),
    ]
    orders = told.tables[1]
    assert orders.whole is not None
    assert (orders.whole.hashes, orders.left_out) == (("0a", "0a"), ("note",))
    assert [it.what for it in told.gaps] == [
        "Which tables of app there are to compare",
        "Whether what is kept of app is of these servers",
    ]


@pytest.mark.parametrize(
    ("differs_again", "minutes", "expected"),
    [(False, 5, "same"), (False, -5, ""), (True, 5, "different"), (True, -5, "")],
)
def test_what_a_window_had_no_time_for_is_known_by_the_comparison_after_it(
    *, differs_again: bool, minutes: int, expected: str
) -> None:
    point = datetime(2026, 11, 25, 12, tzinfo=UTC)
    kept.where("dev", "app", {}).write(KEPT)
    at = (point + timedelta(minutes=minutes)).isoformat()
    times: list[Any] = [{"at": at, "last_at": at, "same_at": None, "counts": {}}][:differs_again]
    passed = {"way": "x", "at": at, "source": 1, "target": 1}
    kept.where("dev", "app", {}, Direction.BACK).write(
        KEPT | {"differed": {"public\norders": times}, "passes": {"public\norders": passed}}
    )
    run = Run(
        id="r1",
        direction="forward",
        ending=Ending.FINISHED,
        outage=Outage(seconds=1.0, how="measured"),
        point_at=point,
        left=(("app", "public.orders"),),
    )

    told = evidence.of_database("dev", scope(), {}, run)

    found = {it.name: (it.is_left, it.afterwards) for it in told.tables}
    assert found == {"public.items": (False, ""), "public.orders": (True, expected)}


def test_where_nothing_is_kept_either_that_is_told() -> None:
    told = evidence.of_database("dev", scope(), {}, None)

    assert told.tables == ()
    assert [it.why for it in told.gaps] == ["The source does not answer.", "nothing is kept here"]


def test_what_is_kept_and_torn_is_told() -> None:
    progress = kept.where("dev", "app", {})
    progress.write(KEPT)
    progress.file.write_text("{")

    told = evidence.of_database("dev", scope(), {}, None)

    assert "is torn, or not ferry's" in told.gaps[1].why
