"""Who may open a connection to whom: one rule for each need, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from constructs_lib.acknowledge import acknowledge
from facts.subnets import in_an_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facts.names import Names

_HTTPS_PORT = 443
_NOT_ATTACHED = "CKV2_AWS_5"

_Rules = list[dict[str, Any]]
_NOTHING: _Rules = []


@dataclass(frozen=True, kw_only=True, slots=True)
class Replication:
    """What DMS reaches, besides Aurora.

    Args:
        source_cidrs: The networks that the source may be in, at least one.
        source_port: The port that the source listens on.
        secretsmanager_security_group_id: A security group of the Secrets Manager endpoint that the
            VPC has already. It must admit DMS: that rule is for its owner to add.
        secretsmanager_cidr: The addresses outside the VPC at which DMS reaches Secrets Manager: a
            shared endpoint's behind a transit gateway, or ``0.0.0.0/0`` for the public one through
            NAT. AWS publishes no prefix list for Secrets Manager. With neither, DMS reaches it
            through an endpoint of the environment's own.
    """

    source_cidrs: Sequence[str]
    source_port: int
    secretsmanager_security_group_id: str | None
    secretsmanager_cidr: str | None


class SecurityGroups(Construct):
    """The environment's security groups and every rule of theirs.

    ========== ======================================= =========================
    from       to                                      port
    ========== ======================================= =========================
    clients    Aurora                                  ``aurora_port``
    others     Aurora                                  ``aurora_port``
    DMS        Aurora                                  ``aurora_port``
    DMS        the source's networks                   ``source_port``
    DMS        Secrets Manager's endpoint              443
    ========== ======================================= =========================

    Each need between two groups is two rules, one to let out and one to let in. The group
    ``clients`` is for the applications: whatever carries it reaches Aurora. A direction in which a
    group needs nothing is stated as empty, so that a rule added by hand shows in the next plan.
    Others are groups and networks that are there; letting them out is for their owners.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html

    Args:
        scope: The environment's stack.
        id_: The construct's id.
        names: The environment's names.
        vpc_id: The VPC.
        aurora_port: The port that Aurora listens on.
        client_group_ids: Groups, besides ``clients``, that are let in to Aurora.
        client_cidrs: Networks that are let in to Aurora.
        replication: What DMS reaches; None where there is no replication, and so no group for it.
    """

    aurora_id: str
    clients_id: str
    dms_id: str | None
    """The group for the replication instance, where there is one."""
    secretsmanager_endpoint_id: str | None
    """The group for the environment's own endpoint, where it has one."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        vpc_id: str,
        aurora_port: int,
        client_group_ids: Sequence[str],
        client_cidrs: Sequence[str],
        replication: Replication | None,
    ) -> None:
        super().__init__(scope, id_)
        self._names = names
        self._vpc_id = vpc_id
        self.aurora_id = self._group("aurora", "Aurora PostgreSQL", egress=_NOTHING).id
        clients = self._group("clients", "Applications that use Aurora", ingress=_NOTHING)
        acknowledge(
            clients, _NOT_ATTACHED, reason="The applications, deployed elsewhere, carry this group"
        )
        self.clients_id = clients.id
        self._connection(
            "clients-to-aurora", "Clients to Aurora", self.clients_id, self.aurora_id, aurora_port
        )
        for group_id in client_group_ids:
            self._ingress(
                f"client-{group_id}",
                "Clients of another group to Aurora",
                self.aurora_id,
                aurora_port,
                from_group=group_id,
            )
        for cidr in client_cidrs:
            self._ingress(
                f"client-{in_an_id(cidr)}",
                f"Clients in {cidr} to Aurora",
                self.aurora_id,
                aurora_port,
                from_cidr=cidr,
            )
        self.dms_id = self.secretsmanager_endpoint_id = None
        if replication is not None:
            self._let_dms_out(replication, aurora_port)

    def _let_dms_out(self, to: Replication, aurora_port: int) -> None:
        self.dms_id = dms_id = self._group(
            "dms", "The DMS replication instance", ingress=_NOTHING
        ).id
        self._connection("dms-to-aurora", "DMS to Aurora", dms_id, self.aurora_id, aurora_port)
        for number, cidr in enumerate(to.source_cidrs):
            further = f"-{in_an_id(cidr)}" if number else ""
            self._egress(
                f"dms-to-source{further}", "DMS to the source", dms_id, to.source_port, to_cidr=cidr
            )
        rule, description = "dms-to-secretsmanager", "DMS to Secrets Manager"
        if to.secretsmanager_security_group_id is None and to.secretsmanager_cidr is None:
            self.secretsmanager_endpoint_id = self._group(
                "secretsmanager-endpoint", "The Secrets Manager endpoint", egress=_NOTHING
            ).id
            self._connection(
                rule, description, dms_id, self.secretsmanager_endpoint_id, _HTTPS_PORT
            )
        else:
            self._egress(
                rule,
                description,
                dms_id,
                _HTTPS_PORT,
                to_group=to.secretsmanager_security_group_id,
                to_cidr=to.secretsmanager_cidr,
            )

    def _group(
        self,
        label: str,
        description: str,
        *,
        ingress: _Rules | None = None,
        egress: _Rules | None = None,
    ) -> SecurityGroup:
        return SecurityGroup(
            self,
            label,
            name=self._names.in_network(label),
            description=description,
            vpc_id=self._vpc_id,
            ingress=ingress,
            egress=egress,
            tags={"Name": self._names.in_network(label)},
        )

    def _connection(self, rule: str, description: str, from_id: str, to_id: str, port: int) -> None:
        self._egress(rule, description, from_id, port, to_group=to_id)
        self._ingress(rule, description, to_id, port, from_group=from_id)

    def _ingress(
        self,
        rule: str,
        description: str,
        to_id: str,
        port: int,
        *,
        from_group: str | None = None,
        from_cidr: str | None = None,
    ) -> None:
        VpcSecurityGroupIngressRule(
            self,
            f"{rule}-in",
            security_group_id=to_id,
            referenced_security_group_id=from_group,
            cidr_ipv4=from_cidr,
            description=description,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags={"Name": self._names.in_network(f"{rule}-in")},
        )

    def _egress(
        self,
        rule: str,
        description: str,
        from_id: str,
        port: int,
        *,
        to_group: str | None = None,
        to_cidr: str | None = None,
    ) -> None:
        VpcSecurityGroupEgressRule(
            self,
            f"{rule}-out",
            security_group_id=from_id,
            referenced_security_group_id=to_group,
            cidr_ipv4=to_cidr,
            description=description,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags={"Name": self._names.in_network(f"{rule}-out")},
        )
