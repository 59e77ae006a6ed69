"""`make local-aws`: what it starts is there, and goes with it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.deployment import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

LAST = "export FERRY_SOURCE_ADDRESS="


@pytest.fixture
def trial() -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The process, and what it has printed once all is there."""
    with subprocess.Popen(
        [sys.executable, "-m", "harness.trial", "dev"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            lines: list[str] = []
            for line in process.stdout or ():
                lines.append(line.rstrip())
                if line.startswith(LAST):
                    break
            yield process, lines
        finally:
            process.terminate()


def typed(folder: Path, line: str) -> str:
    """What a line prints in a shell that follows the lines."""
    return subprocess.run(
        ["/bin/sh", "-c", f". {folder / 'shell'}; {line}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    ).stdout


def test_a_shell_reaches_local_aws_aurora_and_the_source_until_it_ends(
    trial: tuple[subprocess.Popen[str], list[str]],
) -> None:
    process, lines = trial
    (told,) = (line for line in lines if line.startswith("In another shell, for dev "))
    folder = Path(told.rpartition(". ")[2]).parent
    (source,) = (line for line in lines if line.startswith("an empty PostgreSQL server"))
    psql = source.partition(": ")[2].partition(";")[0]
    (aurora,) = (line for line in lines if line.startswith("export FERRY_TARGET_ADDRESS="))
    port = aurora.rpartition(":")[2]
    nobody = f"host=127.0.0.1 port={port} user=nobody password=none sslmode=require"

    assert "bucket aurora-ferry-tfstate-111122223333" in typed(folder, f"{sys.executable} -m ferry bootstrap dev")  # fmt: skip
    assert typed(folder, f"{psql} -Atc 'show wal_level'") == "logical\n"
    assert "password authentication failed" in typed(folder, f'psql "{nobody}"')

    process.send_signal(signal.SIGTERM)

    assert process.wait(60) == 0
    assert not folder.exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(port))) != 0
