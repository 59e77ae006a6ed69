"""What blocks: the stricter of both branches, and for an account's stack of all its environments."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ferry.errors import InputError
from pull_requests.guardrails import Guardrail, blocked, environments_of, loosened, read
from settings.review import Review
from tests.unit.pull_requests.examples import ACCOUNT, ACCOUNT_STACK, stack

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT = frozenset(Review().block)


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
    ["[", "review = 1", "[review]\nblock = 1", "a = " + "[" * 5000, "#" * 1_000_001, "\x00"],
    ids=["no TOML", "no section", "no list", "nested deeply", "too large", "no text"],
)
def test_of_a_file_that_cannot_be_read_nothing_blocks_so_it_loosens(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "dev.toml").write_text(text)

    assert read(tmp_path) == {"dev": Guardrail()}
    assert loosened({"dev": rail("outage")}, read(tmp_path)) == {"dev": "outage"}


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link.toml").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.toml")

    assert read(tmp_path) == {"link": Guardrail(), "pipe": Guardrail()}


def test_a_pull_request_that_takes_a_danger_off_loosens() -> None:
    before = {"dev": rail("outage", "data-loss"), "gone": rail("outage")}
    after = {"dev": rail("unwatched"), "new": rail()}

    assert loosened(before, after) == {"dev": "data-loss, outage"}
    assert loosened(after, before) == {"dev": "unwatched"}
    assert loosened(before, before) == {}


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


def test_an_account_without_environments_is_judged_by_nobody() -> None:
    with pytest.raises(InputError, match=r"^No environment is in the account of account-1111"):
        environments_of(stack(ACCOUNT_STACK), {"prod": rail(account_id="4")})
