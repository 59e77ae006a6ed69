"""Plans a stack of a pull request, and hands the plan to a job that runs none of its code."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from ferry.errors import FerryError, InputError
from ferry.findings import ExitStatus
from ferry.review import masked
from pull_requests import log
from pull_requests.reviewing import review
from pull_requests.stacks import Change, Kind, Stack
from pull_requests.terraform import ready

if TYPE_CHECKING:
    from pathlib import Path

    from pull_requests.guardrails import Guardrails

_LARGEST: Final = 32_000_000
"""Bytes. A plan of a stack has about one million; GitHub's runners have memory for more."""

_FILE: Final = "planned.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """What came of a plan of a branch's code. Whoever may push can write anything into it.

    `plan` is masked JSON, or empty: then `failure` says why. `verdict` is by the hidden values.
    """

    change: Change
    plan: str = ""
    failure: str = ""
    verdict: ExitStatus = ExitStatus.GOOD

    def write(self, folder: Path) -> None:
        """Write it into a folder, for another job."""
        (folder / _FILE).write_text(json.dumps(asdict(self)))

    @property
    def applyable(self) -> bool:
        """Whether there is something to apply, and Terraform would apply it."""
        stays = self.plan and self.change.kind is not Kind.GONE
        return bool(stays) and json.loads(self.plan).get("applyable") is True


def plan(change: Change, *sides: Guardrails) -> Planned:
    """Plan a change, and judge it as `review` does. It writes nothing in AWS, not even a lock."""
    try:
        with ready(change.stack, change.configuration) as terraform:
            terraform.plan()
            shown = terraform.shown()
            found = review(shown, change.stack, *sides)
            log.show(found.text)
            return Planned(change=change, plan=masked(shown), verdict=found.verdict)
    except FerryError as error:
        return Planned(change=change, failure=str(error))


def read(folder: Path, *, stack: str) -> Planned:
    """Read what another job has written, and trust nothing of it.

    Raises:
        InputError: It is too large, or something else than a plan of that stack.
    """
    file = folder / _FILE
    try:
        is_right = not file.is_symlink() and file.is_file() and file.stat().st_size <= _LARGEST
        found = json.loads(file.read_bytes()) if is_right else {}
        change = found.pop("change")
        planned = Planned(
            change=Change(
                stack=Stack(name=stack, document=change["stack"]["document"]),
                kind=Kind(change["kind"]),
                moved_from="".join(change["moved_from"]),
            ),
            verdict=ExitStatus(found.pop("verdict")),
            **{name: "".join(it) for name, it in found.items()},
        )
        # Everything that is looked at later is there.
        _ = planned.change.stack.state, planned.change.stack.account_id, planned.applyable
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InputError(
            f"What the branch's code left as the plan of {stack} is none, or has more than "
            f"{_LARGEST // 1_000_000} MB."
        ) from None
    return planned
