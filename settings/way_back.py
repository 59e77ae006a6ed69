"""A task's mapping turned round: what carries its tables from Aurora back to the source. Pure.

A rule looks at the names where DMS reads, so that all are written anew: tables are selected by what they
are called in Aurora, and get their names of the source. Where the file does not tell these, a task has
no way back, and says why. docs/decisions/0024-the-way-back.md
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from facts.renames import RENAMES
from facts.table_patterns import literal, matches, named, overlap
from settings.table_mappings import Table, Transformation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from settings.dms import Task

_BY_PATTERN: Final = {"add-prefix": "remove-prefix", "add-suffix": "remove-suffix"}
"""What turns round the renaming of all tables of a schema: each has the prefix then."""

_REMOVES: Final = "remove-column"


class _Name(NamedTuple):
    schema: str
    table: str


class _None(Exception):  # noqa: N818 - it is an answer
    """There is no way back: the setting, and why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NoWayBack:
    """Why nothing carries a task's tables back.

    Args:
        setting: What stands in the way, within the task, such as `tables[0].filters`.
        why: What of it, as the rest of a sentence that begins with the setting.
    """

    setting: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnedRound:
    """A mapping from Aurora to the source.

    Args:
        tables: Which of Aurora's tables.
        transformations: What they and their columns are called at the source.
        left_behind: Columns that stay behind both ways, as `schema.table.column` of the source: the
            source has to compute them, or to do without.
    """

    tables: tuple[Table, ...]
    transformations: tuple[Transformation, ...]
    left_behind: tuple[str, ...] = ()


def turned_round(task: Task) -> TurnedRound | NoWayBack:
    """A task's mapping turned round, or why that cannot be."""
    try:
        return _Turning(task).turned()
    except _None as found:
        setting, why = found.args
        return NoWayBack(setting=setting, why=why)


def own_tables_left_out(task: Task, schemas: Iterable[str]) -> Iterator[Table]:
    """What keeps DMS's own tables out of a leg, where a pattern of its schemas matches theirs.

    With a way back each side has them.
    """
    if any(overlap(schema, literal(task.control_schema)) for schema in schemas):
        yield Table(schema=literal(task.control_schema), action="exclude")


