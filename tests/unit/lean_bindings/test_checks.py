from __future__ import annotations

import sys
import types
import typing

import pytest

from lean_bindings.checks import remember_checks

_GENERATED = """
import typing


checked = []

def check_type(argname, value, expected_type):
    checked.append(value)
    if not isinstance(value, getattr(expected_type, "__args__", expected_type)):
        raise TypeError(f"{argname} is {value!r}")

def stub(argument: typing.Optional[int]) -> None: ...

def hints():
    return typing.get_type_hints(stub)

def check(value, expected_type=typing.Union[int, None]):
    check_type(argname="argument", value=value, expected_type=expected_type)
"""


@pytest.fixture
def generated(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A module of a package that jsii-pacmak wrote: it has a ``_jsii`` beside it."""
    module = types.ModuleType("sample.generated")
    exec(_GENERATED, vars(module))  # noqa: S102 (a module as jsii-pacmak writes it)
    monkeypatch.setitem(sys.modules, "sample._jsii", types.ModuleType("sample._jsii"))
    monkeypatch.setitem(sys.modules, "sample.generated", module)
    return module


def test_type_hints_are_resolved_once(generated: types.ModuleType) -> None:
    before = generated.hints()
    assert generated.hints() is not before
    remember_checks()
    assert generated.hints() == before
    assert generated.hints() is generated.hints()


@pytest.mark.parametrize("entry", [None, object()], ids=["none", "an object"])
def test_what_is_no_module_is_passed_over(
    entry: object, generated: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sample.blocked", typing.cast("types.ModuleType", entry))
    remember_checks()
    assert generated.hints() is generated.hints()


def test_all_else_of_typing_is_as_it_was(generated: types.ModuleType) -> None:
    remember_checks()
    assert generated.typing.cast is typing.cast
    assert "get_type_hints" in vars(typing)
    assert typing.get_type_hints is not generated.typing.get_type_hints


def test_a_plain_value_that_a_type_allows_is_checked_once_for_all_values_like_it(
    generated: types.ModuleType,
) -> None:
    remember_checks()
    for value in (1, None, 2, None):
        generated.check(value)
    assert generated.checked == [1, None]


def test_what_is_allowed_for_one_type_is_checked_for_another(generated: types.ModuleType) -> None:
    remember_checks()
    generated.check(1)
    with pytest.raises(TypeError, match="argument is 1"):
        generated.check(1, str)


def test_a_plain_value_that_a_type_refuses_is_refused_each_time(
    generated: types.ModuleType,
) -> None:
    remember_checks()
    for _ in range(2):
        with pytest.raises(TypeError, match="argument is 'one'"):
            generated.check("one")


def test_true_is_no_number_that_was_allowed_before(generated: types.ModuleType) -> None:
    remember_checks()
    generated.check(1)
    generated.check(True)  # noqa: FBT003 (what is checked is the value)
    assert generated.checked == [1, True]


def test_a_value_that_holds_others_is_checked_each_time(generated: types.ModuleType) -> None:
    remember_checks()
    generated.check({"a": 1}, dict)
    generated.check({"a": 1}, dict)
    assert len(generated.checked) == 2


def test_a_second_call_changes_nothing(generated: types.ModuleType) -> None:
    remember_checks()
    check_type = generated.check_type
    remember_checks()
    assert generated.check_type is check_type


def test_modules_that_jsii_did_not_write_are_left_alone(
    generated: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "sample._jsii")
    check_type = generated.check_type
    remember_checks()
    assert generated.typing is typing
    assert generated.check_type is check_type


def test_what_a_module_calls_typing_itself_is_left_alone(generated: types.ModuleType) -> None:
    its_own = object()
    generated.typing = its_own  # type: ignore[attr-defined]
    remember_checks()
    assert generated.typing is its_own
