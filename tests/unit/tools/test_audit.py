"""tools/audit.py calls nothing free of vulnerabilities that nobody has answered for.

The answers are those of pip-audit 2.10.1 and npm 10: of an OSV of our own that knew of one, of no network, and
of a mirror that does not know what is asked.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tools import audit

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = {
    "dependencies": [
        {"name": "boto3", "version": "1.44.0", "vulns": []},
        {
            "name": "requests",
            "version": "2.19.0",
            "vulns": [
                {
                    "id": "PYSEC-2018-28",
                    "fix_versions": ["2.20.0"],
                    "aliases": [],
                    "description": "",
                }
            ],
        },
    ],
    "fixes": [],
}
LEFT_OUT = {
    "dependencies": [{"name": "requests", "skip_reason": "Dependency not found on PyPI"}],
    "fixes": [],
}
NONE = {"dependencies": [{"name": "boto3", "version": "1.44.0", "vulns": []}], "fixes": []}
VULNERABLE = {"vulnerabilities": {"lodash": {"range": "<4.17.21", "severity": "high"}}}
REFUSED = {"message": "405 Method Not Allowed - POST /advisories/bulk", "error": {"summary": ""}}


def saying(folder: Path, answer: Any, *, error: str = "", status: int = 0) -> tuple[str, ...]:  # noqa: ANN401 - JSON
    """A program that writes this."""
    file = folder / "program.py"
    file.write_text(
        f"import sys\nsys.stdout.write({json.dumps(answer) if answer else ''!r})\n"
        f"sys.stderr.write({error!r})\nsys.exit({status})\n"
    )
    return (sys.executable, str(file))


@pytest.mark.parametrize(
    ("answer", "status", "lines"),
    [
        (NONE, 0, []),
        (KNOWN, 1, ["  requests 2.19.0: PYSEC-2018-28, mended in 2.20.0"]),
        (LEFT_OUT, 3, ["  requests: Dependency not found on PyPI"]),
        (None, 3, ["  pip-audit: requests.exceptions.ConnectionError: api.osv.dev"]),
    ],
)
def test_python_packages(tmp_path: Path, answer: Any, status: int, lines: list[str]) -> None:  # noqa: ANN401 - JSON
    error = "Traceback\nrequests.exceptions.ConnectionError: api.osv.dev\n"

    said = audit.ask_pip_audit(saying(tmp_path, answer, error=error, status=status))

    assert said.status == status
    assert said.lines[1:] == lines
    assert ("no known vulnerability" in said.lines[0]) is (status == 0)


@pytest.mark.parametrize(
    ("answer", "status", "lines"),
    [
        ({"vulnerabilities": {}}, 0, []),
        (VULNERABLE, 1, ["  lodash <4.17.21: high"]),
        (REFUSED, 3, ["  npm audit: 405 Method Not Allowed - POST /advisories/bulk"]),
        (None, 3, ["  npm audit: no network"]),
    ],
)
def test_node_packages(tmp_path: Path, answer: Any, status: int, lines: list[str]) -> None:  # noqa: ANN401 - JSON
    said = audit.ask_npm(saying(tmp_path, answer, error="no network", status=status))

    assert said.status == status
    assert said.lines[1:] == lines
    assert ("no known vulnerability" in said.lines[0]) is (status == 0)


def test_every_locked_version_is_asked_about_each_file_with_one_of_a_package() -> None:
    packages = audit.python_packages()

    assert any(it.startswith("constructs==") for it in packages)
    assert all(it.count("==") == 1 and " " not in it for it in packages)
    assert sorted(it for some in audit._apart(packages) for it in some) == packages  # noqa: SLF001 - its own test
    for some in audit._apart(packages):  # noqa: SLF001 - its own test
        names = [it.split("==")[0] for it in some]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("found", "unknown", "ends"), [((), (), 0), (("a",), ("b",), 1), ((), ("b",), 3)]
)
def test_what_is_not_known_is_not_called_safe(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    found: tuple[str, ...],
    unknown: tuple[str, ...],
    ends: int,
) -> None:
    answer = audit.Answer(language="Node", packages=2, found=found, unknown=unknown)
    monkeypatch.setattr(audit, "ask_npm", lambda: answer)
    monkeypatch.setattr(audit, "ask_pip_audit", lambda: audit.Answer(language="Python", packages=1))

    assert audit.main() == ends
    assert capsys.readouterr().out.splitlines()[0] == "Python: 1 packages, no known vulnerability"
