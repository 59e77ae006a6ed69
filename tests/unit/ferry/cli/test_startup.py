"""`ferry --help` answers at once: it loads nothing that only a running command needs."""

from __future__ import annotations

import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).resolve().parents[4]

SLOW: Final = {
    "boto3",
    "botocore",
    "cdktf",
    "cdktf_cdktf_provider_aws",
    "constructs_lib",
    "jsii",
    "pydantic",
    "settings",
    "stacks",
}

LOADED: Final = """
import json, runpy, sys
sys.argv = ["ferry", *sys.argv[1:]]
try:
    runpy.run_module("ferry", run_name="__main__")
except SystemExit:
    pass
print(json.dumps([name.partition(".")[0] for name in sys.modules]), file=sys.stderr)
"""


def loaded(*arguments: str) -> set[str]:
    """The packages that `ferry` with these arguments has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    packages = set(json.loads(done.stderr.splitlines()[-1]))
    assert "typer" in packages
    return packages


@pytest.mark.parametrize("arguments", [("--help",), ()], ids=" ".join)
def test_help_loads_nothing_slow(arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments) & SLOW == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ("secret", "--help"),
        ("bootstrap", "--help"),
        ("secret", "source", "--help"),
        ("no-such-command",),
    ],
)
def test_a_commands_help_loads_nothing_slow_of_ours(arguments: tuple[str, ...]) -> None:
    # typer itself reads arguments with pydantic
    assert loaded(*arguments) & SLOW <= {"pydantic"}


def test_python_m_ferry_is_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["ferry", "--help"])

    with pytest.raises(SystemExit) as end:
        runpy.run_module("ferry", run_name="__main__")

    assert end.value.code == 0
    shown = capsys.readouterr().out
    assert "Usage: ferry [OPTIONS] COMMAND [ARGS]..." in shown
    assert "bootstrap" in shown
    assert "secret" in shown


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """A terminal: what a person holds, and what the program sees."""
    ours, theirs = os.openpty()
    yield ours, theirs
    os.close(ours)


def test_a_password_that_is_typed_is_not_shown(terminal: tuple[int, int]) -> None:
    ours, theirs = terminal
    asking = "from ferry.cli.secret import ask; print('typed', len(ask().password))"
    with subprocess.Popen(
        [sys.executable, "-c", asking],
        cwd=ROOT,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ):
        os.close(theirs)
        shown = b""
        for question, answer in [
            (b"User name: ", b"dms\n"),
            (b"Password: ", b"canary-Pa55word\n"),
            (b"Repeat for confirmation: ", b"canary-Pa55word\n"),
            (b"typed 15", b""),
        ]:
            while question not in shown:
                shown += os.read(ours, 1024)
            os.write(ours, answer)

    assert b"dms" in shown
    assert b"canary" not in shown


@pytest.mark.usefixtures("credentials")
def test_ctrl_c_ends_a_call_to_aws_quietly() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        subprocess.Popen(
            [sys.executable, "-m", "ferry", "bootstrap", "dev"],
            cwd=ROOT,
            env={**os.environ, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as command,
    ):
        silent.settimeout(600)
        connection, _ = silent.accept()
        with connection:
            connection.recv(1)
            command.send_signal(signal.SIGINT)
            shown, _ = command.communicate(timeout=600)

    assert shown == b""
    assert command.returncode == 130


SIGNED_IN: Final = """
import signal
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup, under which tests may run, ignores it
import time
from ferry import __main__
from ferry.cli import app
from ferry.postgres import Server
from ferry.postgres.programs import sign_in

def command(prog_name):
    server = Server(side="the source", host="h", port=1, database="d", username="u", password="p")
    with sign_in(server) as (_, variables):
        print(variables["PGPASSFILE"], flush=True)
        time.sleep(60)

app.app = command
__main__.main()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_ferry_leaves_no_file_with_a_password(
    number: signal.Signals, tmp_path: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SIGNED_IN],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
    ) as command:
        assert command.stdout
        passwords = Path(command.stdout.readline().decode().strip())
        assert passwords.read_text() == "*:*:*:*:p\n"
        command.send_signal(number)
        command.wait(600)

    assert command.returncode == 128 + number
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_has_enough_ends_ferry_quietly() -> None:
    endless = """
from ferry.cli.printing import failures_shown
import sys, typer
try:
    with failures_shown():
        while True: print("a line")
except typer.Exit as end:
    sys.exit(end.exit_code)
"""
    with subprocess.Popen(
        [sys.executable, "-c", endless], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as command:
        assert command.stdout
        assert command.stderr
        command.stdout.readline()
        command.stdout.close()
        shown = command.stderr.read()

    assert (command.returncode, shown) == (3, b"")


REPORT: Final = """
import sys
sys.argv = ["ferry", "check", "aws", "dev"]
import ferry.cli.check
from ferry import account, environments
from ferry.check import account as checks
from ferry.findings import right
from types import SimpleNamespace
account.account_of = lambda _: SimpleNamespace(account_id="1", region="r")
checks.findings = lambda _: (right("a", "A is there.") for _ in iter(int, 1))
from ferry.__main__ import main
main()
"""


def test_a_report_that_nobody_reads_to_its_end_ends_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", REPORT], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as command:
        assert command.stdout
        assert command.stderr
        command.stdout.readline()
        command.stdout.close()
        shown = command.stderr.read()

    assert (command.returncode, shown) == (3, b"")


def test_ctrl_c_while_ferry_loads_ends_it_quietly() -> None:
    interrupted = """
import sys
class Interrupt:
    def find_spec(self, name, path, target=None):
        if name == "ferry.cli.app": raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupt())
from ferry.__main__ import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", interrupted], cwd=ROOT, capture_output=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.parametrize(
    "arguments",
    [("--version",), ("--help",), ("bootstrap", "--help"), ("policies", "dev", "plan")],
    ids=" ".join,
)
def test_a_full_disk_is_one_line(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ferry", *arguments],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.stderr == "The output cannot be written: No space left on device.\n"
    assert done.returncode == 3


def test_where_nobody_can_be_told_the_status_is_right() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ferry", "bootstrap", "nowhere"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=full,
            check=False,
        )

    assert (done.returncode, done.stdout) == (2, b"")
