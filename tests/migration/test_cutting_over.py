"""`ferry cutover ENV` as typed, with an application that writes all the while and goes where it is let."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from harness.deployment import ROOT
from harness.postgres import SUPERUSER
from tests.migration.databases import Database, eventually
from tests.migration.deployed import AURORA, PASSWORD, SOURCE
from tests.migration.test_cutover import carried

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.migration.deployed import Deployed

APP = "shop_app"
MADE = (
    (
        "create table ledger (id bigint generated always as identity primary key, writer int not null, "
        "number int not null, changed int not null default 0)"
    ),
    "create sequence tickets increment -2 maxvalue 1000000 start 1000000",
    ("create function unchanged() returns trigger language plpgsql as 'begin return new; end'"),
    "create trigger always before insert on ledger for each row execute function unchanged()",
    "alter table ledger enable always trigger always",
    "create materialized view totals as select writer, count(*) from ledger group by writer",
    f"grant all on all tables in schema public to {APP}",
    f"grant all on all sequences in schema public to {APP}",
    f"grant usage on schema public to {APP}",
    "grant select on all tables in schema public to dms",
)


@dataclass
class Writer(threading.Thread):
    """Writes where it is let in, the source first, and knows what was acknowledged."""

    ends: tuple[Database, Database]
    number: int
    stops: threading.Event
    pause_seconds: float = 0.01
    acknowledged: dict[int, int] = field(default_factory=dict)
    """The id that was given, by the number."""
    changes: int = 0
    places: set[str] = field(default_factory=set)
    place: str = ""
    """Where it wrote last."""
    gap: float = 0.0

    def __post_init__(self) -> None:
        super().__init__()

    def __hash__(self) -> int:
        return self.number

    def run(self) -> None:
        at, last = 0, time.monotonic()
        while not self.stops.is_set():
            for place, end in zip(("source", "aurora"), self.ends, strict=True):
                try:
                    with psycopg.connect(
                        **{**end.connection, "user": APP, "password": PASSWORD},  # type: ignore[arg-type]
                        autocommit=True,
                        application_name="shop",
                    ) as connection:
                        while not self.stops.is_set():
                            at += 1
                            cursor = connection.execute(
                                "insert into ledger (writer, number) values (%s, %s) returning id",
                                [self.number, at],
                            )
                            ((key,),) = cursor.fetchall()
                            self.acknowledged[at] = key
                            now = time.monotonic()
                            self.gap, last = max(self.gap, now - last), now
                            self.places.add(place)
                            self.place = place
                            first = next(iter(self.acknowledged.values()))
                            connection.execute(
                                "update ledger set changed = changed + 1 where id = %s", [first]
                            )
                            self.changes += 1
                            time.sleep(self.pause_seconds)
                except psycopg.Error:
                    time.sleep(0.02)


@contextmanager
def writing(
    deployed: Deployed, *, writers: int = 3, pause_seconds: float = 0.01
) -> Iterator[list[Writer]]:
    """An application that writes."""
    stops = threading.Event()
    pair = deployed.pair
    made = [
        Writer((pair.source, pair.target), number, stops, pause_seconds)
        for number in range(1, writers + 1)
    ]
    for each in made:
        each.start()
    try:
        yield made
    finally:
        stops.set()
        for each in made:
            each.join()


@contextmanager
def application(deployed: Deployed, *others: str) -> Iterator[None]:
    """The application's role at the source, and others; ferry carries them."""
    source = deployed.pair.source
    server = Database(server=source.server, name=SUPERUSER)
    server.run(*(f"create role {name} login password '{PASSWORD}'" for name in (APP, *others)))
    try:
        yield
    finally:
        for each in (source, deployed.pair.target):
            end = Database(server=each.server, name=SUPERUSER)
            for name in (APP, *others):
                if end.value(f"select count(*) from pg_roles where rolname = '{name}'"):
                    each.run("set default_transaction_read_only = off", f"drop owned by {name}")
                    end.run(f"drop owned by {name}", f"drop role {name}")


