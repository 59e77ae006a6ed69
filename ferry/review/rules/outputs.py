"""Judges where a stack's outputs lead: `ferry`, applications and other stacks go by them.

An output follows what it names: of each value that comes, something in the plan becomes that, and of
each that goes, something stops being it. One that leads elsewhere while what it named stays is told.

Source: https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from facts import outputs
from facts.placement import PARTITIONS
from ferry.review.plan.plan import Neighbours, without_keys
from ferry.review.plan.references import address_in
from ferry.review.plan.values import UNKNOWN, holds_unknown
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from ferry.review.plan.plan import Change, Plan
    from ferry.review.plan.values import Json

    Kind = tuple[str, str]
    Owner = tuple[int, str, str]

_ALARM: Final = "aws_cloudwatch_metric_alarm"
_CLUSTER: Final = "aws_rds_cluster"
_DASHBOARD: Final = "aws_cloudwatch_dashboard"
_DMS: Final = "aws_dms_replication_instance"
_ENDPOINT: Final = "aws_dms_endpoint"
_GROUP: Final = "aws_security_group"
_INSTANCE: Final = "aws_rds_cluster_instance"
_SECRET: Final = "aws_secretsmanager_secret"  # noqa: S105 -- a resource's type
_TASK: Final = "aws_dms_replication_task"

_OF: Final[Mapping[str, tuple[Kind, ...]]] = {
    outputs.CLUSTER_ID: ((_CLUSTER, "cluster_identifier"),),
    outputs.CLUSTER_ARN: ((_CLUSTER, "arn"),),
    outputs.CLUSTER_ENDPOINT: ((_CLUSTER, "endpoint"),),
    outputs.READER_ENDPOINT: ((_CLUSTER, "reader_endpoint"),),
    outputs.CLUSTER_PORT: ((_CLUSTER, "port"),),
    outputs.DATABASE_NAME: ((_CLUSTER, "database_name"),),
    outputs.WRITER_INSTANCE_ID: ((_INSTANCE, "identifier"),),
    outputs.READER_INSTANCE_IDS: ((_INSTANCE, "identifier"),),
    outputs.SECRET_ARN: ((_SECRET, "arn"),),
    outputs.MASTER_SECRET_ARN: ((_SECRET, "arn"),),
    outputs.SOURCE_SECRET_ARN: ((_ENDPOINT, "secrets_manager_arn"),),
    outputs.KMS_KEY_ARN: ((_CLUSTER, "kms_key_id"),),
    outputs.DMS_REPLICATION_INSTANCE_ARN: ((_DMS, "replication_instance_arn"),),
    outputs.DMS_SOURCE_ENDPOINT_ARN: ((_ENDPOINT, "endpoint_arn"),),
    outputs.DMS_TARGET_ENDPOINT_ARN: ((_ENDPOINT, "endpoint_arn"),),
    outputs.DMS_SOURCE_ENDPOINT_ARNS: ((_ENDPOINT, "endpoint_arn"),),
    outputs.DMS_TARGET_ENDPOINT_ARNS: ((_ENDPOINT, "endpoint_arn"),),
    outputs.DMS_TASK_ARN: ((_TASK, "replication_task_arn"),),
    outputs.DMS_TASK_ARNS: ((_TASK, "replication_task_arn"),),
    outputs.DMS_BACK_TASK_ARNS: ((_TASK, "replication_task_arn"),),
    outputs.DMS_AGAIN_TASK_ARNS: ((_TASK, "replication_task_arn"),),
    outputs.REVERSE_SECRET_ARN: ((_ENDPOINT, "secrets_manager_arn"),),
    outputs.VPC_ID: ((_GROUP, "vpc_id"),),
    outputs.AURORA_SUBNET_IDS: (("aws_db_subnet_group", "subnet_ids"),),
    outputs.DMS_SUBNET_IDS: (
        ("aws_dms_replication_subnet_group", "subnet_ids"),
        ("aws_vpc_endpoint", "subnet_ids"),
        ("aws_subnet", "id"),
    ),
    outputs.AURORA_SECURITY_GROUP_ID: ((_CLUSTER, "vpc_security_group_ids"),),
    outputs.DMS_SECURITY_GROUP_ID: ((_DMS, "vpc_security_group_ids"),),
    outputs.CLIENTS_SECURITY_GROUP_ID: ((_GROUP, "id"),),
    outputs.ALARM_TOPIC_ARN: ((_ALARM, "alarm_actions"),),
    outputs.DASHBOARD_URL: ((_DASHBOARD, "dashboard_name"),),
}
"""What each of the stacks' outputs is: an attribute of some type, or something in it."""

_READER: Final = re.compile(outputs.reader_instance_id(1).replace("1", "[1-9][0-9]*"))
_DASHBOARD_PAGE: Final = re.compile(
    rf"https://[a-z0-9-]+\.(?:{'|'.join(re.escape(it.console_domain) for it in PARTITIONS)})"
    r"/cloudwatch/home\?region=[a-z0-9-]+#dashboards/dashboard/([\w-]+)"
)

_READ_BY: Final = "Applications and ferry go by it."
_ELSEWHERE: Final = (
    f"It leads elsewhere: to {{after}}, where it led to {{before}}, and nothing that it names became "
    f"that. {_READ_BY}"
)
_NEVER_THAT: Final = f"Nothing that it should name is known to be {{after}}. {_READ_BY}"
_GONE: Final = f"It goes, and what it names stays: {{before}}. {_READ_BY}"


