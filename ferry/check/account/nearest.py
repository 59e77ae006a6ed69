"""The nearest that AWS offers to what it does not, and the remedy that names it."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from facts.instance_classes import CLASS
from facts.serverless import SERVERLESS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import Literal

    from settings.environment import Environment

_NAMED_SIZES: Final = {"micro": -3, "small": -2, "medium": -1, "large": 0, "xlarge": 1}

# Another family is farther than any size, half or double the size is farther than another
# generation, and that is farther than another processor.
_OTHER_FAMILY: Final = 1000
_SIZE_STEP: Final = 40
_GENERATION_STEP: Final = 4
_OTHER_VARIANT: Final = 1


def version_key(version: str) -> tuple[int, ...]:
    """What versions such as 15.10 and 3.5.4 are ordered by."""
    return tuple(int(part) for part in version.split("."))


def nearest_version(wanted: str, offered: Iterable[str]) -> str | None:
    """The version on offer that is nearest to `wanted`; None where none is on offer.

    The next of the same major version; then the latest of the same major version; then the first
    of the next major version: nothing that `wanted` can do is missing from a later one.
    """
    key = version_key(wanted)
    ordered = sorted(offered, key=version_key)
    same = [version for version in ordered if version_key(version)[0] == key[0]]
    later = [version for version in ordered if version_key(version) > key]
    same_later = [version for version in same if version in later]
    for choice in (same_later[:1], same[-1:], later[:1], ordered[-1:]):
        if choice:
            return choice[0]
    return None


def nearest_class(wanted: str, offered: Iterable[str]) -> str | None:
    """The instance class on offer that is nearest to `wanted`; None where none can be compared.

    The same family (r, t, c) where there is one, then the same size, then the nearest generation.
    """
    candidates = [name for name in offered if CLASS.fullmatch(name)]
    return min(candidates, key=lambda name: (_distance(wanted, name), name), default=None)


def set_version(
    environment: Environment,
    section: Literal["aurora", "dms"],
    versions: Collection[str],
    *,
    kind: str,
) -> str:
    """The remedy for a version that AWS refuses.

    Args:
        environment: The environment.
        section: Whose version it is.
        versions: What AWS offers.
        kind: What these are, after "the nearest", such as `on offer`.
    """
    nearest = nearest_version(getattr(environment, section).engine_version, versions)
    if nearest is None:
        return f"AWS names no version {kind}: ask AWS Support, or choose another region."
    every = ", ".join(sorted(versions, key=version_key))
    return (
        f'Set {section}.engine_version = "{nearest}" in {environment.name}.toml, the nearest '
        f"{kind}. There are: {every}."
    )


def set_class(
    environment: Environment,
    section: Literal["aurora", "dms"],
    wanted: str,
    orderable: Iterable[str],
) -> str:
    """The remedy for an instance class that AWS refuses.

    Args:
        environment: The environment.
        section: Whose class it is.
        wanted: The class.
        orderable: The classes that AWS offers.
    """
    if wanted == SERVERLESS:
        return f"Choose another {section}.engine_version or region, or a class of one size."
    nearest = nearest_class(wanted, orderable)
    if nearest is None:
        return (
            "AWS names no class that can be ordered: choose another "
            f"{section}.engine_version or region."
        )
    is_a_readers = wanted != getattr(environment, section).instance_class
    setting = (
        "instance_class of [[aurora.readers]]" if is_a_readers else f"{section}.instance_class"
    )
    return (
        f'Set {setting} = "{nearest}" in {environment.name}.toml, the nearest that can be ordered.'
    )


def _distance(one: str, other: str) -> float:
    ours, theirs = CLASS.fullmatch(one), CLASS.fullmatch(other)
    if ours is None or theirs is None:  # a class of a new form: any other is equally far
        return math.inf
    distance: float = _OTHER_FAMILY * (ours["family"] != theirs["family"])
    distance += _SIZE_STEP * abs(_size(ours["size"]) - _size(theirs["size"]))
    distance += _GENERATION_STEP * abs(int(ours["generation"]) - int(theirs["generation"]))
    return distance + _OTHER_VARIANT * (ours["variant"] != theirs["variant"])


def _size(size: str) -> float:
    """How often a size is double `large`."""
    if size in _NAMED_SIZES:
        return _NAMED_SIZES[size]
    times = re.match(r"\d+", size)
    return 1 + math.log2(int(times[0])) if times else math.inf
