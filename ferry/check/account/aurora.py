"""Whether Aurora can be made as the environment's file says, or upgraded to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from facts.aurora import ENGINE, LATEST_RELEASE, is_of, release
from facts.instance_classes import memory_bytes
from facts.serverless import SERVERLESS
from ferry.account import Unanswered, asked
from ferry.check.account.nearest import nearest_version, set_class, set_version, version_key
from ferry.check.account.subject import PLAIN_VERSION
from ferry.findings import Finding, blocked, not_judged, right, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from types_boto3_rds import RDSClient

    from ferry.check.account.subject import RunningCluster, Subject
    from settings.environment import Environment

VERSION: Final = "aurora-version"
CLASS: Final = "aurora-class"
CAPACITY: Final = "aurora-capacity"


@dataclass(frozen=True, kw_only=True, slots=True)
class AuroraVersions:
    """What AWS says of versions.

    Args:
        offered: The versions of which a cluster can be made in the region, in no order.
        running: The environment's cluster; None where there is none.
        capacities: The least and the most ACU that serverless instances of a version take, by version.
    """

    offered: tuple[str, ...]
    running: RunningCluster | None = None
    capacities: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def check(subject: Subject) -> Iterator[Finding]:
    """Ask RDS, and judge version, class and capacities."""
    environment, rds = subject.environment, subject.account.rds
    versions = asked(
        "ask RDS for its versions and the cluster", lambda: _versions(rds, subject.cluster)
    )
    if isinstance(versions, Unanswered):
        yield not_judged(
            VERSION, "Aurora's version and instance class", why=versions.why, remedy=versions.remedy
        )
        return
    yield judge_version(environment, versions)
    version = version_to_ask_classes_for(environment, versions)
    if version is None:
        return
    yield from judge_capacity(environment, version, versions.capacities)
    orderable = asked(
        f"ask RDS for the instance classes of {version}", lambda: _orderable_classes(rds, version)
    )
    if isinstance(orderable, Unanswered):
        yield not_judged(CLASS, "The instance class", why=orderable.why, remedy=orderable.remedy)
        return
    for wanted in environment.aurora.classes:
        yield judge_class(
            environment, wanted, version=version, orderable=orderable, running=versions.running
        )


def _versions(rds: RDSClient, running: RunningCluster | None) -> AuroraVersions:
    """The versions of which a cluster can be made, and what their serverless instances take.

    Without `IncludeAll`, DescribeDBEngineVersions leaves out what was withdrawn:
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBEngineVersions.html
    """
    offered = [
        version
        for page in rds.get_paginator("describe_db_engine_versions").paginate(Engine=ENGINE)
        for version in page["DBEngineVersions"]
        if PLAIN_VERSION.fullmatch(version["EngineVersion"])
        and "provisioned" in version.get("SupportedEngineModes", ["provisioned"])
    ]
    capacities = {it["EngineVersion"]: it.get("ServerlessV2FeaturesSupport", {}) for it in offered}
    return AuroraVersions(
        offered=tuple(capacities),
        running=running,
        capacities={
            version: (it["MinCapacity"], it["MaxCapacity"])
            for version, it in capacities.items()
            if "MinCapacity" in it and "MaxCapacity" in it
        },
    )


def _orderable_classes(rds: RDSClient, version: str) -> tuple[str, ...]:
    """The instance classes that can be ordered for a version."""
    pages = rds.get_paginator("describe_orderable_db_instance_options").paginate(
        Engine=ENGINE, EngineVersion=version
    )
    return tuple(
        {
            option["DBInstanceClass"]: None
            for page in pages
            for option in page["OrderableDBInstanceOptions"]
        }
    )


def judge_version(environment: Environment, versions: AuroraVersions) -> Finding:
    """Whether a cluster of the wanted version can be made, or the running one become it.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_UpgradeDBInstance.PostgreSQL.html
    """
    wanted = environment.aurora.engine_version
    running = versions.running
    if running is None:
        return _new(environment, versions.offered)
    if is_of(running.version, wanted):
        return _unchanged(environment, versions.offered, running)
    if version_key(wanted) < version_key(running.version):
        return blocked(
            VERSION,
            f"The cluster runs Aurora PostgreSQL {running.version}; {wanted} is older.",
            why="RDS never goes back to an older version. AWS may have upgraded the cluster in its "
            "maintenance.",
            remedy=f'Set aurora.engine_version = "{running.version}" in {environment.name}.toml, '
            "which runs.",
        )
    return _upgrade(environment, running)


def version_to_ask_classes_for(environment: Environment, versions: AuroraVersions) -> str | None:
    """The version that instances will have.

    The wanted one where that is possible. Otherwise what runs, or the nearest on offer; None where
    AWS offers no version at all.
    """
    wanted, running = environment.aurora.engine_version, versions.running
    if running is not None:
        return _latest_of(wanted, running.upgrade_targets) or running.version
    return _latest_of(wanted, versions.offered) or nearest_version(wanted, versions.offered)


def _latest_of(wanted: str, versions: tuple[str, ...]) -> str | None:
    """The latest of the versions that are the wanted one; None where none is."""
    return max((it for it in versions if is_of(it, wanted)), key=version_key, default=None)


def judge_class(
    environment: Environment,
    wanted: str,
    *,
    version: str,
    orderable: tuple[str, ...],
    running: RunningCluster | None,
) -> Finding:
    """Whether instances of a wanted class can be made.

    Args:
        environment: The environment.
        wanted: The class.
        version: The version that AWS was asked about.
        orderable: The classes that it can be ordered with in the region.
        running: The environment's cluster; None where there is none.
    """
    region = environment.aws.region
    if wanted in orderable and wanted != SERVERLESS and memory_bytes(wanted) is None:
        return warning(
            CLASS,
            f"{wanted} can be ordered for Aurora PostgreSQL {version} in {region}, and is not known "
            "here.",
            why="A review cannot hold the alarms and parameters against its memory.",
            remedy="See yourself that aurora_connections, aurora_freeable_memory_mib and "
            "aurora_free_local_storage_gib in [alarms] fit it.",
        )
    if wanted in orderable:
        return right(CLASS, f"{wanted} can be ordered for Aurora PostgreSQL {version} in {region}.")
    if running is not None and running.version == version and wanted in running.classes:
        return warning(
            CLASS,
            f"The cluster runs on {wanted}, which can no longer be ordered for Aurora "
            f"PostgreSQL {version} in {region}.",
            why="What runs stays, but an instance that is added or made anew is refused.",
            remedy=set_class(environment, "aurora", wanted, orderable),
        )
    return blocked(
        CLASS,
        f"{wanted} cannot be ordered for Aurora PostgreSQL {version} in {region}.",
        why="CreateDBInstance and ModifyDBInstance are refused, when the cluster is there already.",
        remedy=set_class(environment, "aurora", wanted, orderable),
    )


def judge_capacity(
    environment: Environment, version: str, capacities: Mapping[str, tuple[float, float]]
) -> Iterator[Finding]:
    """Whether a version's serverless instances take the capacities of the file.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ServerlessV2FeaturesSupport.html

    Args:
        environment: The environment.
        version: The version that its instances will have.
        capacities: The least and the most that serverless instances take, by version.
    """
    wanted = environment.aurora.serverless
    if wanted is None:
        return
    said = f"{wanted.min_acu:g} to {wanted.max_acu:g} ACU"
    if version not in capacities:
        yield not_judged(
            CAPACITY,
            f"The capacities of serverless instances, {said}",
            why=f"RDS does not say what Aurora PostgreSQL {version} takes.",
            remedy="Another version may say it: 'aws rds describe-db-engine-versions --engine "
            f"{ENGINE} --query DBEngineVersions[].[EngineVersion,ServerlessV2FeaturesSupport]'.",
        )
        return
    least, most = capacities[version]
    takes = f"{least:g} to {most:g} ACU"
    if wanted.min_acu < least or wanted.max_acu > most:
        yield blocked(
            CAPACITY,
            f"Serverless instances of Aurora PostgreSQL {version} take {takes}; the file says {said}.",
            why="CreateDBCluster and ModifyDBCluster are refused.",
            remedy=f"Set min_acu and max_acu in [aurora.serverless] of {environment.name}.toml within "
            "these, or choose another aurora.engine_version.",
        )
        return
    yield right(
        CAPACITY, f"Serverless instances of Aurora PostgreSQL {version} take {takes}: {said} too."
    )


def _new(environment: Environment, offered: tuple[str, ...]) -> Finding:
    wanted, region = environment.aurora.engine_version, environment.aws.region
    if _latest_of(wanted, offered) and release(wanted) > LATEST_RELEASE:
        return warning(
            VERSION,
            f"Aurora PostgreSQL {wanted} is on offer in {region}, and no release after "
            f"{LATEST_RELEASE} is known here.",
            why="Its parameters and their defaults may be others; nothing was tried with it.",
            remedy=f"Try it in a test environment, or choose a version of {LATEST_RELEASE}.",
        )
    if _latest_of(wanted, offered):
        return right(VERSION, f"Aurora PostgreSQL {wanted} is on offer in {region}.")
    return blocked(
        VERSION,
        f"Aurora PostgreSQL {wanted} is not on offer in {region}.",
        why="CreateDBCluster is refused, when the network, the key and the secrets are there "
        "already.",
        remedy=set_version(environment, "aurora", offered, kind="on offer"),
    )


def _unchanged(
    environment: Environment, offered: tuple[str, ...], running: RunningCluster
) -> Finding:
    region = environment.aws.region
    if running.version in offered:
        return right(
            VERSION,
            f"The cluster runs Aurora PostgreSQL {running.version}, which is on offer in {region}.",
        )
    return warning(
        VERSION,
        f"The cluster runs Aurora PostgreSQL {running.version}, which is no longer on offer "
        f"in {region}.",
        why="A cluster that is lost cannot be made anew from nothing, and AWS upgrades by itself "
        "what it has withdrawn.",
        remedy=set_version(
            environment, "aurora", running.upgrade_targets, kind="that it can be upgraded to"
        ),
    )


def _upgrade(environment: Environment, running: RunningCluster) -> Finding:
    wanted = environment.aurora.engine_version
    if not _latest_of(wanted, running.upgrade_targets):
        return blocked(
            VERSION,
            f"Aurora PostgreSQL {running.version}, which the cluster runs, cannot be upgraded "
            f"to {wanted}.",
            why="ModifyDBCluster is refused: RDS upgrades only to what it names as a target.",
            remedy=set_version(
                environment, "aurora", running.upgrade_targets, kind="that it can be upgraded to"
            ),
        )
    is_major = version_key(wanted)[0] != version_key(running.version)[0]
    if is_major and not environment.aurora.allow_major_version_upgrade:
        return blocked(
            VERSION,
            f"From Aurora PostgreSQL {running.version}, which the cluster runs, to {wanted} "
            "is an upgrade of the major version, and the file does not allow one.",
            why="ModifyDBCluster is refused without AllowMajorVersionUpgrade.",
            remedy=f"Set aurora.allow_major_version_upgrade = true in {environment.name}.toml for "
            "the upgrade; docs/deployment.md says how to go about it.",
        )
    return right(
        VERSION,
        f"Aurora PostgreSQL {running.version}, which the cluster runs, can be upgraded to "
        f"{wanted}.",
    )
