"""What synthesis says beside the JSON that it writes: no problems, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts.ends import AURORA_ENDS, DMS_ENDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from settings.environment import Environment


def remarks(environments: Sequence[Environment]) -> Iterator[str]:
    """What was found in the files, then, in one line for all of them, which version ends when."""
    for environment in environments:
        yield from environment.remarks
    users: dict[str, list[str]] = {}
    for environment in environments:
        for end in _ends(environment):
            users.setdefault(end, []).append(environment.name)
    if users:
        told = "; ".join(f"{end} ({', '.join(names)})" for end, names in users.items())
        yield f"What ends when: {told}. 'ferry check aws ENV' asks your region what it offers."


def _ends(environment: Environment) -> Iterator[str]:
    version = environment.aurora.engine_version
    if version in AURORA_ENDS:
        yield f"Aurora PostgreSQL {version} {AURORA_ENDS[version]}"
    if environment.dms is not None and environment.dms.engine_version in DMS_ENDS:
        version = environment.dms.engine_version
        yield f"DMS {version} {DMS_ENDS[version]}"
