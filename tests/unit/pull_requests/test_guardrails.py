"""What blocks: the stricter of both branches, and for an account's stack of all its environments."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ferry.errors import InputError
from ferry.review import Danger
from pull_requests.guardrails import Guardrail, blocked, environments_of, loosened, read
from settings.review import Review
from tests.unit.pull_requests.examples import ACCOUNT, ACCOUNT_STACK, stack

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT = frozenset(Review().block)
STRICTEST = Guardrail(block=frozenset(Danger))


def rail(*block: str, account_id: str = ACCOUNT) -> Guardrail:
    return Guardrail(account_id=account_id, block=frozenset(block))


def test_files_are_read_as_data(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(
        '[aws]\naccount_id = "111122223333"\n[review]\nblock = ["outage", "no-such-danger"]\n'
    )
    (tmp_path / "prod.toml").write_text('[aws]\naccount_id = "444455556666"\n')

    assert read(tmp_path) == {
        "dev": rail("outage"),
        "prod": Guardrail(account_id="444455556666", block=DEFAULT),
    }


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "review = 1",
        "[review]\nblock = 1",
        '[review]\nblock = "outage"',
        "[review]\nblock = [[]]",
        "a = " + "[" * 5000,
        "#" * 1_000_001,
        "\x00",
    ],
    ids=[
        "no TOML", "no section", "a number", "a text", "lists", "nested deeply", "too large", "no text"
    ],
)  # fmt: skip
def test_of_a_file_that_cannot_be_read_every_danger_blocks(tmp_path: Path, text: str) -> None:
    (tmp_path / "dev.toml").write_text(text)

    assert read(tmp_path) == {"dev": STRICTEST}


def test_neither_links_nor_pipes_are_read_so_every_danger_blocks(tmp_path: Path) -> None:
    lenient = tmp_path / "lenient"
    lenient.mkdir()
    (lenient / "dev.toml").write_text("[review]\nblock = []\n")
    (tmp_path / "link.toml").symlink_to(lenient / "dev.toml")
    (tmp_path / "zero.toml").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "folder").symlink_to(lenient)

    assert read(tmp_path) == {"link": STRICTEST, "pipe": STRICTEST, "zero": STRICTEST}
    assert read(tmp_path / "folder") == {"dev": STRICTEST}


def test_a_file_is_read_as_the_settings_read_it(tmp_path: Path) -> None:
    """A byte order mark and capitals in the suffix change nothing."""
    (tmp_path / "prod.TOML").write_bytes(b'\xef\xbb\xbf[review]\nblock = ["outage"]\n')

    assert read(tmp_path) == {"prod": rail("outage", account_id="")}


def test_a_renamed_suffix_does_not_hide_what_is_loosened(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for file in (before / "prod.toml", after / "prod.TOML"):
        file.parent.mkdir()
        file.write_text(f"[review]\nblock = {['outage'] if file.parent == before else []}\n")

    assert loosened(read(before), read(after)) == ["what prod no longer blocks (outage)"]


def test_of_two_files_of_one_environment_every_danger_blocks(tmp_path: Path) -> None:
    for name in ("prod.toml", "prod.TOML"):
        (tmp_path / name).write_text("[review]\nblock = []\n")

    assert read(tmp_path) == {"prod": STRICTEST}


def test_a_pull_request_that_takes_a_danger_off_loosens() -> None:
    before = {"dev": rail("outage", "data-loss"), "gone": rail("outage")}
    after = {"dev": rail("unwatched")}

    assert loosened(before, after) == ["what dev no longer blocks (data-loss, outage)"]
    assert loosened(before, before) == []


def test_a_file_that_comes_back_looser_than_the_default_loosens() -> None:
    """Deleted by one pull request and added by the next: what it said before is not known then."""
    strict, loose = {"prod": rail(*DEFAULT)}, {"prod": rail(*(DEFAULT - {"outage", "refused"}))}

    assert loosened(strict, {}) == []
    assert loosened({}, loose) == [
        "what prod, a new file, lets through and the default blocks (outage, refused)"
    ]
    assert loosened({}, {**strict, "qa": rail(*DEFAULT, "unwatched"), "broken": STRICTEST}) == []


def test_a_files_name_gives_the_runner_no_orders() -> None:
    (said,) = loosened({}, {"x\n::stop-commands::y": rail(*(DEFAULT - {"outage"}))})

    assert said.startswith("what x\\n::stop-commands::y, a new file, lets through")


def test_the_stricter_of_both_branches_holds() -> None:
    own, proposed = {"dev": rail("outage")}, {"dev": rail("unwatched")}

    assert blocked(["dev"], own, proposed) == {"outage", "unwatched"}


def test_an_environment_that_is_new_is_judged_by_the_default_and_its_own() -> None:
    assert blocked(["new"], {}, {"new": rail("unwatched")}) == {*DEFAULT, "unwatched"}


def test_an_accounts_stack_is_judged_by_all_of_its_environments() -> None:
    own = {"dev": rail("outage"), "staging": rail("unwatched"), "prod": rail(account_id="4")}
    found = environments_of(stack(ACCOUNT_STACK), own, {"qa": rail("irreversible")})

    assert found == ["dev", "qa", "staging"]
    assert blocked(found, own, {"qa": rail("irreversible")}) >= {
        "outage",
        "unwatched",
        "irreversible",
    }


def test_an_environment_of_an_unknown_account_judges_the_stack_of_every_account() -> None:
    own = {"broken": STRICTEST, "dev": rail(), "prod": rail(account_id="4")}

    assert environments_of(stack(ACCOUNT_STACK), own) == ["broken", "dev"]
    assert blocked(["broken", "dev"], own) == set(Danger)


def test_an_account_without_environments_is_judged_by_nobody() -> None:
    with pytest.raises(InputError, match=r"^No environment is in the account of account-1111"):
        environments_of(stack(ACCOUNT_STACK), {"prod": rail(account_id="4")})
