"""What a rule is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from settings.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule finds wrong, in the words of a problem's line.

    Args:
        setting: The setting to change.
        given: What was given, with the other settings that matter.
        allowed: What is allowed, in words that stand after "allowed:".
        mend: What to do.
    """

    setting: str
    given: str
    allowed: str
    mend: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule about one environment.

    Args:
        check: The rule itself.
        reads: The settings that it reads; `*` stands for every item of a list.
    """

    check: Callable[[Environment], Iterator[Finding]]
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairRule:
    """A rule about two environments, the first by name first.

    Args:
        check: The rule itself; what it finds is said of the second.
        reads: The settings of both that it reads.
    """

    check: Callable[[Environment, Environment], Iterator[Finding]]
    reads: tuple[str, ...]
