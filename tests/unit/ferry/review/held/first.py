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

from tests.unit.ferry.review.held.base import account, created, deployed, stack
from tests.unit.ferry.review.held.edits import (
    NOTHING,
    SAFE,
    SECOND_OR_BLOCKED,
    UNKNOWN,
    Held,
    creates,
)
from tests.unit.ferry.review.held.names import (
    OTHERS_ENDPOINT,
    OTHERS_GATEWAY,
    OTHERS_INTERFACE,
    OTHERS_TRANSIT,
    PRODS_SECRET,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ferry.review.plan.values import Json
    from tests.unit.ferry.review.held.edits import Step

_LOOKED_UP: Final = re.compile(
    r'startswith\(arn, "(?P<beginning>arn:aws:secretsmanager:[^"]+/source-)"\)'
)
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


def _staging() -> tuple[Step, ...]:
    return tuple(
        creates(deployed()[name].address, **_recorded(change["after"], change["after_unknown"]))
        for name, change in created().items()
    )


def _decided_by_aws() -> dict[str, set[str]]:
    """What is not known before, by type, as staging's first plan says it."""
    found: dict[str, set[str]] = {}
    for name, change in created().items():
        unknown = {key for key, value in change["after_unknown"].items() if value is True}
        found.setdefault(name.partition(".")[0], set()).update(unknown)
    return found


def _planned(name: str, value: Json) -> Json:
    """What is written down, UNKNOWN where it comes from something that is not there yet.

    The source's secret is there: a data source finds it while the plan is made. A write-only
    argument is in no plan.
    """
    if isinstance(value, dict):
        return {key: _planned(key, it) for key, it in value.items()}
    if isinstance(value, list):
        return [_planned(name, it) for it in value]
    if found := _LOOKED_UP.search(str(value)):
        return f"{found['beginning']}AbCdEf"
    if not isinstance(value, str) or "${" not in value:
        return value
    return None if name.endswith("_wo") else UNKNOWN


def _arguments(body: Mapping[str, Any], found: Mapping[str, str]) -> dict[str, Any]:
    """The arguments, with what is named by a local in its place."""
    return {
        key: _planned(key, found.get(it, it) if isinstance(it, str) else it)
        for key, it in body.items()
        if key not in _NO_ARGUMENTS
    }


def _synthesized(environment: str) -> tuple[Step, ...]:
    decided = _decided_by_aws()
    found = {f"${{local.{name}}}": it for name, it in stack(environment)["locals"].items()}
    return tuple(
        creates(
            f"{type_}.{name}",
            **dict.fromkeys(decided.get(type_, {"id", "arn"}), UNKNOWN) | _arguments(body, found),
        )
        for type_, bodies in stack(environment)["resource"].items()
        for name, body in bodies.items()
    )


def _of_the_account() -> tuple[Step, ...]:
    decided = ("arn", "id", "create_date", "unique_id")
    return tuple(
        creates(
            it.address,
            **{key: UNKNOWN if key in decided else value for key, value in it.values.items()},
        )
        for it in account().values()
    )


def _stack_text(environment: str) -> str:
    """The environment's cdk.tf.json; its snapshot leaves out what cdktf writes of itself."""
    metadata = {"metadata": {"stackName": environment, "version": "0.21.0"}}
    return json.dumps({"//": metadata, **stack(environment)})


ROWS: Final = (
    Held(
        name="first-deployment-of-staging",
        edit=_staging(),
        expected=SAFE,
        why="Nothing is there that could be lost, and what is made is as the example says.",
        of=NOTHING,
        stack_text=_stack_text("staging"),
    ),
    Held(
        name="first-deployment-of-dev",
        edit=_synthesized("dev"),
        expected=SAFE,
        why="Nothing is there that could be lost, and what is made is as the example says.",
        of=NOTHING,
        environment="dev",
        stack_text=_stack_text("dev"),
    ),
    Held(
        name="first-deployment-of-prod",
        edit=_synthesized("prod"),
        expected=SAFE,
        why="Nothing is there that could be lost, and what is made is as the example says.",
        of=NOTHING,
        environment="prod",
        stack_text=_stack_text("prod"),
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
    steps = [replace(it, to={**it.to, **to}) if it.name == address else it for it in _staging()]
    return Held(
        name=f"first-{name}",
        edit=steps,
        expected=SECOND_OR_BLOCKED,
        why=why,
        of=NOTHING,
        stack_text=_stack_text("staging"),
    )


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
)
