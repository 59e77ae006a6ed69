"""The record's TTL is lowered once, waited for once, and put back as it was, whatever happens in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from ferry.errors import FerryError
from ferry.migrate.cutover import running
from ferry.migrate.cutover.journal import Record, State
from ferry.migrate.cutover.lowering import LOWER, known, lower, put_back
from ferry.migrate.cutover.rights import Saved
from ferry.migrate.cutover.running import Running
from ferry.migrate.cutover.switching import dns
from ferry.migrate.cutover.switching.cname import Lowered
from ferry.migrate.ways import Direction
from ferry.postgres import UnreachableError
from tests.unit.ferry.migrate.cutover.switching.test_dns import GIVEN, RECORD, put

if TYPE_CHECKING:
    from settings.cutover import Dns


@dataclass
class Kept:
    """A journal that nothing but the test keeps."""

    environment: str = "dev"
    run: str = "r1"
    records: list[Record] = field(default_factory=list)

    def write(self, step: str, state: State, **detail: object) -> Record:
        """Write down a record."""
        record = Record(
            number=len(self.records) + 1,
            writer="a",
            run=self.run,
            at=datetime.now(UTC),
            step=step,
            state=state,
            detail=detail,
        )
        self.records.append(record)
        return record


@pytest.fixture
def journal() -> Any:  # noqa: ANN401 - it stands for one
    return Kept()


@pytest.fixture
def client(aws: None, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401, ARG001 - no stubs; asked for its effect
    monkeypatch.setattr(dns, "_SECONDS_BETWEEN_LOOKS", 0.0)
    return boto3.client("route53", region_name="eu-central-1")


@pytest.fixture
def given(client: Any) -> Dns:  # noqa: ANN401
    zone = client.create_hosted_zone(Name="example.com", CallerReference="a")["HostedZone"]["Id"]
    put(client, zone)
    return GIVEN.model_copy(update={"zone_id": zone.rpartition("/")[2]})


def ttl(client: Any, given: Dns) -> int:  # noqa: ANN401
    return dns.read(client, given).record.ttl_seconds


def test_a_run_that_failed_gives_the_next_one_the_old_ttl(
    client: Any,  # noqa: ANN401
    given: Dns,
    journal: Any,  # noqa: ANN401
) -> None:
    first = lower(journal, client, given)
    assert first is not None
    assert (first.before.ttl_seconds, ttl(client, given)) == (300, 5)
    # the next one, and one after it
    assert lower(journal, client, given) == lower(journal, client, given) == first
    assert {it.detail["environment"] for it in journal.records} == {"dev"}

    there = dns.read(client, given).record
    dns.change(client, given, before=there, after=there.leading("aurora.example.com"))
    assert put_back(journal, client, given) == (
        "The record db.example.com has a TTL of 300 s again, as before."
    )
    assert dns.read(client, given).record == there.leading("aurora.example.com", ttl_seconds=300)
    assert put_back(journal, client, given) == ""
    again = lower(journal, client, given)
    assert again is not None
    assert again.at > first.at


@pytest.mark.parametrize("is_low", [False, True])
def test_one_that_was_killed_while_it_lowered_is_known(
    client: Any,  # noqa: ANN401
    given: Dns,
    journal: Any,  # noqa: ANN401
    *,
    is_low: bool,
) -> None:
    record = dns.read(client, given).record
    journal.write(LOWER, State.KEPT, before=record.as_json(), ttl_seconds=5)
    if is_low:
        dns.set_ttl(client, record, 5)

    before = known(journal.records, given)
    assert before is not None
    assert before.lowered is None
    found = lower(journal, client, given)

    # whether all name servers had it was not known: it is waited for from now on
    assert found is not None
    assert found.before == record
    assert found.seconds_left(datetime.now(UTC)) > 0
    assert ttl(client, given) == 5


def test_what_was_low_by_itself_or_is_somebody_elses_is_left(
    client: Any,  # noqa: ANN401
    given: Dns,
    journal: Any,  # noqa: ANN401
) -> None:
    dns.set_ttl(client, dns.read(client, given).record, 4)
    assert lower(journal, client, given) is None
    assert put_back(journal, client, given) == ""
    assert journal.records == []

    dns.set_ttl(client, dns.read(client, given).record, 300)
    lower(journal, client, given)
    assert known(journal.records, GIVEN) is None  # of another zone
    dns.set_ttl(client, dns.read(client, given).record, 60)
    assert "60 s: somebody has given it that" in put_back(journal, client, given)
    assert ttl(client, given) == 60


class Session:
    """A session that is asked for nothing but that it is there."""

    def rows(self, statement: str) -> list[tuple[int]]:
        """It is there."""
        assert statement == "select 1"
        return [(1,)]


class Run(Running):
    """A run whose file names a zone of moto's."""

    given: Dns

    @property
    def settings(self) -> Any:  # noqa: ANN401 - as much of it as is asked for
        """What the file says."""
        return SimpleNamespace(dns=self.given)


