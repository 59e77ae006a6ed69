from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from moto.rds.models import rds_backends

from tests.unit.local_aws.aws import Aws, refused
from tests.unit.local_aws.rds.conftest import PASSWORD, Clusters

if TYPE_CHECKING:
    from collections.abc import Callable


def test_auroras_defaults(aws: Aws, clusters: Clusters) -> None:
    clusters.make()
    found = clusters.read()
    assert found["AllocatedStorage"] == 1
    assert found["StorageType"] == "aurora"
    assert found["DBClusterParameterGroup"] == "default.aurora-postgresql15"
    assert found["EngineLifecycleSupport"] == "open-source-rds-extended-support"
    assert found["DatabaseInsightsMode"] == "standard"
    assert found["PerformanceInsightsEnabled"] is False
    assert found["MonitoringInterval"] == 0
    assert found["StorageEncrypted"] is False
    assert "KmsKeyId" not in found
    assert "ScalingConfigurationInfo" not in found
    assert found["HttpEndpointEnabled"] is False
    [group] = found["VpcSecurityGroups"]
    [described] = aws.ec2.describe_security_groups(GroupIds=[group["VpcSecurityGroupId"]])[
        "SecurityGroups"
    ]
    assert described["GroupName"] == "default"


def test_it_is_created_then_available(clusters: Clusters) -> None:
    assert clusters.make()["Status"] == "creating"
    assert clusters.read()["Status"] == "available"


def test_what_was_given_reads_back(clusters: Clusters) -> None:
    clusters.make(
        DatabaseName="app",
        Port=5433,
        StorageEncrypted=True,
        KmsKeyId="arn:aws:kms:eu-central-1:1:key/k",
        BackupRetentionPeriod=7,
        PreferredBackupWindow="02:00-03:00",
        PreferredMaintenanceWindow="sun:04:00-sun:05:00",
        CopyTagsToSnapshot=True,
        DeletionProtection=True,
        EnableCloudwatchLogsExports=["postgresql"],
        EnableIAMDatabaseAuthentication=True,
        EngineLifecycleSupport="open-source-rds-extended-support-disabled",
        StorageType="aurora-iopt1",
        VpcSecurityGroupIds=["sg-1"],
        EnableHttpEndpoint=True,
        EnablePerformanceInsights=True,
        MonitoringInterval=60,
        MonitoringRoleArn="arn:role",
        Tags=[{"Key": "project", "Value": "ferry"}],
    )
    found = clusters.read()
    assert found["DatabaseName"] == "app"
    assert found["Port"] == 5433
    assert found["KmsKeyId"] == "arn:aws:kms:eu-central-1:1:key/k"
    assert found["BackupRetentionPeriod"] == 7
    assert found["DeletionProtection"] is True
    assert found["EnabledCloudwatchLogsExports"] == ["postgresql"]
    assert found["IAMDatabaseAuthenticationEnabled"] is True
    assert found["EngineLifecycleSupport"] == "open-source-rds-extended-support-disabled"
    assert found["StorageType"] == "aurora-iopt1"
    assert found["VpcSecurityGroups"] == [{"VpcSecurityGroupId": "sg-1", "Status": "active"}]
    assert found["HttpEndpointEnabled"] is True
    assert found["PerformanceInsightsEnabled"] is True
    assert found["PerformanceInsightsRetentionPeriod"] == 7
    assert found["PerformanceInsightsKMSKeyId"].startswith("arn:aws:kms:")
    assert (found["MonitoringInterval"], found["MonitoringRoleArn"]) == (60, "arn:role")
    assert found["TagList"] == [{"Key": "project", "Value": "ferry"}]


def test_encryption_without_a_key_takes_awss(clusters: Clusters) -> None:
    assert clusters.make(StorageEncrypted=True)["KmsKeyId"].startswith("arn:aws:kms:")


def test_without_a_version_it_is_the_default(aws: Aws, clusters: Clusters) -> None:
    [default] = aws.rds.describe_db_engine_versions(Engine="aurora-postgresql", DefaultOnly=True)[
        "DBEngineVersions"
    ]
    aws.rds.create_db_cluster(
        DBClusterIdentifier="plain",
        Engine="aurora-postgresql",
        MasterUsername="ferry",
        MasterUserPassword=PASSWORD,
    )
    assert clusters.read("plain")["EngineVersion"] == default["EngineVersion"]


