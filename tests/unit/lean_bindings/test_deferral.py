"""When an assembly is loaded, and which file; the kernel is a list of what it was asked."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from jsii._kernel.types import LoadRequest

from lean_bindings.bindings import Bindings
from lean_bindings.deferral import DeferringProvider
from lean_bindings.errors import LateImportError
from tests.unit.lean_bindings.fake_provider import (
    NAME,
    VERSION,
    write_dependent,
    write_fake_provider,
)


class _Kernel:
    def __init__(self, refuses: str = "") -> None:
        self.asked: list[str] = []
        self.waits = threading.Event()
        self.waits.set()
        self._refuses = refuses

    def load(self, request: LoadRequest) -> str:
        assert self.waits.wait(timeout=10)
        folder = Path(request.tarball).parent.name
        self.asked.append(f"load {request.name} from {folder}")
        if folder == self._refuses:
            raise RuntimeError("cannot load it")
        return "loaded"

    def create(self, what: str) -> str:
        self.asked.append(f"create {what}")
        return "created"


@pytest.fixture
def bindings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bindings:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = Bindings("fake_provider", write_fake_provider(tmp_path), [tmp_path / "project"])
    made.find_spec("fake_provider.beta")
    return made


def _request(folder: Path, name: str = NAME) -> LoadRequest:
    [tarball] = (folder / "_jsii").glob("*.tgz")
    return LoadRequest(name=name, version=VERSION, tarball=str(tarball))


def _watching(kernel: _Kernel, bindings: Bindings) -> Any:  # noqa: ANN401 (has the kernel's methods)
    provider = DeferringProvider(kernel)
    provider.watch(bindings)
    provider.watch(bindings)
    return provider


def test_a_watched_assembly_is_loaded_before_the_first_question(bindings: Bindings) -> None:
    kernel = _Kernel()
    provider = _watching(kernel, bindings)
    provider.load(_request(bindings.folder))
    assert kernel.asked == []
    assert provider.create("one") == "created"
    assert provider.create("two") == "created"
    assert kernel.asked == [
        "load @fake/provider from lean-bindings",
        "create one",
        "create two",
    ]


def test_any_other_assembly_is_loaded_meanwhile(bindings: Bindings, tmp_path: Path) -> None:
    kernel = _Kernel()
    kernel.waits.clear()
    provider = _watching(kernel, bindings)
    provider.load(_request(write_fake_provider(tmp_path / "other"), name="@fake/other"))
    provider.load(_request(bindings.folder))
    assert kernel.asked == []
    kernel.waits.set()
    provider.create("one")
    assert kernel.asked == [
        "load @fake/other from _jsii",
        "load @fake/provider from lean-bindings",
        "create one",
    ]


def test_what_went_wrong_meanwhile_is_raised_at_the_first_question(
    bindings: Bindings, tmp_path: Path
) -> None:
    provider = _watching(_Kernel(refuses="_jsii"), bindings)
    provider.load(_request(write_fake_provider(tmp_path / "other"), name="@fake/other"))
    with pytest.raises(RuntimeError, match=r"^cannot load it$"):
        provider.create("one")


def test_an_assembly_in_a_temporary_place_is_loaded_at_once(
    bindings: Bindings, tmp_path: Path
) -> None:
    kernel = _Kernel()
    [packed] = (write_fake_provider(tmp_path / "other") / "_jsii").glob("*.tgz")
    unpacked = packed.rename(tmp_path / packed.name)
    request = LoadRequest(name="@fake/other", version=VERSION, tarball=str(unpacked))
    assert _watching(kernel, bindings).load(request) == "loaded"
    assert kernel.asked == [f"load @fake/other from {tmp_path.name}"]


def test_a_provider_is_loaded_before_what_builds_on_it(bindings: Bindings, tmp_path: Path) -> None:
    kernel = _Kernel()
    provider = _watching(kernel, bindings)
    provider.load(_request(bindings.folder))
    provider.load(_request(write_dependent(tmp_path), name="@fake/dependent"))
    provider.create("one")
    assert kernel.asked == [
        "load @fake/provider from _jsii",
        "load @fake/dependent from _jsii",
        "create one",
    ]


def test_the_shipped_assembly_stands_in_for_a_copy_that_is_refused(
    bindings: Bindings, capsys: pytest.CaptureFixture[str]
) -> None:
    kernel = _Kernel(refuses="lean-bindings")
    provider = _watching(kernel, bindings)
    provider.load(_request(bindings.folder))
    provider.create("one")
    assert kernel.asked == [
        "load @fake/provider from lean-bindings",
        "load @fake/provider from _jsii",
        "create one",
    ]
    assert capsys.readouterr().err.endswith("cannot load it\n")


def test_an_error_of_the_shipped_assembly_is_not_hidden(
    bindings: Bindings, capsys: pytest.CaptureFixture[str]
) -> None:
    provider = _watching(_Kernel(refuses="_jsii"), bindings)
    bindings.needed_whole("another")
    provider.load(_request(bindings.folder))
    with pytest.raises(RuntimeError, match=r"^cannot load it$"):
        provider.create("one")
    assert capsys.readouterr().err == (
        "lean_bindings: using fake_provider as shipped, which is slower: "
        "another jsii package builds on it\n"
    )


def test_after_the_load_only_missing_submodules_are_errors(bindings: Bindings) -> None:
    provider = _watching(_Kernel(), bindings)
    provider.load(_request(bindings.folder))
    provider.create("one")
    for fullname in ("fake_provider.beta", "fake_provider.beta.x", "fake_provider.omega", "other"):
        assert bindings.find_spec(fullname) is None
    with pytest.raises(LateImportError):
        bindings.find_spec("fake_provider.gamma")
