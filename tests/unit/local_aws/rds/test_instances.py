from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.local_aws.aws import Aws, refused

if TYPE_CHECKING:
    from tests.unit.local_aws.rds.conftest import Clusters


@pytest.fixture(autouse=True)
def cluster(clusters: Clusters) -> None:
    clusters.make()


def test_an_instances_defaults(clusters: Clusters) -> None:
    clusters.instance()
    found = clusters.read_instance()
    assert found["EngineVersion"] == "15.8"
    assert found["PerformanceInsightsEnabled"] is False
    assert "PerformanceInsightsRetentionPeriod" not in found
    assert found["CACertificateIdentifier"] == "rds-ca-rsa2048-g1"
    assert found["CertificateDetails"]["CAIdentifier"] == "rds-ca-rsa2048-g1"
    assert found["AllocatedStorage"] == 1
    assert found["StorageType"] == "aurora"
    assert found["PubliclyAccessible"] is False
    assert found["DatabaseInsightsMode"] == "standard"
    assert found["MonitoringInterval"] == 0
    assert "EnhancedMonitoringResourceArn" not in found
    assert found["DBSubnetGroup"]["DBSubnetGroupName"] == "private"
    assert found["DBInstanceStatus"] == "available"


def test_what_was_given_reads_back(clusters: Clusters) -> None:
    clusters.instance(
        EnablePerformanceInsights=True,
        PerformanceInsightsKMSKeyId="arn:aws:kms:eu-central-1:1:key/k",
        PerformanceInsightsRetentionPeriod=31,
        MonitoringInterval=60,
        MonitoringRoleArn="arn:role",
        PromotionTier=2,
        AvailabilityZone="eu-central-1c",
        CACertificateIdentifier="rds-ca-ecc384-g1",
        AutoMinorVersionUpgrade=False,
    )
    found = clusters.read_instance()
    assert found["PerformanceInsightsEnabled"] is True
    assert found["PerformanceInsightsKMSKeyId"] == "arn:aws:kms:eu-central-1:1:key/k"
    assert found["PerformanceInsightsRetentionPeriod"] == 31
    assert found["MonitoringInterval"] == 60
    assert found["EnhancedMonitoringResourceArn"].endswith(
        f"log-group:RDSOSMetrics:log-stream:{found['DbiResourceId']}"
    )
    assert found["PromotionTier"] == 2
    assert found["AvailabilityZone"] == "eu-central-1c"
    assert found["CACertificateIdentifier"] == "rds-ca-ecc384-g1"
    assert found["AutoMinorVersionUpgrade"] is False


def test_performance_insights_has_defaults(clusters: Clusters) -> None:
    found = clusters.instance(EnablePerformanceInsights=True)
    assert found["PerformanceInsightsRetentionPeriod"] == 7
    assert found["PerformanceInsightsKMSKeyId"].startswith("arn:aws:kms:")


def test_instances_are_spread_over_the_zones_and_have_ids_of_their_own(
    clusters: Clusters,
) -> None:
    made = [clusters.instance(f"ferry-{number}") for number in range(3)]
    assert len({instance["AvailabilityZone"] for instance in made}) == 3
    assert len({instance["DbiResourceId"] for instance in made}) == 3
    members = clusters.read()["DBClusterMembers"]
    assert [member["IsClusterWriter"] for member in members] == [True, False, False]


def test_without_a_subnet_group_they_are_spread_over_the_clusters_zones(
    aws: Aws, clusters: Clusters
) -> None:
    aws.rds.create_db_cluster(
        DBClusterIdentifier="plain",
        Engine="aurora-postgresql",
        MasterUsername="ferry",
        MasterUserPassword="canary-password",
        AvailabilityZones=["eu-central-1b"],
    )
    with refused("DBSubnetGroupNotFoundFault"):
        clusters.instance("plain-0", DBClusterIdentifier="plain")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"DBInstanceClass": "db.r6g.xlarge"}, {"DBInstanceClass": "db.r6g.xlarge"}),
        (
            {"EnablePerformanceInsights": True},
            {"PerformanceInsightsEnabled": True, "PerformanceInsightsRetentionPeriod": 7},
        ),
        (
            {"MonitoringInterval": 30, "MonitoringRoleArn": "arn:role"},
            {"MonitoringInterval": 30, "MonitoringRoleArn": "arn:role"},
        ),
        ({"PromotionTier": 5}, {"PromotionTier": 5}),
        ({"CACertificateIdentifier": "rds-ca-rsa4096-g1"}, {}),
    ],
)
def test_a_modification_reads_back(
    aws: Aws, clusters: Clusters, arguments: dict[str, Any], expected: dict[str, Any]
) -> None:
    clusters.instance()
    aws.rds.modify_db_instance(DBInstanceIdentifier="ferry-0", ApplyImmediately=True, **arguments)
    found = clusters.read_instance()
    assert {key: found.get(key) for key in expected} == expected


