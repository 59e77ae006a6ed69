"""Opens a page in a real Chromium, and knows what it asked for and what its console said."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from harness.chromium import find_program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS = 1200.0
"""Two cores are shared with everything else."""

QUIET = (
    "--headless=new",
    "--no-sandbox",  # root may have none
    "--disable-gpu",
    "--in-process-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-features=OptimizationHints,MediaRouter,Translate,DialMediaRouteProvider",
    "--metrics-recording-only",
    "--hide-scrollbars",
    "--proxy-bypass-list=<-loopback>",
    "--enable-logging=stderr",
    "--log-level=0",
)
_OWN = re.compile(r"(https?://)?[\w.-]+\.(google|googleapis|gvt1)\.com([:/].*)?")
"""What Chromium asks for by itself: its updates, the time. No page here names Google."""
_CONSOLE = re.compile(r":CONSOLE[:(].*")


@dataclass(frozen=True, kw_only=True)
class Web:
    """All that the browser reaches: each request goes here, whichever host it is for."""

    port: int
    pages: dict[str, str] = field(default_factory=dict)
    """What there is, by its URL."""
    asked: list[str] = field(default_factory=list)
    """What was asked for, but for what Chromium asks for by itself."""


@contextmanager
def web() -> Iterator[Web]:
    """A proxy that knows a few pages and leads nowhere."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            note(self.path)
            page = known.pages.get(self.path)
            self.send_response(404 if page is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((page or "").encode())

        def do_CONNECT(self) -> None:
            note(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    def note(url: str) -> None:
        if not _OWN.fullmatch(url):
            known.asked.append(url)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known = Web(port=server.server_address[1])
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What came of a page.

    Args:
        dom: The page as it was in the end.
        console: What the console said, a line each.
    """

    dom: str
    console: list[str]


def open_(url: str, web_: Web, *options: str, window: str = "1280,1600") -> Opened:
    """Open a page. All processes that it takes have ended when this returns.

    Args:
        url: Where it is.
        web_: What is reached.
        options: More of Chromium's, such as `--print-to-pdf=FILE`; by default the page's DOM is read.
        window: Its width and height.
    """
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [
                find_program(),
                *QUIET,
                f"--proxy-server=127.0.0.1:{web_.port}",
                f"--user-data-dir={profile}",
                f"--window-size={window}",
                *(options or ("--dump-dom",)),
                url,
            ],
            env=os.environ | {"HOME": profile},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        try:
            dom, said = process.communicate(timeout=SECONDS)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert process.returncode == 0, said
    return Opened(dom=dom, console=_CONSOLE.findall(said))


def picture(url: str, web_: Web, file: Path, *, window: str) -> None:
    """Draw a page into a PNG."""
    open_(url, web_, f"--screenshot={file}", window=window)
