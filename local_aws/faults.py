"""Calls that are made to fail, chosen so that the order in which Terraform makes them is no matter.

Two kinds of rule:

- `Share`: of the calls that match, about that share is throttled or answered 503; before the
  call is executed, or after (it was executed, the answer is lost).
- `Refusal`: one named operation is refused a number of times, with an error that no SDK tries
  again, and then let through.

Whether a share's rule strikes is decided by a hash of the seed, the rule, the operation, the
request (without ids that are drawn at random) and how often that very request has been made. So
the same seed gives the same faults however the calls interleave, and a retry is drawn anew.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from local_aws.errors import Reply, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from local_aws.call import Call

Kind = Literal["throttle", "unavailable"]
Moment = Literal["before", "after"]

# What each service says when it throttles; the SDKs try again on each of these.
# https://docs.aws.amazon.com/general/latest/gr/api-retries.html
_THROTTLE = {"ec2": ("RequestLimitExceeded", 503), "s3": ("SlowDown", 503)}
_THROTTLE_QUERY = {"rds", "iam", "sns", "sts", "cloudwatch"}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Matching:
    """Which calls a rule is about: all, or those of services, operations, accounts."""

    services: frozenset[str] = frozenset()
    except_services: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()

    def matches(self, call: Call) -> bool:
        return (
            (not self.services or call.service in self.services)
            and call.service not in self.except_services
            and (not self.operations or call.name in self.operations)
            and (not self.accounts or call.account in self.accounts)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Share(_Matching):
    """A share of calls fails with an error that the SDKs try again.

    Attributes:
        share: Between 0 and 1.
        kind: `throttle` (each service's own code) or `unavailable` (503).
        moment: `before` the call is executed, or `after`; after it the answer is always 503.
    """

    share: float
    kind: Kind = "unavailable"
    moment: Moment = "before"

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ValueError: A share outside 0 to 1, a kind or moment that is neither of the two.
        """
        if not 0 <= self.share <= 1:
            raise ValueError(f"share {self.share}: give a number from 0 to 1")
        if self.kind not in ("throttle", "unavailable"):
            raise ValueError(f"kind {self.kind!r}: give throttle or unavailable")
        if self.moment not in ("before", "after"):
            raise ValueError(f"moment {self.moment!r}: give before or after")


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal(_Matching):
    """The next `times` calls that match are refused, not executed.

    Attributes:
        times: How many calls are refused.
        code: The error's code; the default is none that an SDK tries again.
        status: The HTTP status, below 500.
    """

    times: int = 1
    code: str = "AccessDenied"
    status: int = 400

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ValueError: No operation named, or a status that the SDKs would try again.
        """
        if not self.operations:
            raise ValueError("a refusal names its operations, such as rds:ModifyDBCluster")
        if not 400 <= self.status < 500:  # noqa: PLR2004 - HTTP's client errors
            raise ValueError(f"status {self.status}: give one from 400 to 499")


@dataclass(kw_only=True, slots=True)
class Faults:
    """The rules in force and what they did. Its methods may be called from any thread."""

    seed: int = 0
    rules: Sequence[Share | Refusal] = ()
    _attempts: Counter[str] = field(default_factory=Counter)
    _refused: Counter[int] = field(default_factory=Counter)
    _injected: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def replace(self, document: Mapping[str, Any]) -> None:
        """Put the rules of `document` in force and count from nothing.

        Raises:
            ValueError: A rule that cannot be read; the rules in force stay.
        """
        seed, rules = _parse(document)
        with self._lock:
            self.seed, self.rules = seed, rules
            for counter in (self._attempts, self._refused, self._injected):
                counter.clear()

    def strike(self, call: Call) -> Fault | None:
        """Decide about one call that is about to be executed."""
        with self._lock:
            key = f"{call.account}/{call.name}/{call.fingerprint}"
            self._attempts[key] += 1
            for index, rule in enumerate(self.rules):
                if rule.matches(call) and self._hits(index, rule, key):
                    self._injected[call.name] += 1
                    return Fault(call=call, rule=rule)
        return None

    def _hits(self, index: int, rule: Share | Refusal, key: str) -> bool:
        if isinstance(rule, Refusal):
            self._refused[index] += 1
            return self._refused[index] <= rule.times
        text = f"{self.seed}/{index}/{key}/{self._attempts[key]}"
        drawn = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64
        return drawn < rule.share

    def report(self) -> dict[str, Any]:
        """What was injected so far, by operation."""
        with self._lock:
            return {
                "seed": self.seed,
                "rules": len(self.rules),
                "injected": self._injected.total(),
                "operations": dict(sorted(self._injected.items())),
            }


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One call that is to fail."""

    call: Call
    rule: Share | Refusal

    @property
    def executes(self) -> bool:
        """Whether the call is executed and only its answer lost."""
        return isinstance(self.rule, Share) and self.rule.moment == "after"

    def reply(self) -> Reply:
        """The answer given instead."""
        if isinstance(self.rule, Refusal):
            return refusal(
                self.call,
                code=self.rule.code,
                message=f"local AWS was told to refuse {self.call.name}",
                status=self.rule.status,
            )
        if self.rule.kind == "throttle" and not self.executes:
            code, status = _throttle(self.call.service)
            return refusal(self.call, code=code, message="Rate exceeded", status=status)
        return refusal(
            self.call,
            code="ServiceUnavailable",
            message="local AWS was told to be unavailable",
            status=503,
        )


def _throttle(service: str) -> tuple[str, int]:
    if service in _THROTTLE:
        return _THROTTLE[service]
    return ("Throttling" if service in _THROTTLE_QUERY else "ThrottlingException", 400)


_SETS = ("services", "except_services", "operations", "accounts")


def _parse(document: Mapping[str, Any]) -> tuple[int, list[Share | Refusal]]:
    unknown = set(document) - {"seed", "rules"}
    if unknown:
        raise ValueError(f"unknown key {min(unknown)!r}: give seed and rules")
    return int(document.get("seed", 0)), [_rule(rule) for rule in document.get("rules", ())]


def _rule(rule: Mapping[str, Any]) -> Share | Refusal:
    arguments: dict[str, Any] = {
        key: frozenset(value) if key in _SETS else value for key, value in rule.items()
    }
    try:
        return Share(**arguments) if "share" in arguments else Refusal(**arguments)
    except TypeError as error:
        raise ValueError(f"a rule that cannot be read: {error}") from error
