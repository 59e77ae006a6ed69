from __future__ import annotations

from tools.commands import FILE, page


def test_the_page_of_the_commands_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == page(), (
        "a command has changed; run python -m tools.commands"
    )
