"""What is deployed: the environment staging as a plan of which nothing changes.

Its resources are those of recorded/everything-gone.json, which is what they were before all of them
were destroyed, and what Terraform found of them when it looked, which is the plan's drift; a transit
gateway's attachment and route come from transit-gateway-gone.json, moved into staging. A resource's
name is its address without cdktf's hash.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.unit.ferry.review.recorded import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ferry.review.plan.values import Json

ACCOUNT = "111122223333"
ACCOUNTS = {"dev": ACCOUNT, "prod": "444455556666", "staging": ACCOUNT}
REGION = "eu-central-1"
ENVIRONMENT = "staging"
PROJECT = "aurora-ferry"
AWS = "registry.terraform.io/hashicorp/aws"

SNAPSHOTS = Path("tests/unit/stacks/__snapshots__/test_snapshots")
_ROOT = Path(__file__).parents[5]
_TABLE = "aws_route_table.network_dms-1-routes"
_HASH = re.compile(r"_[0-9A-F]{8}$")
_EXPRESSION = re.compile(r"\$\{([^}]*)\}")
_REFERENCE = re.compile(r"(?:\b(?:data|ephemeral)\.)?\b[a-z]\w*\.[A-Za-z][\w-]*(?:\.[a-z_]+)?")
_MOVED_INTO_STAGING = {
    "444455556666": ACCOUNT,
    "aurora-ferry-prod": "aurora-ferry-staging",
    '"environment": "prod"': '"environment": "staging"',
    '"cost-centre": "4711", ': "",
}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource as it is deployed.

    Args:
        address: Terraform's address.
        values: Its attributes.
        mask: Which of them are sensitive, as the plan says it.
    """

    address: str
    values: Mapping[str, Any]
    mask: Mapping[str, Any]

    @property
    def type(self) -> str:
        return self.address.partition(".")[0]


def short(address: str) -> str:
    """An address without cdktf's hash."""
    return _HASH.sub("", address)


def _recorded(name: str) -> Json:
    return json.loads((FOLDER / f"{name}.json").read_text())


@cache
def stack(environment: str) -> dict[str, Any]:
    """An environment's synthesized stack."""
    name = f"test_the_stack_is_as_reviewed[{environment}].json"
    found: dict[str, Any] = json.loads((_ROOT / SNAPSHOTS / name).read_text())
    return found


def _destroyed(plan: Json, *names: str) -> Iterable[Resource]:
    for item in plan["resource_changes"]:
        change = item["change"]
        if not names or short(item["address"]) in names:
            yield Resource(
                address=item["address"], values=change["before"], mask=change["before_sensitive"]
            )


def _transit_gateway(network: Mapping[str, Resource]) -> Iterable[Resource]:
    """The attachment and the route, in the network that is there."""
    text = json.dumps(_recorded("transit-gateway-gone"))
    for old, new in _MOVED_INTO_STAGING.items():
        text = text.replace(old, new)
    ids = {name: it.values["id"] for name, it in network.items()}
    table = ids[_TABLE]
    moved: dict[str, dict[str, Any]] = {
        "aws_ec2_transit_gateway_vpc_attachment.route-to-source_attachment": {
            "subnet_ids": [ids[f"aws_subnet.network_dms-{it}"] for it in (1, 2, 3)],
            "vpc_id": ids["aws_vpc.network_vpc"],
        },
        "aws_route.route-to-source_route-1": {
            "id": f"r-{table}3246677288",
            "route_table_id": table,
        },
    }
    for it in _destroyed(json.loads(text), *moved):
        yield replace(it, values={**it.values, **moved[short(it.address)]})


def _as_running(resource: Resource) -> Resource:
    """What local AWS, which the plan was recorded on, does not say: the task that runs."""
    running = {"status": "running"} if resource.type == "aws_dms_replication_task" else {}
    return replace(resource, values={**resource.values, **running})


