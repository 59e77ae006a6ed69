"""IAM: AWS's managed policies exist, and cost nothing until an account looks at policies."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

from moto.iam.models import IAMBackend
from moto.iam.responses import IamResponse

from local_aws.answers import BackendMixin
from local_aws.services.extension import Extension
from local_aws.services.simulation import Simulation


class LocalIamBackend(BackendMixin, IAMBackend):  # type: ignore[misc]  # moto is untyped here
    """Has the fifteen hundred policies of AWS when they are first wanted.

    moto makes a backend for every account and partition that a call comes from, and reads them
    into each, a fifth of a second every time. Here they are read once and copied.
    """

    _read: ClassVar[dict[str, list[Any]]] = {}

    def __init__(self, region_name: str, account_id: str) -> None:
        """Begin without policies."""
        self._aws_policies: list[Any] = []
        self._policies: dict[str, Any] | None = None
        super().__init__(region_name, account_id)

    @property
    def aws_managed_policies(self) -> list[Any]:
        """AWS's own policies."""
        self._load()
        return self._aws_policies

    @aws_managed_policies.setter
    def aws_managed_policies(self, value: list[Any]) -> None:
        """Leave aside what moto sets at first; see `_load`."""

    @property
    def managed_policies(self) -> dict[str, Any]:
        """AWS's policies and the account's own, by ARN."""
        return self._load()

    @managed_policies.setter
    def managed_policies(self, value: dict[str, Any]) -> None:
        """Leave aside what moto sets at first; see `_load`."""

    def _init_aws_policies(self) -> list[Any]:
        return []

    def _init_managed_policies(self) -> dict[str, Any]:
        return {}

    def _load(self) -> dict[str, Any]:
        if self._policies is None:
            if self.partition not in self._read:
                self._read[self.partition] = super()._init_aws_policies()
            self._aws_policies = [copy.copy(policy) for policy in self._read[self.partition]]
            for policy in self._aws_policies:
                policy.account_id = self.account_id
            self._policies = {policy.arn: policy for policy in self._aws_policies}
        return self._policies


class LocalIamResponse(Simulation, IamResponse):  # type: ignore[misc]  # moto is untyped here
    """Answers what moto's response class lacks."""


EXTENSION = Extension(package="iam", backend=LocalIamBackend, response=LocalIamResponse)
