"""What a report tells, as frozen values. Pure. Names, counts, hashes and times: no value of a row, no key."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - read when a document is made of these
from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - the same
from enum import StrEnum


class Ending(StrEnum):
    """How far a run came. The value is the word that is shown."""

    FINISHED = "done"
    BEYOND = "half done"
    """The point of no return is behind, and steps are left."""
    OPENED = "broken off"
    """It ended before that point, and what it had closed is open again."""
    TAKEN_BACK = "taken back"
    """It was beyond that point and had not opened Aurora: what it had closed is open again."""
    NOT_CLOSED = "not begun"
    """It ended before it closed anything."""
    CLOSED = "under way"
    """Writers are kept out, and the point is ahead."""
    UNKNOWN = "not known"


@dataclass(frozen=True, kw_only=True, slots=True)
class By:
    """Who went on with a run.

    Args:
        at: When.
        caller: Who was signed in to AWS, as an ARN; empty where it was not written down.
        user: The user of the machine.
        machine: The machine's name.
        ferry: The version of ferry.
        typed: Whether somebody typed the environment's name; otherwise it was an option.
        warnings: What the gate warned of.
    """

    at: datetime
    caller: str
    user: str
    machine: str
    ferry: str
    typed: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """A step of a run, as often as it was begun.

    Args:
        step: Its name.
        what: What it does; empty where this ferry does not know it.
        at: When it began.
        seconds: How long it took; None where it did not end.
        state: `done`, `failed`, or `begun` where nobody wrote down how it ended.
        why: Why it failed.
        in_window: Whether writers are kept out meanwhile.
    """

    step: str
    what: str
    at: datetime
    seconds: float | None
    state: str
    why: str = ""
    in_window: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Outage:
    """For how long writers were kept out.

    Args:
        seconds: That; None where it was not measured.
        how: How it was measured, or why it was not.
        closed_at: When the side was closed; None where it was not.
        opened_at: When the side that applications go on with was opened; None where that is not known.
    """

    seconds: float | None
    how: str
    closed_at: datetime | None = None
    opened_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What one comparison of a table came to.

    Args:
        at: When it was scanned.
        verdict: Its word, as `ferry verify` says it.
        rows: Of source and Aurora, how many rows.
        hashes: The hashes of all of them; empty where only newer rows were compared.
        newer: How many rows were compared, where only newer ones were.
        seconds: How long it took; None where that is not kept.
    """

    at: datetime
    verdict: str
    rows: tuple[int, int]
    hashes: tuple[str, str]
    newer: tuple[int, int] | None = None
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A run of the cutover, or of the way back.

    Args:
        id: Its id.
        direction: `forward` for a cutover, `back` for a rollback.
        ending: How far it came.
        outage: For how long writers were kept out.
        by: Who went on with it, in order.
        steps: Its steps, in order.
        point_at: When it went beyond the point of no return; None where it did not.
        opened: What opening it again came to, where it was broken off; empty where nobody says.
        looks: What the comparison within the window came to, by database and table.
        left: Databases and tables for which it had no time.
        given_up_at: When its migration began to be finished, and nobody could go back any more; None where
            it was not.
        over_at: When that was done.
    """

    id: str
    direction: str
    ending: Ending
    outage: Outage
    by: tuple[By, ...] = ()
    steps: tuple[Done, ...] = ()
    point_at: datetime | None = None
    opened: str = ""
    looks: Mapping[tuple[str, str], Look] = field(default_factory=dict)
    left: tuple[tuple[str, str], ...] = ()
    given_up_at: datetime | None = None
    over_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Differed:
    """A time that a table differed.

    Args:
        at: When that was seen first.
        last_at: When it was seen last.
        counts: How many rows, by how they differ.
        same_at: When the table was the same again; None where it was not.
        loaded_at: When DMS loaded the table again in between; None where it did not.
    """

    at: datetime
    last_at: datetime
    counts: Mapping[str, int]
    same_at: datetime | None = None
    loaded_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table that is carried.

    Args:
        database: The database's name in Aurora.
        name: Its name at the source.
        state: DMS's word for where it is; empty where DMS does not say.
        loaded: How many rows DMS says that it loaded; None where it does not.
        changes: How many changes DMS says that it applied.
        whole: The last comparison of all of its rows; None where none is kept.
        same_at: When it was the same the last time; None where it never was.
        window: The comparison within the window of the cutover; None where there was none.
        is_left: Whether the window had no time for it.
        afterwards: Of such a one, what `ferry verify` the other way has found since; empty for nothing.
        not_compared: Why it cannot be compared; empty where it can.
        left_out: The columns that were not compared.
        is_current: Whether what is kept of it is of the table as it is now; None where that is not known.
        differed: When it differed.
    """

    database: str
    name: str
    state: str = ""
    loaded: int | None = None
    changes: int | None = None
    whole: Look | None = None
    same_at: datetime | None = None
    window: Look | None = None
    is_left: bool = False
    afterwards: str = ""
    not_compared: str = ""
    left_out: tuple[str, ...] = ()
    is_current: bool | None = None
    differed: tuple[Differed, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped:
    """Something that was left out.

    Args:
        what: It.
        why: Why.
        is_meant: Whether the environment's file says so.
    """

    what: str
    why: str
    is_meant: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """A line of a chart.

    Args:
        name: What it is.
        points: When, and how much.
    """

    name: str
    points: tuple[tuple[datetime, float], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """A chart.

    Args:
        name: Its name, kebab-case and stable.
        title: What it shows.
        unit: In which unit.
        series: Its lines; those without a point are not among them.
        why: Why it has none; empty where it has.
    """

    name: str
    title: str
    unit: str
    series: tuple[Series, ...] = ()
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """Something that could not be told.

    Args:
        what: It, as a sentence begins: `The journal at the source`.
        why: Why.
    """

    what: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Stand:
    """How far a step of the migration is, as `ferry status` says it.

    Args:
        step: Its name.
        state: How far it is.
        what: What is seen of it.
    """

    step: str
    state: str
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """All of it.

    Args:
        environment: The environment's name.
        account_id: The AWS account.
        region: Its region.
        source: Where it is carried from: host and port.
        target: Aurora's endpoint; empty where that is not known.
        at: When this was gathered.
        by: Who gathered it, as an ARN.
        max_outage_seconds: How long writers may be kept out.
        goes_back: Whether a way back is deployed beside the tasks.
        way_back: Until when there is one, and what has to happen for it, as the file says.
        versions: Of what, and which; an empty one is not known.
        settings: The settings, by their names.
        runs: The runs, in order.
        tables: The tables, in order.
        skipped: What was left out.
        charts: The charts.
        stands: Where the migration stands, where nothing was cut over yet.
        gaps: What could not be told.
        is_asked: Whether a database has told of its journal: otherwise there may be runs that are not known.
    """

    environment: str
    account_id: str
    region: str
    source: str
    target: str
    at: datetime
    by: str
    max_outage_seconds: int
    goes_back: bool = False
    way_back: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    runs: tuple[Run, ...] = ()
    tables: tuple[Table, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    charts: tuple[Chart, ...] = ()
    stands: tuple[Stand, ...] = ()
    gaps: tuple[Gap, ...] = ()
    is_asked: bool = True

    @property
    def last(self) -> Run | None:
        """The run that says where the applications write: the last that went beyond its point."""
        beyond = [it for it in self.runs if it.ending in {Ending.FINISHED, Ending.BEYOND}]
        return beyond[-1] if beyond else None
