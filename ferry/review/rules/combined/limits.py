"""Texts that are too long for AWS, or have letters that it does not take: refused during apply.

What the provider refuses itself stands in no plan, and so not here: descriptions of keys, roles and
alarms, for example.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from ferry.review.plan.objects import members, objects
from ferry.review.plan.values import Hidden
from ferry.review.rules.combined.refused import Together, refusals
from ferry.review.rules.combined.settings import read_object
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from ferry.review.plan.plan import Plan

_EC2: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"
_LETTERS: Final = re.compile(r"[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]{0,255}")
_IN_WORDS: Final = (
    "it takes 255 characters at most, letters from a to z, digits, spaces and "
    "._-:/()#,@[]+=&;{{}}!$*"
)
_PATH: Final = re.compile(r"/(?!aws-(?:service-role|reserved)/)(?:[!-~]{1,510}/)?")
_MOST_WIDGETS: Final = 500
_MOST_METRICS_OF_A_WIDGET: Final = 500
_MOST_METRICS: Final = 2500
"""What the page of CloudWatch's quotas said; of the metrics of all widgets together no copy of it that
could be read in November 2026 says more."""


def _has_others(attribute: str) -> Callable[[Mapping[str, Any]], bool]:
    def refused(side: Mapping[str, Any]) -> bool:
        text = side.get(attribute)
        return isinstance(text, str) and not _LETTERS.fullmatch(text)

    return refused


def _longer(attribute: str, most: int) -> Callable[[Mapping[str, Any]], bool]:
    return lambda side: isinstance(side.get(attribute), str) and len(side[attribute]) > most


def _draws_too_much(side: Mapping[str, Any]) -> bool:
    try:
        body = json.loads(side.get("dashboard_body"))  # type: ignore[arg-type]
    except (RecursionError, TypeError, ValueError):
        return False
    widgets = objects(members(body).get("widgets"))
    drawn = [members(it.get("properties")).get("metrics") for it in widgets]
    counts = [len(it) for it in drawn if isinstance(it, list)]
    return (
        len(widgets) > _MOST_WIDGETS
        or max(counts, default=0) > _MOST_METRICS_OF_A_WIDGET
        or sum(counts) > _MOST_METRICS
    )


def _begins_like_an_id(side: Mapping[str, Any]) -> bool:
    return str(side.get("name") or "").lower().startswith("sg-")


def _is_of_awss(attribute: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda side: str(side.get(attribute) or "").startswith("alias/aws/")


def _bears_an_id_twice(side: Mapping[str, Any]) -> bool:
    rules = objects((read_object(side.get("table_mappings")) or {}).get("rules"))
    return any(
        len(said) != len(set(said))
        for name in ("rule-id", "rule-name")
        for said in [[str(it[name]) for it in rules if name in it]]
    )


def _is_no_path_for_a_role(side: Mapping[str, Any]) -> bool:
    path = side.get("path")
    return isinstance(path, str) and bool(path) and not _PATH.fullmatch(path)


LIMITS: Final = (
    Together(
        resource="aws_iam_role",
        attributes=("path",),
        refused=_is_no_path_for_a_role,
        effect="IAM refuses the path {first}: it begins and ends with a slash, and what is below "
        "/aws-service-role/ or /aws-reserved/ is AWS's own.",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    ),
    *(
        Together(
            resource="aws_kms_alias",
            attributes=(attribute,),
            refused=_is_of_awss(attribute),
            effect="KMS refuses {first}: names that begin with alias/aws/ are those of AWS's own keys.",
            source="https://docs.aws.amazon.com/kms/latest/developerguide/alias-create.html",
        )
        for attribute in ("name", "name_prefix")
    ),
    Together(
        resource="aws_dms_replication_task",
        attributes=("table_mappings",),
        refused=_bears_an_id_twice,
        effect="DMS refuses table mappings of which two rules bear one rule-id or rule-name.",
        source="https://docs.aws.amazon.com/dms/latest/userguide/"
        "CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Selections.html",
    ),
    *(
        Together(
            resource=resource,
            attributes=(attribute,),
            refused=_has_others(attribute),
            effect=f"EC2 refuses the {attribute} {{first}}: {_IN_WORDS}",
            source=f"{_EC2}/{page}.html",
        )
        for resource, attribute, page in (
            ("aws_security_group", "description", "API_CreateSecurityGroup"),
            ("aws_security_group", "name", "API_CreateSecurityGroup"),
            ("aws_vpc_security_group_egress_rule", "description", "API_IpRange"),
            ("aws_vpc_security_group_ingress_rule", "description", "API_IpRange"),
        )
    ),
    Together(
        resource="aws_security_group",
        attributes=("name",),
        refused=_begins_like_an_id,
        effect="EC2 refuses the name {first}: groups' ids begin so.",
        source=f"{_EC2}/API_CreateSecurityGroup.html",
    ),
    Together(
        resource="aws_secretsmanager_secret",
        attributes=("description",),
        refused=_longer("description", 2048),
        effect="Secrets Manager refuses a description of more than 2,048 characters.",
        source="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html",
    ),
    Together(
        resource="aws_sns_topic",
        attributes=("display_name",),
        refused=_longer("display_name", 100),
        effect="SNS refuses a display name of more than 100 characters.",
        source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sns-topic.html",
    ),
    Together(
        resource="aws_cloudwatch_dashboard",
        attributes=("dashboard_body",),
        refused=_draws_too_much,
        effect=f"CloudWatch refuses a dashboard of more than {_MOST_WIDGETS} widgets, of more than "
        f"{_MOST_METRICS_OF_A_WIDGET} metrics in one of them or {_MOST_METRICS} in all.",
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html",
    ),
)


def limits_kept(plan: Plan) -> Iterator[Finding]:
    """Texts that AWS refuses. What was found in AWS it has taken; a hidden one may be such a text."""
    if plan.found:
        return
    yield from refusals(LIMITS, plan)
    for row in LIMITS:
        for change in plan.of(row.resource):
            (attribute,) = row.attributes
            if change.changes(attribute) and isinstance(change.after.get(attribute), Hidden):
                yield Finding(
                    danger=Danger.UNCLEAR,
                    change=change,
                    attribute=attribute,
                    effect=Phrase(f"Whether AWS takes its {attribute} is hidden."),
                    source=row.source,
                )
