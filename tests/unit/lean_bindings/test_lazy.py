from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING

import pytest

from lean_bindings.lazy import LazyPackage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LazyPackage]:
    folder = tmp_path / "lazy_sample"
    for name in ("vpc", "subnet", "_jsii"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(f"Thing = {name!r}\n")
    (folder / "__init__.py").write_text("raise AssertionError('the package was run')\n")
    monkeypatch.syspath_prepend(tmp_path)
    spec = importlib.util.find_spec("lazy_sample")
    assert spec is not None
    made = LazyPackage(spec)
    monkeypatch.setitem(sys.modules, "lazy_sample", made)
    yield made
    for name in [name for name in sys.modules if name.startswith("lazy_sample.")]:
        del sys.modules[name]


def test_a_submodule_is_imported_when_it_is_asked_for(package: LazyPackage) -> None:
    assert "lazy_sample.vpc" not in sys.modules
    assert package.vpc.Thing == "vpc"
    assert "lazy_sample.subnet" not in sys.modules


def test_submodules_can_be_imported_from_the_package(package: LazyPackage) -> None:
    scope: dict[str, object] = {}
    exec("from lazy_sample import vpc", scope)  # noqa: S102 (the statement is what is tested)
    assert scope["vpc"] is package.vpc


def test_a_star_imports_all_of_them(package: LazyPackage) -> None:
    scope: dict[str, object] = {}
    exec("from lazy_sample import *", scope)  # noqa: S102 (the statement is what is tested)
    assert {"vpc", "subnet"} < scope.keys()
    assert dir(package) == ["subnet", "vpc"]


def test_an_attribute_that_is_no_submodule_is_missing(package: LazyPackage) -> None:
    with pytest.raises(AttributeError, match=r"^module 'lazy_sample' has no attribute 'omega'$"):
        _ = package.omega
