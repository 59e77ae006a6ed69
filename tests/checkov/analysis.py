"""Runs Checkov over synthesized stacks, and holds what it found against what is acknowledged."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

Document = dict[str, Any]

PROGRAM = ".tools/checkov/bin/checkov"
INSTALL = "python3 tools/set_up.py checkov"

_CHECKED = ("data", "locals", "output", "provider", "resource")
"""What Checkov is shown. Its parser gives up on `terraform.required_version`, reports a parsing
error and no check, and ends with 0; it has no rules for that block, `check` and `ephemeral`."""

_NOWHERE = "http://127.0.0.1:9"
"""A proxy that nobody serves: a question to the network fails at once."""

_ENDED_WELL = (0, 1)
"""1: there are findings."""

_NAME_AT = {2: 0, 4: 1, 6: 2}
"""The depth in `resource.TYPE.NAME` by indentation, as the copies are written."""


class CheckovError(Exception):
    """Checkov is missing or did not check what it was given; the text says what to do."""


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Subject:
    """A resource or data source, as one rule sees it.

    Args:
        stack: Its stack.
        address: Terraform's address.
        rule: The rule's id.
    """

    stack: str
    address: str
    rule: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What Checkov says of a subject.

    Args:
        passed: Whether the rule is kept.
        title: The rule's title.
    """

    passed: bool
    title: str


def program(root: Path) -> Path:
    """Checkov's program, from its own environment in the checkout.

    Raises:
        CheckovError: It is not installed.
    """
    found = root / PROGRAM
    if not found.is_file():
        raise CheckovError(f"Checkov is not installed in {PROGRAM}; run: {INSTALL}")
    return found


def analyse(
    stacks: Mapping[str, Document], *, checkov: Path, folder: Path, blocks: Iterable[str] = _CHECKED
) -> dict[Subject, Verdict]:
    """Check stacks, without the network.

    Args:
        stacks: The synthesized JSON of each stack by its name.
        checkov: Checkov's program.
        folder: An empty folder for the copies that Checkov reads.
        blocks: The top-level blocks that are checked.

    Raises:
        CheckovError: Checkov failed, could not read a stack, or had nothing to say of one.
    """
    wanted = set(blocks)
    addresses = {}
    for name, document in stacks.items():
        lines = _lines({block: document[block] for block in document if block in wanted})
        copy = folder / name / "cdk.tf.json"
        copy.parent.mkdir()
        copy.write_text("\n".join(lines))
        addresses[name] = _addresses(lines)
    results = _run(checkov, folder)
    if unread := sorted(results["parsing_errors"]):
        raise CheckovError(f"Checkov could not read {', '.join(unread)}")
    verdicts = {
        Subject(stack=stack, address=addresses[stack][line], rule=record["check_id"]): Verdict(
            passed=record["check_result"]["result"] == "PASSED", title=record["check_name"]
        )
        for record in (*results["passed_checks"], *results["failed_checks"])
        for stack in [record["file_path"].split("/")[1]]
        for line in [record["file_line_range"][0]]
    }
    if unchecked := sorted(set(stacks) - {subject.stack for subject in verdicts}):
        raise CheckovError(f"Checkov checked nothing in {', '.join(unchecked)}")
    return verdicts


def acknowledgements(stacks: Mapping[str, Document]) -> dict[Subject, str]:
    """What `constructs_lib.acknowledge` accepted, with its reasons."""
    return {
        Subject(stack=stack, address=address, rule=rule): reason
        for stack, document in stacks.items()
        for address, block in _blocks(document)
        for rule, reason in block.get("//", {}).get("acknowledged", {}).items()
    }


def construct_paths(stacks: Mapping[str, Document]) -> dict[tuple[str, str], str]:
    """The construct that made a block, such as ``dev/aurora/cluster``, by stack and address."""
    return {
        (stack, address): block.get("//", {}).get("metadata", {}).get("path", f"{stack}/{address}")
        for stack, document in stacks.items()
        for address, block in _blocks(document)
    }


def complaints(stacks: Mapping[str, Document], verdicts: Mapping[Subject, Verdict]) -> list[str]:
    """A line for each finding that is not acknowledged, and for each stale acknowledgement."""
    accepted = acknowledgements(stacks)
    paths = construct_paths(stacks)
    found = []
    for subject, verdict in verdicts.items():
        if not verdict.passed and subject not in accepted:
            found.append(
                f"{paths[subject.stack, subject.address]}: {subject.rule} fails"
                f' ("{verdict.title}"); mend it, or acknowledge it beside the construct'
            )
    for subject in accepted:
        path = paths[subject.stack, subject.address]
        if subject not in verdicts:
            found.append(
                f"{path}: {subject.rule} is acknowledged, but Checkov does not ask it here;"
                " remove the acknowledgement"
            )
        elif verdicts[subject].passed:
            found.append(
                f"{path}: {subject.rule} is acknowledged, but passes; remove the acknowledgement"
            )
    return sorted(found)


def _blocks(document: Document) -> Iterator[tuple[str, Document]]:
    for section, prefix in (("resource", ""), ("data", "data.")):
        for type_, named in document.get(section, {}).items():
            for name, block in named.items():
                yield f"{prefix}{type_}.{name}", block


def _lines(document: Document) -> list[str]:
    return json.dumps(document, indent=2).splitlines()


def _addresses(lines: Iterable[str]) -> dict[int, str]:
    """The address that each line belongs to, counted from 1.

    Half of Checkov's rules name a resource without its type, so lines tell what they speak of.
    """
    names: list[str] = []
    found = {}
    for number, line in enumerate(lines, start=1):
        opened = re.match(r'( *)"([^"]+)": \{', line)
        if opened and (depth := _NAME_AT.get(len(opened[1]))) is not None:
            names[depth:] = [opened[2]]
        found[number] = ".".join(names).removeprefix("resource.")
    return found


def _run(checkov: Path, folder: Path) -> Document:
    finished = subprocess.run(
        [
            str(checkov),
            "--directory",
            str(folder),
            "--framework",
            "terraform_json",
            "--skip-download",
            "--output",
            "json",
        ],
        cwd=folder,
        # Nothing of the person's own: a configuration at home could leave rules out.
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "HTTP_PROXY": _NOWHERE,
            "HTTPS_PROXY": _NOWHERE,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        document = json.loads(finished.stdout)
    except ValueError:
        document = None
    if finished.returncode not in _ENDED_WELL or not isinstance(document, dict):
        raise CheckovError(
            f"Checkov ended with {finished.returncode}:\n{finished.stdout}{finished.stderr}"
        )
    # Where it finds no file at all, it leaves the results out.
    none: Document = {"passed_checks": [], "failed_checks": [], "parsing_errors": []}
    results: Document = document.get("results", none)
    return results
