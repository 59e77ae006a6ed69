"""Each precondition of a cutover: what passes, what is blocked for its reason, what is not judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ferry.findings import Level, blocked, right, warning, worst
from ferry.mappings import TableName
from ferry.migrate.cutover.gate import CHECKS, judge
from ferry.migrate.cutover.seen import (
    Beside,
    Jobs,
    Lag,
    Open,
    Pending,
    Prepared,
    Schema,
    Secret,
    Sequence,
    Verified,
    beside,
)
from ferry.migrate.schema.phases import Phase
from ferry.migrate.schema.steps import Orders, Step
from ferry.migrate.starting import Connection
from ferry.migrate.tasks import MigrationType
from ferry.migrate.watching.look import Unapplied
from tests.unit.ferry.environments import environment
from tests.unit.ferry.migrate.cutover.sights import (
    ALL,
    ARN,
    AT,
    DATABASE,
    ROLLBACK,
    UNKNOWN,
    findings,
    given,
    of_database,
    of_source,
    of_task,
    side,
)
from tests.unit.ferry.migrate.looks import ITEMS, ORDERS, row, running, seen
from tests.unit.ferry.migrate.tasks import mappings, selects, task

if TYPE_CHECKING:
    from ferry.errors import FerryError
    from ferry.migrate.cutover.seen import Seen

HOUR = timedelta(hours=1)


KEYLESS = replace(
    of_source(
        keyless=(TableName("public", "log"), TableName("public", "it s"), TableName("x", "y"))
    ),
    carried_back=frozenset({"all"}),
)


def test_what_is_right_passes_each_check_but_the_way_back() -> None:
    found = list(judge(ALL))

    assert {each.check for each in found} == {check.name for check in CHECKS}
    assert [each.check for each in found if each.level is not Level.RIGHT] == ["way-back"]
    assert all(each.what for each in found)


LEFT = Orders(steps=(Step(what="INDEX public.a", sql=""), Step(what="INDEX public.b", sql="")))
WRONG = blocked("schema-orphans", "Rows point at nothing.", why="w", remedy="r")
MANY = tuple(f"public.t{number}" for number in range(7))
CHANGES_ALONE = running(migration_type=MigrationType.LOAD)
ONE_WAY = {
    **ROLLBACK,
    "tasks": [
        {
            "name": "all",
            "tables": [
                {
                    "schema": "public",
                    "name": "orders",
                    "filters": [
                        {"column": "id", "conditions": [{"operator": "gte", "value": "1"}]}
                    ],
                }
            ],
        }
    ],
}
UNMARKED = running(mappings=mappings(selects("include", "public", "%")))


@pytest.mark.parametrize(
    ("sight", "check", "said", "remedy"),
    [
        (
            of_task(task=CHANGES_ALONE),
            "tasks",
            "The task all carries no changes: it is of the type full-load.",
            (
                'In environments/dev.toml set migration_type = "full-load-and-cdc" for it, then: cdktf '
                "deploy dev; ferry start dev --task all --reload"
            ),
        ),
        (
            of_task(task=task(status="stopped", was_started=True, stop_reason="NORMAL")),
            "tasks",
            "The task all is stopped (NORMAL).",
            "ferry start dev --task all",
        ),
        (
            of_task(task=task(status="ready")),
            "tasks",
            "The task all is ready.",
            "ferry start dev --task all",
        ),
        (
            of_task(task=task(status="modifying")),
            "tasks",
            "The task all is modifying.",
            "In a moment: ferry start dev --task all",
        ),
        (
            of_task(look=seen(tables=(row(state="Full load"),), unapplied=())),
            "tasks",
            "The task all is loading tables.",
            "Wait for it: ferry watch dev --task all",
        ),
        (
            of_task(lag=Lag(seconds=5.1, has_arrived=False)),
            "lag",
            "The marker of the task all has not arrived within 5.1 s; max_lag_seconds is 5.",
            (
                "See why, and wait: ferry watch dev --task all; or let it take longer: "
                "cutover.max_lag_seconds in environments/dev.toml"
            ),
        ),
        (
            of_task(lag=Lag(seconds=5.1, has_arrived=True)),
            "lag",
            "The marker of the task all took 5.1 s; max_lag_seconds is 5.",
            (
                "See why, and wait: ferry watch dev --task all; or let it take longer: "
                "cutover.max_lag_seconds in environments/dev.toml"
            ),
        ),
        (
            of_task(look=seen(tables=(row(state="Table error"),), unapplied=())),
            "tables",
            "public.orders: Table error.",
            "Its reason is in the log; mend it, then ferry reload dev public.orders",
        ),
        (
            of_task(look=seen(tables=(row(),), unapplied=(), suspended=(ORDERS,))),
            "tables",
            "public.orders: suspended by DMS.",
            "Its reason is in the log; mend it, then ferry reload dev public.orders",
        ),
        (
            of_task(look=seen(unapplied=(Unapplied(table=ORDERS, changes=2, last=AT),))),
            "tables",
            "public.orders: 2 changes were not applied.",
            "See why in public.awsdms_apply_exceptions, mend it, then ferry reload dev public.orders",
        ),
        (
            of_task(look=seen(unapplied=(), expected={ORDERS: 1, ITEMS: 1})),
            "tables",
            "public.items: the task's rules select it, and DMS does not carry it.",
            (
                "Make it at Aurora (ferry schema dev before-load), then ferry stop dev --task all and "
                "ferry start dev --task all"
            ),
        ),
        (
            of_database(schema=Schema(left={Phase.AFTER_LOAD: LEFT}, drift=())),
            "schema",
            "2 steps of the phase after-load left, such as: INDEX public.a.",
            "Carry what is left: ferry schema dev after-load",
        ),
        (
            of_database(
                schema=Schema(left={Phase.AFTER_LOAD: Orders(findings=(WRONG,))}, drift=())
            ),
            "schema-orphans",
            "Rows point at nothing.",
            "r",
        ),
        (
            of_database(schema=Schema(left={}, drift=(WRONG,))),
            "schema-orphans",
            "Rows point at nothing.",
            "r",
        ),
        (
            of_database(closed=(blocked("schema-open", "It is open.", why="w", remedy="r"),)),
            "schema-open",
            "It is open.",
            "r",
        ),
        (
            of_database(verified=Verified(tables=9, oldest=AT - HOUR, different=MANY)),
            "verified",
            (
                "Rows differed when they were compared last: public.t0, public.t1, public.t2, public.t3, "
                "public.t4 and 2 more."
            ),
            "ferry reload dev public.t0; then: ferry verify dev --table public.t0",
        ),
        (
            replace(
                # as after a rollback, when a task of changes alone goes forward again
                of_task(task=running(name="all-again", migration_type=MigrationType.CHANGES)),
                databases=of_database(
                    verified=Verified(tables=9, oldest=AT - HOUR, different=("public.t",))
                ).databases,
            ),
            "verified",
            "Rows differed when they were compared last: public.t.",
            "See which, mend them in Aurora, then: ferry verify dev --table public.t",
        ),
        (
            of_database(verified=Verified(tables=3, never=("public.orders",))),
            "verified",
            "1 of 3 tables never compared on this machine as they are now: public.orders.",
            "ferry verify dev",
        ),
        (
            of_database(verified=Verified()),
            "verified",
            "There is no table to compare.",
            "See what the tasks carry: ferry check source dev",
        ),
        (
            of_database(verified=Verified(tables=3, oldest=AT - 25 * HOUR)),
            "verified",
            "A table was compared 25 hours ago, others later; 24 are allowed.",
            "ferry verify dev --delta",
        ),
        (
            of_source(sequences=(Sequence(name="public.s", is_readable=False),)),
            "sequences",
            "operator has no SELECT on 1 sequence at the source: public.s.",
            'At the source, as their owner: GRANT SELECT ON SEQUENCE public.s TO "operator";',
        ),
        (
            of_database(
                target=side(
                    "Aurora", sequences=(Sequence(name="public.orders_id_seq", is_settable=False),)
                )
            ),
            "sequences",
            "operator has no UPDATE on 1 sequence at Aurora: public.orders_id_seq.",
            'At Aurora, as their owner: GRANT UPDATE ON SEQUENCE public.orders_id_seq TO "operator";',
        ),
        (
            of_source(open=(Open(pid=7, who="app, psql", seconds=90.4),)),
            "transactions",
            "A transaction in app of the source has been open for 90 s: process 7, app, psql.",
            "Wait for it, or end it there: select pg_terminate_backend(7)",
        ),
        (
            of_database(target=side("Aurora", prepared=(Prepared(gid="it's", owner="app"),))),
            "transactions",
            "A transaction in app of Aurora is prepared: 'it''s' of app.",
            "There: commit prepared 'it''s', or rollback prepared 'it''s'",
        ),
        (
            of_source(superusers=("postgres (2, psql)",)),
            "superusers",
            "Superusers have sessions in app of the source: postgres (2, psql).",
            "End what they do, or let it sign in as a role that is none: ALTER ROLE ... NOSUPERUSER;",
        ),
        (
            of_source(is_owner=False, owner="The Owner"),
            "ownership",
            (
                "operator neither owns the database app of the source nor has the rights of The Owner, who "
                "does."
            ),
            'At the source, as a superuser or The Owner: GRANT "The Owner" TO operator;',
        ),
        (
            of_database(target=side("Aurora", has_journal=False)),
            "journal",
            "app of Aurora has no table ferry.journal that operator may write to.",
            "Make it: ferry prepare-databases dev",
        ),
        (
            of_source(may_signal=False),
            "signals",
            "operator may not end the sessions of others at the source.",
            "At the source, as a superuser: GRANT pg_signal_backend TO operator;",
        ),
        (
            of_source(subscriptions=("Brings",)),
            "writers",
            "The subscription Brings of app is enabled.",
            'At the source: ALTER SUBSCRIPTION "Brings" DISABLE;',
        ),
        (
            of_source(jobs=Jobs(database="app", active=2)),
            "writers",
            "pg_cron has 2 active jobs in app of the source.",
            (
                "There: SELECT cron.alter_job(jobid, active := false) FROM cron.job WHERE active AND "
                "database = 'app';"
            ),
        ),
        (
            replace(ALL, environment=given(application_secret_arns=[])),
            "switch",
            "Nothing in environments/dev.toml says how the applications are switched to Aurora.",
            (
                "Name what they find their database by in [cutover]: application_secret_arns, dns or "
                "hooks.switch; docs/settings.md has them"
            ),
        ),
        (
            replace(ALL, environment=environment()),
            "switch",
            "Nothing in environments/dev.toml says how the applications are switched to Aurora.",
            (
                "Name what they find their database by in [cutover]: application_secret_arns, dns or "
                "hooks.switch; docs/settings.md has them"
            ),
        ),
        (
            replace(ALL, secrets=(Secret(arn=ARN, has_next=False),)),
            "application-secrets",
            f"The secret {ARN} has no version of the stage ferry-next.",
            "ferry secret application dev",
        ),
        (
            replace(ALL, environment=given(dms=ROLLBACK)),
            "way-back",
            "The way back of the task all is not deployed.",
            "Deploy it: cdktf deploy dev",
        ),
        (
            replace(ALL, unread=("operator", "shop_back")),
            "dms-tables",
            "operator will not be able to read the tables that DMS makes at the source as shop_back.",
            "At the source, as a superuser: GRANT shop_back TO operator;",
        ),
        (
            of_source(may_make_slots=False),
            "slots",
            "operator may neither make nor drop replication slots at the source.",
            (
                "At the source, as a superuser: ALTER ROLE operator REPLICATION; or where it is RDS's or "
                "Aurora's: GRANT rds_replication TO operator;"
            ),
        ),
        (
            replace(
                of_database(target=side("Aurora", may_make_slots=False)),
                environment=given(dms=ROLLBACK),
                carried_back=frozenset({"all"}),
            ),
            "slots",
            "operator may neither make nor drop replication slots at Aurora.",
            (
                "At Aurora, as a superuser: ALTER ROLE operator REPLICATION; or where it is RDS's or "
                "Aurora's: GRANT rds_replication TO operator;"
            ),
        ),
        (
            replace(
                ALL,
                connections=(
                    Connection(side="Aurora", status="successful"),
                    Connection(side="the source", status="failed", said="No route to host."),
                ),
            ),
            "connections",
            "DMS cannot connect to the source for the next way: No route to host.",
            "See what is wrong with it: ferry check deployment dev",
        ),
        (
            replace(ALL, environment=given(dms=ONE_WAY)),
            "way-back",
            "The task all has no way back: tables[0].filters leaves rows out of Aurora.",
            (
                "Do without it; or, where a mistake in its tables is to be mended in Aurora, say so: ferry "
                "cutover dev --accept-one-way all"
            ),
        ),
        (
            replace(KEYLESS, one_way=frozenset({"public.log"})),
            "carried-back",
            "Of app's tables without a primary key inserts alone are carried back: public.it s.",
            (
                "Give them one on both sides; or, where nothing of them is changed or that may be lost, say so: "
                "ferry cutover dev --accept-one-way 'public.it s'"
            ),
        ),
    ],
)
def test_what_stands_against_it_is_blocked_for_its_reason(
    sight: Seen, check: str, said: str, remedy: str
) -> None:
    (found,) = [each for each in findings(sight, check) if each.level is Level.BLOCKED]

    assert (found.what, found.remedy) == (said, remedy)
    assert found.why
    assert worst(judge(sight)) is Level.BLOCKED


@pytest.mark.parametrize(
    ("sight", "check", "said"),
    [
        (
            of_database(
                schema=Schema(
                    left={}, drift=(warning("schema-differs", "A comment.", why="w", remedy="r"),)
                )
            ),
            "schema-differs",
            "A comment.",
        ),
        (
            of_database(verified=Verified(tables=3, oldest=AT - HOUR, in_part=("public.a",))),
            "verified",
            "Some columns were not compared: public.a.",
        ),
        (
            of_source(foreign=2),
            "writers",
            "Other servers have 2 sessions in app of the source, by postgres_fdw.",
        ),
        (of_source(has_dblink=True), "writers", "dblink is installed in app of the source."),
        (
            of_source(
                dms="shop", written_by_dms=(TableName("public", "a"), TableName("public", "b"))
            ),
            "dms-role",
            "DMS signs in to app of the source as shop, who may write to 2 tables: public.a, public.b.",
        ),
        (
            ALL,
            "way-back",
            "dev has no way back: dms.rollback is false in environments/dev.toml.",
        ),
        (
            replace(ALL, environment=given(dms=ONE_WAY), one_way=frozenset({"all"})),
            "way-back",
            "The task all has no way back: tables[0].filters leaves rows out of Aurora.",
        ),
        (
            replace(KEYLESS, one_way=frozenset({"public.log", "public.it s"})),
            "carried-back",
            (
                "Of app's tables without a primary key inserts alone are carried back: public.log, public.it "
                "s."
            ),
        ),
        (
            replace(ALL, at=AT.replace(day=29, hour=2, minute=30)),
            "maintenance",
            (
                "The maintenance window of Aurora, sun:03:00-sun:04:00 UTC, is now or begins within 60 "
                "minutes."
            ),
        ),
        (
            replace(ALL, at=AT.replace(day=29, hour=5, minute=59)),
            "maintenance",
            (
                "The maintenance window of DMS, sun:05:00-sun:06:00 UTC, is now or begins within 60 "
                "minutes."
            ),
        ),
    ],
)
def test_what_somebody_should_look_at_is_a_warning(sight: Seen, check: str, said: str) -> None:
    (found,) = [each for each in findings(sight, check) if each.level is Level.WARNING]

    assert found.what == said
    assert found.why
    assert found.remedy


@pytest.mark.parametrize(
    ("sight", "checks"),
    [
        (of_task(look=UNKNOWN), {"tables"}),
        (of_task(lag=UNKNOWN), {"lag"}),
        (of_database(schema=UNKNOWN), {"schema"}),
        (of_database(closed=UNKNOWN), {"aurora-closed"}),
        (of_database(verified=UNKNOWN), {"verified"}),
        (
            of_database(source=UNKNOWN),
            {
                "sequences",
                "transactions",
                "superusers",
                "dms-role",
                "ownership",
                "journal",
                "signals",
                "slots",
                "writers",
            },
        ),
        (
            of_database(target=UNKNOWN),
            {"sequences", "transactions", "ownership", "journal", "slots"},
        ),
        (of_source(sees_others=False), {"transactions"}),
        (of_source(jobs=Jobs(database="app", active=None)), {"writers"}),
        (of_source(jobs=Jobs(database="postgres", active=None)), {"writers"}),
        (replace(ALL, pending=UNKNOWN), {"maintenance"}),
        (replace(ALL, environment=given(dms=ROLLBACK), carried_back=UNKNOWN), {"way-back"}),
        (replace(ALL, connections=UNKNOWN), {"connections"}),
        (replace(ALL, unread=UNKNOWN), {"dms-tables"}),
        (
            replace(ALL, connections=(Connection(side="Aurora", status="testing"),)),
            {"connections"},
        ),
        (replace(ALL, secrets=(Secret(arn=ARN, has_next=UNKNOWN),)), {"application-secrets"}),
        (
            of_database(
                verified=Verified(tables=3, oldest=AT, others=(("public.a", "It is new."),))
            ),
            {"verified"},
        ),
        (of_database(verified=Verified(others=(("public.a", "It is new."),))), {"verified"}),
        # the clock was set back
        (of_database(verified=Verified(tables=3, oldest=AT + HOUR)), {"verified"}),
    ],
)
def test_what_is_not_known_is_not_judged(sight: Seen, checks: set[str]) -> None:
    found = [each for each in judge(sight) if each.level is Level.UNJUDGED]

    assert {each.check for each in found} == checks
    assert all(each.why and each.remedy for each in found)
    assert worst(judge(sight)) is Level.UNJUDGED


def test_of_several_databases_each_is_judged() -> None:
    other = replace(DATABASE, name="billing", source=side(database="billing", is_owner=False))
    sight = replace(ALL, databases=(replace(DATABASE, source=UNKNOWN), other))

    assert [each.level for each in findings(sight, "ownership")] == [
        Level.UNJUDGED,
        Level.BLOCKED,
    ]
    assert len(findings(sight, "sequences")) == 2


def test_tables_that_move_pass_with_their_number() -> None:
    sight = of_database(verified=Verified(tables=3, oldest=AT - HOUR, moving=("public.a",)))

    assert findings(sight, "verified") == [
        right(
            "verified",
            "2 of 3 tables the same since 2026-11-27 05:42 UTC; 1 changed all the while, to be "
            "compared first within the window.",
        )
    ]


def test_what_a_phase_has_left_is_not_said_twice() -> None:
    missing = blocked("schema-missing", "Missing at Aurora.", why="w", remedy="r")
    left = {Phase.AFTER_LOAD: LEFT}

    assert findings(of_database(schema=Schema(left={}, drift=(missing,))), "schema-missing")
    assert not findings(of_database(schema=Schema(left=left, drift=(missing,))), "schema-missing")


def test_what_dms_makes_itself_is_not_left_of_the_first_phase() -> None:
    schema = Schema(left={Phase.BEFORE_LOAD: LEFT}, drift=(), is_made_by_dms=True)

    assert worst(findings(of_database(schema=schema), "schema")) is Level.RIGHT
    assert worst(findings(of_database(schema=replace(schema, is_made_by_dms=False)), "schema")) is (
        Level.BLOCKED
    )


def test_some_are_named_and_the_others_counted() -> None:
    rows = tuple(row(TableName("public", f"t{number}"), "Table error") for number in range(7))
    others = tuple((name, "It is new.") for name in MANY)
    sessions = tuple(Open(pid=number, who="app", seconds=90.0) for number in range(7))

    assert findings(of_task(look=seen(tables=rows, unapplied=())), "tables")[-1].what == (
        "So it is with 2 more tables of the task all."
    )
    assert findings(of_database(verified=Verified(others=others)), "verified")[-1].what == (
        "So it is with 2 more tables: whether they are the same could not be judged."
    )
    assert findings(of_source(open=sessions), "transactions")[-1].what == "So have 2 more."


@pytest.mark.parametrize(
    ("pending", "at", "begins"),
    [
        (Pending(of_dms=False, resource="c", action="system-update"), AT, False),
        (Pending(of_dms=True, resource="c", action="a", opted="immediate"), AT, True),
        (Pending(of_dms=True, resource="c", action="a", at=AT + HOUR), AT, True),
        (Pending(of_dms=True, resource="c", action="a", at=AT + 2 * HOUR), AT, False),
        (Pending(of_dms=True, resource="c", action="a", opted="next-maintenance"), AT, False),
        (
            Pending(of_dms=True, resource="c", action="a", opted="next-maintenance"),
            AT.replace(day=29, hour=4),
            True,
        ),
        (
            Pending(of_dms=False, resource="c", action="a", opted="next-maintenance"),
            AT.replace(day=29, hour=4),
            False,
        ),
        (
            Pending(of_dms=False, resource="c", action="a", after=AT),
            AT.replace(day=29, hour=3),
            True,
        ),
        (
            Pending(of_dms=False, resource="c", action="a", after=AT + 96 * HOUR),
            AT.replace(day=29, hour=3),
            False,
        ),
    ],
)
def test_maintenance_that_begins_within_the_hour_is_blocked(
    pending: Pending, at: object, *, begins: bool
) -> None:
    found = findings(replace(ALL, at=at, pending=(pending,)), "maintenance")  # type: ignore[arg-type]  # a moment

    assert (Level.BLOCKED in {each.level for each in found}) is begins


def test_a_task_that_is_not_proved_by_a_marker_is_blocked() -> None:
    sight = of_task(task=UNMARKED, look=seen(task=UNMARKED, unapplied=()), lag=None)

    assert [each.level for each in findings(sight, "tables")] == [Level.BLOCKED]
    assert findings(sight, "lag") == [right("lag", "No task runs that could be behind.")]


def test_without_a_way_back_no_slot_is_made_in_aurora() -> None:
    sight = of_database(target=side("Aurora", may_make_slots=False))

    assert [it.level for it in findings(sight, "slots")] == [Level.RIGHT]


def test_a_connection_of_the_next_way_that_was_tested_is_right() -> None:
    sight = replace(ALL, connections=(Connection(side="Aurora", status="successful"),))

    assert findings(sight, "connections") == [
        right("connections", "DMS connects to Aurora for the next way.")
    ]


def test_a_way_back_that_is_deployed_is_right() -> None:
    sight = replace(ALL, environment=given(dms=ROLLBACK), carried_back=frozenset({"all"}))

    assert findings(sight, "way-back") == [
        right(
            "way-back",
            "The way back of the task all is deployed. Of no table it carries a TRUNCATE, or that the value "
            "of a key has changed.",
        )
    ]


ALWAYS = (
    (TableName("public", "Orders"), "id"),
    (TableName("elsewhere", "items"), "id"),
)


@pytest.mark.parametrize("carried_back", [frozenset(), frozenset({"all"}), UNKNOWN])
def test_what_the_source_would_refuse_on_the_way_back_is_blocked(
    carried_back: frozenset[str] | FerryError,
) -> None:
    sight = replace(of_source(always=ALWAYS), carried_back=carried_back)

    found = findings(sight, "identities")

    if carried_back != frozenset({"all"}):
        assert [each.level for each in found] == [Level.RIGHT]
        return
    assert found[0].what == (
        "Columns of app at the source refuse what is carried back, GENERATED ALWAYS AS IDENTITY: "
        "public.Orders.id."
    )
    assert found[0].remedy == (
        'At the source, for each: ALTER TABLE public."Orders" ALTER COLUMN id SET GENERATED BY DEFAULT;'
    )


@pytest.mark.parametrize(
    ("carried", "host", "found"),
    [
        (
            ("orders", "app"),
            "db.example.org",
            [Beside(environment="prod", database="app", journal="orders")],
        ),
        # its journal is in the same database: each sees the other's runs there
        (("app", "orders"), "db.example.org", []),
        (("orders", "shop"), "db.example.org", []),
        (("orders", "app"), "db.example.com", []),
    ],
)
def test_a_database_that_another_environment_carries_unseen_is_blocked(
    carried: tuple[str, str], host: str, found: list[Beside]
) -> None:
    databases = [{"source": name, "aurora": name} for name in carried]
    other = SimpleNamespace(
        name="prod",
        has_migration=True,
        migration=SimpleNamespace(source=SimpleNamespace(host=host, port=5432)),
        carried=[SimpleNamespace(**each) for each in databases],
    )
    alone: Any = SimpleNamespace(name="alone", has_migration=False)
    mine = given()
    others: list[Any] = [mine, other, alone]

    assert list(beside(mine, others)) == found
    (said,) = findings(replace(ALL, beside=tuple(found)), "shared-databases")
    assert said.level is (Level.BLOCKED if found else Level.RIGHT)
    if found:
        assert said.what == (
            "The environment prod carries the database app too, and writes its journal into orders; dev "
            "writes its own into app."
        )
    unread = replace(ALL, beside=UNKNOWN)
    assert [it.level for it in findings(unread, "shared-databases")] == [Level.WARNING]


FIRING = (
    (TableName("public", "Orders"), "TRIGGER", "always"),
    (TableName("public", "Orders"), "RULE", "Twice"),
    (TableName("elsewhere", "items"), "TRIGGER", "always"),
)


@pytest.mark.parametrize("carried_back", [frozenset(), frozenset({"all"}), UNKNOWN])
def test_what_reacts_at_the_source_to_what_is_carried_back_is_named(
    carried_back: frozenset[str] | FerryError,
) -> None:
    sight = replace(of_source(firing=FIRING), carried_back=carried_back)

    (found,) = findings(sight, "source-triggers")

    if carried_back != frozenset({"all"}):
        assert found.level is Level.RIGHT
        return
    assert found.level is Level.WARNING
    assert found.what == (
        "Triggers or rules of app at the source are set off by what is carried back, ENABLE ALWAYS or "
        "REPLICA: public.Orders.always, public.Orders.Twice."
    )
    assert found.remedy.endswith('ALTER TABLE public."Orders" ENABLE TRIGGER always;')


def test_the_ways_of_the_switch_are_named() -> None:
    dns = {"zone_id": "Z0123456789ABCDEFGHIJ", "name": "db.shop.example.org"}
    sight = replace(ALL, environment=given(dns=dns, hooks={"switch": ["./switch"]}))

    assert findings(sight, "switch")[0].what == (
        "The applications are switched by 1 secret, the record db.shop.example.org, hooks.switch."
    )
