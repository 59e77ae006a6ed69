"""Every command of a migration under every fault: a clear word, the right status, nothing half done.

The table is `COMMANDS` by `FAULTS`; what differs from a fault's own outcome is in `OTHERWISE`.
"""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest
import typer

from ferry.cli.app import app
from ferry.cli.watch import PlainLines
from ferry.migrate.watching.lines import plain
from ferry.postgres import programs
from ferry.postgres import session as sessions
from harness.postgres import SUPERUSER
from tests.migration.databases import SECONDS, Database, eventually, full_disk
from tests.migration.deployed import PASSWORD, Deployed, rules, standing
from tests.migration.proxy import Proxy
from tests.policies.calls import RECORDED
from tests.unit.ferry.environments import DEV
from tests.unit.local_aws.aws import Aws, sign_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import boto3.session
    from psycopg import Connection

    from ferry.migrate.watching.look import Look
    from ferry.postgres import Server
    from harness.postgres import Postgres
    from tests.unit.local_aws.aws import Clients

ACCOUNT: Final = "999999999999"
GIVEN_UP: Final = 130
PAGE: Final = f"{os.environ['TMPDIR']}/report-of-faults.html"
"""Where a report goes: it goes with the tests."""
SECOND_TASK: Final = '[[dms.tasks]]\nname = "b"\ntables = [{ schema = "b" }]\n\n[alarms]'


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command, and what it talks to."""

    typed: tuple[str, ...]
    talks_to: frozenset[str]
    goes_on: bool = False
    """Whether it looks again where something did not answer, until somebody ends it."""


def command(typed: str, talks_to: str, *, goes_on: bool = False) -> Command:
    return Command(
        typed=tuple(typed.split()), talks_to=frozenset(talks_to.split()), goes_on=goes_on
    )


COMMANDS: Final = {
    "prepare-databases": command("prepare-databases dev --yes", "source target"),
    "check source": command("check source dev", "source target"),
    "suggest tasks": command("suggest tasks dev --seconds 1", "source"),
    "schema before-load": command("schema dev before-load --yes", "source target"),
    "schema after-load": command("schema dev after-load --yes", "source target"),
    "schema before-cutover": command("schema dev before-cutover --yes", "source target"),
    "start": command("start dev --task b --despite-drift", "source target dms"),
    "watch": command("watch dev --task all --every 0.2", "source target dms", goes_on=True),
    "reload": command("reload dev public.orders --yes --every 0.2", "source target dms"),
    "status": command("status dev", "source target dms"),
    "verify": command("verify dev", "source target dms"),
    "report": command(f"report dev --output {PAGE}", "source target dms"),
    "cutover": command("cutover dev --plan", "source target dms"),
    "rollback": command("rollback dev --plan", "source target dms"),
    "finish": command("finish dev --plan", "source target dms"),
    "stop": command("stop dev --task all", "dms"),
}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault: on which side, how it comes about, and what is said of it.

    Args:
        side: What does not work: `source`, `target`, `dms`.
        during: Brings it about, and gives the options with which commands reach both servers.
        says: Part of what is said.
        passes: Whether it has passed when somebody looks again.
        hits: The commands that it is in the way of; by default all that talk to that side.
    """

    side: str
    during: Callable[[Deployed], AbstractContextManager[tuple[str, ...]]]
    says: str
    passes: bool = False
    hits: frozenset[str] = frozenset(COMMANDS)


def ways(ground: Deployed, **ports: int) -> tuple[str, ...]:
    """The options that say where both servers are; by another port where one is given."""
    given = list(ground.ways)
    for side, port in ports.items():
        given[given.index(f"--{side}-address") + 1] = f"127.0.0.1:{port}"
    return tuple(given)


def stopped(side: str) -> Fault:
    @contextmanager
    def during(ground: Deployed) -> Iterator[tuple[str, ...]]:
        server = getattr(ground.pair, side).server
        server.stop()
        yield ground.ways
        server.start()

    return Fault(side=side, during=during, says="nobody answers there.")


_SENT: Final = {"source": 5, "target": 9}
"""How often a session has sent something when it sends its settings: with TLS, as to Aurora, more often."""


