"""What a phase does with one database: from what both sides hold to steps and findings. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ferry.findings import blocked, not_judged, warning
from ferry.migrate.schema import access, roles
from ferry.migrate.schema.comparing import ALWAYS, GRAVE, differs, expected, nullable
from ferry.migrate.schema.grants import GRANTS, makers, of_grants
from ferry.migrate.schema.names import NAME, quoted, shown, statements, unquoted
from ferry.migrate.schema.phases import KINDS, OF_EXTENSION, Phase
from ferry.migrate.schema.steps import Orders, Step

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from ferry.findings import Finding
    from ferry.migrate.schema.archive import Entry
    from ferry.migrate.schema.given import Given
    from ferry.migrate.schema.phases import Placed

_CONSTRAINT: Final = re.compile(
    rf"\AALTER TABLE (ONLY )?({NAME}\.{NAME})\n    ADD CONSTRAINT ({NAME}) "
)
_NOT_VALID: Final = " NOT VALID;"
_SECURED: Final = " ENABLE ROW LEVEL SECURITY;"
_FIRES: Final = re.compile(
    rf"^ALTER TABLE (?:ONLY )?(?P<table>{NAME}\.{NAME}) ENABLE (?:ALWAYS|REPLICA) "
    rf"(?P<kind>TRIGGER|RULE) (?P<name>{NAME});$",
    re.MULTILINE,
)
_MAKES_MORE: Final = frozenset({"CONSTRAINT", "INDEX", "SEQUENCE"})
"""What makes an object in a schema and has no owner of its own."""

_CHECKED_ROWS: Final = frozenset({"INDEX", "CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT"})
STOPS: Final = frozenset(
    {
        "schema-access",
        "schema-circle",
        "schema-kind",
        "schema-left",
        "schema-order",
        "schema-renamed",
        "schema-unprepared",
        "schema-version",
    }
)
"""The findings with which nothing is done, but where they warn: what would be made is of no use then."""


def orders(phase: Phase, given: Given) -> Orders:
    """What a phase does.

    Args:
        phase: The phase.
        given: What is known of both ends.
    """
    placed = given.placed
    parts = [_of_left(placed)] if phase is Phase.BEFORE_LOAD else []
    if phase is Phase.BEFORE_LOAD:
        owners = [each.entry.owner for each in placed if each.phase]
        owners += makers(placed)
        parts.append(roles.roles(given.source, given.target, owners, writers=given.keepers))
        parts.append(Orders(steps=roles.settings_here(given.source, given.target)))
        parts.append(of_grants(placed, roles.carried(given.source)))
        parts.append(_of_database(given))
    else:
        parts.append(_of_earlier(phase, placed, given))
    parts.append(_of_entries(phase, placed, given))
    if phase is Phase.BEFORE_LOAD:
        parts.append(_of_control(given))
        parts.append(
            access.close(given.source, given.target, given.keepers, environment=given.environment)
        )
    if phase is Phase.AFTER_LOAD:
        parts.append(_of_statistics(given))
    if phase is Phase.BEFORE_CUTOVER:
        parts.append(_of_window(placed, given))
    return Orders(
        steps=tuple(step for part in parts for step in part.steps),
        findings=tuple(finding for part in parts for finding in part.findings),
        said=tuple(line for part in parts for line in part.said),
        there=sum(part.there for part in parts),
    )


def _of_left(placed: Sequence[Placed]) -> Orders:
    """What is not carried: said once a reason; what a migration needs stops it."""
    findings: list[Finding] = []
    reasons: dict[str, list[Placed]] = {}
    for each in placed:
        if each.phase is None and not each.quiet:
            reasons.setdefault(each.why, []).append(each)
    said = []
    for why, those in reasons.items():
        labels = shown([each.entry.label for each in those])
        if why == OF_EXTENSION:
            findings.append(
                warning(
                    "schema-extension",
                    f"Not carried: {labels}.",
                    why=f"{why}: after CREATE EXTENSION it is as the extension makes it.",
                    remedy="Grant or revoke it at Aurora by hand, where Aurora lets you.",
                )
            )
            continue
        unknown = [each for each in those if each.entry.kind not in KINDS]
        grave = [each for each in those if each.matters]
        if unknown:
            findings.append(
                not_judged(
                    "schema-kind",
                    f"What to do with {labels}",
                    why=f"{why}: pg_dump is newer than ferry knows.",
                    remedy="Take pg_dump of the release of Aurora, or make it at Aurora by hand.",
                )
            )
        elif grave:
            findings.append(
                blocked(
                    "schema-left",
                    f"Not carried: {shown([each.entry.label for each in grave])}.",
                    why=f"{why}.",
                    remedy="Change it at the source first, so that it does without.",
                )
            )
        else:
            said.append(f"Not carried: {labels}: {why}.")
    return Orders(findings=tuple(findings), said=tuple(said))


def _of_database(given: Given) -> Orders:
    """Whether Aurora's database is the operator's, and takes the source's texts as they are."""
    source, target = given.source, given.target
    findings = []
    if not target.is_superuser and target.owner not in target.acts_as | {target.user}:
        findings.append(
            blocked(
                "schema-access",
                f"{target.user} neither owns Aurora's database {target.database} nor is a member of "
                f"{target.owner}, who does.",
                why="It may make nothing in schema public and no schema, and cannot close the database.",
                remedy=f"As {target.owner}: GRANT {quoted(target.owner)} TO {quoted(target.user)}; or sign "
                f"in as that: ferry secret operator {given.environment} target",
            )
        )
    if source.release > target.release:
        findings.append(
            blocked(
                "schema-version",
                f"The source runs PostgreSQL {source.release}, Aurora {target.release}.",
                why="What a newer release writes an older one may not read.",
                remedy=f"Set aurora.engine_version to one of {source.release} or later.",
            )
        )
    if source.encoding != target.encoding:
        findings.append(
            warning(
                "schema-encoding",
                f"The source's database is {source.encoding}, Aurora's {target.encoding}.",
                why="Texts take other room there, and some may have no sign there.",
                remedy="Look at varchar lengths, and rehearse the load.",
            )
        )
    if (source.collate, source.ctype) != (target.collate, target.ctype):
        findings.append(
            warning(
                "schema-collation",
                f"The source's database sorts as {source.collate}, Aurora's as {target.collate}.",
                why="ORDER BY and ranges of texts give other rows there.",
                remedy="Name collations in the queries that depend on it, or make Aurora's database anew.",
            )
        )
    return Orders(findings=tuple(findings))


