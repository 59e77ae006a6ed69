"""Asks whether packages of the lock files have known vulnerabilities; `make audit` calls it.

    python -m tools.audit

pip-audit asks OSV about Python's packages, npm its registry about Node's. Ends with 0 where both have
answered and know of none, 1 where there is one, and 3 where somebody was not reached or does not know a
package: pip-audit ends well with packages that it left out.

Sources: https://github.com/pypa/pip-audit, https://docs.npmjs.com/cli/commands/npm-audit
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
PIP_AUDIT: Final = (
    str(ROOT / ".tools/audit/bin/pip-audit"), "--vulnerability-service", "osv", "--disable-pip", "--no-deps",
    "--progress-spinner", "off", "--format", "json", "--requirement",
)  # fmt: skip
NPM: Final = ("npm", "audit", "--json", "--package-lock-only")
_SECONDS: Final = 900


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was said of the packages of a language.

    Args:
        language: Whose they are.
        packages: How many were asked about.
        found: What is known of them, a line each.
        unknown: Why it is not known of some or all, a line each.
    """

    language: str
    packages: int
    found: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """What is shown."""
        said = (
            "no known vulnerability"
            if not self.found
            else f"{len(self.found)} known vulnerabilities"
        )
        if self.unknown:
            said = "not all was told" if not self.found else f"{said}, and not all was told"
        head = f"{self.language}: {self.packages} packages, {said}"
        return [head, *(f"  {it}" for it in (*self.found, *self.unknown))]

    @property
    def status(self) -> int:
        """What this ends with."""
        return 1 if self.found else 3 if self.unknown else 0


def python_packages() -> list[str]:
    """The packages of Pipfile.lock and of the tools' own environments, as `name==version`."""
    lock = json.loads((ROOT / "Pipfile.lock").read_text())
    found = {
        f"{name}{it['version']}"
        for section in ("default", "develop")
        for name, it in lock[section].items()
    }
    for file in sorted((ROOT / "tools").glob("*.txt")):
        found |= {
            it.split()[0].rstrip(";")
            for it in file.read_text().splitlines()
            if "==" in it.split("#")[0]
        }
    return sorted({_normal(it) for it in found})


def _normal(package: str) -> str:
    """With the name as PyPI compares it.

    Source: https://packaging.python.org/en/latest/specifications/name-normalization/
    """
    name, _, version = package.partition("==")
    return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version}"


def ask_pip_audit(command: tuple[str, ...] = PIP_AUDIT) -> Answer:
    """What OSV knows of Python's packages.

    Args:
        command: pip-audit with its options, but for the file that is asked about.
    """
    wanted = python_packages()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "packages.txt"
        # One version of a package a file: the tools have others than the project.
        answers = []
        for some in _apart(wanted):
            file.write_text("".join(f"{it}\n" for it in some))
            answers.append(_output((*command, str(file))))
    found, unknown = set[str](), set[str]()
    for document, error in answers:
        if document is None:
            unknown.add(f"pip-audit: {error}")
            continue
        for it in document["dependencies"]:
            if "skip_reason" in it:
                unknown.add(f"{it['name']}: {it['skip_reason']}")
            for each in it.get("vulns", ()):
                mended = ", ".join(each["fix_versions"]) or "no version"
                found.add(f"{it['name']} {it['version']}: {each['id']}, mended in {mended}")
    return Answer(
        language="Python",
        packages=len(wanted),
        found=tuple(sorted(found)),
        unknown=tuple(sorted(unknown)),
    )


def ask_npm(command: tuple[str, ...] = NPM) -> Answer:
    """What npm's registry knows of Node's packages.

    Args:
        command: npm with its options.
    """
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = len(lock["packages"]) - 1  # the project itself is one
    document, error = _output(command)
    if document is None or "vulnerabilities" not in document:
        why = error if document is None else document.get("message") or "no answer"
        return Answer(language="Node", packages=packages, unknown=(f"npm audit: {why}",))
    found = tuple(
        sorted(
            f"{name} {it['range']}: {it['severity']}"
            for name, it in document["vulnerabilities"].items()
        )
    )
    return Answer(language="Node", packages=packages, found=found)


def _apart(packages: list[str]) -> list[list[str]]:
    """The packages in as many lists as one of them has versions."""
    lists: list[dict[str, str]] = []
    for it in packages:
        name = it.split("==")[0]
        place = next((each for each in lists if name not in each), None)
        if place is None:
            place = {}
            lists.append(place)
        place[name] = it
    return [list(it.values()) for it in lists]


def _output(command: tuple[str, ...]) -> tuple[dict[str, Any] | None, str]:
    """The JSON that a program writes; None, and the last that it said, where it writes none."""
    try:
        finished = subprocess.run(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, str(error)
    try:
        document: dict[str, Any] = json.loads(finished.stdout)
    except ValueError:
        said = finished.stderr.strip().splitlines()
        return None, said[-1] if said else f"ended with {finished.returncode}"
    return document, ""


def main() -> int:
    """Ask both, and say what is known."""
    answers = [ask_pip_audit(), ask_npm()]
    for it in answers:
        print(*it.lines, sep="\n")
    statuses = {it.status for it in answers}
    return 1 if 1 in statuses else max(statuses)


if __name__ == "__main__":
    sys.exit(main())
