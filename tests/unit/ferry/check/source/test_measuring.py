"""What is read first, where there is not the time for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferry.check.source.kept import Kept, Mark, Reading
from ferry.check.source.measure import Measure
from ferry.check.source.measuring import _in_order, _tables
from tests.unit.ferry.check.source.built import Table, col, subject, table

if TYPE_CHECKING:
    from collections.abc import Mapping

FOUND = Measure(infinite=1)
NOTHING = Measure()


def mark(written: str | None = "1") -> Mark:
    return Mark(shape="s", written=written, written_out_from=4096)


def order(
    tables: Mapping[str, int],
    *,
    done: Mapping[str, tuple[str, Measure]],
    written: Mapping[str, str | None],
) -> list[str]:
    """The tables that are read, in their order.

    Args:
        tables: The pages of each.
        done: When those were read that were, and what was found.
        written: What the statistics count of each now; all were read at "1".
    """
    built: dict[str, Table] = {
        name: table(name, col("at", "date"), pages=pages) for name, pages in tables.items()
    }
    marks = {each.oid: mark(written.get(name, "1")) for name, each in built.items()}
    kept = Kept("Nowhere.", marks)
    for name, (at, found) in done.items():
        reading = Reading(table=name, mark=mark(), at=at, pages=1, at_once=1, columns={2: found})
        kept.take(built[name].oid, reading, is_whole=True)
    return [
        each.relation.name for each in _in_order(_tables(subject(*built.values())), kept, marks)
    ]


def test_the_smallest_are_read_first() -> None:
    assert order({"large": 9, "small": 1}, done={}, written={}) == ["small", "large"]


def test_what_was_read_is_not_read_again_where_nothing_was_written() -> None:
    done = {"same": ("2026", FOUND), "changed": ("2026", NOTHING), "uncounted": ("2027", NOTHING)}

    assert order(
        dict.fromkeys(done, 1), done=done, written={"changed": "2", "uncounted": None}
    ) == ["changed", "uncounted"]


def test_what_may_be_mended_comes_first_and_what_only_changed_last() -> None:
    done = {
        "mended": ("2026-11-27", FOUND),
        "later": ("2026-11-27", NOTHING),
        "earlier": ("2026-11-26", NOTHING),
    }

    assert order(
        {"earlier": 1, "later": 1, "mended": 9, "never": 5},
        done=done,
        written=dict.fromkeys(done, "2"),
    ) == ["mended", "never", "earlier", "later"]


def test_a_value_near_the_limit_may_be_mended_too() -> None:
    near, far = Measure(octets=17 * 1024), Measure(octets=15 * 1024)  # the limit is 32 KB
    done = {"far": ("2026", far), "near": ("2026", near)}

    assert order({"far": 1, "near": 9}, done=done, written=dict.fromkeys(done, "2")) == [
        "near",
        "far",
    ]
