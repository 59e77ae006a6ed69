from __future__ import annotations

from moto.core.request import Request

from local_aws.call import Call, identify


def call(
    *,
    service: str = "rds",
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    url: str = "http://127.0.0.1/",
    method: str = "POST",
    key: str = "111122223333",
) -> Call:
    signed = f"AWS4-HMAC-SHA256 Credential={key}/20260101/eu-central-1/{service}/aws4_request, x"
    request = Request.from_primitives(
        method, url, {"Authorization": signed, **(headers or {})}, body
    )
    return identify(request, body)


FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


def test_the_query_protocol_names_its_action_in_the_body() -> None:
    found = call(body=b"Action=ModifyDBCluster&Version=2014-10-31", headers=FORM)
    assert (found.name, found.account, found.region) == (
        "rds:ModifyDBCluster",
        "111122223333",
        "eu-central-1",
    )
    assert found.json_parameters() == {}


def test_the_json_protocol_names_it_in_a_header() -> None:
    found = call(
        service="dms",
        body=b'{"EndpointArn": "a"}',
        headers={"X-Amz-Target": "AmazonDMSv20160101.ModifyEndpoint"},
    )
    assert found.name == "dms:ModifyEndpoint"
    assert found.json_parameters() == {"EndpointArn": "a"}


def test_json_that_is_no_object_has_no_parameters() -> None:
    assert call(service="dms", body=b"[1]").json_parameters() == {}


def test_an_action_may_stand_in_the_url() -> None:
    assert (
        call(service="sts", url="http://h/?Action=GetCallerIdentity").operation
        == "GetCallerIdentity"
    )


def test_s3s_operation_is_told_by_method_and_path() -> None:
    assert call(service="s3", method="PUT", url="http://h/bucket/key").name == "s3:PutObject"
    assert (
        call(service="s3", method="GET", url="http://h/bucket?list-type=2").operation
        == "ListObjectsV2"
    )


def test_monitoring_is_cloudwatch() -> None:
    assert call(service="monitoring").service == "cloudwatch"


def test_what_cannot_be_told_is_empty() -> None:
    assert call(service="no-such-service").operation == ""
    assert call(body=b"x=1", headers=FORM).operation == ""


def test_an_unsigned_request_is_s3s_and_nobodys() -> None:
    found = identify(Request.from_primitives("GET", "http://h/bucket/key", {}), b"")
    assert (found.name, found.account) == ("s3:GetObject", None)


def test_a_key_that_is_not_twelve_digits_is_no_account() -> None:
    assert call(key="AKIAIOSFODNN7EXAMPLE").account is None


def test_the_fingerprint_does_not_see_what_is_drawn_at_random() -> None:
    first = call(body=b"VpcId=vpc-0123456789abcdef0&Token=6f1c1c52-0000-4000-8000-000000000001")
    second = call(body=b"VpcId=vpc-fedcba98765432100&Token=6f1c1c52-ffff-4000-8000-000000000002")
    third = call(body=b"VpcId=vpc-fedcba98765432100&Token=6f1c1c52-ffff-4000-8000-000000000002&x=1")
    assert first.fingerprint == second.fingerprint != third.fingerprint
