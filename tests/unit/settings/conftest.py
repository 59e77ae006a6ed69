"""What the tests of the settings share."""

from pathlib import Path

import pytest

from tests.unit.settings.files import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty folder of environment files."""
    path = tmp_path / "environments"
    path.mkdir()
    return Folder(path)
