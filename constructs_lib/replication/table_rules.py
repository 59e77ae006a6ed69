"""The rules that say which tables a task carries, and how.

Source: https://docs.aws.amazon.com/dms/latest/userguide/
CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from constructs_lib.replication.checks import check_range
from constructs_lib.replication.lobs import LARGEST_LOB_KB

if TYPE_CHECKING:
    from collections.abc import Sequence

WILDCARD = "%"
"""Any characters, also none. An underscore stands for any one character; ``[_]`` for itself."""

_MOST_RANGE_COLUMNS = 10


class SelectionAction(StrEnum):
    """Whether matching tables are carried; an exclusion wins over an inclusion."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    EXPLICIT = "explicit"


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Tables that are carried, or not.

    Args:
        schema: The schema's name, or a pattern with ``%``.
        table: The table's name, or a pattern with ``%``; all tables by default.
        action: Include by default. Explicit means this one table and takes no ``%``.
        load_order: Tables with a higher number are loaded first; no order by default.

    Raises:
        ValueError: An explicit selection has a pattern.
    """

    schema: str
    table: str = WILDCARD
    action: SelectionAction = SelectionAction.INCLUDE
    load_order: int | None = None

    def __post_init__(self) -> None:
        if self.action is SelectionAction.EXPLICIT:
            _refuse_wildcard("an explicit selection", self.schema, self.table)

    @property
    def label(self) -> str:
        """What the rule does, for its name."""
        return f"{self.action}-{self.schema}.{self.table}"

    def document(self) -> dict[str, object]:
        """The rule without its id and name."""
        order = {} if self.load_order is None else {"load-order": str(self.load_order)}
        return {
            "rule-type": "selection",
            "rule-action": self.action,
            "object-locator": {"schema-name": self.schema, "table-name": self.table},
            **order,
        }


class TransformationTarget(StrEnum):
    """What a transformation changes."""

    SCHEMA = "schema"
    TABLE = "table"
    COLUMN = "column"


class TransformationAction(StrEnum):
    """How a transformation changes it."""

    RENAME = "rename"
    ADD_PREFIX = "add-prefix"
    ADD_SUFFIX = "add-suffix"
    CONVERT_LOWERCASE = "convert-lowercase"
    CONVERT_UPPERCASE = "convert-uppercase"
    REMOVE_COLUMN = "remove-column"


_ACTIONS_WITH_VALUE = (
    TransformationAction.RENAME,
    TransformationAction.ADD_PREFIX,
    TransformationAction.ADD_SUFFIX,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Transformation:
    """A name that differs at the target, or a column that stays behind.

    A generated column has to stay behind: loading it is an error, and PostgreSQL computes it anew.

    Args:
        target: What is changed.
        action: How.
        schema: The schema's name, or a pattern with ``%``.
        table: The table's name or pattern; for tables and columns only, all tables by default.
        column: The column's name or pattern; for columns only, and there it is required.
        value: The new name, prefix or suffix; for these actions only, and there it is required.

    Raises:
        ValueError: The arguments do not go together.
    """

    target: TransformationTarget
    action: TransformationAction
    schema: str
    table: str = WILDCARD
    column: str | None = None
    value: str | None = None

    def __post_init__(self) -> None:
        of_column = self.target is TransformationTarget.COLUMN
        problems = (
            (
                of_column and self.column is None,
                "a transformation of a column names no column. Give column, a name or a pattern.",
            ),
            (
                not of_column and self.column is not None,
                f"a transformation of a {self.target} names a column. Leave it out, or target the column.",
            ),
            (
                self.target is TransformationTarget.SCHEMA and self.table != WILDCARD,
                "a transformation of a schema names a table. Leave table out, or target the table.",
            ),
            (
                self.action is TransformationAction.REMOVE_COLUMN and not of_column,
                f"remove-column has the target {self.target}. Set target to column.",
            ),
            (
                self.action in _ACTIONS_WITH_VALUE and not self.value,
                f"{self.action} has no value. Give value, the new name, prefix or suffix.",
            ),
            (
                self.action not in _ACTIONS_WITH_VALUE and self.value is not None,
                f"{self.action} has the value {self.value!r} and takes none. Leave value out.",
            ),
        )
        for wrong, message in problems:
            if wrong:
                raise ValueError(message)

    @property
    def label(self) -> str:
        """What the rule does, for its name."""
        names = ".".join(str(name) for name in self.locator.values())
        return f"{self.action}-{self.target}-{names}"

    @property
    def locator(self) -> dict[str, str]:
        """DMS's ``object-locator``."""
        locator = {"schema-name": self.schema}
        if self.target is not TransformationTarget.SCHEMA:
            locator["table-name"] = self.table
        if self.column is not None:
            locator["column-name"] = self.column
        return locator

    def document(self) -> dict[str, object]:
        """The rule without its id and name."""
        value = {} if self.value is None else {"value": self.value}
        return {
            "rule-type": "transformation",
            "rule-target": self.target,
            "rule-action": self.action,
            "object-locator": self.locator,
            **value,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class RangesParallelLoad:
    """A table loaded in segments at a time, cut at values of indexed columns.

    Ranges are the only segments that every DMS version can cut a PostgreSQL table into. Rows with a
    null in one of the columns are **not loaded**: take columns that are NOT NULL.

    Args:
        columns: One to ten columns, the most significant first.
        boundaries: The upper ends of the segments in rising order, each with a value for every
            column, written as the source writes it. What lies above the last is one more segment.

    Raises:
        ValueError: There is no column or boundary, there are too many columns, or a boundary does
            not have a value for each.
    """

    columns: Sequence[str]
    boundaries: Sequence[Sequence[str]]

    def __post_init__(self) -> None:
        check_range(
            "the number of parallel_load.columns",
            len(self.columns),
            lowest=1,
            highest=_MOST_RANGE_COLUMNS,
            remedy="Cut by the primary key, whose columns are indexed and never null",
        )
        if not self.boundaries:
            raise ValueError(
                "parallel_load.boundaries is empty; at least one is needed to cut a table in two. "
                "Give boundaries, or leave parallel_load out."
            )
        for boundary in self.boundaries:
            if len(boundary) != len(self.columns):
                raise ValueError(
                    f"the parallel_load boundary {list(boundary)} has {len(boundary)} values and "
                    f"there are {len(self.columns)} columns; each boundary needs a value for each. "
                    "Add or remove values."
                )

    def document(self) -> dict[str, object]:
        """DMS's ``parallel-load``."""
        return {
            "type": "ranges",
            "columns": list(self.columns),
            "boundaries": [list(boundary) for boundary in self.boundaries],
        }


class TableLobMode(StrEnum):
    """How one table's LOBs travel, whatever the task's mode is."""

    LIMITED = "limited"
    UNLIMITED = "unlimited"


@dataclass(frozen=True, kw_only=True, slots=True)
class TableLobs:
    """The LOBs of one table; DMS has no such setting for a column.

    Args:
        mode: Limited or unlimited.
        bulk_max_size_kb: In limited mode the largest LOB, 1 to 102400 KB. In unlimited mode 0, each
            LOB looked up on its own: DMS mixes the two for other engines only.

    Raises:
        ValueError: The size does not suit the mode.
    """

    mode: TableLobMode
    bulk_max_size_kb: int

    def __post_init__(self) -> None:
        limited = self.mode is TableLobMode.LIMITED
        check_range(
            f"lobs.bulk_max_size_kb of a table in {self.mode} mode",
            self.bulk_max_size_kb,
            lowest=1 if limited else 0,
            highest=LARGEST_LOB_KB if limited else 0,
            unit="KB",
            remedy="Use unlimited mode with 0 for larger ones"
            if limited
            else "Use limited mode to give a size",
        )

    def document(self) -> dict[str, object]:
        """DMS's ``lob-settings``."""
        return {"mode": self.mode, "bulk-max-size": str(self.bulk_max_size_kb)}


@dataclass(frozen=True, kw_only=True, slots=True)
class TableSettings:
    """What one table needs besides its selection.

    Args:
        schema: The schema's name, without ``%``.
        table: The table's name, without ``%``.
        parallel_load: Load it in segments; in one piece by default.
        lobs: How its LOBs travel; as the task says by default.

    Raises:
        ValueError: A name is a pattern, or nothing is set.
    """

    schema: str
    table: str
    parallel_load: RangesParallelLoad | None = None
    lobs: TableLobs | None = None

    def __post_init__(self) -> None:
        _refuse_wildcard("a table's settings", self.schema, self.table)
        if self.parallel_load is None and self.lobs is None:
            raise ValueError(
                f"the settings of {self.schema}.{self.table} set nothing. Give parallel_load or "
                "lobs, or leave them out."
            )

    @property
    def label(self) -> str:
        """What the rule does, for its name."""
        return f"settings-{self.schema}.{self.table}"

    def document(self) -> dict[str, object]:
        """The rule without its id and name."""
        parallel_load = (
            {} if self.parallel_load is None else {"parallel-load": self.parallel_load.document()}
        )
        lobs = {} if self.lobs is None else {"lob-settings": self.lobs.document()}
        return {
            "rule-type": "table-settings",
            "object-locator": {"schema-name": self.schema, "table-name": self.table},
            **parallel_load,
            **lobs,
        }


def _refuse_wildcard(what: str, schema: str, table: str) -> None:
    if WILDCARD in schema + table:
        raise ValueError(
            f"{what} names {schema}.{table}; DMS takes no {WILDCARD} there. Name one table, or give "
            "one rule for each."
        )
