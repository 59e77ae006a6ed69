"""What `make local-aws` tells a developer to type."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from harness.exports import main
from harness.surroundings import surroundings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_lines_lead_a_shells_tools_to_local_aws(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["dev", "4566"]) == 0

    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading == "In another shell, for dev with cdktf, Terraform, the AWS CLI and ferry:"
    shell = "\n".join([*lines, "env"])
    found = dict(
        line.split("=", 1)
        for line in subprocess.run(
            ["/bin/sh", "-c", shell],
            env={"AWS_PROFILE": "mine", "AWS_SESSION_TOKEN": "mine", "https_proxy": "http://mine"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
    )
    assert "mine" not in "".join(found.values())
    assert {name: value for name, value in found.items() if name.startswith("AWS_")} == {
        name: value
        for name, value in surroundings(
            url="http://127.0.0.1:4566",
            account_id="111122223333",
            region="eu-central-1",
            folder=tmp_path,
        ).items()
        if name.startswith("AWS_")
    }


def test_an_unknown_environment_ends_with_2_and_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["dve", "4566"]) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    assert "dve" in shown.err
