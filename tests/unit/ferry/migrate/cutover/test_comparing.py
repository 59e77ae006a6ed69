"""What the window compares."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from ferry.errors import FerryError
from ferry.migrate.cutover.comparing import compare, smallest_first
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


def test_small_tables_of_all_databases_come_before_a_giant_of_one() -> None:
    def scope(name: str, *sizes: int) -> verify.Scope:
        plans: Any = tuple(SimpleNamespace(bytes=size) for size in sizes)
        return verify.Scope(database=name, sides=cast("Any", None), tasks=(), plans=plans)

    ordered = smallest_first([scope("app", 2**40, 2**13, 2**21, 2**20), scope("crm", 2**31, 2**14), scope("none")])  # fmt: skip

    assert [(it.database, [plan.bytes for plan in it.plans]) for it in ordered] == [
        ("app", [2**13]),
        ("crm", [2**14]),
        ("app", [2**20, 2**21]),
        ("crm", [2**31]),
        ("app", [2**40]),
    ]
