"""Node without a process in between, and what is done where that does not work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsii._kernel.providers.process import ProcessProvider
from jsii._kernel.types import StatsRequest

from lean_bindings.direct import DirectProvider, direct

_NODE = shutil.which("node")


def _started(provider: DirectProvider) -> Any:  # noqa: ANN401 (jsii's own)
    """The node process behind a provider that has answered a question."""
    assert provider.stats(StatsRequest()).objectCount == 0
    return vars(provider)["_process"]


def _process(node: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 (jsii's own)
    process: subprocess.Popen[bytes] = vars(node)["_process"]
    return process


def _program(node: Any) -> Path:  # noqa: ANN401 (jsii's own)
    arguments = _process(node).args
    assert isinstance(arguments, list)
    return Path(str(arguments[-1]))


def _node_that(tmp_path: Path, condition: str) -> str:
    script = tmp_path / "node"
    script.write_text(f'#!/bin/sh\n{condition}\nexec "{_NODE}" "$@"\n')
    script.chmod(0o755)
    return str(script)


def test_the_kernel_answers_and_ends() -> None:
    node = _started(DirectProvider())
    node.stop()
    assert _process(node).returncode == 0
    node.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_no_process_stands_in_between() -> None:
    node = _started(DirectProvider())
    try:
        assert b"program.js" in Path(f"/proc/{_process(node).pid}/cmdline").read_bytes()
    finally:
        node.stop()


def test_the_kernel_leaves_no_files_behind() -> None:
    node = _started(DirectProvider())
    program = _program(node)
    assert program.is_file()
    node.stop()
    assert not program.parent.parent.exists()


def test_a_kernel_that_has_died_can_be_stopped() -> None:
    node = _started(DirectProvider())
    _process(node).kill()
    _process(node).wait()
    node.stop()


def test_the_node_of_jsii_node_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSII_NODE", _node_that(tmp_path, f'touch "{tmp_path}/used"'))
    _started(DirectProvider()).stop()
    assert (tmp_path / "used").exists()


def test_a_node_that_does_not_answer_is_started_the_way_jsii_does_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    fails_directly = 'case "$*" in *preserve-symlinks*) exit 1;; esac'
    monkeypatch.setenv("JSII_NODE", _node_that(tmp_path, fails_directly))
    node = _started(DirectProvider())
    node.stop()
    said = capfd.readouterr().err.strip()
    assert said.startswith(
        "lean_bindings: node is started the way jsii does it (JSONDecodeError: Expecting value"
    )
    assert len(said.splitlines()) == 1
    assert _process(node).returncode == 0


def test_a_node_that_is_not_there_is_left_to_jsii_to_report(tmp_path: Path) -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "from lean_bindings import direct; direct.DirectProvider()._process",
        ],
        env={**os.environ, "JSII_NODE": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"No such file or directory: '{tmp_path}/none'" in run.stderr
    assert run.returncode == 1


def test_jsiis_own_provider_is_replaced() -> None:
    assert type(direct(ProcessProvider())) is DirectProvider


def test_a_kernel_of_the_users_choice_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSII_RUNTIME", "their-own.js")
    provider = ProcessProvider()
    assert direct(provider) is provider


def test_a_provider_that_is_not_jsiis_is_left_alone() -> None:
    provider = object()
    assert direct(provider) is provider


def test_windows_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lean_bindings.direct.os.name", "nt")
    provider = ProcessProvider()
    assert direct(provider) is provider
