"""What a task is made of, in the words of the settings, which fit these shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from facts.dms import LogComponent


class ParallelLoad(Protocol):
    """A table that is loaded in segments, cut at values of indexed columns.

    Ranges are the only segments that every DMS version can cut a PostgreSQL table into. Rows with a
    null in one of the columns are **not loaded**.
    """

    @property
    def columns(self) -> Sequence[str]:
        """The columns, the most significant first."""

    @property
    def boundaries(self) -> Sequence[Sequence[str]]:
        """The upper ends of the segments in rising order, each with a value for every column."""


class TableLob(Protocol):
    """How one table's large objects are carried, whatever the task's mode is."""

    @property
    def mode(self) -> str:
        """``limited`` or ``unlimited``."""

    @property
    def max_size_kb(self) -> int | None:
        """In limited mode the largest one in KB; the task's by default."""


class FilterCondition(Protocol):
    """What a column's value has to be."""

    @property
    def operator(self) -> str:
        """How it is compared, in DMS's words, such as ``gte``."""

    @property
    def value(self) -> str | None:
        """What it is compared with, where that is one value."""

    @property
    def start_value(self) -> str | None:
        """The lower end, where it is compared with a range."""

    @property
    def end_value(self) -> str | None:
        """The upper end, where it is compared with a range."""


class Filter(Protocol):
    """The rows that are carried, by a column."""

    @property
    def column(self) -> str:
        """The column."""

    @property
    def conditions(self) -> Sequence[FilterCondition]:
        """What its value has to be; one of them is enough."""


class Table(Protocol):
    """Tables that are carried, or not."""

    @property
    def schema_name(self) -> str:
        """The schema's name, or a pattern with ``%``."""

    @property
    def table(self) -> str:
        """The tables' names, a pattern."""

    @property
    def name(self) -> str | None:
        """The table's name, letter by letter, in place of ``table``; or None."""

    @property
    def action(self) -> str:
        """``include`` or ``exclude``; an exclusion wins."""

    @property
    def load_order(self) -> int | None:
        """Tables with a higher number are loaded first."""

    @property
    def parallel_load(self) -> ParallelLoad | None:
        """The segments of a single table."""

    @property
    def lob(self) -> TableLob | None:
        """The large objects of a single table."""

    @property
    def filters(self) -> Sequence[Filter]:
        """Which rows are carried; a row has to pass all of them."""


class DataType(Protocol):
    """A column's type at the target, in DMS's words."""

    @property
    def type(self) -> str:
        """DMS's type, such as ``string``."""

    @property
    def length(self) -> int | None:
        """Its length; DMS's by default."""

    @property
    def precision(self) -> int | None:
        """Its digits; DMS's by default."""

    @property
    def scale(self) -> int | None:
        """Its digits behind the point; DMS's by default."""


class PrimaryKey(Protocol):
    """A key at the target."""

    @property
    def name(self) -> str:
        """The key's name."""

    @property
    def origin(self) -> str:
        """``primary-key`` or ``unique-index``."""

    @property
    def columns(self) -> Sequence[str]:
        """Its columns."""


class BeforeImage(Protocol):
    """Earlier values that an update brings along."""

    @property
    def column_filter(self) -> str:
        """``pk-only``, ``non-lob`` or ``all``."""

    @property
    def column_prefix(self) -> str | None:
        """What their names begin with."""

    @property
    def column_suffix(self) -> str | None:
        """What their names end in."""


class Transformation(Protocol):
    """A name that differs at the target, or a column that stays behind."""

    @property
    def target(self) -> str:
        """``schema``, ``table`` or ``column``."""

    @property
    def action(self) -> str:
        """What happens to it, in DMS's words."""

    @property
    def schema_name(self) -> str:
        """The schema's name, or a pattern with ``%``."""

    @property
    def table(self) -> str:
        """The table's name, or a pattern with ``%``."""

    @property
    def column(self) -> str | None:
        """The column's name or pattern, where a column is changed."""

    @property
    def value(self) -> str | None:
        """The new name, prefix or suffix."""

    @property
    def old_value(self) -> str | None:
        """The prefix or suffix that is replaced."""

    @property
    def expression(self) -> str | None:
        """What an added column holds."""

    @property
    def data_type(self) -> DataType | None:
        """A column's new type."""

    @property
    def primary_key(self) -> PrimaryKey | None:
        """A table's key."""

    @property
    def before_image(self) -> BeforeImage | None:
        """Earlier values."""


class Validation(Protocol):
    """The comparison, by DMS, of each row at the source with its row at the target."""

    @property
    def enabled(self) -> bool:
        """Whether rows are compared."""

    @property
    def thread_count(self) -> int:
        """How many threads compare."""

    @property
    def failure_max_count(self) -> int:
        """After how many failures of the task comparing stops."""

    @property
    def table_failure_max_count(self) -> int:
        """The same for one table."""

    @property
    def skip_lob_columns(self) -> bool:
        """Whether large objects are left out."""


class Task(Protocol):
    """What a task carries, and how."""

    @property
    def name(self) -> str:
        """The task's own name, such as ``orders``; no other of the environment has it."""

    @property
    def migration_type(self) -> str:
        """``full-load``, ``cdc`` or ``full-load-and-cdc``; DMS refuses to change it later."""

    @property
    def tables(self) -> Sequence[Table]:
        """Which tables."""

    @property
    def transformations(self) -> Sequence[Transformation]:
        """What differs at the target."""

    @property
    def target_table_preparation_mode(self) -> str:
        """What DMS does with a target table before it loads it, in DMS's words."""

    @property
    def lob_mode(self) -> str:
        """``limited``, ``full`` or ``inline``."""

    @property
    def lob_max_size_kb(self) -> int:
        """KB up to which large objects travel with their row, in limited and inline mode."""

    @property
    def full_load_sub_tasks(self) -> int:
        """How many tables are loaded at a time."""

    @property
    def after_full_load(self) -> str:
        """``continue``, ``stop-before-cached-changes`` or ``stop-after-cached-changes``."""

    @property
    def commit_rate(self) -> int:
        """How many rows are loaded together."""

    @property
    def batch_apply(self) -> bool:
        """Whether changes are applied in batches."""

    @property
    def validation(self) -> Validation:
        """The comparison."""

    @property
    def control_schema(self) -> str:
        """The schema at the target in which DMS keeps account of the task."""

    @property
    def cdc_start_position(self) -> str | None:
        """Where a task that loads nothing begins to read; where it is started by default."""

    @property
    def extra_settings(self) -> str | None:
        """More of DMS's settings, as a JSON object of sections."""

    @property
    def log_severities(self) -> Mapping[LogComponent, str]:
        """The parts of DMS that log more or less than by default."""
