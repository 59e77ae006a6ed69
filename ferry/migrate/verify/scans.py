"""The statements that read one side of a table. Pure.

None of them sorts: the order of texts differs between servers, and PostgreSQL would sort whole rows.
None has parameters: beside them psycopg would take a `%` in a column's name for one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ferry.migrate.verify.expressions import record_hash, row_hash, text
from ferry.migrate.verify.keys import found_by, value
from ferry.postgres import sql

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ferry.migrate.verify.expressions import Form, Way
    from ferry.migrate.verify.tables import Table

SETTINGS: Final = (
    ("jit", "off"),
    ("enable_sort", "off"),
    ("work_mem", "128MB"),
    ("min_parallel_table_scan_size", "1MB"),
    ("parallel_setup_cost", "0"),
    ("parallel_tuple_cost", "0.01"),
)
"""How a session plans. PostgreSQL expects a million groups where there are thousands: it would sort
whole rows for them, and not have workers add up their parts. A worker costs more than a small table."""

ROWS_OF_A_BUCKET: Final = 200
LEAST_SHIFT: Final = 8
"""Ranges of an integer key are of 256 keys, or of more where there would be too many ranges."""
MOST_BUCKETS: Final = 2**18
OUTERMOST: Final = 2**12
"""So many rows at each end of an integer key may lie anywhere: each is a range of its own at most."""
LEAST_BUCKETS: Final = 2**12
"""Of the others; they cost nothing where there are fewer rows, and the estimate may be far too low."""


# PostgreSQL 11 knows it by this name alone; later ones keep it.
XMIN: Final = sql.SQL(
    "select pg_catalog.txid_snapshot_xmin(pg_catalog.txid_current_snapshot())"
).format()
"""The oldest transaction that runs; those of all subtransactions are newer than their parents."""


SHAPE: Final = """pg_catalog.md5(pg_catalog.concat_ws(E'\\n', c.oid, c.relkind,
  (select pg_catalog.string_agg(pg_catalog.concat_ws(' ', a.attnum, a.attname, a.atttypid, a.atttypmod,
     a.attcollation, a.attnotnull), E'\\n' order by a.attnum)
   from pg_catalog.pg_attribute a
   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
  (select pg_catalog.string_agg(i.indkey::pg_catalog.text, E'\\n' order by i.indkey::pg_catalog.text)
   from pg_catalog.pg_index i
   where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null)))"""
"""What changes with a table's columns and keys, or where it is another of its name; `c` is its row."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Buckets:
    """How rows are cut into buckets, on both sides alike.

    Args:
        shift: Of an integer key, how many of its lowest bits a bucket holds; None for the others.
        mask: Of the others, which bits of the hash of the key, or of the row, tell buckets apart.
    """

    shift: int | None
    mask: int


def buckets(*, rows: int, span: int | None) -> Buckets:
    """How a table is cut.

    Args:
        rows: How many rows are expected.
        span: How many values lie between the ends of an integer key, its outermost rows left aside; None
            where it is none.
    """
    wanted = min(max(rows // ROWS_OF_A_BUCKET, LEAST_BUCKETS), MOST_BUCKETS)
    mask = (1 << (wanted - 1).bit_length()) - 1
    if span is None or span > max(rows, ROWS_OF_A_BUCKET) * 2**LEAST_SHIFT:
        return Buckets(shift=None, mask=mask)
    shift = max(LEAST_SHIFT, (span // MOST_BUCKETS).bit_length())
    return Buckets(shift=shift, mask=mask)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One side of a table, and what is read of it.

    Args:
        table: The table.
        columns: The columns that are compared, each with its way.
        key: The columns of the key, each with its way and its base type; empty for none.
        form: How records are hashed.
        where: Which rows are read, over the alias `t`; None for all.
    """

    table: Table
    columns: tuple[tuple[Way, str], ...]
    key: tuple[tuple[Way, str, str], ...]
    form: Form
    where: sql.Composable | None = None

    @property
    def row(self) -> sql.Composable:
        """The row's hash."""
        return row_hash(self.columns, self.form)

    def shape(self) -> sql.Composed:
        """What the table's shape is now; no row where it is gone."""
        return sql.SQL(
            "select {shape} from pg_catalog.pg_class c join pg_catalog.pg_namespace n "
            "on n.oid = c.relnamespace where n.nspname = {schema} and c.relname = {table}"
        ).format(
            shape=sql.SQL(SHAPE),
            schema=sql.Literal(self.table.name.schema),
            table=sql.Literal(self.table.name.table),
        )

    def ends(self) -> sql.Composed:
        """The ends of an integer key, but for the outermost rows; NULL where there are no more rows.

        A few keys far from all others, as of rows that were made by hand, say nothing of the rest.
        """
        return sql.SQL(
            "select (select {k} from {t} order by {k} offset {rows} limit 1), "
            "(select {k} from {t} order by {k} desc offset {rows} limit 1)"
        ).format(k=self._key_column(0), t=self._from, rows=sql.Literal(OUTERMOST))

    def boundary(self, first: int | None, rows: int) -> sql.Composed:
        """The value of an integer key that lies so many rows behind another; no row where none does.

        Args:
            first: The other; None for the beginning of the table.
            rows: How many rows.
        """
        return sql.SQL("select {k} from {t}{where} order by {k} offset {rows} limit 1").format(
            k=self._key_column(0),
            t=self._from,
            where=sql.SQL("")
            if first is None
            else sql.SQL(" where {} >= {}").format(self._key_column(0), sql.Literal(first)),
            rows=sql.Literal(rows),
        )

    def between(self, first: int | None, end: int | None) -> Reading:
        """The rows of an integer key from one value on to before another; None for no end."""
        ends = [
            sql.SQL("{} {} {}").format(self._key_column(0), sql.SQL(how), sql.Literal(value))
            for how, value in ((">=", first), ("<", end))
            if value is not None
        ]
        which = [sql.SQL("({})").format(self.where)] if self.where else []
        if not ends:
            return self
        return replace(self, where=sql.SQL(" and ").join([*ends, *which]))

    def totals(self, cut: Buckets) -> sql.Composed:
        """Each bucket: its number, how many rows it has, and the sum of their hashes as text."""
        if not self.key:
            return sql.SQL(
                "select x.h & {mask}, pg_catalog.count(*), pg_catalog.sum(x.h)::text from ({rows}) x "
                "group by 1"
            ).format(mask=sql.Literal(cut.mask), rows=self._hashes())
        return sql.SQL(
            "select {bucket}, pg_catalog.count(*), pg_catalog.sum({row})::text from {t}{where} group by 1"
        ).format(bucket=self._bucket(cut), row=self.row, t=self._from, where=self._where())

    def hashes(self, cut: Buckets, wanted: Sequence[int], *, by_index: bool) -> sql.Composed:
        """Of some buckets: each row's hash, and its key as text.

        Without a key: each hash, and how many rows have it.

        Args:
            cut: How rows are cut.
            wanted: The buckets.
            by_index: Whether each bucket is looked up in the key's index; otherwise all are scanned.
        """
        if not self.key:
            return sql.SQL(
                "select x.h, pg_catalog.count(*) from ({rows}) x "
                "where x.h & {mask} in (select {wanted}) group by 1"
            ).format(mask=sql.Literal(cut.mask), rows=self._hashes(), wanted=_numbers(wanted))
        if by_index and cut.shift is not None:
            return sql.SQL(
                "select x.* from {wanted} b (n) cross join lateral "
                "(select {row}, {key} from {t}{where}{k} >= b.n << {shift} "
                "and {k} <= (b.n << {shift}) + {rest} offset 0) x"
            ).format(
                wanted=_numbers(wanted),
                row=self.row,
                key=self._key_texts(),
                t=self._from,
                where=self._where(and_more=True),
                k=self._key_column(0),
                shift=sql.Literal(cut.shift),
                rest=sql.Literal((1 << cut.shift) - 1),
            )
        return sql.SQL("select {row}, {key} from {t}{where}{bucket} in (select {wanted})").format(
            wanted=_numbers(wanted),
            row=self.row,
            key=self._key_texts(),
            t=self._from,
            where=self._where(and_more=True),
            bucket=self._bucket(cut),
        )

    def agreement(self, cut: Buckets, wanted: Sequence[int]) -> sql.Composed:
        """How many rows some buckets of an integer key have by the key's index, and without it. One snapshot.

        What cannot be had of an index keeps PostgreSQL from asking one for the latter.

        Args:
            cut: How rows are cut.
            wanted: The buckets.
        """
        return sql.SQL(
            "select (select pg_catalog.count(*) from {wanted} b (n) cross join lateral "
            "(select from {t}{where}{k} >= b.n << {shift} and {k} <= (b.n << {shift}) + {rest} offset 0) x), "
            "(select pg_catalog.count({row}) from {t}{where}{bucket} in (select {wanted}))"
        ).format(
            wanted=_numbers(wanted),
            t=self._from,
            where=self._where(and_more=True),
            k=self._key_column(0),
            shift=sql.Literal(cut.shift),
            rest=sql.Literal((1 << (cut.shift or 0)) - 1),
            row=self.row if self.table.by_columns else sql.SQL("t.ctid"),
            bucket=self._bucket(cut),
        )

    def hidden(self, keys: Sequence[Sequence[str]]) -> sql.Composed:
        """How many rows of some keys there are beyond those that the key leads to. One snapshot."""
        return sql.SQL(
            "select pg_catalog.count(*) - (select pg_catalog.count(*) from ({led_to}) x) "
            "from {t}{where}row({key}) in (select {texts})"
        ).format(
            led_to=self.by_key(sql.SQL("1"), keys),
            t=self._from,
            where=self._where(and_more=True),
            # As texts, which no index has.
            key=self._key_texts(),
            texts=sql.SQL(", ").join(
                sql.SQL("pg_catalog.unnest({}::pg_catalog.text[])").format(
                    sql.Literal([key[place] for key in keys])
                )
                for place in range(len(self.key))
            ),
        )

    def by_key(self, what: sql.Composable, keys: Sequence[Sequence[str]]) -> sql.Composed:
        """Something of the rows of some keys, and then the keys as text.

        It may find others too, equal by their collation alone.

        Args:
            what: What of them: a list of expressions over the alias `t`.
            keys: The keys.
        """
        places = range(len(self.key))
        return sql.SQL(
            "select {what}, {key} from rows from ({values}) k ({names}) join {t} on {on}{where}"
        ).format(
            what=what,
            key=self._key_texts(),
            values=sql.SQL(", ").join(
                sql.SQL("pg_catalog.unnest({}::pg_catalog.text[])").format(
                    sql.Literal([key[place] for key in keys])
                )
                for place in places
            ),
            names=sql.SQL(", ").join(map(value, places)),
            t=self._from,
            on=sql.SQL(" and ").join(
                found_by(*column, place) for place, column in enumerate(self.key)
            ),
            where=self._where(),
        )

    def newer(self, xmin: int, most: int) -> sql.Composed:
        """The count of all rows, and of those that a transaction wrote since: hash and key. One snapshot.

        Each row begins with whether it is the count.

        Args:
            xmin: The first such transaction, with its epoch; less than 2^31 ago.
            most: How many rows at most.
        """
        since = sql.SQL("pg_catalog.age(t.xmin) <= pg_catalog.age({}::pg_catalog.text::xid)")
        return sql.SQL(
            "select true, pg_catalog.count(*), {nothing} from {t}{where} union all "
            "(select false, {row}, {key} from {t}{and_more}{since} limit {most})"
        ).format(
            nothing=sql.SQL(", ").join([sql.SQL("null::pg_catalog.text")] * len(self.key)),
            t=self._from,
            where=self._where(),
            row=self.row,
            key=self._key_texts(),
            and_more=self._where(and_more=True),
            since=since.format(sql.Literal(str(xmin % 2**32))),
            most=sql.Literal(most),
        )

    def by_hash(self, what: sql.Composable, hashes: Sequence[int]) -> sql.Composed:
        """Something of the rows that have one of some hashes, and then their hash as text."""
        return sql.SQL(
            "select {what}, {row}::pg_catalog.text from {t}{where}{row} in (select {wanted})"
        ).format(
            what=what,
            row=self.row,
            t=self._from,
            where=self._where(and_more=True),
            wanted=_numbers(hashes),
        )

    def versions(self, keys: Sequence[Sequence[str]]) -> sql.Composed:
        """Of the rows of some keys: the hash, what changes with each change of the row, and the key.

        Without a key: how many rows have each of some hashes, the same of all of them, and the hash.
        """
        version = sql.SQL("pg_catalog.concat_ws(' ', t.xmin, t.ctid, t.tableoid)")
        if self.key:
            return self.by_key(sql.SQL("{}, {}").format(self.row, version), keys)
        return sql.SQL("{} group by {}").format(
            self.by_hash(
                sql.SQL(
                    "pg_catalog.count(*), "
                    "pg_catalog.sum(pg_catalog.hashtextextended({}, 7))::pg_catalog.text"
                ).format(version),
                [int(key) for (key,) in keys],
            ),
            self.row,
        )

    def column_hashes(self) -> sql.Composed:
        """Each column's hash, in an array."""
        return sql.SQL("array[{}]::pg_catalog.int8[]").format(
            sql.SQL(", ").join(record_hash([column], self.form) for column in self.columns)
        )

    def values(self, places: Sequence[int], *, most: int) -> sql.Composed:
        """Columns as texts, in an array, each cut after so many characters.

        Args:
            places: Which of the columns that are compared.
            most: How many characters.
        """
        return sql.SQL("array[{}]::pg_catalog.text[]").format(
            sql.SQL(", ").join(
                # Not by a cast, which drops the blanks of char(n). And a composite of NULLs is NULL to
                # `is null`, one with a NULL is to `is not null`. Columns of two collations make no array that
                # can be sorted.
                sql.SQL(
                    "case when pg_catalog.num_nulls({c}) = 0 "
                    'then pg_catalog.left(pg_catalog.concat({c}), {most}) end collate pg_catalog."C"'
                ).format(c=sql.Identifier("t", self.columns[place][1]), most=sql.Literal(most))
                for place in places
            )
        )

    @property
    def _from(self) -> sql.Composed:
        only = sql.SQL("" if self.table.is_partitioned else "only ")
        return sql.SQL("{}{} t").format(only, sql.Identifier(*self.table.name))

    def _where(self, *, and_more: bool = False) -> sql.Composable:
        """The condition; what follows may be a part of it."""
        if self.where is None:
            return sql.SQL(" where " if and_more else "")
        return sql.SQL(" where ({}) and " if and_more else " where ({})").format(self.where)

    def _key_column(self, place: int) -> sql.Composable:
        return sql.Identifier("t", self.key[place][1])

    def _key_texts(self) -> sql.Composed:
        return sql.SQL(", ").join(text(way, name) for way, name, _ in self.key)

    def _bucket(self, cut: Buckets) -> sql.Composed:
        if cut.shift is not None:
            return sql.SQL("({}::pg_catalog.int8 >> {})").format(
                self._key_column(0), sql.Literal(cut.shift)
            )
        key = [(way, name) for way, name, _ in self.key]
        return sql.SQL("({} & {})").format(record_hash(key, self.form), sql.Literal(cut.mask))

    def _hashes(self) -> sql.Composed:
        return sql.SQL("select {} as h from {}{} offset 0").format(
            self.row, self._from, self._where()
        )


def _numbers(wanted: Sequence[int]) -> sql.Composed:
    return sql.SQL("pg_catalog.unnest({}::pg_catalog.int8[])").format(sql.Literal(list(wanted)))
