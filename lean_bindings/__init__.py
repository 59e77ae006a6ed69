"""Makes a prebuilt CDKTF provider package load only the modules that a program imports."""

from __future__ import annotations

import importlib.util
import sys
import types


def activate(package_name: str) -> None:
    """Import the package's modules one by one instead of all 2,213 at once.

    Must run before the first import of the package. Call sites keep their ordinary imports.
    """
    if package_name in sys.modules:
        return
    spec = importlib.util.find_spec(package_name)
    if spec is None or spec.submodule_search_locations is None:
        return
    package = types.ModuleType(package_name)
    package.__spec__ = spec
    package.__package__ = package_name
    package.__file__ = spec.origin
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules[package_name] = package
