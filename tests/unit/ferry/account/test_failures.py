"""Every failure of boto3 leaves as one line: what, why, how to mend it."""

from __future__ import annotations

import pytest
from botocore import exceptions
from botocore.parsers import ResponseParserError

from ferry.account import NotFoundError, Unanswered, asked, explained, found_or_none
from ferry.errors import FerryError

SIGN_IN = (
    "Sign in ('aws sso login', or 'export AWS_PROFILE=...' for a profile that has credentials) "
    "and run this again."
)
AGAIN = "Run this again: it continues where it stopped."


def line(error: Exception) -> str:
    with pytest.raises(FerryError) as raised, explained("see the bucket"):
        raise error
    assert raised.value.exit_code == 3
    assert raised.value.__suppress_context__
    return str(raised.value)


def refusal(code: str, *, status: int = 400, message: str = "because") -> exceptions.ClientError:
    return exceptions.ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "RequestId": "",
                "HTTPHeaders": {},
                "RetryAttempts": 0,
                "HostId": "",
            },
        },
        "GetThing",
    )


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (
            exceptions.NoCredentialsError(),
            f"no complete AWS credentials were found (NoCredentialsError). {SIGN_IN}",
        ),
        (
            exceptions.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
            f"no complete AWS credentials were found (PartialCredentialsError). {SIGN_IN}",
        ),
        (
            exceptions.ProfileNotFound(profile="prod"),
            (
                "the profile that AWS_PROFILE names is not in the AWS configuration (ProfileNotFound). "
                "'aws configure list-profiles' lists those that are; set AWS_PROFILE to one of them."
            ),
        ),
        (
            exceptions.ConfigParseError(path="config"),
            (
                "the AWS configuration cannot be read (ConfigParseError). Mend ~/.aws/config and "
                "~/.aws/credentials ('aws configure list' reads them too)."
            ),
        ),
        (
            exceptions.UnauthorizedSSOTokenError(),
            f"the AWS credentials could not be renewed (UnauthorizedSSOTokenError). {SIGN_IN}",
        ),
        (
            exceptions.TokenRetrievalError(provider="sso", error_msg="expired"),
            f"the AWS credentials could not be renewed (TokenRetrievalError). {SIGN_IN}",
        ),
        (
            exceptions.EndpointConnectionError(endpoint_url="https://sts.example"),
            (
                "AWS could not be reached (EndpointConnectionError). Look at the network, the proxy, and "
                "AWS_ENDPOINT_URL if it is set; then run this again."
            ),
        ),
        (
            exceptions.ReadTimeoutError(endpoint_url="https://sts.example"),
            (
                "AWS could not be reached (ReadTimeoutError). Look at the network, the proxy, and "
                "AWS_ENDPOINT_URL if it is set; then run this again."
            ),
        ),
        (
            exceptions.ParamValidationError(report="value: canary"),
            (
                "boto3 gave up (ParamValidationError). Run this again; if it ends the same way, "
                "look at the AWS configuration ('aws configure list')."
            ),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_trouble_before_aws_answers(error: Exception, why: str) -> None:
    assert line(error) == f"Could not see the bucket: {why}"


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (
            refusal("ExpiredToken"),
            f"the AWS credentials have expired (ExpiredToken). {SIGN_IN}",
        ),
        (
            refusal("InvalidClientTokenId", status=403),
            f"AWS does not accept the credentials (InvalidClientTokenId). {SIGN_IN}",
        ),
        (
            refusal("AccessDeniedException"),
            (
                "AWS denied GetThing (AccessDeniedException). docs/deployment.md lists the permissions "
                "that this command needs; have them added, or use credentials that have them."
            ),
        ),
        *(
            (
                refusal(code, message=message),
                (
                    f"KMS refused the key that GetThing needs ({code}). Look at the key that encrypts "
                    "it: it has to be enabled, and its policy and yours have to let you use it "
                    "through the service."
                ),
            )
            for code, message in (
                ("AccessDeniedException", "Access to KMS is not allowed"),
                ("DecryptionFailure", "the key is disabled"),
                ("EncryptionFailure", "the key is disabled"),
            )
        ),
        (
            refusal("ThrottlingException"),
            f"AWS refused GetThing as one call too many (ThrottlingException). {AGAIN}",
        ),
        (
            refusal("SlowDown", status=503),
            f"AWS refused GetThing as one call too many (SlowDown). {AGAIN}",
        ),
        (
            refusal("InternalError", status=500),
            f"AWS failed at GetThing (InternalError). {AGAIN}",
        ),
        (
            refusal("NotThisWay", message="Use the other door."),
            "AWS refused GetThing (NotThisWay): Use the other door.",
        ),
        (
            exceptions.ClientError({}, "GetThing"),
            "AWS refused GetThing (Unknown): without a message",
        ),
    ],
    ids=lambda value: (
        value.response.get("Error", {}).get("Code", "no code")
        if isinstance(value, exceptions.ClientError)
        else ""
    ),
)
def test_refusals(error: Exception, why: str) -> None:
    assert line(error) == f"Could not see the bucket: {why}"


