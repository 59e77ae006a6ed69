"""The DMS replication instance and its endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facts import outputs
from facts.aurora import ENGINE
from facts.dms import VERIFYING
from ferry.check.deployment import statuses
from ferry.check.deployment.expect import only

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_dms.type_defs import EndpointTypeDef

    from ferry.check.deployment.deployed import Deployed, Endpoint
    from ferry.check.deployment.expect import Expect


def read_attributes(endpoint: EndpointTypeDef) -> Mapping[str, str]:
    """The endpoint's extra connection attributes by name."""
    text = endpoint.get("ExtraConnectionAttributes", "")
    pairs = [pair.partition("=") for pair in text.split(";") if pair]
    return {name: value for name, _, value in pairs}


def check_replication_instance(deployed: Deployed, expect: Expect) -> None:
    """The replication instance is available, with the file's class, version, storage and window."""
    dms, instance = deployed.migration.dms, deployed.replication_instance
    pending = instance.get("PendingModifiedValues", {})
    what = "The replication instance"
    expect.status(what, instance.get("ReplicationInstanceStatus"), statuses.REPLICATION_INSTANCE)
    expect.equal(
        f"{what}'s class",
        instance.get("ReplicationInstanceClass"),
        dms.instance_class,
        pending=pending.get("ReplicationInstanceClass"),
    )
    expect.equal(
        f"{what}'s version",
        instance.get("EngineVersion"),
        dms.engine_version,
        pending=pending.get("EngineVersion"),
    )
    expect.equal(
        f"{what}'s storage in GiB",
        instance.get("AllocatedStorage"),
        dms.allocated_storage_gib,
        pending=pending.get("AllocatedStorage"),
    )
    upgrades = instance.get("AutoMinorVersionUpgrade")
    expect.equal(f"{what}'s automatic upgrades", upgrades, wanted=False)
    window = instance.get("PreferredMaintenanceWindow")
    expect.equal(f"{what}'s maintenance window", window, dms.maintenance_window)


def check_replication_instance_standby(deployed: Deployed, expect: Expect) -> None:
    """The replication instance has a standby in another zone where the file asks for one."""
    multi_az, instance = deployed.migration.dms.multi_az, deployed.replication_instance
    pending = instance.get("PendingModifiedValues", {}).get("MultiAZ")
    found = instance.get("MultiAZ")
    expect.equal("The replication instance's Multi-AZ", found, multi_az, pending=pending)
    if multi_az and found:
        zone, other = instance.get("AvailabilityZone"), instance.get("SecondaryAvailabilityZone")
        expect.that(
            other and zone != other,
            f"The replication instance is in {zone}, its standby in {other or 'no zone'}.",
        )


def check_replication_instance_is_private(deployed: Deployed, expect: Expect) -> None:
    """The replication instance has no public address, and is in DMS's security group alone."""
    instance, what = deployed.replication_instance, "The replication instance"
    expect.equal(f"{what}'s public access", instance.get("PubliclyAccessible"), wanted=False)
    addresses = [ip for ip in instance.get("ReplicationInstancePublicIpAddresses", []) if ip]
    expect.equal(f"{what}'s public addresses", addresses, [])
    expect.same_items(
        f"{what}'s security groups",
        [group.get("VpcSecurityGroupId") for group in instance.get("VpcSecurityGroups", [])],
        [deployed.outputs[outputs.DMS_SECURITY_GROUP_ID]],
    )


def check_replication_subnet_group(deployed: Deployed, expect: Expect) -> None:
    """The replication instance's subnets are DMS's."""
    instance = deployed.replication_instance
    name = instance.get("ReplicationSubnetGroup", {}).get("ReplicationSubnetGroupIdentifier", "")
    found = deployed.account.dms.describe_replication_subnet_groups(
        Filters=[{"Name": "replication-subnet-group-id", "Values": [name]}]
    )["ReplicationSubnetGroups"]
    group = only(f"Subnet groups {name}", found)
    vpc_id = deployed.outputs[outputs.VPC_ID]
    expect.equal("The replication instance's VPC", group.get("VpcId"), vpc_id)
    expect.same_items(
        "The replication instance's subnets",
        [subnet.get("SubnetIdentifier") for subnet in group.get("Subnets", [])],
        deployed.outputs[outputs.DMS_SUBNET_IDS],
    )


def check_source_endpoint(deployed: Deployed, expect: Expect) -> None:
    """The source's endpoint is PostgreSQL's, with the file's SSL mode."""
    mode = deployed.migration.source.ssl_mode
    _is_the_outputs(deployed, expect, outputs.DMS_SOURCE_ENDPOINT_ARN, deployed.sources[0])
    for endpoint in deployed.sources:
        _is_an_endpoint(expect, endpoint, engine="postgres", ssl_mode=mode)
        has_certificate = bool(endpoint.found.get("CertificateArn"))
        expect.equal(f"{endpoint.what} has a CA certificate", has_certificate, mode in VERIFYING)