def counted(deployed: Deployed, at: Database, writers: list[Writer]) -> None:
    """Hold what a side has against what was acknowledged: none lost, none doubled, none another."""
    rows = at.rows("select writer, number, id, changed from ledger")
    there = {(writer, number): key for writer, number, key, _ in rows}
    assert len(there) == len(rows)
    acknowledged = {
        (it.number, number): key for it in writers for number, key in it.acknowledged.items()
    }
    assert {key: there.get(key) for key in acknowledged} == acknowledged
    changes = sum(changed for *_, changed in rows)
    # of one that was thrown out it may not know that it was committed
    assert sum(it.changes for it in writers) <= changes
    assert changes <= sum(it.changes for it in writers) + len(writers)
    ahead: Any = at.value("select last_value from ledger_id_seq")
    assert ahead >= max(there.values())
    assert deployed.pair.target.value(
        "select last_value from tickets"
    ) <= deployed.pair.source.value("select last_value from tickets")


def go_on(writers: list[Writer]) -> None:
    """Until each has written again."""
    many = [len(it.acknowledged) for it in writers]
    eventually(
        lambda: all(len(it.acknowledged) > had + 5 for it, had in zip(writers, many, strict=True))
    )


def record(deployed: Deployed) -> str:
    """What the file says of a record that leads to the source; its TTL is not low yet."""
    route53 = deployed.aws.route53
    zone = route53.create_hosted_zone(Name="example.com", CallerReference=deployed.aws.account)
    zone_id = zone["HostedZone"]["Id"].rpartition("/")[2]
    upsert = {
        "Action": "UPSERT",
        "ResourceRecordSet": {
            "Name": "db.example.com",
            "Type": "CNAME",
            "TTL": 7,
            "ResourceRecords": [{"Value": SOURCE}],
        },
    }
    route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": [upsert]})
    return f'[cutover.dns]\nzone_id = "{zone_id}"\nname = "db.example.com"\n'


HOOKS = """[cutover.hooks]
before_freeze = ["sh", "-c", "echo hook $FERRY_STEP"]
switch = ["sh", "-c", "echo hook $FERRY_STEP"]
after_switch = ["sh", "-c", "echo hook $FERRY_STEP"]
on_failure = ["sh", "-c", "echo hook $FERRY_STEP after $FERRY_FAILED_STEP"]
"""


APART = (
    "create schema apart",
    'create table apart."<script>alert(1)</script>" (id int primary key)',
)
"""A table that no task carries."""


def reported(deployed: Deployed, ends: int) -> dict[str, Any]:
    """What the report says, as JSON; the page beside it is of the user alone, and holds no secret."""
    page = deployed.folder.parent / "report.html"
    made = deployed.reached("report", "dev", "--output", str(page))
    assert made.exit_code == ends, made.output
    text = page.read_text()
    for file in (page, page.with_suffix(".json")):
        assert file.stat().st_mode & 0o777 == 0o600
        assert PASSWORD not in file.read_text()
    assert "of nobody" not in text  # a value of a row
    assert "<script" not in text
    assert "apart.&lt;script&gt;alert(1)&lt;/script&gt;" in text
    document: dict[str, Any] = json.loads(page.with_suffix(".json").read_text())
    assert document["exit_code"] == ends
    return document


