"""What is said of the snapshot that a cluster is to be made from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ferry.check.account.snapshot import Snapshot, judge
from ferry.findings import blocked, right, warning
from tests.unit.ferry.environments import environment

if TYPE_CHECKING:
    from tests.unit.ferry.check.account.conftest import Dev

DEV = environment(
    aurora={
        "instance_class": "db.r6g.large",
        "database_name": "app",
        "engine_version": "15.8",
        "master_username": "postgres",
        "snapshot_identifier": "before",
    }
)
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
RIGHT = Snapshot(version="15.8", master_username="postgres", kms_key_arn=KEY)
REFUSED = (
    "RestoreDBClusterFromSnapshot is refused, when the network, the key and the secrets are there "
    "already."
)
ANOTHER = "Give another in aurora.snapshot_identifier of dev.toml, or none."


@pytest.mark.parametrize(
    ("snapshot", "what"),
    [
        (
            RIGHT,
            (
                "The snapshot before is of aurora-postgresql 15.8 with the master user postgres, and "
                f"encrypted with {KEY}, which has to be enabled."
            ),
        ),
        (
            replace(RIGHT, version="15.4", kms_key_arn=""),
            (
                "The snapshot before is of aurora-postgresql 15.4 with the master user postgres, and "
                "not encrypted."
            ),
        ),
        (
            replace(RIGHT, is_of_a_cluster=False, engine="postgres", kms_key_arn=""),
            (
                "The snapshot before is of postgres 15.8 with the master user postgres, and not "
                "encrypted."
            ),
        ),
    ],
)
def test_a_snapshot_that_a_cluster_is_made_from(snapshot: Snapshot, what: str) -> None:
    assert list(judge(DEV, snapshot)) == [right("aurora-snapshot", what)]


def test_there_is_none() -> None:
    assert list(judge(DEV, None)) == [
        blocked(
            "aurora-snapshot",
            "There is no snapshot before in eu-central-1, or none that is shared with this account.",
            why=REFUSED,
            remedy="Give another in aurora.snapshot_identifier of dev.toml; one of another account "
            "or region is copied here first ('aws rds copy-db-cluster-snapshot').",
        )
    ]


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        (
            {"status": "creating"},
            blocked(
                "aurora-snapshot",
                "The snapshot before is creating, not available.",
                why=REFUSED,
                remedy="Wait for it ('aws rds wait db-cluster-snapshot-available'), or give another.",
            ),
        ),
        (
            {"engine": "aurora-mysql", "version": "8.0.mysql_aurora.3.04.0"},
            blocked(
                "aurora-snapshot",
                "The snapshot before is of aurora-mysql.",
                why="Aurora PostgreSQL is made from a snapshot of aurora-postgresql, or of an "
                "instance of RDS for PostgreSQL.",
                remedy=ANOTHER,
            ),
        ),
        (
            {"engine": "postgres"},
            blocked(
                "aurora-snapshot",
                "The snapshot before is of postgres.",
                why="Aurora PostgreSQL is made from a snapshot of aurora-postgresql, or of an "
                "instance of RDS for PostgreSQL.",
                remedy=ANOTHER,
            ),
        ),
        (
            {"version": "16.4-limitless"},
            blocked(
                "aurora-snapshot",
                "The snapshot before is of version 16.4-limitless, which is not one of Aurora "
                "PostgreSQL.",
                why=REFUSED,
                remedy=ANOTHER,
            ),
        ),
        (
            {"version": "15.10"},
            blocked(
                "aurora-snapshot",
                "The snapshot before is of version 15.10; 15.8 is older.",
                why="RDS never goes back to an older version.",
                remedy='Set aurora.engine_version = "15.10" in dev.toml.',
            ),
        ),
        (
            {"master_username": "admin1"},
            blocked(
                "aurora-snapshot",
                "The master user of the snapshot before is admin1, not postgres.",
                why="The cluster has the snapshot's, whatever is asked for, and every later plan "
                "wants to replace it for that.",
                remedy='Set aurora.master_username = "admin1" in dev.toml.',
            ),
        ),
        (
            {"kms_key_arn": KEY.replace("111122223333", "444455556666")},
            warning(
                "aurora-snapshot",
                "The snapshot before is encrypted with a key of account 444455556666: "
                f"{KEY.replace('111122223333', '444455556666')}.",
                why="Whoever deploys has to be allowed by that account to use it, and nobody here "
                "can tell.",
                remedy="Have its administrators allow kms:Decrypt, kms:DescribeKey and "
                "kms:CreateGrant, or copy the snapshot under a key of this account.",
            ),
        ),
    ],
)
def test_a_snapshot_of_another_kind(changes: dict[str, str], finding: object) -> None:
    assert list(judge(DEV, replace(RIGHT, **changes))) == [finding]  # type: ignore[arg-type]  # strings


def test_a_snapshot_of_any_version_of_the_release() -> None:
    """The file names the release alone, and RDS chooses its minor version."""
    dev = environment(
        aurora={
            "engine_version": "15",
            "snapshot_identifier": "before",
            "master_username": "postgres",
        }
    )

    found = [it for it in judge(dev, replace(RIGHT, version="15.10")) if "older" in it.what]

    assert found == []


def says_snapshot(dev: Dev, identifier: str, master_username: str) -> None:
    dev.says(
        aurora=f'snapshot_identifier = "{identifier}"\nmaster_username = "{master_username}"\n'
        'engine_version = "15.10"'
    )


def make_snapshot(dev: Dev) -> str:
    dev.aws.rds.create_db_cluster(
        DBClusterIdentifier="old",
        Engine="aurora-postgresql",
        EngineVersion="15.10",
        MasterUsername="shop_admin",
        MasterUserPassword="canary-Pa55word",
    )
    made = dev.aws.rds.create_db_cluster_snapshot(
        DBClusterIdentifier="old", DBClusterSnapshotIdentifier="before"
    )
    arn: str = made["DBClusterSnapshot"]["DBClusterSnapshotArn"]
    return arn


def test_rds_is_asked_by_name_and_by_arn(ready: Dev) -> None:
    arn = make_snapshot(ready)
    for identifier in ("before", arn):
        says_snapshot(ready, identifier, "shop_admin")
        assert ready.check().levels("aurora-snapshot") == ["right"]

    says_snapshot(ready, "before", "ferry_admin")
    assert ready.check().levels("aurora-snapshot") == ["blocked"]


def test_a_snapshot_that_is_not_there(ready: Dev) -> None:
    instance = f"arn:aws:rds:eu-central-1:{ready.aws.account}:snapshot:before"
    for identifier in ("before", "rds:before", "awsbackup:job-1", instance):
        says_snapshot(ready, identifier, "shop_admin")
        assert (
            ready.check().what("aurora-snapshot").startswith(f"There is no snapshot {identifier}")
        )


def test_where_rds_does_not_answer_nothing_is_judged(ready: Dev) -> None:
    says_snapshot(ready, "before", "shop_admin")
    ready.refuse("rds:DescribeDBClusterSnapshots")
    assert ready.check().levels("aurora-snapshot") == ["not judged"]
    ready.refuse("rds:DescribeDBClusters")
    assert ready.check().levels("aurora-snapshot") == ["not judged"]


def test_once_the_cluster_is_there_the_snapshot_may_be_gone(ready: Dev) -> None:
    says_snapshot(ready, "before", "shop_admin")
    ready.aws.rds.create_db_cluster(
        DBClusterIdentifier="aurora-ferry-dev",
        Engine="aurora-postgresql",
        EngineVersion="15.10",
        MasterUsername="shop_admin",
        MasterUserPassword="canary-Pa55word",
    )

    assert ready.check().levels("aurora-snapshot") == ["right"]


def test_without_a_snapshot_none_is_looked_at(ready: Dev) -> None:
    assert "aurora-snapshot" not in ready.check().findings
