"""What the window compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferry.errors import FerryError
from ferry.migrate.cutover.comparing import compare
from ferry.migrate.verify import verify
from ferry.migrate.ways import Direction

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_whoever_compares_has_ended_when_it_is_told_what_differs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []

    def compares(*_: object, **__: object) -> Iterator[verify.Result]:
        try:
            yield verify.Result(database="app", table=None, why="It does not answer.")
        finally:
            seen.append("ended")

    monkeypatch.setattr(verify, "verify", compares)

    with pytest.raises(FerryError, match=r"^app is not verified: It does not answer\.") as raised:
        compare([], environment="dev", direction=Direction.FORWARD, accepted=(), mend=lambda _: "")

    assert seen == ["ended"]
    # A failure that is held holds what was at work when it was raised.
    assert raised.tb is not None
