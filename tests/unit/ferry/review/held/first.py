"""First deployments: all that a stack holds is made where nothing is.

Staging's was recorded. Of the other examples there is the synthesized stack: what it writes down is
known, what it takes from another resource is not, and what AWS decides is what staging's plan says
of the type.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tests.unit.ferry.review.held.base import account, created, deployed, outputs, stack
from tests.unit.ferry.review.held.edits import (
    BLOCKED,
    NOT_JUDGED,
    NOTHING,
    SAFE,
    SECOND,
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    creates,
    leads,
    parameters,
    statements,
)
from tests.unit.ferry.review.held.names import (
    CERTIFICATE,
    CLUSTER,
    DMS_ROLE,
    FLOW_LOG,
    KEY,
    OTHERS_ENDPOINT,
    OTHERS_GATEWAY,
    OTHERS_INTERFACE,
    OTHERS_TRANSIT,
    PARAMETERS,
    POSTGRES_LOG,
    PRODS_SECRET,
    SECRETS_ENDPOINT,
    TARGET_SECRET,
    TOPIC,
)
from tests.unit.ferry.review.schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ferry.review.plan.values import Json
    from tests.unit.ferry.review.held.edits import Step

_LOOKED_UP: Final = re.compile(
    r'startswith\(arn, "(?P<beginning>arn:aws:secretsmanager:[^"]+/source-)"\)'
)
_GIVEN: Final = re.compile(r'if arn == "(?P<arn>arn:aws:secretsmanager:[^"]+)"')
_NO_ARGUMENTS: Final = {"//", "lifecycle", "depends_on", "provider", "provisioner"}


def _recorded(after: Json, unknown: Json) -> Json:
    """A value with UNKNOWN where the recorded plan does not know it."""
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, dict):
        known = after or {}
        return {**known, **{key: _recorded(known.get(key), it) for key, it in unknown.items()}}
    if isinstance(unknown, list):
        return [_recorded(value, it) for value, it in zip(after, unknown, strict=True)]
    return after


def recorded_steps() -> tuple[Step, ...]:
    """Staging's first deployment, as Terraform planned it."""
    steps = [
        creates(deployed()[name].address, **_recorded(change["after"], change["after_unknown"]))
        for name, change in created().items()
    ]
    source = created()["aws_dms_endpoint.source_endpoint"]["after"]["secrets_manager_arn"]
    found = {f"${{local.{name}}}": source for name in stack("staging")["locals"]}
    return (*steps, _outputs(stack("staging"), steps, found))


def _decided_by_aws() -> dict[str, set[str]]:
    """What is not known before, by type, as staging's first plan says it."""
    found: dict[str, set[str]] = {}
    for name, change in created().items():
        unknown = {key for key, value in change["after_unknown"].items() if value is True}
        found.setdefault(name.partition(".")[0], set()).update(unknown)
    return found


def _computed(type_: str) -> set[str]:
    """What the provider says that it decides, of a type that staging does not have."""
    decided = {name for name, how in SCHEMA[type_].items() if "computed" in how["is"]}
    return decided - {"tags_all"}


def _planned(name: str, value: Json, found: Mapping[str, str]) -> Json:
    """What is written down, UNKNOWN where it comes from something that is not there yet.

    The source's secret is there: a data source finds it while the plan is made. A write-only
    argument is in no plan.
    """
    if isinstance(value, dict):
        return {key: _planned(key, it, found) for key, it in value.items()}
    if isinstance(value, list):
        return [_planned(name, it, found) for it in value]
    value = found.get(value, value) if isinstance(value, str) else value
    if looked_up := _LOOKED_UP.search(str(value)):
        return f"{looked_up['beginning']}AbCdEf"
    if given := _GIVEN.search(str(value)):
        return given["arn"]
    if not isinstance(value, str) or "${" not in value:
        return value
    return None if name.endswith("_wo") else UNKNOWN


def _arguments(body: Mapping[str, Any], found: Mapping[str, str]) -> dict[str, Any]:
    """The arguments, with what is named by a local in its place."""
    return {key: _planned(key, it, found) for key, it in body.items() if key not in _NO_ARGUMENTS}


def synthesized(document: Mapping[str, Any]) -> tuple[Step, ...]:
    """The first deployment of a synthesized stack."""
    decided = _decided_by_aws()
    found = {f"${{local.{name}}}": it for name, it in document["locals"].items()}
    # What is there already: the plan reads it.
    found |= {
        f"${{data.{type_}.{name}.id}}": body["id"]
        for type_, bodies in document["data"].items()
        for name, body in bodies.items()
        if "id" in body
    }
    steps = [
        creates(
            f"{type_}.{name}",
            **dict.fromkeys(decided.get(type_) or _computed(type_), UNKNOWN)
            | _arguments(body, found),
        )
        for type_, bodies in document["resource"].items()
        for name, body in bodies.items()
    ]
    return (*steps, _outputs(document, steps, found))


