"""Cuts a provider's jsii package down to some of its submodules and what these need.

A jsii package is an npm tarball: ``.jsii`` describes every type, ``package.json`` names the main
module, and the main module requires every other one. The kernel parses the description and runs
the main module when the package is loaded; for ``@cdktf/provider-aws`` these are 131 MB with
24,943 types, and 2,212 modules. The copy keeps the package's name and version, the types and
modules of the chosen submodules with whatever they refer to, and a main module that requires each
of them when it is first asked for.
"""

from __future__ import annotations

import gzip
import io
import json
import posixpath
import re
import tarfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_SCHEMA = "jsii/0.10.0"

# What the kernel itself leaves out of its runtime index, because it never reads it.
_UNREAD = frozenset({"docs", "locationInModule", "sourceLine"})

# `exports.vpc = require("./vpc");`, also with TypeScript's helper around the call.
_EXPORT = re.compile(rb'^exports\.(\w+) = (?:__importStar\()?require\("(\.[^"]+)"\)', re.MULTILINE)
_RELATIVE_REQUIRE = re.compile(rb'\brequire\("(\.[^"]+)"\)')
_ENTRY = re.compile(rb',?\n    "([^"\n]+)": ')
_SOURCE_MAP = b"\n//# sourceMappingURL=data:"


class UnsupportedPackageError(Exception):
    """The package is not built the way that this module knows how to cut."""


def slim(shipped: Path, submodules: Iterable[str]) -> bytes:
    """The tarball of a package that has only these jsii submodules and what they need.

    The same input gives the same bytes, so jsii's own cache, which goes by the file's digest,
    unpacks the copy once.

    Args:
        shipped: The provider's tarball; it is only read.
        submodules: First-level submodules by their jsii names, such as ``rdsCluster``.

    Raises:
        UnsupportedPackageError: The package is not what the jsii compiler and CDKTF produce today.
    """
    files = _read(shipped)
    try:
        description, manifest = files.pop("package/.jsii"), files["package/package.json"]
    except KeyError as missing:
        raise UnsupportedPackageError(f"{shipped.name} has no {missing}") from None
    head, types = _split(description)
    if head.get("schema") != _SCHEMA:
        raise UnsupportedPackageError(
            f"{shipped.name} describes its types with {head.get('schema')}, not {_SCHEMA}"
        )
    kept_types, kept_submodules = _with_referenced(head["name"], types, submodules)
    main = _resolve(files, "package", "./" + json.loads(manifest).get("main", "index.js"))
    exports = {name.decode(): target.decode() for name, target in _EXPORT.findall(files[main])}
    if not_exported := kept_submodules - exports.keys():
        raise UnsupportedPackageError(f"{main} does not export {', '.join(sorted(not_exported))}")
    exports = {name: exports[name] for name in sorted(kept_submodules)}

    kept = {"package/package.json": manifest, main: _lazy_main(exports)}
    _add_required(kept, files, posixpath.dirname(main), exports.values())
    head["types"] = kept_types
    head["submodules"] = {
        fqn: body
        for fqn, body in head.get("submodules", {}).items()
        if _first_level(head["name"], fqn) in kept_submodules
    }
    kept["package/.jsii"] = _compact(_without_unread(head))
    return _pack(kept)


def names_assembly(tarball: Path, name: str) -> bool:
    """Whether a jsii package says that it depends on the assembly ``name``.

    Dependencies stand at the beginning of the description; the rest is not read.
    """
    with tarfile.open(tarball, "r:gz") as archive:
        for member in archive:
            if member.name == "package/.jsii" and (stream := archive.extractfile(member)):
                return f'"{name}"'.encode() in stream.read(1 << 18)
    return False


def _read(tarball: Path) -> dict[str, bytes]:
    """The description, the manifest and the JavaScript of a package, without source maps."""
    files: dict[str, bytes] = {}
    with tarfile.open(tarball, "r:gz") as archive:
        for member in archive:
            name = member.name
            if not (name.endswith((".js", "/.jsii")) or name == "package/package.json"):
                continue
            if stream := archive.extractfile(member):
                content = stream.read()
                # Three quarters of a module's bytes; node would read and keep them for nothing.
                cut = content.rfind(_SOURCE_MAP) if name.endswith(".js") else -1
                files[name] = content if cut < 0 else content[: cut + 1]
    return files


