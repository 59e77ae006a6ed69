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


def stages(aws: Aws) -> dict[str, str]:
    """Which version has each label."""
    found = aws.secretsmanager.describe_secret(SecretId="s")["VersionIdsToStages"]
    return {label: version for version, labels in found.items() for label in labels}


def test_what_is_read_follows_awscurrent_there_and_back(aws: Aws) -> None:
    client = aws.secretsmanager
    old = client.create_secret(Name="s", SecretString="old")["VersionId"]
    new = client.put_secret_value(SecretId="s", SecretString="new", VersionStages=["next"])[
        "VersionId"
    ]
    assert client.get_secret_value(SecretId="s")["SecretString"] == "old"
    assert stages(aws) == {"AWSCURRENT": old, "next": new}

    for current, before in ((new, old), (old, new)):
        client.update_secret_version_stage(
            SecretId="s",
            VersionStage="AWSCURRENT",
            RemoveFromVersionId=before,
            MoveToVersionId=current,
        )

        assert client.get_secret_value(SecretId="s")["VersionId"] == current
        assert stages(aws) == {"AWSCURRENT": current, "AWSPREVIOUS": before, "next": new}

    # what is put next finds AWSCURRENT where it is
    third = client.put_secret_value(SecretId="s", SecretString="third")["VersionId"]
    assert stages(aws) == {"AWSCURRENT": third, "AWSPREVIOUS": old, "next": new}


def test_a_version_keeps_its_other_labels_when_another_is_put(aws: Aws) -> None:
    client = aws.secretsmanager
    first = client.create_secret(Name="s", SecretString="first")["VersionId"]
    for label in ("next", "kept"):
        client.update_secret_version_stage(SecretId="s", VersionStage=label, MoveToVersionId=first)

    second = client.put_secret_value(
        SecretId="s", SecretString="second", VersionStages=["AWSCURRENT", "next"]
    )["VersionId"]

    assert stages(aws) == {
        "AWSCURRENT": second,
        "AWSPREVIOUS": first,
        "kept": first,
        "next": second,
    }


@pytest.mark.parametrize("label", ["AWSCURRENT", "next"])
def test_a_label_leaves_no_version_that_the_call_does_not_name(aws: Aws, label: str) -> None:
    client = aws.secretsmanager
    old = client.create_secret(Name="s", SecretString="old")["VersionId"]
    new = client.put_secret_value(SecretId="s", SecretString="new", VersionStages=["next"])[
        "VersionId"
    ]
    to = {"AWSCURRENT": new, "next": old}[label]
    before = stages(aws)

    for said in ({}, {"RemoveFromVersionId": to}):
        with refused("InvalidParameterException", f"Staging label {label} is currently attached"):
            client.update_secret_version_stage(
                SecretId="s", VersionStage=label, MoveToVersionId=to, **said
            )

    assert stages(aws) == before
    # where it is already, nothing is moved
    client.update_secret_version_stage(
        SecretId="s", VersionStage=label, MoveToVersionId=before[label]
    )
    assert stages(aws) == before


def test_a_label_can_be_taken_away(aws: Aws) -> None:
    client = aws.secretsmanager
    old = client.create_secret(Name="s", SecretString="old")["VersionId"]
    new = client.put_secret_value(SecretId="s", SecretString="new", VersionStages=["next"])[
        "VersionId"
    ]

    client.update_secret_version_stage(SecretId="s", VersionStage="next", RemoveFromVersionId=new)

    assert stages(aws) == {"AWSCURRENT": old}


def test_labels_of_a_secret_that_is_not_there(aws: Aws) -> None:
    with refused("ResourceNotFoundException", "can't find the specified secret"):
        aws.secretsmanager.update_secret_version_stage(
            SecretId="s", VersionStage="next", RemoveFromVersionId="x" * 32
        )
