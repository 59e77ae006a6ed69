"""Says where main.py's time goes, as JSON: ``python -m bench.stages``.

Does what main.py does, step by step, with a look at the clock between the steps.
"""

from __future__ import annotations

import gc
import json
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

PYTHON_IMPORTS = "import of the stacks: jsii, cdktf, the provider's modules, constructs_lib"
SETTINGS_IMPORT = "import of the settings: pydantic and its models"
SETTINGS_READ = "reading the environments' files"
NODE_LOAD = "waiting until node has loaded cdktf and the provider"
BUILD_PYTHON = "building the constructs: Python, node beside it"
BUILD_NODE = "building the constructs: waiting for node's answers"
SYNTH = "synthesis, in node"
# What only the one who starts the process can see.
START_AND_END = "start, and end of both processes"
WHOLE = "whole process"


def stages() -> dict[str, float]:
    """Synthesize the project's environments; seconds by stage."""
    gc.disable()
    waited = 0.0
    found: dict[str, float] = {}
    last = time.perf_counter()

    def passed(stage: str) -> None:
        nonlocal last
        now = time.perf_counter()
        found[stage] = now - last
        last = now

    import lean_bindings  # noqa: PLC0415 (its import is part of what is measured)

    lean_bindings.activate("cdktf_cdktf_provider_aws")
    from lean_bindings.ahead import AHEAD  # noqa: PLC0415
    from stacks.app import add_stacks  # noqa: PLC0415

    passed(PYTHON_IMPORTS)
    from settings.reading.loading import load_environments  # noqa: PLC0415

    passed(SETTINGS_IMPORT)
    environments = load_environments(ROOT / "environments")
    passed(SETTINGS_READ)

    from cdktf import App  # noqa: PLC0415
    from jsii._kernel.providers import process  # noqa: PLC0415

    answer = process._NodeProcess._next_message  # noqa: SLF001 (jsii has no other place to listen)

    def waiting(node: Any) -> Any:  # noqa: ANN401 (jsii's own)
        nonlocal waited
        started = time.perf_counter()
        try:
            return answer(node)
        finally:
            waited += time.perf_counter() - started

    setattr(process._NodeProcess, "_next_message", waiting)  # noqa: B010, SLF001 (mypy: a method)
    with lean_bindings.rerun_once():
        app = App()
        passed(NODE_LOAD)
        waited = 0.0
        add_stacks(app, environments)
        AHEAD.catch_up()
        passed(BUILD_PYTHON)
        found[BUILD_NODE] = waited
        found[BUILD_PYTHON] -= waited
        app.synth()
        passed(SYNTH)
    gc.freeze()
    return found


if __name__ == "__main__":
    print(json.dumps(stages()))
