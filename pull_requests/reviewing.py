"""`ferry review` of a plan."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ferry.findings import ExitStatus
from pull_requests.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_VERDICTS: Final = {
    int(it): it for it in (ExitStatus.GOOD, ExitStatus.LOOK, ExitStatus.NOT_DONE, ExitStatus.STOP)
}
"""The statuses of a plan that ferry came to a review of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reviewed:
    """What ferry says of a plan.

    Args:
        verdict: Whether it may be applied: the exit status of `ferry review`.
        text: The review.
    """

    verdict: ExitStatus
    text: str


def review(
    *,
    plan: str,
    document: Mapping[str, object] | None,
    environment: str,
    project: Path,
    folder: Path,
    form: str = "markdown",
) -> Reviewed:
    """Have ferry review a plan.

    Args:
        plan: What `terraform show -json` printed.
        document: The stack's JSON, which names the constructs; None where ferry would not know
            it for one of the environment's.
        environment: The environment whose file says what blocks.
        project: Where ferry is.
        folder: Where files for ferry may be written.
        form: What the review is written as.

    Raises:
        ToolError: ferry did not come to a review.
    """
    shown, stack, written = folder / "plan.json", folder / "stack.json", folder / "review"
    written.unlink(missing_ok=True)
    shown.write_text(plan)
    command = [
        sys.executable, "-m", "ferry", "review", environment, str(shown),
        "--format", form, "--output", str(written),
    ]  # fmt: skip
    if document is not None:
        stack.write_text(json.dumps(document))
        command += ["--stack", str(stack)]
    finished = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    # The plan has sensitive values in clear.
    shown.unlink()
    verdict = _VERDICTS.get(finished.returncode)
    if verdict is None or not written.is_file():
        raise ToolError(f"'ferry review' ended with {finished.returncode}:\n{finished.stderr}")
    return Reviewed(verdict=verdict, text=written.read_text())
