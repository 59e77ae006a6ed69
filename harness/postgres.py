"""Runs a PostgreSQL server as a process of its own, on a free port of 127.0.0.1."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

VERSIONS = (15, 16, 17)
"""The major versions that will do; Aurora's own, which is taken where it is there, in front."""

SUPERUSER = "postgres"
_PLACES = ("/usr/lib/postgresql/{}/bin", "/usr/pgsql-{}/bin", "/opt/homebrew/opt/postgresql@{}/bin")
_UNPRIVILEGED = ("postgres", "nobody")
_TRIES = 3
_SECONDS_TO_START = 60.0
_SECONDS_TO_STOP = 30.0
# The shell ends the server when its own standard input ends: nobody is left who could.
_WITH_ITS_PARENT = (
    '"$@" & server=$!; trap "" INT TERM; read -r _; kill -INT "$server"; wait "$server"'
)
# A server for tests: what it loses with the machine nobody misses.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "logical",
    "max_wal_senders": "40",
    "max_replication_slots": "40",
    "max_connections": "200",
    "max_prepared_transactions": "10",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}


_TLS = {"ssl": "on", "ssl_cert_file": "server.pem", "ssl_key_file": "server.pem"}
_TLS_ALONE = "hostssl all all 127.0.0.1/32 scram-sha-256\n"
_TLS_ALONE += "hostssl replication all 127.0.0.1/32 scram-sha-256\n"


class PostgresMissingError(Exception):
    """The machine has no PostgreSQL server that will do; the message says how to get one."""


def find_programs(version: int | None = None) -> Path:
    """The folder of PostgreSQL's server programs.

    Args:
        version: The major version; None takes the first of `VERSIONS` that is there.

    Raises:
        PostgresMissingError: It is not there.
    """
    for each in VERSIONS if version is None else (version,):
        for place in _PLACES:
            folder = Path(place.format(each))
            if (folder / "initdb").exists():
                return folder
    wanted = version or VERSIONS[0]
    raise PostgresMissingError(
        f"PostgreSQL {wanted}'s server programs are missing; on Debian and Ubuntu: "
        f"apt-get install postgresql-{wanted}"
    )


class Postgres:
    """A server with a database cluster of its own, started on entry and gone on exit.

    Its superuser is `superuser` with `password`, on `port` of 127.0.0.1. It ends with the process
    that started it, whatever ends that.

    Args:
        version: The major version; None takes the first of `VERSIONS` that is there.
        settings: Settings beside those that replication needs, such as `wal_sender_timeout`.
        certificate: A PEM file of a certificate and its key: the server then takes TLS alone, as
            Aurora does with `rds.force_ssl`. None, the default, for no TLS.
        superuser: What its superuser is called.
        wal_segment_mib: How large a file of WAL is: a power of 2 up to 1024, 16 by default.

    Raises:
        PostgresMissingError: On entry, where the machine has no such server.
    """

    def __init__(
        self,
        *,
        version: int | None = None,
        settings: dict[str, str] | None = None,
        certificate: Path | None = None,
        superuser: str = SUPERUSER,
        wal_segment_mib: int = 16,
    ) -> None:
        self._version = version
        self._wal_segment_mib = wal_segment_mib
        self._certificate = certificate
        self._settings = {**_SETTINGS, **(_TLS if certificate else {}), **(settings or {})}
        self.superuser = superuser
        self.password = secrets.token_urlsafe()
        self.port = 0
        self._user = _unprivileged_user()

    def __enter__(self) -> Self:
        self._programs = find_programs(self._version)
        self._folder = Path(tempfile.mkdtemp(prefix="ferry-postgres-"))
        try:
            self._make()
            self.start()
        except BaseException:
            shutil.rmtree(self._folder)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop_at_once()
        self.stop()
        shutil.rmtree(self._folder)

    def start(self) -> None:
        """Start the server, on the port that it had, or at first on a free one.

        Raises:
            RuntimeError: It does not start.
        """
        for _ in range(_TRIES):
            port = self.port or _free_port()
            self._process = self._started(port)
            if self._answers(port):
                self.port = port
                return
            self.stop()
        raise RuntimeError(f"PostgreSQL did not start:\n{self.log[-2000:]}")

    @property
    def log(self) -> str:
        """What the server has written to its log so far."""
        return (self._folder / "log").read_text(errors="replace")

    @property
    def process_id(self) -> int:
        """The id of the server's process, from which its sessions' come."""
        return int((self._folder / "data" / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        """Stop the server: its sessions end, its data stay until the exit.

        A session that is halted keeps it from stopping in order, and so does whoever reads changes
        and confirms none: after half a minute it stops as if it crashed.

        Source: https://www.postgresql.org/docs/15/server-shutdown.html
        """
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self._stop_at_once()
            self._process.wait(_SECONDS_TO_STOP)

    def crash(self) -> None:
        """End the server as if it crashed; `start` has it recover, on the port that it had."""
        self._stop_at_once()
        self.stop()

    def _stop_at_once(self) -> None:
        """As if it crashed, whatever its sessions do."""
        with suppress(FileNotFoundError, ProcessLookupError):
            for number in (signal.SIGQUIT, signal.SIGCONT):
                os.kill(self.process_id, number)

    def _make(self) -> None:
        if self._user:
            shutil.chown(self._folder, self._user)
        self._place("password", self.password)
        self._run(
            "initdb", "--pgdata", "data", "--username", self.superuser, "--pwfile", "password",
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
            "--wal-segsize", str(self._wal_segment_mib),
        )  # fmt: skip
        (self._folder / "password").unlink()
        if self._certificate:
            self._place("data/server.pem", self._certificate.read_text())
            self._place("data/pg_hba.conf", _TLS_ALONE)

    def _place(self, name: str, text: str) -> None:
        """Write a file that the server alone may read."""
        path = self._folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        if self._user:
            shutil.chown(path, self._user)

    def _run(self, program: str, *arguments: str) -> None:
        run = subprocess.run(
            [self._programs / program, *arguments],
            cwd=self._folder,
            user=self._user,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise RuntimeError(f"{program} failed:\n{run.stdout}{run.stderr}")

    def _started(self, port: int) -> subprocess.Popen[bytes]:
        settings = [f"-c{name}={value}" for name, value in self._settings.items()]
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                ["/bin/sh", "-c", _WITH_ITS_PARENT, "sh", self._programs / "postgres",
                 "-D", "data", "-p", str(port), *settings],
                cwd=self._folder,
                user=self._user,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                # Ctrl-C is for whoever started it, who ends it in order.
                start_new_session=True,
            )  # fmt: skip

    def _answers(self, port: int) -> bool:
        deadline = time.monotonic() + _SECONDS_TO_START
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                return False
            file = self._folder / "data" / "postmaster.pid"
            # Its last word, once it is there; a standby is never ready for what writes.
            status = file.read_text(errors="replace").split()[-1:] if file.exists() else []
            if status in (["ready"], ["standby"]):
                return self._listens(port)
            time.sleep(0.02)
        return False

    @staticmethod
    def _listens(port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0


def _unprivileged_user() -> str | None:
    """Whom the server runs as: PostgreSQL refuses root. None for whoever runs this.

    Raises:
        PostgresMissingError: This is root, and the machine knows nobody else.
    """
    if os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED:
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise PostgresMissingError(
        f"PostgreSQL does not run as root, and there is no user {' or '.join(_UNPRIVILEGED)}"
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
