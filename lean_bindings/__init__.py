"""Makes a prebuilt CDKTF provider load only the submodules that a program imports.

``cdktf-cdktf-provider-aws`` 21.22.1 imports 2,213 Python modules when one of them is imported, and
has node parse a description of 131 MB and require 2,212 modules. This package puts a lazy package
in the Python one's place, and hands jsii a copy of the provider that holds the submodules which
the project imports. Node starts and loads while Python imports. Nothing installed is changed, call
sites stay ordinary imports, and the synthesized JSON is the same to the byte. Figures are in
``bench/RESULTS.md``.

At the head of a program, before anything imports the provider::

    import lean_bindings

    lean_bindings.activate("cdktf_cdktf_provider_aws")

The README beside this file says how it works and what it does when something is missing.
"""

from __future__ import annotations

import atexit
import gc
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lean_bindings.bindings import Bindings
from lean_bindings.errors import SWITCH, LateImportError, say_shipped
from lean_bindings.lazy import LazyPackage
from lean_bindings.store import cache_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LateImportError", "activate", "cache_folder"]

_OFF = frozenset({"0", "false", "no", "off"})

# Python's default is 700; a synthesis is over before it has made as many.
_OBJECTS_BEFORE_A_COLLECTION = 1_000_000


def activate(package: str, *, sources: Sequence[Path] = (Path(__file__).parents[1],)) -> None:
    """Loads the provider ``package`` lean from now on; a second call does nothing.

    With ``LEAN_BINDINGS=off`` in the environment everything stays as shipped. It also does, with
    one line on standard error, when the package cannot be made lean: when it has been imported
    already, or has types outside its submodules. A package that is not installed is left to the
    program's own import to report.

    Garbage is collected less often from then on: a synthesis has little, and each search takes
    0.1 s.

    Args:
        package: The Python package, such as ``cdktf_cdktf_provider_aws``.
        sources: Folders with the project's Python files, which are read to find out what they
            import. By default the folder that holds this package.
    """
    if os.environ.get(SWITCH, "").lower() in _OFF:
        return
    if package in sys.modules:
        if not isinstance(sys.modules[package], LazyPackage):
            say_shipped(package, "it was imported before it could be made lean")
        return
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return
    if "jsii_type=" in Path(spec.origin).read_text(encoding="utf-8"):
        say_shipped(package, "it has types outside its submodules")
        return
    sys.modules[package] = LazyPackage(spec)
    sys.meta_path.insert(0, Bindings(package, Path(spec.origin).parent, sources))
    gc.set_threshold(_OBJECTS_BEFORE_A_COLLECTION)
    # Leaves nothing for the last search, at the end of the process, which takes longest.
    atexit.register(gc.freeze)