def a_run(
    journal: Any,  # noqa: ANN401
    client: Any,  # noqa: ANN401
    given: Dns,
    direction: Direction = Direction.FORWARD,
) -> tuple[Running, list[str], list[str]]:
    """A run, what it tells, and how often its locks were looked at."""
    told: list[str] = []
    looks: list[str] = []
    journal.source = journal.target = Session()
    deployment = SimpleNamespace(account=SimpleNamespace(route53=client))
    asked: Any = SimpleNamespace(direction=direction, deployment=deployment, tell=told.append)
    lock: Any = SimpleNamespace(still=lambda: looks.append("still"))
    run = Run(asked=asked, works=(), held=[lock], journal=journal)
    run.given = given
    return run, told, looks


def test_the_old_ttl_is_waited_for_while_the_locks_are_held(
    client: Any,  # noqa: ANN401
    given: Dns,
    journal: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []
    run, told, looks = a_run(journal, client, given)
    lowered = run.lower_ttl()
    with monkeypatch.context() as patch:
        patch.setattr("time.sleep", slept.append)
        patch.setattr("time.monotonic", lambda: 100.0 + sum(slept))
        assert run.wait_out(lowered)
    assert sum(slept) == pytest.approx(300, abs=5)
    assert len(looks) == len(slept) > 100
    assert told[0].startswith("The record db.example.com had a TTL of 300 s; waiting ")
    # one that has passed is not waited for, nor none
    assert not run.wait_out(Lowered(before=RECORD, at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert not run.wait_out(None)

    run.put_back_ttl()
    assert told[-1].endswith("300 s again, as before.")
    back, _, _ = a_run(journal, client, given, Direction.BACK)
    assert back.lower_ttl() is None


def test_that_it_could_not_be_put_back_is_told(
    client: Any,  # noqa: ANN401
    given: Dns,
    journal: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, told, _ = a_run(journal, client, given)
    run.lower_ttl()

    def refused(*_: object) -> None:
        raise FerryError("AWS refuses.")

    with monkeypatch.context() as patch:
        patch.setattr(dns, "set_ttl", refused)
        run.put_back_ttl()
    assert told == ["The record DB.example.com may keep its low TTL: AWS refuses."]
    # the next one puts it back
    run.put_back_ttl()
    assert ttl(client, given) == 300


@pytest.mark.parametrize("has_saved", [False, True])
def test_a_run_that_fails_before_it_has_closed_anything_puts_it_back(
    client: Any,  # noqa: ANN401
    given: Dns,
    journal: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
    *,
    has_saved: bool,
) -> None:
    run, _, _ = a_run(journal, client, given)
    run.lower_ttl()
    if has_saved:  # and then the source is gone

        def gone(*_: object, **__: object) -> None:
            raise UnreachableError("Nobody answers.")

        monkeypatch.setattr(running, "connect", gone)
        work: Any = SimpleNamespace(sides=SimpleNamespace(source=SimpleNamespace(server=None)))
        run.works = (work,)
        run.saved = Saved(
            environment="dev", run="r1", ferry="ferry", dms=(), belt=False, databases=()
        )
    back, _, _ = a_run(journal, client, given, Direction.BACK)

    # the next rollback needs it as low as it is
    vars(Running)["_undo"](back, FerryError("It failed."))
    assert ttl(client, given) == 5
    vars(Running)["_undo"](run, FerryError("It failed."))
    assert ttl(client, given) == 300
