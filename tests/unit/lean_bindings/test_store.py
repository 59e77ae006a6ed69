from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from lean_bindings.store import Store, cache_folder

_DAY_SECONDS = 24 * 60 * 60


def _must_not_build() -> bytes:
    raise AssertionError("built although it was there")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def test_a_tarball_is_built_once(store: Store) -> None:
    path = store.tarball("a.tgz", lambda: b"content")
    assert path.read_bytes() == b"content"
    assert store.tarball("a.tgz", _must_not_build) == path


def test_only_the_user_may_read_the_folder(store: Store) -> None:
    assert store.tarball("a.tgz", lambda: b"").parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o622, 0o602, 0o620], ids=oct)
def test_a_file_that_others_may_write_to_is_built_anew(store: Store, mode: int) -> None:
    poisoned = store.tarball("a.tgz", lambda: b"poison")
    poisoned.chmod(mode)

    assert store.tarball("a.tgz", lambda: b"content") == poisoned
    assert poisoned.read_bytes() == b"content"
    assert poisoned.stat().st_mode & 0o777 == 0o600


def test_a_link_is_not_followed(store: Store, tmp_path: Path) -> None:
    (tmp_path / "poison").write_bytes(b"poison")
    path = store.tarball("a.tgz", lambda: b"")
    path.unlink()
    path.symlink_to(tmp_path / "poison")

    assert store.tarball("a.tgz", lambda: b"content").read_bytes() == b"content"
    assert (tmp_path / "poison").read_bytes() == b"poison"


@pytest.mark.parametrize("mode", [0o777, 0o770], ids=oct)
def test_a_folder_that_others_may_write_to_is_not_used(
    store: Store, mode: int, capsys: pytest.CaptureFixture[str]
) -> None:
    poisoned = store.tarball("a.tgz", lambda: b"poison")
    poisoned.parent.chmod(mode)

    path = store.tarball("a.tgz", lambda: b"content")

    assert path.read_bytes() == b"content"
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert (poisoned.read_bytes(), [*poisoned.parent.iterdir()]) == (b"poison", [poisoned])
    assert capsys.readouterr().err == (
        f"lean_bindings: {poisoned.parent} is not yours alone, so nothing is kept in {poisoned.parent} "
        "and each run takes seconds longer; make it yours, with no rights for others, or delete it.\n"
    )


@pytest.mark.parametrize("mode", [0o777, 0o770], ids=oct)
def test_a_folder_that_others_could_exchange_is_not_used(
    tmp_path: Path, mode: int, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = tmp_path / "shared"
    store = Store(shared / "mine" / "cache")
    kept = store.tarball("a.tgz", lambda: b"content")
    shared.chmod(mode)

    path = store.tarball("a.tgz", lambda: b"content")

    assert (path.read_bytes(), path.is_relative_to(shared)) == (b"content", False)
    assert capsys.readouterr().err == (
        f"lean_bindings: {shared} is not yours alone, so nothing is kept in {kept.parent} and each "
        "run takes seconds longer; take from others the right to write there, or set "
        "XDG_CACHE_HOME.\n"
    )


def test_in_a_sticky_folder_nobody_exchanges_what_is_the_users(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o1777)
    store = Store(tmp_path / "shared" / "cache")
    path = store.tarball("a.tgz", lambda: b"content")

    assert store.tarball("a.tgz", _must_not_build) == path


def test_node_is_given_a_path_without_links(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    path = Store(tmp_path / "link" / "cache").tarball("a.tgz", lambda: b"content")

    assert path == tmp_path / "real" / "cache" / "a.tgz"


def test_a_link_to_a_folder_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "cache").symlink_to("target")

    path = Store(tmp_path / "cache").tarball("a.tgz", lambda: b"content")

    assert path.read_bytes() == b"content"
    assert [*(tmp_path / "target").iterdir()] == []


def test_the_folders_that_it_makes_are_the_users_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = Store(tmp_path / "home" / ".cache" / "cache").tarball("a.tgz", lambda: b"")
    finally:
        os.umask(before)

    assert path.is_relative_to(tmp_path)
    assert [it.stat().st_mode & 0o777 for it in path.parents[:3]] == [0o700, 0o700, 0o700]


def test_nothing_is_kept_where_others_could_exchange_temporary_files_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    monkeypatch.setattr(tempfile, "tempdir", str(shared))

    with pytest.raises(PermissionError, match="which holds temporary files, is open to others too"):
        Store(shared / "cache").tarball("a.tgz", lambda: b"content")


def test_what_somebody_else_owns_is_not_used(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned = store.tarball("a.tgz", lambda: b"poison")
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    monkeypatch.setattr(tempfile, "tempdir", "/tmp")  # noqa: S108 -- root's, and sticky

    path = store.tarball("a.tgz", lambda: b"content")

    assert (path.read_bytes(), path.parent == poisoned.parent) == (b"content", False)


def test_the_folder_of_one_run_goes_with_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    program = (
        "import sys; from pathlib import Path; from lean_bindings.store import Store;"
        "print(Store(Path(sys.argv[1])).tarball('a.tgz', lambda: b'content'))"
    )
    path = Path(
        subprocess.run(
            [sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True
        ).stdout.strip()
    )

    assert path.name == "a.tgz"
    assert not path.parent.exists()


def test_on_windows_the_users_folder_is_trusted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store.tarball("a.tgz", lambda: b"content")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delattr(os, "getuid")

    assert store.tarball("a.tgz", _must_not_build) == path


def test_a_build_that_fails_leaves_nothing(store: Store, tmp_path: Path) -> None:
    def build() -> bytes:
        raise ValueError("broken")

    with pytest.raises(ValueError, match=r"^broken$"):
        store.tarball("a.tgz", build)
    assert not (tmp_path / "cache").exists()


def test_a_write_that_fails_leaves_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space left on device"):
        store.tarball("a.tgz", lambda: b"content")
    assert list((tmp_path / "cache").iterdir()) == []


def test_what_is_used_is_kept_and_what_is_not_is_cleared_after_a_month(store: Store) -> None:
    names = ["used.tgz", "unused.tgz", "killed.tgz.x.tmp", "recent.tgz"]
    paths = [store.tarball(name, lambda: b"") for name in names]
    for path, age_days in zip(paths, [31, 31, 31, 29], strict=True):
        then = time.time() - age_days * _DAY_SECONDS
        os.utime(path, (then, then))
    store.tarball("used.tgz", _must_not_build)
    store.tarball("new.tgz", lambda: b"")
    left = {path.name for path in paths[0].parent.iterdir()}
    assert left == {"used.tgz", "recent.tgz", "new.tgz"}


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {}, "/home/me/.cache/lean-bindings"),
        ("linux", {"XDG_CACHE_HOME": "/var/cache/me"}, "/var/cache/me/lean-bindings"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/me/.cache/lean-bindings"),
        ("darwin", {"XDG_CACHE_HOME": "/x"}, "/home/me/Library/Caches/lean-bindings"),
        ("win32", {"LOCALAPPDATA": "/data"}, "/data/lean-bindings"),
        ("win32", {}, "/home/me/AppData/Local/lean-bindings"),
    ],
)
def test_the_folder_follows_the_platform(
    platform: str, environment: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    assert cache_folder(environment) == Path(folder)
