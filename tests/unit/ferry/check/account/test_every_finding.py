"""No finding of `ferry check aws` without a test against local AWS that quotes it, whole."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest

FERRY: Final = Path(__file__).resolve().parents[5] / "ferry"
AGAINST_LOCAL_AWS: Final = Path(__file__).with_name("test_against_local_aws.py")


def pieces(text: ast.expr) -> list[str | None]:
    """A text's pieces, None for what is filled in; none of what is no text."""
    if isinstance(text, ast.Constant) and isinstance(text.value, str):
        return [text.value]
    if isinstance(text, ast.JoinedStr):
        return [pieces(part)[0] if pieces(part) else None for part in text.values]
    return []


def findings() -> dict[str, str]:
    """Each sentence that the code has for `what`, as a pattern, by module and first words."""
    found = {}
    for file in [FERRY / "findings.py", *sorted(FERRY.glob("check/account/*.py"))]:
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call):
                continue
            for keyword in node.keywords:
                if keyword.arg == "what" and (parts := pieces(keyword.value)):
                    pattern = "".join(".+" if part is None else re.escape(part) for part in parts)
                    if isinstance(node.func, ast.Name) and node.func.id == "Kind":
                        pattern += " in .+ are used, .+"  # a kind of quota: how its sentence begins
                    words = "".join(part or "..." for part in parts)
                    found[f"{file.stem}: {words[:70]}"] = pattern
    return found


FINDINGS: Final = findings()
QUOTED: Final = {
    "".join(part or "x" for part in pieces(node))
    for node in ast.walk(ast.parse(AGAINST_LOCAL_AWS.read_text()))
    if isinstance(node, ast.expr)
}


def test_the_findings_are_found_in_the_code() -> None:
    assert len(FINDINGS) > 60
    assert {finding.partition(":")[0] for finding in FINDINGS} == {
        "aurora", "dms", "findings", "permissions", "quotas", "roles", "secrets", "state_bucket",
    }  # fmt: skip


@pytest.mark.parametrize("finding", FINDINGS)
def test_every_finding_is_provoked_against_local_aws(finding: str) -> None:
    """Provoke the one that fails here in test_against_local_aws.py, and quote its whole sentence."""
    assert any(re.fullmatch(FINDINGS[finding], text) for text in QUOTED)
