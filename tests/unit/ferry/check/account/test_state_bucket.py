"""What is said of the states' bucket."""

from __future__ import annotations

from ferry.account import Unanswered
from ferry.check.account.state_bucket import StateBucket, judge
from ferry.findings import Finding, Level, blocked, right, warning
from tests.unit.ferry.environments import environment

NAME = "aurora-ferry-tfstate-111122223333-eu-central-1"


def judged(bucket: StateBucket | None) -> list[Finding]:
    return judge(environment(), bucket)


def test_a_bucket_as_it_should_be() -> None:
    assert judged(StateBucket(region="eu-central-1")) == [
        right("state-bucket", f"The bucket {NAME} is there and set up right.")
    ]


def test_no_bucket() -> None:
    assert judged(None) == [
        blocked(
            "state-bucket",
            f"There is no bucket {NAME}.",
            why="terraform init fails: the states are kept there.",
            remedy="Run 'ferry bootstrap dev' once for the account.",
        )
    ]


def test_somebody_elses_bucket() -> None:
    assert judged(StateBucket(is_ours=False)) == [
        blocked(
            "state-bucket",
            f"The bucket {NAME} exists, but account 111122223333 does not own it or your "
            "credentials may not see it.",
            why="terraform init fails, and no state must go into another account's bucket.",
            remedy="If the bucket is the account's own, you need s3:ListBucket on it. If not, "
            "choose another tags.project: the bucket's name begins with it.",
        )
    ]


def test_a_bucket_in_another_region() -> None:
    assert judged(StateBucket(region="eu-west-1")) == [
        blocked(
            "state-bucket",
            f"The bucket {NAME} is in eu-west-1; the file has Terraform look in eu-central-1.",
            why="terraform init fails: S3 answers from the bucket's own region alone.",
            remedy='Set aws.state_region = "eu-west-1" in the files of the account, or delete the '
            "bucket where it is empty and not needed.",
        )
    ]


def test_a_bucket_with_wrong_settings() -> None:
    bucket = StateBucket(region="eu-central-1", wrong=("policy: TLS only", "versioning: on"))

    assert judged(bucket) == [
        warning(
            "state-bucket",
            f"The bucket {NAME} is not set up as it should be. Wanted: policy: TLS only; "
            "versioning: on.",
            why="A state holds all that an environment is; these settings keep others out and "
            "earlier versions at hand.",
            remedy="Run 'ferry bootstrap dev': it mends what is wrong and leaves the rest alone.",
        )
    ]


def test_a_setting_that_aws_does_not_tell() -> None:
    bucket = StateBucket(
        region="eu-central-1",
        wrong=("versioning: on",),
        unread={"policy: TLS only": Unanswered("AWS denied it.", "Have it allowed.")},
    )

    unread, wrong = judged(bucket)

    assert unread == Finding(
        check="state-bucket",
        level=Level.UNJUDGED,
        what="The bucket's policy: TLS only could not be judged.",
        why="AWS denied it.",
        remedy="Have it allowed.",
    )
    assert wrong.level is Level.WARNING


# --- a bucket of one's own

MINE = "platform-terraform-states"


def of_ones_own(bucket: StateBucket | None) -> Finding:
    [finding] = judge(environment(aws={"state_bucket": MINE}), bucket)
    return finding


def test_a_bucket_of_ones_own_is_asked_of_its_owner() -> None:
    assert of_ones_own(StateBucket(region="eu-central-1")).what == (
        f"The bucket {MINE} is there and set up right."
    )
    assert of_ones_own(None).remedy == ("Correct aws.state_bucket in dev.toml, or have it made.")
    assert of_ones_own(StateBucket(is_ours=False)).remedy == (
        "If the bucket is the account's own, you need s3:ListBucket on it. If not, give one of the "
        "account's in aws.state_bucket."
    )
    assert of_ones_own(StateBucket(region="eu-west-1")).remedy == (
        'Set aws.state_region = "eu-west-1" in the files of the account, or give a bucket of that '
        "region in aws.state_bucket."
    )
    assert of_ones_own(StateBucket(region="eu-central-1", wrong=("versioning: on",))).remedy == (
        "Ask whoever has it; ferry leaves it as it is."
    )
