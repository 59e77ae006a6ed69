"""Several at one work: what comes of it arrives as it comes, and nobody goes on whom nobody waits for."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from ferry.migrate.verify.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_SECONDS = 60.0


@dataclass
class Someone:
    """Hands on numbers; the last one only when it is let, or told to end."""

    numbers: tuple[int, ...]
    let: threading.Event = field(default_factory=threading.Event)
    fails: bool = False
    is_cancelled: bool = False
    has_ended: bool = False

    def work(self) -> Iterator[int]:
        try:
            *first, last = self.numbers
            yield from first
            assert self.let.wait(PATIENCE_SECONDS)
            if self.fails:
                raise ValueError("a server refuses")
            if not self.is_cancelled:
                yield last
        finally:
            self.has_ended = True

    def cancel(self) -> None:
        self.is_cancelled = True
        self.let.set()


def test_what_comes_of_the_work_of_each_arrives_as_it_comes() -> None:
    one, other = Someone((1, 2, 3)), Someone((4, 5))
    with closing(side_by_side([one, other])) as found:
        first = {next(found) for _ in range(3)}
        other.let.set()
        then = next(found)
        one.let.set()
        last = list(found)
    assert (first, then, last) == ({1, 2, 4}, 5, [3])
    assert [it.is_cancelled for it in (one, other)] == [False, False]


def test_where_one_fails_the_others_are_cancelled_and_have_ended() -> None:
    one, other = Someone((1,), fails=True), Someone((2, 3))
    one.let.set()
    with pytest.raises(ValueError, match="a server refuses"):
        list(side_by_side([one, other]))
    assert (other.is_cancelled, other.has_ended) == (True, True)


def test_where_nobody_wants_to_know_any_more_all_are_cancelled_and_have_ended() -> None:
    one, other = Someone((1, 2)), Someone((3, 4))
    with closing(side_by_side([one, other])) as found:
        next(found)
    assert [(it.is_cancelled, it.has_ended) for it in (one, other)] == [(True, True)] * 2


def test_when_their_time_is_over_all_are_cancelled_and_what_they_had_is_handed_on() -> None:
    quick, late = Someone((1, 2)), Someone((3, 4))
    quick.let.set()
    found = list(side_by_side([quick, late], ends_at=time.monotonic() + 0.5))
    assert sorted(found) == [1, 2, 3]
    assert (quick.is_cancelled, late.is_cancelled, late.has_ended) == (False, True, True)


def test_who_has_no_time_from_the_start_has_ended_too() -> None:
    late = Someone((3, 4))
    assert 4 not in list(side_by_side([late], ends_at=time.monotonic() - 1))
    assert late.has_ended


def test_time_that_is_enough_changes_nothing() -> None:
    one = Someone((1, 2))
    one.let.set()
    assert list(side_by_side([one], ends_at=time.monotonic() + PATIENCE_SECONDS)) == [1, 2]
    assert not one.is_cancelled


def test_nobody_brings_nothing() -> None:
    assert list(side_by_side(list[Someone]())) == []
