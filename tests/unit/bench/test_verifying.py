"""How much `python -m bench verify` is asked for."""

from __future__ import annotations

import pytest

from bench.__main__ import main
from bench.verifying import ROWS, TABLES, sizes


def test_a_number_of_rows_and_one_of_tables_may_be_given() -> None:
    assert sizes([]) == (ROWS, TABLES)
    assert sizes(["1000000"]) == (1_000_000, TABLES)
    assert sizes(["0", "10"]) == (0, 10)


@pytest.mark.parametrize("wanted", [["many"], ["-1"], ["1", "2", "3"]])
def test_what_is_no_number_is_told_apart(
    wanted: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", *wanted]) == 2
    assert capsys.readouterr().err == (
        f"bench: {' '.join(wanted)!r} given; a number of rows and one of tables are allowed\n"
    )