def _outputs(document: Mapping[str, Any], steps: Iterable[Step], found: Mapping[str, str]) -> Step:
    """The outputs of a stack of which all is made."""
    known: dict[str, Json] = {key: _planned("", it, {}) for key, it in found.items()}
    known |= {
        f"${{{it.name}.{attribute}}}": value for it in steps for attribute, value in it.to.items()
    }
    return leads({}, **outputs(document, known))


def _of_the_account() -> tuple[Step, ...]:
    decided = ("arn", "id", "create_date", "unique_id")
    shown: dict[str, Any] = {"managed_policy_arns": []}  # of what others attach
    return tuple(
        creates(
            it.address,
            **{
                key: UNKNOWN if key in decided else shown.get(key, value)
                for key, value in it.values.items()
            },
        )
        for it in account().values()
    )


def stack_text(environment: str) -> str:
    """The environment's cdk.tf.json; its snapshot leaves out what cdktf writes of itself."""
    metadata = {"metadata": {"stackName": environment, "version": "0.21.0"}}
    return json.dumps({"//": metadata, **stack(environment)})


def _of_another_commit(name: str, type_: str, of: str, **to: Json) -> Held:
    """Staging's first deployment, beside a stack in which a resource says something else."""
    document = json.loads(stack_text("staging"))
    bodies = document["resource"][type_]
    [address] = [it for it in bodies if it.startswith(of)]
    bodies[address] = {**bodies[address], **to}
    return Held(
        name=f"stack-with-{name}",
        edit=recorded_steps(),
        expected=NOT_JUDGED,
        why="It is not what was planned: nothing that it says is to be believed.",
        of=NOTHING,
        stack_text=json.dumps(document),
    )


OF_ANOTHER_COMMIT: Final = (
    _of_another_commit("another-policy", "aws_kms_key", "key_", policy="{}"),
    _of_another_commit(
        "a-smaller-writer",
        "aws_rds_cluster_instance",
        "aurora_writer_",
        instance_class="db.t4g.medium",
    ),
    _of_another_commit(
        "a-parameter-less", "aws_rds_cluster_parameter_group", "aurora_", parameter=[]
    ),
    _of_another_commit(
        "another-key", "aws_rds_cluster", "aurora_", kms_key_id="${aws_kms_key.other.arn}"
    ),
    replace(
        _of_another_commit("everything-of-prod", "aws_kms_key", "key_"),
        stack_text=stack_text("prod"),
    ),
)

ROWS: Final = (
    Held(
        name="first-deployment-of-staging",
        edit=recorded_steps(),
        expected=SAFE,
        why="Nothing is there that could be lost, and what is made is as the example says.",
        of=NOTHING,
        stack_text=stack_text("staging"),
    ),
    Held(
        name="first-deployment-of-dev",
        edit=synthesized(stack("dev")),
        expected=SAFE,
        why="Nothing is there that could be lost, and what is made is as the example says.",
        of=NOTHING,
        environment="dev",
        stack_text=stack_text("dev"),
    ),
    Held(
        name="first-deployment-of-prod",
        edit=synthesized(stack("prod")),
        expected=SAFE,
        why="Nothing is there that could be lost, and what is made is as the example says.",
        of=NOTHING,
        environment="prod",
        stack_text=stack_text("prod"),
    ),
    Held(
        name="first-deployment-of-the-account",
        edit=_of_the_account(),
        expected=SAFE,
        why="The two roles that DMS needs, which trust DMS for this account only.",
        of=NOTHING,
    ),
)


def _other(name: str, of: str, why: str, /, **to: Json) -> Held:
    """Staging's first deployment, in which one resource is another than the stacks make."""
    address = deployed()[of].address
    steps = [
        replace(it, to={**it.to, **to}) if it.name == address else it for it in recorded_steps()
    ]
    return Held(
        name=f"first-{name}",
        edit=steps,
        expected=SECOND_OR_BLOCKED,
        why=why,
        of=NOTHING,
        stack_text=stack_text("staging"),
    )


def _weaker(name: str, of: str, why: str, /, **to: Json) -> Held:
    """As `_other`, where nothing is lost and somebody else looks."""
    return replace(_other(name, of, why, **to), expected=SECOND)


def _refused(name: str, of: str, why: str, /, **to: Json) -> Held:
    """As `_other`, where AWS does not make it."""
    return replace(_other(name, of, why, **to), expected=BLOCKED)


def _route(name: str, /, **target: Json) -> Held:
    return _other(
        f"default-route-to-{name}",
        "aws_route.nat_dms-1-to-internet",
        "All that DMS sends goes through what the plan does not have.",
        nat_gateway_id=None,
        **target,
    )


_CLIENTS_IN: Final = "aws_vpc_security_group_ingress_rule.security-groups_clients-to-aurora-in"
_SOURCE_OUT: Final = "aws_vpc_security_group_egress_rule.security-groups_dms-to-source-out"
_ENDPOINT: Final = "aws_vpc_endpoint.secretsmanager_endpoint"
_ADDRESS: Final = "aws_eip.nat_address-1"

