"""Whether the bucket of the Terraform states is there and set up right."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from ferry.account import Unanswered, asked
from ferry.deployment.state_bucket import bucket_of, find
from ferry.findings import Finding, blocked, not_judged, right, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from types_boto3_s3 import S3Client

    from ferry.check.account.subject import Subject
    from ferry.deployment.state_bucket import Bucket
    from settings.environment import Environment

BUCKET: Final = "state-bucket"


@dataclass(frozen=True, kw_only=True, slots=True)
class StateBucket:
    """The bucket as it is.

    Args:
        is_ours: Whether the account owns it, as far as the credentials may see.
        region: Where it is.
        wrong: The settings that are not as they should be, in words.
        unread: The settings that AWS did not tell, and why.
    """

    is_ours: bool = True
    region: str = ""
    wrong: tuple[str, ...] = ()
    unread: Mapping[str, Unanswered] = field(default_factory=dict)


def check(subject: Subject) -> Iterator[Finding]:
    """Look at the bucket, and judge it."""
    wanted = bucket_of(subject.environment)
    found = asked(
        f"look for the bucket {wanted.name}", lambda: _state_bucket(subject.account.s3, wanted)
    )
    if isinstance(found, Unanswered):
        yield not_judged(BUCKET, f"The bucket {wanted.name}", why=found.why, remedy=found.remedy)
    else:
        yield from judge(subject.environment, found)


def _state_bucket(s3: S3Client, bucket: Bucket) -> StateBucket | None:
    found = find(s3, bucket)
    if found is None:
        return None
    if not found.is_ours or found.region != bucket.region:
        return StateBucket(is_ours=found.is_ours, region=found.region)
    answers = {
        setting.what: asked(
            f"read '{setting.what}' of the bucket {bucket.name}",
            partial(setting.is_right, s3, bucket),
        )
        for setting in bucket.settings
    }
    return StateBucket(
        region=found.region,
        wrong=tuple(what for what, answer in answers.items() if answer is False),
        unread={what: answer for what, answer in answers.items() if isinstance(answer, Unanswered)},
    )


def judge(environment: Environment, bucket: StateBucket | None) -> list[Finding]:
    """Whether the bucket is there, in the account and region that Terraform looks in, and right."""
    name, home = environment.state_bucket, environment.aws.home_region
    own = environment.aws.state_bucket
    bootstrap = f"ferry bootstrap {environment.name}"
    if bucket is None:
        return [
            blocked(
                BUCKET,
                f"There is no bucket {name}.",
                why="terraform init fails: the states are kept there.",
                remedy=f"Run '{bootstrap}' once for the account."
                if own is None
                else f"Correct aws.state_bucket in {environment.name}.toml, or have it made.",
            )
        ]
    if not bucket.is_ours:
        return [
            blocked(
                BUCKET,
                f"The bucket {name} exists, but account {environment.aws.account_id} does not "
                "own it or your credentials may not see it.",
                why="terraform init fails, and no state must go into another account's bucket.",
                remedy="If the bucket is the account's own, you need s3:ListBucket on it. If not, "
                + (
                    "choose another tags.project: the bucket's name begins with it."
                    if own is None
                    else "give one of the account's in aws.state_bucket."
                ),
            )
        ]
    if bucket.region != home:
        return [
            blocked(
                BUCKET,
                f"The bucket {name} is in {bucket.region}; the file has Terraform look in {home}.",
                why="terraform init fails: S3 answers from the bucket's own region alone.",
                remedy=f'Set aws.state_region = "{bucket.region}" in the files of the account'
                + (
                    ", or delete the bucket where it is empty and not needed."
                    if own is None
                    else ", or give a bucket of that region in aws.state_bucket."
                ),
            )
        ]
    findings = [
        not_judged(BUCKET, f"The bucket's {what}", why=answer.why, remedy=answer.remedy)
        for what, answer in bucket.unread.items()
    ]
    if bucket.wrong:
        findings.append(
            warning(
                BUCKET,
                f"The bucket {name} is not set up as it should be. Wanted: "
                f"{'; '.join(bucket.wrong)}.",
                why="A state holds all that an environment is; these settings keep others out and "
                "earlier versions at hand.",
                remedy=f"Run '{bootstrap}': it mends what is wrong and leaves the rest alone."
                if own is None
                else "Ask whoever has it; ferry leaves it as it is.",
            )
        )
    if findings:
        return findings
    return [right(BUCKET, f"The bucket {name} is there and set up right.")]