@pytest.mark.parametrize(
    ("error", "stays"),
    [
        (refusal("ExpiredToken"), True),
        (refusal("InvalidClientTokenId"), True),
        (refusal("AccessDeniedException"), True),
        (exceptions.NoCredentialsError(), True),
        (refusal("ThrottlingException"), False),
        (refusal("InternalError", status=500), False),
        (exceptions.EndpointConnectionError(endpoint_url="https://rds"), False),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_somebody_has_to_mend_does_not_pass_by_itself(
    error: Exception, *, stays: bool
) -> None:
    with pytest.raises(FerryError) as raised, explained("see the bucket"):
        raise error

    assert raised.value.stays is stays


def test_an_answer_that_is_not_aws() -> None:
    assert line(ResponseParserError("invalid XML received: <html>canary</html>")) == (
        "Could not see the bucket: what answered is not AWS (ResponseParserError). Look at the "
        "network, the proxy, and AWS_ENDPOINT_URL if it is set; then run this again."
    )


def test_other_errors_pass_through() -> None:
    with pytest.raises(KeyError), explained("see the bucket"):
        raise KeyError


# --- questions


def refuses(code: str) -> str:
    raise refusal(code)


def test_a_question_is_answered() -> None:
    assert asked("see the bucket", lambda: "there") == "there"


def test_a_question_that_is_not_answered_says_why() -> None:
    assert asked("see the bucket", lambda: refuses("NotThisWay")) == Unanswered(
        "Could not see the bucket: AWS refused GetThing (NotThisWay): because"
    )


def test_what_aws_does_not_have_is_none() -> None:
    assert found_or_none(lambda: "there", "404") == "there"
    assert found_or_none(lambda: refuses("404"), "NoSuchThing", "404") is None


def test_what_aws_does_not_tell_may_be_there() -> None:
    with pytest.raises(exceptions.ClientError):
        found_or_none(lambda: refuses("403"), "404")


@pytest.mark.parametrize(
    "code", ["DBClusterNotFoundFault", "InvalidSubnetID.NotFound", "NoSuchEntity", "404"]
)
def test_what_aws_does_not_have_is_told_apart(code: str) -> None:
    with pytest.raises(NotFoundError, match=r"^Could not see the thing: AWS refused GetThing "):
        with_refusal(code)


@pytest.mark.parametrize("code", ["AccessDenied", "ValidationError"])
def test_other_refusals_say_nothing_of_that(code: str) -> None:
    with pytest.raises(FerryError) as raised:
        with_refusal(code)

    assert type(raised.value) is FerryError


def with_refusal(code: str) -> None:
    with explained("see the thing"):
        raise refusal(code)
