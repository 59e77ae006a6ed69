"""What is applied is reviewed once more: days may lie between a plan and its approval."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from ferry.errors import FerryError
from pull_requests import applying, kept
from tests.unit.pull_requests.examples import plan_json, stack

if TYPE_CHECKING:
    from pathlib import Path


UNCLEAR = plan_json(after_sensitive={"input": True})


class Applying:
    """Terraform, of which a test says what the plan shows."""

    def __init__(self, folder: Path, plan: str) -> None:
        self.folder = folder
        self.applied = b""
        self.shown = lambda: plan

    def apply(self) -> None:
        self.applied = (self.folder / "plan.tfplan").read_bytes()


def applied(folder: Path, monkeypatch: pytest.MonkeyPatch, *, plan: str, block: str = "") -> bytes:
    """The plan that was applied, by guardrails that block something; empty where none was."""
    (folder / "environments").mkdir()
    file = f'[aws]\naccount_id = "111122223333"\n[review]\nblock = [{block}]\n'
    (folder / "environments" / "dev.toml").write_text(file)
    monkeypatch.chdir(folder)
    terraform = Applying(folder, plan)
    monkeypatch.setattr(applying, "ready", lambda *_: nullcontext(terraform))
    monkeypatch.setattr(kept, "kept", lambda *_, **__: b"the plan")
    try:
        applying.apply(stack(), run="1", digest="0" * 64)
    except FerryError:
        assert terraform.applied == b""
        raise
    return terraform.applied


def test_what_is_not_blocked_is_applied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert applied(tmp_path, monkeypatch, plan=UNCLEAR) == b"the plan"


def test_what_is_blocked_by_now_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FerryError) as refusal:
        applied(tmp_path, monkeypatch, plan=UNCLEAR, block='"unclear"')

    assert str(refusal.value) == (
        "The plan of dev is blocked or could not be judged; see above. Nothing was applied."
    )


def test_nor_is_what_cannot_be_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FerryError, match=r"^This is something else than a plan"):
        applied(tmp_path, monkeypatch, plan='{"format_version": "9.9"}')
