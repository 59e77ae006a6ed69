"""Every state of a task and every situation, and what comes of it."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from ferry.mappings import TableName
from ferry.migrate.starting import (
    Connection,
    Facts,
    Marker,
    Nothing,
    Parent,
    Refusal,
    Start,
    StartType,
    Tables,
    Wish,
    after_stop,
    emptied,
    how,
    refusals,
    to_run,
)
from ferry.migrate.tasks import Counts, MigrationType, Settings
from ferry.own_tables.shape import Oddity
from tests.unit.ferry.migrate.tasks import mappings as made
from tests.unit.ferry.migrate.tasks import selects, task

DEV = Wish(environment="dev")
RELOAD = Wish(environment="dev", reload=True)
STARTED: dict[str, Any] = {"was_started": True}
LOADED: dict[str, Any] = {**STARTED, "counts": Counts(loaded=3)}
GONE = 'ERROR: replication slot "all_1" does not exist'
CHANGES: dict[str, Any] = {**STARTED, "migration_type": MigrationType.CHANGES}
DONE: dict[str, Any] = {
    **LOADED,
    "migration_type": MigrationType.LOAD,
    "stop_reason": "FULL_LOAD_ONLY_FINISHED",
}


def said(status: str, wish: Wish = DEV, **changes: Any) -> str:  # noqa: ANN401 - a task's members
    """The decision, in one line."""
    decided = how(task(status=status, **changes), wish)
    match decided:
        case Start():
            return decided.type.value + (f" ({decided.why})" if decided.why else "")
        case Nothing():
            return decided.why
        case Refusal():
            return f"{decided.what} {decided.remedy}"


PASSING = ["creating", "deleting", "modifying", "moving", "stopping", "testing"]


@pytest.mark.parametrize(
    ("status", "changes", "wish", "outcome"),
    [
        ("ready", {}, DEV, "start-replication"),
        ("ready", {}, RELOAD, "start-replication"),
        # DMS shows a task that was changed as ready, though it ran before.
        ("ready", LOADED, DEV, "resume-processing"),
        ("stopped", LOADED, DEV, "resume-processing"),
        ("stopped", LOADED, RELOAD, "reload-target"),
        (
            "stopped",
            {**LOADED, "stop_reason": "STOPPED_AFTER_FULL_LOAD"},
            DEV,
            "resume-processing",
        ),
        (
            "stopped",
            {**LOADED, "stop_reason": "STOPPED_AFTER_CACHED_EVENTS"},
            DEV,
            "resume-processing",
        ),
        ("stopped", DONE, DEV, "The task all has loaded its tables, and carries no changes."),
        ("stopped", DONE, RELOAD, "reload-target"),
        ("stopped", CHANGES, DEV, "resume-processing"),
        (
            "stopped",
            CHANGES,
            RELOAD,
            "The task all carries changes alone. Let it go on: ferry start dev --task all",
        ),
        (
            "failed",
            {**LOADED, "failure": "Out of memory."},
            DEV,
            "resume-processing (It had failed: Out of memory.)",
        ),
        (
            "failed",
            {**STARTED, "checkpoint": "checkpoint:V1#34#00000000/016B3748#0#0#*#0#0"},
            DEV,
            "resume-processing (It had failed.)",
        ),
        (
            "failed",
            {**STARTED, "failure": "No tables were found."},
            DEV,
            (
                "The task all has failed before it had loaded a table: No tables were found. Mend "
                "what it says, then load all its tables again: ferry start dev --task all --reload"
            ),
        ),
        (
            "failed",
            {
                **LOADED,
                "checkpoint": "checkpoint:V1#34#00000000/016B3748#0#0#*#0#0",
                "failure": GONE,
            },
            DEV,
            (
                f"The task all has failed: {GONE}. Load all its tables again: ferry start dev "
                "--task all --reload"
            ),
        ),
        (
            "failed",
            {
                **CHANGES,
                "checkpoint": "checkpoint:V1#34#00000000/016B3748#0#0#*#0#0",
                "failure": GONE,
            },
            DEV,
            (
                f"The task all has failed: {GONE}. Make a slot that holds what is missing, name it "
                "in source.slot_name, and its position in the task's cdc_start_position: cdktf "
                "deploy dev"
            ),
        ),
        ("failed", {**LOADED, "failure": GONE}, RELOAD, "reload-target"),
        ("running", LOADED, DEV, "The task all runs already."),
        (
            "running",
            LOADED,
            RELOAD,
            (
                "The task all runs. Stop it first: ferry stop dev --task all; for single tables: "
                "ferry reload dev TABLE"
            ),
        ),
        (
            "running",
            CHANGES,
            RELOAD,
            "The task all carries changes alone. Let it go on: ferry watch dev --task all",
        ),
        ("starting", STARTED, DEV, "The task all is starting already."),
        (
            "starting",
            STARTED,
            RELOAD,
            (
                "The task all is starting. Stop it first: ferry stop dev --task all; for single "
                "tables: ferry reload dev TABLE"
            ),
        ),
        (
            "failed-move",
            LOADED,
            DEV,
            "The task all is failed-move. See what happened to it: ferry check deployment dev",
        ),
        *(
            (
                passing,
                LOADED,
                wish,
                f"The task all is {passing}. In a moment: ferry start dev --task all{more}",
            )
            for passing in PASSING
            for wish, more in ((DEV, ""), (RELOAD, " --reload"))
        ),
    ],
)
def test_each_state_has_its_start_type_or_its_reason(
    status: str, changes: dict[str, Any], wish: Wish, outcome: str
) -> None:
    assert said(status, wish, **changes) == outcome


@pytest.mark.parametrize("status", ["ready", "stopped", "failed", "running", *PASSING])
@pytest.mark.parametrize("kind", MigrationType)
@pytest.mark.parametrize("failure", ["", GONE])
def test_nothing_is_loaded_again_unasked(status: str, kind: MigrationType, failure: str) -> None:
    decided = how(task(status=status, migration_type=kind, failure=failure, **LOADED), DEV)

    assert not isinstance(decided, Start) or decided.type is StartType.RESUME


@pytest.mark.parametrize(
    ("tasks", "following"),
    [
        ([{"status": "ready"}], ""),
        (
            [{"status": "stopped", **LOADED}],
            "before the source's disk is full of write-ahead logs: ferry start dev",
        ),
        (
            [{"status": "stopped", **LOADED}, {"status": "running", **LOADED}],
            "before the source's disk is full of write-ahead logs: ferry start dev --task a",
        ),
        (
            [{"status": "stopped", **LOADED, "migration_type": MigrationType.LOAD}],
            "ferry start dev",
        ),
        ([{"status": "stopped", **DONE}], ""),
        # It stopped before it had anything: whether it has a slot is seen at the source.
        ([{"status": "stopped", **STARTED}], "see from where they can go on: ferry status dev"),
        (
            [{"status": "failed", **LOADED, "failure": GONE}],
            "see from where they can go on: ferry status dev",
        ),
    ],
)
def test_what_comes_after_a_stop_is_what_a_start_takes(
    tasks: list[dict[str, Any]], following: str
) -> None:
    made_of = [task(name=name, **changes) for name, changes in zip("ab", tasks, strict=False)]

    assert after_stop(made_of, ["a"], "dev") == following


@pytest.mark.parametrize(
    ("changes", "typed"),
    [
        ({"status": "ready"}, "Start it: ferry start dev --task all"),
        ({"status": "stopped", **LOADED}, "Start it: ferry start dev --task all"),
        ({"status": "starting", **STARTED}, "See when it runs: ferry watch dev --task all"),
        (
            {"status": "stopped", **DONE},
            "Load all its tables again: ferry start dev --task all --reload",
        ),
        (
            {"status": "failed", **LOADED, "failure": GONE},
            "Load all its tables again: ferry start dev --task all --reload",
        ),
        ({"status": "modifying", **LOADED}, "In a moment: ferry start dev --task all"),
    ],
)
def test_a_task_that_has_to_run_is_started_where_a_start_takes_it(
    changes: dict[str, Any], typed: str
) -> None:
    assert to_run(task(**changes), DEV) == typed


def test_a_remedy_keeps_what_was_asked_for() -> None:
    wish = Wish(
        environment="dev",
        reload=True,
        into=frozenset({"public.b", "public.a c"}),
        despite_drift=True,
        despite_slot=True,
    )

    assert wish.typed(task()) == (
        "ferry start dev --task all --reload --despite-drift --despite-slot --into 'public.a c' "
        "--into public.b"
    )


# --- What else stands against a start

WORKING = (
    Connection(side="the source", status="successful"),
    Connection(side="Aurora", status="successful"),
)
THERE = (Marker(side="the source", exists=True), Marker(side="Aurora", exists=True))
ORDERS, ITEMS = TableName("public", "orders"), TableName("public", "items")


def against(
    facts: Facts,
    wish: Wish = DEV,
    kind: StartType = StartType.FIRST,
    **changes: Any,  # noqa: ANN401 - a task's members
) -> list[str]:
    """What stands against a start, a line each."""
    start = Start(task=task(**changes), type=kind)
    return [f"{it.check}: {it.what} {it.remedy}" for it in refusals(start, facts, wish)]


def test_nothing_stands_against_a_start_where_all_is_prepared() -> None:
    assert against(Facts(connections=WORKING, markers=THERE)) == []


def test_a_connection_that_fails_is_named_with_what_dms_says() -> None:
    failed = Connection(side="Aurora", status="failed", said="Timed out.")

    assert against(Facts(connections=(WORKING[0], failed), markers=THERE)) == [
        (
            "connection: DMS cannot connect to Aurora: Timed out. See what is wrong with it: "
            "ferry check deployment dev"
        )
    ]


def test_a_connection_whose_test_has_not_ended_is_not_known_to_be_wrong() -> None:
    testing = Connection(side="the source", status="testing")
    start = Start(task=task(), type=StartType.RESUME)

    (found,) = refusals(start, Facts(connections=(testing,), markers=THERE), DEV)

    assert found.unknown
    assert found.remedy == "Run this again: ferry start dev --task all"


@pytest.mark.parametrize(
    ("marker", "what"),
    [
        (
            Marker(side="Aurora", exists=False),
            "The marker ferry.fence_all is not there at Aurora.",
        ),
        (
            Marker(side="the source", exists=True, lacking=("SELECT",)),
            "DMS's user lacks SELECT on the marker ferry.fence_all at the source.",
        ),
    ],
)
def test_a_marker_that_dms_cannot_carry_names_prepare_databases(marker: Marker, what: str) -> None:
    assert against(Facts(connections=WORKING, markers=(marker,)), kind=StartType.RESUME) == [
        f"marker: {what} Make the markers and their grants: ferry prepare-databases dev"
    ]


def test_a_marker_that_is_at_neither_side_is_said_once() -> None:
    gone = tuple(Marker(side=it.side, exists=False) for it in THERE)

    assert against(Facts(connections=WORKING, markers=gone)) == [
        (
            "marker: The marker ferry.fence_all is not there at the source and at Aurora. Make the "
            "markers and their grants: ferry prepare-databases dev"
        )
    ]


def test_a_marker_that_is_another_table_says_what_to_do_with_it_first() -> None:
    odd = Oddity(what="is something else: id integer", remedy="Look whose it is, rename or drop it")
    marker = Marker(side="Aurora", exists=True, odd=odd, lacking=("SELECT",))

    assert against(Facts(connections=WORKING, markers=(marker,))) == [
        (
            "marker: ferry.fence_all at Aurora is something else: id integer. Look whose it is, rename "
            "or drop it; then: ferry prepare-databases dev"
        )
    ]


def test_a_task_that_does_not_carry_its_marker_is_to_be_deployed() -> None:
    mappings = made(selects("include", "public", "%"))

    assert against(Facts(connections=WORKING, markers=THERE), mappings=mappings) == [
        (
            "marker-carried: The task all does not carry its marker ferry.fence_all. Deploy it "
            "with its marker: cdktf deploy dev"
        )
    ]


FILLED = Facts(connections=WORKING, markers=THERE, tables=Tables(filled=(ITEMS, ORDERS)))
MISSING = Facts(connections=WORKING, markers=THERE, tables=Tables(missing=(ORDERS,)))
TRUNCATES = Settings(preparation="TRUNCATE_BEFORE_LOAD")
MAKES = Settings(preparation="DROP_AND_CREATE")


def test_tables_that_hold_rows_have_to_be_named() -> None:
    wish = Wish(environment="dev", into=frozenset({"public.items"}))

    assert against(FILLED, wish) == [
        (
            "target-filled: Aurora's public.orders hold rows already. See what they are. Where that "
            "is right: ferry start dev --task all --into public.items --into public.orders"
        )
    ]
    both = frozenset({"public.items", "public.orders"})
    assert against(FILLED, Wish(environment="dev", into=both)) == []


def test_tables_that_dms_would_empty_have_to_be_named_as_well() -> None:
    start = Start(task=task(settings=TRUNCATES), type=StartType.FIRST)

    (found,) = refusals(start, FILLED, DEV)

    assert found.why == "DMS would empty them before it loads."


def test_a_load_that_begins_again_finds_rows_and_says_how_to_empty_what_dms_does_not() -> None:
    assert against(FILLED, RELOAD, StartType.RELOAD, settings=TRUNCATES) == []
    (line,) = against(FILLED, RELOAD, StartType.RELOAD)
    assert line == (
        "target-filled: Aurora's public.items, public.orders hold rows. Empty them at Aurora: "
        'truncate table "public"."items", "public"."orders"; or keep their rows: ferry start dev '
        "--task all --reload --into public.items --into public.orders"
    )


def test_what_dms_drops_has_nothing_that_depends_on_it() -> None:
    tables = Tables(referring=((ITEMS, "of"),), depending=tuple(f"view v{n}" for n in range(7)))
    facts = Facts(connections=WORKING, markers=THERE, tables=tables)

    keys, others = against(facts, RELOAD, StartType.RELOAD, settings=MAKES)

    assert keys.startswith(
        "target-referred: Foreign keys of other tables refer to what is to be dropped at Aurora: of of "
        "public.items. Drop them in Aurora's database app: "
    )
    assert others == (
        "target-depended: Other things depend on what is to be dropped at Aurora: view v0, view v1, "
        'view v2, view v3, view v4 and 2 more. Set target_table_preparation_mode = "DO_NOTHING" for the task all in '
        "dev.toml, then: cdktf deploy dev; DMS leaves the tables as they are then, and what depends on "
        "them."
    )


@pytest.mark.parametrize("preparation", ["DO_NOTHING", "TRUNCATE_BEFORE_LOAD"])
def test_what_others_refer_to_cannot_be_emptied_before_their_keys_are_dropped(
    preparation: str,
) -> None:
    tables = Tables(filled=(ORDERS,), referring=((ITEMS, 'of "it"'),))
    facts = Facts(connections=WORKING, markers=THERE, tables=tables)
    found = against(facts, RELOAD, StartType.RELOAD, settings=Settings(preparation=preparation))

    assert found[0] == (
        "target-referred: Foreign keys of other tables refer to what is to be emptied at Aurora: "
        'of "it" of public.items. Drop them in Aurora\'s database app: ALTER TABLE "public"."items" '
        'DROP CONSTRAINT "of ""it"""; When the tables are loaded: ferry schema dev before-cutover; '
        "it makes the keys again."
    )
    assert ["truncate table" in it for it in found[1:]] == [True] * (preparation == "DO_NOTHING")


