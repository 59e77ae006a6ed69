from __future__ import annotations

import os
import sys
from typing import Any

import pytest

import lean_bindings
from lean_bindings.bindings import Bindings
from lean_bindings.deferral import DeferringProvider
from lean_bindings.lazy import LazyPackage

_PROVIDER = "cdktf_cdktf_provider_aws"

_lean = pytest.mark.skipif(
    "LEAN_BINDINGS" in os.environ, reason="the tests were told to run with the shipped bindings"
)


@_lean
def test_a_second_activation_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    lean_bindings.activate(_PROVIDER)
    finders, package = list(sys.meta_path), sys.modules[_PROVIDER]
    lean_bindings.activate(_PROVIDER)
    assert isinstance(package, LazyPackage)
    assert (sys.meta_path, sys.modules[_PROVIDER]) == (finders, package)
    assert capsys.readouterr().err == ""


def test_a_package_that_is_not_installed_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    finders = list(sys.meta_path)
    lean_bindings.activate("cdktf_cdktf_provider_absent")
    assert sys.meta_path == finders
    assert "cdktf_cdktf_provider_absent" not in sys.modules
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("value", ["off", "OFF", "0", "no", "false"])
def test_the_switch(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAN_BINDINGS", value)
    monkeypatch.delitem(sys.modules, _PROVIDER)
    finders = list(sys.meta_path)
    lean_bindings.activate(_PROVIDER)
    assert _PROVIDER not in sys.modules
    assert sys.meta_path == finders


@_lean
def test_the_tests_themselves_run_lean() -> None:
    import jsii  # noqa: PLC0415
    from cdktf_cdktf_provider_aws.vpc import Vpc  # noqa: PLC0415

    assert Vpc.TF_RESOURCE_TYPE == "aws_vpc"
    assert any(isinstance(finder, Bindings) for finder in sys.meta_path)
    assert isinstance(jsii.kernel.provider, DeferringProvider)
    loaded = [name for name in sys.modules if name.startswith(f"{_PROVIDER}.")]
    assert len(loaded) < 400, "the package has 4,428 modules; a few for each import are loaded"


def test_arguments_are_still_checked() -> None:
    from cdktf import TerraformStack, Testing  # noqa: PLC0415
    from cdktf_cdktf_provider_aws.vpc import Vpc  # noqa: PLC0415

    stack = TerraformStack(Testing.app(), "stack")
    Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
    wrong: Any = 10
    with pytest.raises(TypeError, match="argument cidr_block must be one of"):
        Vpc(stack, "wrong", cidr_block=wrong)
