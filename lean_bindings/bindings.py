"""What one provider package is imported for, and the tarball that jsii loads for it."""

from __future__ import annotations

from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from lean_bindings.deferral import DeferringProvider
from lean_bindings.discovery import imported_submodules
from lean_bindings.errors import SWITCH, LateImportError, say_shipped
from lean_bindings.lazy import has_submodule
from lean_bindings.store import Store, cache_folder

if TYPE_CHECKING:
    import types
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec

# In a submodule's place: something needs the provider's package whole.
_WHOLE = "__all__"


class Bindings(MetaPathFinder):
    """Sees every import of one provider package, and chooses the tarball that jsii loads.

    As a finder it finds nothing: it takes a note and leaves the import to the others.
    """

    def __init__(self, package: str, folder: Path, sources: Sequence[Path]) -> None:
        """Watches ``package``, installed in ``folder``, for the project that ``sources`` hold."""
        self.package = package
        self.folder = folder
        self._sources = sources
        self._imported: set[str] = set()
        self._kept: set[str] | None = None

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 (the import system passes it)
        target: types.ModuleType | None = None,  # noqa: ARG002 (the same)
    ) -> ModuleSpec | None:
        """Takes a note of an import.

        Raises:
            LateImportError: The submodule exists, but the copy that jsii has loaded lacks it.
        """
        if fullname.endswith("._jsii"):
            DeferringProvider.installed().watch(self)
        elif fullname.startswith(f"{self.package}."):
            name = fullname.removeprefix(f"{self.package}.").partition(".")[0]
            if self._kept is None:
                self._imported.add(name)
            elif name not in self._kept and has_submodule(self.folder, name):
                raise self._too_late(f"{self.package}.{name}")
        return None

    def ships(self, tarball: Path) -> bool:
        """Whether a tarball is the one that this package brings."""
        return tarball.parent == self.folder / "_jsii"

    def needed_whole(self, by: str) -> None:
        """Notes that the jsii package ``by`` builds on this one, which imports do not show.

        Raises:
            LateImportError: jsii has loaded a slimmed copy already.
        """
        if self._kept is not None:
            raise self._too_late(f"{by}, which builds on {self.package},")
        self._imported.add(_WHOLE)

    def tarball(self, assembly: str, version: str, shipped: str) -> str:
        """The slimmed copy of ``shipped``, or ``shipped`` itself if there cannot be one."""
        # Only here is it certain that a copy is asked for; jsii has been imported by now.
        from lean_bindings.package import slimmed_tarball  # noqa: PLC0415

        try:
            names = self._imported | imported_submodules(self.package, self._sources)
            if _WHOLE in names:
                say_shipped(self.package, "another jsii package builds on it")
                return shipped
            names = {name for name in names if has_submodule(self.folder, name)}
            copy = slimmed_tarball(
                Store(cache_folder()),
                folder=self.folder,
                assembly=assembly,
                version=version,
                shipped=Path(shipped),
                names=names,
            )
        except Exception as error:  # noqa: BLE001 (whatever it is, the shipped package works)
            say_shipped(self.package, f"{type(error).__name__}: {error}")
            return shipped
        self._kept = names
        return str(copy)

    def refused(self, copy: str, error: Exception) -> None:
        """Throws away a copy that jsii cannot load."""
        self._kept = None
        Path(copy).unlink(missing_ok=True)
        say_shipped(self.package, f"jsii cannot load {copy}: {error}")

    def _too_late(self, what: str) -> LateImportError:
        return LateImportError(
            f"{what} was imported after {self.package} had been loaded without it. Import it where "
            f"the program starts, or set {SWITCH}=off to use the package as shipped."
        )