def test_monitoring_that_ends_has_no_role(aws: Aws, clusters: Clusters) -> None:
    clusters.instance(MonitoringInterval=60, MonitoringRoleArn="arn:role")
    aws.rds.modify_db_instance(DBInstanceIdentifier="ferry-0", MonitoringInterval=0)
    assert "MonitoringRoleArn" not in clusters.read_instance()


def test_an_instance_has_its_clusters_insights_mode(clusters: Clusters) -> None:
    clusters.instance()
    clusters.modify(
        EnablePerformanceInsights=True,
        PerformanceInsightsRetentionPeriod=465,
        DatabaseInsightsMode="advanced",
    )
    assert clusters.read_instance()["DatabaseInsightsMode"] == "advanced"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            {"EngineVersion": "15.10"},
            "InvalidParameterCombination",
            (
                "requested for your DB instance (15.10) does not match the engine version of your DB "
                "cluster (15.8)"
            ),
        ),
        (
            {"DBInstanceClass": "db.m1.small"},
            "InvalidParameterCombination",
            "following combination: DBInstanceClass=db.m1.small, Engine=aurora-postgresql",
        ),
        ({"DBClusterIdentifier": "gone"}, "DBClusterNotFoundFault", "DBCluster gone not found"),
        ({"DBParameterGroupName": "gone"}, "DBParameterGroupNotFound", "gone"),
        ({"MonitoringInterval": 60}, "InvalidParameterCombination", "MonitoringRoleARN value"),
    ],
)
def test_what_rds_refuses(
    clusters: Clusters, arguments: dict[str, Any], code: str, message: str
) -> None:
    with refused(code, message):
        clusters.instance(**arguments)


def test_a_class_that_is_not_on_offer_is_refused_later_too(aws: Aws, clusters: Clusters) -> None:
    clusters.instance()
    with refused("InvalidParameterCombination", "DBInstanceClass=db.m1.small"):
        aws.rds.modify_db_instance(DBInstanceIdentifier="ferry-0", DBInstanceClass="db.m1.small")


def test_a_serverless_instance_needs_capacities_first(aws: Aws, clusters: Clusters) -> None:
    clusters.instance()
    with refused("InvalidDBClusterStateFault", "Set the Serverless v2 scaling configuration"):
        aws.rds.modify_db_instance(DBInstanceIdentifier="ferry-0", DBInstanceClass="db.serverless")
    with refused("InvalidDBClusterStateFault", "Set the Serverless v2 scaling configuration"):
        clusters.instance(DBInstanceClass="db.serverless")
    clusters.modify(ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 2})
    aws.rds.modify_db_instance(DBInstanceIdentifier="ferry-0", DBInstanceClass="db.serverless")
    assert clusters.read_instance()["DBInstanceClass"] == "db.serverless"


def test_an_instance_of_no_cluster_is_motos(aws: Aws) -> None:
    aws.rds.create_db_instance(
        DBInstanceIdentifier="alone",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        MasterUsername="u",
        MasterUserPassword="canary-password",
    )
    aws.rds.modify_db_instance(DBInstanceIdentifier="alone", BackupRetentionPeriod=3)
    [found] = aws.rds.describe_db_instances(DBInstanceIdentifier="alone")["DBInstances"]
    assert found["BackupRetentionPeriod"] == 3


def test_deletion_leaves_no_snapshot(aws: Aws, clusters: Clusters) -> None:
    clusters.instance()
    aws.rds.delete_db_instance(DBInstanceIdentifier="ferry-0", SkipFinalSnapshot=True)
    assert aws.rds.describe_db_instances()["DBInstances"] == []
    assert aws.rds.describe_db_snapshots()["DBSnapshots"] == []