def in_the_middle(
    side: str, at: Callable[[Proxy, Postgres], None], says: str, *, passes: bool = False
) -> Fault:
    """What happens between ferry and a server when ferry asks its first question."""

    @contextmanager
    def during(ground: Deployed) -> Iterator[tuple[str, ...]]:
        server = getattr(ground.pair, side).server
        with (
            Proxy(server.port, at=lambda proxy: at(proxy, server), after=_SENT[side]) as proxy,
            pytest.MonkeyPatch.context() as patch,
        ):
            if says == LATE:
                _hurry(patch, proxy.port)
            yield ways(ground, **{side: proxy.port})

    return Fault(side=side, during=during, says=says, passes=passes)


def _hurry(patch: pytest.MonkeyPatch, port: int) -> None:
    """Deadlines of what goes by way of a port are short; what is said of them is as long as ever.

    Of nothing else: a machine that is busy takes longer than any time that a test would wait for.
    """
    deadline, where, run = vars(sessions)["_Deadline"], sessions.where, programs.run

    def seconds(connection: Connection[Any], given: float) -> float:
        is_slow = not connection.closed and connection.info.port == port
        return -0.5 if is_slow else given  # a session waits for a second more

    def hasty(server: Server, ca_file: Path | None) -> dict[str, Any]:
        found = where(server, ca_file)
        return found | {"connect_timeout": 2} if found["port"] == port else found

    def ran(program: Path, arguments: Sequence[str], **given: Any) -> str:  # noqa: ANN401 - as `run`
        if f" port={port} " in " ".join(arguments):
            given["deadline_seconds"] = 3
        return run(program, arguments, **given)

    patch.setattr(sessions, "_Deadline", lambda one, given: deadline(one, seconds(one, given)))
    patch.setattr(sessions, "_SECONDS_TO_CANCEL", 0.3)
    patch.setattr(sessions, "where", hasty)
    patch.setattr(programs, "where", hasty)
    patch.setattr(programs, "run", ran)


def slow(proxy: Proxy, _: Postgres) -> None:
    proxy.delay_seconds = 5.0


def restart(proxy: Proxy, server: Postgres) -> None:
    with proxy.letting_nobody_in():  # who looks a few times more is not to have done so by then
        server.stop()
        server.start()


def wrong_password(side: str) -> Fault:
    @contextmanager
    def during(ground: Deployed) -> Iterator[tuple[str, ...]]:
        for password in ("another-canary", PASSWORD):
            ground.aws.secretsmanager.put_secret_value(
                SecretId=f"aurora-ferry-dev/operator-{side}",
                SecretString=json.dumps({"username": "operator", "password": password}),
            )
            if password != PASSWORD:
                yield ground.ways

    return Fault(
        side=side, during=during, says="it does not accept the password of user 'operator'"
    )


def revoked(side: str) -> Fault:
    """The operator is nobody any more."""

    @contextmanager
    def during(ground: Deployed) -> Iterator[tuple[str, ...]]:
        database = Database(server=getattr(ground.pair, side).server, name=SUPERUSER)
        database.run("alter role operator nosuperuser")
        yield ground.ways
        database.run("alter role operator superuser")

    return Fault(side=side, during=during, says="permission denied for ")


def no_room(side: str, *hits: str) -> Fault:
    """The disk is full: nothing grows."""

    @contextmanager
    def during(ground: Deployed) -> Iterator[tuple[str, ...]]:
        with full_disk(getattr(ground.pair, side).server):
            yield ground.ways

    return Fault(side=side, during=during, says="could not extend file", hits=frozenset(hits))


@contextmanager
def refused(ground: Deployed, **rule: Any) -> Iterator[tuple[str, ...]]:  # noqa: ANN401 - a rule's
    """Calls to AWS that fail as a rule of local AWS says."""
    rules = [{"accounts": [ground.aws.account], **rule}]
    ground.aws.post("/local-aws/faults", {"rules": rules})
    yield ground.ways
    ground.aws.post("/local-aws/faults", {})


