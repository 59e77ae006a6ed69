from __future__ import annotations

import pytest

from ferry.check.source.words import duration, listed, size
from ferry.words import counted


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0 bytes"),
        (1000, "1000 bytes"),
        (1023, "1023 bytes"),
        (1024, "1 KiB"),
        (1536, "1.5 KiB"),
        (1023 * 1024, "1023 KiB"),
        (3 * 2**30, "3 GiB"),
        (2**50, "1024 TiB"),
    ],
)
def test_sizes(number: float, shown: str) -> None:
    assert size(number) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(5, "5 s"), (119, "119 s"), (120, "2 minutes"), (7200, "2 hours"), (2 * 86_400, "2 days")],
)
def test_times(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_numbers_have_their_words() -> None:
    assert counted(1, "table") == "1 table"
    assert counted(2_000, "index", "indexes") == "2,000 indexes"


def test_five_are_named_and_the_rest_counted() -> None:
    assert listed(["a", "b", "a"]) == "a, b"
    assert listed(map(str, range(1_007))) == "0, 1, 2, 3, 4 and 1,002 more"
