"""Says where main.py's time goes, as JSON: ``python -m bench.stages``.

Does what main.py does, step by step, with a look at the clock between the steps.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

IMPORT_CDKTF = "import of lean_bindings and cdktf; node starts"
IMPORT_SETTINGS = "import of the settings: pydantic and its models"
IMPORT_STACKS = "import of the stacks and of the provider's modules"
READ = "reading the environments' files"
LOAD = "waiting until node has loaded cdktf and the provider"
BUILD = "building the constructs"
SYNTHESIZE = "synthesis, in node"
# What only the one who starts the process can see.
START_AND_END = "start, and end of both processes"
WHOLE = "whole process"


def stages() -> dict[str, float]:
    """Synthesize the project's environments; seconds by stage."""
    found: dict[str, float] = {}
    last = time.perf_counter()

    def passed(stage: str) -> None:
        nonlocal last
        now = time.perf_counter()
        found[stage] = now - last
        last = now

    # Each import is part of what is measured.
    import lean_bindings  # noqa: PLC0415

    lean_bindings.activate("cdktf_cdktf_provider_aws")
    from cdktf import App  # noqa: PLC0415

    passed(IMPORT_CDKTF)
    from settings.reading.loading import load_environments  # noqa: PLC0415

    passed(IMPORT_SETTINGS)
    from stacks.app import add_stacks  # noqa: PLC0415

    passed(IMPORT_STACKS)
    environments = load_environments(ROOT / "environments")
    passed(READ)
    app = App()
    passed(LOAD)
    add_stacks(app, environments)
    passed(BUILD)
    app.synth()
    passed(SYNTHESIZE)
    return found


if __name__ == "__main__":
    print(json.dumps(stages()))