def _showing(table: Resource, route: Resource) -> Resource:
    """A route table as Terraform finds it with another route, which is a resource of its own."""
    shown = table.values["route"]
    as_shown = {it: route.values.get(it) or "" for it in shown[0]}
    as_shown["cidr_block"] = route.values["destination_cidr_block"]
    return replace(table, values={**table.values, "route": [*shown, as_shown]})


@cache
def deployed() -> Mapping[str, Resource]:
    """The environment's resources by name."""
    found = {short(it.address): it for it in _destroyed(_recorded("everything-gone"))}
    for name, seen in _drift("after").items():
        found[name] = replace(found[name], values={**found[name].values, **seen})
    found |= {short(it.address): it for it in _transit_gateway(found)}
    found[_TABLE] = _showing(found[_TABLE], found["aws_route.route-to-source_route-1"])
    return {name: _as_running(it) for name, it in found.items()}


@dataclass(frozen=True, kw_only=True)
class Base:
    """What a plan begins with.

    Args:
        resources: The resources by name.
        unseen: Attributes as Terraform had them before it looked for this plan, by name; what it
            finds otherwise is drift.
    """

    resources: Mapping[str, Resource]
    unseen: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@cache
def refreshed() -> Base:
    """As Terraform has it in its state once it has looked."""
    return Base(resources=deployed())


@cache
def just_applied() -> Base:
    """As Terraform made it and did not look since: nothing shows what others are part of it."""
    unseen = _drift("before")
    return Base(
        resources={
            name: replace(it, values={**it.values, **unseen.get(name, {})})
            for name, it in deployed().items()
        }
    )


@cache
def seen_first() -> Base:
    """As Terraform finds it when it looks for the first time, in this plan."""
    return Base(resources=deployed(), unseen=_drift("before"))


@cache
def _drift(side: str) -> Mapping[str, Mapping[str, Any]]:
    """What Terraform had, or found when it looked, by name."""
    drift = _recorded("everything-gone")["resource_drift"]
    return {short(it["address"]): it["change"][side] for it in drift}


@cache
def account() -> Mapping[str, Resource]:
    """The account stack's resources by name: the roles that DMS finds by theirs."""
    found: dict[str, Resource] = {}
    for role, policy in {
        "dms-vpc-role": "AmazonDMSVPCManagementRole",
        "dms-cloudwatch-logs-role": "AmazonDMSCloudWatchLogsRole",
    }.items():
        trust = {
            "Statement": [
                {
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
                    "Effect": "Allow",
                    "Principal": {"Service": "dms.amazonaws.com"},
                }
            ],
            "Version": "2012-10-17",
        }
        monitoring = deployed()["aws_iam_role.aurora_monitoring-role"]
        values = {
            **monitoring.values,
            "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}",
            "assume_role_policy": json.dumps(trust, separators=(",", ":")),
            "description": "AWS DMS finds it by its name",
            "id": role,
            "managed_policy_arns": [f"arn:aws:iam::aws:policy/service-role/{policy}"],
            "name": role,
            "tags": None,
        }
        found[f"aws_iam_role.{role}"] = Resource(
            address=f"aws_iam_role.{role}", values=values, mask=monitoring.mask
        )
        attached = {
            "id": f"{role}-20261125184055290500000001",
            "policy_arn": f"arn:aws:iam::aws:policy/service-role/{policy}",
            "role": role,
        }
        found[f"aws_iam_role_policy_attachment.{role}"] = Resource(
            address=f"aws_iam_role_policy_attachment.{role}", values=attached, mask={}
        )
    return found


@cache
def created() -> Mapping[str, Mapping[str, Any]]:
    """What Terraform planned for each resource when there was nothing, by name."""
    return {
        short(item["address"]): item["change"]
        for item in _recorded("everything-new")["resource_changes"]
    }


