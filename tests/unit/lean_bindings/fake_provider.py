"""Writes small provider packages, built like the prebuilt ones, for jsii's real kernel to load.

``fake_provider`` has the submodules ``alpha_one``, ``beta`` and ``gamma``, called ``alphaOne``,
``beta`` and ``gamma`` by jsii. Each has one class whose ``label`` is its name, and whose ``loaded``
counts the package's modules that node has required. ``beta`` needs ``gamma``, by a type and by a
``require``, but its Python module does not import it. Node refuses a class that is given an
argument.
"""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "@fake/provider"
VERSION = "1.0.0"
SUBMODULES = {"alpha_one": "alphaOne", "beta": "beta", "gamma": "gamma"}

_ROOT_PY = """\
import jsii
from ._jsii import *
from . import alpha_one
from . import beta
from . import gamma
"""
_JSII_PY = """\
import jsii
jsii.JSIIAssembly.load("{name}", "{version}", __name__[0:-6], "{file}")
"""
_SUBMODULE_PY = """\
import jsii
from .._jsii import *

class Thing(metaclass=jsii.JSIIMeta, jsii_type="{name}.{submodule}.Thing"):
    def __init__(self, *refused):
        jsii.create(self.__class__, self, list(refused))

    @property
    def label(self):
        return jsii.get(self, "label")

    @property
    def loaded(self):
        return jsii.get(self, "loaded")
"""
_SUBMODULE_JS = """\
"use strict";
{requires}
class Thing {{
    get label() {{ return "{submodule}"; }}
    get loaded() {{ return Object.keys(require.cache).filter((p) => p.includes("provider/lib/")).length; }}
}}
exports.Thing = Thing;
Thing[Symbol.for("jsii.rtti")] = {{ fqn: "{name}.{submodule}.Thing", version: "{version}" }};
//# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjozfQ==
"""


def write_fake_provider(site: Path, *, indent: int | None = 2, **changes: object) -> Path:
    """Installs ``fake_provider`` into the folder ``site``; ``changes`` go into its description."""
    requires = {"beta": 'exports.gamma = require("../gamma");'}
    files = {
        f"lib/{jsii_name.lower()}/index.js": _SUBMODULE_JS.format(
            requires=requires.get(name, ""), submodule=jsii_name, name=NAME, version=VERSION
        )
        for name, jsii_name in SUBMODULES.items()
    }
    files["lib/index.js"] = "\n".join(
        f'exports.{name} = require("./{name.lower()}");' for name in SUBMODULES.values()
    )
    description = {**describe(), **changes}
    package = site / "fake_provider"
    _install(package, NAME, files, description, indent=indent)
    (package / "__init__.py").write_text(_ROOT_PY)
    for name, jsii_name in SUBMODULES.items():
        (package / name).mkdir()
        (package / name / "__init__.py").write_text(
            _SUBMODULE_PY.format(name=NAME, submodule=jsii_name)
        )
    return package


def write_dependent(site: Path) -> Path:
    """Installs ``dependent``, a jsii package whose JavaScript uses all of ``fake_provider``."""
    name = "@fake/dependent"
    files = {
        "lib/index.js": (
            'const provider = require("@fake/provider");\n'
            "class Thing { get label() { return new provider.gamma.Thing().label; } }\n"
            "exports.Thing = Thing;\n"
            f'Thing[Symbol.for("jsii.rtti")] = {{ fqn: "{name}.Thing", version: "{VERSION}" }};\n'
        )
    }
    types = {f"{name}.Thing": _thing(name, None)}
    package = site / "dependent"
    description = {**describe(name), "types": types, "dependencies": {NAME: VERSION}}
    _install(package, name, files, description)
    with (package / "_jsii" / "__init__.py").open("r+") as stream:
        text = stream.read()
        stream.seek(0)
        stream.write("import fake_provider._jsii\n" + text)
    thing = _SUBMODULE_PY.format(name=name, submodule="X").replace(".X.Thing", ".Thing")
    (package / "__init__.py").write_text(thing.replace("from .._jsii", "from ._jsii"))
    return package


def describe(name: str = NAME) -> dict[str, Any]:
    """What the jsii compiler would write into ``.jsii``."""
    types = {
        f"{name}.{submodule}.Thing": _thing(name, submodule) for submodule in SUBMODULES.values()
    }
    types[f"{name}.beta.Thing"]["properties"].append(
        {"name": "other", "optional": True, "type": {"fqn": f"{name}.gamma.Thing"}}
    )
    return {
        "dependencies": {},
        "docs": {"stability": "stable"},
        "jsiiVersion": "5.8.0 (build 0000000)",
        "name": name,
        "schema": "jsii/0.10.0",
        "submodules": {
            f"{name}.{submodule}": {"symbolId": f"src/{submodule.lower()}/index:"}
            for submodule in SUBMODULES.values()
        },
        "types": types,
        "version": VERSION,
        "fingerprint": "x",
    }


def _thing(name: str, submodule: str | None) -> dict[str, Any]:
    path = f"{submodule}.Thing" if submodule else "Thing"
    thing: dict[str, Any] = {
        "assembly": name,
        "docs": {"summary": "A thing."},
        "fqn": f"{name}.{path}",
        "initializer": {},
        "kind": "class",
        "locationInModule": {"filename": "src/index.ts", "line": 1},
        "name": "Thing",
        "properties": [
            {"immutable": True, "name": "label", "type": {"primitive": "string"}},
            {"immutable": True, "name": "loaded", "type": {"primitive": "number"}},
        ],
    }
    return {**thing, "namespace": submodule} if submodule else thing


def _install(
    package: Path,
    name: str,
    files: Mapping[str, str],
    description: Mapping[str, Any],
    *,
    indent: int | None = 2,
) -> None:
    file = f"{name.split('/')[1]}@{VERSION}.jsii.tgz"
    (package / "_jsii").mkdir(parents=True)
    (package / "_jsii" / "__init__.py").write_text(
        _JSII_PY.format(name=name, version=VERSION, file=file)
    )
    manifest = {"name": name, "version": VERSION, "main": "lib/index.js"}
    pack(
        package / "_jsii" / file,
        {
            ".jsii": json.dumps(description, indent=indent),
            **files,
            "package.json": json.dumps(manifest),
        },
    )


def pack(tarball: Path, files: Mapping[str, str]) -> Path:
    """Writes an npm tarball."""
    with tarfile.open(tarball, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return tarball
