from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.unit.local_aws.aws import Aws, refused, sign_as

if TYPE_CHECKING:
    from collections.abc import Callable

    import boto3.session


def test_a_twelve_digit_access_key_stands_for_the_account(aws: Aws) -> None:
    assert aws.sts.get_caller_identity()["Account"] == aws.account
    assert f":{aws.account}:" in aws.topic_arn()
    role = aws.iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]
    assert role["Arn"] == f"arn:aws:iam::{aws.account}:role/r"


def test_another_access_key_is_motos_default_account(
    aws: Aws, session: boto3.session.Session
) -> None:
    sign_as(session, "AKIAIOSFODNN7EXAMPLE")
    assert aws.sts.get_caller_identity()["Account"] == "123456789012"


def status_for(
    url: str, host: str, *, path: str = "/local-aws/calls", origin: str | None = None
) -> int:
    """The status of a request that asks for a host by this name."""
    with closing(HTTPConnection(urlsplit(url).netloc)) as connection:
        connection.putrequest("GET", path, skip_host=True)
        if host:
            connection.putheader("Host", host)
        if origin is not None:
            connection.putheader("Origin", origin)
        connection.endheaders()
        return connection.getresponse().status


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:1", "localhost", "LocalHost:4566"])
def test_it_answers_as_the_local_machine(url: str, host: str) -> None:
    assert status_for(url, host) == 200


@pytest.mark.parametrize("path", ["/local-aws/calls", "/"])
@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "127.0.0.1.evil.example:80",
        "x.localhost",
        "localhost@evil",
        "localhost:80@evil",
    ],
)
def test_it_answers_as_no_other_host(url: str, host: str, path: str) -> None:
    assert status_for(url, host, path=path) == 421


@pytest.mark.parametrize("path", ["/local-aws/calls", "/"])
@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1", "null"])
def test_it_answers_no_page_of_a_browser(url: str, path: str, origin: str) -> None:
    assert status_for(url, "127.0.0.1", path=path, origin=origin) == 421


def test_accounts_do_not_see_each_other(aws: Aws, session: boto3.session.Session) -> None:
    aws.topic_arn()
    sign_as(session, aws.account[::-1])
    assert aws.sns.list_topics()["Topics"] == []
    sign_as(session, aws.account)
    assert len(aws.sns.list_topics()["Topics"]) == 1


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("dms:DescribeEvents", lambda aws: aws.dms.describe_events()),
        ("rds:DescribeSourceRegions", lambda aws: aws.rds.describe_source_regions()),
        ("ec2:DescribeFpgaImages", lambda aws: aws.ec2.describe_fpga_images()),
        ("cloudwatch:ListMetricStreams", lambda aws: aws.cloudwatch.list_metric_streams()),
    ],
)
def test_an_operation_that_is_not_implemented_is_refused_by_its_name(
    aws: Aws, name: str, call: Callable[[Aws], object]
) -> None:
    with refused("LocalAwsNotImplemented", f"local AWS does not implement {name}; add it"):
        call(aws)


def test_a_defect_is_a_refusal_and_its_traceback_is_in_the_log(
    aws: Aws, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_it(_: object) -> None:
        raise KeyError("gone")

    monkeypatch.setattr("local_aws.services.dms.LocalDmsResponse.describe_certificates", break_it)
    with (
        caplog.at_level(logging.ERROR, "local_aws"),
        refused("LocalAwsFailure", "dms:DescribeCertificates", "KeyError: 'gone'", "its log"),
    ):
        aws.dms.describe_certificates()
    assert "Traceback" in caplog.text


def test_a_service_that_moto_lacks_is_refused(aws: Aws) -> None:
    with refused("LocalAwsFailure", "lightsail:GetInstances"):
        aws.lightsail.get_instances()


def test_a_500_of_moto_becomes_a_400(
    aws: Aws, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer_500(_: object) -> tuple[int, dict[str, object], str]:
        return 500, {"status": 500}, "broken"

    monkeypatch.setattr("local_aws.services.dms.LocalDmsResponse.describe_certificates", answer_500)
    with caplog.at_level(logging.ERROR), refused("LocalAwsFailure", "moto answered 500"):
        aws.dms.describe_certificates()


def test_an_answer_that_does_not_fit_its_shape_is_refused(
    aws: Aws, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "local_aws.services.dms.shelf.Shelf.describe", lambda *_: ([{"Colour": "red"}], None)
    )
    with (
        caplog.at_level(logging.ERROR),
        refused("LocalAwsFailure", "InvalidAnswerError", "DescribeCertificates", "Colour"),
    ):
        aws.dms.describe_certificates()


def test_s3_keeps_objects_and_refuses_a_second_conditional_write(aws: Aws) -> None:
    bucket = f"state-{aws.account}"
    aws.s3.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": aws.region}
    )
    aws.s3.put_object(Bucket=bucket, Key="a/b.tflock", Body=b"mine", IfNoneMatch="*")
    with refused("PreconditionFailed"):
        aws.s3.put_object(Bucket=bucket, Key="a/b.tflock", Body=b"yours", IfNoneMatch="*")
    assert aws.s3.head_object(Bucket=bucket, Key="a/b.tflock")["ContentLength"] == 4
    assert aws.s3.get_object(Bucket=bucket, Key="a/b.tflock")["Body"].read() == b"mine"
    operations = [
        call["operation"] for call in aws.get(f"/local-aws/calls?account={aws.account}")["calls"]
    ]
    assert operations == ["CreateBucket", "PutObject", "PutObject", "HeadObject", "GetObject"]


def test_one_of_many_writers_wins_the_lock(aws: Aws) -> None:
    bucket = f"race-{aws.account}"
    s3 = aws.s3
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": aws.region})

    def write(number: int) -> bool:
        try:
            s3.put_object(Bucket=bucket, Key="lock", Body=str(number).encode(), IfNoneMatch="*")
        except s3.exceptions.ClientError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(16))) == 1
