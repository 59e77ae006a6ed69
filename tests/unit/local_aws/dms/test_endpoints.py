from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.local_aws.aws import Aws, refused
from tests.unit.local_aws.dms.conftest import Tasks, make_endpoint

if TYPE_CHECKING:
    from collections.abc import Callable


def read(aws: Aws, name: str = "source") -> dict[str, Any]:
    [found] = aws.dms.describe_endpoints(Filters=[{"Name": "endpoint-id", "Values": [name]}])[
        "Endpoints"
    ]
    endpoint: dict[str, Any] = found
    return endpoint


def test_what_was_given_reads_back_but_for_the_password(aws: Aws) -> None:
    make_endpoint(
        aws,
        "source",
        DatabaseName="app",
        Username="u",
        Password="canary",
        ServerName="db.example.com",
        Port=5432,
        SslMode="require",
        KmsKeyId="arn:aws:kms:eu-central-1:1:key/k",
        PostgreSQLSettings={"Password": "canary", "HeartbeatEnable": True},
    )
    found = read(aws)
    assert "canary" not in str(found)
    assert found["EngineDisplayName"] == "PostgreSQL"
    assert found["ServerName"] == "db.example.com"
    assert found["Port"] == 5432
    assert found["SslMode"] == "require"
    assert found["Status"] == "active"
    assert found["PostgreSQLSettings"] == {"HeartbeatEnable": True}


def test_an_endpoint_that_reads_its_secret(aws: Aws) -> None:
    settings = {"SecretsManagerAccessRoleArn": "arn:role", "SecretsManagerSecretId": "arn:secret"}
    made = make_endpoint(aws, "source", PostgreSQLSettings=settings)
    assert made["PostgreSQLSettings"] == settings
    assert made["SslMode"] == "none"
    assert made["KmsKeyId"].startswith("arn:aws:kms:")


def test_another_engine_has_no_postgresql_settings(aws: Aws) -> None:
    made = make_endpoint(aws, "source", EngineName="mysql", ExtraConnectionAttributes="a=b")
    assert "PostgreSQLSettings" not in made
    assert made["EngineDisplayName"] == "mysql"


def test_the_resource_identifier_ends_the_arn(aws: Aws) -> None:
    made = make_endpoint(aws, "source", ResourceIdentifier="ferry-dev-source")
    assert made["EndpointArn"] == (
        f"arn:aws:dms:eu-central-1:{aws.account}:endpoint:ferry-dev-source"
    )


# Extra connection attributes


def test_they_read_back_as_they_are_and_as_settings(aws: Aws) -> None:
    attributes = (
        "pluginName=test_decoding;heartbeatEnable=true;heartbeatFrequency=5;heartbeatSchema=dms;"
        "captureDdls=Y;failTasksOnLobTruncation=1;mapBooleanAsBoolean=false;executeTimeout=60;"
        "secretsManagerEndpointOverride=https://secretsmanager.eu-central-1.amazonaws.com"
    )
    found = make_endpoint(aws, "source", ExtraConnectionAttributes=attributes)
    assert found["ExtraConnectionAttributes"] == attributes
    assert found["PostgreSQLSettings"] == {
        "PluginName": "test-decoding",
        "HeartbeatEnable": True,
        "HeartbeatFrequency": 5,
        "HeartbeatSchema": "dms",
        "CaptureDdls": True,
        "FailTasksOnLobTruncation": True,
        "MapBooleanAsBoolean": False,
        "ExecuteTimeout": 60,
    }


def test_a_targets_script(aws: Aws) -> None:
    found = make_endpoint(
        aws,
        "target",
        EngineName="aurora-postgresql",
        ExtraConnectionAttributes="afterConnectScript=SET session_replication_role='replica';",
    )
    assert found["PostgreSQLSettings"] == {
        "AfterConnectScript": "SET session_replication_role='replica'"
    }


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ("heartbeatEnable", "attribute 'heartbeatEnable': give name=value"),
        ("heartbeatEnable=maybe", "value 'maybe' of heartbeatEnable: give true or false"),
        ("heartbeatFrequency=often", "value 'often' of heartbeatFrequency: give a number"),
        ("pluginName=bogus", "'bogus' of pluginName: give no-preference, test-decoding, pgl"),
    ],
)
def test_values_that_are_refused(aws: Aws, attributes: str, message: str) -> None:
    with refused("InvalidParameterValueException", message):
        make_endpoint(aws, "source", ExtraConnectionAttributes=attributes)


def test_a_change_keeps_what_it_does_not_name(aws: Aws) -> None:
    arn = make_endpoint(
        aws, "source", ExtraConnectionAttributes="heartbeatEnable=true;heartbeatFrequency=5"
    )["EndpointArn"]
    aws.dms.modify_endpoint(EndpointArn=arn, ExtraConnectionAttributes="heartbeatFrequency=7")
    found = read(aws)
    assert found["ExtraConnectionAttributes"] == "heartbeatFrequency=7"
    assert found["PostgreSQLSettings"] == {"HeartbeatEnable": True, "HeartbeatFrequency": 7}


def test_a_change_that_names_all_replaces_all(aws: Aws) -> None:
    arn = make_endpoint(aws, "source", ExtraConnectionAttributes="heartbeatEnable=true")[
        "EndpointArn"
    ]
    aws.dms.modify_endpoint(
        EndpointArn=arn, ExactSettings=True, PostgreSQLSettings={"ExecuteTimeout": 30}
    )
    assert read(aws)["PostgreSQLSettings"] == {"ExecuteTimeout": 30}


# Modification


