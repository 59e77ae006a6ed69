"""A program of the user's own: what it is told, what is shown of it, and each way in which it ends badly."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ferry.errors import FerryError
from ferry.findings import ExitStatus
from ferry.migrate.cutover.switching import hooks
from ferry.migrate.cutover.switching.hooks import Told, handed_on, obstacle, run, shown

if TYPE_CHECKING:
    from collections.abc import Callable

TOLD = Told(
    environment="dev",
    account_id="111122223333",
    region="eu-central-1",
    endpoint="shop.cluster-abc.eu-central-1.rds.amazonaws.com",
    port=5432,
    run="r1",
    direction="cutover",
    step="switch",
)


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], Path]:
    """Makes an executable script, and returns its folder."""

    def made(text: str) -> Path:
        path = tmp_path / "hook"
        path.write_text(f"#!{sys.executable}\n{text}\n")
        path.chmod(0o755)
        return tmp_path

    return made


def test_it_is_told_ids_runs_in_the_folder_and_gets_its_words_as_they_are(
    script: Callable[[str], Path],
) -> None:
    folder = script(
        "import os, sys\n"
        "print(os.getcwd(), sys.argv[1:], sys.stdin.read())\n"
        "print(*(f'{k}={v}' for k, v in sorted(os.environ.items()) if k.startswith('FERRY_')))"
    )

    ran = run(["./hook", "$HOME; *", "b c"], TOLD, folder=folder)

    assert ran.lines == (
        f"{folder.resolve()} ['$HOME; *', 'b c']",
        (
            "FERRY_ACCOUNT_ID=111122223333 FERRY_DIRECTION=cutover "
            "FERRY_ENDPOINT=shop.cluster-abc.eu-central-1.rds.amazonaws.com FERRY_ENVIRONMENT=dev "
            "FERRY_FAILED_STEP= FERRY_PORT=5432 FERRY_REGION=eu-central-1 FERRY_RUN=r1 FERRY_STEP=switch"
        ),
    )
    assert 0 < ran.seconds < hooks.DEADLINE_SECONDS


def test_it_gets_the_operators_environment_without_what_holds_a_secret() -> None:
    stays = {
        "PATH": "/usr/bin",
        "AWS_PROFILE": "shop",
        "AWS_REGION": "eu-central-1",
        "KUBECONFIG": "/home/me/.kube/config",
        "HTTP_PROXY": "http://proxy:3128",
    }
    goes = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_SESSION_TOKEN": "s",
        "PGPASSWORD": "s",
        "GITHUB_TOKEN": "s",
        "DATABASE_URL": "postgres://h/db",
        "SHOP": "postgres://me:secret@h/db",
        "HTTPS_PROXY": "http://me:secret@proxy:3128",
    }

    found = handed_on({**stays, **goes, "FERRY_RUN": "another's"}, TOLD)

    assert found == {**stays, **TOLD.variables()}


def test_the_hook_itself_sees_no_secret(
    script: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.setenv("PGPASSWORD", "canary")
    folder = script("import os; print('canary' in str(os.environ))")

    assert run(["./hook"], TOLD, folder=folder).lines == ("False",)


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        (b"", ()),
        (b"\n \n", ()),
        (b"one\r\ntwo", ("one", "two")),
        (b"password=canary\n", ("password=(sensitive)",)),
        (b"to postgres://me:canary@h/db", ("to postgres://(sensitive)@h/db",)),
        (b"AWS_SECRET_ACCESS_KEY=canary", ("AWS_SECRET_ACCESS_KEY=(sensitive)",)),
        (b"a\x1b[2Jb\x00\xff", ("a\\u001b[2Jb\\u0000\ufffd",)),
        (b"::stop-commands::x", ("\\u003a:stop-commands::x",)),
        (b"x" * 301, (f"{'x' * 300}...",)),
        (
            b"\n".join(b"%d" % number for number in range(25)),
            ("(5 lines before)", *map(str, range(5, 25))),
        ),
    ],
)
def test_what_is_shown_is_redacted_cut_and_inert(output: bytes, lines: tuple[str, ...]) -> None:
    assert shown(output, is_whole=True) == lines


def test_of_an_output_that_is_too_long_the_line_that_may_be_half_is_left_out() -> None:
    assert shown(b"one\npostgres://me:canary", is_whole=False) == (
        "one",
        "(what came after 1048576 bytes is not kept)",
    )


def test_a_key_is_known_though_its_beginning_is_cut(script: Callable[[str], Path]) -> None:
    folder = script(
        "print('-----BEGIN PRIVATE KEY-----'); [print('canary' * 10) for _ in range(30)]"
    )

    assert "canary" not in str(run(["./hook"], TOLD, folder=folder).lines)


def test_more_than_is_kept_is_read_to_its_end(script: Callable[[str], Path]) -> None:
    folder = script("[print('x' * 99) for _ in range(20_000)]")

    lines = run(["./hook"], TOLD, folder=folder).lines

    assert lines[-1] == "(what came after 1048576 bytes is not kept)"
    assert lines[1] == "x" * 99


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["./none"], "cannot be started: No such file or directory."),
        (["./plain"], "cannot be started: Permission denied."),
        (["no-such-program-anywhere"], "cannot be started: No such file or directory."),
    ],
)
def test_one_that_cannot_be_started_is_one_line(
    tmp_path: Path, command: list[str], said: str
) -> None:
    (tmp_path / "plain").write_text("#!/bin/sh\n")
    (tmp_path / "plain").chmod(0o644)

    assert obstacle(command, tmp_path)
    with pytest.raises(FerryError, match=r"^The hook switch \(") as raised:
        run(command, TOLD, folder=tmp_path)

    assert said in raised.value.why
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code is ExitStatus.NOT_DONE


def test_a_script_without_its_first_line_cannot_be_started(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text("true\n")
    (tmp_path / "hook").chmod(0o755)

    with pytest.raises(FerryError, match="needs a first line such as"):
        run(["./hook"], TOLD, folder=tmp_path)


def test_what_can_be_started_has_no_obstacle(script: Callable[[str], Path]) -> None:
    assert obstacle(["./hook"], script("")) is None
    assert obstacle(["sh", "-c", "true"], Path("/nonexistent")) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "print('no: password=canary'); raise SystemExit(7)",
            "ended with status 7. It said: no: p",
        ),
        ("raise SystemExit(7)", "ended with status 7. It said nothing."),
        ("import os; os.kill(os.getpid(), 9)", "was ended by SIGKILL. It said nothing."),
        ("import os, signal; os.kill(os.getpid(), signal.SIGRTMIN + 3)", "was ended by signal "),
    ],
)
def test_one_that_fails_stops_what_it_is_run_for(
    script: Callable[[str], Path], text: str, said: str
) -> None:
    with pytest.raises(FerryError, match=r"^The hook switch \(\./hook\) ") as raised:
        run(["./hook"], TOLD, folder=script(text))

    assert said in raised.value.why
    assert "canary" not in str(raised.value)
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code is ExitStatus.STOP


# It takes no notice of SIGTERM, and neither does what it starts.
HANGS = (
    "import os, signal, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "other = os.fork()\n"
    "if other: open('pids', 'w').write(f'{os.getpid()} {other}'); print('waiting', flush=True)\n"
    "time.sleep(600)"
)
LEAVES = (
    "import os, time\n"
    "if other := os.fork(): open('pids', 'w').write(str(other)); print('done')\n"
    "else: time.sleep(600)"
)


def gone(folder: Path) -> bool:
    """Whether no process of a hook is left, however long the machine takes to end it."""
    for pid in map(int, (folder / "pids").read_text().split()):
        for _ in range(600):
            with suppress(FileNotFoundError, ProcessLookupError):
                if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                    time.sleep(0.1)
                    continue
            break
        else:
            return False
    return True


def test_one_that_hangs_is_ended_with_all_that_it_started(script: Callable[[str], Path]) -> None:
    folder = script(HANGS)

    with pytest.raises(FerryError, match=r"did not end within 3 seconds, and was ended") as raised:
        run(["./hook"], TOLD, folder=folder, deadline_seconds=3)

    assert raised.value.exit_code is ExitStatus.NOT_DONE
    if (folder / "pids").exists():  # on a machine that is too busy it had not begun
        assert "It said: waiting" in raised.value.why
        assert gone(folder)


def test_what_ended_while_ferry_was_halted_beyond_the_deadline_has_ended(
    script: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time goes on while nothing is read, as it does for a process that gets SIGSTOP and SIGCONT."""
    folder, started = script("print('done')"), subprocess.Popen

    def halted(*arguments: Any, **named: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 - Popen's
        process = started(*arguments, **named)
        process.wait()
        return process

    monkeypatch.setattr("subprocess.Popen", halted)

    assert run(["./hook"], TOLD, folder=folder, deadline_seconds=0).lines == ("done",)


def test_one_that_closed_its_output_is_waited_for(script: Callable[[str], Path]) -> None:
    folder = script("import os, time; os.close(1); os.close(2); time.sleep(0.5); os._exit(5)")

    with pytest.raises(FerryError, match="ended with status 5"):
        run(["./hook"], TOLD, folder=folder)


def test_one_that_leaves_a_child_with_its_output_is_said_and_the_child_ended(
    script: Callable[[str], Path],
) -> None:
    folder = script(LEAVES)

    with pytest.raises(FerryError, match="left a process behind that holds its output") as raised:
        run(["./hook"], TOLD, folder=folder)

    assert raised.value.why.endswith(" It said: done")
    assert raised.value.exit_code is ExitStatus.NOT_DONE
    assert gone(folder)


def test_a_child_that_holds_nothing_goes_on(script: Callable[[str], Path]) -> None:
    folder = script(
        "import os, time\n"
        "if other := os.fork(): open('pids', 'w').write(str(other)); os._exit(0)\n"
        "os.close(1); os.close(2); time.sleep(600)"
    )

    ran = run(["./hook"], TOLD, folder=folder)

    (pid,) = map(int, (folder / "pids").read_text().split())
    assert ran.lines == ()
    os.kill(pid, 9)