def test_of_a_release_alone_it_is_the_latest(clusters: Clusters) -> None:
    assert clusters.make(EngineVersion="16")["EngineVersion"] == "16.13"


def test_serverless_v1_has_its_scaling(clusters: Clusters) -> None:
    made = clusters.make(EngineMode="serverless", ScalingConfiguration={"MinCapacity": 2})
    assert made["ScalingConfigurationInfo"]["MinCapacity"] == 2


def test_another_engine_is_as_in_moto(aws: Aws, clusters: Clusters) -> None:
    clusters.make(Engine="aurora-mysql", EngineVersion="8.0.mysql_aurora.3.08.0")
    assert clusters.modify(BackupRetentionPeriod=3)["BackupRetentionPeriod"] == 3
    assert aws.account


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            {"EngineVersion": "15.99"},
            "InvalidParameterCombination",
            "Cannot find version 15.99 for aurora-postgresql",
        ),
        ({"DBSubnetGroupName": "gone"}, "DBSubnetGroupNotFoundFault", "gone"),
        (
            {"DBClusterParameterGroupName": "gone"},
            "DBClusterParameterGroupNotFound",
            "DBClusterParameterGroup not found: gone",
        ),
        ({"MasterUserPassword": "short"}, "InvalidParameterValue", "give 8 to 128 characters"),
        ({"MasterUserPassword": "with@sign1"}, "InvalidParameterValue", "Only printable ASCII"),
        ({"MasterUserPassword": "pässword1"}, "InvalidParameterValue", "Only printable ASCII"),
        (
            {"DatabaseInsightsMode": "advanced", "EnablePerformanceInsights": True},
            "InvalidParameterCombination",
            "at least 465 days",
        ),
    ],
)
def test_what_rds_refuses(
    clusters: Clusters, arguments: dict[str, Any], code: str, message: str
) -> None:
    with refused(code, message):
        clusters.make(**arguments)


def test_a_second_of_its_name_is_refused(clusters: Clusters) -> None:
    clusters.make()
    with refused("DBClusterAlreadyExistsFault", "DB Cluster already exists"):
        clusters.make()


def make_group(aws: Aws, family: str) -> str:
    aws.rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=family, DBParameterGroupFamily=family, Description="d"
    )
    return family


def test_its_parameter_group_must_be_of_its_family(aws: Aws, clusters: Clusters) -> None:
    wrong = make_group(aws, "aurora-postgresql16")
    right = make_group(aws, "aurora-postgresql15")
    with refused(
        "InvalidParameterCombination",
        "aurora-postgresql16 can't be used for this instance. Please use a Parameter Group with "
        "DBParameterGroupFamily aurora-postgresql15.",
    ):
        clusters.make(DBClusterParameterGroupName=wrong)
    clusters.make(DBClusterParameterGroupName=right)
    assert clusters.read()["DBClusterParameterGroup"] == right
    with refused("InvalidParameterCombination"):
        clusters.modify(DBClusterParameterGroupName=wrong)
    default = "default.aurora-postgresql15"
    assert (
        clusters.modify(DBClusterParameterGroupName=default)["DBClusterParameterGroup"] == default
    )


def test_a_field_of_another_type_than_the_shapes_is_refused(aws: Aws, clusters: Clusters) -> None:
    clusters.make()
    backend = rds_backends[aws.account][aws.region]
    backend.clusters["ferry"].monitoring_interval = "often"
    with refused("LocalAwsFailure", "rds:DescribeDBClusters", "'often'"):
        clusters.read()


