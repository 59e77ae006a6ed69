"""What Terraform and cdktf are told, and what of the developer's own settings is kept from them."""

from __future__ import annotations

import secrets
import socket
import tempfile
from pathlib import Path

import pytest

from harness.surroundings import surroundings


def variables(folder: Path) -> dict[str, str]:
    return surroundings(
        url="http://127.0.0.1:4566",
        account_id="111122223333",
        region="eu-central-1",
        folder=folder,
    )


def test_calls_go_to_local_aws_as_the_account(tmp_path: Path) -> None:
    found = variables(tmp_path)

    assert found["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert found["AWS_ACCESS_KEY_ID"] == "111122223333"


@pytest.mark.parametrize(
    "name", ["AWS_PROFILE", "AWS_SESSION_TOKEN", "TF_LOG", "TF_PLUGIN_CACHE_DIR", "https_proxy"]
)
def test_a_developers_own_settings_reach_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "mine")

    assert name not in variables(tmp_path)


def test_two_copies_at_once_install_into_no_common_folder(tmp_path: Path) -> None:
    """cdktf names one in the home folder, unless this variable is set."""
    assert variables(tmp_path)["CDKTF_DISABLE_PLUGIN_CACHE_ENV"] == "true"


def test_how_often_go_collects_garbage_can_be_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOGC", raising=False)
    assert variables(tmp_path)["GOGC"] == "400"

    monkeypatch.setenv("GOGC", "100")
    assert variables(tmp_path)["GOGC"] == "100"


@pytest.mark.parametrize("letters", [1, 40, 60, 200])
def test_the_provider_finds_room_for_its_socket_in_every_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, letters: int
) -> None:
    """Else it ends before it says a word: in a folder of a hundred letters no Terraform ran."""
    folder = tmp_path / ("a" * letters)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))

    found = Path(variables(tmp_path)["TMPDIR"])

    with socket.socket(socket.AF_UNIX) as listening:
        file = found / f"plugin{10**9 + secrets.randbelow(9 * 10**9)}"  # as Go draws it
        listening.bind(str(file))
        file.unlink()


def test_a_folder_with_room_is_the_one_that_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/given")

    assert variables(tmp_path)["TMPDIR"] == "/given"
