"""Whether the cluster can be made from the snapshot that `aurora.snapshot_identifier` names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from facts.aurora import ENGINE, is_of
from ferry.account import Unanswered, asked, found_or_none
from ferry.check.account.nearest import version_key
from ferry.check.account.subject import PLAIN_VERSION
from ferry.findings import Finding, blocked, not_judged, right, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from types_boto3_rds import RDSClient

    from ferry.check.account.subject import Subject
    from settings.environment import Environment

SNAPSHOT: Final = "aurora-snapshot"

_AVAILABLE: Final = "available"
_ENGINES: Final = {True: (ENGINE,), False: ("postgres",)}
"""What a cluster's snapshot is of, and what an instance's, from which Aurora can be made too."""

_ALREADY: Final = "when the network, the key and the secrets are there already."


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """A snapshot as it is.

    Args:
        is_of_a_cluster: Whether it is of a cluster, not of an instance.
        status: Such as `available`, `creating`.
        engine: Such as `aurora-postgresql`; `postgres` of an instance.
        version: The engine's version.
        master_username: Its master user.
        kms_key_arn: The key that encrypts it; empty where nothing does.
    """

    is_of_a_cluster: bool = True
    status: str = _AVAILABLE
    engine: str = ENGINE
    version: str
    master_username: str
    kms_key_arn: str = ""


def check(subject: Subject) -> Iterator[Finding]:
    """Ask RDS for the snapshot, as long as there is no cluster: it is read once, when one is made."""
    environment, rds = subject.environment, subject.account.rds
    identifier = environment.aurora.snapshot_identifier
    if identifier is None:
        return
    cluster = asked("ask RDS for the cluster", lambda: subject.cluster)
    if isinstance(cluster, Unanswered):
        yield not_judged(
            SNAPSHOT, f"The snapshot {identifier}", why=cluster.why, remedy=cluster.remedy
        )
        return
    if cluster is not None:
        yield right(SNAPSHOT, "The cluster is there already; its snapshot is not needed any more.")
        return
    found = asked(f"look at the snapshot {identifier}", partial(_snapshot, rds, identifier))
    if isinstance(found, Unanswered):
        yield not_judged(SNAPSHOT, f"The snapshot {identifier}", why=found.why, remedy=found.remedy)
    else:
        yield from judge(environment, found)


def _snapshot(rds: RDSClient, identifier: str) -> Snapshot | None:
    """The snapshot, of a cluster or an instance.

    One that AWS made by itself is found only where its type is asked for. Source:
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterSnapshots.html
    """
    resource = identifier.partition("snapshot:")[2] or identifier
    type_ = {"rds": "automated", "awsbackup": "awsbackup"}.get(resource.partition(":")[0])
    kind = {"SnapshotType": type_} if type_ else {"IncludeShared": True}
    if ":snapshot:" in identifier:
        instances = found_or_none(
            lambda: rds.describe_db_snapshots(DBSnapshotIdentifier=identifier, **kind),
            "DBSnapshotNotFound",
        )
        return _read(instances["DBSnapshots"], is_of_a_cluster=False) if instances else None
    clusters = found_or_none(
        lambda: rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=identifier, **kind),
        "DBClusterSnapshotNotFoundFault",
    )
    return _read(clusters["DBClusterSnapshots"], is_of_a_cluster=True) if clusters else None


def _read(described: Sequence[Mapping[str, Any]], *, is_of_a_cluster: bool) -> Snapshot | None:
    if not described:
        return None
    [found] = described
    return Snapshot(
        is_of_a_cluster=is_of_a_cluster,
        status=found.get("Status", ""),
        engine=found.get("Engine", ""),
        version=found.get("EngineVersion", ""),
        master_username=found.get("MasterUsername", ""),
        kms_key_arn=found.get("KmsKeyId", ""),
    )


def judge(environment: Environment, snapshot: Snapshot | None) -> Iterator[Finding]:
    """Whether RestoreDBClusterFromSnapshot takes it, and later plans are content with the cluster.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBClusterFromSnapshot.html
    """
    aurora, file = environment.aurora, f"{environment.name}.toml"
    name = aurora.snapshot_identifier
    if snapshot is None:
        yield blocked(
            SNAPSHOT,
            f"There is no snapshot {name} in {environment.aws.region}, or none that is shared with "
            "this account.",
            why=f"RestoreDBClusterFromSnapshot is refused, {_ALREADY}",
            remedy=f"Give another in aurora.snapshot_identifier of {file}; one of another account or "
            "region is copied here first ('aws rds copy-db-cluster-snapshot').",
        )
        return
    wrong = list(_wrong(environment, snapshot))
    yield from wrong
    if wrong:
        return
    key = snapshot.kms_key_arn
    account = key.split(":")[4] if key.startswith("arn:") else environment.aws.account_id
    if account != environment.aws.account_id:
        yield warning(
            SNAPSHOT,
            f"The snapshot {name} is encrypted with a key of account {account}: {key}.",
            why="Whoever deploys has to be allowed by that account to use it, and nobody here can "
            "tell.",
            remedy="Have its administrators allow kms:Decrypt, kms:DescribeKey and kms:CreateGrant, "
            "or copy the snapshot under a key of this account.",
        )
        return
    encrypted = f"encrypted with {key}, which has to be enabled" if key else "not encrypted"
    yield right(
        SNAPSHOT,
        f"The snapshot {name} is of {snapshot.engine} {snapshot.version} with the master user "
        f"{snapshot.master_username}, and {encrypted}.",
    )


def _wrong(environment: Environment, snapshot: Snapshot) -> Iterator[Finding]:
    aurora, file = environment.aurora, f"{environment.name}.toml"
    name = aurora.snapshot_identifier
    if snapshot.status != _AVAILABLE:
        yield blocked(
            SNAPSHOT,
            f"The snapshot {name} is {snapshot.status}, not available.",
            why=f"RestoreDBClusterFromSnapshot is refused, {_ALREADY}",
            remedy="Wait for it ('aws rds wait db-cluster-snapshot-available'), or give another.",
        )
    if snapshot.engine not in _ENGINES[snapshot.is_of_a_cluster]:
        yield blocked(
            SNAPSHOT,
            f"The snapshot {name} is of {snapshot.engine}.",
            why=f"Aurora PostgreSQL is made from a snapshot of {ENGINE}, or of an instance of "
            "RDS for PostgreSQL.",
            remedy=f"Give another in aurora.snapshot_identifier of {file}, or none.",
        )
    elif not PLAIN_VERSION.fullmatch(snapshot.version):
        yield blocked(
            SNAPSHOT,
            f"The snapshot {name} is of version {snapshot.version or 'none'}, which is not one of "
            "Aurora PostgreSQL.",
            why=f"RestoreDBClusterFromSnapshot is refused, {_ALREADY}",
            remedy=f"Give another in aurora.snapshot_identifier of {file}, or none.",
        )
    elif not is_of(snapshot.version, aurora.engine_version) and (
        version_key(snapshot.version) > version_key(aurora.engine_version)
    ):
        yield blocked(
            SNAPSHOT,
            f"The snapshot {name} is of version {snapshot.version}; {aurora.engine_version} is older.",
            why="RDS never goes back to an older version.",
            remedy=f'Set aurora.engine_version = "{snapshot.version}" in {file}.',
        )
    if snapshot.master_username != aurora.master_username:
        yield blocked(
            SNAPSHOT,
            f"The master user of the snapshot {name} is {snapshot.master_username}, not "
            f"{aurora.master_username}.",
            why="The cluster has the snapshot's, whatever is asked for, and every later plan wants to "
            "replace it for that.",
            remedy=f'Set aurora.master_username = "{snapshot.master_username}" in {file}.',
        )
