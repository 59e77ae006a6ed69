"""What a phase does with one database: from what both sides hold to steps and findings. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.findings import blocked, not_judged, warning
from ferry.migrate.schema import access, roles
from ferry.migrate.schema.names import NAME, quoted, shown, statements, unquoted
from ferry.migrate.schema.phases import KINDS, Phase, place
from ferry.migrate.schema.steps import Orders, Step
from ferry.migrate.schema.wording import alike

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from ferry.findings import Finding
    from ferry.migrate.schema.archive import Entry
    from ferry.migrate.schema.phases import Placed
    from ferry.migrate.schema.sides import Side

_ALWAYS: Final = re.compile(
    r"\A(ALTER TABLE .+ ALTER COLUMN .+?) ADD GENERATED ALWAYS AS IDENTITY \(", re.DOTALL
)
_CONSTRAINT: Final = re.compile(
    rf"\AALTER TABLE (ONLY )?({NAME}\.{NAME})\n    ADD CONSTRAINT ({NAME}) "
)
_NOT_VALID: Final = " NOT VALID;"
_NOT_NULL: Final = " NOT NULL"
_COLUMN: Final = re.compile(rf"({NAME}) ")
_GRANT: Final = re.compile(
    rf"\A(?:ALTER DEFAULT PRIVILEGES FOR ROLE (?P<role>{NAME}) .*?)?(?:GRANT|REVOKE) .*"
    rf" (?:TO|FROM) (?P<grantee>PUBLIC|{NAME})(?: WITH GRANT OPTION)?;\Z",
    re.DOTALL,
)
# Schema public of another owner than pg_database_owner, as each database has it that is older than 15.
_THERE_ALREADY: Final = "-- *not* creating schema"
_GRANTS: Final = ("ACL", "ACL LANGUAGE", "DEFAULT ACL")
GRAVE: Final = frozenset(
    {"TABLE", "TABLE ATTACH", "CONSTRAINT", "INDEX", "TYPE", "DOMAIN", "SEQUENCE", "FK CONSTRAINT"}
)
_LIGHT: Final = frozenset({"COMMENT", "STATISTICS"})
_CHECKED_ROWS: Final = frozenset({"INDEX", "CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT"})
_AS_ANOTHER: Final = "SET SESSION AUTHORIZATION "
_AS_ONESELF: Final = "RESET SESSION AUTHORIZATION;"
EVERYBODY: Final = "PUBLIC"
STOPS: Final = frozenset(
    {
        "schema-access",
        "schema-kind",
        "schema-left",
        "schema-order",
        "schema-renamed",
        "schema-version",
    }
)
"""The findings with which nothing is done, but where they warn: what would be made is of no use then."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What is known of a database at both ends.

    Args:
        source: The source.
        target: Aurora.
        wanted: The source's entries.
        there: Aurora's entries.
        keepers: The roles that may connect to Aurora until the cutover.
        environment: The environment's name, for messages.
        control_schemas: The schemas in which DMS keeps tables of its own in Aurora.
    """

    source: Side
    target: Side
    wanted: tuple[Entry, ...]
    there: tuple[Entry, ...]
    keepers: tuple[str, ...]
    environment: str = "ENV"
    control_schemas: tuple[str, ...] = ()

    @property
    def placed(self) -> tuple[Placed, ...]:
        """When each of the source's entries is made."""
        return place(self.wanted, keys=self.source.keys, extensions=self.target.extensions)


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
        owners += _makers(placed)
        parts.append(roles.roles(given.source, given.target, owners, writers=given.keepers))
        parts.append(Orders(steps=roles.settings_here(given.source, given.target)))
        parts.append(_of_grants(placed, roles.carried(given.source)))
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


def expected(entry: Entry, *, names: Collection[str], phase: Phase = Phase.BEFORE_LOAD) -> str:
    """What makes an object at Aurora, but for its owner.

    Identity columns are BY DEFAULT until the cutover: DMS inserts values of its own, and PostgreSQL
    refuses these where they are GENERATED ALWAYS (428C9).

    Args:
        entry: The source's.
        names: The roles that are carried: no grant names another.
        phase: The phase that was reached: identity columns are the source's after the cutover.
    """
    if entry.kind in _GRANTS:
        return "\n".join(_grants(entry.sql, names))
    if entry.sql.startswith(_THERE_ALREADY) and entry.owner not in names:
        return ""
    if entry.kind == "SEQUENCE" and phase is not Phase.CUTOVER:
        return _ALWAYS.sub(r"\1 ADD GENERATED BY DEFAULT AS IDENTITY (", entry.sql)
    return entry.sql


