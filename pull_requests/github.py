"""GitHub, through its command line `gh`, which the runners have and GH_TOKEN signs in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pull_requests.comment import first_line
from pull_requests.errors import RefusedError, ToolError
from pull_requests.programs import output_of
from pull_requests.verdict import Approval

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BOT: Final = "github-actions[bot]"
"""Who a workflow's comments are from. Nobody else's is taken for one, whatever it says."""

_MAY_WRITE: Final = frozenset({"write", "maintain", "admin"})
_COMMITS_LISTED: Final = 250
"""GitHub lists no more commits of a pull request. Source:
https://docs.github.com/en/rest/pulls/pulls#list-commits-on-a-pull-request"""

_COMMENT: Final = ".[] | {id, login: .user.login, body}"
_REVIEW: Final = ".[] | {login: .user.login, state, commit: .commit_id}"
_COMMIT: Final = ".[] | {author: .author.login, committer: .committer.login}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Repository:
    """A repository on GitHub, by `OWNER/NAME`; gh runs in the folder."""

    name: str
    folder: Path

    def all(self, path: str, query: str) -> Iterator[dict[str, Any]]:
        """What a query takes of every page, one JSON object a line."""
        lines = output_of(
            "gh", "api", "--method", "GET", "--paginate", "--jq", query,
            f"repos/{self.name}/{path}?per_page=100",
            folder=self.folder,
        )  # fmt: skip
        return (json.loads(line) for line in lines.split("\n") if line)

    def one(self, path: str) -> dict[str, Any] | None:
        """GitHub's answer; None where it has nothing there."""
        command = ("gh", "api", "--method", "GET", f"repos/{self.name}/{path}")
        try:
            found: dict[str, Any] = json.loads(output_of(*command, folder=self.folder))
        except ToolError as error:
            if "HTTP 404" in str(error):
                return None
            raise
        return found

    def send(self, method: str, path: str, document: dict[str, str]) -> None:
        """Write something."""
        output_of(
            "gh", "api", "--method", method, "--silent", "--input", "-",
            f"repos/{self.name}/{path}",
            folder=self.folder,
            stdin=json.dumps(document),
        )  # fmt: skip

    def may_write(self, login: str) -> bool:
        """Whether somebody may write to the repository, by whatever team or organization."""
        found = self.one(f"collaborators/{login}/permission") or {}
        return not _MAY_WRITE.isdisjoint({found.get("permission"), found.get("role_name")})

    def refuse_unprotected(self, environment: str, *, branch: str) -> list[str]:
        """Refuse an environment that lets jobs through by itself; return what else weakens it.

        Raises:
            RefusedError: It is missing, has no reviewers, or admits more than the default branch.
        """
        again = (
            "Nothing goes on. docs/pull-requests.md, Set up, says how it must be and which plan of "
            "GitHub has it; without that, deploy by hand: docs/deployment.md."
        )
        found = self.one(f"environments/{environment}")
        if found is None:
            raise RefusedError(
                f"GitHub has no environment {environment!r}: a job that names it would make it, "
                f"without rules. {again}"
            )
        rules = found.get("protection_rules") or []
        asked = [it for it in rules if it["type"] == "required_reviewers" and it.get("reviewers")]
        if not asked:
            raise RefusedError(
                f"The GitHub environment {environment!r} has no required reviewers. {again}"
            )
        if (found.get("deployment_branch_policy") or {}).get("custom_branch_policies"):
            path = f"environments/{environment}/deployment-branch-policies"
            policies = (self.one(path) or {}).get("branch_policies", [])
            admitted = [f"{it.get('type', 'branch')} {it['name']}" for it in policies]
        else:
            admitted = ["every branch, or every protected one"]
        if admitted != [f"branch {branch}"]:
            raise RefusedError(
                f"The GitHub environment {environment!r} admits {', '.join(admitted) or 'nothing'}; "
                f"by 'Selected branches and tags' it must admit branch {branch} alone. {again}"
            )
        weak = []
        if not all(it.get("prevent_self_review") for it in asked):
            weak.append("who starts a run may approve it ('Prevent self-review' is off)")
        if found.get("can_admins_bypass", True):
            weak.append("administrators may bypass its rules")
        return weak


@dataclass(frozen=True, kw_only=True, slots=True)
class PullRequest:
    """A pull request, by its number."""

    repository: Repository
    number: int

    def comment(self, marker: str, text: str) -> None:
        """Write a comment, or write the one anew that begins with the marker."""
        found = next((it for it in self.comments() if first_line(it) == marker), None)
        path = f"issues/comments/{found['id']}" if found else f"issues/{self.number}/comments"
        self.repository.send("PATCH" if found else "POST", path, {"body": text})

    def comments(self) -> list[dict[str, Any]]:
        """The comments of workflows."""
        found = self.repository.all(f"issues/{self.number}/comments", _COMMENT)
        return [it for it in found if it["login"] == _BOT]

    def reviews(self) -> list[Approval]:
        """All reviews, the oldest first."""
        path = f"pulls/{self.number}/reviews"
        return [Approval(**it) for it in self.repository.all(path, _REVIEW)]

    def authors(self) -> set[str]:
        """Who opened it, wrote or committed a commit of it; refused where not all are known."""
        found = self.repository.one(f"pulls/{self.number}") or {}
        commits = [*self.repository.all(f"pulls/{self.number}/commits", _COMMIT)]
        people = {
            (found.get("user") or {}).get("login"),
            *(login for it in commits for login in it.values()),
        }
        if None in people or len(commits) >= _COMMITS_LISTED:
            raise RefusedError(
                "Approvals cannot be counted: GitHub does not know who wrote each commit of this "
                f"pull request (an address that is nobody's there, or {_COMMITS_LISTED} commits and "
                "more). Commit with an address of your account on GitHub, or divide it."
            )
        return {str(it) for it in people}
