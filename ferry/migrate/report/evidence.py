"""What is kept of `ferry verify`, and what a cutover has compared within its window, table by table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ferry.errors import FerryError
from ferry.mappings import TableName
from ferry.migrate.report.told import Differed, Gap, Look, Skipped, Table
from ferry.migrate.verify import kept
from ferry.migrate.verify.comparing import Verdict
from ferry.migrate.watching.tables import COMPLETED
from ferry.migrate.ways import Direction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ferry.migrate.report.told import Run
    from ferry.migrate.verify.kept import Kept
    from ferry.migrate.verify.plan import Plan
    from ferry.migrate.verify.verify import Scope
    from ferry.migrate.watching.tables import TableRow
    from ferry.progress import Progress


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What is known of a database.

    Args:
        tables: Its tables.
        skipped: What of them is left out.
        gaps: What could not be told.
    """

    tables: tuple[Table, ...]
    skipped: tuple[Skipped, ...] = ()
    gaps: tuple[Gap, ...] = ()


def of_database(
    environment: str,
    scope: Scope,
    rows: Mapping[TableName, TableRow],
    run: Run | None,
) -> Evidence:
    """What is known of a database.

    Args:
        environment: The environment's name.
        scope: What of it there is to compare, or why that is not known.
        rows: Its tables as DMS counts them.
        run: The run that says where applications write; None before that.
    """
    name, gaps = scope.database, []
    plans = {it.name: it for it in scope.plans}
    is_known = scope.trouble is None
    if scope.trouble:
        gaps.append(
            Gap(what=f"Which tables of {name} there are to compare", why=str(scope.trouble))
        )
    found = _kept(environment, scope, gaps)
    names = dict.fromkeys(
        [
            *plans,
            *(it.table for it in scope.others),
            *(
                map(_named, {**found.done, **found.apart, **found.passes, **found.differed})
                if not is_known
                else ()
            ),
        ]
    )
    others = {it.table: it.why for it in scope.others}
    since = _since(environment, scope, run, gaps) if run and run.left else None
    tables = []
    for table in names:
        made = _table(name, table, found, _row(table, plans.get(table), rows))
        plan = plans.get(table)
        window = run.looks.get((name, str(table))) if run else None
        is_left = run is not None and (name, str(table)) in run.left
        current: bool | None = None
        if run is None and plan is not None and (made.whole or made.same_at):
            # After a cutover the tables are others than those that were compared: what is kept is history.
            current = found.last_found(plan) is not None
        tables.append(
            replace(
                made,
                window=window,
                is_left=is_left,
                afterwards=_afterwards(since, table, run, plan) if is_left else "",
                not_compared=others.get(table, ""),
                left_out=made.left_out
                if plan is None
                else tuple(f"{it.column}, as {it.why}" for it in plan.left_out),
                is_current=current,
            )
        )
    tables.sort(key=lambda it: it.name)
    return Evidence(tables=tuple(tables), skipped=tuple(_skipped(scope)), gaps=tuple(gaps))


def _kept(
    environment: str,
    scope: Scope,
    gaps: list[Gap],
    direction: Direction = Direction.FORWARD,
) -> Kept:
    """What is kept; of a database that cannot be asked, what is there."""
    what = f"What ferry verify{direction.option} has kept of {scope.database} on this machine"
    identity = {} if isinstance(scope.identity, str) else scope.identity
    progress = kept.where(environment, scope.database, identity, direction)
    try:
        if scope.trouble or not identity:
            of = progress.belongs_to()
            if of is None:
                gaps.append(Gap(what=what, why="nothing is kept here"))
                return kept.Kept(progress=None)
            progress = replace(progress, of=of)
            gaps.append(
                Gap(
                    what=f"Whether what is kept of {scope.database} is of these servers",
                    why="they did not say which they are",
                )
            )
    except FerryError as error:
        gaps.append(Gap(what=what, why=str(error)))
        return kept.Kept(progress=None)
    return _opened(progress, scope, what, gaps)