def test_what_is_emptied_together_is_what_one_statement_empties() -> None:
    both, filled = [ITEMS, ORDERS], [ORDERS, ITEMS]
    into = Wish(environment="dev", reload=True, into=frozenset({"public.items"}))

    assert emptied(task(settings=TRUNCATES), both, [], DEV) == [[ITEMS], [ORDERS]]
    assert emptied(task(settings=MAKES), both, [], DEV) == [[ITEMS], [ORDERS]]
    assert emptied(task(), both, filled, RELOAD) == [filled]
    assert emptied(task(), both, filled, into) == [[ORDERS]]
    assert emptied(task(), both, filled, DEV) == []


def test_tables_that_are_missing_name_the_schema_unless_dms_makes_them() -> None:
    assert against(MISSING) == [
        (
            "target-tables: Aurora lacks public.orders. Carry the schema first: ferry schema dev "
            "before-load"
        )
    ]
    assert against(MISSING, settings=MAKES) == []


def test_many_tables_are_named_by_the_first_and_a_number() -> None:
    tables = tuple(TableName("public", f"t{number}") for number in range(9))
    facts = Facts(connections=WORKING, markers=THERE, tables=Tables(missing=tables))

    (line,) = against(facts)

    assert "Aurora lacks public.t0, public.t1, public.t2, public.t3, public.t4 and 4 more" in line


