"""KMS: how often a key rotates, and keys that are named by their ARN."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from moto.kms.responses import KmsResponse

from local_aws.answers import Answer, ResponseMixin
from local_aws.services.extension import Extension

# https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html
_DEFAULT_DAYS = 365


class LocalKmsResponse(ResponseMixin, KmsResponse):  # type: ignore[misc]  # moto is untyped here
    """Answers about rotation, with its period, and about keys of other accounts."""

    def describe_key(self) -> Any:  # noqa: ANN401 - moto's own type
        """DescribeKey, which a key of another account answers too."""
        name = str(self.parameters().get("KeyId", ""))
        if name.startswith("arn:") and ":key/" in name:
            self.current_account = name.split(":")[4]
        return super().describe_key()

    def enable_key_rotation(self) -> Answer:
        """EnableKeyRotation."""
        parameters = self.parameters()
        key = self._key()
        period_days = parameters.get("RotationPeriodInDays", _DEFAULT_DAYS)
        self.kms_backend.enable_key_rotation(parameters["KeyId"])
        key.rotation_period_days = period_days
        return Answer()

    def get_key_rotation_status(self) -> Answer:
        """GetKeyRotationStatus."""
        key = self._key()
        status: dict[str, Any] = {"KeyId": key.id, "KeyRotationEnabled": key.key_rotation_status}
        if key.key_rotation_status:
            period_days = getattr(key, "rotation_period_days", _DEFAULT_DAYS)
            status |= {
                "RotationPeriodInDays": period_days,
                "NextRotationDate": datetime.now(UTC) + timedelta(days=period_days),
            }
        return Answer(status)

    def _get_param(self, param_name: str, if_none: Any = None) -> Any:  # noqa: ANN401 - moto's own type
        """A parameter; of a key's ARN only the id, as moto looks most keys up by their id alone.

        A new key encrypts by default: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
        """
        value = super()._get_param(param_name, if_none)
        if param_name == "KeyId" and isinstance(value, str) and ":key/" in value:
            return value.rpartition("/")[2]
        return "ENCRYPT_DECRYPT" if param_name == "KeyUsage" and not value else value

    def _key(self) -> Any:  # noqa: ANN401 - moto's own type
        key_id = self.parameters()["KeyId"]
        self._validate_cmk_id(key_id)
        return self.kms_backend.keys[self.kms_backend.get_key_id(key_id)]


EXTENSION = Extension(package="kms", response=LocalKmsResponse)
