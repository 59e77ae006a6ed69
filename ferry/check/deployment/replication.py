"""The DMS replication instance and its endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts import outputs
from ferry.check.deployment.expect import equal, includes, only, same_items

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_dms.type_defs import EndpointTypeDef, ReplicationInstanceTypeDef

    from ferry.check.deployment.deployed import Deployed

_VERIFYING = ("verify-ca", "verify-full")


def find_replication_instance(deployed: Deployed) -> ReplicationInstanceTypeDef:
    """The replication instance that the outputs name."""
    arn = deployed.outputs[outputs.DMS_REPLICATION_INSTANCE_ARN]
    found = deployed.dms.describe_replication_instances(
        Filters=[{"Name": "replication-instance-arn", "Values": [arn]}]
    )["ReplicationInstances"]
    return only(f"replication instances {arn}", found)


def find_endpoint(deployed: Deployed, output: str) -> EndpointTypeDef:
    """The endpoint that an output names."""
    arn = deployed.outputs[output]
    found = deployed.dms.describe_endpoints(Filters=[{"Name": "endpoint-arn", "Values": [arn]}])
    return only(f"endpoints {arn}", found["Endpoints"])


def read_attributes(endpoint: EndpointTypeDef) -> Mapping[str, str]:
    """The endpoint's extra connection attributes by name."""
    text = endpoint.get("ExtraConnectionAttributes", "")
    pairs = [pair.partition("=") for pair in text.split(";") if pair]
    return {name: value for name, _, value in pairs}


def check_replication_instance(deployed: Deployed) -> None:
    dms, instance = deployed.environment.dms, find_replication_instance(deployed)
    equal("the status", instance.get("ReplicationInstanceStatus"), "available")
    equal("the class", instance.get("ReplicationInstanceClass"), dms.instance_class)
    equal("the version", instance.get("EngineVersion"), dms.engine_version)
    equal("the storage in GiB", instance.get("AllocatedStorage"), dms.allocated_storage_gib)
    equal("automatic upgrades", instance.get("AutoMinorVersionUpgrade"), wanted=False)
    window = instance.get("PreferredMaintenanceWindow")
    equal("the maintenance window", window, dms.maintenance_window)


def check_replication_instance_standby(deployed: Deployed) -> None:
    multi_az, instance = deployed.environment.dms.multi_az, find_replication_instance(deployed)
    equal("Multi-AZ", instance.get("MultiAZ"), multi_az)
    if multi_az:
        zone, other = instance.get("AvailabilityZone"), instance.get("SecondaryAvailabilityZone")
        assert other, f"there is a standby in no zone; the instance is in {zone}"
        assert zone != other, f"the standby is in {zone}, like the instance"


def check_replication_instance_is_private(deployed: Deployed) -> None:
    instance = find_replication_instance(deployed)
    equal("public access", instance.get("PubliclyAccessible"), wanted=False)
    addresses = [ip for ip in instance.get("ReplicationInstancePublicIpAddresses", []) if ip]
    equal("public addresses", addresses, [])
    same_items(
        "the replication instance's security groups",
        [group.get("VpcSecurityGroupId") for group in instance.get("VpcSecurityGroups", [])],
        [deployed.outputs[outputs.DMS_SECURITY_GROUP_ID]],
    )


def check_replication_subnet_group(deployed: Deployed) -> None:
    name = (
        find_replication_instance(deployed)
        .get("ReplicationSubnetGroup", {})
        .get("ReplicationSubnetGroupIdentifier", "")
    )
    found = deployed.dms.describe_replication_subnet_groups(
        Filters=[{"Name": "replication-subnet-group-id", "Values": [name]}]
    )["ReplicationSubnetGroups"]
    group = only(f"subnet groups {name}", found)
    equal("the subnet group's VPC", group.get("VpcId"), deployed.outputs[outputs.VPC_ID])
    same_items(
        "the subnet group's subnets",
        [subnet.get("SubnetIdentifier") for subnet in group.get("Subnets", [])],
        deployed.outputs[outputs.DMS_SUBNET_IDS],
    )


