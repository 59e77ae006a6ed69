"""Defects of the replication instance and its endpoints."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from facts import outputs
from ferry.check.deployment import replication as checks
from tests.integration.defects.planting import defect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.check.deployment.deployed import Deployed

_SOURCE, _TARGET = outputs.DMS_SOURCE_ENDPOINT_ARN, outputs.DMS_TARGET_ENDPOINT_ARN


@contextmanager
def _instance(deployed: Deployed, wrong: dict[str, Any], right: dict[str, Any]) -> Iterator[None]:
    """Modify the replication instance, and back."""
    arn = deployed.outputs[outputs.DMS_REPLICATION_INSTANCE_ARN]
    modify = deployed.dms.modify_replication_instance
    modify(ReplicationInstanceArn=arn, ApplyImmediately=True, **wrong)
    yield
    modify(ReplicationInstanceArn=arn, ApplyImmediately=True, **right)


@contextmanager
def _endpoint(
    deployed: Deployed, output: str, wrong: dict[str, Any], right: dict[str, Any]
) -> Iterator[None]:
    """Modify an endpoint, and back."""
    arn = deployed.outputs[output]
    deployed.dms.modify_endpoint(EndpointArn=arn, **wrong)
    yield
    deployed.dms.modify_endpoint(EndpointArn=arn, **right)


@contextmanager
def _attributes(deployed: Deployed, output: str, old: str, new: str) -> Iterator[None]:
    """Let an endpoint have other attributes."""
    right = checks.find_endpoint(deployed, output).get("ExtraConnectionAttributes", "")
    assert old in right
    name = "ExtraConnectionAttributes"
    with _endpoint(deployed, output, {name: right.replace(old, new)}, {name: right}):
        yield


@defect(checks.check_replication_instance)
def replication_instance_of_another_class(deployed: Deployed) -> Iterator[None]:
    name, right = "ReplicationInstanceClass", deployed.environment.dms.instance_class
    with _instance(deployed, {name: "dms.r6i.12xlarge"}, {name: right}):
        yield


@defect(checks.check_replication_instance_standby)
def standby_that_nobody_asked_for(deployed: Deployed) -> Iterator[None]:
    right = deployed.environment.dms.multi_az
    with _instance(deployed, {"MultiAZ": not right}, {"MultiAZ": right}):
        yield


@defect(checks.check_replication_instance_is_private)
def replication_instance_in_auroras_group(deployed: Deployed) -> Iterator[None]:
    name, found = "VpcSecurityGroupIds", deployed.outputs
    with _instance(
        deployed,
        {name: [found[outputs.AURORA_SECURITY_GROUP_ID]]},
        {name: [found[outputs.DMS_SECURITY_GROUP_ID]]},
    ):
        yield


@defect(checks.check_replication_subnet_group)
def replication_in_fewer_subnets(deployed: Deployed) -> Iterator[None]:
    subnets = deployed.outputs[outputs.DMS_SUBNET_IDS]
    group = checks.find_replication_instance(deployed).get("ReplicationSubnetGroup", {})
    name = group.get("ReplicationSubnetGroupIdentifier", "")
    modify = deployed.dms.modify_replication_subnet_group
    modify(ReplicationSubnetGroupIdentifier=name, SubnetIds=subnets[:2])
    yield
    modify(ReplicationSubnetGroupIdentifier=name, SubnetIds=subnets)


@defect(checks.check_source_endpoint)
def source_without_ssl(deployed: Deployed) -> Iterator[None]:
    right = deployed.environment.source.ssl_mode
    with _endpoint(deployed, _SOURCE, {"SslMode": "none"}, {"SslMode": right}):
        yield


@defect(checks.check_target_endpoint)
def target_without_ssl(deployed: Deployed) -> Iterator[None]:
    with _endpoint(deployed, _TARGET, {"SslMode": "none"}, {"SslMode": "require"}):
        yield


@defect(checks.check_the_source_is_verified_by_the_given_certificate, environment="staging")
def source_verified_by_another_certificate(deployed: Deployed) -> Iterator[None]:
    right = checks.find_endpoint(deployed, _SOURCE).get("CertificateArn", "")
    twice = 2 * (deployed.environment.source_ca_certificate_pem or "")
    wrong = deployed.dms.import_certificate(CertificateIdentifier="another", CertificatePem=twice)[
        "Certificate"
    ].get("CertificateArn", "")
    with _endpoint(deployed, _SOURCE, {"CertificateArn": wrong}, {"CertificateArn": right}):
        yield
    deployed.dms.delete_certificate(CertificateArn=wrong)


@defect(checks.check_endpoints_read_their_secrets)
def target_that_reads_the_sources_secret(deployed: Deployed) -> Iterator[None]:
    settings = checks.find_endpoint(deployed, _TARGET).get("PostgreSQLSettings", {})
    role = settings.get("SecretsManagerAccessRoleArn")
    wrong, right = (
        {
            "PostgreSQLSettings": {
                "SecretsManagerSecretId": deployed.outputs[secret],
                "SecretsManagerAccessRoleArn": role,
            }
        }
        for secret in (outputs.SOURCE_SECRET_ARN, outputs.SECRET_ARN)
    )
    with _endpoint(deployed, _TARGET, wrong, right):
        yield


@defect(checks.check_endpoints_hold_no_credentials)
def target_with_a_user_of_its_own(deployed: Deployed) -> Iterator[None]:
    with _endpoint(deployed, _TARGET, {"Username": "somebody"}, {"Username": ""}):
        yield


@defect(checks.check_source_attributes)
def source_without_heartbeat(deployed: Deployed) -> Iterator[None]:
    with _attributes(deployed, _SOURCE, "heartbeatEnable=true", "heartbeatEnable=false"):
        yield


@defect(checks.check_target_attributes)
def target_with_booleans_as_text(deployed: Deployed) -> Iterator[None]:
    with _attributes(deployed, _TARGET, "mapBooleanAsBoolean=true", "mapBooleanAsBoolean=false"):
        yield
