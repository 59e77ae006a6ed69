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
    def log_severities(self) -> Mapping[LogComponent, str]:
        """The parts of DMS that log more or less than by default."""
