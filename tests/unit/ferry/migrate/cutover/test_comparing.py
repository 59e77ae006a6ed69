"""What the window compares."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from ferry.errors import FerryError
from ferry.migrate.cutover.comparing import compare
from ferry.migrate.verify import kept, verify
from ferry.migrate.verify.comparing import Verdict
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


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, ["app 13", "crm 14", "app 20", "app 21", "crm 31", "app 40"]),
        (None, ["app 13", "app 20", "app 21", "app 40", "crm 14", "crm 31"]),
    ],
)
def test_where_there_may_be_no_time_small_tables_of_all_databases_come_before_a_giant_of_one(
    monkeypatch: pytest.MonkeyPatch, seconds: float | None, expected: list[str]
) -> None:
    def scope(database: str, *sizes: int) -> verify.Scope:
        plans: Any = tuple(SimpleNamespace(name=it, bytes=2**it) for it in sizes)
        return verify.Scope(database=database, sides=cast("Any", None), tasks=(), plans=plans)

    compared: list[str] = []

    def compares(scopes: list[verify.Scope], **_: object) -> Iterator[verify.Result]:
        compared.extend(f"{it.database} {plan.name}" for it in scopes for plan in it.plans)
        yield from ()

    monkeypatch.setattr(verify, "verify", compares)
    same = (Verdict.SAME, datetime.now(UTC))
    monkeypatch.setattr(kept.Kept, "last_found", lambda *_: same)
    scopes = [scope("app", 40, 13, 21, 20), scope("crm", 31, 14)]

    with nullcontext() if seconds is not None else pytest.raises(FerryError):
        compare(
            scopes,
            environment="dev",
            direction=Direction.FORWARD,
            accepted=(),
            mend=lambda _: "",
            seconds=seconds,
        )

    assert compared == expected
