"""Runs local AWS as a process of its own, on a free port, for as long as it is needed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent


class LocalAws:
    """Local AWS, started on entry and ended on exit, and with this process whatever ends that.

    Args:
        log: The file that its messages go to.
        port: The port of 127.0.0.1; a free one by default.
    """

    def __init__(self, *, log: Path, port: int = 0) -> None:
        self._log = log
        self._port = port
        self.url = ""

    def __enter__(self) -> Self:
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local_aws", "--port", str(self._port), "--with-parent"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        if self._process.stdout is None:
            raise RuntimeError("local AWS has no standard output")
        for line in self._process.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                self.url = found[0]
                return self
        self._process.wait()
        raise RuntimeError(f"local AWS did not start; its messages are in {self._log}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def get(self, path: str) -> Any:  # noqa: ANN401 (JSON)
        """What local AWS says of itself at ``/local-aws/PATH``."""
        with urllib.request.urlopen(f"{self.url}/local-aws/{path}", timeout=30) as answer:  # noqa: S310 (127.0.0.1)
            return json.load(answer)

    def post(self, path: str, document: object) -> Any:  # noqa: ANN401 (JSON)
        """Tells local AWS something at ``/local-aws/PATH``."""
        request = urllib.request.Request(  # noqa: S310 (127.0.0.1)
            f"{self.url}/local-aws/{path}",
            data=json.dumps(document).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 (127.0.0.1)
            return json.load(answer)
