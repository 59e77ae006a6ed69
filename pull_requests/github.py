"""GitHub, through its command line `gh`, which the runners have and GH_TOKEN signs in.

Knows no package: it runs without set-up.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pull_requests.programs import output_of
from pull_requests.verdict import Approval

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BOT: Final = "github-actions[bot]"
"""Who a workflow's comments are from. Nobody else's is taken for one, whatever it says."""

_COMMENT: Final = ".[] | {id, login: .user.login, body}"
_REVIEW: Final = (
    ".[] | {login: .user.login, association: .author_association, state, commit: .commit_id}"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PullRequest:
    """A pull request on GitHub.

    Args:
        repository: `OWNER/NAME`.
        number: Its number.
        folder: Where gh runs.
    """

    repository: str
    number: int
    folder: Path

    def comment(self, marker: str, text: str) -> str:
        """Write a comment, or write the one anew that begins with the marker.

        Returns:
            `created` or `updated`.
        """
        found = self._found(marker)
        if found is None:
            self._send("POST", f"issues/{self.number}/comments", {"body": text})
            return "created"
        self._send("PATCH", f"issues/comments/{found}", {"body": text})
        return "updated"

    def update(self, marker: str, text: str) -> bool:
        """Write the comment that begins with the marker anew. Return whether there was one."""
        found = self._found(marker)
        if found is None:
            return False
        self._send("PATCH", f"issues/comments/{found}", {"body": text})
        return True

    def first_lines(self) -> list[str]:
        """The first line of each comment of a workflow."""
        return [it["body"].partition("\n")[0].rstrip() for it in self._comments()]

    def reviews(self) -> list[Approval]:
        """All reviews, the oldest first."""
        return [Approval(**it) for it in self._all(f"pulls/{self.number}/reviews", _REVIEW)]

    def _found(self, marker: str) -> int | None:
        return next(
            (
                it["id"]
                for it in self._comments()
                if it["body"].partition("\n")[0].rstrip() == marker
            ),
            None,
        )

    def _comments(self) -> list[dict[str, Any]]:
        found = self._all(f"issues/{self.number}/comments", _COMMENT)
        return [it for it in found if it["login"] == _BOT]

    def _all(self, path: str, query: str) -> Iterator[dict[str, Any]]:
        """Every entry of every page, one JSON object a line."""
        lines = output_of(
            "gh", "api", "--method", "GET", "--paginate", "--jq", query,
            f"repos/{self.repository}/{path}?per_page=100",
            folder=self.folder,
        )  # fmt: skip
        return (json.loads(line) for line in lines.splitlines() if line)

    def _send(self, method: str, path: str, document: dict[str, str]) -> None:
        output_of(
            "gh", "api", "--method", method, "--silent", "--input", "-",
            f"repos/{self.repository}/{path}",
            folder=self.folder,
            stdin=json.dumps(document),
        )  # fmt: skip
