"""What is said of DMS's version, its end, and the replication instance's class."""

from __future__ import annotations

from datetime import date

import pytest

from ferry.check.account.dms import (
    DmsOffer,
    EngineVersion,
    judge_class,
    judge_end,
    judge_version,
    version_to_ask_classes_for,
)
from ferry.check.account.subject import RunningInstance
from ferry.findings import Finding, Level, blocked, right, warning
from tests.unit.ferry.environments import environment

TODAY = date(2026, 11, 24)
VERSIONS = {
    "3.5.3": EngineVersion(upgrades=("3.5.4", "3.6.1")),
    "3.5.4": EngineVersion(
        upgrades=("3.6.1",), withdrawn_on=date(2027, 1, 31), forced_upgrade_on=date(2027, 3, 31)
    ),
    "3.6.1": EngineVersion(),
    "3.7.0": EngineVersion(is_beta=True),
}
ORDERABLE = dict.fromkeys(("3.5.4", "3.6.1", "3.7.0"), ("dms.c5.2xlarge", "dms.t3.medium"))


def offer(running: str | None = None, instance_class: str = "dms.c5.2xlarge") -> DmsOffer:
    instance = running and RunningInstance(version=running, instance_class=instance_class)
    return DmsOffer(versions=VERSIONS, orderable=ORDERABLE, running=instance or None)


def version(wanted: str, running: str | None = None) -> Finding:
    return judge_version(environment(dms=dms(engine_version=wanted)), offer(running))


def dms(**settings: object) -> dict[str, object]:
    return settings


def test_a_version_that_can_be_ordered() -> None:
    expected = right("dms-version", "DMS 3.5.4 can be ordered in eu-central-1.")

    assert version("3.5.4") == expected
    assert version("3.5.4", running="3.5.4") == expected


def test_a_version_that_cannot_be_ordered() -> None:
    assert version("3.5.3") == blocked(
        "dms-version",
        "DMS 3.5.3 cannot be ordered in eu-central-1.",
        why="CreateReplicationInstance is refused, when the cluster is there already.",
        remedy='Set dms.engine_version = "3.5.4" in dev.toml, the nearest that can be ordered. '
        "There are: 3.5.4, 3.6.1.",
    )


def test_a_beta_is_not_recommended() -> None:
    finding = version("3.6.2")

    assert '"3.6.1"' in finding.remedy
    assert "3.7.0" not in finding.remedy


def test_a_region_without_dms() -> None:
    finding = judge_version(environment(), DmsOffer(versions={}, orderable={}))

    assert finding.level is Level.BLOCKED
    assert finding.remedy == (
        "AWS names no version that can be ordered: ask AWS Support, or choose another region."
    )


def test_an_instance_that_runs_a_withdrawn_version() -> None:
    assert version("3.5.3", running="3.5.3") == warning(
        "dms-version",
        "The replication instance runs DMS 3.5.3, which can no longer be ordered in eu-central-1.",
        why="An instance that is lost or replaced cannot be made anew.",
        remedy='Set dms.engine_version = "3.5.4" in dev.toml, the nearest that can be ordered. '
        "There are: 3.5.4, 3.6.1.",
    )


def test_a_valid_upgrade() -> None:
    assert version("3.6.1", running="3.5.4") == right(
        "dms-version", "DMS 3.5.4, which the replication instance runs, can be upgraded to 3.6.1."
    )


def test_an_upgrade_that_dms_does_not_make() -> None:
    assert version("3.7.0", running="3.5.4") == blocked(
        "dms-version",
        "DMS 3.5.4, which the replication instance runs, cannot be upgraded to 3.7.0.",
        why="ModifyReplicationInstance is refused: DMS upgrades only to what it names.",
        remedy='Set dms.engine_version = "3.6.1" in dev.toml, the nearest that it can be upgraded '
        "to. There are: 3.6.1.",
    )


def test_an_upgrade_from_a_version_that_dms_has_forgotten() -> None:
    finding = version("3.5.4", running="3.4.7")

    assert finding.level is Level.BLOCKED
    assert finding.remedy == (
        "AWS names no version that it can be upgraded to: ask AWS Support, or choose another region."
    )


def test_a_version_older_than_what_runs() -> None:
    assert version("3.5.4", running="3.6.1") == blocked(
        "dms-version",
        "The replication instance runs DMS 3.6.1; 3.5.4 is older.",
        why="DMS never goes back to an older version. AWS may have upgraded the instance at its "
        "version's end.",
        remedy='Set dms.engine_version = "3.6.1" in dev.toml, which runs.',
    )


# --- the end


def end(
    today: date = TODAY, versions: dict[str, EngineVersion] | None = None, wanted: str = "3.5.4"
) -> Finding:
    offered = DmsOffer(versions=VERSIONS if versions is None else versions, orderable=ORDERABLE)
    return judge_end(environment(dms=dms(engine_version=wanted)), offered, today=today)


def test_an_end_that_is_near() -> None:
    assert end() == warning(
        "dms-version-end",
        "DMS 3.5.4 is near its end or past it. No new instance can be made after 2027-01-31. "
        "AWS upgrades instances by itself on 2027-03-31.",
        why="An instance that is lost after the withdrawal cannot be made anew, and a forced "
        "upgrade interrupts the tasks.",
        remedy='Be done before, or take a later version: set dms.engine_version = "3.6.1" in '
        "dev.toml.",
    )


