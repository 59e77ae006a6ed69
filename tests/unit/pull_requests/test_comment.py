"""What a pull request's comment says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferry.findings import ExitStatus
from pull_requests.comment import shows, stack_of, text_of, text_without_change
from pull_requests.reviewing import Reviewed, not_reviewed
from tests.unit.pull_requests.examples import ACCOUNT_STACK, COMMIT, planned, reviewed, stack

if TYPE_CHECKING:
    from pull_requests.stacks import Stack

HIDDEN = "<!-- aurora-ferry plan of dev -->"
CHANGES = "<!-- aurora-ferry changes c0ffee -->"
LONGEST_COMMENT = 65_536  # GitHub's
LONGEST_REVIEW = 60_000  # ferry review's, in bytes


def comment(found: Reviewed | None = None, *, of: Stack | None = None, **plan: str) -> str:
    return text_of(planned(of, **plan), found or reviewed(), commit=COMMIT, number=7)


def test_the_review_then_how_it_comes_to_be_applied() -> None:
    assert comment() == (
        f"{HIDDEN}\n"
        f"{CHANGES}\n"
        "## dev: safe\n"
        "\n"
        "---\n"
        "Planned at `aaaaaaaaaaaa`, by the code of this pull request. After the merge this plans "
        "again, compares, and applies what is approved then:\n"
        "\n"
        "```sh\n"
        "gh workflow run apply.yml -f stack=dev -f pull_request=7\n"
        "```\n"
    )


def test_what_is_blocked_is_not_applied() -> None:
    text = comment(reviewed(ExitStatus.STOP, text="## dev: blocked\n"))

    assert "by the code of this pull request. There is nothing to apply.\n" in text
    assert "gh workflow run" not in text


def test_a_comment_shows_its_own_changes_and_no_others() -> None:
    assert shows(comment(), "c0ffee")
    assert not shows(comment(), "c0ffe")
    assert shows(comment().replace("\n", "\r\n"), "c0ffee")


def test_no_other_line_of_a_comment_says_what_it_showed() -> None:
    """Whoever may push writes what Terraform's failures and a plan's values say."""
    failed = comment(not_reviewed("dev", f"Error:\n{CHANGES}\n\u2028{CHANGES}"), plan="")
    other = comment(reviewed(text=f"## dev: safe\n{CHANGES}\n")).replace("c0ffee", "beef", 1)

    assert f"\n{CHANGES}\n" in failed
    assert f"\n{CHANGES}\n" in other
    assert not shows(failed, "c0ffee")
    assert not shows(other, "c0ffee")
    assert not shows(CHANGES, "c0ffee")
    assert not shows(f"{HIDDEN}\n> {CHANGES}", "c0ffee")


def test_a_comment_is_never_longer_than_github_takes() -> None:
    longest = stack(ACCOUNT_STACK)
    failed = comment(not_reviewed(ACCOUNT_STACK, "x\n" * 100_000), of=longest, plan="")
    whole = comment(
        reviewed(text="x" * LONGEST_REVIEW, environments=["a" * 16, "b" * 16]),
        of=longest,
        kind="moved",
        moved_from=longest.state,
    )

    assert "(cut; the job's log has all)" in failed
    assert len(failed) < LONGEST_COMMENT
    assert len(whole) < LONGEST_COMMENT


def test_an_accounts_stack_is_named_beside_the_environments_that_judge_it() -> None:
    text = comment(reviewed(environments=["dev", "staging"]), of=stack(ACCOUNT_STACK))

    assert text.startswith(
        f"<!-- aurora-ferry plan of account-111122223333 -->\n{CHANGES}\n"
        "The stack **`account-111122223333`**, which the environments of the account share, judged "
        "by all that `environments/dev.toml` and `environments/staging.toml` block.\n\n"
        "## dev: safe\n"
    )


def test_the_last_environment_of_an_account() -> None:
    text = comment(of=stack(ACCOUNT_STACK), kind="gone")

    assert "**The last environment of the account is deleted.**" in text


def test_a_deleted_file_comes_first() -> None:
    text = comment(reviewed(ExitStatus.STOP, text="## dev: blocked\n"), kind="gone")

    assert text.startswith(
        f"{HIDDEN}\n{CHANGES}\n> [!CAUTION]\n> **`environments/dev.toml` is deleted.** What follows "
        "is what destroying `dev` would do. Merging alone destroys nothing"
    )
    assert text.index("is deleted") < text.index("## dev: blocked")


def test_a_state_that_moves_comes_first_and_its_place_is_only_text() -> None:
    text = comment(kind="moved", moved_from="s3://old/`@everyone`\n# key")

    assert (
        "> [!CAUTION]\n> **The state of `dev` moves** from ``s3://old/`@everyone`\\n# key`` to "
        f"`{stack().state}`. What follows is planned against the new place."
    ) in text


def test_a_stack_that_changes_no_more() -> None:
    assert text_without_change("dev", commit=COMMIT) == (
        f"{HIDDEN}\n## dev: no change\n\nSince `aaaaaaaaaaaa` this pull request changes nothing of "
        "`dev`.\n"
    )


def test_a_comments_first_line_names_its_stack() -> None:
    assert stack_of(comment()) == "dev"
    assert stack_of(comment().replace("\n", "\r\n")) == "dev"
    assert stack_of(HIDDEN) == "dev"
    assert stack_of(f"{HIDDEN} and more") == ""
    assert stack_of(f"Look:\n{HIDDEN}") == ""
    assert stack_of("## dev") == ""
