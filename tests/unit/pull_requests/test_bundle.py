"""A kept plan, packed and read again."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace

import pytest

from pull_requests.bundle import digest_of, unpacked
from pull_requests.errors import RefusedError
from tests.unit.pull_requests.examples import NOW, document, kept_plan

UNREADABLE = "What was kept cannot be read as a plan. Nothing was applied."


def test_what_is_packed_is_read_again() -> None:
    assert unpacked(kept_plan().packed()) == kept_plan()


def test_the_same_plan_has_the_same_digest() -> None:
    digest = digest_of(kept_plan().packed())

    assert digest == digest_of(kept_plan().packed())
    assert len(digest) == 64


@pytest.mark.parametrize(
    "changed",
    [
        {"stack": "prod"},
        {"commit": "c" * 40},
        {"tree": "c" * 40},
        {"made_at": NOW.replace(minute=1)},
        {"configuration": b"{}"},
        {"lock": b""},
        {"plan": b""},
    ],
    ids=lambda it: next(iter(it)),
)
def test_the_digest_covers_all_of_it(changed: dict[str, object]) -> None:
    other = replace(kept_plan(), **changed)  # type: ignore[arg-type] # one field each

    assert digest_of(other.packed()) != digest_of(kept_plan().packed())


def packed_with(name: str, content: bytes) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return written.getvalue()


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"not an archive", id="no archive"),
        pytest.param(kept_plan().packed()[:700], id="cut off"),
        pytest.param(packed_with("record.json", b"{}"), id="without a plan"),
        pytest.param(kept_plan().packed().replace(b'"serial"', b'"cereal"'), id="another record"),
    ],
)
def test_something_else_is_refused(given: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        unpacked(given)

    assert str(refused.value) == UNREADABLE


def test_the_configuration_inside_the_plan_file_is_read() -> None:
    assert json.loads(kept_plan().planned_configuration) == document()


def test_a_plan_file_that_is_none() -> None:
    with pytest.raises(RefusedError, match="is not a plan of a synthesized stack"):
        _ = kept_plan(plan=b"something").planned_configuration