def _of_earlier(phase: Phase, placed: Sequence[Placed], given: Given) -> Orders:
    """Whether the earlier phases were done."""
    there = {each.key for each in given.there}
    names = roles.carried(given.source)
    missing = [
        each
        for each in placed
        if each.phase and each.phase.place < phase.place
        and each.entry.kind not in GRANTS and each.entry.key not in there
        and expected(each.entry, names=names)
    ]  # fmt: skip
    tell = blocked if any(each.entry.kind in GRAVE for each in missing) else warning
    return Orders(
        findings=tuple(
            tell(
                "schema-order",
                f"Missing at Aurora: {shown(labels)}.",
                why=f"The phase {earlier} makes it, and the source may have got it since.",
                remedy=f"Carry it first: ferry schema {given.environment} {earlier}",
            )
            for earlier in Phase
            if (labels := [each.entry.label for each in missing if each.phase is earlier])
        ),
    )


def _of_control(given: Given) -> Orders:
    """The schemas of DMS's own tables, in which DMS makes these.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html
    """
    there = {each.name for each in given.there if each.kind == "SCHEMA"} | {"public"}
    others = [role for role in dict.fromkeys(given.keepers) if role != given.target.user]
    return Orders(
        steps=tuple(
            Step(
                what=f"SCHEMA {schema}, for DMS's own tables",
                sql="\n".join(
                    [
                        f"CREATE SCHEMA {quoted(schema)};",
                        *(
                            f"GRANT USAGE, CREATE ON SCHEMA {quoted(schema)} TO {quoted(role)};"
                            for role in others
                        ),
                    ]
                ),
            )
            for schema in given.control_schemas
            if schema not in there
        )
    )


