"""The schema that the unit tests of `ferry review` know is the provider's own."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from tests.terraform.record_schema import FILE, digest, known_types, provider_schema

if TYPE_CHECKING:
    from pathlib import Path


def test_the_recorded_schema_is_the_providers(synthesized: Path, tmp_path: Path) -> None:
    """Where this fails: `python -m tests.terraform.record_schema`, then look at what differs."""
    folder = shutil.copytree(synthesized / "stacks/dev", tmp_path / "dev")

    found = digest(provider_schema(folder), known_types())

    assert json.loads(found) == json.loads(FILE.read_text())
