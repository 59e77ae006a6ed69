"""What synthesis says beside the JSON that it writes: no problems, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts.ends import AURORA_ENDS, DMS_ENDS
from facts.serverless import INSIGHTS_ACU
from settings.way_back import NoWayBack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from settings.environment import Environment


def remarks(environments: Sequence[Environment]) -> Iterator[str]:
    """What was found in the files, then, in one line for all of them, which version ends when."""
    for environment in environments:
        yield from environment.remarks
        yield from _capacity(environment)
        if environment.has_migration and environment.migration.dms.rollback:
            yield from _ways_back(environment)
    users: dict[str, list[str]] = {}
    for environment in environments:
        for end in _ends(environment):
            users.setdefault(end, []).append(environment.name)
    if users:
        told = "; ".join(f"{end} ({', '.join(names)})" for end, names in users.items())
        yield f"What ends when: {told}. 'ferry check aws ENV' asks your region what it offers."


def _capacity(environment: Environment) -> Iterator[str]:
    """That serverless instances may come down to less than AWS recommends.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
    """
    capacity = environment.aurora.serverless
    if capacity is not None and capacity.min_acu < INSIGHTS_ACU:
        yield (
            f"environments/{environment.name}.toml: aurora.serverless.min_acu = "
            f"{capacity.min_acu:g}: AWS recommends {INSIGHTS_ACU} or more with Performance Insights, "
            "which is always on. With less, an idle instance may stay larger, and is slow to grow."
        )


def _ways_back(environment: Environment) -> Iterator[str]:
    """Which tasks nothing carries back, and which columns do not come along."""
    file = f"environments/{environment.name}.toml"
    for place, (task, _, found) in enumerate(environment.migration.ways_back):
        where = f"{file}: dms.tasks[{place}]"
        if isinstance(found, NoWayBack):
            yield (
                f"{where}.{found.setting} {found.why}: the task {task.name} has no way back, and what is "
                "written to its tables in Aurora stays there."
            )
        elif found.left_behind:
            yield (
                f"{where}: on the way back {', '.join(found.left_behind)} stays behind too: the source "
                "has to compute it, or to do without."
            )


def _ends(environment: Environment) -> Iterator[str]:
    version = environment.aurora.engine_version
    if version in AURORA_ENDS:
        yield f"Aurora PostgreSQL {version} {AURORA_ENDS[version]}"
    if environment.dms is not None and environment.dms.engine_version in DMS_ENDS:
        version = environment.dms.engine_version
        yield f"DMS {version} {DMS_ENDS[version]}"
