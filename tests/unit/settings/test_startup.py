"""Reading the environments loads nothing that only synthesis, AWS or the schema needs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[3]

NOT_NEEDED: Final = {
    "boto3",
    "botocore",
    "cdktf",
    "cdktf_cdktf_provider_aws",
    "constructs_lib",
    "jsii",
    "lean_bindings",
    "settings.schema",
    "stacks",
}

READING: Final = """
import json, sys
from pathlib import Path
from settings.reading.loading import load_environments
names = [environment.name for environment in load_environments(Path("environments"))]
print(json.dumps([names, list(sys.modules)]))
"""


def test_reading_the_environments_loads_no_bindings_and_no_aws() -> None:
    done = subprocess.run(
        [sys.executable, "-c", READING], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names, modules = json.loads(done.stdout)
    assert {"dev", "staging", "prod"} <= set(names)
    assert set(modules) & NOT_NEEDED == set()