@pytest.mark.parametrize(
    ("kind", "changes"),
    [(StartType.RESUME, {}), (StartType.FIRST, {"migration_type": MigrationType.CHANGES})],
)
def test_where_nothing_is_loaded_aurora_may_hold_rows(
    kind: StartType, changes: dict[str, Any]
) -> None:
    found = Tables(missing=(ITEMS,), filled=(ORDERS,))

    assert (
        against(Facts(connections=WORKING, markers=THERE, tables=found), kind=kind, **changes) == []
    )


def test_a_name_is_quoted_for_the_shell() -> None:
    odd = Tables(filled=(TableName("a b", "it's"),))

    (line,) = against(Facts(connections=WORKING, markers=THERE, tables=odd))
    line = line[line.index("ferry start") :]

    assert shlex.split(line)[-2:] == ["--into", "a b.it's"]


def test_what_the_schemas_differ_in_stands_against_a_start() -> None:
    drift = Refusal(check="drift", task="all", what="They differ.", why="", remedy="Mend it.")

    assert against(Facts(connections=WORKING, markers=THERE, drift=(drift,))) == [
        "drift: They differ. Mend it."
    ]


def test_what_the_schema_lacks_is_said_once_where_its_tables_are_missing() -> None:
    drift = tuple(
        Refusal(check=check, task="all", what=f"{check}.", why="", remedy="Mend it.")
        for check in ("schema-missing", "schema-early")
    )
    lacks = Facts(connections=WORKING, markers=THERE, tables=Tables(missing=(ORDERS,)), drift=drift)

    assert [it.partition(":")[0] for it in against(lacks)] == ["target-tables", "schema-early"]
    made = against(lacks, settings=MAKES)
    assert [it.partition(":")[0] for it in made] == ["schema-missing", "schema-early"]


