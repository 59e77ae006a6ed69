"""The CDKTF app: one stack for each AWS account, one for each environment."""

import gc
import os
import sys
from pathlib import Path

import lean_bindings


def main() -> int:
    """Synthesize the environments that ENVIRONMENT_SUFFIX names, all by default.

    Returns 2, with a line for each problem and nothing written, where a file is wrong.
    """
    lean_bindings.activate("cdktf_cdktf_provider_aws")
    with lean_bindings.rerun_once():
        # node starts with this import, and loads while Python imports and reads the settings.
        from stacks.app import synthesize  # noqa: PLC0415, I001 (the order is meant)
        from settings.reading.loading import load_environments  # noqa: PLC0415
        from settings.reading.problem import EnvironmentsError  # noqa: PLC0415

        folder = Path(__file__).parent / "environments"
        try:
            chosen = load_environments(folder, selected=os.environ.get("ENVIRONMENT_SUFFIX"))
        except EnvironmentsError as error:
            print(error, file=sys.stderr)  # noqa: T201 (the one thing that the app says)
            return 2
        synthesize(chosen)
    return 0


if __name__ == "__main__":
    # Over before there is garbage worth a search: each, now and at the end, costs 0.1 s.
    gc.disable()
    code = main()
    gc.freeze()
    sys.exit(code)