def check_target_endpoint(deployed: Deployed, expect: Expect) -> None:
    """The target's endpoint is Aurora's, over TLS."""
    _is_the_outputs(deployed, expect, outputs.DMS_TARGET_ENDPOINT_ARN, deployed.targets[0])
    for endpoint in deployed.targets:
        _is_an_endpoint(expect, endpoint, engine=ENGINE, ssl_mode="require")


def _is_the_outputs(deployed: Deployed, expect: Expect, output: str, first: Endpoint) -> None:
    """The output that names one endpoint names that of the database the cluster is made with."""
    found = deployed.outputs[output]
    expect.equal(f"The output {output}", found, first.found.get("EndpointArn"))


def _is_an_endpoint(expect: Expect, endpoint: Endpoint, *, engine: str, ssl_mode: str) -> None:
    what, found = endpoint.what, endpoint.found
    # DMS answers in capitals what it is given in lower case.
    expect.equal(f"{what}, its type", str(found.get("EndpointType")).lower(), endpoint.end)
    expect.equal(f"{what}, its engine", found.get("EngineName"), engine)
    expect.equal(f"{what}, its SSL mode", found.get("SslMode"), ssl_mode)


def check_the_source_is_verified_by_the_given_certificate(
    deployed: Deployed, expect: Expect
) -> None:
    """The source is verified by the certificate that the file names."""
    given = deployed.environment.source_ca_certificate_pem
    if given is None:
        expect.passes("the file names no certificate")
        return
    for arn in sorted({endpoint.found.get("CertificateArn", "") for endpoint in deployed.sources}):
        found = deployed.account.dms.describe_certificates(
            Filters=[{"Name": "certificate-arn", "Values": [arn]}]
        )["Certificates"]
        imported = only(f"Certificates {arn}", found).get("CertificatePem", "")
        expect.that(
            imported.split() == given.split(),
            f"The imported certificate {arn} is another than the file's.",
        )


def check_endpoints_read_their_secrets(deployed: Deployed, expect: Expect) -> None:
    """Every endpoint reads its secret, with the environment's role, and opens its database.

    Whether that database exists is not asked here: those beside the cluster's own are not Terraform's.
    """
    path = deployed.environment.aws.role_path
    role = deployed.placement.role_arn(deployed.names.secret_access_role, path)
    secrets = {"source": outputs.SOURCE_SECRET_ARN, "target": outputs.SECRET_ARN}
    for endpoint in deployed.endpoints:
        settings, database = endpoint.found.get("PostgreSQLSettings", {}), endpoint.database
        what, found = endpoint.what, settings.get("SecretsManagerSecretId")
        name = database.source if endpoint.end == "source" else database.aurora
        expect.equal(f"{what}, its secret", found, deployed.outputs[secrets[endpoint.end]])
        expect.equal(f"{what}, its database", settings.get("DatabaseName"), name)
        expect.equal(f"{what}, its role", settings.get("SecretsManagerAccessRoleArn"), role)


def check_endpoints_hold_no_credentials(deployed: Deployed, expect: Expect) -> None:
    """No endpoint holds a user or a server: these are in the secrets alone."""
    for endpoint in deployed.endpoints:
        held = [name for name in ("Username", "ServerName") if endpoint.found.get(name)]
        expect.that(not held, f"{endpoint.what} holds {' and '.join(held)}.")


def check_source_attributes(deployed: Deployed, expect: Expect) -> None:
    """The source's endpoint has the file's settings."""
    source, dms = deployed.migration.source, deployed.migration.dms
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
        **({"slotName": source.slot_name} if source.slot_name else {}),
        **source.extra_attributes,
    }
    for endpoint in deployed.sources:
        expect.includes(endpoint.what, read_attributes(endpoint.found), wanted)


def check_target_attributes(deployed: Deployed, expect: Expect) -> None:
    """The target's endpoint has the file's settings."""
    dms = deployed.migration.dms
    wanted = {
        "afterConnectScript": dms.target.after_connect_script,
        "executeTimeout": str(dms.target.execute_timeout_seconds),
        "mapBooleanAsBoolean": "true",
        "mapUnboundedNumericAsString": _written(dms.map_unbounded_numeric_as_string),
        **dms.target.extra_attributes,
    }
    for endpoint in deployed.targets:
        expect.includes(endpoint.what, read_attributes(endpoint.found), wanted)


def _written(flag: bool) -> str:  # noqa: FBT001 - what is written is the flag
    return str(flag).lower()