LEAVE_IT_OUT = (
    "The line that leaves it out of the task: ferry check source dev; then: cdktf deploy dev"
)
WRITE_IT = (
    "Leave the parents out of the file: ferry suggest tasks dev --write; then: cdktf deploy dev"
)
ROOT = Parent(name=TableName("public", "events"), partitioned=True)
BOTH = Parent(name=ROOT.name, partitioned=True, carried=(TableName("public", "events_1"),))
HEIRS = Parent(name=ROOT.name, partitioned=False)


@pytest.mark.parametrize(
    ("parent", "kind", "migration_type", "what"),
    [
        (BOTH, StartType.FIRST, MigrationType.LOAD, "partitioned tables and their partitions"),
        (BOTH, StartType.RELOAD, MigrationType.LOAD, "partitioned tables and their partitions"),
        (BOTH, StartType.RESUME, MigrationType.LOAD_AND_CHANGES, ""),
        (ROOT, StartType.FIRST, MigrationType.LOAD, ""),
        (
            ROOT,
            StartType.RESUME,
            MigrationType.LOAD_AND_CHANGES,
            "partitioned tables without their partitions",
        ),
        (
            ROOT,
            StartType.FIRST,
            MigrationType.CHANGES,
            "partitioned tables without their partitions",
        ),
        (HEIRS, StartType.FIRST, MigrationType.LOAD, "tables that others inherit from"),
        (HEIRS, StartType.RESUME, MigrationType.LOAD_AND_CHANGES, ""),
    ],
)
def test_what_would_be_loaded_twice_or_not_be_carried_on_is_refused(
    parent: Parent, kind: StartType, migration_type: MigrationType, what: str
) -> None:
    facts = Facts(connections=WORKING, markers=THERE, parents=(parent,))
    found = against(facts, kind=kind, migration_type=migration_type)

    remedy = WRITE_IT if parent is BOTH else LEAVE_IT_OUT
    assert found == (
        [f"parents: The task all carries {what}: public.events. {remedy}"] if what else []
    )
