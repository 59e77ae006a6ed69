"""A peer that cannot be installed is reported, and nothing is installed twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench import installing
from bench.installing import NotInstalledError, install

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def peers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A peer for npm, called sample, and a PATH that has only what the test puts there."""
    (tmp_path / "peers" / "sample").mkdir(parents=True)
    (tmp_path / "peers" / "sample" / "package.json").write_text("{}\n")
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(installing, "PEERS", tmp_path / "peers")
    monkeypatch.setattr(installing, "INSTALLED", tmp_path / "installed")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def _npm(peers: Path, does: str) -> None:
    script = peers / "bin" / "npm"
    script.write_text(f"#!/bin/sh\n{does}\n")
    script.chmod(0o755)


def test_a_program_that_is_not_there(peers: Path) -> None:
    with pytest.raises(NotInstalledError, match=r"^npm is not on the PATH$"):
        install("sample")
    assert not (peers / "installed" / "sample" / ".made-from").exists()


def test_a_program_that_fails_is_quoted_in_one_line(peers: Path) -> None:
    _npm(peers, "echo much >&2; echo 'no such package' >&2; exit 3")
    with pytest.raises(NotInstalledError, match=r"^npm ended with 3: no such package$"):
        install("sample")


def test_a_peer_is_installed_once(peers: Path) -> None:
    _npm(peers, "echo once >> installed-by-npm")
    folder = install("sample")
    assert install("sample") == folder
    assert (folder / "installed-by-npm").read_text() == "once\n"


def test_another_manifest_is_installed_anew(peers: Path) -> None:
    _npm(peers, 'while read -r line; do echo "$line"; done < package.json > installed-by-npm')
    install("sample")
    (peers / "peers" / "sample" / "package.json").write_text('{"private": true}\n')
    assert (install("sample") / "installed-by-npm").read_text() == '{"private": true}\n'
