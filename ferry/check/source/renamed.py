"""What a task calls a table in Aurora.

Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from facts.identifiers import identifier
from facts.table_patterns import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ferry.postgres.catalog.rows import Relation
    from settings.dms import Task
    from settings.table_mappings import Transformation


def target_name(task: Task, schema: str, table: str) -> tuple[str, str]:
    """Schema and name of a table in Aurora; the rules look at the source's."""
    new_schema, new_table = schema, table
    for rule in task.transformations:
        if rule.action not in RENAMES or not matches(rule.schema_name, schema):
            continue
        if rule.target == "schema":
            new_schema = renamed(new_schema, rule)
        elif rule.target == "table" and matches(rule.table, table):
            new_table = renamed(new_table, rule)
    return new_schema, new_table


def target_sql(task: Task, relation: Relation) -> str:
    """A table's name in Aurora, as SQL writes it."""
    return ".".join(map(identifier, target_name(task, relation.schema, relation.name)))


def renamed(name: str, rule: Transformation) -> str:
    """What a transformation makes of a name."""
    return RENAMES[rule.action](name, rule.value or "", rule.old_value or "")


RENAMES: Final[Mapping[str, Callable[[str, str, str], str]]] = {
    "rename": lambda _, value, __: value,
    "add-prefix": lambda name, value, _: value + name,
    "add-suffix": lambda name, value, _: name + value,
    "convert-lowercase": lambda name, _, __: name.lower(),
    "convert-uppercase": lambda name, _, __: name.upper(),
    "remove-prefix": lambda name, value, _: name.removeprefix(value),
    "remove-suffix": lambda name, value, _: name.removesuffix(value),
    "replace-prefix": lambda name, value, old: (
        value + name[len(old) :] if name.startswith(old) else name
    ),
    "replace-suffix": lambda name, value, old: (
        name[: len(name) - len(old)] + value if name.endswith(old) else name
    ),
}
"""The actions that give another name, by the name, the rule's value and its old value."""
