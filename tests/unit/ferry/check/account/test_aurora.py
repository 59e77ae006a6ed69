"""What is said of Aurora's version and instance class, before AWS refuses them."""

from __future__ import annotations

import pytest

from ferry.check.account.aurora import (
    AuroraVersions,
    judge_capacity,
    judge_class,
    judge_version,
    version_to_ask_classes_for,
)
from ferry.check.account.subject import RunningCluster
from ferry.findings import Finding, Level, blocked, right, warning
from tests.unit.ferry.environments import environment

OFFERED = ("15.10", "15.8", "16.4")


def running(version: str = "15.8", targets: tuple[str, ...] = ("15.10", "16.4")) -> RunningCluster:
    return RunningCluster(version=version, upgrade_targets=targets, classes=("db.r6g.large",))


def version(wanted: str, cluster: RunningCluster | None = None, **settings: object) -> Finding:
    return judge_version(
        environment(aurora={"engine_version": wanted, **settings}),
        AuroraVersions(offered=OFFERED, running=cluster),
    )


def test_a_version_on_offer() -> None:
    assert version("15.8") == right(
        "aurora-version", "Aurora PostgreSQL 15.8 is on offer in eu-central-1."
    )


def test_a_version_of_a_release_that_is_not_known() -> None:
    finding = judge_version(
        environment(aurora={"engine_version": "18.1"}), AuroraVersions(offered=("17.4", "18.1"))
    )

    assert finding == warning(
        "aurora-version",
        "Aurora PostgreSQL 18.1 is on offer in eu-central-1, and no release after 17 is known here.",
        why="Its parameters and their defaults may be others; nothing was tried with it.",
        remedy="Try it in a test environment, or choose a version of 17.",
    )


def test_of_a_release_alone_some_version_is_on_offer() -> None:
    assert version("15") == right(
        "aurora-version", "Aurora PostgreSQL 15 is on offer in eu-central-1."
    )
    assert version("17").level is Level.BLOCKED
    assert version("15", running("15.8")).what == (
        "The cluster runs Aurora PostgreSQL 15.8, which is on offer in eu-central-1."
    )
    assert version("16", running("15.8"), allow_major_version_upgrade=True).level is Level.RIGHT
    assert version("14", running("15.8")).what == (
        "The cluster runs Aurora PostgreSQL 15.8; 14 is older."
    )


def test_a_version_that_is_not_on_offer() -> None:
    assert version("15.9") == blocked(
        "aurora-version",
        "Aurora PostgreSQL 15.9 is not on offer in eu-central-1.",
        why="CreateDBCluster is refused, when the network, the key and the secrets are there "
        "already.",
        remedy='Set aurora.engine_version = "15.10" in dev.toml, the nearest on offer. There are: '
        "15.8, 15.10, 16.4.",
    )


def test_a_region_without_aurora() -> None:
    finding = judge_version(environment(), AuroraVersions(offered=()))

    assert finding.level is Level.BLOCKED
    assert (
        finding.remedy
        == "AWS names no version on offer: ask AWS Support, or choose another region."
    )


def test_a_cluster_that_runs_the_version() -> None:
    assert version("15.8", running()) == right(
        "aurora-version",
        "The cluster runs Aurora PostgreSQL 15.8, which is on offer in eu-central-1.",
    )


def test_a_cluster_that_runs_a_withdrawn_version() -> None:
    assert version("15.3", running("15.3")) == warning(
        "aurora-version",
        "The cluster runs Aurora PostgreSQL 15.3, which is no longer on offer in eu-central-1.",
        why="A cluster that is lost cannot be made anew from nothing, and AWS upgrades by itself "
        "what it has withdrawn.",
        remedy='Set aurora.engine_version = "15.10" in dev.toml, the nearest that it can be '
        "upgraded to. There are: 15.10, 16.4.",
    )


def test_an_upgrade_to_a_valid_target() -> None:
    assert version("15.10", running()) == right(
        "aurora-version",
        "Aurora PostgreSQL 15.8, which the cluster runs, can be upgraded to 15.10.",
    )


