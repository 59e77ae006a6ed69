"""What `make local-aws` shows: the lines that lead a shell's tools to local AWS.

    python -m harness.exports dev 4566

The account and the region are those of the environment. It ends with 2 where there is none of this
name, or its file has mistakes.
"""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from ferry.findings import ExitStatus
from harness.deployment import ROOT
from harness.surroundings import signed_in
from settings.reading.loading import load_environments
from settings.reading.problem import EnvironmentsError

if TYPE_CHECKING:
    from collections.abc import Sequence

# A session of AWS, or a proxy, would lead elsewhere.
_TAKEN_AWAY = "AWS_PROFILE AWS_SESSION_TOKEN HTTP_PROXY HTTPS_PROXY http_proxy https_proxy"


def main(arguments: Sequence[str]) -> ExitStatus:
    """Print them."""
    name, port = arguments
    try:
        (environment,) = load_environments(ROOT / "environments", selected=name)
    except EnvironmentsError as error:
        sys.stderr.write(f"{error}\n")
        return ExitStatus.WRONG_USE
    variables = signed_in(
        url=f"http://127.0.0.1:{port}",
        account_id=environment.aws.account_id,
        region=environment.aws.region,
    )
    lines = [
        f"In another shell, for {name} with cdktf, Terraform, the AWS CLI and ferry:",
        f"unset {_TAKEN_AWAY}",
        *(f"export {variable}={shlex.quote(value)}" for variable, value in variables.items()),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return ExitStatus.GOOD


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
