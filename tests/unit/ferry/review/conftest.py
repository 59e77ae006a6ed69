"""Which tests of `ferry review` go through lines that others cover."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
UNFOLLOWED = HERE / "held"
"""All of its tests are."""


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Property tests do, as examples cover these lines, and what holds recorded reviews."""
    for item in items:
        if item.path.is_relative_to(UNFOLLOWED) or (
            item.path.is_relative_to(HERE) and hasattr(getattr(item, "obj", None), "hypothesis")
        ):
            item.add_marker(pytest.mark.unfollowed)
