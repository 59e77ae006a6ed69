"""Which tables are compared with which: those of the tasks, partitioned ones as a whole. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from facts.dms import is_own_table
from ferry.mappings import TableName
from ferry.migrate.verify.plan import Plan, plan
from ferry.migrate.verify.tables import Table
from ferry.migrate.ways import Direction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ferry.mappings import CarriedTable, Mappings
    from ferry.migrate.verify.expressions import Form
    from ferry.postgres.catalog import Catalog
    from ferry.postgres.catalog.rows import Relation


@dataclass(frozen=True, kw_only=True, slots=True)
class Database:
    """A database of one side.

    Args:
        catalog: Its catalogs.
        unreadable: By a table's oid, the columns that ferry's operator has no SELECT on.
        shapes: By a table's oid, what changes with its columns and keys.
        by_columns: The oids of tables that ferry's operator has SELECT on columns of at most.
    """

    catalog: Catalog
    unreadable: Mapping[int, frozenset[str]]
    shapes: Mapping[int, str] = field(default_factory=dict)
    by_columns: frozenset[int] = frozenset()

    def by_name(self) -> dict[TableName, Relation]:
        """Its tables, partitioned ones and partitions among them."""
        return {
            TableName(each.schema, each.name): each
            for each in self.catalog.relations
            if each.kind in {"r", "p"}
        }

    def root(self, relation: Relation) -> Relation:
        """What a table is a partition of in the end; itself where it is none."""
        while relation.is_partition:
            relation = self.catalog.by_oid[relation.parents[0]]
        return relation

    def leaves(self) -> dict[int, list[Relation]]:
        """By the oid of what they are partitions of in the end, the tables that hold rows or stand for some."""
        found: defaultdict[int, list[Relation]] = defaultdict(list)
        for each in self.catalog.relations:
            if each.kind in {"r", "f"}:
                found[self.root(each).oid].append(each)
        return found

    def table(self, relation: Relation, holding: Sequence[Relation]) -> Table:
        """A table as it is compared.

        Args:
            relation: It.
            holding: The tables that hold its rows.
        """
        return Table(
            name=TableName(relation.schema, relation.name),
            columns=tuple(self.catalog.columns_of(relation)),
            indexes=tuple(self.catalog.indexes_of(relation)),
            is_partitioned=relation.kind == "p",
            nondeterministic=frozenset(
                each.oid for each in self.catalog.collations if not each.is_deterministic
            ),
            unreadable=self.unreadable.get(relation.oid, frozenset()),
            rows=sum(max(int(each.rows), each.live, 0) for each in holding),
            bytes=sum(each.bytes for each in holding),
            shape=self.shapes.get(relation.oid, ""),
            by_columns=relation.oid in self.by_columns,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class NotCompared:
    """A table that is carried and cannot be compared.

    Args:
        table: Its name at the source.
        tasks: The tasks that carry it.
        why: Why, in a sentence.
    """

    table: TableName
    tasks: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Carried:
    """A table of the source that holds rows and is carried."""

    relation: Relation
    name: TableName
    target: TableName
    tasks: tuple[str, ...]
    carried: tuple[CarriedTable, ...]
    why_not: str

    @property
    def made(self) -> Sequence[object]:
        """All that is made of it but its name."""
        return [(it.columns, it.added, it.at_source, it.at_target) for it in self.carried]


_Member = tuple["Relation", "Sequence[Relation]", "Relation | None", tuple[str, ...], _Carried]
"""A table of the source, the tables that hold its rows, Aurora's, its tasks, and what is carried."""


