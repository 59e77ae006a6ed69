"""What a service's module hands to the registry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Extension:
    """The classes that stand in for moto's own.

    Attributes:
        package: The service's package in moto, such as `dms`.
        backend: A subclass of moto's backend; None leaves moto's.
        response: A subclass of moto's response class; None leaves moto's.
        models: Subclasses of moto's model classes, by the name that moto's backend makes them by.
    """

    package: str
    backend: type | None = None
    response: type | None = None
    models: Mapping[str, type] = field(default_factory=dict)
