"""The CDKTF app: one stack for each AWS account, one for each environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import lean_bindings
from settings.loading import load_environments
from settings.problem import EnvironmentsError


def main() -> int:
    """Synthesize the environments that ENVIRONMENT_SUFFIX names, all by default.

    Returns 2, with a line for each problem and nothing written, where a file is wrong.
    """
    folder = Path(__file__).parent / "environments"
    try:
        environments = load_environments(folder, selected=os.environ.get("ENVIRONMENT_SUFFIX"))
    except EnvironmentsError as error:
        print(error, file=sys.stderr)  # noqa: T201 (the one thing that the app says)
        return 2
    lean_bindings.activate("cdktf_cdktf_provider_aws")
    with lean_bindings.rerun_once():
        from stacks.app import synthesize  # noqa: PLC0415 (imports the bindings, made lean above)

        synthesize(environments)
    return 0


if __name__ == "__main__":
    sys.exit(main())
