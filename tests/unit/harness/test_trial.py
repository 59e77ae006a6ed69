"""What `make local-aws` tells a person to type."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from harness.surroundings import signed_in
from harness.trial import exports, main

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest


def shell(lines: list[str], environment: Mapping[str, str]) -> dict[str, str]:
    """The variables after these lines."""
    return dict(
        line.split("=", 1)
        for line in subprocess.run(
            ["/bin/sh", "-c", "\n".join([*lines, "env"])],
            env=dict(environment),
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
    )


def test_the_lines_lead_a_shells_tools_to_local_aws() -> None:
    variables = signed_in(
        url="http://127.0.0.1:4566", account_id="111122223333", region="eu-central-1"
    )

    found = shell(
        exports(variables | {"FERRY_TARGET_CA": "it's here"}),
        {"AWS_PROFILE": "mine", "AWS_SESSION_TOKEN": "mine", "https_proxy": "http://mine"},
    )

    assert "mine" not in "".join(found.values())
    assert {name: value for name, value in found.items() if name.startswith("AWS_")} == variables
    assert found["FERRY_TARGET_CA"] == "it's here"


def test_an_unknown_environment_ends_with_2_and_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["dve"]) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    assert "dve" in shown.err