def expressions(body: Mapping[str, Any]) -> dict[str, Any]:
    """A resource's arguments as a plan's configuration shows those of JSON: as they are written."""
    found: dict[str, Any] = {}
    for name, value in body.items():
        if name in {"//", "lifecycle", "depends_on", "provider", "provisioner"}:
            continue
        inside = " ".join(_EXPRESSION.findall(json.dumps(value)))
        references = sorted(set(_REFERENCE.findall(inside)))
        found[name] = {"constant_value": value}
        if references:
            found[name]["references"] = references
    return found


@cache
def configuration(environment: str = ENVIRONMENT) -> dict[str, Any]:
    """The plan's configuration, made of the stack."""
    return configured(stack(environment))


def configured(synthesized: Mapping[str, Any]) -> dict[str, Any]:
    """A synthesized stack as a plan's configuration shows it."""
    outputs = {name: {"expression": it} for name, it in expressions(_values(synthesized)).items()}
    resources = [
        {
            "address": f"{prefix}{type_}.{name}",
            "mode": mode,
            "type": type_,
            "name": name,
            "provider_config_key": "terraform" if type_ == "terraform_data" else "aws",
            "expressions": expressions(body),
            "schema_version": 0,
        }
        for mode, prefix, part in (("managed", "", "resource"), ("data", "data.", "data"))
        for type_, bodies in synthesized[part].items()
        for name, body in bodies.items()
    ]
    [provider] = synthesized["provider"]["aws"]
    return {
        "provider_config": {
            "aws": {
                "name": "aws",
                "full_name": AWS,
                "version_constraint": "5.100.0",
                "expressions": expressions(provider),
            },
            "terraform": {
                "name": "terraform",
                "full_name": "terraform.io/builtin/terraform",
            },
        },
        "root_module": {"outputs": outputs, "resources": resources},
    }


def _values(synthesized: Mapping[str, Any]) -> dict[str, Any]:
    return {name: it["value"] for name, it in synthesized["output"].items()}


def outputs(synthesized: Mapping[str, Any], known: Mapping[str, Json]) -> dict[str, Json]:
    """What a stack's outputs are.

    Args:
        synthesized: The stack.
        known: What stands for each expression of the stack's, ``${...}``.
    """
    return {name: _said(value, known) for name, value in _values(synthesized).items()}


def _said(value: Json, known: Mapping[str, Json]) -> Json:
    if isinstance(value, dict):
        return {key: _said(it, known) for key, it in value.items()}
    if isinstance(value, list):
        return [_said(it, known) for it in value]
    return known[value] if isinstance(value, str) and value.startswith("${") else value


@cache
def deployed_outputs() -> Mapping[str, Json]:
    """The environment's outputs."""
    values = {
        f"${{{it.address}.{name}}}": value
        for it in deployed().values()
        for name, value in it.values.items()
    }
    found = stack(ENVIRONMENT)
    source = deployed()["aws_dms_endpoint.source_endpoint"].values["secrets_manager_arn"]
    local = {f"${{local.{name}}}": source for name in found["locals"]}
    return outputs(found, {**local, **values})


@cache
def checks(environment: str) -> list[dict[str, Any]]:
    """The plan's checks, which all hold: the stack's own, and the conditions of its resources."""
    synthesized = stack(environment)
    addresses = [
        {"kind": "check", "name": name, "to_display": f"check.{name}"}
        for name in synthesized["check"]
    ] + [
        {
            "kind": "resource",
            "mode": mode,
            "name": name,
            "to_display": f"{prefix}{type_}.{name}",
            "type": type_,
        }
        for mode, prefix, part in (("managed", "", "resource"), ("data", "data.", "data"))
        for type_, bodies in synthesized[part].items()
        for name, body in bodies.items()
        if {"precondition", "postcondition"} & set(body.get("lifecycle", {}))
    ]
    return [
        {
            "address": it,
            "status": "pass",
            "instances": [{"address": {"to_display": it["to_display"]}, "status": "pass"}],
        }
        for it in addresses
    ]
