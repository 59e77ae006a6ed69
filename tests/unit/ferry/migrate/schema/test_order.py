"""What a phase does, decided from both ends; no server is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ferry.findings import Level
from ferry.migrate.schema.archive import Entry
from ferry.migrate.schema.drift import drift
from ferry.migrate.schema.given import Given
from ferry.migrate.schema.order import STOPS, orders
from ferry.migrate.schema.phases import Phase
from ferry.migrate.schema.sides import Grant, Role, Side

SOURCE = Side(
    version=150018,
    user="postgres",
    is_superuser=True,
    database="app",
    owner="postgres",
    roles=(Role(name="postgres", is_first=True), Role(name="ada"), Role(name="bob")),
)
AURORA = replace(
    SOURCE,
    user="master",
    is_superuser=False,
    owner="master",
    roles=(Role(name="master"), Role(name="ada"), Role(name="bob")),
    remembers_access=True,
    grants=(Grant("master", "CONNECT"),),
)


def entry(number: int, kind: str, name: str, sql: str, **more: object) -> Entry:
    made = Entry(number=number, oid=number, kind=kind, schema="s", name=name, sql=sql)
    return made._replace(**more)  # type: ignore[arg-type]


TABLE = entry(1, "TABLE", "a", "CREATE TABLE s.a (\n    id integer NOT NULL,\n    b text\n);")
IDENTITY = entry(
    2,
    "SEQUENCE",
    "a_id_seq",
    "ALTER TABLE s.a ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (\n    START WITH 1\n);",
    needs=(1,),
)
FOREIGN = entry(
    3,
    "FK CONSTRAINT",
    "a f",
    "ALTER TABLE ONLY s.a\n    ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES s.b(id);",
    needs=(1,),
)


def given(*wanted: Entry, there: tuple[Entry, ...] = (), target: Side = AURORA) -> Given:
    return Given(source=SOURCE, target=target, wanted=wanted, there=there, keepers=("master",))


def sql(phase: Phase, of: Given) -> list[str]:
    return [step.sql for step in orders(phase, of).steps]


def test_identity_is_by_default_until_the_window() -> None:
    before = IDENTITY.sql.replace("ALWAYS", "BY DEFAULT")

    assert sql(Phase.BEFORE_LOAD, given(TABLE, IDENTITY))[1] == before
    there = (TABLE, IDENTITY._replace(sql=before))
    assert sql(Phase.CUTOVER, given(TABLE, IDENTITY, there=there)) == [
        "ALTER TABLE s.a ALTER COLUMN id SET GENERATED ALWAYS;"
    ]
    assert sql(Phase.CUTOVER, given(TABLE, IDENTITY, there=(TABLE, IDENTITY))) == []


def test_a_foreign_key_is_made_first_and_checked_then() -> None:
    made = FOREIGN.sql.removesuffix(";") + " NOT VALID;"
    check = "ALTER TABLE s.a VALIDATE CONSTRAINT f;"

    assert sql(Phase.BEFORE_CUTOVER, given(TABLE, FOREIGN, there=(TABLE,))) == [made, check]
    half = (TABLE, FOREIGN._replace(sql=made))
    assert sql(Phase.BEFORE_CUTOVER, given(TABLE, FOREIGN, there=half)) == [check]
    (found,) = drift(Phase.BEFORE_CUTOVER, given(TABLE, FOREIGN, there=half))
    assert found.what == "FK CONSTRAINT s.a f is at Aurora, and is another."


def test_a_name_may_have_several_lines() -> None:
    odd = FOREIGN._replace(
        sql=FOREIGN.sql.replace("s.a\n", '"s"."a\n"\n').replace(" f ", ' "f\n" ')
    )

    (_, check) = orders(Phase.BEFORE_CUTOVER, given(TABLE, odd, there=(TABLE,))).steps

    assert check.sql == 'ALTER TABLE "s"."a\n" VALIDATE CONSTRAINT "f\n";'
    assert check.constraint == ("s", "a\n", "f\n")


def test_one_that_was_never_valid_is_not_checked() -> None:
    never = FOREIGN._replace(sql=FOREIGN.sql.removesuffix(";") + " NOT VALID;")

    assert sql(Phase.BEFORE_CUTOVER, given(TABLE, never, there=(TABLE,))) == [never.sql]


def test_that_of_a_partitioned_table_is_made_in_one_piece() -> None:
    whole = FOREIGN._replace(sql=FOREIGN.sql.replace("ONLY ", ""))

    (step,) = orders(Phase.BEFORE_CUTOVER, given(TABLE, whole, there=(TABLE,))).steps

    assert step.sql == whole.sql
    assert step.rows_checked
    assert step.constraint == ("s", "a", "f")


def test_an_owner_comes_with_the_object_where_aurora_has_the_role() -> None:
    owned = TABLE._replace(owner="ada", owner_sql="ALTER TABLE s.a OWNER TO ada;")
    firsts = TABLE._replace(owner="postgres", owner_sql="ALTER TABLE s.a OWNER TO postgres;")

    assert sql(Phase.BEFORE_LOAD, given(owned))[-1] == f"{TABLE.sql}\nALTER TABLE s.a OWNER TO ada;"
    assert sql(Phase.BEFORE_LOAD, given(firsts)) == [TABLE.sql]


def test_another_owner_at_aurora_is_told() -> None:
    owned = TABLE._replace(owner="ada", owner_sql="ALTER TABLE s.a OWNER TO ada;")

    (found,) = orders(
        Phase.BEFORE_LOAD, given(owned, there=(owned._replace(owner="bob"),))
    ).findings

    assert found.level is Level.WARNING
    assert found.why == "it is owned by bob, not by ada."


@pytest.mark.parametrize(
    ("wanted", "made"),
    [
        ("GRANT SELECT ON TABLE s.a TO ada;", True),
        ("GRANT SELECT ON TABLE s.a TO ada WITH GRANT OPTION;", True),
        ("REVOKE ALL ON TABLE s.a FROM PUBLIC;", True),
        ("GRANT SELECT ON TABLE s.a TO postgres;", False),
        ("SET SESSION AUTHORIZATION ada;", False),
        ("ALTER DEFAULT PRIVILEGES FOR ROLE ada IN SCHEMA s GRANT SELECT ON TABLES  TO bob;", True),
        ("ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT SELECT ON TABLES  TO bob;", False),
        ("GRANT SELECT ON TABLE s.a TO pg_monitor;", True),
    ],
)
def test_grants_of_and_to_roles_that_aurora_has_are_made(wanted: str, made: bool) -> None:  # noqa: FBT001
    acl = entry(5, "ACL", "TABLE a", wanted, needs=(1,))

    assert sql(Phase.BEFORE_LOAD, given(TABLE, acl, there=(TABLE,))) == ([wanted] if made else [])


def test_a_name_that_holds_a_statement_is_a_name() -> None:
    evil = 'GRANT SELECT ON TABLE s."x\nGRANT ALL ON TABLE s.a TO bob;\n" TO ada;'
    acl = entry(5, "ACL", "TABLE x", evil, needs=(1,))
    left = acl._replace(sql=evil.replace("ada", "postgres"))

    assert sql(Phase.BEFORE_LOAD, given(TABLE, acl, there=(TABLE,))) == [evil]
    assert sql(Phase.BEFORE_LOAD, given(TABLE, left, there=(TABLE,))) == []


def test_grants_that_are_not_made_as_they_are_are_said() -> None:
    acl = entry(
        5,
        "ACL",
        "TABLE a",
        "GRANT ALL ON TABLE s.a TO rdsadmin;\nREVOKE ALL ON TABLE s.a FROM rdsadmin;\n"
        "SET SESSION AUTHORIZATION ada;\nGRANT SELECT ON TABLE s.a TO bob;\n"
        "RESET SESSION AUTHORIZATION;\nGRANT SELECT ON TABLE s.a TO ADA;",
        needs=(1,),
    )

    assert orders(Phase.BEFORE_LOAD, given(TABLE, acl)).said == (
        (
            "Not made at Aurora, because they are the server's own: postgres. What they own is the "
            "operator's there."
        ),
        "Grants of or to roles that are not made at Aurora are left out: rdsadmin (2).",
        "Grants that somebody else than the owner made are the owner's: ACL s.TABLE a.",
        "Grants that ferry cannot read are left out, make them by hand: ACL s.TABLE a.",
    )


def test_grants_that_are_there_are_left_with_what_aurora_has_beside_them() -> None:
    wanted = "GRANT SELECT ON TABLE s.a TO ada;"
    acl = entry(5, "ACL", "TABLE a", wanted, needs=(1,))
    more = acl._replace(sql=f"{wanted}\nGRANT ALL ON TABLE s.a TO dms;")
    less = acl._replace(sql="GRANT ALL ON TABLE s.a TO dms;")

    assert sql(Phase.BEFORE_LOAD, given(TABLE, acl, there=(TABLE, more))) == []
    assert sql(Phase.BEFORE_LOAD, given(TABLE, acl, there=(TABLE, less))) == [wanted]
    (right,) = drift(Phase.BEFORE_LOAD, given(TABLE, acl, there=(TABLE, more)))
    assert right.level is Level.RIGHT


@pytest.mark.parametrize(
    ("cannot_create", "around"),
    [
        ({}, ("", "")),
        (
            {("s", "ada"): False},
            ('GRANT CREATE ON SCHEMA "s" TO "ada";\n', '\nREVOKE CREATE ON SCHEMA "s" FROM "ada";'),
        ),
        ({("s", "ada"): True}, ('GRANT CREATE ON SCHEMA "s" TO "ada";\n', "")),
        ({("s", "bob"): False}, ("", "")),
    ],
)
def test_an_owner_is_let_into_a_schema_in_the_statement_that_needs_it(
    cannot_create: dict[tuple[str, str], bool], around: tuple[str, str]
) -> None:
    owned = TABLE._replace(owner="ada", owner_sql="ALTER TABLE s.a OWNER TO ada;")
    source = replace(SOURCE, cannot_create=cannot_create)

    made = sql(Phase.BEFORE_LOAD, replace(given(owned), source=source))

    assert f"{around[0]}{TABLE.sql}\n{owned.owner_sql}{around[1]}" in made


def operator(number: int, of: str) -> Entry:
    made = (
        f"CREATE OPERATOR s.=== (\n    FUNCTION = f,\n    LEFTARG = {of},\n    RIGHTARG = {of}\n);"
    )
    return entry(number, "OPERATOR", "===", made)


def defaults(number: int, owner: str) -> Entry:
    made = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA s GRANT ALL ON TABLES  TO ada;"
    return entry(number, "DEFAULT ACL", "DEFAULT PRIVILEGES FOR TABLES", made, owner=owner)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (operator(1, "integer"), operator(2, "text")),
        (defaults(1, "ada"), defaults(2, "bob")),
    ],
)
def test_what_pg_dump_lists_by_one_name_is_told_apart(one: Entry, other: Entry) -> None:
    half = given(one, other, there=(one,))
    whole = given(one, other, there=(one, other))

    made = {one.sql, other.sql}
    assert [each for each in sql(Phase.BEFORE_LOAD, half) if each in made] == [other.sql]
    assert not made.intersection(sql(Phase.BEFORE_LOAD, whole))
    assert orders(Phase.BEFORE_LOAD, whole).findings == ()
    assert one.label != other.label


@pytest.mark.parametrize(
    ("changed", "check", "what"),
    [
        ({"version": 160004}, "schema-version", "The source runs PostgreSQL 16, Aurora 15."),
        (
            {"encoding": "LATIN1"},
            "schema-encoding",
            "The source's database is LATIN1, Aurora's UTF8.",
        ),
        (
            {"collate": "de_DE"},
            "schema-collation",
            "The source's database sorts as de_DE, Aurora's as C.",
        ),
    ],
)
def test_a_database_that_takes_the_source_otherwise_is_told(
    changed: dict[str, object], check: str, what: str
) -> None:
    source = replace(SOURCE, **changed)  # type: ignore[arg-type]

    (found,) = orders(Phase.BEFORE_LOAD, replace(given(TABLE), source=source)).findings

    assert (found.check, found.what) == (check, what)
    assert (found.level is Level.BLOCKED) == (check in STOPS)


@pytest.mark.parametrize(("acts_as", "blocks"), [((), True), (("somebody",), False)])
def test_an_operator_that_does_not_own_auroras_database_can_do_nothing(
    acts_as: tuple[str, ...],
    blocks: bool,  # noqa: FBT001 - a parameter of pytest's
) -> None:
    target = replace(AURORA, owner="somebody", acts_as=frozenset(acts_as))

    found = orders(Phase.BEFORE_LOAD, given(TABLE, target=target)).findings

    assert [(each.what, each.remedy) for each in found if each.check in STOPS] == (
        [
            (
                "master neither owns Aurora's database app nor is a member of somebody, who does.",
                (
                    'As somebody: GRANT "somebody" TO "master"; or sign in as that: ferry secret operator '
                    "ENV target"
                ),
            )
        ]
        if blocks
        else []
    )


def test_between_releases_views_are_written_in_other_words_and_tables_compared() -> None:
    view = entry(6, "VIEW", "v", "CREATE VIEW s.v AS\n SELECT a.id\n   FROM s.a;", needs=(1,))
    there = (
        TABLE._replace(sql="CREATE TABLE s.a (\n);"),
        view._replace(sql="CREATE VIEW s.v AS ..."),
    )
    newer = replace(AURORA, version=160004)

    same = orders(Phase.BEFORE_LOAD, given(TABLE, view, there=there)).findings
    other = orders(Phase.BEFORE_LOAD, given(TABLE, view, there=there, target=newer)).findings

    assert [each.level for each in same] == [Level.BLOCKED, Level.WARNING]
    assert [each.what for each in other] == ["TABLE s.a is at Aurora, and is another."]


def test_a_kind_that_is_not_known_stops_all_and_is_named() -> None:
    graph = entry(7, "PROPERTY GRAPH", "g", "CREATE PROPERTY GRAPH s.g;")

    (found,) = orders(Phase.BEFORE_LOAD, given(graph)).findings

    assert found.level is Level.UNJUDGED
    assert found.check in STOPS
    assert found.what == "What to do with PROPERTY GRAPH s.g could not be judged."
    assert sql(Phase.BEFORE_LOAD, given(graph)) == []


def test_a_table_that_needs_what_is_not_carried_stops_all() -> None:
    box = entry(8, "SHELL TYPE", "box", "CREATE TYPE s.box;")

    (found,) = orders(Phase.BEFORE_LOAD, given(box, TABLE._replace(needs=(8,)))).findings

    assert found.level is Level.BLOCKED
    assert found.what == "Not carried: TABLE s.a."
    assert found.why == "it needs SHELL TYPE s.box, which is not carried."


def test_drift_tells_what_is_missing_by_phase_and_what_aurora_alone_has() -> None:
    more = entry(9, "TRIGGER", "a t", "CREATE TRIGGER t ...;")
    control = entry(10, "TABLE", "awsdms_status", "CREATE TABLE ...;")
    of_dms = entry(11, "TABLE", "x", "CREATE TABLE ...;", schema="control")

    of = given(TABLE, FOREIGN, there=(more, control, of_dms))
    found = drift(Phase.BEFORE_CUTOVER, replace(of, control_schemas=("control",)))

    assert [(each.level, each.what, each.remedy) for each in found] == [
        (
            Level.BLOCKED,
            "Missing at Aurora: TABLE s.a.",
            "Carry it: ferry schema ENV before-load",
        ),
        (
            Level.BLOCKED,
            "Missing at Aurora: FK CONSTRAINT s.a f.",
            "Carry it: ferry schema ENV before-cutover",
        ),
        (
            Level.WARNING,
            "Only at Aurora: TRIGGER s.a t.",
            "Drop it at Aurora, unless it is meant.",
        ),
    ]


@pytest.mark.parametrize(
    ("kind", "reached", "level"),
    [
        ("VIEW", Phase.BEFORE_LOAD, Level.WARNING),
        ("VIEW", Phase.BEFORE_CUTOVER, Level.BLOCKED),
        ("COMMENT", Phase.BEFORE_CUTOVER, Level.WARNING),
        ("TABLE", Phase.BEFORE_LOAD, Level.BLOCKED),
    ],
)
def test_up_to_the_cutover_only_what_dms_writes_into_is_grave(
    kind: str, reached: Phase, level: Level
) -> None:
    missing = entry(1, kind, "x", "CREATE ...;")
    other = missing._replace(sql="CREATE OR ...;")

    assert [each.level for each in drift(reached, given(missing))] == [level]
    assert [each.level for each in drift(reached, given(missing, there=(other,)))] == [level]


def test_an_order_of_columns_alone_is_a_difference_too() -> None:
    turned = TABLE._replace(sql="CREATE TABLE s.a (\n    b text,\n    id integer NOT NULL\n);")

    (found,) = orders(Phase.BEFORE_LOAD, given(TABLE, there=(turned,))).findings

    assert found.why == "its parts stand in another order."


def test_dms_gets_the_schemas_of_its_own_tables() -> None:
    of = replace(given(), keepers=("dms", "master"), control_schemas=("awsdms_control", "public"))
    made = entry(1, "SCHEMA", "awsdms_control", "CREATE SCHEMA awsdms_control;", schema="")
    wanted = (
        'CREATE SCHEMA "awsdms_control";\nGRANT USAGE, CREATE ON SCHEMA "awsdms_control" TO "dms";'
    )

    assert wanted in sql(Phase.BEFORE_LOAD, of)
    assert wanted not in sql(Phase.BEFORE_LOAD, replace(of, there=(made,)))


def test_tables_that_were_never_analyzed_are() -> None:
    target = replace(AURORA, never_analyzed=("s.a", 's."B"'))

    assert sql(Phase.AFTER_LOAD, given(TABLE, there=(TABLE,), target=target)) == [
        "ANALYZE s.a;",
        'ANALYZE s."B";',
    ]


UNIQUE = entry(20, "CONSTRAINT", "a u", "ALTER TABLE ONLY s.a\n    ADD CONSTRAINT u UNIQUE (n, m);")
CHECK = entry(
    21, "CHECK CONSTRAINT", "a c", "ALTER TABLE s.a\n    ADD CONSTRAINT c CHECK ((n > 0));"
)


@pytest.mark.parametrize(
    ("ours", "changed", "level"),
    [(UNIQUE, ("(n, m)", "(n)"), Level.BLOCKED), (CHECK, ("> 0", "> 9"), Level.WARNING)],
)
def test_what_is_made_later_is_compared_where_it_is_there(
    ours: Entry, changed: tuple[str, str], level: Level
) -> None:
    theirs = ours._replace(sql=ours.sql.replace(*changed))

    (found,) = drift(Phase.BEFORE_LOAD, given(TABLE, ours, there=(TABLE, theirs)))

    assert (found.check, found.level) == ("schema-differs", level)


def test_what_is_made_later_is_not_missed_before_and_may_be_half_made() -> None:
    half = FOREIGN._replace(sql=FOREIGN.sql.removesuffix(";") + " NOT VALID;")

    for there in ((TABLE,), (TABLE, half)):
        (found,) = drift(Phase.BEFORE_LOAD, given(TABLE, FOREIGN, there=there))
        assert found.check == "schema-drift"


def test_what_is_of_the_window_is_too_early_while_dms_writes() -> None:
    always = entry(
        22,
        "TRIGGER",
        "a t",
        "CREATE TRIGGER t ...;\n\nALTER TABLE s.a ENABLE ALWAYS TRIGGER t;",
    )
    both = given(TABLE, always, there=(TABLE, always))

    (early,) = drift(Phase.BEFORE_LOAD, both)
    (late,) = drift(Phase.CUTOVER, both)

    assert (early.check, early.level) == ("schema-early", Level.BLOCKED)
    assert early.what == "At Aurora already: TRIGGER s.a t."
    assert late.check == "schema-drift"


def test_each_earlier_phase_is_named_with_what_it_makes() -> None:
    kind = entry(30, "TYPE", "mood", "CREATE TYPE s.mood AS ENUM (\n    'glad'\n);")
    index = entry(31, "INDEX", "a_b", "CREATE INDEX a_b ON s.a USING btree (b);", needs=(1,))
    found = orders(Phase.BEFORE_CUTOVER, given(kind, TABLE, index, there=(TABLE,))).findings

    assert [(it.level, it.what, it.remedy) for it in found if it.check == "schema-order"] == [
        (
            Level.BLOCKED,
            f"Missing at Aurora: {each.label}.",
            f"Carry it first: ferry schema ENV {phase}",
        )
        for each, phase in ((kind, "before-load"), (index, "after-load"))
    ]
