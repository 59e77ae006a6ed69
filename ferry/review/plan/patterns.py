"""IAM's patterns, ``*`` for any characters and ``?`` for one: whether one covers another.

What cannot be told counts as not covered and as not disjoint, which a reviewer hears of. Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 2048
"""Characters of the longest ARN; what is longer is compared as it is written."""

_VARIABLE: Final = "${"
"""What begins a policy variable, whose value nobody knows here, or one of Terraform's."""

_WILDCARD: Final = re.compile(r"[*?]")


def covers(pattern: str, other: str) -> bool:
    """Whether a pattern matches all that another matches.

    Args:
        pattern: The one that may be wider.
        other: The one that may be narrower.
    """
    if pattern in {other, "*"}:
        return True
    if _VARIABLE in pattern or "?" in pattern or max(len(pattern), len(other)) > _LONGEST:
        return False
    first, *between = pattern.split("*")
    if not between:
        return False
    *between, last = between
    if len(other) < len(first) + len(last) or not (
        other.startswith(first) and other.endswith(last)
    ):
        return False
    at, end = len(first), len(other) - len(last)
    for part in between:
        found = other.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def disjoint(one: str, other: str) -> bool:
    """Whether nothing matches both: they begin or end in different ways."""
    if _VARIABLE in one or _VARIABLE in other:
        return False
    parts, others = _WILDCARD.split(one), _WILDCARD.split(other)
    if len(parts) == len(others) == 1:
        return one != other
    start = min(len(parts[0]), len(others[0]))
    end = min(len(parts[-1]), len(others[-1]))
    if len(parts) == 1 or len(others) == 1:
        pattern, text = (other, one) if len(parts) == 1 else (one, other)
        first, last = _WILDCARD.split(pattern)[0], _WILDCARD.split(pattern)[-1]
        return not (text.startswith(first) and text.endswith(last))
    return parts[0][:start] != others[0][:start] or (
        end > 0 and parts[-1][-end:] != others[-1][-end:]
    )
