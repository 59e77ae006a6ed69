from __future__ import annotations

import json
import logging
import signal
import socket
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from local_aws import __main__ as command
from local_aws import server

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_and_ends_at_once(tmp_path: Path, number: signal.Signals) -> None:
    log = tmp_path / "log"
    with subprocess.Popen(
        [sys.executable, "-m", "local_aws", "--log", str(log)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = line.removeprefix("local AWS at ").strip()
        assert url.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{url}/local-aws/health") as answer:  # noqa: S310 - the process
            assert json.load(answer) == {"status": "ready"}
        process.send_signal(number)
        # What waited for open connections would wait far longer.
        assert process.wait(timeout=600) == 0
        assert process.communicate() == ("", "")
    assert log.exists()


def test_it_ends_with_who_started_it_where_it_is_told_so() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "local_aws", "--with-parent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().startswith("local AWS at ")
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(timeout=600) == 0


class _Served:
    """A server that is told to stop as soon as it serves."""

    port = 4566

    def __init__(self, handlers: dict[int, Any]) -> None:
        self.handlers = handlers

    def serve_forever(self) -> None:
        self.handlers[signal.SIGTERM]()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    made: dict[str, Any] = {}
    handlers: dict[int, Any] = {}

    def make(**arguments: object) -> _Served:
        made.update(arguments)
        return _Served(handlers)

    monkeypatch.setattr(server, "make_local_aws", make)
    monkeypatch.setattr(signal, "signal", handlers.__setitem__)
    monkeypatch.setattr(logging, "basicConfig", made.update)
    return made


def test_the_port_and_the_faults_reach_the_server(
    made: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "faults.json"
    rules.write_text('{"seed": 1}')
    with pytest.raises(SystemExit) as ended:
        command.main(["--port", "4566", "--faults", str(rules)])
    assert ended.value.code == 0
    assert (made["port"], made["faults"]) == (4566, {"seed": 1})
    assert made["level"] == logging.WARNING
    assert capsys.readouterr().out == "local AWS at http://127.0.0.1:4566\n"


def test_a_log_file_has_a_line_for_each_call(made: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        command.main(["--log", str(tmp_path / "log")])
    assert (made["filename"], made["level"]) == (tmp_path / "log", logging.INFO)


def test_a_server_that_stops_by_itself_is_a_success(
    made: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Served, "serve_forever", lambda _: None)
    assert command.main([]) == 0
    assert made["port"] == 0


def test_a_port_that_is_taken_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert command.main(["--port", str(taken.getsockname()[1])]) == 1
    output = capsys.readouterr()
    assert output.err.startswith("local AWS cannot start: [Errno 98] Address already in use")
    assert output.out == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "No such file"),
        ("{", "Expecting property name"),
        ("[]", "give an object with seed and rules"),
    ],
)
def test_a_file_of_rules_that_cannot_be_read_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, message: str
) -> None:
    rules = tmp_path / "faults.json"
    if text is not None:
        rules.write_text(text)
    with pytest.raises(SystemExit) as ended:
        command.main(["--faults", str(rules)])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
