"""What a pull request's comment says."""

from __future__ import annotations

from ferry.findings import ExitStatus
from pull_requests.comment import marked_stack, marker, text_of, text_without_change
from pull_requests.stacks import Kind
from tests.unit.pull_requests.examples import ACCOUNT_STACK, COMMIT, DIGEST, outcome, stack

HIDDEN = "<!-- aurora-ferry plan of dev -->"
LONGEST_COMMENT = 65_536  # GitHub's
LONGEST_REVIEW = 60_000  # ferry review's, in bytes


def test_the_review_then_how_the_plan_is_applied() -> None:
    assert text_of(outcome(digest=DIGEST)) == (
        f"{HIDDEN}\n"
        "## dev: safe\n"
        "\n"
        "---\n"
        "Planned at `aaaaaaaaaaaa` and kept for 14 days. After the merge this applies it, this plan "
        "and no other:\n"
        "\n"
        "```sh\n"
        f"gh workflow run apply.yml -f stack=dev -f plan={DIGEST}\n"
        "```\n"
    )


def test_a_plan_that_was_not_kept_cannot_be_applied() -> None:
    text = text_of(outcome(verdict=ExitStatus.STOP, review="## dev: blocked\n"))

    assert text.endswith(
        "---\nPlanned at `aaaaaaaaaaaa`. No plan was kept: there is none to apply.\n"
    )
    assert "gh workflow run" not in text


def test_a_failed_plan_says_why() -> None:
    text = text_of(
        outcome(
            verdict=ExitStatus.NOT_DONE,
            review="",
            failure="'terraform init' ended with 1:\nError: x",
        )
    )

    assert text.startswith(
        f"{HIDDEN}\n## dev: could not be judged\n\nThere is no plan:\n\n```text\n"
    )
    assert "\n'terraform init' ended with 1:\nError: x\n```\n" in text


def test_what_failed_cannot_leave_its_frame() -> None:
    text = text_of(
        outcome(
            verdict=ExitStatus.NOT_DONE,
            review="",
            failure="````\n<img src=x>\x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}",
        )
    )

    assert "\n```````text\n````\n<img src=x>\\u001b[31m\\u202e\n```````\n" in text


def test_a_comment_is_never_longer_than_github_takes() -> None:
    longest = ACCOUNT_STACK
    failed = outcome(of=stack(longest), review="", failure="x\n" * 100_000)
    reviewed = outcome(
        of=stack(longest),
        kind=Kind.MOVED,
        moved_from=stack(longest).state,
        review="x" * LONGEST_REVIEW,
        digest=DIGEST,
    )

    assert "(cut; the job's log has all)" in text_of(failed)
    assert len(text_of(failed)) < LONGEST_COMMENT
    assert len(text_of(reviewed)) < LONGEST_COMMENT


def test_an_accounts_stack_is_named_beside_the_environment_that_judges_it() -> None:
    text = text_of(outcome(of=stack(ACCOUNT_STACK)))

    assert text.startswith(
        "<!-- aurora-ferry plan of account-111122223333 -->\n"
        "The stack **`account-111122223333`**, which the environments of the account share, judged "
        "by what `environments/dev.toml` blocks.\n\n"
        "## dev: safe\n"
    )


def test_the_last_environment_of_an_account() -> None:
    text = text_of(outcome(of=stack(ACCOUNT_STACK), kind=Kind.GONE))

    assert "**The last environment of the account is deleted.**" in text


def test_a_deleted_file_comes_first() -> None:
    text = text_of(outcome(kind=Kind.GONE, verdict=ExitStatus.STOP, review="## dev: blocked\n"))

    assert text.startswith(
        f"{HIDDEN}\n> [!CAUTION]\n> **`environments/dev.toml` is deleted.** What follows is what "
        "destroying `dev` would do. Merging alone destroys nothing"
    )
    assert text.index("is deleted") < text.index("## dev: blocked")


def test_a_state_that_moves_comes_first() -> None:
    text = text_of(outcome(kind=Kind.MOVED, moved_from="s3://old/key"))

    assert (
        "> [!CAUTION]\n> **The state of `dev` moves** from `s3://old/key` to "
        f"`{stack().state}`. What follows is planned against the new place."
    ) in text


def test_a_stack_that_changes_no_more() -> None:
    assert text_without_change("dev", commit=COMMIT) == (
        f"{HIDDEN}\n## dev: no change\n\nSince `aaaaaaaaaaaa` this pull request changes nothing of "
        "`dev`. Plans that were kept before are of other code, and are refused.\n"
    )


def test_a_marker_names_its_stack() -> None:
    assert marker("dev") == HIDDEN
    assert marked_stack(HIDDEN) == "dev"
    assert marked_stack(f"{HIDDEN} and more") == ""
    assert marked_stack("## dev") == ""
