"""A package in whose place nothing is imported until it is asked for."""

from __future__ import annotations

import importlib
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec


class LazyPackage(types.ModuleType):
    """Takes the place of an installed package without running its ``__init__``.

    ``from package.sub import Name`` finds the submodule as ever; ``package.sub`` and
    ``from package import sub`` import it when they are reached (PEP 562 does it the same way).
    """

    def __init__(self, spec: ModuleSpec) -> None:
        """Stands for the package that ``spec`` describes."""
        super().__init__(spec.name)
        self.__spec__ = spec
        self.__package__ = spec.name
        self.__file__ = spec.origin
        self.__path__ = list(spec.submodule_search_locations or ())

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (a module's attributes)
        """Imports the submodule ``name``; ``import *`` means all of them, as it does as shipped.

        Raises:
            AttributeError: The package has no such submodule.
        """
        if name == "__all__":
            return dir(self)
        if not has_submodule(self._folder, name):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return importlib.import_module(f"{self.__name__}.{name}")

    def __dir__(self) -> list[str]:
        """The submodules, imported or not."""
        names = (path.parent.name for path in self._folder.glob("*/__init__.py"))
        return sorted(name for name in names if has_submodule(self._folder, name))

    @property
    def _folder(self) -> Path:
        return Path(self.__path__[0])


def has_submodule(folder: Path, name: str) -> bool:
    """Whether the package in ``folder`` offers a submodule of this name to programs."""
    return name != "_jsii" and (folder / name / "__init__.py").is_file()
