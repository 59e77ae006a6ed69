"""There and back again and again, each time something else is killed, halted or cut off.

One environment of two databases is deployed once, with a way back; its servers have a provider's superuser
who works all the while. `KILLS=ferry,halt` kills each of these at each record in both directions besides,
or with `AT=freeze:done,unfreeze:begun` at these, and `SEEDS=20` goes there and back with what 20 seeds draw:
`harness.rehearsal.killing` has the table.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.replication.table_mappings import table_mappings
from ferry.environments import find
from ferry.migrate.ways import Direction
from harness.postgres import SUPERUSER
from harness.rehearsal.acknowledged import MADE, Ends, Writer, wrongs
from harness.rehearsal.ferries import Ferries, point
from harness.rehearsal.going import drawn, there_and_back, trip
from harness.rehearsal.killing import KILLS, workers_of
from harness.rehearsal.world import Lines, Provider, World
from tests.migration.databases import Database, Pair, databases, eventually
from tests.migration.deployed import AURORA, PASSWORD, SOURCE
from tests.migration.proxy import Proxy
from tests.migration.test_cutover import REACHED, leading
from tests.migration.test_cutting_over import APP, application
from tests.unit.ferry.conftest import ACCOUNT
from tests.unit.ferry.environments import DEV

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from harness.postgres import Postgres
    from tests.migration.deployed import Deployed

KINDS = [it for it in os.environ.get("KILLS", "").split(",") if it]
AT = [point(it) for it in os.environ.get("AT", "").split(",") if it]
SEEDS = int(os.environ.get("SEEDS", "0"))
BACK = "shop_back"
PROVIDER = "rdsadmin"
FILE = (
    DEV.replace('database = "app"\n', "", 1)
    .replace(
        "[dms]\n",
        """[[databases]]
source = "app"
aurora = "app"

[[databases]]
source = "crm"
aurora = "crm"

[cutover]
max_lag_seconds = 300
application_secret_arns = ["{secret}"]

[cutover.hooks]
before_freeze = ["true"]
switch = ["true"]
after_switch = ["true"]

[dms]
rollback = true
""",
    )
    .replace('name = "all"\n', 'name = "all"\ndatabase = "app"\n')
    .replace(
        "[alarms]",
        """[[dms.tasks]]
name = "crm"
database = "crm"
tables = [{ schema = "public" }]