class _Turning:
    """A task's rules: those that rename, by what they are about."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._rules = [
            (f"transformations[{position}]", rule)
            for position, rule in enumerate(task.transformations)
            if any(_concerns(rule, table) for table in task.tables)
        ]
        self._schemas = [it for _, it in self._rules if it.target == "schema"]
        self._whole = [
            it for _, it in self._rules if it.target == "table" and named(it.table) is None
        ]
        self._selected = [it.patterns[0] for it in task.tables if it.action == "include"]
        self._renamed: dict[_Name, _Name] = {}
        """Single tables with another name in Aurora, those that the task carries, by both names."""

    def turned(self) -> TurnedRound:
        for place, rule in self._rules:
            _require_inverse(place, rule)
        self._require_schemas_apart()
        for _, rule in self._rules:
            exact = _Name(named(rule.schema_name) or "", named(rule.table) or "")
            if rule.target == "table" and rule not in self._whole and self._carries(exact):
                self._renamed[exact] = _Name(self._schema(exact.schema), _of(exact.table, rule))
        return TurnedRound(
            tables=tuple(self._selections()),
            transformations=tuple(self._transformations()),
            left_behind=tuple(
                f"{rule.schema_name}.{rule.table}.{rule.column}"
                for _, rule in self._rules
                if rule.action == _REMOVES
            ),
        )

    def _carries(self, table: _Name) -> bool:
        found = [it.action for it in self._task.tables if all(map(matches, it.patterns, table))]
        return bool(found) and "exclude" not in found

    def _schema(self, pattern: str) -> str:
        """A schema's name in Aurora; a pattern of several is about none that is renamed."""
        name = named(pattern)
        for rule in self._schemas:
            if name is not None and matches(rule.schema_name, name):
                return _of(name, rule)
        return pattern

    def _whole_of(self, schema: str) -> Transformation | None:
        """The rule that renames all tables of a schema."""
        name = named(schema)
        found = [it for it in self._whole if name is not None and matches(it.schema_name, name)]
        return found[0] if found else None

    def _require_schemas_apart(self) -> None:
        """See that of each schema of Aurora it is known which schema of the source it is."""
        places = {it.patterns[0]: f"tables[{n}]" for n, it in enumerate(self._task.tables)}
        rules = [
            it
            for it in (*self._schemas, *(rule for _, rule in self._rules))
            if it.target != "column"
        ]
        for schema, place in places.items():
            if named(schema) is None and any(overlap(schema, it.schema_name) for it in rules):
                raise _None(f"{place}.schema", "is a pattern, of schemas of which one is renamed")
            for other in places:
                renamed = {self._schema(schema), self._schema(other)} != {schema, other}
                apart = not overlap(schema, other)
                if apart and renamed and overlap(self._schema(schema), self._schema(other)):
                    raise _None(f"{place}.schema", "may become one schema with another's")

    def _selections(self) -> Iterator[Table]:
        """The task's selections by Aurora's names, and what keeps other tables out of them."""
        for position, table in enumerate(self._task.tables):
            if table.filters:
                raise _None(f"tables[{position}].filters", "leaves rows out of Aurora")
            update: dict[str, object] = {"load_order": None, "parallel_load": None}
            schema = self._schema(table.patterns[0])
            if table.name is not None:
                there = self._renamed.get(_Name(table.schema_name, table.name))
                whole = self._whole_of(table.patterns[0])
                name = there.table if there else _of(table.name, whole) if whole else table.name
                update |= {"schema_name": named(schema), "name": name}
            else:
                whole = self._whole_of(table.schema_name)
                pattern = _of(table.table, whole) if whole else table.table
                update |= {"schema_name": schema, "table": pattern}
            made = table.model_copy(update=update)
            if table.action == "exclude":
                self._require_left(f"tables[{position}]", made)
            yield made
        yield from self._exactly()
        yield from own_tables_left_out(self._task, map(self._schema, self._selected))

    def _exactly(self) -> Iterator[Table]:
        """The tables with another name, by it; of the old one Aurora may have a table that is no task's."""
        for new in self._renamed.values():
            yield Table(schema=new.schema, name=new.table)
        for place, rule in self._rules:
            old = _Name(named(rule.schema_name) or "", named(rule.table) or "")
            if rule.target != "table" or old not in self._renamed:
                continue
            here = _Name(self._schema(old.schema), rule.table)
            given = [it for it in self._renamed.values() if all(map(matches, here, it))]
            if any(it.table != old.table for it in given):
                raise _None(place, "is about a name by a pattern that another table is renamed to")
            if not given:
                yield Table(schema=here.schema, table=here.table, action="exclude")

    def _require_left(self, place: str, exclusion: Table) -> None:
        """See that what is left out is not what a table that is carried is called in Aurora."""
        for there in self._renamed.values():
            if all(map(matches, exclusion.patterns, there)):
                raise _None(place, f"leaves out {'.'.join(there)}, which a table is renamed to")

    def _transformations(self) -> Iterator[Transformation]:
        for place, rule in self._rules:
            if rule.target == "schema":
                yield from self._turned_schema(rule)
            elif rule.target == "column":
                yield from self._turned_column(place, rule)
            elif rule in self._whole:
                schema = self._schema(rule.schema_name)
                located = {"schema_name": schema, "table": _of("%", rule)}
                yield rule.model_copy(update={**located, "action": _BY_PATTERN[rule.action]})
        for old, new in self._renamed.items():
            if old.table != new.table:
                yield _rename("table", old.table, schema=new.schema, table=new.table)

    def _turned_schema(self, rule: Transformation) -> Iterator[Transformation]:
        name = named(rule.schema_name) or ""
        selected = any(matches(it.patterns[0], name) for it in self._task.tables)
        if selected and self._schema(name) != name:
            yield _rename("schema", name, schema=self._schema(name))

    def _turned_column(self, place: str, rule: Transformation) -> Iterator[Transformation]:
        exact, schema = named(rule.table), self._schema(rule.schema_name)
        old = _Name(named(rule.schema_name) or "", exact or "")
        whole = self._whole_of(rule.schema_name)
        if exact is not None:
            there = self._renamed.get(old) or _Name(schema, _of(exact, whole) if whole else exact)
        else:
            there = _Name(schema, _of(rule.table, whole) if whole else rule.table)
            if any(
                all(map(overlap, it, map(literal, name)))
                for pair in self._renamed.items()
                for name, it in zip(pair, ((rule.schema_name, rule.table), there), strict=True)
            ) or (named(rule.schema_name) is None and (self._schemas or self._whole)):
                raise _None(place, "is about tables by a pattern, of which one is renamed")
        if rule.action == _REMOVES:
            yield rule.model_copy(update={"schema_name": there.schema, "table": there.table})
            return
        column = named(rule.column or "") or ""
        if self._carries(old) and _of(column, rule) != column:
            yield _rename(
                "column", column, schema=there.schema, table=there.table, column=_of(column, rule)
            )


def _require_inverse(place: str, rule: Transformation) -> None:
    """See that one transformation can be turned round."""
    if rule.action == _REMOVES:
        return
    if rule.action not in RENAMES:
        raise _None(place, f"is {rule.action}, which nothing turns round")
    parts = {
        "schema": (rule.schema_name,),
        "table": (rule.schema_name, rule.table),
        "column": (rule.schema_name, rule.table, rule.column or "%"),
    }[rule.target]
    whole = rule.target == "table" and rule.action in _BY_PATTERN and rule.table == "%"
    if any(named(part) is None for part in (parts[:1] if whole else parts)):
        raise _None(place, f"is {rule.action} by a pattern, which gives several names")


def _concerns(rule: Transformation, table: Table) -> bool:
    """Whether a rule may be about something that is selected."""
    schema, name = table.patterns
    return (
        table.action == "include"
        and overlap(rule.schema_name, schema)
        and (rule.target == "schema" or overlap(rule.table, name))
    )


def _rename(
    target: str, value: str, *, schema: str, table: str = "%", column: str | None = None
) -> Transformation:
    made = {"target": target, "action": "rename", "schema": schema, "table": table, "value": value}
    return Transformation.model_validate({**made, "column": column})


def _of(name: str, rule: Transformation) -> str:
    """What a rule makes of a name."""
    return RENAMES[rule.action](name, rule.value or "", rule.old_value or "")
