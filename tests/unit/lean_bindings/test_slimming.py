from __future__ import annotations

import gzip
import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from lean_bindings.slimming import UnsupportedPackageError, names_assembly, slim
from tests.unit.lean_bindings.fake_provider import (
    describe,
    pack,
    write_dependent,
    write_fake_provider,
)

if TYPE_CHECKING:
    from pathlib import Path


def _shipped(tmp_path: Path, **changes: Any) -> Path:  # noqa: ANN401
    [tarball] = (write_fake_provider(tmp_path, **changes) / "_jsii").glob("*.tgz")
    return tarball


def _unpack(content: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return {
            member.name: stream.read()
            for member in archive
            if (stream := archive.extractfile(member))
        }


def test_only_the_files_of_a_submodule_are_kept(tmp_path: Path) -> None:
    files = _unpack(slim(_shipped(tmp_path), ["alphaOne"]))
    assert sorted(files) == [
        "package/.jsii",
        "package/lib/alphaone/index.js",
        "package/lib/index.js",
        "package/package.json",
    ]


def test_the_description_keeps_all_but_other_types_and_what_is_never_read(tmp_path: Path) -> None:
    kept = json.loads(_unpack(slim(_shipped(tmp_path), ["alphaOne"]))["package/.jsii"])
    whole = describe()
    thing = whole["types"]["@fake/provider.alphaOne.Thing"]
    del whole["docs"], thing["docs"], thing["locationInModule"]
    whole["types"] = {"@fake/provider.alphaOne.Thing": thing}
    whole["submodules"] = {
        "@fake/provider.alphaOne": whole["submodules"]["@fake/provider.alphaOne"]
    }
    assert kept == whole


def test_types_and_modules_that_are_referred_to_are_kept_as_well(tmp_path: Path) -> None:
    files = _unpack(slim(_shipped(tmp_path), ["beta"]))
    assert "package/lib/gamma/index.js" in files
    assert sorted(json.loads(files["package/.jsii"])["types"]) == [
        "@fake/provider.beta.Thing",
        "@fake/provider.gamma.Thing",
    ]


def test_the_main_module_requires_a_submodule_when_it_is_asked_for(tmp_path: Path) -> None:
    main = _unpack(slim(_shipped(tmp_path), ["alphaOne"]))["package/lib/index.js"].decode()
    assert main == (
        '"use strict";\n'
        'Object.defineProperty(exports, "__esModule", { value: true });\n'
        'Object.defineProperty(exports, "alphaOne", '
        '{ enumerable: true, get: () => require("./alphaone") });\n'
    )


def test_source_maps_are_left_out(tmp_path: Path) -> None:
    module = _unpack(slim(_shipped(tmp_path), ["alphaOne"]))["package/lib/alphaone/index.js"]
    assert b"sourceMappingURL" not in module
    assert module.endswith(b"};\n")


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    shipped = _shipped(tmp_path)
    assert slim(shipped, ["alphaOne", "beta"]) == slim(shipped, ["beta", "alphaOne"])


def test_the_layout_of_the_description_does_not_matter(tmp_path: Path) -> None:
    indented = slim(_shipped(tmp_path / "indented"), ["beta"])
    compact = slim(_shipped(tmp_path / "compact", indent=None), ["beta"])
    assert gzip.decompress(indented) == gzip.decompress(compact)


def test_an_unknown_schema_is_refused(tmp_path: Path) -> None:
    shipped = _shipped(tmp_path, schema="jsii/file-redirect")
    with pytest.raises(UnsupportedPackageError) as refused:
        slim(shipped, ["beta"])
    assert str(refused.value) == (
        "provider@1.0.0.jsii.tgz describes its types with jsii/file-redirect, not jsii/0.10.0"
    )


def test_types_at_the_root_are_refused(tmp_path: Path) -> None:
    types = {"@fake/provider.Root": {}, **describe()["types"]}
    with pytest.raises(UnsupportedPackageError, match=r"^@fake/provider\.Root is in no submodule$"):
        slim(_shipped(tmp_path, types=types), ["beta"])


def test_a_submodule_that_the_main_module_does_not_export_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedPackageError) as refused:
        slim(_shipped(tmp_path), ["omega", "beta"])
    assert str(refused.value) == "package/lib/index.js does not export omega"


@pytest.mark.parametrize(
    ("without", "message"),
    [
        (".jsii", "p.tgz has no 'package/.jsii'"),
        ("package.json", "p.tgz has no 'package/package.json'"),
        ("lib/a.js", "package/lib requires ./a, which the package does not have"),
        ("lib/index.js", "package requires ./lib/index.js, which the package does not have"),
    ],
)
def test_an_incomplete_package_is_refused(tmp_path: Path, without: str, message: str) -> None:
    description = {**describe("p"), "types": {"p.a.Thing": {}}}
    files = {
        ".jsii": json.dumps(description),
        "package.json": '{"main": "lib/index.js"}',
        "lib/index.js": 'exports.a = require("./a");',
        "lib/a.js": "",
    }
    del files[without]
    with pytest.raises(UnsupportedPackageError) as refused:
        slim(pack(tmp_path / "p.tgz", files), ["a"])
    assert str(refused.value) == message


def test_which_packages_build_on_another(tmp_path: Path) -> None:
    [dependent] = (write_dependent(tmp_path) / "_jsii").glob("*.tgz")
    assert names_assembly(dependent, "@fake/provider")
    assert not names_assembly(dependent, "@fake/provide")
    assert not names_assembly(pack(tmp_path / "empty.tgz", {}), "@fake/provider")