[alarms]""",
    )
)
GRANTS = (
    f"grant usage on schema public to {APP}",
    f"grant all on all tables in schema public to {APP}",
    f"grant all on all sequences in schema public to {APP}",
    "grant usage on schema public to dms",
    "grant select on all tables in schema public to dms",
    # the tests' servers do without, and what they lose when they crash somebody would miss here
    'alter database "{}" set synchronous_commit = on',
)


@dataclass(frozen=True, kw_only=True)
class Through:
    """The network between somebody and a server: a proxy."""

    proxy: Proxy

    @contextmanager
    def cut(self) -> Iterator[None]:
        with self.proxy.letting_nobody_in():
            self.proxy.reset()
            yield

    @contextmanager
    def swallow(self) -> Iterator[None]:
        self.proxy.swallow()
        try:
            yield
        finally:
            self.proxy.mend()

    def hold(self) -> AbstractContextManager[None]:
        return self.proxy.holding()


def is_asked(kind: str) -> bool:
    """Whether somebody asks for all kills of a kind."""
    return kind in KINDS or KINDS == ["all"]


def told(line: str) -> None:
    """Say what is done, for those who look."""
    sys.stdout.write(f"{time.strftime('%X')} {line}\n")
    sys.stdout.flush()


@contextmanager
def world(deployed: Deployed) -> Iterator[tuple[World, Pair]]:
    """The environment, carried to where its cutover comes next, and its other database."""
    pair = deployed.pair
    servers = {"source": pair.source.server, "aurora": pair.target.server}
    with ExitStack() as stack:
        stack.enter_context(application(deployed, BACK))
        crm = stack.enter_context(databases(*servers.values(), name="crm"))
        proxies, ferrys = (
            {at: stack.enter_context(Proxy(it.port)) for at, it in servers.items()}
            for _ in range(2)
        )
        _carry(deployed, crm, proxies)
        carried = [_ends(each) for each in (pair, crm)]
        providers = [
            stack.enter_context(_provider(it, carried[0].at(at))) for at, it in servers.items()
        ]
        made = World(
            environment=find("dev"),
            ferries=stack.enter_context(Ferries(deployed.folder)),
            options=_ways(deployed, ferrys),
            databases=carried,
            applications=[_ends(each, user=APP, password=PASSWORD) for each in (pair, crm)],
            servers=servers,
            lines={
                at: Lines(ferry=Through(proxy=ferrys[at]), dms=Through(proxy=it))
                for at, it in proxies.items()
            },
            providers=providers,
            tell=told,
        )
        with made.writing():
            yield made, crm
        deployed.end()
        # nobody has ended what the provider does, but who ended all
        assert all(it.beats for it in providers)
        assert sum(it.ended for it in providers) <= made.restarts


def _ways(deployed: Deployed, proxies: dict[str, Proxy]) -> tuple[str, ...]:
    given = list(deployed.ways)
    for option, place in (("--source-address", "source"), ("--target-address", "aurora")):
        given[given.index(option) + 1] = f"127.0.0.1:{proxies[place].port}"
    return tuple(given)


def _ends(pair: Pair, **who: str) -> Ends:
    return Ends(source={**pair.source.connection, **who}, aurora={**pair.target.connection, **who})


def _carry(deployed: Deployed, crm: Pair, proxies: dict[str, Proxy]) -> None:
    """Deploy it with its way back, and carry it."""
    pair, secrets = deployed.pair, deployed.aws.secretsmanager
    secret = secrets.create_secret(Name="app", SecretString=leading(SOURCE))["ARN"]
    file = FILE.replace("{secret}", secret).replace(ACCOUNT, deployed.aws.account)
    deployed.folder.mkdir(exist_ok=True)
    (deployed.folder / "dev.toml").write_text(file)
    of = find("dev")
    tasks: dict[str, dict[str, Any]] = {
        task.name: {
            "TableMappings": table_mappings(
                task,
                marker=f"fence_{task.name}",
                beside=of.migration.beside(f"fence_{task.name}", database),
            )
        }
        for task, database in of.migration.tasks
    }
    deployed.make(file=file, tasks=tasks, beside={"crm": crm})
    deployed.make_legs(beside={"crm": crm}, user=BACK)
    for each in (pair, crm):
        each.source.run(MADE, *(it.format(each.source.name) for it in GRANTS))
        each.target.run(GRANTS[-1].format(each.target.name))
    for leg in of.legs:
        deployed.test_leg(leg.task.name)
    # DMS goes by the proxies from here on
    deployed.aws.post(
        "/local-aws/addresses",
        {SOURCE: {"port": proxies["source"].port}, AURORA: {"port": proxies["aurora"].port}},
    )
    for typed in REACHED:
        ended = deployed.reached(*typed)
        assert ended.exit_code in {0, 1}, ended.output
    pair.target.run(f"alter role {APP} password '{PASSWORD}'")
    secrets.put_secret_value(
        SecretId=secret, SecretString=leading(AURORA), VersionStages=["ferry-next"]
    )


@contextmanager
def _provider(server: Postgres, carried: Any) -> Iterator[Provider]:  # noqa: ANN401 - parameters
    """The provider's superuser of a server, at work in a database of its own."""
    admin = Database(server=server, name=SUPERUSER)
    admin.run(
        f"create role {PROVIDER} superuser login password '{PASSWORD}'",
        f"create database {PROVIDER} owner {PROVIDER}",
    )
    own = Database(server=server, name=PROVIDER)
    own.run(
        "create table heartbeat as select now() as at", f"alter table heartbeat owner to {PROVIDER}"
    )
    who = {"user": PROVIDER, "password": PASSWORD}
    works = Provider({**own.connection, **who}, {**carried, **who})
    works.start()
    yield works
    works.stops.set()
    works.join()
    admin.run(f"drop database {PROVIDER} with (force)", f"drop role {PROVIDER}")


def kills(*texts: str) -> list[tuple[str, Any]]:
    """What is killed where, such as `ferry at freeze:done`."""
    made = [text.partition(" at ") for text in texts]
    return [(kind, point(at)) for kind, _, at in made]


# Ferry itself is killed and halted in test_cutting_over and test_rolling_back, and that DMS's worker goes on
# where its network comes back is seen in test_worker_recovery. Of ferry's network two cells are left: behind the
# point of no return both sides are closed where Aurora is not reached to be opened; and before it none is
# harder than the side that is to be opened itself, without a word, when what hides is the point.
THERE = kills(
    "source at fence:begun",
    "ferry's cut aurora at unfreeze:begun",
    "aurora at unfreeze:done",
    "workers at reverse-fence:begun",
)
BACK_AGAIN = kills("aurora at fence:begun", "source at unfreeze:done")
CUT_OFF = kills("ferry's swallow aurora at point-of-no-return:begun", "lag at save:done")


