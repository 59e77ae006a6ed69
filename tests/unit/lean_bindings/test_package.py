from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
import pytest

from lean_bindings.package import jsii_names, slimmed_tarball
from lean_bindings.slimming import UnsupportedPackageError
from lean_bindings.store import Store
from tests.unit.lean_bindings.fake_provider import NAME, VERSION, write_fake_provider

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_fake_provider(tmp_path)


def _tarball(folder: Path, *names: str, assembly: str = NAME, version: str = VERSION) -> Path:
    [shipped] = (folder / "_jsii").glob("*.tgz")
    return slimmed_tarball(
        Store(folder.parent / "cache"),
        folder=folder,
        assembly=assembly,
        version=version,
        shipped=shipped,
        names=set(names),
    )


def test_a_copy_is_named_after_assembly_and_version(folder: Path) -> None:
    assert _tarball(folder, "beta").name.startswith("fake-provider-1.0.0-")


def test_the_order_of_submodules_makes_no_other_copy(folder: Path) -> None:
    assert _tarball(folder, "beta", "gamma") == _tarball(folder, "gamma", "beta")


def test_whatever_the_content_depends_on_makes_another_copy(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = [
        _tarball(folder, "beta"),
        _tarball(folder, "beta", "gamma"),
        _tarball(folder, "beta", version="1.0.1"),
    ]
    monkeypatch.setattr(jsii, "__version__", "9.9.9")
    copies.append(_tarball(folder, "beta"))
    assert len(set(copies)) == 4


def test_python_names_become_jsii_names(folder: Path) -> None:
    assert jsii_names(folder, NAME, ["alpha_one", "beta"]) == {"alphaOne", "beta"}


def test_a_submodule_without_types_is_refused(folder: Path) -> None:
    (folder / "beta" / "__init__.py").write_text("")
    with pytest.raises(UnsupportedPackageError) as refused:
        jsii_names(folder, NAME, ["beta"])
    assert str(refused.value) == "fake_provider.beta has no jsii type"
