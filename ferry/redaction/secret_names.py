"""Knows by a name whether what bears it is a secret, and which member names another one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ALWAYS: Final = {
    "pass": r"[a-z0-9]*(?:password|passwd|passphrase|passwort|passcode)s?|(?:[dp][bg]|user)pass",
    "kennwort": r"[a-z0-9]*kennworts?",
    "pw": r"pwd?",
    "psk": r"psk",
    "secret": r"secret_(?:string|binary)|client_secret",
    "token": r"(?:auth|access|refresh|session|bearer|security)_?tokens?",
    "key": r"(?:access|api|auth|pre_?shared|private|secret|shared|signing|ssh)_?key",
    "certificate": r"certificate_pem",
    "jwt": r"jwts?",
    "id_rsa": r"id_rsa",
}
"""Last words of names that mean a secret wherever they stand, by letters that all of them have.

Names are looked for where a text has these letters.
"""

MOSTLY: Final = {
    "authorization": r"authorization",
    "bearer": r"bearer",
    "connection": r"connection_?string",
    "credential": r"credentials?",
    "database": r"database_?url",
    "licen": r"licen[cs]e_?key",
    "pass": r"pass",
    "webhook": r"webhook_?url",
    "secret": r"secrets?",
    "token": r"tokens?",
}
"""Those that are words of plain English, too, or parts of an ARN."""

MEMBERS: Final = {
    "cookie": r"cookies?",
    "cryption": r"(?:en|de)cryption_?key",
    "otp": r"t?otp",
    "pat": r"pat",
    "salt": r"salt",
    "session": r"session(?:_?id)?",
}
"""Those that mean a secret as the name of an attribute or of a member alone, and not in a sentence."""


def _as_last_words(them: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(rf"(?:^|_)(?:{'|'.join(them.values())})(?:_(?:wo|value|hash))?$")


_ALWAYS: Final = _as_last_words(ALWAYS)
_MOSTLY: Final = _as_last_words(MOSTLY)
_MEMBERS: Final = _as_last_words(MEMBERS)

_PUBLIC: Final = frozenset(
    {"database", "db_cluster_identifier", "db_instance_identifier", "dbname", "engine", "host"}
    | {"hostname", "port", "region", "sslmode", "user", "username", "version"}
)
"""What a secret of Secrets Manager tells beside the password, and half of a plan, too.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
"""

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN_WORDS: Final = re.compile(r"[_.\-/ ]++")
_NUMBER: Final = re.compile(r"(?<=[a-z])(?:_?\d{1,4})?\Z")

_OF_WHAT: Final = r"(?:(?:attribute|env|field|header|option|parameter|setting|tag|variable)_)?"
TELLING: Final = ("name", "key")
"""Last words of a member's name that says what another one's value is."""

_TELLS_A_NAME: Final = re.compile(rf"{_OF_WHAT}(?:{'|'.join(TELLING)})")
_TELLS_A_VALUE: Final = re.compile(rf"{_OF_WHAT}(?:values?|default)")

ARN: Final = r"arn:aws[a-z\-]{0,20}+:[a-z0-9\-]++:"
"""How an ARN begins. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"""

_BEGINS_AS_ARN: Final = re.compile(ARN)


@lru_cache(maxsize=10_000)
def _words(name: str) -> str:
    """A name's words, in small letters, with `_` between them; without a number behind them."""
    words = _BETWEEN_WORDS.sub("_", _CAMEL.sub("_", name)).strip("_").lower()
    return _NUMBER.sub("", words, count=1)


@lru_cache(maxsize=10_000)
def names_a_secret(name: str) -> bool:
    """Whether an attribute of this name holds a secret; a plan has few names, each very often."""
    return names_a_secret_in_text(name) or _MEMBERS.search(_words(name)) is not None


@lru_cache(maxsize=10_000)
def names_a_secret_in_text(name: str) -> bool:
    """Whether what follows it in a text is a secret, however it is written there."""
    return always_names_a_secret(name) or _MOSTLY.search(_words(name)) is not None


def always_names_a_secret(name: str) -> bool:
    """Whether it means nothing else, in a sentence either."""
    return _ALWAYS.search(_words(name)) is not None


def is_public(name: str) -> bool:
    """Whether a member of a secret holds what stands all over a plan, such as a host's name."""
    return _words(name) in _PUBLIC


def names_objects(name: str) -> bool:
    """Whether objects in it are no secrets, and have names of their own: a container's `secrets`.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html
    """
    return _words(name).endswith("secrets")


def may_be_secret(value: object) -> bool:
    """Whether a value under a secret's name can be one: ARNs and yes or no are none."""
    if isinstance(value, str):
        return value != "" and not is_arn(value)
    return not isinstance(value, bool)


def is_arn(text: str) -> bool:
    """Whether a text is the ARN of something, and not a password that begins like one."""
    return _BEGINS_AS_ARN.match(text) is not None


def is_option_for_a_secret(text: object) -> bool:
    """Whether a text is an option, such as `--password`, and what comes next its value."""
    return isinstance(text, str) and text.startswith("-") and names_a_secret(text.lstrip("-"))


def tells_a_name(key: str) -> bool:
    """Whether a member says the name of what another one holds: `name`, `ParameterKey`."""
    return _TELLS_A_NAME.fullmatch(_words(key)) is not None


def tells_a_value(key: str) -> bool:
    """Whether a member holds the value of what another one names: `value`, `ParameterValue`."""
    return _TELLS_A_VALUE.fullmatch(_words(key)) is not None


def secret_told_by(members: Mapping[str, Any]) -> str:
    """The name of a secret that a member of an object says; empty where none does."""
    return next(
        (
            it
            for key, it in members.items()
            if isinstance(it, str) and tells_a_name(key) and names_a_secret(it)
        ),
        "",
    )
