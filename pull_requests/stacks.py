"""The synthesized stacks, and which of them a change of code concerns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from facts.names import is_account_stack
from ferry.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE: Final = "cdk.tf.json"
LOCK_FILE: Final = ".terraform.lock.hcl"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """A synthesized stack, by its name, as `cdktf deploy` takes it, and its `cdk.tf.json`.

    `lock` is the lock file that pins its provider; empty where none holds for this machine.
    """

    name: str
    document: Mapping[str, Any]
    lock: str = ""

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
    def state(self) -> str:
        """Where its state is."""
        return f"s3://{self.bucket}/{self.key}"

    @property
    def key(self) -> str:
        """The key of its state."""
        return str(self._backend["key"])

    @property
    def assumed_role(self) -> Mapping[str, str] | None:
        """The role that its backend takes, as Terraform writes it; none by default."""
        role: Mapping[str, str] | None = self._backend.get("assume_role")
        return role

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
    """How a stack changes: as it is to be, or as it was, where it is gone; and where it moves from."""

    stack: Stack
    kind: Kind
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
    found = {}
    for file in sorted((output / "stacks").glob(f"*/{FILE}")):
        lock = file.parent / LOCK_FILE
        found[file.parent.name] = Stack(
            name=file.parent.name,
            document=json.loads(file.read_text()),
            lock=lock.read_text() if lock.is_file() else "",
        )
    return found


def find(stacks: Mapping[str, Stack], name: str) -> Stack:
    """The stack of that name; refused where the project has none."""
    if name not in stacks:
        raise InputError(
            f"There is no stack {name!r}; there are {', '.join(sorted(stacks))}. A stack whose file "
            "is gone is destroyed by hand: docs/deployment.md, Lifting protection and destroying."
        )
    return stacks[name]


def changes(*, before: Mapping[str, Stack], after: Mapping[str, Stack]) -> list[Change]:
    """The stacks that differ, accounts' first: environments need what these make.

    An account's stack goes with the last migration of the account, and its roles stay for every DMS
    there: that is no change, unless the account's last environment is gone.
    """
    found = []
    accounts = {it.account_id for it in after.values()}
    for name in sorted({*before, *after}, key=lambda it: (not is_account_stack(it), it)):
        old, new = before.get(name), after.get(name)
        if new is None and is_account_stack(name) and before[name].account_id in accounts:
            continue
        if new is None:
            found.append(Change(stack=before[name], kind=Kind.GONE))
        elif old is None:
            found.append(Change(stack=new, kind=Kind.NEW))
        elif old.state != new.state:
            found.append(Change(stack=new, kind=Kind.MOVED, moved_from=old.state))
        elif old.document != new.document:
            found.append(Change(stack=new, kind=Kind.CHANGED))
    return found
