"""The CDKTF app: one stack for each AWS account, one for each environment."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import lean_bindings

if TYPE_CHECKING:
    from settings.environment import Environment


def main() -> int:
    """Synthesize the environments that ENVIRONMENT_SUFFIX names, all by default.

    Returns 2, with a line for each problem and nothing written, where a file is wrong.
    """
    lean_bindings.activate("cdktf_cdktf_provider_aws")
    with lean_bindings.rerun_once():
        # Before the settings: node starts with this import, and loads while they are read.
        from stacks.app import synthesize  # noqa: PLC0415

        environments = _environments()
        if environments is None:
            return 2
        synthesize(environments)
    return 0


def _environments() -> tuple[Environment, ...] | None:
    """What the environments' files say, or nothing but lines on standard error."""
    # These take 0.2 s, which node has something to do in.
    from settings.loading import load_environments  # noqa: PLC0415
    from settings.problem import EnvironmentsError  # noqa: PLC0415

    folder = Path(__file__).parent / "environments"
    try:
        return load_environments(folder, selected=os.environ.get("ENVIRONMENT_SUFFIX"))
    except EnvironmentsError as error:
        print(error, file=sys.stderr)  # noqa: T201 (the one thing that the app says)
        return None


if __name__ == "__main__":
    # Over before there is garbage worth a search: each, now and at the end, costs 0.1 s.
    gc.disable()
    code = main()
    gc.freeze()
    sys.exit(code)
