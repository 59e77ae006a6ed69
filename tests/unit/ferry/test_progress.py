"""What is kept between two runs of a command: whole, its owner's, and of one thing."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry import files
from ferry.errors import FerryError
from ferry.progress import NewerError, Progress, UnusableError

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = {"public.orders": {"rows": 3, "share": 0.1, "read": ["2026-11-27", None]}}


@pytest.fixture
def progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Progress:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Progress(
        environment="dev", command="check-source", database="App/1", version=2, of={"system": "7"}
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nothing_is_kept_at_first(progress: Progress) -> None:
    assert progress.read() is None


def test_what_is_kept_comes_back(progress: Progress) -> None:
    progress.write("earlier")
    progress.write(KEPT)

    assert progress.read() == KEPT
    assert progress.file.read_text().count("earlier") == 0
    assert [each.name for each in progress.file.parent.iterdir()] == [progress.file.name]


def test_what_is_forgotten_is_gone(progress: Progress) -> None:
    progress.write(KEPT)

    progress.forget()
    progress.forget()

    assert progress.read() is None


def test_it_is_its_owners_alone(progress: Progress, tmp_path: Path) -> None:
    (tmp_path / "state" / "ferry").mkdir(parents=True, mode=0o755)

    progress.write(KEPT)

    assert progress.file == tmp_path / "state/ferry/dev/check-source.%41pp%2f1.json"
    assert mode(progress.file) == 0o600
    assert mode(tmp_path / "state/ferry/dev") == mode(tmp_path / "state/ferry") == 0o700


@pytest.mark.parametrize("given", [None, "", "relative"])
def test_it_is_in_the_home_folder_unless_another_is_named(
    progress: Progress, monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.delenv("XDG_STATE_HOME")
    if given is not None:
        monkeypatch.setenv("XDG_STATE_HOME", given)

    assert progress.file.parent == Path("/home/ann/.local/state/ferry/dev")


def test_without_a_home_folder_that_is_said(
    progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(Path, "home", homeless)

    with pytest.raises(
        FerryError, match=r"no home folder to keep progress in\. Set XDG_STATE_HOME"
    ):
        progress.read()


@given(st.lists(st.text(min_size=1), min_size=2, max_size=2, unique=True))
@pytest.mark.unfollowed
def test_each_database_has_a_file_of_its_own(names: list[str]) -> None:
    one, other = (
        Progress(environment="dev", command="c", database=name, version=1, of={}).file.name.lower()
        for name in names
    )

    assert one != other
    assert "/" not in one
    assert one.isascii()


def changed(change: Callable[[dict[str, object]], object]) -> Callable[[bytes], bytes]:
    def apply(text: bytes) -> bytes:
        document = json.loads(text)
        change(document)
        return json.dumps(document).encode()

    return apply


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda _: b"",
        lambda _: b"\0" * 100,
        lambda _: b"[" * 100_000,
        lambda _: b"[]",
        lambda _: b"{}",
        lambda _: b"\xff",
    ],
    ids=["half", "empty", "zeros", "deep", "list", "nothing", "bytes"],
)
def test_a_torn_file_is_said(progress: Progress, spoil: Callable[[bytes], bytes]) -> None:
    progress.write(KEPT)
    progress.file.write_bytes(spoil(progress.file.read_bytes()))

    with pytest.raises(UnusableError, match=r"check-source.*json is torn, or not ferry's\.$"):
        progress.read()


@pytest.mark.parametrize(
    "spoil",
    [
        changed(lambda it: it.update(kept={"public.orders": {"rows": 4}})),
        changed(lambda it: it.update(version="2")),
        changed(lambda it: it.update(sha256=None)),
    ],
    ids=["kept", "version", "sum"],
)
def test_a_file_that_somebody_changed_is_said(
    progress: Progress, spoil: Callable[[bytes], bytes]
) -> None:
    progress.write(KEPT)
    progress.file.write_bytes(spoil(progress.file.read_bytes()))

    with pytest.raises(UnusableError, match=r"was changed by somebody else than ferry\.$"):
        progress.read()


def test_a_file_of_something_else_is_said(progress: Progress) -> None:
    replace(progress, of={"system": "8"}).write(KEPT)

    with pytest.raises(UnusableError, match=r"is of another server or database\.$"):
        progress.read()


def test_a_file_of_an_older_ferry_is_said(progress: Progress) -> None:
    replace(progress, version=1).write(KEPT)

    with pytest.raises(UnusableError, match=r"by an older ferry \(version 1\)\.$"):
        progress.read()


def test_a_file_of_a_newer_ferry_is_said_apart(progress: Progress) -> None:
    replace(progress, version=3).write(KEPT)

    with pytest.raises(
        NewerError, match=r"newer ferry \(version 3; this one knows 2\)\. Use that ferry, or remove"
    ):
        progress.read()


def test_a_file_that_cannot_be_read_written_or_removed_is_said(progress: Progress) -> None:
    progress.file.mkdir(parents=True)

    with pytest.raises(FerryError, match=r"cannot be read: Is a directory\.$"):
        progress.read()
    with pytest.raises(FerryError, match=r"cannot be written: Is a directory\.$"):
        progress.write(KEPT)
    with pytest.raises(FerryError, match="cannot be removed"):
        progress.forget()


@pytest.mark.parametrize("ended_by", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_what_is_interrupted_leaves_what_was_kept(
    progress: Progress, monkeypatch: pytest.MonkeyPatch, ended_by: BaseException
) -> None:
    progress.write(KEPT)

    def ends(_: int) -> None:
        raise ended_by

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", ends)
        with pytest.raises((KeyboardInterrupt, FerryError)):
            progress.write("later")

    assert progress.read() == KEPT
    assert [each.name for each in progress.file.parent.iterdir()] == [progress.file.name]


def test_what_a_killed_ferry_has_left_is_removed_by_the_next_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, another = tmp_path / "d[e]v.toml", tmp_path / "dev.toml"

    def killed(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        patched.setattr(Path, "unlink", killed)
        for each in (file, file, another):
            with pytest.raises(KeyboardInterrupt):
                files.replace(each, b"half", mode=0o600)
    left = sorted(tmp_path.glob(".d[[]*"))
    assert len(left) == 2
    old, _ = left
    os.utime(old, (0, 0))

    files.replace(file, b"whole", mode=0o600)

    # Another ferry may be writing the younger one, and the third is of another file.
    assert not old.exists()
    assert len(list(tmp_path.iterdir())) == 3


def test_a_link_stays_one(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_bytes(b"before")
    link.symlink_to(file)

    files.replace(link, b"after", mode=0o640)

    assert link.is_symlink()
    assert file.read_bytes() == b"after"
    assert mode(file) == 0o640


def test_whose_it_is_that_was_kept_is_known_without_asking_that(progress: Progress) -> None:
    assert progress.belongs_to() is None
    progress.write(KEPT)

    found = replace(progress, of={}).belongs_to()

    assert found == {"system": "7"}
    assert replace(progress, of=found).read() == KEPT
    progress.file.write_text("{")
    with pytest.raises(UnusableError):
        progress.belongs_to()