CUT: Final = "the connection ended before the answer came"
LATE: Final = "no answer within 30 seconds, so it was cancelled"
UNSAID: Final = "The source could not say what it holds: "
FAULTS: Final = {
    "source stopped": stopped("source"),
    "target stopped": stopped("target"),
    "source resets": in_the_middle("source", lambda proxy, _: proxy.reset(), CUT, passes=True),
    "target resets": in_the_middle("target", lambda proxy, _: proxy.reset(), CUT, passes=True),
    "source swallows": in_the_middle("source", lambda proxy, _: proxy.swallow(), LATE),
    "target delays": in_the_middle("target", slow, LATE),
    "target restarts": in_the_middle("target", restart, CUT, passes=True),
    "source's password": wrong_password("source"),
    "target's password": wrong_password("target"),
    "source's rights": revoked("source"),
    "target's rights": revoked("target"),
    "target's disk": no_room("target", "prepare-databases", "schema after-load"),
    "credentials expire": Fault(
        side="dms",
        during=lambda ground: refused(
            ground,
            operations=[
                "dms:DescribeTableStatistics",
                "dms:StartReplicationTask",
                "dms:StopReplicationTask",
            ],
            times=99,
            code="ExpiredTokenException",
        ),
        says="the AWS credentials have expired",
        hits=frozenset({"start", "stop", "watch", "reload"}),
    ),
    "credentials have expired": Fault(
        side="source",
        during=lambda ground: refused(
            ground,
            operations=["secretsmanager:GetSecretValue"],
            times=99,
            code="ExpiredTokenException",
        ),
        says="the AWS credentials have expired",
    ),
    "dms throttled": Fault(
        side="dms",
        during=lambda ground: refused(ground, services=["dms"], share=1, kind="throttle"),
        says="as one call too many",
    ),
}
OTHERWISE: Final[dict[tuple[str, str], tuple[int, str]]] = {
    # Without Aurora the source is judged alone: its DMS may not capture DDL.
    **{
        (fault, "check source"): (4, it.says) for fault, it in FAULTS.items() if it.side == "target"
    },
    ("target's rights", "check source"): (4, "operator may not see what other users' sessions do."),
    ("source's rights", "check source"): (4, "operator may not read 2 tables"),
    # Each precondition is judged by itself, and some stand against this one whatever answers.
    **{
        (fault, name): (4, it.says)
        for fault, it in FAULTS.items()
        for name in ("cutover", "rollback")
        if fault not in {"credentials have expired", "dms throttled"}
    },
    # What may be asked of Aurora's catalogs still says what may not be dropped there.
    ("target's rights", "finish"): (4, "operator may not read and drop the table"),
    # The first thing that it asks may stay unknown; what is said is of the second.
    # Whether the deadline or the cut of its own line is told is a matter of moments.
    ("source swallows", "check source"): (3, UNSAID),
    ("source swallows", "suggest tasks"): (3, UNSAID),
    # What stays until somebody mends it is not waited for.
    ("source's password", "watch"): (3, FAULTS["source's password"].says),
    ("target's password", "watch"): (3, FAULTS["target's password"].says),
    ("source's rights", "watch"): (3, FAULTS["source's rights"].says),
    ("target's rights", "watch"): (3, FAULTS["target's rights"].says),
    ("credentials expire", "watch"): (3, FAULTS["credentials expire"].says),
    ("credentials have expired", "watch"): (3, "the AWS credentials have expired"),
    ("dms throttled", "watch"): (3, "as one call too many"),  # before it has begun to watch
}


@pytest.fixture(scope="module")
def account_of_all(url: str, session: boto3.session.Session, clients: Clients) -> Aws:
    sign_as(session, ACCOUNT)
    return Aws(account=ACCOUNT, url=url, clients=clients)