DANGEROUS: Final = (
    _route("an-interface", network_interface_id=OTHERS_INTERFACE),
    _route("a-transit-gateway", transit_gateway_id=OTHERS_TRANSIT),
    _route("an-endpoint", vpc_endpoint_id=OTHERS_ENDPOINT),
    _route("an-internet-gateway", gateway_id=OTHERS_GATEWAY),
    _other(
        "route-in-the-table",
        "aws_route_table.network_aurora-routes",
        "Aurora's subnets get a way to the internet.",
        route=[{"cidr_block": "0.0.0.0/0", "gateway_id": OTHERS_GATEWAY}],
    ),
    _other(
        "endpoint-of-anybodys-service",
        _ENDPOINT,
        "Whoever offers the service sees what DMS asks for.",
        service_name="com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0",
    ),
    _other(
        "endpoint-without-private-dns",
        _ENDPOINT,
        "DMS asks for its secrets on another way.",
        private_dns_enabled=False,
    ),
    _other(
        "address-of-a-pool",
        _ADDRESS,
        "Whose it is nobody knows.",
        public_ipv4_pool="ipv4pool-ec2-1",
    ),
    _other("address-stated", _ADDRESS, "Whose it is nobody knows.", address="203.0.113.9"),
    _other(
        "another-accounts-group",
        _CLIENTS_IN,
        "Another account's machines reach Aurora.",
        referenced_security_group_id="999999999999/sg-0123456789abcdef0",
    ),
    _other(
        "every-port-of-the-source",
        _SOURCE_OUT,
        "DMS connects to PostgreSQL alone.",
        ip_protocol="-1",
        from_port=None,
        to_port=None,
    ),
    _other(
        "all-of-ipv4-behind-nat64",
        _SOURCE_OUT,
        "NAT64 reaches every address of IPv4 by it.",
        cidr_ipv4=None,
        cidr_ipv6="64:ff9b::/96",
    ),
    _other(
        "another-environments-source",
        "aws_dms_endpoint.source_endpoint",
        "Staging would read production's data.",
        secrets_manager_arn=PRODS_SECRET,
    ),
    _weaker(
        "boundary-of-the-administrator",
        DMS_ROLE,
        "The boundary holds the role to nothing.",
        permissions_boundary="arn:aws:iam::aws:policy/AdministratorAccess",
    ),
    _weaker(
        "boundary-of-awss",
        DMS_ROLE,
        "What AWS writes into its policy nobody here decides.",
        permissions_boundary="arn:aws:iam::aws:policy/PowerUserAccess",
    ),
    _weaker(
        "log-without-key",
        POSTGRES_LOG,
        "Queries stand in it, in clear to who reads logs.",
        kms_key_id=None,
    ),
    _weaker(
        "log-kept-a-day",
        POSTGRES_LOG,
        "Tomorrow nobody can look up what happened today.",
        retention_in_days=1,
    ),
    _weaker("flow-log-of-accept", FLOW_LOG, "Who was refused is not seen.", traffic_type="ACCEPT"),
    _weaker("flow-log-of-reject", FLOW_LOG, "Who came in is not seen.", traffic_type="REJECT"),
    _weaker(
        "topic-without-key", TOPIC, "What goes wrong is kept in clear.", kms_master_key_id=None
    ),
    _weaker(
        "secret-without-key", TARGET_SECRET, "Who may read secrets may read it.", kms_key_id=None
    ),
    _weaker("key-never-rotated", KEY, "Its material stays for ever.", enable_key_rotation=None),
    _weaker("key-not-rotated", KEY, "Its material stays for ever.", enable_key_rotation=False),
    _weaker(
        "cluster-without-log",
        CLUSTER,
        "PostgreSQL's log is on the instances alone.",
        enabled_cloudwatch_logs_exports=None,
    ),
    _weaker(
        "clients-without-tls",
        PARAMETERS,
        "Aurora 15's default lets clients connect in clear.",
        parameter=parameters(PARAMETERS, without=["rds.force_ssl"]),
    ),
    _weaker(
        "foreign-certificate",
        CERTIFICATE,
        "Whoever holds its key is the source to DMS.",
        certificate_pem="-----BEGIN CERTIFICATE-----\nMIIBforeign\n-----END CERTIFICATE-----\n",
    ),
    _weaker(
        "endpoint-for-everything",
        SECRETS_ENDPOINT,
        "By it one reaches every account's secrets.",
        policy=statements({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}),
    ),
    _refused("master-rdsadmin", CLUSTER, "RDS keeps the name.", master_username="rdsadmin"),
    _refused("master-user", CLUSTER, "A word of PostgreSQL's.", master_username="User"),
    _refused("database-rdsadmin", CLUSTER, "RDS keeps the name.", database_name="rdsadmin"),
    Held(
        name="first-second-topic-of-a-name",
        edit=[
            *recorded_steps(),
            creates("aws_sns_topic.again", name="aurora-ferry-staging-alarms", fifo_topic=False),
        ],
        expected=SECOND_OR_BLOCKED,
        why="SNS has one topic of a name: two addresses are one, and either that goes takes it.",
        of=NOTHING,
        stack_text=stack_text("staging"),
    ),
)