# Modification


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"BackupRetentionPeriod": 9}, {"BackupRetentionPeriod": 9}),
        ({"PreferredBackupWindow": "01:00-02:00"}, {"PreferredBackupWindow": "01:00-02:00"}),
        (
            {"PreferredMaintenanceWindow": "mon:04:00-mon:05:00"},
            {"PreferredMaintenanceWindow": "mon:04:00-mon:05:00"},
        ),
        ({"Port": 5433}, {"Port": 5433}),
        ({"CopyTagsToSnapshot": True}, {"CopyTagsToSnapshot": True}),
        ({"DeletionProtection": True}, {"DeletionProtection": True}),
        ({"EnableIAMDatabaseAuthentication": True}, {"IAMDatabaseAuthenticationEnabled": True}),
        ({"EngineVersion": "15.10"}, {"EngineVersion": "15.10"}),
        ({"VpcSecurityGroupIds": ["sg-2"]}, {}),
        (
            {"EnablePerformanceInsights": True, "PerformanceInsightsRetentionPeriod": 31},
            {"PerformanceInsightsEnabled": True, "PerformanceInsightsRetentionPeriod": 31},
        ),
        (
            {"MonitoringInterval": 30, "MonitoringRoleArn": "arn:role"},
            {"MonitoringInterval": 30, "MonitoringRoleArn": "arn:role"},
        ),
        (
            {
                "EnablePerformanceInsights": True,
                "PerformanceInsightsRetentionPeriod": 465,
                "DatabaseInsightsMode": "advanced",
            },
            {"DatabaseInsightsMode": "advanced"},
        ),
        (
            {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 2.0}},
            {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 2.0}},
        ),
        (
            {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0, "MaxCapacity": 2}},
            {
                "ServerlessV2ScalingConfiguration": {
                    "MinCapacity": 0.0,
                    "MaxCapacity": 2.0,
                    "SecondsUntilAutoPause": 300,
                }
            },
        ),
        ({"EnableHttpEndpoint": True}, {"HttpEndpointEnabled": True}),
    ],
)
def test_a_modification_reads_back(
    clusters: Clusters, arguments: dict[str, Any], expected: dict[str, Any]
) -> None:
    clusters.make()
    found = clusters.modify(**arguments)
    assert {key: found.get(key) for key in expected} == expected
    assert found["Status"] == "available"


@pytest.mark.parametrize(
    ("capacities", "message"),
    [
        ({"MinCapacity": 0.25, "MaxCapacity": 2}, "minimum capacity 0.25"),
        ({"MinCapacity": 0.5, "MaxCapacity": 257}, "maximum capacity 257.0"),
        ({"MinCapacity": 4, "MaxCapacity": 2}, "at least the minimum capacity 4.0"),
        ({"MinCapacity": 0.5, "MaxCapacity": 0.5}, "It must be 1 or more"),
        (
            {"MinCapacity": 0.5, "MaxCapacity": 2, "SecondsUntilAutoPause": 300},
            "SecondsUntilAutoPause can only be specified",
        ),
    ],
)
def test_capacities_that_rds_refuses(
    clusters: Clusters, capacities: dict[str, Any], message: str
) -> None:
    with refused("InvalidParameterValue", message):
        clusters.make(ServerlessV2ScalingConfiguration=capacities)
    clusters.make()
    with refused("InvalidParameterValue", message):
        clusters.modify(ServerlessV2ScalingConfiguration=capacities)


def test_log_exports_are_switched(clusters: Clusters) -> None:
    clusters.make()
    enable = {"EnableLogTypes": ["postgresql", "instance"]}
    found = clusters.modify(CloudwatchLogsExportConfiguration=enable)
    assert found["EnabledCloudwatchLogsExports"] == ["postgresql", "instance"]
    disable = {"DisableLogTypes": ["instance", "never-was"]}
    found = clusters.modify(CloudwatchLogsExportConfiguration=disable)
    assert found["EnabledCloudwatchLogsExports"] == ["postgresql"]


def test_the_password_is_changed_and_told_to_tests_alone(aws: Aws, clusters: Clusters) -> None:
    clusters.make()
    new = "another-password-2"
    assert new not in str(clusters.modify(MasterUserPassword=new))
    told = [
        each["password"]
        for each in aws.get("/local-aws/master-passwords")["clusters"]
        if each["account"] == aws.account
    ]
    assert told == [new]
    with refused("InvalidParameterValue", "Only printable ASCII"):
        clusters.modify(MasterUserPassword="with space 1")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"EngineVersion": "15.99"}, "Cannot find version 15.99"),
        ({"EngineVersion": "16.4"}, "The AllowMajorVersionUpgrade flag must be present"),
    ],
)
def test_upgrades_that_are_refused(
    clusters: Clusters, arguments: dict[str, Any], message: str
) -> None:
    clusters.make()
    with refused("InvalidParameterCombination", message):
        clusters.modify(**arguments)
    assert clusters.read()["EngineVersion"] == "15.8"