def test_it_reads_back(aws: Aws) -> None:
    arn = make_endpoint(aws, "source")["EndpointArn"]
    answer = aws.dms.modify_endpoint(
        EndpointArn=arn, DatabaseName="other", SslMode="require", Password="canary"
    )
    assert "canary" not in str(answer)
    assert (read(aws)["DatabaseName"], read(aws)["SslMode"]) == ("other", "require")


def test_the_call_is_recorded_with_what_changed(aws: Aws) -> None:
    arn = make_endpoint(aws, "source")["EndpointArn"]
    aws.dms.modify_endpoint(EndpointArn=arn, ExtraConnectionAttributes="executeTimeout=30")
    [call] = aws.get(f"/local-aws/calls?account={aws.account}&operation=ModifyEndpoint")["calls"]
    assert call["parameters"] == {
        "EndpointArn": arn,
        "ExtraConnectionAttributes": "executeTimeout=30",
    }


def test_it_is_refused_while_a_task_that_uses_it_runs(aws: Aws, tasks: Tasks) -> None:
    task_arn = tasks.running()
    for endpoint_arn in tasks.endpoint_arns:
        with refused("InvalidResourceStateFault", f"while the task {task_arn} that uses it"):
            aws.dms.modify_endpoint(EndpointArn=endpoint_arn, DatabaseName="x")
    tasks.stop(task_arn)
    assert tasks.read(task_arn)["Status"] == "stopped"
    aws.dms.modify_endpoint(EndpointArn=tasks.endpoint_arns[0], DatabaseName="x")


def test_an_endpoint_that_is_not_there(aws: Aws) -> None:
    with refused("ResourceNotFoundFault", "Endpoint arn:none not found"):
        aws.dms.modify_endpoint(EndpointArn="arn:none", DatabaseName="x")


# Deletion


def test_it_is_gone(aws: Aws) -> None:
    arn = make_endpoint(aws, "source")["EndpointArn"]
    assert aws.dms.delete_endpoint(EndpointArn=arn)["Endpoint"]["Status"] == "deleting"
    with refused("ResourceNotFoundFault", "No Endpoint found matching provided filters"):
        read(aws)


def test_it_is_refused_while_a_task_uses_it(aws: Aws, tasks: Tasks) -> None:
    tasks.ready()
    for arn in tasks.endpoint_arns:
        with refused("InvalidResourceStateFault", "is part of one or more ReplicationTasks"):
            aws.dms.delete_endpoint(EndpointArn=arn)


# Connections


def connections(aws: Aws, **filters: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = aws.dms.describe_connections(
        Filters=[
            {"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()
        ]
    )["Connections"]
    return found


def test_a_test_is_under_way_then_successful(
    aws: Aws, instance_arn: str, endpoint_arns: tuple[str, str]
) -> None:
    assert connections(aws, endpoint_arn=endpoint_arns[0]) == []
    for _ in range(2):
        answer = aws.dms.test_connection(
            ReplicationInstanceArn=instance_arn, EndpointArn=endpoint_arns[0]
        )["Connection"]
        assert answer["Status"] == "testing"
        [found] = connections(
            aws, endpoint_arn=endpoint_arns[0], replication_instance_arn=instance_arn
        )
        assert found["Status"] == "successful"
    assert found["EndpointIdentifier"] == "source"
    assert connections(aws, endpoint_arn=endpoint_arns[1]) == []


@pytest.mark.parametrize("which", ["instance", "endpoint"])
def test_what_is_not_there_is_not_connections(
    aws: Aws, instance_arn: str, endpoint_arns: tuple[str, str], which: str
) -> None:
    arns = {"instance": instance_arn, "endpoint": endpoint_arns[0], which: "arn:none"}
    with refused("ResourceNotFoundFault", "arn:none not found"):
        aws.dms.test_connection(
            ReplicationInstanceArn=arns["instance"], EndpointArn=arns["endpoint"]
        )


@pytest.mark.parametrize(
    "forget",
    [
        lambda dms, i, e: dms.delete_connection(ReplicationInstanceArn=i, EndpointArn=e),
        lambda dms, _, e: dms.delete_endpoint(EndpointArn=e),
        lambda dms, i, _: dms.delete_replication_instance(ReplicationInstanceArn=i),
    ],
)
def test_a_test_is_forgotten_with_what_it_connections(
    aws: Aws,
    instance_arn: str,
    endpoint_arns: tuple[str, str],
    forget: Callable[[Any, str, str], object],
) -> None:
    aws.dms.test_connection(ReplicationInstanceArn=instance_arn, EndpointArn=endpoint_arns[0])
    forget(aws.dms, instance_arn, endpoint_arns[0])
    assert connections(aws) == []


def test_other_tests_stay(
    aws: Aws, instance_arn: str, endpoint_arns: tuple[str, str], subnet_group: str
) -> None:
    other = aws.dms.create_replication_instance(
        ReplicationInstanceIdentifier="other",
        ReplicationInstanceClass="dms.t3.medium",
        ReplicationSubnetGroupIdentifier=subnet_group,
    )["ReplicationInstance"]["ReplicationInstanceArn"]
    for instance in (instance_arn, other):
        for endpoint in endpoint_arns:
            aws.dms.test_connection(ReplicationInstanceArn=instance, EndpointArn=endpoint)
    aws.dms.delete_endpoint(EndpointArn=endpoint_arns[0])
    aws.dms.delete_replication_instance(ReplicationInstanceArn=other)
    [left] = connections(aws)
    assert (left["ReplicationInstanceArn"], left["EndpointArn"]) == (
        instance_arn,
        endpoint_arns[1],
    )
