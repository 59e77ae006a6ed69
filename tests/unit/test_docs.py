"""What the documents say stays true where a machine can tell."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from harness.deployment import ROOT
from settings.reading.loading import load_environments

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOLDER = ROOT / "docs" / "policies"
POLICIES = sorted(FOLDER.glob("*.json"))
TRUSTS = sorted((FOLDER / "trust").glob("*.json"))
SUBJECTS = {
    "apply": "repo:OWNER/REPOSITORY:environment:dev",
    "plan": "repo:OWNER/REPOSITORY:pull_request",
}
LONGEST_MANAGED_POLICY = 6144  # IAM counts without white space


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        if link.startswith("https://"):
            continue
        path, _, fragment = link.partition("#")
        target = (document.parent / path) if path else document
        assert target.exists(), link
        if fragment:
            headings = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE)
            assert fragment in map(anchor, headings), link


def test_the_readmes_file_loads(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (tmp_path / "dev.toml").write_text(example)

    (environment,) = load_environments(tmp_path)

    assert environment.prefix == "aurora-ferry-dev"


@pytest.mark.parametrize("policy", POLICIES, ids=lambda path: path.stem)
def test_policies_fit_into_iam(policy: Path) -> None:
    text = policy.read_text()

    assert len(re.sub(r"\s", "", text)) <= LONGEST_MANAGED_POLICY
    for statement in json.loads(text)["Statement"]:
        assert set(statement) <= {"Sid", "Effect", "Action", "Resource", "Condition"}
        assert "*" not in statement["Action"]


@pytest.mark.parametrize("trust", TRUSTS, ids=lambda path: path.stem)
def test_only_one_subject_of_one_repository_takes_a_role(trust: Path) -> None:
    (statement,) = json.loads(trust.read_text())["Statement"]

    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    (test,) = statement["Condition"]
    assert test == "StringEquals"  # never StringLike: a pattern lets other repositories in
    claims = {key.rpartition(":")[2]: it for key, it in statement["Condition"][test].items()}
    assert claims == {"aud": "sts.amazonaws.com", "sub": SUBJECTS[trust.stem]}


def listed(actions: str | list[str]) -> list[str]:
    return [actions] if isinstance(actions, str) else actions


def test_who_plans_writes_locks_and_plans_and_nothing_else() -> None:
    harmless = re.compile(r"\w+:(Describe|Get|List)\w*\*?|kms:Decrypt")
    writing = [
        (action, statement["Resource"])
        for name in ("plan", "keep-plans")
        for statement in json.loads((FOLDER / f"{name}.json").read_text())["Statement"]
        for action in listed(statement["Action"])
        if not harmless.fullmatch(action)
    ]

    assert writing == [
        ("s3:DeleteObject", "arn:aws:s3:::aurora-ferry-tfstate-*/*.tflock"),
        ("s3:PutObject", "arn:aws:s3:::aurora-ferry-tfstate-*/*.tflock"),
        ("s3:PutObject", "arn:aws:s3:::aurora-ferry-tfstate-*/plans/*"),
    ]
