from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.local_aws.aws import Aws
    from tests.unit.local_aws.rds.conftest import Clusters


def test_a_clusters_instances_stop_and_start_with_it(aws: Aws, clusters: Clusters) -> None:
    clusters.make()
    clusters.instance()
    clusters.make("other")
    clusters.instance("other-0", DBClusterIdentifier="other")

    def statuses() -> tuple[str, str, str]:
        instance, other = clusters.read_instance(), clusters.read_instance("other-0")
        return clusters.read()["Status"], instance["DBInstanceStatus"], other["DBInstanceStatus"]

    assert statuses() == ("available", "available", "available")
    aws.rds.stop_db_cluster(DBClusterIdentifier="ferry")
    assert statuses() == ("stopped", "stopped", "available")
    aws.rds.start_db_cluster(DBClusterIdentifier="ferry")
    assert statuses() == ("available", "available", "available")
