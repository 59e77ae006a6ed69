"""[[dms.tasks]]: which tables a task carries, and how single ones differ."""

from typing import Annotated, Literal

from pydantic import Field

from facts.table_patterns import literal
from settings.fields import ColumnName, TableName
from settings.section import Allowed, List, Section

TableLobMode = Literal["limited", "unlimited"]
TransformationAction = Literal[
    "rename",
    "add-prefix",
    "add-suffix",
    "convert-lowercase",
    "convert-uppercase",
    "remove-column",
]

ExactName = Annotated[
    str,
    Field(pattern=r"^[^\x00-\x1f]{1,127}$", examples=["orders"]),
    Allowed("a table's name, up to 127 characters"),
]
"""A table's name, in which no sign stands for another."""

LobSizeKb = Annotated[int, Field(ge=1, le=102_400, examples=[32])]
"""A LOB's largest size; DMS takes 100 MB at most."""

NewName = Annotated[
    str,
    Field(pattern=r"^[^\x00-\x1f]{1,127}$", examples=["app"]),
    Allowed("127 characters at most"),
]

Boundary = Annotated[
    str,
    Field(max_length=255, examples=["1000000"]),
    Allowed("a column's value as text, 255 characters at most"),
]


class ParallelLoad(Section):
    """A large table that is loaded in segments, cut at values of indexed columns.

    Rows with a null in one of the columns are not loaded: take columns that are NOT NULL.
    """

    columns: Annotated[List[ColumnName], Field(min_length=1, max_length=10, examples=[["id"]])]
    """The columns, the most significant first; best the primary key's."""

    boundaries: Annotated[
        List[List[Boundary]], Field(min_length=1, examples=[[["1000000"], ["2000000"]]])
    ]
    """The upper ends of the segments in rising order, each a value for every column, as text. What
    lies above the last is one more segment."""


class TableLob(Section):
    """How one table's large objects are carried, unlike the rest of its task."""

    mode: TableLobMode = Field(examples=["limited"])
    """`limited`: up to `max_size_kb`, at once. `unlimited`: each is looked up."""

    max_size_kb: LobSizeKb | None = None
    """The largest LOB, in limited mode alone. Default: the task's `lob_max_size_kb`."""


class Table(Section):
    """A selection of tables: a table by its `name`, or tables by DMS's patterns.

    In a pattern `%` stands for any characters, `_` for any one and `[ ]` for one of several: the
    pattern `order_items` selects a table `order-items` too, if there is one, `order[_]items` does not,
    and `[[]` is a bracket.
    """

    schema_name: TableName = Field(alias="schema", examples=["public"])
    """The schema's name; a pattern, but beside `name`."""

    table: TableName = "%"
    """The tables' names, a pattern."""

    name: ExactName | None = Field(default=None, examples=["orders"])
    """The table's name, letter by letter, in place of `table`; schema is letter by letter then, too
    (DMS's `explicit`). Default: none."""

    action: Literal["include", "exclude"] = "include"
    """Whether the tables are carried or left out; leaving out wins."""

    load_order: int | None = Field(default=None, ge=0, le=2_147_483_647, examples=[1])
    """Tables with a higher number are loaded first. Default: none, no order."""

    parallel_load: ParallelLoad | None = Field(
        default=None, examples=[{"columns": ["id"], "boundaries": [["1000000"]]}]
    )
    """How the table is loaded in segments; for one table by its whole name. Default: none, in one
    piece."""

    lob: TableLob | None = Field(default=None, examples=[{"mode": "unlimited"}])
    """How the table's LOBs are carried; for one table by its whole name. Default: as the task
    does."""

    @property
    def patterns(self) -> tuple[str, str]:
        """Schema and table as patterns; what is exact matches itself alone."""
        if self.name is None:
            return self.schema_name, self.table
        return literal(self.schema_name), literal(self.name)


class Transformation(Section):
    """A name that differs at the target, or a column that stays behind.

    A generated column has to stay behind: PostgreSQL refuses to load it, and computes it anew.
    """

    target: Literal["schema", "table", "column"] = Field(examples=["column"])
    """What is changed."""

    action: TransformationAction = Field(examples=["remove-column"])
    """How; the first three take a `value`."""

    schema_name: TableName = Field(alias="schema", examples=["public"])
    """The schema's name."""

    table: TableName = "%"
    """The table's name, for tables and columns."""

    column: TableName | None = Field(default=None, examples=["total"])
    """The column's name, for columns, and required there."""

    value: NewName | None = Field(default=None, examples=["app"])
    """The new name, the prefix or the suffix, for the actions that take one, and required there."""
