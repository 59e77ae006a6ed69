"""A kept plan: the plan file with all that it must be compared with, in one file with one digest."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zipfile
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from pull_requests.errors import RefusedError
from pull_requests.stacks import FILE
from pull_requests.terraform import LOCK_FILE, PLAN_FILE, State

if TYPE_CHECKING:
    from collections.abc import Mapping

_RECORD: Final = "record.json"
_MEMBERS: Final = (_RECORD, FILE, LOCK_FILE, PLAN_FILE)
_CONFIGURATION: Final = f"tfconfig/m-/{FILE}"
"""Where a plan file, which is a zip archive, has the configuration that it was made of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPlan:
    """A plan that was reviewed.

    Args:
        stack: The stack's name.
        commit: The commit that people know it by.
        tree: The hash of all files that were planned.
        made_at: When, in UTC.
        state: The state that it was made against.
        configuration: The stack's `cdk.tf.json`.
        lock: The lock file of the providers.
        plan: The plan file. It holds sensitive values.
    """

    stack: str
    commit: str
    tree: str
    made_at: datetime
    state: State
    configuration: bytes
    lock: bytes
    plan: bytes

    def packed(self) -> bytes:
        """All of it as one tar archive."""
        record = {
            "stack": self.stack,
            "commit": self.commit,
            "tree": self.tree,
            "made_at": self.made_at.isoformat(),
            "state": asdict(self.state),
        }
        content = (json.dumps(record).encode(), self.configuration, self.lock, self.plan)
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for name, member in zip(_MEMBERS, content, strict=True):
                entry = tarfile.TarInfo(name)
                entry.size = len(member)
                archive.addfile(entry, io.BytesIO(member))
        return packed.getvalue()

    @property
    def planned_configuration(self) -> bytes:
        """The configuration inside the plan file: what Terraform would apply.

        Raises:
            RefusedError: The plan file has none.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(self.plan)) as archive:
                return archive.read(_CONFIGURATION)
        except (zipfile.BadZipFile, KeyError):
            raise RefusedError(
                "What was kept is not a plan of a synthesized stack. Nothing was applied."
            ) from None


def digest_of(packed: bytes) -> str:
    """What names a kept plan: SHA-256, in hex."""
    return hashlib.sha256(packed).hexdigest()


def unpacked(packed: bytes) -> KeptPlan:
    """Read what `packed` wrote; its digest was compared before.

    Raises:
        RefusedError: It is something else.
    """
    try:
        content = _members(packed)
        record: Mapping[str, Any] = json.loads(content[_RECORD])
        return KeptPlan(
            stack=record["stack"],
            commit=record["commit"],
            tree=record["tree"],
            made_at=datetime.fromisoformat(record["made_at"]),
            state=State(**record["state"]),
            configuration=content[FILE],
            lock=content[LOCK_FILE],
            plan=content[PLAN_FILE],
        )
    except (tarfile.TarError, ValueError, KeyError, TypeError):
        raise RefusedError("What was kept cannot be read as a plan. Nothing was applied.") from None


def _members(packed: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:") as archive:
        found = {}
        for name in _MEMBERS:
            member = archive.extractfile(name)
            found[name] = member.read() if member else b""
        return found
