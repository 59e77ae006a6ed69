"""Whether DMS may take a role: the account's check and the deployment's judge it alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from facts.placement import PARTITIONS

_DMS: Final = {f"dms.{partition.dns_suffix}" for partition in PARTITIONS}


def trusts_dms(trust: Mapping[str, Any]) -> bool:
    """Whether a trust policy lets DMS take the role, whomever else it lets, however written."""
    return any(
        statement.get("Effect") == "Allow"
        and isinstance(statement.get("Principal"), Mapping)
        and _DMS & set(_listed(statement["Principal"].get("Service", [])))
        and "sts:assumerole" in {action.lower() for action in _listed(statement.get("Action", []))}
        for statement in _listed(trust.get("Statement", []))
    )


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - IAM's grammar: one, or a list
    return value if isinstance(value, list) else [value]
