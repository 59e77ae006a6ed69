"""Whether the DMS instance can be made as the environment's file says, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from facts.instance_classes import memory_bytes
from ferry.account import Unanswered, asked
from ferry.check.account.nearest import nearest_version, set_class, set_version, version_key
from ferry.findings import Finding, blocked, not_judged, right, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from types_boto3_dms import DatabaseMigrationServiceClient
    from types_boto3_dms.type_defs import EngineVersionTypeDef

    from ferry.check.account.subject import RunningInstance, Subject
    from settings.environment import Environment

VERSION: Final = "dms-version"
END: Final = "dms-version-end"
CLASS: Final = "dms-class"

HORIZON_DAYS: Final = 180
"""How far ahead an end is worth a warning: a migration is planned, tried and run for months."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineVersion:
    """What DMS says of one of its versions.

    Source: https://docs.aws.amazon.com/dms/latest/APIReference/API_EngineVersion.html

    Args:
        is_beta: Whether it is a beta.
        upgrades: The versions that an instance can be upgraded to.
        withdrawn_on: From when on no instance can be made of it; None where AWS names no date.
        forced_upgrade_on: When AWS upgrades instances of it; None where AWS names no date.
    """

    is_beta: bool = False
    upgrades: tuple[str, ...] = ()
    withdrawn_on: date | None = None
    forced_upgrade_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DmsOffer:
    """What DMS has on offer in the region.

    Args:
        versions: What DMS says of its versions.
        orderable: The instance classes that can be ordered, by version.
        running: The environment's replication instance; None where there is none.
    """

    versions: Mapping[str, EngineVersion]
    orderable: Mapping[str, tuple[str, ...]]
    running: RunningInstance | None = None

    @property
    def suggestions(self) -> tuple[str, ...]:
        """The versions that can be recommended: to be ordered, and no beta."""
        return tuple(
            version
            for version in self.orderable
            if not self.versions.get(version, EngineVersion()).is_beta
        )


def check(subject: Subject) -> Iterator[Finding]:
    """Ask DMS, and judge version, its end, and class."""
    environment = subject.environment
    offer = asked(
        "ask DMS for its versions and the replication instance",
        lambda: _offer(subject.account.dms, running=subject.replication_instance),
    )
    if isinstance(offer, Unanswered):
        yield not_judged(
            VERSION, "DMS's version, its end, and the class", why=offer.why, remedy=offer.remedy
        )
        return
    yield judge_version(environment, offer)
    yield judge_end(environment, offer, today=subject.today)
    version = version_to_ask_classes_for(environment, offer)
    if version is not None:
        yield judge_class(environment, offer, version=version)


def _offer(dms: DatabaseMigrationServiceClient, *, running: RunningInstance | None) -> DmsOffer:
    orderable: dict[str, tuple[str, ...]] = {}
    pages = dms.get_paginator("describe_orderable_replication_instances").paginate()
    for page in pages:
        for each in page["OrderableReplicationInstances"]:
            version = each["EngineVersion"]
            orderable[version] = (*orderable.get(version, ()), each["ReplicationInstanceClass"])
    return DmsOffer(
        versions={each["Version"]: _version(each) for each in _versions(dms)},
        orderable=orderable,
        running=running,
    )


def _versions(dms: DatabaseMigrationServiceClient) -> list[EngineVersionTypeDef]:
    """Every version that DMS describes; botocore has no paginator for this call."""
    answer = dms.describe_engine_versions()
    versions = list(answer["EngineVersions"])
    while answer.get("Marker"):
        answer = dms.describe_engine_versions(Marker=answer["Marker"])
        versions += answer["EngineVersions"]
    return versions


def _version(described: EngineVersionTypeDef) -> EngineVersion:
    withdrawn, forced = described.get("DeprecationDate"), described.get("ForceUpgradeDate")
    return EngineVersion(
        is_beta=described.get("ReleaseStatus") == "beta",
        upgrades=tuple(described.get("AvailableUpgrades", [])),
        withdrawn_on=withdrawn.date() if withdrawn else None,
        forced_upgrade_on=forced.date() if forced else None,
    )


def judge_version(environment: Environment, offer: DmsOffer) -> Finding:
    """Whether an instance of the wanted version can be made, or the running one become it.

    Source: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.EngineVersions.html
    """
    wanted, region = environment.migration.dms.engine_version, environment.aws.region
    running = offer.running
    if running is not None and running.version != wanted:
        return _upgrade(environment, offer, running)
    if wanted in offer.orderable:
        return right(VERSION, f"DMS {wanted} can be ordered in {region}.")
    if running is not None:
        return warning(
            VERSION,
            f"The replication instance runs DMS {wanted}, which can no longer be ordered in "
            f"{region}.",
            why="An instance that is lost or replaced cannot be made anew.",
            remedy=set_version(environment, "dms", offer.suggestions, kind="that can be ordered"),
        )
    return blocked(
        VERSION,
        f"DMS {wanted} cannot be ordered in {region}.",
        why="CreateReplicationInstance is refused, when the cluster is there already.",
        remedy=set_version(environment, "dms", offer.suggestions, kind="that can be ordered"),
    )