class _Owners:
    """What in a plan, drift included, is each of some values, and what becomes and stops being it."""

    def __init__(self, plan: Plan, wanted: Collection[Json]) -> None:
        self._plan = plan
        self._neighbours: Neighbours = next((it.neighbours for it in plan.changes), Neighbours())
        self._decided: dict[tuple[AbstractSet[str], Collection[Kind]], bool] = {}
        self._referred: dict[Kind, Mapping[str, Sequence[AbstractSet[str]]]] = {}
        self._before: dict[Json, set[Owner]] = {}
        self._after: dict[Json, set[Owner]] = {}
        for change in (*plan.changes, *plan.drift) if wanted else ():
            for side, found in ((change.before, self._before), (change.after, self._after)):
                for attribute, value in side.items():
                    for item in value if isinstance(value, list) else (value,):
                        if isinstance(item, str | int | float) and item in wanted:
                            owner = id(change), change.type, attribute
                            found.setdefault(item, set()).add(owner)

    def will_be(self, leaf: Json, name: str) -> bool:
        """Whether something of an output's kind will be a value."""
        return bool(_of(self._after, leaf, name)) or self._is_decided(leaf, name)

    def become(self, leaf: Json, name: str) -> bool:
        """Whether something of an output's kind will be a value that it was not."""
        came = _of(self._after, leaf, name) - _of(self._before, leaf, name)
        return bool(came) or self._is_decided(leaf, name)

    def stop(self, leaf: Json, name: str) -> bool:
        """Whether something of an output's kind will no longer be a value that it was."""
        return bool(_of(self._before, leaf, name) - _of(self._after, leaf, name))

    def _is_decided(self, leaf: Json, name: str) -> bool:
        """Whether AWS alone will say the value, and all that it refers to is of the output's kind.

        What is of its kind may refer to the same as the output does, as a subnet group to subnets.
        """
        references = frozenset(map(without_keys, self._plan.configuration.outputs.get(name, ())))
        if leaf is not UNKNOWN or not references:
            return False
        asked = references, _kinds(name) or _kinds_in(references)
        if asked not in self._decided:
            self._decided[asked] = self._refers(*asked)
        return self._decided[asked]

    def _refers(self, references: AbstractSet[str], kinds: Collection[Kind]) -> bool:
        addresses = frozenset(map(address_in, references))
        found: dict[str, list[Json]] = {}
        for address in addresses:
            for change in self._neighbours.get(address, ()):
                for type_, attribute in kinds:
                    if type_ == change.type and f"{address}.{attribute}" in references:
                        found.setdefault(address, []).append(change.after.get(attribute))
        if addresses <= found.keys() and holds_unknown(list(found.values())):
            return True
        one = min(addresses)
        return any(addresses <= it for kind in kinds for it in self._unknown(kind).get(one, ()))

    def _unknown(self, kind: Kind) -> Mapping[str, Sequence[AbstractSet[str]]]:
        """What unknown attributes of a kind refer to, by each address that they refer to."""
        if kind not in self._referred:
            found: dict[str, list[AbstractSet[str]]] = {}
            type_, attribute = kind
            for change in self._plan.of(type_):
                if holds_unknown(change.after.get(attribute)):
                    named = frozenset((change.references or {}).get(attribute, ()))
                    for address in named:
                        found.setdefault(address, []).append(named)
            self._referred[kind] = found
        return self._referred[kind]


def where_outputs_lead(plan: Plan) -> Iterator[Finding]:
    """What is told of the outputs that change."""
    sides = [side.get(name) for name, it in plan.outputs.items() for side in (it.before, it.after)]
    owners = _Owners(plan, {_named(leaf) for side in sides for leaf in _leaves(side)})
    for name, change in plan.outputs.items():
        said = _said(change, name, owners)
        if said:
            values = change.shown_sides(name)
            yield Finding(danger=Danger.UNCLEAR, change=change, effect=Phrase(said, values))


def _said(change: Change, name: str, owners: _Owners) -> str:
    """What is to be said of an output; nothing where it follows what it names."""
    old, new = (set(_leaves(it.get(name))) for it in (change.before, change.after))
    goes, comes = old - new, new - old
    if not old:
        # Nobody has read it yet; what bears one of our names is read by that.
        right = not _kinds(name) or all(owners.will_be(it, name) for it in comes)
        return "" if right else _NEVER_THAT
    follows = all(owners.stop(it, name) for it in goes)
    if not new:
        return "" if follows or not _kinds(name) else _GONE
    follows = follows and all(owners.become(it, name) for it in comes)
    return "" if follows else _ELSEWHERE


def _kinds(name: str) -> Collection[Kind]:
    """What an output is; empty for one that the stacks do not have, which may be anything."""
    return _OF[outputs.WRITER_INSTANCE_ID] if _READER.fullmatch(name) else _OF.get(name, ())


def _kinds_in(references: AbstractSet[str]) -> Collection[Kind]:
    """The attributes that references name, by the address that each begins with."""
    return tuple(
        sorted(
            (address.split(".")[-2], text.removeprefix(f"{address}.").partition(".")[0])
            for text in references
            if (address := address_in(text)) and text.startswith(f"{address}.")
        )
    )


def _of(owners: Mapping[Json, AbstractSet[Owner]], leaf: Json, name: str) -> AbstractSet[Owner]:
    """What is a value, of an output's kind."""
    kinds = _kinds(name)
    found = owners.get(_named(leaf), frozenset())
    return {it for it in found if it[1:] in kinds} if kinds else found


def _leaves(value: Json) -> Iterator[Json]:
    """What stands in a value, at any depth; nothing of what is empty."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict() as members:
                waiting += members.values()
            case list() as items:
                waiting += items
            case None | "":
                pass
            case leaf:
                yield leaf


def _named(leaf: Json) -> Json:
    """What a value names: of a dashboard's page, the dashboard; all else is itself."""
    page = _DASHBOARD_PAGE.fullmatch(leaf) if isinstance(leaf, str) else None
    return page[1] if page else leaf