def test_the_applications_go_on_in_aurora_and_no_row_is_lost(deployed: Deployed) -> None:
    pair = deployed.pair
    with application(deployed):
        pair.source.run(*MADE, *APART)
        # without a way back nothing compares a table afterwards, and none is left
        carried(deployed, more=f"compare_seconds = 0\n{record(deployed)}{HOOKS}")
        pair.target.run(f"alter role {APP} password '{PASSWORD}'")
        with writing(deployed) as writers:
            go_on(writers)
            # a row of nobody's: the window finds it, and the source is opened again
            pair.target.run("insert into orders values (4711, 'of nobody')")
            failed = deployed.reached("cutover", "dev", "--yes", "dev")
            assert failed.exit_code == 3
            assert "public.orders is different." in failed.stderr
            assert "The source is open again, as it was." in failed.stdout
            assert failed.stdout.count("hook on-failure after verify\n") == 1
            go_on(writers)
            assert all(it.places == {"source"} for it in writers)
            said = reported(deployed, 4)
            assert said["headline"] == "dev is not cut over: the applications write to the source."
            assert [it["ending"] for it in said["runs"]] == ["broken off"]
            assert said["runs"][0]["outage"]["seconds"] > 0
            assert {it["name"]: it["is"] for it in said["tables"]} == {
                "public.items": "same",
                "public.ledger": "same",
                "public.orders": "different",
            }
            assert "verified" in {it["step"] for it in said["stands"]}
            pair.target.run("delete from orders where id = 4711")
            # what differed is not taken for the same before somebody has seen it
            assert deployed.reached("cutover", "dev", "--yes", "dev").exit_code == 4
            assert deployed.reached("verify", "dev", "--table", "public.orders").exit_code == 0

            done = deployed.reached("cutover", "dev", "--yes", "dev")
            assert done.exit_code == 0, done.output
            assert done.stdout.endswith("\ndev is cut over.\nNext: ferry status dev\n")
            go_on(writers)
        assert all(it.places == {"source", "aurora"} for it in writers)
        counted(deployed, pair.target, writers)
        said = reported(deployed, 1)  # there is no way back, and a table that nobody carries
        assert {it["check"]: it["level"] for it in said["findings"]} == {
            "cutover": "right",
            "outage": "right",
            "rows": "right",
            "skipped": "warning",
            "way-back": "warning",
        }
        assert [it["ending"] for it in said["runs"]] == ["broken off", "done"]
        assert said["runs"][1]["by"][0]["caller"].startswith("arn:aws:")
        (orders,) = [it for it in said["tables"] if it["name"] == "public.orders"]
        assert orders["window"]["verdict"] == "same"
        assert orders["window"]["rows"] == [100, 100]
        assert orders["whole"]["hashes"][0] == orders["whole"]["hashes"][1] != ""
        (differed,) = orders["differed"]
        assert differed["counts"] == {"extra": 1}
        assert differed["same_at"] is not None
        for step in ("before-freeze", "switch", "after-switch"):
            assert f"hook {step}\n" in done.stdout
        (led,) = (
            it
            for page in deployed.aws.route53.get_paginator("list_resource_record_sets").paginate(
                HostedZoneId=_zone(deployed)
            )
            for it in page["ResourceRecordSets"]
            if it["Type"] == "CNAME"
        )
        assert led["ResourceRecords"][0]["Value"].rstrip(".") == AURORA
        versions = deployed.aws.secretsmanager.describe_secret(SecretId="app")["VersionIdsToStages"]
        assert any({"AWSCURRENT", "ferry-next"} <= set(stages) for stages in versions.values())
        assert pair.target.value("select count(*) from totals") == len(writers)
        again = deployed.reached("cutover", "dev", "--yes", "dev")
        assert again.exit_code == 3
        assert "dev is cut over: the run " in again.output


def _zone(deployed: Deployed) -> str:
    ((zone),) = deployed.aws.route53.list_hosted_zones()["HostedZones"]
    return str(zone["Id"].rpartition("/")[2])


FERRY = """
import os, signal, sys
from pathlib import Path
import ferry.environments
from ferry.cli.app import app
from ferry.migrate.cutover import journal
ferry.environments.FOLDER = Path(sys.argv[1])
step, state, how = sys.argv[2].split(":")
append = journal._append
def dying(file, records):
    records = list(records)
    append(file, records)
    if any((it.step, it.state) == (step, state) for it in records):
        os.kill(os.getpid(), getattr(signal, how))
journal._append = dying
app(sys.argv[3:])
"""
"""A ferry that dies, or is halted, at a record of its journal: on the disk, and in no database yet."""

BEFORE = (
    "gate:begun",
    "save:kept",
    "save:done",
    "freeze:begun",
    "freeze:done",
    "silence:begun",
    "fence:begun",
    "verify:begun",
    "sequences:begun",
    "try-left-over:begun",
    "point-of-no-return:begun",
)
AFTER = (
    "point-of-no-return:done",
    "left-over:begun",
    "left-over:done",
    "switch-secrets:done",
    "unfreeze:kept",
    "unfreeze:done",
    "stop-forward:begun",
    "drop-slots:begun",
    "refresh:begun",
    "finished:done",
)