def judge_end(environment: Environment, offer: DmsOffer, *, today: date) -> Finding:
    """Whether the wanted version lives long enough.

    Args:
        environment: The environment.
        offer: What DMS has on offer; the dates are AWS's own.
        today: The date to judge by.
    """
    wanted = environment.migration.dms.engine_version
    version = offer.versions.get(wanted, EngineVersion())
    horizon = today + timedelta(days=HORIZON_DAYS)
    near = [day for day in (version.withdrawn_on, version.forced_upgrade_on) if day]
    if not near:
        return right(END, f"AWS names no end for DMS {wanted} yet.")
    dates = " ".join(_dates(version, today=today))
    if min(near) > horizon:
        return right(END, f"DMS {wanted} lives for {HORIZON_DAYS} days and more. {dates}")
    later = tuple(name for name in offer.suggestions if version_key(name) > version_key(wanted))
    nearest = nearest_version(wanted, later)
    remedy = (
        "Be done before: AWS offers no later version yet."
        if nearest is None
        else "Be done before, or take a later version: set dms.engine_version = "
        f'"{nearest}" in {environment.name}.toml.'
    )
    return warning(
        END,
        f"DMS {wanted} is near its end or past it. {dates}",
        why="An instance that is lost after the withdrawal cannot be made anew, and a forced "
        "upgrade interrupts the tasks.",
        remedy=remedy,
    )


def version_to_ask_classes_for(environment: Environment, offer: DmsOffer) -> str | None:
    """The version that the instance will have.

    The wanted one where that is possible. Otherwise what runs, or the nearest that can be ordered;
    None where there is none.
    """
    wanted, running = environment.migration.dms.engine_version, offer.running
    if running is not None:
        upgrades = offer.versions.get(running.version, EngineVersion()).upgrades
        return wanted if wanted in upgrades else running.version
    return wanted if wanted in offer.orderable else nearest_version(wanted, offer.suggestions)


def judge_class(environment: Environment, offer: DmsOffer, *, version: str) -> Finding:
    """Whether a replication instance of the wanted class can be made.

    Args:
        environment: The environment.
        offer: What DMS has on offer.
        version: The version that the instance will have.
    """
    wanted, region = environment.migration.dms.instance_class, environment.aws.region
    orderable = offer.orderable.get(version, ())
    if wanted in orderable and memory_bytes(wanted) is None:
        return warning(
            CLASS,
            f"{wanted} can be ordered for DMS {version} in {region}, and is not known here.",
            why="A review cannot hold the alarms against its memory.",
            remedy="See yourself that alarms.dms_freeable_memory_mib fits it.",
        )
    if wanted in orderable:
        return right(CLASS, f"{wanted} can be ordered for DMS {version} in {region}.")
    running = offer.running
    if running is not None and (running.version, running.instance_class) == (version, wanted):
        return warning(
            CLASS,
            f"The replication instance runs on {wanted}, which can no longer be ordered for "
            f"DMS {version} in {region}.",
            why="An instance that is lost or replaced cannot be made anew.",
            remedy=set_class(environment, "dms", wanted, orderable),
        )
    return blocked(
        CLASS,
        f"{wanted} cannot be ordered for DMS {version} in {region}.",
        why="CreateReplicationInstance and ModifyReplicationInstance are refused, when the cluster "
        "is there already.",
        remedy=set_class(environment, "dms", wanted, orderable),
    )


def _upgrade(environment: Environment, offer: DmsOffer, running: RunningInstance) -> Finding:
    wanted = environment.migration.dms.engine_version
    if version_key(wanted) < version_key(running.version):
        return blocked(
            VERSION,
            f"The replication instance runs DMS {running.version}; {wanted} is older.",
            why="DMS never goes back to an older version. AWS may have upgraded the instance at "
            "its version's end.",
            remedy=f'Set dms.engine_version = "{running.version}" in {environment.name}.toml, '
            "which runs.",
        )
    upgrades = offer.versions.get(running.version, EngineVersion()).upgrades
    if wanted in upgrades:
        return right(
            VERSION,
            f"DMS {running.version}, which the replication instance runs, can be upgraded to "
            f"{wanted}.",
        )
    return blocked(
        VERSION,
        f"DMS {running.version}, which the replication instance runs, cannot be upgraded to "
        f"{wanted}.",
        why="ModifyReplicationInstance is refused: DMS upgrades only to what it names.",
        remedy=set_version(environment, "dms", upgrades, kind="that it can be upgraded to"),
    )


def _dates(version: EngineVersion, *, today: date) -> list[str]:
    sentences = []
    if version.withdrawn_on:
        tense = "can be" if version.withdrawn_on > today else "was to be"
        sentences.append(f"No new instance {tense} made after {version.withdrawn_on}.")
    if version.forced_upgrade_on:
        tense = "upgrades" if version.forced_upgrade_on > today else "was to upgrade"
        sentences.append(f"AWS {tense} instances by itself on {version.forced_upgrade_on}.")
    return sentences
