from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.local_aws.aws import Aws, refused

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_password_has_the_length_and_none_of_the_excluded_characters(aws: Aws) -> None:
    excluded = "/@\" ;.:+'"
    for _ in range(50):
        password = aws.secretsmanager.get_random_password(
            PasswordLength=40, ExcludeCharacters=excluded
        )["RandomPassword"]
        assert len(password) == 40
        assert not set(password) & set(excluded)


def test_by_default_it_has_32_characters_of_all_four_types(aws: Aws) -> None:
    password = aws.secretsmanager.get_random_password()["RandomPassword"]
    assert len(password) == 32
    for is_type in (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum()):
        assert any(is_type(character) for character in password)


@pytest.mark.parametrize(
    ("exclusions", "allowed"),
    [
        (
            {"ExcludeLowercase": True, "ExcludeUppercase": True, "ExcludePunctuation": True},
            str.isdigit,
        ),
        ({"ExcludeNumbers": True, "ExcludePunctuation": True}, str.isalpha),
    ],
)
def test_types_can_be_excluded(
    aws: Aws, exclusions: dict[str, bool], allowed: Callable[[str], bool]
) -> None:
    password = aws.secretsmanager.get_random_password(**exclusions)["RandomPassword"]
    assert allowed(password)


def test_a_space_can_be_asked_for(aws: Aws) -> None:
    password = aws.secretsmanager.get_random_password(PasswordLength=5, IncludeSpace=True)
    assert " " in password["RandomPassword"]


def test_types_need_not_all_be_in_it(aws: Aws) -> None:
    password = aws.secretsmanager.get_random_password(
        PasswordLength=1, RequireEachIncludedType=False
    )
    assert len(password["RandomPassword"]) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        {"PasswordLength": 3},
        {"ExcludeCharacters": "0123456789"},
        {"RequireEachIncludedType": False, "PasswordLength": 4096 * 2},
        {
            "ExcludeLowercase": True,
            "ExcludeUppercase": True,
            "ExcludeNumbers": True,
            "ExcludePunctuation": True,
        },
    ],
)
def test_a_password_that_cannot_be_is_refused(aws: Aws, arguments: dict[str, Any]) -> None:
    with refused("InvalidParameterException", "has each of the types"):
        aws.secretsmanager.get_random_password(**arguments)
