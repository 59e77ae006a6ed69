"""What was called: one line for each call, without anything secret."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local_aws.call import Call

# Parameters are kept for these alone, so that a test can see that a changed setting was sent.
_WITH_PARAMETERS = ("dms:Create", "dms:Modify", "dms:Start", "dms:Stop", "dms:Reload")
_SECRET = ("password", "secretstring", "privatekey", "wallet")
_KEPT = 50_000


@dataclass(frozen=True, kw_only=True, slots=True)
class CallRecord:
    """One call as it was answered."""

    service: str
    operation: str
    account: str | None
    region: str
    status: int
    injected: bool
    parameters: dict[str, Any]


@dataclass(kw_only=True, slots=True)
class CallLog:
    """The last 50,000 calls. Its methods may be called from any thread."""

    _records: deque[CallRecord] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _lock: Lock = field(default_factory=Lock)

    def add(self, call: Call, *, status: int, injected: bool) -> None:
        """Keep `call`, answered with `status`; `injected` when a fault answered it."""
        with self._lock:
            self._records.append(
                CallRecord(
                    service=call.service,
                    operation=call.operation,
                    account=call.account,
                    region=call.region,
                    status=status,
                    injected=injected,
                    parameters=_parameters(call),
                )
            )

    def calls(
        self, *, service: str = "", operation: str = "", account: str = ""
    ) -> list[dict[str, Any]]:
        """The calls kept, oldest first; each argument that is not empty narrows them."""
        with self._lock:
            records = list(self._records)
        return [
            asdict(record)
            for record in records
            if service in ("", record.service)
            and operation in ("", record.operation)
            and account in ("", record.account)
        ]


def _parameters(call: Call) -> dict[str, Any]:
    if not call.name.startswith(_WITH_PARAMETERS):
        return {}
    masked = _masked(call.json_parameters())
    return masked if isinstance(masked, dict) else {}


def _masked(value: Any, key: str = "") -> Any:  # noqa: ANN401 - any JSON
    if any(word in key.lower() for word in _SECRET):
        return "***"
    if isinstance(value, dict):
        return {name: _masked(member, name) for name, member in value.items()}
    if isinstance(value, list):
        return [_masked(member) for member in value]
    if isinstance(value, str) and "password=" in value.lower():
        return "***"
    return value
