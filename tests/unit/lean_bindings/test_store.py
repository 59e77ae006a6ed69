from __future__ import annotations

import os
import sys
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
