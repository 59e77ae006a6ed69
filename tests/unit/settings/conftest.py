"""What the tests of the settings share."""

from pathlib import Path

import pytest

from tests.unit.settings.certificates import make_pem
from tests.unit.settings.files import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty folder of environment files."""
    path = tmp_path / "environments"
    path.mkdir()
    return Folder(path)


@pytest.fixture(scope="session")
def ca_pem() -> str:
    """An authority's certificate."""
    return make_pem()
