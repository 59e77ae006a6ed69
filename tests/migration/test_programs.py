"""PostgreSQL's own programs: which ones are taken, and what is said where one fails."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ferry.postgres.programs import ProgramError, folder_of_programs, run

PYTHON = Path(sys.executable)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where programs are looked for: nothing is there yet, nor on the path."""
    monkeypatch.setattr("ferry.postgres.programs._PLACES", (f"{tmp_path}/{{}}",))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    return tmp_path


def put(folder: Path, said: str = "pg_dump (PostgreSQL) 17.2") -> Path:
    folder.mkdir()
    for name in ("pg_dump", "pg_restore"):
        (folder / name).write_text(f"#!/bin/sh\necho '{said}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_oldest_that_is_new_enough_is_taken(programs: Path) -> None:
    folders = {release: put(programs / str(release)) for release in (15, 16, 17)}

    assert [folder_of_programs(each) for each in (11, 15, 16, 17)] == [
        folders[15],
        folders[15],
        folders[16],
        folders[17],
    ]


def test_those_on_the_path_are_taken_where_they_are_new_enough(programs: Path) -> None:
    folder = put(programs / "path")

    assert folder_of_programs(17) == folder
    with pytest.raises(ProgramError):
        folder_of_programs(18)


def test_none_that_is_new_enough_is_told_with_the_way_to_get_it(programs: Path) -> None:
    put(programs / "15")

    with pytest.raises(ProgramError) as refused:
        folder_of_programs(16)

    assert str(refused.value) == (
        "This machine has no pg_dump and pg_restore of PostgreSQL 16 or later. On Debian and Ubuntu: "
        "apt-get install postgresql-client-16; on macOS: brew install postgresql@16."
    )


def test_what_a_program_says_of_its_failure_is_told() -> None:
    fails = "import sys; sys.exit('a: warning: x\\na: error: no such table\\na: detail: t')"

    with pytest.raises(ProgramError) as refused:
        run(PYTHON, ["-c", fails], deadline_seconds=30)

    assert refused.value.why == f"{PYTHON.name} failed: a: error: no such table a: detail: t"


def test_one_that_fails_without_a_word_is_told() -> None:
    with pytest.raises(ProgramError, match="failed: without a message"):
        run(PYTHON, ["-c", "raise SystemExit(1)"], deadline_seconds=30)


def test_one_that_does_not_end_is_ended() -> None:
    with pytest.raises(ProgramError) as refused:
        run(PYTHON, ["-c", "import time; time.sleep(60)"], deadline_seconds=0.5)

    assert refused.value.why == f"{PYTHON.name} did not end within 0.5 seconds."


def test_one_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="cannot be started: No such file or directory"):
        run(tmp_path / "none", [], deadline_seconds=30)


def test_what_is_no_utf8_is_refused() -> None:
    writes = r"import sys; sys.stdout.buffer.write(b'\xff')"

    with pytest.raises(ProgramError, match="wrote what is no UTF-8"):
        run(PYTHON, ["-c", writes], deadline_seconds=30)


def test_it_sees_no_setting_of_libpqs_but_those_that_are_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGPASSWORD", "canary")
    shows = "import os; print({name for name in os.environ if name[:2] == 'PG'})"

    said = run(PYTHON, ["-c", shows], environment={"PGPASSFILE": "x"}, deadline_seconds=30)

    assert said == "{'PGPASSFILE'}\n"
