"""Waiting for a file to go: as long as it is there, and no longer than what is held is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferry.errors import FerryError
from ferry.migrate.cutover import postponing
from ferry.migrate.cutover.postponing import wait

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postponing, "SECONDS_BETWEEN_LOOKS", 0.0)


def test_it_waits_as_long_as_the_file_is_there_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postponing, "SECONDS_BETWEEN_WORDS", 0.0)
    file, said, looks = tmp_path / "not yet", list[str](), list[int]()
    file.write_text("")

    def still() -> None:
        looks.append(1)
        if len(looks) == 3:
            file.unlink()

    assert wait(file, still=still, behind=lambda: "all took 0.2 s", tell=said.append)
    assert len(looks) == 3
    assert said == [
        f"Waits until the file {file} is gone. Nothing is closed; changes are carried on.",
        *[f"Has waited 0 s for {file} to go; all took 0.2 s."] * 3,
        f"The file {file} is gone.",
    ]


def test_what_it_waits_for_is_said_now_and_then(tmp_path: Path) -> None:
    file, said, looks = tmp_path / "not yet", list[str](), list[int]()
    file.symlink_to("nowhere")  # it is there, wherever it leads

    def still() -> None:
        looks.append(1)
        if len(looks) == 5:
            file.unlink()

    assert wait(file, still=still, behind=str, tell=said.append)
    assert said[1:] == [
        f"Has waited 0 s for {file} to go; nothing runs.",
        f"The file {file} is gone.",
    ]


@pytest.mark.parametrize("name", ["none", "file/none"])
def test_a_file_that_is_not_there_is_not_waited_for(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    said = list[str]()
    assert not wait(tmp_path / name, still=lambda: None, behind=str, tell=said.append)
    assert said == [f"There is no file {tmp_path / name}: nothing is waited for."]


def test_a_lock_that_is_lost_ends_it(tmp_path: Path) -> None:
    def lost() -> None:
        raise FerryError("the session has ended")

    (tmp_path / "not yet").write_text("")
    with pytest.raises(FerryError, match="the session has ended"):
        wait(tmp_path / "not yet", still=lost, behind=str, tell=lambda _: None)


def test_a_file_that_cannot_be_looked_for_is_not_taken_for_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "lstat", refused)
    with pytest.raises(FerryError, match="cannot be told: Permission denied"):
        wait(tmp_path / "not yet", still=lambda: None, behind=str, tell=lambda _: None)
