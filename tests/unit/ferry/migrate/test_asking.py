"""Nobody waits longer than he wants, and a question that hangs is not asked twice."""

from __future__ import annotations

import threading
import time

from ferry.account import Unanswered
from ferry.errors import FerryError
from ferry.migrate.watching.asking import Asking


def soon() -> float:
    return time.monotonic() + 0.05


def test_an_answer_is_taken_and_the_question_asked_anew() -> None:
    numbers = iter(range(3))
    asking = Asking(who="DMS", ask=lambda: next(numbers))
    found = []
    for _ in range(3):
        asking.begin()
        found.append(asking.answer(until=time.monotonic() + 10))

    assert found == [0, 1, 2]


def test_one_that_hangs_is_said_and_its_late_answer_is_taken() -> None:
    free, asked = threading.Event(), []

    def ask() -> str:
        asked.append(1)
        free.wait(10)
        return "late"

    asking = Asking(who="The source", ask=ask)
    asking.begin()
    first = asking.answer(until=soon())
    asking.begin()
    second = asking.answer(until=soon())
    free.set()
    asking.begin()
    third = asking.answer(until=time.monotonic() + 10)

    assert first == second == Unanswered("The source has not answered for 0 s.")
    assert third == "late"
    assert asked == [1]


def test_a_refusal_is_an_answer_with_its_remedy() -> None:
    def ask() -> str:
        raise FerryError("It refuses.", "Mend it.")

    asking = Asking(who="DMS", ask=ask)
    asking.begin()

    assert asking.answer(until=time.monotonic() + 10) == Unanswered("It refuses.", "Mend it.")


def test_a_fault_of_ferrys_own_ends_no_watch() -> None:
    def ask() -> str:
        raise ValueError("five")

    asking = Asking(who="DMS", ask=ask)
    asking.begin()

    assert asking.answer(until=time.monotonic() + 10) == Unanswered(
        "DMS could not be asked: ValueError: five."
    )