def test_a_cluster_is_not_downgraded(clusters: Clusters) -> None:
    clusters.make(EngineVersion="15.10")
    with refused(
        "InvalidParameterCombination", "Cannot upgrade aurora-postgresql from 15.10 to 15.8"
    ):
        clusters.modify(EngineVersion="15.8")


def test_a_major_upgrade_takes_the_new_familys_default_group(clusters: Clusters) -> None:
    clusters.make()
    found = clusters.modify(EngineVersion="16.4", AllowMajorVersionUpgrade=True)
    assert found["EngineVersion"] == "16.4"
    assert found["DBClusterParameterGroup"] == "default.aurora-postgresql16"


def test_the_data_api_has_calls_of_its_own(aws: Aws, clusters: Clusters) -> None:
    arn = clusters.make()["DBClusterArn"]
    assert aws.rds.enable_http_endpoint(ResourceArn=arn)["HttpEndpointEnabled"] is True
    assert clusters.read()["HttpEndpointEnabled"] is True
    assert aws.rds.disable_http_endpoint(ResourceArn=arn)["HttpEndpointEnabled"] is False
    assert clusters.read()["HttpEndpointEnabled"] is False


@pytest.mark.parametrize(
    "call",
    [
        lambda rds: rds.modify_db_cluster(DBClusterIdentifier="gone"),
        lambda rds: rds.delete_db_cluster(DBClusterIdentifier="gone", SkipFinalSnapshot=True),
        lambda rds: rds.enable_http_endpoint(ResourceArn="arn:aws:rds:r:1:cluster:gone"),
        lambda rds: rds.describe_db_clusters(DBClusterIdentifier="gone"),
    ],
)
def test_a_cluster_that_is_not_there(aws: Aws, call: Callable[[Any], object]) -> None:
    with refused("DBClusterNotFoundFault", "DBCluster gone not found."):
        call(aws.rds)


# Deletion


def test_it_is_deleted_with_a_final_snapshot(aws: Aws, clusters: Clusters) -> None:
    clusters.make()
    aws.rds.delete_db_cluster(DBClusterIdentifier="ferry", FinalDBSnapshotIdentifier="ferry-final")
    assert aws.rds.describe_db_clusters()["DBClusters"] == []
    snapshots = aws.rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert [each["DBClusterSnapshotIdentifier"] for each in snapshots] == ["ferry-final"]
    clusters.make()
    with refused("DBClusterSnapshotAlreadyExistsFault", "ferry-final"):
        aws.rds.delete_db_cluster(
            DBClusterIdentifier="ferry", FinalDBSnapshotIdentifier="ferry-final"
        )


def test_the_snapshot_must_be_named_or_done_without(aws: Aws, clusters: Clusters) -> None:
    clusters.make()
    with refused("InvalidParameterCombination", "FinalDBSnapshotIdentifier is required unless"):
        aws.rds.delete_db_cluster(DBClusterIdentifier="ferry")
    aws.rds.delete_db_cluster(DBClusterIdentifier="ferry", SkipFinalSnapshot=True)


def test_a_protected_cluster_is_not_deleted(aws: Aws, clusters: Clusters) -> None:
    clusters.make(DeletionProtection=True)
    with refused("InvalidParameterCombination", "disable deletion protection"):
        aws.rds.delete_db_cluster(DBClusterIdentifier="ferry", SkipFinalSnapshot=True)


def test_a_cluster_with_instances_is_not_deleted(aws: Aws, clusters: Clusters) -> None:
    clusters.make()
    clusters.instance()
    with refused("InvalidDBClusterStateFault", "it still contains DB instances"):
        aws.rds.delete_db_cluster(DBClusterIdentifier="ferry", SkipFinalSnapshot=True)
