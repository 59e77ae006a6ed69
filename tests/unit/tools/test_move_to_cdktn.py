"""Which names tools/move_to_cdktn.py exchanges. tests/moved/ runs what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.move_to_cdktn import main, moved

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from cdktf import App", "from cdktn import App"),
        ("from cdktf_cdktf_provider_aws.vpc import Vpc", "from cdktn_provider_aws.vpc import Vpc"),
        ("cdktf-cdktf-provider-aws", "cdktn-provider-aws"),
        ("Run `cdktf deploy dev`", "Run `cdktn deploy dev`"),
        ("node_modules/.bin/cdktf", "node_modules/.bin/cdktn"),
        ("cdktf.json and cdktf.out/stacks", "cdktf.json and cdktf.out/stacks"),
        ("CDKTF_OUTDIR", "CDKTF_OUTDIR"),
        ("developer.hashicorp.com/terraform/cdktf/concepts", "developer.hashicorp.com/terraform/cdktf/concepts"),
        ("cdktf 0.21 does not know it", "cdktf 0.21 does not know it"),
        ("kept\ngone  # until the move to cdktn\n", "kept\n"),
    ],
)  # fmt: skip
def test_names_are_exchanged_that_cdktn_has_not_kept(before: str, after: str) -> None:
    assert moved("any.py", before) == after


@pytest.mark.parametrize("name", ["CHANGELOG.md", "docs/decisions/0006.md", "bench/NOTES.md"])
def test_what_was_is_told_as_it_was(name: str) -> None:
    assert moved(name, "cdktf deploy") == "cdktf deploy"


@pytest.mark.parametrize("name", ["Pipfile", "package.json"])
def test_a_file_without_the_line_that_is_exchanged_is_told_of(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        moved(name, "{}")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "One argument: the folder of the copy, which is made.\n"),
        (["full"], "full is there, and not empty: name another folder.\n"),
        (["full/file"], "full/file is there, and not empty: name another folder.\n"),
    ],
)
def test_nothing_is_written_over(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").write_text("")
    monkeypatch.chdir(tmp_path)

    assert main(arguments) == 2
    assert capsys.readouterr().err == said
    assert [it.name for it in tmp_path.rglob("*")] == ["full", "file"]
