"""The values of parameter groups, each with the method by which RDS applies it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from constructs_lib.aurora.engine import major_version, parameter_group_family
from facts.parameters import PARAMETERS, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence


class ApplyMethod(StrEnum):
    """When RDS hands a parameter's value to the instances.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBClusterParameterGroup.html
    """

    IMMEDIATE = "immediate"
    """At once; for dynamic parameters alone."""

    PENDING_REBOOT = "pending-reboot"
    """With the next reboot."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """A parameter and its value.

    Args:
        name: The parameter's name.
        value: The value as PostgreSQL takes it; a bare number is in the parameter's own unit.
        apply_method: By default what the table of known parameters says; a parameter that it does
            not hold must state it.
    """

    name: str
    value: str
    apply_method: ApplyMethod | None = None


def with_apply_methods(parameters: Sequence[Parameter], *, engine_version: str) -> list[Parameter]:
    """A parameter group's parameters, each with its method, in the order of their names.

    Args:
        parameters: The parameters; no two of one name.
        engine_version: Aurora PostgreSQL's version.

    Raises:
        ValueError: A parameter is named twice, is unknown and states no method, or is static and
            to be applied immediately.
    """
    twice = [name for name, count in Counter(p.name for p in parameters).items() if count > 1]
    if twice:
        raise ValueError(
            f"the parameter {twice[0]} is given twice; a parameter group holds one value of each."
            " Leave one out."
        )
    return [
        replace(parameter, apply_method=_apply_method(parameter, engine_version))
        for parameter in sorted(parameters, key=lambda parameter: parameter.name)
    ]


def _apply_method(parameter: Parameter, engine_version: str) -> ApplyMethod:
    known = PARAMETERS.get(parameter.name)
    if known is None:
        if parameter.apply_method is None:
            raise ValueError(_unknown(parameter.name, engine_version))
        return parameter.apply_method
    if known.kind is Kind.STATIC and parameter.apply_method is ApplyMethod.IMMEDIATE:
        raise ValueError(
            f"the parameter {parameter.name} is static and its apply_method is immediate, which RDS"
            " refuses; allowed is pending-reboot. Leave apply_method out: it follows by itself."
        )
    if parameter.apply_method is not None:
        return parameter.apply_method
    # RDS keeps no value that equals its own default, and gives every default back as
    # pending-reboot: stated as immediate it would differ in every plan.
    is_default = parameter.value == known.default(major_version(engine_version))
    if known.kind is Kind.STATIC or is_default:
        return ApplyMethod.PENDING_REBOOT
    return ApplyMethod.IMMEDIATE


def _unknown(name: str, engine_version: str) -> str:
    family = parameter_group_family(engine_version)
    return (
        f"the parameter {name} has no apply_method, and the table of known parameters does not hold"
        " it; allowed are immediate (for a dynamic one) and pending-reboot (for a static one)."
        " To see which it is: aws rds describe-engine-default-cluster-parameters"
        f" --db-parameter-group-family {family}"
        f" --query \"EngineDefaults.Parameters[?ParameterName=='{name}'].ApplyType\""
    )