def _of_statistics(given: Given) -> Orders:
    """ANALYZE, last: foreign keys are validated by plans, and queries are made by them."""
    return Orders(
        steps=tuple(
            Step(what=f"ANALYZE {table}", sql=f"ANALYZE {table};", rows_checked=True)
            for table in given.target.never_analyzed
        )
    )


def _of_window(placed: Sequence[Placed], given: Given) -> Orders:
    """What is left for the window, said."""
    there = {each.key: each for each in given.there}
    said = [
        f"Left for the window: {each.entry.label}: {each.why}."
        for each in placed
        if each.phase is Phase.CUTOVER and each.entry.key not in there
    ]
    for each in placed:
        target = there.get(each.entry.key) if each.phase else None
        if target is not None and (loose := nullable(each.entry, target)):
            said.append(f"Left for the window: NOT NULL of {shown(loose)} in {each.entry.label}.")
    always = [each.entry.label for each in placed if each.phase and ALWAYS.match(each.entry.sql)]
    if always:
        said.append(
            f"Left for the window: GENERATED ALWAYS of {shown(always)}: until then these are BY "
            "DEFAULT, because DMS's inserts would be refused (428C9)."
        )
    return Orders(said=tuple(said))


def _of_entries(phase: Phase, placed: Sequence[Placed], given: Given) -> Orders:
    names = roles.carried(given.source)
    there = {each.key: each for each in given.there}
    steps: list[Step] = []
    findings: list[Finding] = []
    kept = 0
    for each in _schemas_first(placed):
        entry, target = each.entry, there.get(each.entry.key)
        if phase is Phase.CUTOVER and each.phase and target:
            steps.extend(_identity(entry, target))
            steps.extend(_filled(entry, target))
        if each.phase is not phase:
            continue
        made = list(_steps(entry, target, names, given.source.cannot_create))
        differing = None if made or target is None else differs(entry, target, names, given)
        if phase is Phase.CUTOVER:
            made = [replace(step, undo=_undo(entry)) for step in made]
        steps.extend(made)
        if differing:
            findings.append(differing)
        elif not made and expected(entry, names=names):
            kept += 1
    return Orders(steps=tuple(steps), findings=tuple(findings), there=kept)


def _schemas_first(placed: Sequence[Placed]) -> list[Placed]:
    """Schemas, then who may do what in them, then the rest: an owner has to be let into a schema."""

    def rank(each: Placed) -> int:
        if each.entry.kind == "SCHEMA":
            return 0
        if each.entry.kind == "ACL" and each.entry.name.startswith("SCHEMA "):
            return 1
        return 3 if each.entry.kind in GRANTS else 2

    return sorted(placed, key=rank)


def _steps(
    entry: Entry,
    target: Entry | None,
    names: Collection[str],
    cannot_create: Mapping[tuple[str, str], bool],
) -> Iterator[Step]:
    """What makes an entry, or what is left of making it."""
    sql = expected(entry, names=names)
    if not sql:
        return
    if entry.kind in GRANTS:
        has = set() if target is None else set(statements(target.sql))
        if not set(statements(sql)) <= has:
            yield Step(what=entry.label, sql=sql, number=entry.number, needs=entry.needs)
        return
    checked_later = _checked_later(entry)
    if target is None:
        if checked_later:
            sql = sql.removesuffix(";") + _NOT_VALID
        yield Step(
            what=entry.label,
            sql=_owned(entry, sql, cannot_create) if entry.owner in names else sql,
            number=entry.number,
            needs=entry.needs,
            rows_checked=entry.kind in _CHECKED_ROWS and not checked_later,
            constraint=_of_constraint(entry),
        )
    if checked_later and (target is None or target.sql.endswith(_NOT_VALID)):
        yield _validated(entry)


