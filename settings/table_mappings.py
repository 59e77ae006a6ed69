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
    "remove-prefix",
    "remove-suffix",
    "replace-prefix",
    "replace-suffix",
    "include-column",
    "add-column",
    "change-data-type",
    "define-primary-key",
    "add-before-image-columns",
    "data-masking-digits-mask",
    "data-masking-digits-randomize",
    "data-masking-hash-mask",
]
FilterOperator = Literal["eq", "noteq", "gte", "ste", "between", "notbetween", "null", "notnull"]
DataTypeName = Literal[
    "boolean",
    "bytes",
    "date",
    "time",
    "datetime",
    "int1",
    "int2",
    "int4",
    "int8",
    "numeric",
    "real4",
    "real8",
    "string",
    "uint1",
    "uint2",
    "uint4",
    "uint8",
    "wstring",
    "blob",
    "clob",
    "nclob",
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


FilterValue = Annotated[
    str,
    Field(pattern=r"^[^\x00-\x1f]*$", max_length=255, examples=["2020-01-01"]),
    Allowed("a column's value as text, 255 characters at most, in one line"),
]
Expression = Annotated[
    str,
    Field(pattern=r"^[^\x00-\x1f]+$", max_length=2000, examples=["$first || ' ' || $last"]),
    Allowed(
        "an expression of SQLite's, with $ before columns, 2000 characters at most, in one line"
    ),
]


class FilterCondition(Section):
    """What a column's value has to be."""

    operator: FilterOperator = Field(examples=["gte"])
    """How it is compared: `eq`, `noteq`, `gte` (greater or equal), `ste` (smaller or equal),
    `between` and `notbetween` (both ends included), `null`, `notnull`."""

    value: FilterValue | None = Field(default=None, examples=["2020-01-01"])
    """What it is compared with, as text; for `eq`, `noteq`, `gte`, `ste`, and required there."""

    start_value: FilterValue | None = Field(default=None, examples=["2020-01-01"])
    """The lower end, for `between` and `notbetween`, and required there."""

    end_value: FilterValue | None = Field(default=None, examples=["2020-12-31"])
    """The upper end, for `between` and `notbetween`, and required there."""


class Filter(Section):
    """Rows that are carried, by a column; a row has to pass every filter of its table.

    An update by which a row begins to pass is carried as an update of what is not there: filter by
    columns that do not change. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.Filters.html
    """

    column: ColumnName
    """The column, which has to be of a type that DMS compares: no LOB."""

    conditions: Annotated[
        List[FilterCondition],
        Field(min_length=1, max_length=20, examples=[[{"operator": "gte", "value": "2020-01-01"}]]),
    ]
    """What its value has to be; one of them is enough. `noteq`, `notbetween` and `notnull` stand
    alone."""


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

    filters: Annotated[List[Filter], Field(max_length=20)] = Field(
        default=(),
        examples=[
            [
                {
                    "column": "created_at",
                    "conditions": [{"operator": "gte", "value": "2020-01-01"}],
                }
            ]
        ],
    )
    """Which of the table's rows are carried, of one table by its whole name in `table`; all of them,
    where nothing is said. What is left out at Aurora cannot come back from there."""

    @property
    def patterns(self) -> tuple[str, str]:
        """Schema and table as patterns; what is exact matches itself alone."""
        if self.name is None:
            return self.schema_name, self.table
        return literal(self.schema_name), literal(self.name)


class DataType(Section):
    """A column's type at the target, in DMS's words.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Reference.DataTypes.html
    """

    type: DataTypeName = Field(examples=["string"])
    """DMS's type."""

    length: int | None = Field(default=None, ge=1, le=2_147_483_647, examples=[50])
    """Its length, for text and bytes. Default: none, DMS's."""

    precision: int | None = Field(default=None, ge=1, le=38, examples=[10])
    """Its digits, for numeric. Default: none, DMS's."""

    scale: int | None = Field(default=None, ge=0, le=38, examples=[2])
    """Its digits behind the point, for numeric. Default: none, DMS's."""


class PrimaryKey(Section):
    """A key that a table has at the target."""

    name: NewName = Field(examples=["orders_key"])
    """The key's name."""

    origin: Literal["primary-key", "unique-index"] = "primary-key"
    """What it is made as."""

    columns: Annotated[List[ColumnName], Field(min_length=1, max_length=32, examples=[["id"]])]
    """Its columns."""


class BeforeImage(Section):
    """Which columns' earlier values an update brings along, and what they are called."""

    column_filter: Literal["pk-only", "non-lob", "all"] = "pk-only"
    """Which columns."""

    column_prefix: NewName | None = Field(default=None, examples=["before_"])
    """What their names begin with. One of prefix and suffix is needed."""

    column_suffix: NewName | None = Field(default=None, examples=["_before"])
    """What their names end in."""


class Transformation(Section):
    """What differs at the target: a name, a type, a key, a column more or less.

    A generated column has to stay behind: PostgreSQL refuses to load it, and computes it anew. Source:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Transformations.html
    """

    target: Literal["schema", "table", "column"] = Field(examples=["column"])
    """What is changed."""

    action: TransformationAction = Field(examples=["remove-column"])
    """How, in DMS's words; each takes what it needs of the settings below."""

    schema_name: TableName = Field(alias="schema", examples=["public"])
    """The schema's name."""

    table: TableName = "%"
    """The table's name, for tables and columns."""

    column: TableName | None = Field(default=None, examples=["total"])
    """The column's name, for columns, and required there, but for a column that is added."""

    value: NewName | None = Field(default=None, examples=["app"])
    """The new name, the prefix, the suffix, or the sign that masks digits; for the actions that take
    one, and required there."""

    old_value: NewName | None = Field(default=None, examples=["old_"])
    """The prefix or suffix that is replaced; for `replace-prefix` and `replace-suffix`."""

    expression: Expression | None = Field(default=None, examples=["$first || ' ' || $last"])
    """What an added column holds; for `add-column`."""

    data_type: DataType | None = Field(default=None, examples=[{"type": "string", "length": 50}])
    """The column's type; for `add-column` and `change-data-type`."""

    primary_key: PrimaryKey | None = Field(
        default=None, examples=[{"name": "orders_key", "columns": ["id"]}]
    )
    """The key; for `define-primary-key`."""

    before_image: BeforeImage | None = Field(default=None, examples=[{"column_suffix": "_before"}])
    """The earlier values; for `add-before-image-columns`."""
