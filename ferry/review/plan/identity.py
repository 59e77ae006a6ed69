"""Whose plan it is: the account, the region and the environment that it tells, and what was asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from facts.inert import visible
from ferry.review.plan.configuration import AWS
from ferry.review.plan.objects import members
from ferry.review.plan.plan import PlanError
from ferry.review.plan.whole import Identity, Unread, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ferry.review.plan.configuration import Configuration
    from ferry.review.plan.plan import Change
    from ferry.review.plan.values import Json
    from ferry.review.plan.whole import Asked

OF_THE_ACCOUNT: Final = "account"
"""The tag `environment` of what belongs to an account and to none of its environments."""

TAGS: Final = ("environment", "project")
"""The tags by which a plan tells whose it is."""

_ARN: Final = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:(?P<region>[a-z0-9-]*):(?P<account>\d{12}):")
_FIRST_PART: Final = re.compile(r"[a-z0-9]+")
_LONGEST: Final = 80
_OWN_ARN: Final = ("arn", "id", "endpoint_arn", "replication_instance_arn", "replication_task_arn")
_NAMED_BY: Final = (
    "cluster_identifier",
    "identifier",
    "name",
    "replication_instance_id",
    "replication_task_id",
)
"""Attributes that hold names of this project's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """What a plan tells of one thing: each value, and where it first stands.

    Args:
        what: The thing.
        by_provider: By the default provider's configuration.
        by_resources: By the resources that there are or will be.
    """

    what: str
    by_provider: Mapping[str, str] = field(default_factory=dict)
    by_resources: Mapping[str, str] = field(default_factory=dict)

    def agreed(self, asked: Iterable[str], *, shown: Callable[[str], str]) -> str:
        """The one value that is told; empty where none is, or several are.

        Raises:
            PlanError: Something is told, and nothing of it was asked for.
        """
        told = self.by_provider or self.by_resources
        allowed = [it for it in asked if it]
        if allowed and told and not told.keys() & set(allowed):
            other, where = next(iter(told.items()))
            raise PlanError(
                f"This is the plan of another {self.what}: it is of {visible(shown(other))[:_LONGEST]}, as "
                f"{visible(shown(where))[:_LONGEST]} says, and was to be reviewed for {allowed[0]}. Give the plan of "
                f"{allowed[0]}, or the environment that it is of."
            )
        return next(iter(told)) if len(told) == 1 else ""


def identity(
    changes: Sequence[Change],
    found: Configuration,
    asked: Asked,
    *,
    terraform: str,
    shown: Callable[[str], str],
) -> Identity:
    """What a plan tells of itself, compared with what was asked for.

    The provider's configuration speaks first; where it does not tell, the ARNs and tags of what is
    there, and at last the names.

    Args:
        changes: The plan's changes.
        found: Its configuration.
        asked: What was asked for.
        terraform: The version of Terraform that made it.
        shown: What makes texts of the plan that may be shown.

    Raises:
        PlanError: It is another's plan: what it tells, and what was asked for.
    """
    aws = [it for it in found.providers if it.full_name == AWS]
    default = [it for it in aws if not it.alias and ":" not in it.key]
    arns = list(_arns(changes))
    account = _Told(
        what="account",
        by_provider={id_: f"provider {it.key}" for it in default for id_ in it.account_ids},
        by_resources=_first((account, address) for address, _, account in arns),
    )
    region = _Told(
        what="region",
        by_provider={it.region: f"provider {it.key}" for it in default if it.region},
        by_resources=_first((region, address) for address, region, _ in arns),
    )
    environment = _Told(
        what="environment",
        by_provider={
            it.tags["environment"]: f"provider {it.key}"
            for it in default
            if "environment" in it.tags
        },
        by_resources=_first(_tagged(changes)) or _first(_named(changes, asked)),
    )
    own = asked.environment and (asked.environment, OF_THE_ACCOUNT)
    told_account = account.agreed([asked.account_id], shown=shown)
    told_region = region.agreed([asked.region], shown=shown)
    here = (asked.account_id or told_account, asked.region or told_region)
    return Identity(
        account_id=told_account,
        region=told_region,
        environment=environment.agreed(own or (), shown=shown),
        terraform=terraform,
        provider=next((it.version for it in default if it.version), ""),
        elsewhere=(
            *(
                Unread(why=Why.ELSEWHERE, name=f"provider {it.key} ({where})")
                for it in aws
                if (where := _differing([*it.account_ids], it.region, here=here))
            ),
            *(
                Unread(why=Why.ELSEWHERE, name=f"{address} ({where})")
                for address, region_, account_ in arns
                if (where := _differing([account_], region_, here=here))
            ),
        ),
    )


def _differing(accounts: Sequence[str], region: str, *, here: tuple[str, str]) -> str:
    """What is another account or region than this one's."""
    account_here, region_here = here
    others = [it for it in accounts if account_here and it and it != account_here]
    if region and region_here and region != region_here:
        others.append(region)
    return ", ".join(others)


def _first(told: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each value that is told, and where it stands first."""
    found: dict[str, str] = {}
    for value, where in told:
        if value:
            found.setdefault(value, where)
    return found


def _arns(changes: Iterable[Change]) -> Iterator[tuple[str, str, str]]:
    """Each resource's region and account: of its own ARN, or said beside it.

    IAM's ARNs have no region. What belongs to a VPC has its owner, which is another where it is
    shared; from hashicorp/aws 6 on each resource may have a region of its own.
    """
    for change in changes:
        for side in (change.before, change.after) if change.managed else ():
            match = _own_arn(side)
            region = match["region"] if match else side.get("region")
            account = match["account"] if match else side.get("owner_id")
            told = [it if isinstance(it, str) else "" for it in (region, account)]
            if any(told):
                yield change.address, told[0], told[1]
                break


def _own_arn(side: Mapping[str, Json]) -> re.Match[str] | None:
    for name in _OWN_ARN:
        arn = side.get(name)
        if isinstance(arn, str) and (match := _ARN.match(arn)):
            return match
    return None


def _tagged(changes: Iterable[Change]) -> Iterator[tuple[str, str]]:
    for change in changes:
        for side in (change.after, change.before):
            value = members(side.get("tags_all")).get("environment")
            if isinstance(value, str):
                yield value, change.address
                break


def _named(changes: Iterable[Change], asked: Asked) -> Iterator[tuple[str, str]]:
    """What names say: the environment that was asked for, or the first parts of another name."""
    prefix = f"{asked.project}-"
    own = f"{prefix}{asked.environment}"
    for change in changes if asked.project and asked.environment else ():
        for name in (change.before.get(it) or change.after.get(it) for it in _NAMED_BY):
            if isinstance(name, str) and name.startswith(prefix):
                is_own = name == own or name.startswith((f"{own}-", f"{own}/"))
                other = _FIRST_PART.match(name, len(prefix))
                yield asked.environment if is_own else other[0] if other else "", change.address
