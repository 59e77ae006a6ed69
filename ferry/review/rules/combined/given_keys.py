"""Keys that a plan names by their ARN: of the environment's own account and region, or of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferry.review.plan.shown import ours
from ferry.review.rules.combined.own import account_in, is_own, region_in
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Finding, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review.plan.plan import Plan

GIVEN_KEYS: Final = (
    ("aws_cloudwatch_log_group", "kms_key_id"),
    ("aws_dms_endpoint", "kms_key_arn"),
    ("aws_dms_replication_instance", "kms_key_arn"),
    ("aws_rds_cluster", "kms_key_id"),
    ("aws_rds_cluster", "performance_insights_kms_key_id"),
    ("aws_rds_cluster_instance", "performance_insights_kms_key_id"),
    ("aws_secretsmanager_secret", "kms_key_id"),
    ("aws_sns_topic", "kms_master_key_id"),
)
"""What is encrypted, and the attribute that names the key."""

_REGIONS: Final = (
    "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html"
)
_AURORA: Final = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html"
)


LATER: Final = ("performance_insights_kms_key_id",)
"""What may get a key once it is there: one that it has already it keeps, which another row holds."""

KEY_ARN: Final = r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+"
"""A key's ARN; of an alias AWS answers with the key's, which every later plan would change."""


def keys_given(plan: Plan) -> Iterator[Finding]:
    """Something is encrypted from now on with another account's or region's key, named by its ARN."""
    for change, attribute in (
        (change, attribute) for type_, attribute in GIVEN_KEYS for change in plan.of(type_)
    ):
        key = change.after.get(attribute)
        named = change.comes or change.changes(attribute)
        if named and account_in(key, "kms") and plan.region not in {"", region_in(key)}:
            yield Finding(
                danger=Danger.REFUSED,
                change=change,
                attribute=attribute,
                effect=Phrase(
                    "AWS refuses {key}, a key of another region: it encrypts with keys of {region} "
                    "alone.",
                    {"key": change.shown_after(attribute), "region": ours(plan.region)},
                ),
                source=_REGIONS,
            )
        if named and account_in(key, "kms") and not is_own(plan, key, "kms"):
            yield Finding(
                danger=Danger.IRREVERSIBLE,
                change=change,
                attribute=attribute,
                effect=Phrase(
                    "It is encrypted with {key}, a key of another account: whoever administers that "
                    "one can end it, and then nobody reads what is encrypted.",
                    {"key": change.shown_after(attribute)},
                ),
                remedy=Phrase("Ask whether that account is yours, and keeps its keys."),
                source=_AURORA,
            )
