"""Plans a stack of a pull request, and hands the plan to a job that runs none of its code."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ferry.errors import FerryError, InputError
from ferry.review import masked
from pull_requests import log
from pull_requests.stacks import Kind, Stack
from pull_requests.terraform import Terraform

if TYPE_CHECKING:
    from pull_requests.stacks import Change

_LARGEST: Final = 32_000_000
"""Bytes. A plan of a stack has about one million; GitHub's runners have memory for more."""

_FILE: Final = "planned.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """What came of a plan of a branch's code. Whoever may push can write anything into it.

    Args:
        kind: How the stack changes; the value of a `Kind`.
        document: The stack's JSON.
        moved_from: Where its state was, where it moves.
        plan: The plan's JSON, masked; empty where there is none.
        failure: Why there is no plan.
    """

    kind: str
    document: str
    moved_from: str = ""
    plan: str = ""
    failure: str = ""

    def write(self, folder: Path) -> None:
        """Write it into a folder, for another job."""
        (folder / _FILE).write_text(json.dumps(asdict(self)))

    def stack(self, name: str) -> Stack:
        """The stack as the plan has it."""
        return Stack(name=name, document=json.loads(self.document))

    @property
    def applyable(self) -> bool:
        """Whether there is something to apply, and Terraform would apply it."""
        if not self.plan or self.kind == Kind.GONE:
            return False
        return json.loads(self.plan).get("applyable") is True


def plan(change: Change) -> Planned:
    """Plan a change. It writes nothing in AWS, not even a lock."""
    document = json.dumps(change.stack.document)
    about = {"kind": change.kind.value, "document": document, "moved_from": change.moved_from}
    try:
        with tempfile.TemporaryDirectory(prefix="aurora-ferry-plan-") as folder:
            terraform = Terraform(folder=Path(folder))
            terraform.init(change.stack, change.configuration)
            log.show(terraform.plan())
            return Planned(**about, plan=masked(terraform.shown()))
    except FerryError as error:
        return Planned(**about, failure=str(error))


def read(folder: Path, *, stack: str) -> Planned:
    """Read what another job has written, and trust nothing of it.

    Raises:
        InputError: It is too large, or something else than a plan of that stack.
    """
    file = folder / _FILE
    try:
        is_right = not file.is_symlink() and file.is_file() and file.stat().st_size <= _LARGEST
        found = json.loads(file.read_bytes()) if is_right else {}
        planned = Planned(**{name: "".join(it) for name, it in found.items()})
        # Everything that is looked at later is there.
        _ = Kind(planned.kind), planned.stack(stack).state, planned.stack(stack).account_id
        _ = planned.applyable
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InputError(
            f"What the branch's code left as the plan of {stack} is none, or has more than "
            f"{_LARGEST // 1_000_000} MB."
        ) from None
    return planned