@contextmanager
def ferry(
    deployed: Deployed, at: str, how: str = "SIGKILL", *, command: str = "cutover"
) -> Iterator[subprocess.Popen[str]]:
    """A cutover or a rollback in a process of its own."""
    typed = [command, "dev", "--yes", "dev", *deployed.ways]
    process = subprocess.Popen(
        [sys.executable, "-c", FERRY, str(deployed.folder), f"{at}:{how}", *typed],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def test_killed_before_the_point_the_source_opens_by_itself_and_no_row_is_lost(
    deployed: Deployed,
) -> None:
    with killing(deployed) as writers:
        for at in BEFORE:
            killed(deployed, at)
            # never started again
            go_on(writers)
            assert all(it.places == {"source"} for it in writers), at
        assert deployed.reached("cutover", "dev", "--yes", "dev").exit_code < 2


def test_killed_after_the_point_it_goes_on_and_no_row_is_lost(deployed: Deployed) -> None:
    with killing(deployed) as writers:
        for at in AFTER:
            killed(deployed, at)
            if at == AFTER[0]:
                # it was told of nowhere: whoever goes on writes it down
                journal = deployed.folder.parent / "state/ferry/dev/cutover.jsonl"
                *before, last = journal.read_text().splitlines(keepends=True)
                assert '"point-of-no-return", "state": "done"' in last
                journal.write_text("".join(before))
        assert journal.read_text().count('"point-of-no-return", "state": "done"') == 1
        go_on(writers)
        done = deployed.reached("cutover", "dev", "--yes", "dev")
        assert "is cut over" in done.output


@contextmanager
def killing(deployed: Deployed) -> Iterator[list[Writer]]:
    """An application that writes while ferry is killed; in the end it is in Aurora, with all its rows."""
    with application(deployed):
        deployed.pair.source.run(*MADE)
        carried(deployed)
        target = deployed.pair.target
        target.run(f"alter role {APP} password '{PASSWORD}'")
        with writing(deployed) as writers:
            yield writers
            eventually(lambda: all("aurora" in it.places for it in writers))
        counted(deployed, target, writers)


def killed(deployed: Deployed, at: str, *, command: str = "cutover") -> None:
    """A cutover or a rollback that is killed at a record of its journal."""
    with ferry(deployed, at, command=command) as process:
        output, _ = process.communicate()
        assert process.returncode == -signal.SIGKILL, (at, output)


@pytest.mark.parametrize("at", ["freeze:done", "try-left-over:begun"])
def test_halted_it_does_not_go_on_where_the_source_was_opened(deployed: Deployed, at: str) -> None:
    with application(deployed):
        deployed.pair.source.run(*MADE)
        carried(deployed)
        deployed.pair.target.run(f"alter role {APP} password '{PASSWORD}'")
        with writing(deployed) as writers:
            with ferry(deployed, at, "SIGSTOP") as process:
                journal = deployed.folder.parent / "state/ferry/dev/cutover.jsonl"
                eventually(
                    lambda: (
                        journal.exists()
                        and f'"{at.split(":", maxsplit=1)[0]}"' in journal.read_text()
                    )
                )
                other = deployed.reached("cutover", "dev", "--yes", "dev")
                assert other.exit_code == 3
                assert "Somebody else is at it" in other.stderr
                go_on(writers)
                process.send_signal(signal.SIGCONT)
                output, _ = process.communicate()
                assert process.returncode == 3, output
                assert "The source was opened again" in output
            go_on(writers)
            assert all(it.places == {"source"} for it in writers)
            done = deployed.reached("cutover", "dev", "--yes", "dev")
            assert done.exit_code == 0, done.output
            go_on(writers)
        counted(deployed, deployed.pair.target, writers)


def way_back(deployed: Deployed) -> None:
    """Deploy the tasks that go back, and forward again."""
    deployed.make_legs(user="shop_back")


def test_what_is_written_to_aurora_is_carried_back_to_the_closed_source(deployed: Deployed) -> None:
    pair = deployed.pair
    with application(deployed, "shop_back"):
        pair.source.run(*MADE)
        carried(deployed, dms="rollback = true", made=lambda: way_back(deployed))
        pair.target.run(f"alter role {APP} password '{PASSWORD}'")
        refused = deployed.reached("cutover", "dev", "--yes", "dev", "--accept-one-way", "al")
        assert refused.exit_code == 4
        assert "GENERATED ALWAYS AS IDENTITY: public.ledger.id." in refused.stdout
        assert "--accept-one-way is al, and nothing that is carried" in refused.stdout
        assert "ENABLE ALWAYS or REPLICA: public.ledger.always." in refused.stdout
        pair.source.run("alter table ledger alter column id set generated by default")
        with writing(deployed) as writers:
            eventually(lambda: all(len(it.acknowledged) > 20 for it in writers))
            done = deployed.reached("cutover", "dev", "--yes", "dev")
            assert done.exit_code == 0, done.output
            assert "one can go back" in done.output
            go_on(writers)
        assert all(it.places == {"source", "aurora"} for it in writers)
        counted(deployed, pair.target, writers)
        rows = "select * from ledger order by id"
        with suppress(AssertionError):  # which rows are another is said below
            eventually(lambda: pair.source.rows(rows) == pair.target.rows(rows))
        assert (pair.source.rows(rows), deployed.read("all-back")["Status"]) == (
            pair.target.rows(rows),
            "running",
        )
        deployed.end()
