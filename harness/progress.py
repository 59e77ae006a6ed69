"""Follows Terraform, through cdktf or not: a line for each kind of resource, when it is there."""

from __future__ import annotations

import re
import time
from collections import Counter
from typing import TYPE_CHECKING

from harness.steps import duration

if TYPE_CHECKING:
    from harness.steps import Steps

# `# aws_vpc.network_vpc_4E8F0223 (network/vpc) will be created`
_PLANNED = re.compile(r"# (?:module\.\S+\.)?([a-z]\w*)\.\S+ .*will be (created|destroyed)")
# `dev  aws_vpc.network_vpc_4E8F0223 (network/vpc): Creation complete after 10s [id=vpc-0]`
_DONE = re.compile(r"(?:^|\s)([a-z]\w*)\.\S+.*: (Creation|Destruction) complete after ")
# `dev  aws_vpc.network_vpc_4E8F0223 (network/vpc): Still creating... [10s elapsed]`
_WAITING = re.compile(
    r"(?:^|\s)([a-z]\w*)\.\S+.*: Still (creating|destroying)\.\.\. \[(?:id=\S+, )?(\S+) elapsed"
)
_WORDS = {"Creation": "created", "Destruction": "destroyed"}


class Progress:
    """What becomes of a plan's resources. Lines that it does not know it passes over.

    Args:
        steps: Where it is shown.
        each_kind: Whether each kind of resource gets a line of its own, when all of it are there.
    """

    def __init__(self, steps: Steps, *, each_kind: bool = True) -> None:
        self._steps = steps
        self._each_kind = each_kind
        self._started = time.monotonic()
        self._planned: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._word = ""

    def __call__(self, line: str) -> None:
        """Takes a line that Terraform printed."""
        if found := _PLANNED.search(line):
            kind, self._word = found.groups()
            self._planned[kind] += 1
        elif found := _DONE.search(line):
            kind, self._word = found[1], _WORDS[found[2]]
            self._done[kind] += 1
            if self._each_kind and self._done[kind] == self._planned[kind]:
                self._show(kind)
        elif found := _WAITING.search(line):
            kind, doing, since = found.groups()
            self._steps.now(f"{self._so_far}; {doing} {kind} for {since}")
            return
        self._steps.now(self._so_far)

    def end(self) -> None:
        """Shows what was done in all."""
        if self._each_kind:
            # Where the plan was not understood, or something was done that it did not say.
            for kind in sorted(self._done):
                if self._done[kind] != self._planned[kind]:
                    self._show(kind)
        if number := self._done.total():
            resources, kinds = _counted(number, "resource"), _counted(len(self._done), "kind")
            self._steps.show(f"{resources} of {kinds} {self._word} in {self._took}")

    @property
    def _so_far(self) -> str:
        if not self._planned:
            return f"no plan yet, {self._took}"
        return f"{self._done.total()} of {self._planned.total()} {self._word}, {self._took}"

    @property
    def _took(self) -> str:
        return duration(time.monotonic() - self._started)

    def _show(self, kind: str) -> None:
        self._steps.show(f"{kind:42} {self._done[kind]:>3}  after {self._took}")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
