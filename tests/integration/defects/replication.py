"""Defects of the replication instance and its endpoints."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.integration.defects.planting import Defect, Plant, endpoint_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.check.deployment.deployed import Deployed


def instance(*, undo: dict[str, Any] | None = None, **wrong: object) -> Plant:
    """Modify the replication instance."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        right = undo or {name: dict(deployed.replication_instance)[name] for name in wrong}
        arn = deployed.outputs["dms_replication_instance_arn"]
        modify: Callable[..., object] = deployed.account.dms.modify_replication_instance
        for settings in (wrong, right):
            modify(ReplicationInstanceArn=arn, ApplyImmediately=True, **settings)
            if settings is wrong:
                yield

    return plant


def endpoint(end: str, *, undo: dict[str, Any] | None = None, **wrong: object) -> Plant:
    """Modify an endpoint."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        found = dict(endpoint_of(deployed, end))
        right = undo or {name: found[name] for name in wrong}
        modify: Callable[..., object] = deployed.account.dms.modify_endpoint
        for settings in (wrong, right):
            modify(EndpointArn=found["EndpointArn"], **settings)
            if settings is wrong:
                yield

    return plant


def attributes(end: str, old: str, new: str) -> Plant:
    """Let an endpoint have other attributes."""

    @contextmanager
    def plant(deployed: Deployed) -> Iterator[None]:
        right = endpoint_of(deployed, end).get("ExtraConnectionAttributes", "")
        assert old in right
        with endpoint(end, ExtraConnectionAttributes=right.replace(old, new))(deployed):
            yield

    return plant


@contextmanager
def in_auroras_group(deployed: Deployed) -> Iterator[None]:
    wrong, right = (
        {"VpcSecurityGroupIds": [deployed.outputs[output]]}
        for output in ("aurora_security_group_id", "dms_security_group_id")
    )
    with instance(**wrong, undo=right)(deployed):
        yield


@contextmanager
def fewer_subnets(deployed: Deployed) -> Iterator[None]:
    subnets = deployed.outputs["dms_subnet_ids"]
    modify = deployed.account.dms.modify_replication_subnet_group
    name = deployed.names.replication_subnet_group
    modify(ReplicationSubnetGroupIdentifier=name, SubnetIds=subnets[:2])
    yield
    modify(ReplicationSubnetGroupIdentifier=name, SubnetIds=subnets)


@contextmanager
def another_certificate(deployed: Deployed) -> Iterator[None]:
    dms = deployed.account.dms
    twice = 2 * (deployed.environment.source_ca_certificate_pem or "")
    made = dms.import_certificate(CertificateIdentifier="another", CertificatePem=twice)
    arn = made["Certificate"].get("CertificateArn", "")
    with endpoint("source", CertificateArn=arn)(deployed):
        yield
    dms.delete_certificate(CertificateArn=arn)


@contextmanager
def sources_secret(deployed: Deployed) -> Iterator[None]:
    role = endpoint_of(deployed, "target")["PostgreSQLSettings"].get("SecretsManagerAccessRoleArn")
    wrong, right = (
        {
            "PostgreSQLSettings": {
                "SecretsManagerSecretId": deployed.outputs[secret],
                "SecretsManagerAccessRoleArn": role,
            }
        }
        for secret in ("source_secret_arn", "secret_arn")
    )
    with endpoint("target", **wrong, undo=right)(deployed):
        yield


DEFECTS = (
    Defect(
        "replication-instance",
        'The replication instance\'s class: found "dms.r6i.12xlarge", should be "dms.t3.medium".',
        instance(ReplicationInstanceClass="dms.r6i.12xlarge"),
    ),
    Defect(
        "replication-instance-standby",
        "The replication instance's Multi-AZ: found true, should be false.",
        instance(MultiAZ=True),
    ),
    Defect(
        "replication-instance-is-private",
        "The replication instance's security groups: [",
        in_auroras_group,
    ),
    Defect("replication-subnet-group", "The replication instance's subnets: [", fewer_subnets),
    Defect(
        "source-endpoint",
        'The source\'s endpoint, its SSL mode: found "none", should be "require".',
        endpoint("source", SslMode="none"),
    ),
    Defect(
        "target-endpoint",
        'The target\'s endpoint, its SSL mode: found "none", should be "require".',
        endpoint("target", SslMode="none"),
    ),
    Defect(
        "the-source-is-verified-by-the-given-certificate",
        "The imported certificate arn:aws:dms:",
        another_certificate,
        environment="staging",
    ),
    Defect(
        "endpoints-read-their-secrets", "The target's endpoint, its secret: found ", sources_secret
    ),
    Defect(
        "endpoints-hold-no-credentials",
        "The target's endpoint holds Username.",
        endpoint("target", Username="somebody", undo={"Username": ""}),
    ),
    Defect(
        "source-attributes",
        'The source\'s endpoint, heartbeatEnable: found "false", should be "true".',
        attributes("source", "heartbeatEnable=true", "heartbeatEnable=false"),
    ),
    Defect(
        "target-attributes",
        'The target\'s endpoint, mapBooleanAsBoolean: found "false", should be "true".',
        attributes("target", "mapBooleanAsBoolean=true", "mapBooleanAsBoolean=false"),
    ),
)
