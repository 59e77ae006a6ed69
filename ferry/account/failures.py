"""What boto3 raises, in one line: what was being done, why it failed, how to mend it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from botocore import exceptions
from botocore.parsers import ResponseParserError

from ferry.errors import FerryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_T = TypeVar("_T")

_SIGN_IN: Final = (
    "Sign in ('aws sso login', or 'export AWS_PROFILE=...' for a profile that has credentials) "
    "and run this again."
)
_WAY: Final = (
    "Look at the network, the proxy, and AWS_ENDPOINT_URL if it is set; then run this again."
)
_PERMISSIONS: Final = (
    "docs/deployment.md lists the permissions that this command needs; have them added, or use "
    "credentials that have them."
)
_KEY: Final = (
    "Look at the key that encrypts it: it has to be enabled, and its policy and yours have to let you "
    "use it through the service."
)
_AGAIN: Final = "Run this again: it continues where it stopped."
_STAYS: Final = frozenset({_SIGN_IN, _PERMISSIONS, _KEY})
"""What to do where nothing passes by itself."""

_LOCAL: Final[tuple[tuple[tuple[type[exceptions.BotoCoreError], ...], str, str], ...]] = (
    (
        (exceptions.NoCredentialsError, exceptions.PartialCredentialsError),
        "no complete AWS credentials were found",
        _SIGN_IN,
    ),
    (
        (exceptions.ProfileNotFound,),
        "the profile that AWS_PROFILE names is not in the AWS configuration",
        "'aws configure list-profiles' lists those that are; set AWS_PROFILE to one of them.",
    ),
    (
        (exceptions.ConfigParseError,),
        "the AWS configuration cannot be read",
        "Mend ~/.aws/config and ~/.aws/credentials ('aws configure list' reads them too).",
    ),
    (
        (
            exceptions.SSOError,
            exceptions.LoginError,
            exceptions.TokenRetrievalError,
            exceptions.CredentialRetrievalError,
            exceptions.MetadataRetrievalError,
        ),
        "the AWS credentials could not be renewed",
        _SIGN_IN,
    ),
    (
        (exceptions.ConnectionError, exceptions.HTTPClientError),
        "AWS could not be reached",
        _WAY,
    ),
)

# {operation} is the call that was refused.
_REFUSED: Final[tuple[tuple[frozenset[str], str, str], ...]] = (
    (
        frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"}),
        "the AWS credentials have expired",
        _SIGN_IN,
    ),
    (
        frozenset(
            {
                "AuthFailure",
                "InvalidAccessKeyId",
                "InvalidClientTokenId",
                "InvalidToken",
                "SignatureDoesNotMatch",
                "UnrecognizedClientException",
            }
        ),
        "AWS does not accept the credentials",
        _SIGN_IN,
    ),
    (
        frozenset(
            {
                "403",
                "AccessDenied",
                "AccessDeniedException",
                "AccessDeniedFault",  # DMS
                "AuthorizationError",  # SNS
                "UnauthorizedOperation",  # EC2
            }
        ),
        "AWS denied {operation}",
        _PERMISSIONS,
    ),
    (
        frozenset({"SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException"}),
        "AWS refused {operation} as one call too many",
        _AGAIN,
    ),
)
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
_KEY_REFUSED: Final = frozenset({"DecryptionFailure", "EncryptionFailure"})
_SERVER_ERROR: Final = 500

_ABSENT: Final = re.compile(r"NotFound|^NoSuch|^404$")
"""Codes by which AWS says that a thing is not there; each service has its own."""

_CARRY_SECRETS: Final = frozenset({"CreateSecret", "PutSecretValue", "Subscribe"})
"""Operations whose request holds a secret value: a validation message may quote the request."""


class NotFoundError(FerryError):
    """AWS has no such thing: it was never made, or somebody deleted it."""


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Let every failure of boto3 leave as a `FerryError`.

    The original error is cut off: a traceback through botocore's frames could show a request, and
    with it a secret value.

    Args:
        doing: What the calls inside are for, after "Could not", such as `create the bucket x`.

    Raises:
        NotFoundError: AWS says that there is no such thing.
        FerryError: A call inside failed otherwise.
    """
    try:
        yield
    except exceptions.ClientError as error:
        kind = NotFoundError if _ABSENT.search(error_code(error)) else FerryError
        why, remedy = _refusal(error)
        raise kind(f"Could not {doing}: {why}", remedy, stays=remedy in _STAYS) from None
    except exceptions.BotoCoreError as error:
        why, remedy = _trouble(error)
        raise FerryError(f"Could not {doing}: {why}", remedy, stays=remedy in _STAYS) from None
    except ResponseParserError:
        raise FerryError(
            f"Could not {doing}: what answered is not AWS (ResponseParserError).", _WAY
        ) from None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Stands in the place of an answer.

    Args:
        why: What was asked, and why there is no answer, in whole sentences.
        remedy: How to mend that, in whole sentences; empty where nobody knows.
        stays: Whether it is so until somebody mends it.
    """

    why: str
    remedy: str = ""
    stays: bool = False


def asked(doing: str, ask: Callable[[], _T]) -> _T | Unanswered:
    """The answer to a question, or why there is none.

    Args:
        doing: What is asked, after "Could not", such as `read the quotas of RDS`.
        ask: Asks it.
    """
    try:
        with explained(doing):
            return ask()
    except FerryError as error:
        return Unanswered(error.why, error.remedy, stays=error.stays)


def found_or_none(ask: Callable[[], _T], *absent: str) -> _T | None:
    """What `ask` returns; None where AWS refuses by one of the codes `absent`, as "there is none".

    HEAD answers have no body, so for them botocore reports the HTTP status as the code: `404`.
    """
    try:
        return ask()
    except exceptions.ClientError as error:
        if error_code(error) in absent:
            return None
        raise


def error_code(error: exceptions.ClientError) -> str:
    """AWS's code for the error, such as `NoSuchBucket`."""
    return error.response.get("Error", {}).get("Code", "Unknown")


def _refusal(error: exceptions.ClientError) -> tuple[str, str]:
    """Why, and what to do; nothing where only AWS's own message says."""
    code = error_code(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    message = error.response.get("Error", {}).get("Message", "without a message")
    # Secrets Manager says a denial of its own and one of KMS's by the same code.
    if code in _KEY_REFUSED or (code in _DENIED and "KMS" in message):
        return f"KMS refused the key that {error.operation_name} needs ({code}).", _KEY
    for codes, why, remedy in _REFUSED:
        if code in codes:
            return f"{why.format(operation=error.operation_name)} ({code}).", remedy
    if status >= _SERVER_ERROR:
        return f"AWS failed at {error.operation_name} ({code}).", _AGAIN
    if error.operation_name in _CARRY_SECRETS:
        return (
            (
                f"AWS refused {error.operation_name} ({code}); its message is not shown, as it may "
                "quote the secret."
            ),
            "AWS CloudTrail has the call.",
        )
    return f"AWS refused {error.operation_name} ({code}): {message}", ""


def _trouble(error: exceptions.BotoCoreError) -> tuple[str, str]:
    """Why, and what to do."""
    for kinds, why, remedy in _LOCAL:
        if isinstance(error, kinds):
            return f"{why} ({type(error).__name__}).", remedy
    return (
        f"boto3 gave up ({type(error).__name__}).",
        (
            "Run this again; if it ends the same way, look at the AWS configuration ('aws configure "
            "list')."
        ),
    )