def test_an_upgrade_to_what_is_no_target() -> None:
    assert version("15.12", running()) == blocked(
        "aurora-version",
        "Aurora PostgreSQL 15.8, which the cluster runs, cannot be upgraded to 15.12.",
        why="ModifyDBCluster is refused: RDS upgrades only to what it names as a target.",
        remedy='Set aurora.engine_version = "15.10" in dev.toml, the nearest that it can be '
        "upgraded to. There are: 15.10, 16.4.",
    )


def test_an_upgrade_of_a_cluster_that_has_no_target() -> None:
    finding = version("15.10", running(targets=()))

    assert finding.remedy == (
        "AWS names no version that it can be upgraded to: ask AWS Support, or choose another region."
    )


def test_an_upgrade_of_the_major_version_that_the_file_does_not_allow() -> None:
    assert version("16.4", running()) == blocked(
        "aurora-version",
        "From Aurora PostgreSQL 15.8, which the cluster runs, to 16.4 is an upgrade of the "
        "major version, and the file does not allow one.",
        why="ModifyDBCluster is refused without AllowMajorVersionUpgrade.",
        remedy="Set aurora.allow_major_version_upgrade = true in dev.toml for the upgrade; "
        "docs/deployment.md says how to go about it.",
    )


def test_an_upgrade_of_the_major_version_that_the_file_allows() -> None:
    finding = version("16.4", running(), allow_major_version_upgrade=True)

    assert finding.level is Level.RIGHT
    assert finding.what.endswith("15.8, which the cluster runs, can be upgraded to 16.4.")


def test_a_version_older_than_what_runs() -> None:
    assert version("15.8", running("15.10", ("16.4",))) == blocked(
        "aurora-version",
        "The cluster runs Aurora PostgreSQL 15.10; 15.8 is older.",
        why="RDS never goes back to an older version. AWS may have upgraded the cluster in its "
        "maintenance.",
        remedy='Set aurora.engine_version = "15.10" in dev.toml, which runs.',
    )


# --- the class


def instance_class(wanted: str, *orderable: str, cluster: RunningCluster | None = None) -> Finding:
    return judge_class(
        environment(aurora={"instance_class": wanted}),
        wanted,
        version="15.8",
        orderable=orderable,
        running=cluster,
    )


def test_a_class_that_can_be_ordered() -> None:
    assert instance_class("db.r6g.large", "db.r6g.large") == right(
        "aurora-class", "db.r6g.large can be ordered for Aurora PostgreSQL 15.8 in eu-central-1."
    )


def test_a_class_that_can_be_ordered_and_is_not_known() -> None:
    assert instance_class("db.q1.large", "db.q1.large") == warning(
        "aurora-class",
        "db.q1.large can be ordered for Aurora PostgreSQL 15.8 in eu-central-1, and is not known "
        "here.",
        why="A review cannot hold the alarms and parameters against its memory.",
        remedy="See yourself that aurora_connections, aurora_freeable_memory_mib and "
        "aurora_free_local_storage_gib in [alarms] fit it.",
    )


def test_a_class_that_cannot_be_ordered() -> None:
    assert instance_class("db.r5.large", "db.r6g.large", "db.r6g.xlarge") == blocked(
        "aurora-class",
        "db.r5.large cannot be ordered for Aurora PostgreSQL 15.8 in eu-central-1.",
        why="CreateDBInstance and ModifyDBInstance are refused, when the cluster is there already.",
        remedy='Set aurora.instance_class = "db.r6g.large" in dev.toml, the nearest that can be '
        "ordered.",
    )


def test_no_class_that_can_be_ordered() -> None:
    finding = instance_class("db.r6g.large")

    assert finding.remedy == (
        "AWS names no class that can be ordered: choose another aurora.engine_version or region."
    )


def test_a_class_that_runs_and_can_no_longer_be_ordered() -> None:
    finding = instance_class("db.r6g.large", "db.r7g.large", cluster=running())

    assert finding == warning(
        "aurora-class",
        "The cluster runs on db.r6g.large, which can no longer be ordered for Aurora "
        "PostgreSQL 15.8 in eu-central-1.",
        why="What runs stays, but an instance that is added or made anew is refused.",
        remedy='Set aurora.instance_class = "db.r7g.large" in dev.toml, the nearest that can be '
        "ordered.",
    )


