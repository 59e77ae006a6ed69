"""`python -m local_aws --port 4566`: run local AWS in the foreground."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.loaders import JSONFileLoader

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; print one line with the URL when ready."""
    options = _parser().parse_args(arguments)
    # Imports moto, which reads what botocore knows of EC2: a second.
    from local_aws.server import HOST, make_local_aws  # noqa: PLC0415

    logging.basicConfig(
        filename=options.log,
        level=logging.INFO if options.log else logging.WARNING,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    try:
        server = make_local_aws(port=options.port, faults=options.faults)
    except (OSError, ValueError) as error:
        print(f"local AWS cannot start: {error}", file=sys.stderr)  # noqa: T201 - a command's output
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    if options.with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    print(f"local AWS at http://{HOST}:{server.port}", flush=True)  # noqa: T201 - a command's output
    server.serve_forever()
    return 0


def _end_with_parent() -> None:
    """Whoever started it holds the other end of standard input, and cannot leave without closing it."""
    while sys.stdin.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _stop(*_: object) -> None:
    """End at once: nothing is kept, and the request threads are daemons."""
    raise SystemExit(0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local_aws",
        description="An AWS for one machine, for Terraform and boto3, on 127.0.0.1. "
        "An access key of twelve digits stands for the account; any secret key will do.",
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free port")
    parser.add_argument("--log", type=Path, help="a file for one line per call, and tracebacks")
    parser.add_argument("--with-parent", action="store_true", help="end where standard input ends")
    parser.add_argument(
        "--faults", type=_rules, metavar="FILE", help="JSON rules for calls that are to fail"
    )
    return parser


def _rules(path: str) -> dict[str, Any]:
    try:
        rules = json.loads(Path(path).read_text())
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{path}: {error}") from error
    if not isinstance(rules, dict):
        raise argparse.ArgumentTypeError(f"{path}: give an object with seed and rules")
    return rules


def _read_once() -> None:
    """Keep each file of botocore's that was read.

    Each session and each of moto's services reads it anew: what is known of EC2 is read four times,
    which is a quarter of the processor's time until this serves. Not where others share the process.
    """
    read = JSONFileLoader.load_file
    kept = cache(lambda path: read(JSONFileLoader(), path))
    JSONFileLoader.load_file = lambda _, path: kept(path)  # type: ignore[assignment, method-assign]  # a name is all that it lacks


if __name__ == "__main__":
    _read_once()
    sys.exit(main())