def _split(description: bytes) -> tuple[dict[str, Any], dict[str, memoryview]]:
    """The description without its types, and the JSON of each type by its name.

    The jsii compiler indents by two spaces, and a JSON string holds no line break, so lines give
    the structure away; parsing all of it would take 40 times as long and 700 MB.
    """
    begin = description.find(b'\n  "types": {\n')
    if begin < 0:
        head = json.loads(description)
        return head, {name: memoryview(_compact(body)) for name, body in head["types"].items()}
    opening = description.index(b"{", begin) + 1
    end = description.index(b"\n  }", opening)
    head = json.loads(description[:opening] + description[end:])
    entries = list(_ENTRY.finditer(description, opening, end))
    limits = [entry.start() for entry in entries[1:]] + [end]
    whole = memoryview(description)
    return head, {
        entry[1].decode(): whole[entry.end() : limit]
        for entry, limit in zip(entries, limits, strict=True)
    }


def _with_referenced(
    assembly: str, types: Mapping[str, memoryview], submodules: Iterable[str]
) -> tuple[dict[str, Any], set[str]]:
    """The types of these submodules and of all that they refer to, and the submodules' names."""
    by_submodule: dict[str, list[str]] = {}
    for fqn in types:
        if "." not in fqn.removeprefix(f"{assembly}."):
            raise UnsupportedPackageError(f"{fqn} is in no submodule")
        by_submodule.setdefault(_first_level(assembly, fqn), []).append(fqn)
    reference = re.compile(rb'"%s\.(\w+)\.' % re.escape(assembly.encode()))
    kept: dict[str, Any] = {}
    seen: set[str] = set()
    waiting = set(submodules)
    while waiting:
        submodule = waiting.pop()
        seen.add(submodule)
        for fqn in by_submodule.get(submodule, ()):
            kept[fqn] = json.loads(bytes(types[fqn]))
            waiting.update({name.decode() for name in reference.findall(types[fqn])} - seen)
    return dict(sorted(kept.items())), seen


def _first_level(assembly: str, fqn: str) -> str:
    """``vpc`` of ``@cdktf/provider-aws.vpc.Vpc``."""
    return fqn.removeprefix(f"{assembly}.").partition(".")[0]


def _lazy_main(exports: Mapping[str, str]) -> bytes:
    """A main module that requires each submodule when it is first asked for."""
    lines = ['"use strict";', 'Object.defineProperty(exports, "__esModule", { value: true });']
    lines += [
        f"Object.defineProperty(exports, {json.dumps(name)}, "
        f"{{ enumerable: true, get: () => require({json.dumps(target)}) }});"
        for name, target in exports.items()
    ]
    return "\n".join([*lines, ""]).encode()


def _add_required(
    kept: dict[str, bytes], files: Mapping[str, bytes], folder: str, targets: Iterable[str]
) -> None:
    """Adds the modules that ``targets``, seen from ``folder``, name, and those they require."""
    waiting = [(folder, target) for target in targets]
    while waiting:
        path = _resolve(files, *waiting.pop())
        if path not in kept:
            kept[path] = files[path]
            waiting += [
                (posixpath.dirname(path), name.decode())
                for name in _RELATIVE_REQUIRE.findall(files[path])
            ]


def _resolve(files: Mapping[str, bytes], folder: str, target: str) -> str:
    """The file that ``require(target)`` means in a module of ``folder``."""
    path = posixpath.normpath(posixpath.join(folder, target))
    for candidate in (path, f"{path}.js", f"{path}/index.js"):
        if candidate in files:
            return candidate
    raise UnsupportedPackageError(f"{folder} requires {target}, which the package does not have")


def _without_unread(value: Any) -> Any:  # noqa: ANN401 (JSON of any shape)
    if isinstance(value, dict):
        return {key: _without_unread(item) for key, item in value.items() if key not in _UNREAD}
    if isinstance(value, list):
        return [_without_unread(item) for item in value]
    return value


def _compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _pack(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), compresslevel=6, mtime=0)
