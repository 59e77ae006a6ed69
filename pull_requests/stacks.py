"""The synthesized stacks, and which of them a change of code concerns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from facts.names import is_account_stack
from facts.placement import partition_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE: Final = "cdk.tf.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """A synthesized stack.

    Args:
        name: Its name, as `cdktf deploy` takes it.
        document: What its `cdk.tf.json` holds.
    """

    name: str
    document: Mapping[str, Any]

    @property
    def is_account(self) -> bool:
        """Whether it is an account's, and not an environment's."""
        return is_account_stack(self.name)

    @property
    def account_id(self) -> str:
        """The account that it is deployed to, and that owns the bucket of its state."""
        (account_id,) = self._backend["allowed_account_ids"]
        return str(account_id)

    @property
    def bucket(self) -> str:
        """The bucket of its state."""
        return str(self._backend["bucket"])

    @property
    def bucket_region(self) -> str:
        """The region of that bucket."""
        return str(self._backend["region"])

    @property
    def partition(self) -> str:
        """What ARNs call the partition, such as `aws-cn`."""
        return partition_of(self.bucket_region).name

    @property
    def state(self) -> str:
        """Where its state is."""
        return f"s3://{self.bucket}/{self._backend['key']}"

    @property
    def _backend(self) -> Mapping[str, Any]:
        backend: Mapping[str, Any] = self.document["terraform"]["backend"]["s3"]
        return backend


class Kind(StrEnum):
    """How a stack changes."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    """Its state is elsewhere from now on: all is planned as new, and what is there is left."""
    GONE = "gone"
    """Its environment's file is deleted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A stack that a change of code concerns.

    Args:
        stack: The stack as it is to be; as it was, where it is gone.
        kind: How it changes.
        environment: The environment whose file says what blocks: its own, or for an account's
            stack the first of the account.
        moved_from: Where its state was, where it moves.
    """

    stack: Stack
    kind: Kind
    environment: str
    moved_from: str = ""

    @property
    def configuration(self) -> Mapping[str, Any]:
        """What is planned. Of a stack that is gone only provider and state remain.

        Terraform then plans to destroy what the state has, also what `prevent_destroy` protects:
        the protection stands in the configuration, and goes with it.
        """
        if self.kind is not Kind.GONE:
            return self.stack.document
        return {part: self.stack.document[part] for part in ("provider", "terraform")}


def read_stacks(output: Path) -> dict[str, Stack]:
    """The stacks in a `cdktf.out`, by name."""
    files = sorted((output / "stacks").glob(f"*/{FILE}"))
    return {
        file.parent.name: Stack(name=file.parent.name, document=json.loads(file.read_text()))
        for file in files
    }


def changes(*, before: Mapping[str, Stack], after: Mapping[str, Stack]) -> list[Change]:
    """The stacks that differ, accounts' first: environments need what these make."""
    found = []
    for name in sorted({*before, *after}, key=lambda it: (not is_account_stack(it), it)):
        old, new = before.get(name), after.get(name)
        stack = new or old
        if stack is None or (old and new and old.document == new.document):
            continue
        moved = old is not None and new is not None and old.state != new.state
        kind = Kind.NEW if old is None else Kind.GONE if new is None else Kind.CHANGED
        found.append(
            Change(
                stack=stack,
                kind=Kind.MOVED if moved else kind,
                environment=environment_of(stack, (*after.values(), *before.values())),
                moved_from=old.state if old and moved else "",
            )
        )
    return found


def environment_of(stack: Stack, stacks: tuple[Stack, ...]) -> str:
    """The environment whose file says what blocks a stack's plan."""
    if not stack.is_account:
        return stack.name
    return next(it.name for it in stacks if not it.is_account and it.account_id == stack.account_id)