def check_source_endpoint(deployed: Deployed) -> None:
    source = deployed.environment.source
    endpoint = find_endpoint(deployed, outputs.DMS_SOURCE_ENDPOINT_ARN)
    equal("the type", str(endpoint.get("EndpointType")).lower(), "source")
    equal("the engine", endpoint.get("EngineName"), "postgres")
    equal("the SSL mode", endpoint.get("SslMode"), source.ssl_mode)
    has_certificate = bool(endpoint.get("CertificateArn"))
    equal("there is a CA certificate", has_certificate, source.ssl_mode in _VERIFYING)


def check_target_endpoint(deployed: Deployed) -> None:
    endpoint = find_endpoint(deployed, outputs.DMS_TARGET_ENDPOINT_ARN)
    equal("the type", str(endpoint.get("EndpointType")).lower(), "target")
    equal("the engine", endpoint.get("EngineName"), "aurora-postgresql")
    equal("the SSL mode", endpoint.get("SslMode"), "require")


def check_the_source_is_verified_by_the_given_certificate(deployed: Deployed) -> None:
    given = deployed.environment.source_ca_certificate_pem
    if given is None:
        return
    arn = find_endpoint(deployed, outputs.DMS_SOURCE_ENDPOINT_ARN).get("CertificateArn", "")
    found = deployed.dms.describe_certificates(
        Filters=[{"Name": "certificate-arn", "Values": [arn]}]
    )["Certificates"]
    imported = only(f"certificates {arn}", found).get("CertificatePem", "")
    equal("the imported certificate", imported.split(), given.split())


def check_endpoints_read_their_secrets(deployed: Deployed) -> None:
    wanted = {
        outputs.DMS_SOURCE_ENDPOINT_ARN: (
            outputs.SOURCE_SECRET_ARN,
            deployed.environment.source.database,
        ),
        outputs.DMS_TARGET_ENDPOINT_ARN: (
            outputs.SECRET_ARN,
            deployed.environment.aurora.database_name,
        ),
    }
    for output, (secret, database) in wanted.items():
        settings = find_endpoint(deployed, output).get("PostgreSQLSettings", {})
        found = settings.get("SecretsManagerSecretId")
        equal(f"{output}: the secret", found, deployed.outputs[secret])
        equal(f"{output}: the database", settings.get("DatabaseName"), database)
        assert settings.get("SecretsManagerAccessRoleArn"), f"{output}: no role reads the secret"


def check_endpoints_hold_no_credentials(deployed: Deployed) -> None:
    for output in (outputs.DMS_SOURCE_ENDPOINT_ARN, outputs.DMS_TARGET_ENDPOINT_ARN):
        endpoint = find_endpoint(deployed, output)
        held = [name for name in ("Username", "ServerName") if endpoint.get(name)]
        equal(f"{output}: what should be in the secret alone", held, [])


def check_source_attributes(deployed: Deployed) -> None:
    source, dms = deployed.environment.source, deployed.environment.dms
    wanted = {
        "captureDdls": _written(source.capture_ddls),
        "ddlArtifactsSchema": source.ddl_artifacts_schema,
        "executeTimeout": str(source.execute_timeout_seconds),
        "failTasksOnLobTruncation": "true",
        "heartbeatEnable": _written(source.heartbeat.enabled),
        "heartbeatFrequency": str(source.heartbeat.frequency_minutes),
        "heartbeatSchema": source.heartbeat.schema_name,
        "mapBooleanAsBoolean": "true",
        "mapUnboundedNumericAsString": _written(dms.map_unbounded_numeric_as_string),
        "pluginName": source.plugin_name.replace("-", "_"),
    }
    if source.slot_name:
        wanted["slotName"] = source.slot_name
    found = read_attributes(find_endpoint(deployed, outputs.DMS_SOURCE_ENDPOINT_ARN))
    includes("the source's attributes", found, wanted)


def check_target_attributes(deployed: Deployed) -> None:
    dms = deployed.environment.dms
    wanted = {
        "afterConnectScript": dms.target.after_connect_script,
        "executeTimeout": str(dms.target.execute_timeout_seconds),
        "mapBooleanAsBoolean": "true",
        "mapUnboundedNumericAsString": _written(dms.map_unbounded_numeric_as_string),
    }
    found = read_attributes(find_endpoint(deployed, outputs.DMS_TARGET_ENDPOINT_ARN))
    includes("the target's attributes", found, wanted)


def _written(flag: bool) -> str:  # noqa: FBT001 - what is written is the flag
    return str(flag).lower()
