from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness import postgres

if TYPE_CHECKING:
    from pathlib import Path


def test_the_version_that_is_there_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in (16, 17):
        folder = tmp_path / str(version)
        folder.mkdir()
        (folder / "initdb").touch()
    monkeypatch.setattr(postgres, "_PLACES", (f"{tmp_path}/{{}}",))
    assert postgres.find_programs() == tmp_path / "16"
    assert postgres.find_programs(17) == tmp_path / "17"


@pytest.mark.parametrize(("version", "named"), [(None, 15), (17, 17)])
def test_what_is_missing_is_named_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, version: int | None, named: int
) -> None:
    monkeypatch.setattr(postgres, "_PLACES", ("/nowhere/{}",))
    with pytest.raises(postgres.PostgresMissingError) as error:
        postgres.find_programs(version)
    assert str(error.value) == (
        f"PostgreSQL {named}'s server programs are missing; on Debian and Ubuntu: "
        f"apt-get install postgresql-{named}"
    )


def test_root_needs_another_user_for_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(postgres, "_UNPRIVILEGED", ("nobody-of-this-name",))
    with pytest.raises(
        postgres.PostgresMissingError, match="as root, and there is no user nobody-of"
    ):
        postgres.Postgres()
