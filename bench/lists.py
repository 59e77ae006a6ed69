"""Plans of one resource of which one attribute is very long, and other before than after.

Half of the items are the same on both sides; of the rest, one half goes and the other comes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bench.plans import ACCOUNT, Mix, arn, change

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    _Written = Callable[[list[Any]], Any]

_STAY: Final = 2
"""Of every how many items one is the same on both sides."""


def _long(
    name: str,
    type_: str,
    attribute: str,
    item: Callable[[int], Any],
    *,
    written: _Written = list,
    others: Mapping[str, Any] | None = None,
    made: bool = False,
) -> Mix:
    """One resource with a long list.

    Args:
        name: What the table calls it.
        type_: The resource's type.
        attribute: The attribute that is long.
        item: Makes the item of a number, no two alike.
        written: Makes the attribute's value of the items.
        others: The resource's other attributes; none by default.
        made: Whether the resource is made, and not changed.
    """

    def side(of: int, *, after: bool) -> Mapping[str, Any]:
        numbers = ((it + of) if after and it % _STAY else it for it in range(of))
        return {**(others or {}), attribute: written([item(it) for it in numbers])}

    def only(number: int, of: int) -> Mapping[str, Any]:
        if number:
            return {}
        before = None if made else side(of, after=False)
        return change(type_, number, before, side(of, after=True))

    return Mix(name=name, change=only)


def _address(number: int) -> str:
    return f"{number % 223 + 1}.{number // 223 % 256}.{number // 57088}.0/24"


def _ingress(number: int) -> Mapping[str, Any]:
    return {
        "cidr_blocks": [_address(number)], "description": f"office {number}", "from_port": 5432,
        "ipv6_cidr_blocks": [], "prefix_list_ids": [], "protocol": "tcp", "security_groups": [],
        "self": False, "to_port": 5432,
    }  # fmt: skip


def _ports(number: int) -> Mapping[str, Any]:
    return {**_ingress(number), "from_port": number, "to_port": number + 1}


def _selection(number: int) -> Mapping[str, Any]:
    return {
        "rule-type": "selection", "rule-id": str(number), "rule-name": str(number),
        "rule-action": "exclude" if number % 4 > 1 else "include",
        "object-locator": {"schema-name": "app", "table-name": f"table_{number}"},
    }  # fmt: skip


def _transformation(number: int) -> Mapping[str, Any]:
    return {**_selection(number), "rule-type": "transformation", "rule-action": "rename"}


def _rules(rules: list[Any]) -> str:
    return json.dumps({"rules": rules})


def _statement(number: int) -> Mapping[str, Any]:
    return {
        "Sid": f"Statement{number}", "Effect": "Deny" if number % 8 > 5 else "Allow",  # noqa: PLR2004 (a quarter)
        "Action": ["kms:Decrypt", f"kms:Action{number}*"],
        "Resource": arn("kms", f"key/{number}"),
    }  # fmt: skip


def _of_a_key(number: int) -> Mapping[str, Any]:
    return {**_statement(number), "Principal": {"AWS": _identity(number)}}


def _policy(statements: list[Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _one_statement(element: str) -> _Written:
    """Writes a policy of one statement, of which one element is long."""
    alone = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    if element == "NotAction":
        del alone["Action"]

    def written(names: list[Any]) -> str:
        return _policy([{**alone, element: {"AWS": names} if element == "Principal" else names}])

    return written


def _action(number: int) -> str:
    return f"kms:Action{number}"


def _identity(number: int) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/r-{number}"


def _subnet(number: int) -> str:
    return f"subnet-{number}"


def _itself(number: int) -> int:
    return number


def _parameter(number: int) -> Mapping[str, Any]:
    return {"name": f"parameter_{number}", "value": f"{number}", "apply_method": "immediate"}


_TASK: Final[Mapping[str, Any]] = {
    "replication_task_id": "task", "status": "running", "migration_type": "full-load-and-cdc",
    "source_endpoint_arn": arn("dms", "endpoint:S"), "target_endpoint_arn": arn("dms", "endpoint:T"),
    "replication_instance_arn": arn("dms", "rep:I"), "start_replication_task": False,
}  # fmt: skip


def _tags(numbers: list[Any]) -> Mapping[str, str]:
    return {f"tag-{it}": f"of {it}" for it in numbers}


def _settings(numbers: list[Any]) -> str:
    return json.dumps({"FullLoadSettings": {f"Setting{it}": it for it in numbers}})


def _inline(number: int) -> Mapping[str, Any]:
    return {"name": f"policy-{number}", "policy": _policy([_statement(number)])}


def _group(name: str, item: Callable[[int], Any], *, made: bool = False) -> Mix:
    others: Mapping[str, Any] = {"egress": []}
    return _long(name, "aws_security_group", "ingress", item, others=others, made=made)


def _task(name: str, attribute: str, item: Callable[[int], Any], written: _Written) -> Mix:
    return _long(name, "aws_dms_replication_task", attribute, item, written=written, others=_TASK)


def _of_role(name: str, *, made: bool = False) -> Mix:
    return _long(
        name, "aws_iam_role_policy", "policy", _statement,
        written=_policy, others={"role": "role"}, made=made,
    )  # fmt: skip


def _key(name: str, item: Callable[[int], Any], written: _Written) -> Mix:
    return _long(name, "aws_kms_key", "policy", item, written=written)


LISTS: Final = (
    _group("ingress blocks, of ranges", _ingress),
    _group("ingress blocks, of ports", _ports),
    _group("ingress blocks of a new group", _ports, made=True),
    _task("selection rules of a task", "table_mappings", _selection, _rules),
    _task("transformation rules of a task", "table_mappings", _transformation, _rules),
    _task("settings of a task", "replication_task_settings", _itself, _settings),
    _long(
        "connection attributes", "aws_dms_endpoint", "extra_connection_attributes",
        lambda it: f"option{it}={it}", written=";".join, others={"endpoint_type": "source"},
    ),
    _of_role("statements of a role's policy"),
    _of_role("statements of a new role's policy", made=True),
    _long("inline policies of a role", "aws_iam_role", "inline_policy", _inline),
    _long(
        "policies attached to a role", "aws_iam_role", "managed_policy_arns",
        lambda it: f"arn:aws:iam::aws:policy/Policy{it}",
    ),
    _key("statements of a key's policy", _of_a_key, _policy),
    _key("actions of a statement", lambda it: f"kms:Action{it}*", _one_statement("Action")),
    _key("actions that a statement leaves out", _action, _one_statement("NotAction")),
    _key("principals of a statement", _identity, _one_statement("Principal")),
    _long("parameters", "aws_db_parameter_group", "parameter", _parameter),
    _long("subnets of a subnet group", "aws_db_subnet_group", "subnet_ids", _subnet),
    _long("subnets of an endpoint", "aws_vpc_endpoint", "subnet_ids", _subnet),
    _long(
        "routes of a table", "aws_route_table", "route",
        lambda it: {"cidr_block": _address(it), "gateway_id": f"igw-{it}"},
    ),
    _long("tags", "aws_rds_cluster", "tags", _itself, written=_tags),
    _long("groups of a cluster", "aws_rds_cluster", "vpc_security_group_ids", lambda it: f"sg-{it}"),
    _long(
        "topics of an alarm", "aws_cloudwatch_metric_alarm", "alarm_actions",
        lambda it: arn("sns", f"topic-{it}"),
    ),
    _long(
        "sources of an event subscription", "aws_db_event_subscription", "source_ids",
        lambda it: f"instance-{it}", others={"source_type": "db-instance"},
    ),
)  # fmt: skip
