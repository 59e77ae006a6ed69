"""GitHub, through its command line `gh`, which the runners have and GH_TOKEN signs in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from pull_requests.comment import stack_of
from pull_requests.errors import RefusedError, ToolError
from pull_requests.programs import output_of

_BOT: Final = "github-actions[bot]"
"""Who a workflow's comments are from. Nobody else's is taken for one, whatever it says."""

_MAY_WRITE: Final = frozenset({"write", "maintain", "admin"})
_COUNTS: Final = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})
"""A comment leaves an earlier approval as it is."""

_COMMITS_LISTED: Final = 250
"""GitHub lists no more commits of a pull request. Source:
https://docs.github.com/en/rest/pulls/pulls#list-commits-on-a-pull-request"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Repository:
    """A repository on GitHub, by `OWNER/NAME`."""

    name: str

    def all(self, path: str) -> list[dict[str, Any]]:
        """What stands on every page of a list."""
        lines = self.api("GET", f"{path}?per_page=100", "--paginate", "--jq", ".[]")
        return [json.loads(line) for line in lines.split("\n") if line]

    def one(self, path: str) -> dict[str, Any]:
        """GitHub's answer; empty where it has nothing there."""
        try:
            return dict(json.loads(self.api("GET", path)))
        except ToolError as error:
            if "HTTP 404" in str(error):
                return {}
            raise

    def api(self, method: str, path: str, *options: str, stdin: str = "") -> str:
        """What gh prints."""
        command = ("gh", "api", "--method", method, *options, f"repos/{self.name}/{path}")
        return output_of(*command, stdin=stdin)

    def may_write(self, login: str) -> bool:
        """Whether somebody may write to the repository, by whatever team or organization."""
        found = self.one(f"collaborators/{login}/permission")
        return not _MAY_WRITE.isdisjoint({found.get("permission"), found.get("role_name")})

    def refuse_old(self, commit: str, *, branch: str) -> None:
        """Refuse a commit that is not a branch's last one: what it does may be taken back since."""
        last = self.one(f"git/ref/heads/{branch}").get("object", {}).get("sha", "unknown")
        _refuse_old(commit, last, branch)

    def refuse_unprotected(self, environment: str, *, branch: str) -> list[str]:
        """Refuse an environment that lets jobs through by itself; return what else weakens it.

        Raises:
            RefusedError: It is missing, has no reviewers, or admits more than the default branch.
        """
        found = self.one(f"environments/{environment}")
        rules = found.get("protection_rules") or []
        asked = [it for it in rules if it["type"] == "required_reviewers" and it.get("reviewers")]
        admitted = ["every branch, or every protected one"]
        if (found.get("deployment_branch_policy") or {}).get("custom_branch_policies"):
            path = f"environments/{environment}/deployment-branch-policies"
            policies = self.one(path).get("branch_policies", [])
            admitted = [f"{it.get('type', 'branch')} {it['name']}" for it in policies]
        named = f"The GitHub environment {environment!r}"
        open_for = {
            f"GitHub has no environment {environment!r}: a job that names it would make it, without "
            "rules.": not found,
            f"{named} has no required reviewers.": not asked,
            f"{named} admits {', '.join(admitted) or 'nothing'}; by 'Selected branches and tags' it "
            f"must admit branch {branch} alone.": admitted != [f"branch {branch}"],
        }
        reason = next((it for it, holds in open_for.items() if holds), "")
        if reason:
            raise RefusedError(
                f"{reason} Nothing goes on. docs/pull-requests.md, Set up, says how it must be and "
                "which plan of GitHub has it; without that, deploy by hand: docs/deployment.md."
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

    def refuse_old(self, commit: str) -> None:
        """Refuse a commit that is not its last one, such as that of a job that is run again."""
        last = self.repository.one(f"pulls/{self.number}").get("head", {}).get("sha", "unknown")
        _refuse_old(commit, last, "the pull request")

    def comment(self, stack: str, text: str) -> None:
        """Write a stack's comment, or write it anew."""
        found = self.comments().get(stack)
        path = f"issues/comments/{found['id']}" if found else f"issues/{self.number}/comments"
        method, document = "PATCH" if found else "POST", json.dumps({"body": text})
        self.repository.api(method, path, "--silent", "--input", "-", stdin=document)

    def comments(self) -> dict[str, dict[str, Any]]:
        """The workflows' comments, by stack; of several, the first."""
        found = self.repository.all(f"issues/{self.number}/comments")
        own = [it for it in reversed(found) if _login(it["user"]) == _BOT]
        return {stack: it for it in own if (stack := stack_of(it["body"]))}

    def approvers(self, commit: str) -> list[str]:
        """Who approves this very commit by now: each one's last word counts.

        Authors do not count, and neither do people who may only read, whose approvals GitHub takes.
        """
        reviews = self.repository.all(f"pulls/{self.number}/reviews")
        last = {_login(it["user"]): it for it in reviews if it["state"] in _COUNTS}
        authors = self.authors()
        return sorted(
            login
            for login, it in last.items()
            if login is not None  # an account that is deleted
            and it["state"] == "APPROVED"
            and it["commit_id"] == commit
            and login not in authors
            and self.repository.may_write(login)
        )

    def authors(self) -> set[str]:
        """Who opened it, wrote or committed a commit of it; refused where not all are known."""
        found = self.repository.one(f"pulls/{self.number}")
        commits = self.repository.all(f"pulls/{self.number}/commits")
        people = {_login(found.get("user"))}
        people |= {_login(it[role]) for it in commits for role in ("author", "committer")}
        if None in people or len(commits) >= _COMMITS_LISTED:
            raise RefusedError(
                "Approvals cannot be counted: GitHub does not know who wrote each commit of this "
                f"pull request (an address that is nobody's there, or {_COMMITS_LISTED} commits and "
                "more). Commit with an address of your account on GitHub, or divide it."
            )
        return {str(it) for it in people}


def _refuse_old(commit: str, last: str, where: str) -> None:
    if commit != last:
        raise RefusedError(
            f"This run is of the commit {commit[:12]}, and {where} is at {last[:12]} by now. Nothing "
            "was applied. Run this workflow anew; 'Re-run' takes the old commit again."
        )


def _login(person: dict[str, Any] | None) -> str | None:
    """Somebody's name; None of an account that is deleted, or an address that is nobody's."""
    return (person or {}).get("login")
