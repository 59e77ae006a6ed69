"""The bucket of the Terraform states: made, mended, left alone, refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from ferry.deployment.state_bucket import Bucket, bucket_of
from ferry.errors import FerryError, InputError
from ferry.prepare.state_bucket import prepare
from tests.policies.calls import RECORDED
from tests.unit.ferry.conftest import ACCOUNT, REGION
from tests.unit.ferry.environments import environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.model import OperationModel
    from types_boto3_s3 import S3Client

BUCKET = Bucket(
    name="aurora-ferry-tfstate-123456789012-eu-central-1",
    account_id=ACCOUNT,
    region=REGION,
    tags={"project": "aurora-ferry"},
)
NAME = BUCKET.name
SETTINGS = [
    "public access: blocked",
    "ownership: the bucket's owner, no ACLs",
    "policy: TLS only",
    "encryption: on",
    "versioning: on",
    "lifecycle: earlier versions expire after 90 days",
    "lifecycle: plans of runs expire after 7 days",
    "tags",
]
RUNS_EXPIRE: Any = {
    "ID": "expire-runs",
    "Status": "Enabled",
    "Filter": {"Prefix": "runs/"},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
    "Expiration": {"Days": 7},
}
ALL_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


def run(s3: S3Client, bucket: Bucket = BUCKET) -> dict[str, str]:
    return {step.what: str(step.outcome) for step in prepare(s3, bucket)}


def policy(s3: S3Client) -> list[Any]:
    statements: list[Any] = json.loads(s3.get_bucket_policy(Bucket=NAME)["Policy"])["Statement"]
    return statements


def rules(s3: S3Client) -> list[Any]:
    return [*s3.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"]]


def put_rules(s3: S3Client, wanted: list[Any]) -> None:
    s3.put_bucket_lifecycle_configuration(Bucket=NAME, LifecycleConfiguration={"Rules": wanted})


def test_makes_the_bucket_and_every_setting(s3: S3Client) -> None:
    assert run(s3) == {f"bucket {NAME}": "created", **dict.fromkeys(SETTINGS, "set")}


def test_it_calls_what_its_iam_document_is_held_against(s3: S3Client) -> None:
    """tests/policies sees to it that the document `bootstrap` lets these pass."""
    called = set()
    s3.meta.events.register("before-call.s3", lambda model, **_: called.add(f"s3:{model.name}"))

    run(s3)

    assert called == set(RECORDED["ferry bootstrap"]) - {"sts:GetCallerIdentity"}


def test_the_bucket_is_in_the_region_that_was_asked_for(s3: S3Client) -> None:
    run(s3)

    assert s3.get_bucket_location(Bucket=NAME)["LocationConstraint"] == REGION


@pytest.mark.usefixtures("aws")
def test_the_bucket_is_made_in_the_default_region_too() -> None:
    s3 = boto3.client("s3", region_name="us-east-1")

    assert run(s3, replace(BUCKET, region="us-east-1"))[f"bucket {NAME}"] == "created"
    assert s3.head_bucket(Bucket=NAME)["BucketRegion"] == "us-east-1"


def test_the_bucket_is_closed_to_the_public(s3: S3Client) -> None:
    run(s3)

    blocked = s3.get_public_access_block(Bucket=NAME)["PublicAccessBlockConfiguration"]
    assert blocked == ALL_BLOCKED


def test_the_bucket_has_no_acls(s3: S3Client) -> None:
    run(s3)

    controls = s3.get_bucket_ownership_controls(Bucket=NAME)["OwnershipControls"]
    assert controls["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_the_policy_denies_everything_that_does_not_come_by_tls(s3: S3Client) -> None:
    run(s3)

    assert policy(s3) == [
        {
            "Sid": "OnlyTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{NAME}", f"arn:aws:s3:::{NAME}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_the_bucket_is_encrypted(s3: S3Client) -> None:
    run(s3)

    (rule,) = s3.get_bucket_encryption(Bucket=NAME)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_the_bucket_keeps_earlier_versions_for_90_days_and_plans_for_7(s3: S3Client) -> None:
    run(s3)

    assert s3.get_bucket_versioning(Bucket=NAME)["Status"] == "Enabled"
    assert s3.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"] == [
        {
            "ID": "expire-old-versions",
            "Status": "Enabled",
            "Filter": {},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
            "Expiration": {"ExpiredObjectDeleteMarker": True},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        },
        RUNS_EXPIRE,
    ]


def test_the_bucket_has_its_tags(s3: S3Client) -> None:
    run(s3)

    tags = s3.get_bucket_tagging(Bucket=NAME)["TagSet"]
    assert tags == [{"Key": "project", "Value": "aurora-ferry"}]


def test_a_second_run_finds_nothing_to_do(s3: S3Client) -> None:
    run(s3)

    assert set(run(s3).values()) == {"nothing to do"}


def test_a_second_run_writes_nothing(s3: S3Client) -> None:
    run(s3)
    called: list[str] = []
    s3.meta.events.register("before-call.s3", lambda model, **_: called.append(model.name))

    run(s3)

    assert {name for name in called if not name.startswith(("Get", "Head"))} == set()


@pytest.mark.parametrize(
    ("spoil", "mended"),
    [
        pytest.param(
            lambda s3: s3.put_public_access_block(
                Bucket=NAME,
                PublicAccessBlockConfiguration={**ALL_BLOCKED, "BlockPublicPolicy": False},
            ),
            ["public access: blocked"],
            id="public access",
        ),
        pytest.param(
            lambda s3: s3.put_bucket_ownership_controls(
                Bucket=NAME,
                OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
            ),
            ["ownership: the bucket's owner, no ACLs"],
            id="ownership",
        ),
        pytest.param(
            lambda s3: s3.delete_bucket_policy(Bucket=NAME), ["policy: TLS only"], id="policy"
        ),
        pytest.param(
            lambda s3: s3.delete_bucket_encryption(Bucket=NAME), ["encryption: on"], id="encryption"
        ),
        pytest.param(
            lambda s3: s3.put_bucket_versioning(
                Bucket=NAME, VersioningConfiguration={"Status": "Suspended"}
            ),
            ["versioning: on"],
            id="versioning",
        ),
        pytest.param(
            lambda s3: s3.delete_bucket_lifecycle(Bucket=NAME),
            [
                "lifecycle: earlier versions expire after 90 days",
                "lifecycle: plans of runs expire after 7 days",
            ],
            id="lifecycle",
        ),
        pytest.param(
            lambda s3: put_rules(s3, rules(s3)[:1]),
            ["lifecycle: plans of runs expire after 7 days"],
            id="a bucket made before plans were kept",
        ),
        pytest.param(
            lambda s3: put_rules(s3, [rules(s3)[0], {**RUNS_EXPIRE, "Expiration": {"Days": 365}}]),
            ["lifecycle: plans of runs expire after 7 days"],
            id="plans kept longer",
        ),
        pytest.param(
            lambda s3: put_rules(s3, [rules(s3)[0], {**RUNS_EXPIRE, "Filter": {"Prefix": ""}}]),
            ["lifecycle: plans of runs expire after 7 days"],
            id="states expire as plans do",
        ),
        pytest.param(lambda s3: s3.delete_bucket_tagging(Bucket=NAME), ["tags"], id="tags"),
    ],
)
def test_what_drifted_is_mended_and_said(
    s3: S3Client, spoil: Callable[[S3Client], object], mended: list[str]
) -> None:
    run(s3)
    spoil(s3)

    outcomes = run(s3)

    assert [what for what, outcome in outcomes.items() if outcome == "mended"] == mended
    assert set(run(s3).values()) == {"nothing to do"}


def test_the_policy_is_of_the_regions_partition() -> None:
    assert replace(BUCKET, region="cn-north-1").arn == f"arn:aws-cn:s3:::{NAME}"


def test_other_statements_of_the_policy_stay(s3: S3Client) -> None:
    run(s3)
    theirs = {
        "Sid": "NoAuditor",
        "Effect": "Deny",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/auditor"},
        "Action": "s3:PutObject",
        "Resource": f"{BUCKET.arn}/*",
    }
    stale = {**policy(s3)[0], "Action": "s3:GetObject"}
    s3.put_bucket_policy(
        Bucket=NAME, Policy=json.dumps({"Version": "2012-10-17", "Statement": [stale, theirs]})
    )

    run(s3)

    assert [statement["Sid"] for statement in policy(s3)] == ["NoAuditor", "OnlyTls"]
    assert policy(s3)[1]["Action"] == "s3:*"


def test_a_policy_of_one_statement_without_a_list_stays(s3: S3Client) -> None:
    run(s3)
    theirs = {**policy(s3)[0], "Sid": "Theirs", "Action": "s3:GetObject"}
    s3.put_bucket_policy(
        Bucket=NAME, Policy=json.dumps({"Version": "2012-10-17", "Statement": theirs})
    )

    run(s3)

    assert [statement["Sid"] for statement in policy(s3)] == ["Theirs", "OnlyTls"]


def test_the_order_of_a_statements_resources_says_nothing(s3: S3Client) -> None:
    run(s3)
    (statement,) = policy(s3)
    statement["Resource"].reverse()
    s3.put_bucket_policy(
        Bucket=NAME, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )

    assert run(s3)["policy: TLS only"] == "nothing to do"


def test_other_lifecycle_rules_stay(s3: S3Client) -> None:
    run(s3)
    theirs: Any = {
        "ID": "theirs",
        "Status": "Enabled",
        "Filter": {"Prefix": "old/"},
        "Expiration": {"Days": 1},
    }
    put_rules(s3, [theirs])

    run(s3)

    assert [rule.get("ID") for rule in rules(s3)] == [
        "theirs",
        "expire-old-versions",
        "expire-runs",
    ]


def test_plans_that_an_older_version_kept_still_expire(s3: S3Client) -> None:
    run(s3)
    older: Any = {
        "ID": "expire-plans",
        "Status": "Enabled",
        "Filter": {"Prefix": "plans/"},
        "Expiration": {"Days": 14},
    }
    put_rules(s3, [rules(s3)[0], older])

    run(s3)

    assert older in rules(s3)
    assert RUNS_EXPIRE in rules(s3)


def test_a_rule_of_ours_for_a_part_of_the_bucket_is_mended(s3: S3Client) -> None:
    run(s3)
    ours, plans = rules(s3)
    put_rules(s3, [{**ours, "Filter": {"Prefix": "account/"}}, plans])

    assert run(s3)["lifecycle: earlier versions expire after 90 days"] == "mended"


def test_other_tags_stay(s3: S3Client) -> None:
    run(s3)
    s3.put_bucket_tagging(Bucket=NAME, Tagging={"TagSet": [{"Key": "team", "Value": "payments"}]})

    run(s3)

    assert s3.get_bucket_tagging(Bucket=NAME)["TagSet"] == [
        {"Key": "team", "Value": "payments"},
        {"Key": "project", "Value": "aurora-ferry"},
    ]


def test_a_kms_key_that_somebody_chose_stays(s3: S3Client) -> None:
    run(s3)
    s3.put_bucket_encryption(
        Bucket=NAME,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
        },
    )

    assert run(s3)["encryption: on"] == "nothing to do"


def test_every_call_on_the_bucket_names_the_owner_that_it_expects(s3: S3Client) -> None:
    owners: dict[str, Any] = {}

    def note(params: dict[str, Any], model: OperationModel, **_: object) -> None:
        owners[model.name] = params["headers"].get("x-amz-expected-bucket-owner")

    s3.meta.events.register("before-call.s3", note)
    run(s3)

    assert owners.pop("CreateBucket") is None  # it has no such parameter
    assert set(owners.values()) == {ACCOUNT}
    both_lifecycles = 1  # two settings, the same two calls
    assert len(owners) == 1 + 2 * (len(SETTINGS) - both_lifecycles)


FOREIGN = (
    f"The bucket {NAME} exists, but account {ACCOUNT} does not own it or your credentials may not "
    "see it. Nothing was changed, and no state must go there. If the bucket is the account's own, "
    "you need s3:ListBucket on it; if not, choose another project name in the environment files: "
    "the bucket's name begins with it."
)


def test_refuses_a_bucket_that_it_may_not_see(s3: S3Client) -> None:
    with Stubber(s3) as stubber:
        stubber.add_client_error(
            "head_bucket",
            service_error_code="403",
            http_status_code=403,
            expected_params={"Bucket": NAME, "ExpectedBucketOwner": ACCOUNT},
        )
        with pytest.raises(FerryError) as error:
            run(s3)

    assert str(error.value) == FOREIGN


def test_refuses_a_bucket_that_another_account_made_meanwhile(s3: S3Client) -> None:
    with Stubber(s3) as stubber:
        stubber.add_client_error("head_bucket", service_error_code="404", http_status_code=404)
        stubber.add_client_error("create_bucket", service_error_code="BucketAlreadyExists")
        with pytest.raises(FerryError) as error:
            run(s3)

    assert str(error.value) == FOREIGN


def test_goes_on_where_another_run_made_the_bucket_meanwhile(s3: S3Client) -> None:
    with Stubber(s3) as stubber:
        stubber.add_client_error("head_bucket", service_error_code="404", http_status_code=404)
        stubber.add_client_error("create_bucket", service_error_code="BucketAlreadyOwnedByYou")
        first = next(prepare(s3, BUCKET))

    assert (first.what, first.outcome) == (f"bucket {NAME}", "nothing to do")


def test_refuses_a_bucket_in_another_region(s3: S3Client) -> None:
    with Stubber(s3) as stubber:
        stubber.add_response("head_bucket", {"BucketRegion": "us-west-2"})
        with pytest.raises(FerryError) as error:
            run(s3)

    assert str(error.value) == (
        f"The bucket {NAME} is in us-west-2, but the states belong in eu-central-1. It was not "
        "made by ferry. Where it is not needed, empty and delete it, then run this again."
    )


def test_says_what_failed_when_looking_for_the_bucket(s3: S3Client) -> None:
    with Stubber(s3) as stubber:
        stubber.add_client_error("head_bucket", service_error_code="500", http_status_code=500)
        with pytest.raises(FerryError) as error:
            run(s3)

    assert str(error.value) == (
        f"Could not look for the bucket {NAME}: AWS failed at HeadBucket (500). "
        "Run this again: it continues where it stopped."
    )


def test_says_which_setting_could_not_be_read(s3: S3Client) -> None:
    with Stubber(s3) as stubber:
        stubber.add_response("head_bucket", {})
        stubber.add_client_error(
            "get_public_access_block",
            service_error_code="AccessDenied",
            http_status_code=403,
            expected_params={"Bucket": ANY, "ExpectedBucketOwner": ACCOUNT},
        )
        with pytest.raises(FerryError) as error:
            run(s3)

    assert str(error.value) == (
        f"Could not see to 'public access: blocked' of the bucket {NAME}: AWS denied "
        "GetPublicAccessBlock (AccessDenied). docs/deployment.md lists the permissions that this "
        "command needs; have them added, or use credentials that have them."
    )


# --- a bucket of one's own, and keys with a prefix


def test_a_bucket_of_ones_own_is_left_alone(s3: S3Client) -> None:
    with pytest.raises(InputError) as refused:
        run(s3, replace(BUCKET, name="mine", is_ones_own=True))

    assert str(refused.value) == (
        "The states are kept in a bucket of your own (aws.state_bucket = mine), and ferry leaves it "
        "alone: 'ferry check aws' says whether it is there and set up right."
    )
    assert s3.list_buckets()["Buckets"] == []


def test_of_ones_own_bucket_only_some_is_looked_at() -> None:
    assert [it.what for it in replace(BUCKET, is_ones_own=True).settings] == [
        "public access: blocked",
        "encryption: on",
        "versioning: on",
    ]
    assert [it.what for it in BUCKET.settings] == SETTINGS


def test_plans_of_runs_expire_below_the_prefix(s3: S3Client) -> None:
    run(s3, replace(BUCKET, prefix="databases/"))

    assert {**RUNS_EXPIRE, "Filter": {"Prefix": "databases/runs/"}} in rules(s3)


def test_the_bucket_of_an_environment_is_as_its_file_says() -> None:
    mine = bucket_of(environment(aws={"state_bucket": "mine", "state_key_prefix": "a/"}))
    made = bucket_of(environment())

    assert (mine.name, mine.prefix, mine.is_ones_own) == ("mine", "a/", True)
    assert (made.prefix, made.is_ones_own) == ("", False)