def is_grave(kind: str, phase: Phase) -> bool:
    """Whether an object of a kind has to be there as it is at the source, once a phase was reached.

    Up to the load it is what DMS writes into; at the cutover it is all that applications find.
    """
    return kind in GRAVE or (phase.place >= Phase.BEFORE_CUTOVER.place and kind not in _LIGHT)


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
    """Whether Aurora's database is one that takes the source's texts as they are."""
    source, target = given.source, given.target
    findings = []
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
        and each.entry.kind not in _GRANTS and each.entry.key not in there
        and expected(each.entry, names=names)
    ]  # fmt: skip
    if not missing:
        return Orders()
    first = min((each.phase for each in missing if each.phase), key=lambda each: each.place)
    tell = blocked if any(each.entry.kind in GRAVE for each in missing) else warning
    return Orders(
        findings=(
            tell(
                "schema-order",
                f"Missing at Aurora: {shown([each.entry.label for each in missing])}.",
                why=f"It is made by {first}, and the source may have got it since.",
                remedy=f"Carry it first: ferry schema {given.environment} {first}",
            ),
        )
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
    always = [each.entry.label for each in placed if each.phase and _ALWAYS.match(each.entry.sql)]
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
        return 3 if each.entry.kind in _GRANTS else 2

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
    if entry.kind in _GRANTS:
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
    """
    lines = [sql, entry.owner_sql]
    stays = cannot_create.get((entry.schema, entry.owner)) if entry.owner_sql else None
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
    always = _ALWAYS.match(entry.sql)
    if always and not _ALWAYS.match(target.sql):
        yield Step(what=f"identity of {entry.label}", sql=f"{always[1]} SET GENERATED ALWAYS;")


def _filled(entry: Entry, target: Entry) -> Iterator[Step]:
    """What makes columns NOT NULL again, as they are at the source."""
    table = f"{quoted(entry.schema)}.{quoted(entry.name)}"
    for column in nullable(entry, target):
        yield Step(
            what=f"{entry.label}: {column} NOT NULL",
            sql=f"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;",
            rows_checked=True,
        )


def nullable(entry: Entry, target: Entry) -> list[str]:
    """Columns, as SQL writes them, that are NOT NULL at the source and not in Aurora.

    DMS inserts a row without the large objects that it looks up, and adds them then: somebody who
    carries such columns has to let them be null until the window.
    """
    if entry.kind != "TABLE":
        return []
    theirs = set(_lines(target.sql))
    return [
        found[1]
        for line in _lines(entry.sql)
        if line not in theirs
        and line.endswith(_NOT_NULL)
        and line.removesuffix(_NOT_NULL) in theirs
        and (found := _COLUMN.match(line))
    ]


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


def differs(
    entry: Entry,
    target: Entry,
    names: Collection[str],
    given: Given,
    *,
    phase: Phase = Phase.BEFORE_LOAD,
) -> Finding | None:
    """That an object is at Aurora and is another; None where it is the same.

    Of grants and comments only what is missing counts. Between releases only tables and keys are
    compared: PostgreSQL writes views and functions out in other words.

    Args:
        entry: The source's.
        target: Aurora's of the same name.
        names: The roles that are carried.
        given: What is known of both ends.
        phase: The phase that was reached.
    """
    wanted = expected(entry, names=names, phase=phase)
    same = alike(wanted, target.sql)
    if entry.kind in _GRANTS:
        missing = [each for each in statements(wanted) if each not in statements(target.sql)]
        why = f"missing there: {' | '.join(missing)}" if missing else ""
    elif entry.kind not in GRAVE and _other_release(given):
        why = ""
    elif same:
        why = _other_owner(entry, target, names, given)
    else:
        why = difference(wanted, target.sql)
    if not why:
        return None
    loose = nullable(entry, target)
    if loose and alike(wanted, _with_not_null(target.sql, loose)):
        return warning(
            "schema-nullable",
            f"{entry.label} at Aurora: {shown(loose)} may be null.",
            why="At the source it may not; the window's steps make it NOT NULL there, and read all rows.",
            remedy="Leave it where DMS looks the large object up; otherwise SET NOT NULL now.",
        )
    grave = is_grave(entry.kind, phase) and entry.kind not in _GRANTS and not same
    tell = blocked if grave else warning
    return tell(
        "schema-differs",
        f"{entry.label} is at Aurora, and is another.",
        why=f"{why}.",
        remedy="Change it at Aurora, or drop it there and run this again.",
    )


def _with_not_null(sql: str, columns: Collection[str]) -> str:
    """A table's SQL with columns that are NOT NULL."""
    lines = []
    for line in sql.splitlines():
        found = _COLUMN.match(line.strip())
        comma = "," if line.endswith(",") else ""
        if found and found[1] in columns:
            lines.append(f"{line.removesuffix(',')}{_NOT_NULL}{comma}")
        else:
            lines.append(line)
    return "\n".join(lines)


def _other_owner(entry: Entry, target: Entry, names: Collection[str], given: Given) -> str:
    owner = entry.owner if entry.owner in names else given.target.user
    if not entry.owner_sql or target.owner == owner:
        return ""
    return f"it is owned by {target.owner}, not by {owner}"


def _other_release(given: Given) -> bool:
    """Whether both sides write views and functions out in their own words."""
    return given.source.release != given.target.release


def difference(wanted: str, found: str) -> str:
    """What differs, in lines; empty for nothing."""
    if wanted == found:
        return ""
    ours, theirs = _lines(wanted), _lines(found)
    missing = [line for line in ours if line not in theirs]
    more = [line for line in theirs if line not in ours]
    parts = []
    if missing:
        parts.append(f"missing there: {' | '.join(missing[:5])}")
    if more:
        parts.append(f"only there: {' | '.join(more[:5])}")
    return "; ".join(parts) or "its parts stand in another order"


def _lines(sql: str) -> list[str]:
    return [line.strip().rstrip(",") for line in sql.splitlines()]


def _grants(sql: str, names: Collection[str]) -> Iterator[str]:
    """Grants of and to roles that Aurora has. As who granted something, Aurora knows the owner."""
    for line in statements(sql):
        found = _GRANT.match(line)
        if found is None:
            continue
        if not _unknown(found, names):
            yield line


def _of_grants(placed: Sequence[Placed], names: Collection[str]) -> Orders:
    """Which grants are not made as they are, said."""
    missing: Counter[str] = Counter()
    unread, by_others = [], []
    for each in placed:
        if each.phase is None or each.entry.kind not in _GRANTS:
            continue
        for line in statements(each.entry.sql):
            if line.startswith((_AS_ANOTHER, _AS_ONESELF)):
                by_others.append(each.entry.label)
            elif (found := _GRANT.match(line)) is None:
                unread.append(each.entry.label)
            else:
                missing.update(_unknown(found, names))
    said = []
    if missing:
        counts = shown([f"{role} ({count})" for role, count in sorted(missing.items())])
        said.append(f"Grants of or to roles that are not made at Aurora are left out: {counts}.")
    if by_others:
        labels = shown(list(dict.fromkeys(by_others)))
        said.append(f"Grants that somebody else than the owner made are the owner's: {labels}.")
    if unread:
        labels = shown(list(dict.fromkeys(unread)))
        said.append(f"Grants that ferry cannot read are left out, make them by hand: {labels}.")
    return Orders(said=tuple(said))


def _unknown(found: re.Match[str], names: Collection[str]) -> set[str]:
    """The roles of a grant that Aurora does not have."""
    involved = (unquoted(each) for each in found.groups() if each and each != EVERYBODY)
    return {each for each in involved if not roles.is_at_aurora(each, names)}


def _makers(placed: Sequence[Placed]) -> Iterator[str]:
    """Roles whose default privileges are carried."""
    for each in placed:
        if each.entry.kind == "DEFAULT ACL":
            for line in statements(each.entry.sql):
                found = _GRANT.match(line)
                if found and found["role"]:
                    yield unquoted(found["role"])
