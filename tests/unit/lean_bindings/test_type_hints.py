from __future__ import annotations

import sys
import types
import typing

import pytest

from lean_bindings.type_hints import remember_type_hints

_GENERATED = """
import typing

def stub(argument: typing.Optional[int]) -> None: ...

def check():
    return typing.get_type_hints(stub)
"""


@pytest.fixture
def generated(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    module = types.ModuleType("sample.generated")
    exec(_GENERATED, vars(module))  # noqa: S102 (a module as jsii-pacmak writes it)
    monkeypatch.setitem(sys.modules, "sample.generated", module)
    return module


def test_type_hints_are_resolved_once(generated: types.ModuleType) -> None:
    before = generated.check()
    assert generated.check() is not before
    remember_type_hints("sample")
    assert generated.check() == before
    assert generated.check() is generated.check()


def test_all_else_of_typing_is_as_it_was(generated: types.ModuleType) -> None:
    remember_type_hints("sample")
    assert generated.typing.cast is typing.cast
    assert "get_type_hints" in vars(typing)
    assert typing.get_type_hints is not generated.typing.get_type_hints


@pytest.mark.parametrize("package", ["samp", "generated", "other"])
def test_other_packages_are_left_alone(generated: types.ModuleType, package: str) -> None:
    remember_type_hints(package)
    assert generated.typing is typing


def test_what_a_module_calls_typing_itself_is_left_alone(generated: types.ModuleType) -> None:
    its_own = object()
    generated.typing = its_own  # type: ignore[attr-defined]
    remember_type_hints("sample")
    assert generated.typing is its_own