def _refuses(deployed: Deployed, made: World) -> None:
    """What stands against a cutover, before it and within: the source is open, and all is as it was."""
    admin = {at: Database(server=it, name="crm") for at, it in made.servers.items()}
    prepared = "prepare transaction 'later of {}'"
    changes = "begin read write; update ledger set changed = changed where id = -1; select txid_current(); "
    for at, each in admin.items():
        each.run(changes + prepared.format(at))
    planned = deployed.reached("cutover", "dev", "--plan")
    assert planned.exit_code == 4
    for at, side in (("source", "the source"), ("aurora", "Aurora")):
        said = f"A transaction in crm of {side} is prepared: 'later of {at}'"
        assert said in " ".join(planned.stdout.split())
        admin[at].run(f"rollback prepared 'later of {at}'")

    def ends(at: str, then: Callable[[], object], why: str) -> None:
        ended = made.typed("cutover", at=point(at), then=lambda _: then())
        assert (ended.status, ended.is_reached) == (3, True), ended.output
        assert why in ended.output
        assert "The source is open again, as it was." in ended.output
        made.are_at("source")

    ends(
        "fence:done",
        lambda: admin["aurora"].run(changes + prepared.format("aurora")),
        "pg_blocking_pids(pid)",  # who keeps the slot from being made
    )
    admin["aurora"].run("rollback prepared 'later of aurora'")
    assert admin["aurora"].value("select count(*) from pg_replication_slots") == 0

    # a password is changed while writers are kept out
    secrets = deployed.aws.secretsmanager
    current = secrets.get_secret_value(SecretId="app")["VersionId"]
    ends(
        "fence:begun",
        lambda: secrets.put_secret_value(SecretId="app", SecretString=leading(SOURCE, "another")),
        "was changed by somebody",
    )
    secrets.update_secret_version_stage(
        SecretId="app",
        VersionStage="AWSCURRENT",
        MoveToVersionId=current,
        RemoveFromVersionId=secrets.get_secret_value(SecretId="app")["VersionId"],
    )


def _loses_rows_where_a_slot_is_made_anew(made: World, crm: Pair) -> None:
    """Somebody drops a slot that a task reads, and makes it again: its marker arrives all the same."""
    slots = "select slot_name, active_pid from pg_replication_slots where database = 'crm'"
    ((slot, reader),) = crm.source.rows(slots)
    workers = workers_of(os.getpid())
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    crm.source.run(
        f"select pg_terminate_backend({reader}, 60000)",
        f"select pg_drop_replication_slot('{slot}')",
    )
    made.are_at("source")
    crm.source.run(f"select pg_create_logical_replication_slot('{slot}', 'test_decoding')")
    for pid in workers:
        os.kill(pid, signal.SIGCONT)
    ended = made.typed("cutover")
    # the gate sees what could not be deleted in Aurora, the window what is not there
    assert ended.status in {3, 4}, ended.output
    assert "changes were not applied" in ended.output or "is different." in ended.output
    made.are_at("source")


def test_whatever_is_killed_no_row_is_lost_and_never_are_both_sides_open(
    deployed: Deployed,
) -> None:
    with world(deployed) as (made, crm):
        trip(made, "cutover", THERE)
        trip(made, "rollback", BACK_AGAIN)
        _refuses(deployed, made)
        ago = -3 * 86400.0  # the clock of ferry's machine
        unknown = made.typed("cutover", clock_seconds=ago)
        assert unknown.status == 3
        assert "the clock was set back" in " ".join(unknown.output.split())
        trip(made, "cutover", kills("late commits at freeze:begun"))
        trip(made, "rollback", CUT_OFF, clock_seconds=ago)
        _loses_rows_where_a_slot_is_made_anew(made, crm)


@pytest.mark.skipif(not KINDS and not SEEDS, reason="takes an hour; KILLS= and SEEDS= say of what")
def test_each_kill_at_each_record_and_whatever_seeds_draw(deployed: Deployed) -> None:
    with world(deployed) as (made, _):
        many = there_and_back(made, list(KILLS) if KINDS == ["all"] else KINDS, AT)
        for seed in range(1, 1 + SEEDS):
            random = Random(seed)  # noqa: S311 - to be the same again
            for direction in Direction:
                many += trip(made, direction.command, drawn(made, direction, random))
        gap = max(it.longest_gap_seconds for it in made.writers)
        told(f"{many} kills, {made.rows} rows, the longest gap {gap:.1f} s")


def test_what_is_lost_doubled_changed_or_back_again_is_told() -> None:
    writer = Writer(Ends(source={}, aurora={}), 1)
    writer.placed, writer.gone, writer.changes = {1: 11, 2: 12, 3: 13, 4: 14}, {4}, 3
    fine = [(1, 1, 11, 3), (1, 2, 12, 0), (1, 3, 13, 0), (1, 9, 19, 0)]
    assert not wrongs([writer], fine, 19)
    writer.unsure, writer.unsure_changes = {3}, 1
    assert not wrongs([writer], [(1, 1, 11, 4), *fine[1:2]], 19)
    writer.unsure, writer.unsure_changes = set(), 0
    for rows, last, said in (
        (fine[:2], 19, "row 3 was 13, and is None"),
        ([*fine, (1, 2, 20, 0)], 20, "1 rows are doubled"),
        ([*fine[:2], (1, 3, 7, 0)], 19, "row 3 was 13, and is 7"),
        ([*fine, (1, 4, 14, 0)], 19, "row 4 was deleted, and is there"),
        ([(1, 1, 11, 2), *fine[1:]], 19, "3 changes were acknowledged, 2 are there"),
        (fine, 18, "the sequence is at 18, and there is a row 19"),
    ):
        assert any(said in it for it in wrongs([writer], rows, last)), said


def test_a_writer_tells_that_both_sides_are_open(pair: Pair) -> None:
    pair.on_both(MADE)
    writer = Writer(_ends(pair), 1, pause_seconds=0.01)
    writer.start()
    eventually(lambda: bool(writer.both))
    writer.stops.set()
    writer.join()