def _owned(entry: Entry, sql: str, cannot_create: Mapping[tuple[str, str], bool]) -> str:
    """What makes an entry and gives it its owner, whom PostgreSQL asks for CREATE on the schema again.

    Who has it as the owner of the source's database is not that of Aurora's, and keeps it by a grant.
    An index, and the sequence of an identity column, are as well what somebody has to be let make: by
    a grant to the owner, of whom the operator is a member.
    """
    lines = [sql, entry.owner_sql]
    makes = entry.owner_sql or entry.kind in _MAKES_MORE
    stays = cannot_create.get((entry.schema, entry.owner)) if makes else None
    if stays is not None:
        create, role = f"CREATE ON SCHEMA {quoted(entry.schema)}", quoted(entry.owner)
        lines.insert(0, f"GRANT {create} TO {role};")
        if not stays:
            lines.append(f"REVOKE {create} FROM {role};")
    return "\n".join(lines).strip()


def is_half_made(entry: Entry, target: Entry, names: Collection[str], given: Given) -> bool:
    """Whether something of an object that is there is left to be made, such as a check of its rows."""
    return any(_steps(entry, target, names, given.source.cannot_create))


def _identity(entry: Entry, target: Entry) -> Iterator[Step]:
    """What makes an identity column what it is at the source."""
    always = ALWAYS.match(entry.sql)
    if always and not ALWAYS.match(target.sql):
        yield Step(
            what=f"identity of {entry.label}",
            sql=f"{always[1]} SET GENERATED ALWAYS;",
            undo=f"{always[1]} SET GENERATED BY DEFAULT;",
        )


def _filled(entry: Entry, target: Entry) -> Iterator[Step]:
    """What makes columns NOT NULL again, as they are at the source."""
    table = f"{quoted(entry.schema)}.{quoted(entry.name)}"
    for column in nullable(entry, target):
        yield Step(
            what=f"{entry.label}: {column} NOT NULL",
            sql=f"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;",
            rows_checked=True,
            undo=f"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL;",
        )


def _undo(entry: Entry) -> str:
    """What takes away again what is made within the window; empty for what does DMS's rows nothing."""
    if found := _FIRES.search(entry.sql):
        return f"DROP {found['kind']} IF EXISTS {found['name']} ON {found['table']};"
    if entry.kind == "ROW SECURITY":
        return entry.sql.replace(_SECURED, f" DISABLE{_SECURED.removeprefix(' ENABLE')}")
    return ""


def _checked_later(entry: Entry) -> bool:
    """Whether a constraint is made first and its rows are checked then, while others write.

    A partitioned table takes no foreign key that is NOT VALID; what is not valid at the source is not
    checked at all (https://www.postgresql.org/docs/15/sql-altertable.html).
    """
    found = _CONSTRAINT.match(entry.sql)
    if found is None or entry.sql.endswith(_NOT_VALID):
        return False
    if entry.kind == "FK CONSTRAINT":
        return bool(found[1])
    return entry.kind == "CHECK CONSTRAINT"


def _of_constraint(entry: Entry) -> tuple[str, str, str] | None:
    """Schema, table and name of a foreign key, as they are."""
    found = _CONSTRAINT.match(entry.sql) if entry.kind == "FK CONSTRAINT" else None
    if found is None:
        return None
    parts = re.findall(NAME, found[2])
    return unquoted(parts[0]), unquoted(parts[-1]), unquoted(found[3])


def _validated(entry: Entry) -> Step:
    found = _CONSTRAINT.match(entry.sql)
    if found is None:
        raise ValueError(entry.sql)
    return Step(
        what=f"rows of {entry.label}",
        sql=f"ALTER TABLE {found[2]} VALIDATE CONSTRAINT {found[3]};",
        needs=(entry.number,),
        rows_checked=True,
        constraint=_of_constraint(entry),
    )
