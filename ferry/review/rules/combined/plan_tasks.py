"""What a plan's tasks hang on, write to and carry."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from ferry.review.plan.plan import Action
from ferry.review.plan.values import UNKNOWN
from ferry.review.rules.combined.empty import begins_empty
from ferry.review.rules.combined.settings import Effects, effects
from ferry.review.rules.combined.table_mappings import Carried, Mappings, TooMany, table_mappings
from ferry.review.rules.combined.task_settings import OF_AN_EMPTY_CLUSTER, SETTINGS, task_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

_Read = TypeVar("_Read")
TASK: Final = "aws_dms_replication_task"
ENDPOINT: Final = "aws_dms_endpoint"
INSTANCE: Final = "aws_dms_replication_instance"


def words_of(kind: tuple[str, str | None]) -> str:
    """A kind of resource, such as ``source aws_dms_endpoint``."""
    return " ".join(filter(None, [kind[1], kind[0]]))


class Tasks:
    """What a plan's tasks hang on and carry, looked up once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._kinds: dict[str, frozenset[tuple[str, str | None]]] = {}
        self._databases: dict[str, frozenset[str]] = {}
        self._settings: dict[str, Mapping[str, Json] | None] = {}
        self._mappings: dict[str, Mappings | None] = {}
        self._effects: dict[tuple[int, int, bool], Effects] = {}

    def settings(self, side: Mapping[str, Json]) -> Mapping[str, Json] | None:
        """A task's settings on one side; None where they cannot be read."""
        return _once(self._settings, side.get("replication_task_settings"), task_settings)

    def mappings(self, side: Mapping[str, Json]) -> Mappings | None:
        """A task's table mappings on one side; None where they cannot be read."""
        return _once(self._mappings, side.get("table_mappings"), table_mappings)

    @cached_property
    def is_alone(self) -> bool:
        """Whether the plan has one task."""
        return len(self._plan.of(TASK)) == 1

    def begins_empty(self, task: Change) -> bool:
        """Whether a task is new, as is all that it can write to."""
        return task.action is Action.CREATE and self._plan.once(begins_empty)

    def effects(
        self,
        before: Mapping[str, Json] | None,
        after: Mapping[str, Json],
        *,
        is_first: bool = False,
    ) -> Effects:
        """What comes of a task's settings."""
        # Many tasks share a text, which is read once: the same mapping stands for it.
        key = (id(before), id(after) if after else 0, is_first)
        if key not in self._effects:
            table = OF_AN_EMPTY_CLUSTER if is_first else SETTINGS
            self._effects[key] = effects(table, before, after)
        return self._effects[key]

    @cached_property
    def found_deleted(self) -> frozenset[str]:
        """What was deleted outside Terraform."""
        return frozenset(it.address for it in self._plan.drift if it.action is Action.DELETE)

    @cached_property
    def _by_arn(self) -> Mapping[str, Change]:
        named = {ENDPOINT: "endpoint_arn", INSTANCE: "replication_instance_arn"}
        return {
            it.after[name]: it
            for type_, name in named.items()
            for it in self._plan.of(type_)
            if it.stays and isinstance(it.after.get(name), str)
        }

    def hangs_on(self, task: Change, attribute: str, kind: tuple[str, str | None]) -> bool:
        """Whether an attribute is known to name a resource of the plan, of a kind."""
        value = task.after.get(attribute)
        if isinstance(value, str):
            it = self._by_arn.get(value)
            return it is not None and _kind(it) == kind
        names = (task.references or {}).get(attribute, ())
        return (
            value is UNKNOWN
            and bool(names)
            and all(self._kinds_at(task, it) == {kind} for it in names)
        )

    def other_kind(self, task: Change, attribute: str, kind: tuple[str, str | None]) -> str:
        """What an attribute names instead, such as a target endpoint as the source; empty if unknown."""
        value = task.after.get(attribute)
        it = self._by_arn.get(value) if isinstance(value, str) else None
        kinds = {_kind(it)} if it is not None else set()
        if value is UNKNOWN:
            names = (task.references or {}).get(attribute, ())
            kinds = {kind for name in names for kind in self._kinds_at(task, name)}
        return words_of(*kinds) if len(kinds) == 1 and kind not in kinds else ""

    def _kinds_at(self, task: Change, address: str) -> frozenset[tuple[str, str | None]]:
        """What stands at an address without a key; nothing where not all of it stays."""
        if address not in self._kinds:
            group = task.neighbours.get(address, ())
            stay = all(it.managed and it.stays for it in group)
            self._kinds[address] = frozenset(map(_kind, group)) if stay else frozenset()
        return self._kinds[address]

    def target(self, task: Change) -> str:
        """Where a task writes: what two tasks that write to one target have in common.

        Two endpoints may lead to one database. Which server is behind a secret no plan tells, so
        databases of one name are taken for the same.
        """
        value = task.after.get("target_endpoint_arn")
        if isinstance(value, str):
            it = self._by_arn.get(value)
            return (_database(it) if it else "") or value
        named = (task.references or {}).get("target_endpoint_arn", ())
        found = frozenset().union(*(self._databases_at(task, it) for it in named))
        return " ".join(found if len(found) == 1 and "" not in found else named)

    def _databases_at(self, task: Change, address: str) -> frozenset[str]:
        """The databases that the endpoints at an address without a key name."""
        if address not in self._databases:
            self._databases[address] = frozenset(map(_database, task.neighbours.get(address, ())))
        return self._databases[address]

    @cached_property
    def _staying(self) -> Sequence[tuple[Change, Mappings | None]]:
        return [(it, self.mappings(it.after)) for it in self._plan.of(TASK) if it.stays]

    @cached_property
    def carried(self) -> Carried:
        """What all tasks carry."""
        return Carried(
            (it.address, self.target(it), mappings)
            for it, mappings in self._staying
            if mappings is not None
        )

    @cached_property
    def _not_told(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = {}
        for it, mappings in self._staying:
            if mappings is None:
                found.setdefault(self.target(it), set()).add(it.address)
        return found

    def has_tables_of_its_own(self, task: Change) -> bool:
        """Whether other tasks stay, and none is known to carry what this one does, or may."""
        mappings = self.mappings(task.after)
        if mappings is None or mappings.strange or len(self._staying) < 2:  # noqa: PLR2004 (another)
            return False
        try:
            also = self.carried.also(task.address, self.target(task), mappings)
        except TooMany:
            return False
        return also is None and not self.may_carry_anything(task)

    def may_carry_anything(self, task: Change) -> bool:
        """Whether another task writes to the same target what cannot be told."""
        return bool(self._not_told.get(self.target(task), set()) - {task.address})


def _once(read: dict[str, _Read], text: Json, reader: Callable[[Json], _Read]) -> _Read:
    """What a text says; one that stands in many resources is read once."""
    if not isinstance(text, str):
        return reader(text)
    if text not in read:
        read[text] = reader(text)
    return read[text]


def _database(endpoint: Change) -> str:
    """The server and the database that an endpoint names; empty where it names no database."""
    database, server = (endpoint.after.get(it) for it in ("database_name", "server_name"))
    if not isinstance(database, str) or not database:
        return ""
    return f"{server.lower() if isinstance(server, str) else ''}/{database}"


def _kind(change: Change) -> tuple[str, str | None]:
    if change.type != ENDPOINT:
        return change.type, None
    kind = change.after.get("endpoint_type")
    return change.type, kind if isinstance(kind, str) else ""
