"""The checks of a deployed environment, a module for each area.

A check is a function ``check_...(deployed)`` that raises AssertionError where something is not as
the environment's settings say. It only reads.
"""

from __future__ import annotations

from importlib import import_module
from inspect import getmembers, isfunction
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ferry.check.deployment.deployed import Deployed

    Check = Callable[[Deployed], None]


def _collect() -> Iterator[tuple[str, Check]]:
    for module in iter_modules(__path__, prefix=f"{__name__}."):
        for name, function in getmembers(import_module(module.name), isfunction):
            if name.startswith("check_") and function.__module__ == module.name:
                yield name, function


CHECKS: Mapping[str, Check] = dict(_collect())
"""All checks by their names."""