def _since(environment: str, scope: Scope, run: Run, gaps: list[Gap]) -> Kept:
    """What is kept of the comparisons the other way than a run's, which are those after it."""
    return _kept(environment, scope, gaps, Direction(run.direction).other)


def _afterwards(since: Kept | None, table: TableName, run: Run | None, plan: Plan | None) -> str:
    """What was found of a table after a run; empty where nothing was."""
    if since is None or run is None or run.point_at is None:
        return ""
    found = since.found_since(table, run.point_at)
    if found is Verdict.SAME and plan and any(not each.is_meant for each in plan.left_out):
        found = Verdict.IN_PART
    return str(found or "")


def _opened(progress: Progress, scope: Scope, what: str, gaps: list[Gap]) -> Kept:
    found = kept.opened(progress, scope.plans, scope.ways, resume=True, is_run=False)
    if found.trouble:
        gaps.append(Gap(what=what, why=found.trouble))
    return found


def _named(key: str) -> TableName:
    schema, _, table = key.partition("\n")
    return TableName(schema, table)


def _row(
    table: TableName, plan: Plan | None, rows: Mapping[TableName, TableRow]
) -> Sequence[TableRow]:
    """What DMS counts of a table: of a partitioned one, of its partitions."""
    parts = plan.parts if plan else (table,)
    return [rows[it] for it in parts if it in rows]


def _table(database: str, table: TableName, found: Kept, rows: Sequence[TableRow]) -> Table:
    key = f"{table.schema}\n{table.table}"
    done, passed = found.done.get(key) or found.apart.get(key), found.passes.get(key)
    loads = [it.loaded_at for it in rows if it.loaded_at]
    return Table(
        database=database,
        name=str(table),
        state=next((it.state for it in sorted(rows, key=lambda it: it.state == COMPLETED)), ""),
        loaded=sum(it.rows for it in rows) if rows else None,
        changes=sum(it.changes for it in rows) if rows else None,
        whole=None if done is None else _look(done),
        same_at=None if passed is None else datetime.fromisoformat(passed["at"]),
        left_out=() if done is None else tuple(done["not_compared"]),
        differed=tuple(_differed(it, loads) for it in found.differed.get(key, ())),
    )


def _look(done: Mapping[str, Any]) -> Look:
    return Look(
        at=datetime.fromisoformat(done["scanned_at"]),
        verdict=done["verdict"],
        rows=(done["rows"][0], done["rows"][1]),
        hashes=(done["hashes"][0], done["hashes"][1]),
        seconds=done["seconds"],
    )


def _differed(it: Mapping[str, Any], loads: Sequence[datetime]) -> Differed:
    at, same_at = (
        None if it[key] is None else datetime.fromisoformat(it[key]) for key in ("at", "same_at")
    )
    last_at = datetime.fromisoformat(it["last_at"])
    between = [load for load in loads if same_at and last_at < load <= same_at]
    return Differed(
        at=at or last_at,
        last_at=last_at,
        counts=it["counts"],
        same_at=same_at,
        loaded_at=max(between, default=None),
    )


def _skipped(scope: Scope) -> Iterator[Skipped]:
    """What of the tables that are carried is not compared, or not carried."""
    for it in scope.refused:
        yield Skipped(what=f"the tables of the task {it.task}", why=it.why, is_meant=False)
    for other in scope.others:
        yield Skipped(what=f"comparing {other.table}", why=other.why, is_meant=False)
    for plan in scope.plans:
        for each in plan.left_out:
            yield Skipped(
                what=f"comparing the column {each.column} of {plan.name}",
                why=each.why,
                is_meant=each.is_meant,
            )
        if plan.is_filtered:
            yield Skipped(
                what=f"some rows of {plan.name}",
                why="a filter of its task leaves them out",
                is_meant=True,
            )