@pytest.fixture(scope="module")
def ground(
    account_of_all: Aws,
    ends: tuple[Postgres, Postgres],
    authority: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployed]:
    """The environment, in which the task all runs and each command has something to do."""
    with standing(account_of_all, ends, authority, tmp_path_factory.mktemp("ground")) as made:
        of_b = {"TableMappings": json.dumps({"rules": rules(task="b", schema="b")})}
        made.make(file=DEV.replace("[alarms]", SECOND_TASK), tasks={"all": {}, "b": of_b})
        made.prepare(
            "create table orders (id bigint primary key, what text)",
            "create schema b",
            "create table b.clients (id bigint primary key)",
            tasks=("all", "b"),
        )
        # an operator whose rights are taken owns nothing
        made.pair.target.run(f"reassign owned by operator to {SUPERUSER}")
        made.pair.source.run(
            "grant usage on schema b to dms",
            "grant select on b.clients to dms",
            "insert into orders values (1, 'x')",
            "create index on orders (what)",
        )
        assert made.reached("start", "dev", "--task", "all", "--despite-drift").exit_code == 0
        eventually(lambda: bool(made.pair.target.value("select count(*) = 1 from orders")))
        yield made
        # what was refused before is done now: nothing was left half done
        for name in ("prepare-databases", "schema before-load", "schema after-load",
                     "schema before-cutover", "start", "watch", "status", "stop"):  # fmt: skip
            ended = made.ferry(*COMMANDS[name].typed, *_ways(name, made.ways))
            assert ended.exit_code in {0, 1}, ended.output


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What sleeps between two looks sleeps for a moment."""
    sleep = time.sleep
    monkeypatch.setattr("ferry.check.source.asking.SECONDS_WATCHED", 0.1)
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(min(seconds, 0.1)))


def _ways(name: str, given: tuple[str, ...]) -> tuple[str, ...]:
    talks_to = COMMANDS[name].talks_to
    return given if "target" in talks_to else given[:2] if "source" in talks_to else ()


CELLS: Final = [
    (fault, name)
    for fault, it in FAULTS.items()
    for name, each in COMMANDS.items()
    if it.side in each.talks_to and name in it.hits
]


def test_the_table_has_each_command_that_talks_to_a_server_or_lets_tasks_run() -> None:
    reaching = {
        " ".join(path)
        for path, each in _commands(typer.main.get_command(app))
        if any("--source-address" in it.opts for it in each.params)
    }
    running = {
        name.removeprefix("ferry ")
        for name, calls in RECORDED.items()
        if {"dms:StartReplicationTask", "dms:StopReplicationTask"} & {*calls}
        and name.startswith("ferry ")
    }

    assert {name.partition(" before")[0].partition(" after")[0] for name in COMMANDS} == (
        reaching | running
    )


def _commands(of: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401 - click's
    for name, each in of.commands.items():
        if hasattr(each, "commands"):
            yield from _commands(each, *path, name)
        else:
            yield (*path, name), each


@pytest.mark.parametrize(("fault", "name"), CELLS)
def test_a_fault_is_told_and_nothing_is_half_done(
    ground: Deployed, monkeypatch: pytest.MonkeyPatch, fault: str, name: str
) -> None:
    it, each = FAULTS[fault], COMMANDS[name]
    usual = (0 if it.passes else GIVEN_UP) if each.goes_on else 3
    status, says = OTHERWISE.get((fault, name), (usual, it.says))
    if status == GIVEN_UP:
        _given_up_when_it_says(says, monkeypatch)
    eventually(lambda: _carries(ground))
    if name in {"rollback", "finish"}:
        # Whether there was a cutover is asked of this table, which another command may have made by now.
        for end in (ground.pair.source, ground.pair.target):
            end.run("drop table if exists ferry.journal")
    before = _state(ground)

    with it.during(ground) as given, _no_longer_than(SECONDS):
        ended = ground.ferry(*each.typed, *_ways(name, given))

    assert says in ended.output
    assert "Traceback" not in ended.output
    assert "canary" not in ended.output
    assert ended.exit_code == status, ended.output
    left = _state(ground)
    if name == "prepare-databases" and fault in {"target's rights", "target's disk"}:
        # Each database is made ready by itself, and that the source's is done was said.
        ground.pair.source.run("drop table ferry.access")
        left["source"] = before["source"]
    assert left == before


def _given_up_when_it_says(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C, as soon as somebody who watches has read something."""
    look = PlainLines.look

    def read(self: PlainLines, seen: Look) -> None:
        look(self, seen)
        if words in "".join(plain(seen)):
            raise KeyboardInterrupt

    monkeypatch.setattr(PlainLines, "look", read)


def _carries(ground: Deployed) -> bool:
    """Whether DMS is back at both sides after what the last fault did to it."""
    reads = "select bool_and(active) from pg_replication_slots where database = current_database()"
    writes = (
        "select count(*) > 0 from pg_stat_activity "
        "where datname = current_database() and application_name = 'AWS DMS'"
    )
    return bool(ground.pair.source.value(reads)) and bool(ground.pair.target.value(writes))


def _state(ground: Deployed) -> dict[str, Any]:
    """What no command changes that was not done."""
    made = (
        "select relname::text, relacl::text from pg_class c join pg_namespace n on n.oid = "
        "relnamespace where nspname !~ '^pg_|information_schema|dms_control' "
        "union all select nspname, nspacl::text from pg_namespace "
        "union all select conname, null from pg_constraint "
        "union all select datname, datacl::text from pg_database order by 1, 2"
    )
    return {
        "source": ground.pair.source.rows(made),
        "target": ground.pair.target.rows(made),
        "rows": ground.pair.target.rows("select * from orders"),
        "tasks": [ground.read(task)["Status"] for task in ground.task_arns],
    }


@contextmanager
def _no_longer_than(seconds: float) -> Iterator[None]:
    """Ctrl-C, and another status with it, where something lasts longer."""
    handled = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handled)