def test_a_class_that_runs_in_another_version_does_not_count() -> None:
    assert instance_class("db.r6g.large", cluster=running("15.7")).level is Level.BLOCKED


def test_a_class_other_than_the_running_one_does_not_count() -> None:
    assert instance_class("db.r5.large", cluster=running()).level is Level.BLOCKED


def test_the_class_is_asked_for_the_version_that_there_will_be() -> None:
    def asked(wanted: str, cluster: RunningCluster | None, *offered: str) -> str | None:
        return version_to_ask_classes_for(
            environment(aurora={"engine_version": wanted}),
            AuroraVersions(offered=offered, running=cluster),
        )

    assert asked("15.8", None, "15.8", "15.10") == "15.8"
    assert asked("15.9", None, "15.8", "15.10") == "15.10"
    assert asked("15.9", None) is None
    assert asked("15", None, "15.8", "15.10", "16.4") == "15.10"
    assert asked("15", running("15.8", ("16.4",))) == "15.8"
    assert asked("15.10", running("15.8"), "15.10") == "15.10"
    assert asked("15.8", running("15.8"), "15.10") == "15.8"
    assert asked("15.8", running("15.10", ("16.4",)), "15.8", "15.10") == "15.10"


def capacity(capacities: dict[str, tuple[float, float]]) -> list[Finding]:
    """What is said of 0.5 to 192 ACU with 15.8."""
    serverless = {"min_acu": 0.5, "max_acu": 192}
    wants = environment(aurora={"instance_class": "db.serverless", "serverless": serverless})
    return list(judge_capacity(wants, "15.8", capacities))


def test_capacities_that_the_version_takes() -> None:
    assert capacity({"15.8": (0, 256)}) == [
        right(
            "aurora-capacity",
            "Serverless instances of Aurora PostgreSQL 15.8 take 0 to 256 ACU: 0.5 to 192 ACU too.",
        )
    ]
    assert not list(judge_capacity(environment(), "15.8", {}))


@pytest.mark.parametrize(("takes", "said"), [((0.5, 128), "0.5 to 128"), ((1, 256), "1 to 256")])
def test_capacities_that_the_version_does_not_take(takes: tuple[float, float], said: str) -> None:
    assert capacity({"15.8": takes}) == [
        blocked(
            "aurora-capacity",
            f"Serverless instances of Aurora PostgreSQL 15.8 take {said} ACU; the file says 0.5 to 192 "
            "ACU.",
            why="CreateDBCluster and ModifyDBCluster are refused.",
            remedy="Set min_acu and max_acu in [aurora.serverless] of dev.toml within these, or choose "
            "another aurora.engine_version.",
        )
    ]


def test_capacities_of_which_rds_says_nothing_are_not_judged() -> None:
    [finding] = capacity({"15.10": (0, 256)})

    assert finding.level is Level.UNJUDGED
    assert finding.why == "RDS does not say what Aurora PostgreSQL 15.8 takes."


def test_a_serverless_instance_is_a_class_as_others() -> None:
    serverless = {"min_acu": 0.5, "max_acu": 192}
    wants = environment(aurora={"instance_class": "db.serverless", "serverless": serverless})

    ordered, refused = (
        judge_class(wants, "db.serverless", version="15.8", orderable=orderable, running=None)
        for orderable in (("db.serverless",), ("db.r6g.large",))
    )

    assert ordered.level is Level.RIGHT
    assert (refused.level, refused.remedy) == (
        Level.BLOCKED,
        "Choose another aurora.engine_version or region, or a class of one size.",
    )


def test_the_class_of_a_reader_is_set_where_it_stands() -> None:
    wants = environment(aurora={"readers": [{"instance_class": "db.r5.large"}]})

    found = judge_class(
        wants, "db.r5.large", version="15.8", orderable=("db.r7g.large",), running=None
    )

    assert found.remedy == (
        'Set instance_class of [[aurora.readers]] = "db.r7g.large" in dev.toml, the nearest that can be '
        "ordered."
    )