def test_an_end_that_has_passed() -> None:
    assert end(date(2027, 4, 1)).what == (
        "DMS 3.5.4 is near its end or past it. No new instance was to be made after 2027-01-31. "
        "AWS was to upgrade instances by itself on 2027-03-31."
    )


@pytest.mark.parametrize(
    ("today", "level"), [(date(2026, 8, 3), Level.RIGHT), (date(2026, 8, 4), Level.WARNING)]
)
def test_an_end_is_near_for_180_days(today: date, level: Level) -> None:
    assert end(today).level is level


def test_an_end_that_is_far_is_told_all_the_same() -> None:
    assert end(date(2026, 1, 1)).what == (
        "DMS 3.5.4 lives for 180 days and more. No new instance can be made after 2027-01-31. AWS "
        "upgrades instances by itself on 2027-03-31."
    )


def test_a_forced_upgrade_alone_is_an_end() -> None:
    finding = end(versions={"3.5.4": EngineVersion(forced_upgrade_on=date(2027, 3, 31))})

    assert finding.level is Level.WARNING
    assert "No new instance" not in finding.what


def test_a_withdrawal_alone_is_an_end() -> None:
    finding = end(versions={"3.5.4": EngineVersion(withdrawn_on=date(2027, 1, 31))})

    assert finding.level is Level.WARNING
    assert "by itself" not in finding.what


def test_a_version_without_an_end() -> None:
    expected = "AWS names no end for DMS 3.6.1 yet."

    assert end(wanted="3.6.1").what == expected
    assert end(wanted="3.6.1").level is Level.RIGHT
    assert end(wanted="3.6.1", versions={}).what == expected


def test_an_end_with_no_later_version() -> None:
    last = {"3.6.1": EngineVersion(withdrawn_on=TODAY), "3.7.0": EngineVersion(is_beta=True)}

    assert end(wanted="3.6.1", versions=last).remedy == (
        "Be done before: AWS offers no later version yet."
    )


# --- the class


def instance_class(wanted: str, offered: DmsOffer, version: str = "3.5.4") -> Finding:
    return judge_class(environment(dms=dms(instance_class=wanted)), offered, version=version)


def test_a_class_that_can_be_ordered() -> None:
    assert instance_class("dms.t3.medium", offer()) == right(
        "dms-class", "dms.t3.medium can be ordered for DMS 3.5.4 in eu-central-1."
    )


def test_a_class_that_can_be_ordered_and_is_not_known() -> None:
    new = DmsOffer(versions=VERSIONS, orderable={"3.5.4": ("dms.q1.large",)})

    assert instance_class("dms.q1.large", new) == warning(
        "dms-class",
        "dms.q1.large can be ordered for DMS 3.5.4 in eu-central-1, and is not known here.",
        why="A review cannot hold the alarms against its memory.",
        remedy="See yourself that alarms.dms_freeable_memory_mib fits it.",
    )


def test_a_class_that_cannot_be_ordered() -> None:
    assert instance_class("dms.c4.2xlarge", offer()) == blocked(
        "dms-class",
        "dms.c4.2xlarge cannot be ordered for DMS 3.5.4 in eu-central-1.",
        why="CreateReplicationInstance and ModifyReplicationInstance are refused, when the cluster "
        "is there already.",
        remedy='Set dms.instance_class = "dms.c5.2xlarge" in dev.toml, the nearest that can be '
        "ordered.",
    )


def test_no_class_that_can_be_ordered() -> None:
    assert instance_class("dms.t3.medium", offer(), version="3.4.0").remedy == (
        "AWS names no class that can be ordered: choose another dms.engine_version or region."
    )


def test_a_class_that_runs_and_can_no_longer_be_ordered() -> None:
    running = offer(running="3.5.4", instance_class="dms.t2.medium")

    assert instance_class("dms.t2.medium", running) == warning(
        "dms-class",
        "The replication instance runs on dms.t2.medium, which can no longer be ordered for "
        "DMS 3.5.4 in eu-central-1.",
        why="An instance that is lost or replaced cannot be made anew.",
        remedy='Set dms.instance_class = "dms.t3.medium" in dev.toml, the nearest that can be '
        "ordered.",
    )
    assert instance_class("dms.t2.small", running).level is Level.BLOCKED


@pytest.mark.parametrize(
    ("wanted", "running", "asked"),
    [
        ("3.5.4", None, "3.5.4"),
        ("3.5.3", None, "3.5.4"),
        ("3.6.1", "3.5.4", "3.6.1"),
        ("3.5.4", "3.6.1", "3.6.1"),
        ("3.5.4", "3.4.7", "3.4.7"),
    ],
)
def test_the_class_is_asked_for_the_version_that_there_will_be(
    wanted: str, running: str | None, asked: str
) -> None:
    wants = environment(dms=dms(engine_version=wanted))

    assert version_to_ask_classes_for(wants, offer(running)) == asked


def test_no_version_to_ask_for() -> None:
    assert version_to_ask_classes_for(environment(), DmsOffer(versions={}, orderable={})) is None
