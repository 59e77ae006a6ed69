"""No text holds up the review: what its patterns look for, repeated, is read once from end to end."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.unit.ferry.review.hostile import REPEATED

pytestmark = pytest.mark.slow

ENOUGH_SECONDS = 500
"""It takes ten. A pattern that goes back over 100,000 characters for each of them takes a minute for
each of its texts, one that tries each way to split them takes for ever."""


def test_a_text_that_repeats_what_is_looked_for_is_read_in_time() -> None:
    command = [sys.executable, "-m", "tests.unit.ferry.review.hostile"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=ENOUGH_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        at = (error.stdout or b"").decode().splitlines()[-1:]
        pytest.fail(f"The review is still at a text that repeats {at}.")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [repr(it) for it in REPEATED]