def pairs(
    source: Database,
    target: Database,
    tasks: Mapping[str, Mappings],
    *,
    form: Form,
    direction: Direction = Direction.FORWARD,
) -> Iterator[Plan | NotCompared]:
    """What is compared with what, by the names at the source.

    DMS carries partitions by their own names. Where all of a partitioned table's are carried into one
    table, these two are compared, as they may be cut otherwise in Aurora.

    Args:
        source: The database where the tasks read: at the source, or of the way back in Aurora.
        target: It where they write.
        tasks: What the tasks of the database select, by their names.
        form: How rows are hashed.
        direction: Where the tasks carry it.
    """
    is_back, writes = direction is Direction.BACK, direction.ends[1]
    there, leaves, their_leaves = target.by_name(), source.leaves(), target.leaves()
    groups: defaultdict[int, list[_Carried]] = defaultdict(list)
    into: defaultdict[TableName, set[int]] = defaultdict(set)
    for each in _carried(source, tasks):
        root = source.root(each.relation).oid
        groups[root].append(each)
        into[each.target].add(root)
    for root, group in groups.items():
        relation = source.catalog.by_oid[root]
        roots = {
            target.root(there[each.target]) if each.target in there else None for each in group
        }
        whole = (
            relation.kind == "p"
            and len(group) == len(leaves[root])
            and len(roots) == 1
            and all(each.made == group[0].made for each in group)
        )
        other = roots.pop() if whole else None
        members: list[_Member]
        if other is not None:
            names = tuple(sorted({task for each in group for task in each.tasks}))
            members = [(relation, leaves[root], other, names, group[0])]
        else:
            members = [
                (each.relation, [each.relation], there.get(each.target), each.tasks, each)
                for each in group
            ]
        for here, holding, found, carriers, first in members:
            name = TableName(here.schema, here.name)
            why = first.why_not
            if found is None:
                why = f"{writes[0].upper()}{writes[1:]} has no table {first.target}."
            elif len(into[first.target]) > 1 or (len(members) > 1 and _shared(group, first.target)):
                why = f"Other tables are carried into {writes}'s {first.target} too."
            if found is None or why:
                table = first.target if is_back else name
                yield NotCompared(table=table, tasks=carriers, why=why)
                continue
            theirs = their_leaves.get(found.oid, [found])
            yield plan(
                source.table(here, holding),
                target.table(found, theirs),
                first.carried,
                form=form,
                recoded=source.catalog.server.encoding != target.catalog.server.encoding,
                tasks=carriers,
                parts=_names(holding),
                called=(
                    *_names([found if is_back else here]),
                    *_names(theirs if is_back else holding),
                ),
                direction=direction,
            )


def left(
    source: Database, tasks: Mapping[str, Mappings], found: Iterable[Plan | NotCompared]
) -> Iterator[NotCompared]:
    """Tables of the source that were carried forward, and that nothing of Aurora's is compared with.

    Args:
        source: The database at the source.
        tasks: What the file's tasks select of it, by their names; those that have a way back.
        found: What is compared on the way back.
    """
    known = {name for it in found for name in (it.called if isinstance(it, Plan) else (it.table,))}
    for each in _carried(source, tasks):
        if each.name not in known:
            yield NotCompared(
                table=each.name,
                tasks=each.tasks,
                why=f"Aurora has no table {each.target} that would go back into it.",
            )


def _names(tables: Iterable[Relation]) -> tuple[TableName, ...]:
    return tuple(TableName(each.schema, each.name) for each in tables)


def _carried(source: Database, tasks: Mapping[str, Mappings]) -> Iterator[_Carried]:
    """In the order of their names, as the catalog has them."""
    for relation in source.catalog.relations:
        name = TableName(relation.schema, relation.name)
        if relation.kind != "r" or name.is_ferrys:
            continue
        if is_own_table(relation.name):  # Another that is called so may be somebody's.
            continue
        columns = source.catalog.columns_of(relation)
        found = [(task, each.carried(name, columns)) for task, each in tasks.items()]
        carried = tuple(each for _, each in found if each)
        if not carried:
            continue
        targets = {each.target for each in carried}
        why = ""
        if len(targets) > 1:
            why = f"Its tasks carry it into {' and '.join(sorted(map(str, targets)))}."
        elif any(
            (it.columns, it.added) != (carried[0].columns, carried[0].added) for it in carried
        ):
            why = "Its tasks do not make the same of its columns."
        elif unknown := next((it.inexpressible for it in carried if it.inexpressible), None):
            why = f"Only some of its rows are carried, and which cannot be told: {unknown.why}."
        yield _Carried(
            relation=relation,
            name=name,
            target=min(targets),
            tasks=tuple(task for task, each in found if each),
            carried=carried,
            why_not=why,
        )


def _shared(group: Sequence[_Carried], target: TableName) -> bool:
    return sum(each.target == target for each in group) > 1
