"""The values of parameter groups, each with the method by which RDS applies it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from facts.parameters import PARAMETERS, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

_IMMEDIATE, _PENDING_REBOOT = "immediate", "pending-reboot"


class Parameter(Protocol):
    """What is said of a parameter."""

    @property
    def value(self) -> str:
        """The value as PostgreSQL takes it; a bare number is in the parameter's own unit."""

    @property
    def apply_method(self) -> str | None:
        """``immediate`` or ``pending-reboot``; by default what `facts.parameters` knows.

        Stated for a parameter that is not known there.
        """


class Applied(NamedTuple):
    """A parameter as its group holds it."""

    name: str
    value: str
    apply_method: str


def applied(
    parameters: Mapping[str, Parameter], *, own: Mapping[str, str] | None = None, release: int
) -> list[Applied]:
    """A group's parameters in the order of their names.

    Args:
        parameters: What is given; it comes before the project's own.
        own: The project's own; none by default.
        release: The release of PostgreSQL, such as 15.
    """
    stated = {name: parameter.apply_method for name, parameter in parameters.items()}
    values = {**(own or {}), **{name: parameter.value for name, parameter in parameters.items()}}
    return [
        Applied(name, value, stated.get(name) or _apply_method(name, value, release))
        for name, value in sorted(values.items())
    ]


def _apply_method(name: str, value: str, release: int) -> str:
    known = PARAMETERS[name]
    # RDS keeps no value that equals its own default, and gives every default back as
    # pending-reboot: stated as immediate it would differ in every plan.
    if known.kind is Kind.STATIC or value == known.default(release):
        return _PENDING_REBOOT
    return _IMMEDIATE
