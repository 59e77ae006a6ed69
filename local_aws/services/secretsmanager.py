"""Secrets Manager: random passwords that keep to what they were asked for, and staging labels."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING, Any

from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend, secretsmanager_backends
from moto.secretsmanager.responses import SecretsManagerResponse

from local_aws.answers import Answer, AwsError, BackendMixin, ResponseMixin
from local_aws.services.extension import Extension

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_DEFAULT_LENGTH = 32
_LONGEST = 4096

_CURRENT = "AWSCURRENT"


class LocalSecret(FakeSecret):  # type: ignore[misc]  # moto is untyped here
    """Keeps the labels of a version that loses AWSCURRENT to the one that is put; moto takes them all.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
    """

    def reset_default_version(self, secret_version: dict[str, Any], version_id: str) -> None:
        """Make a version the current one."""
        before = self.default_version_id
        kept = list(self.versions[before]["version_stages"]) if before in self.versions else []
        super().reset_default_version(secret_version, version_id)
        if before != version_id and before in self.versions:
            stages = self.versions[before]["version_stages"]
            taken = {_CURRENT, *stages, *secret_version["version_stages"]}
            stages += [label for label in kept if label not in taken]


class LocalSecretsManagerBackend(BackendMixin, SecretsManagerBackend):  # type: ignore[misc]  # moto is untyped here
    """Remembers the passwords that it made up, for tests that search for them.

    moto goes on giving the version that was put last, wherever AWSCURRENT was moved since, and lets a
    label be on two versions. Source:
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        """Begin without secrets."""
        super().__init__(region_name, account_id)
        self.generated: list[str] = []

    def random_password(self, parameters: Mapping[str, Any]) -> str:
        """Make up a password of the length and characters that `parameters` ask for.

        Raises:
            AwsError: InvalidParameterException, where no such password exists.
        """
        excluded = parameters.get("ExcludeCharacters", "")
        kinds = [
            "".join(c for c in characters if c not in excluded) for characters in _kinds(parameters)
        ]
        length = parameters.get("PasswordLength", _DEFAULT_LENGTH)
        required = kinds if parameters.get("RequireEachIncludedType", True) else []
        if (
            not "".join(kinds)
            or not all(required)
            or not max(len(required), 1) <= length <= _LONGEST
        ):
            raise AwsError(
                "InvalidParameterException",
                f"no password of {length} characters has each of the types that were asked for",
            )
        characters = [secrets.choice(kind) for kind in required]
        characters += [secrets.choice("".join(kinds)) for _ in range(length - len(characters))]
        secrets.SystemRandom().shuffle(characters)
        password = "".join(characters)
        self.generated.append(password)
        return password

    def update_secret_version_stage(
        self,
        secret_id: str,
        version_stage: str,
        remove_from_version_id: str | None,
        move_to_version_id: str | None,
    ) -> tuple[str, str]:
        """Move a label, add it, or take it away.

        Raises:
            AwsError: InvalidParameterException, where another version has the label than the call says.
        """
        holder = None
        if secret_id in self.secrets:
            holder = next(
                (
                    version
                    for version, held in self.secrets[secret_id].versions.items()
                    if version_stage in held["version_stages"]
                ),
                None,
            )
        if move_to_version_id and holder not in {None, remove_from_version_id, move_to_version_id}:
            raise AwsError(
                "InvalidParameterException",
                f"Staging label {version_stage} is currently attached to version {holder}, so you must "
                "explicitly reference that version in RemoveFromVersionId.",
            )
        if holder is not None and holder == move_to_version_id:
            return self.secrets[secret_id].arn, self.secrets[secret_id].name
        moved: tuple[str, str] = super().update_secret_version_stage(
            secret_id, version_stage, remove_from_version_id, move_to_version_id
        )
        if version_stage == _CURRENT:
            self.secrets[secret_id].set_default_version_id(move_to_version_id)
        return moved


def _kinds(parameters: Mapping[str, Any]) -> list[str]:
    kinds = {
        "ExcludeLowercase": string.ascii_lowercase,
        "ExcludeUppercase": string.ascii_uppercase,
        "ExcludeNumbers": string.digits,
        "ExcludePunctuation": _PUNCTUATION,
    }
    asked = [characters for key, characters in kinds.items() if not parameters.get(key)]
    return [*asked, " "] if parameters.get("IncludeSpace") else asked


class LocalSecretsManagerResponse(ResponseMixin, SecretsManagerResponse):  # type: ignore[misc]  # moto is untyped here
    """Answers what moto's response class lacks."""

    def get_random_password(self) -> Answer:
        """GetRandomPassword."""
        return Answer({"RandomPassword": self.backend.random_password(self.parameters())})


def generated_passwords() -> list[str]:
    """Every password made up so far, in every account and region."""
    return [
        password
        for _, _, backend in list(secretsmanager_backends.iter_backends())
        for password in backend.generated
    ]


EXTENSION = Extension(
    package="secretsmanager",
    backend=LocalSecretsManagerBackend,
    response=LocalSecretsManagerResponse,
    models={"FakeSecret": LocalSecret},
)
