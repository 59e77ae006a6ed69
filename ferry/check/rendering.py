"""The findings, for people and for programs."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from rich.text import Text

from ferry.findings import Level, worst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ferry.findings import Finding

_COLOURS: Final = {
    Level.RIGHT: "green",
    Level.WARNING: "yellow",
    Level.UNJUDGED: "magenta",
    Level.BLOCKED: "bold red",
}
_WIDTH: Final = max(len(level) for level in Level)
_INDENT: Final = " " * (_WIDTH + 4)


def as_text(finding: Finding) -> Text:
    """A finding in one to three lines: what it is, why it would bite, how to mend it."""
    text = Text(f"  {finding.level:<{_WIDTH}}  ", style=_COLOURS[finding.level])
    text.append(finding.what, style="default")
    for label, sentence in (("why", finding.why), ("remedy", finding.remedy)):
        if sentence:
            text.append(f"\n{_INDENT}{label}: ", style="dim").append(sentence, style="default")
    return text


def summary(findings: Sequence[Finding]) -> Text:
    """How many findings there are of each level, the gravest first, and what that means."""
    counted = Counter(finding.level for finding in findings)
    levels = (Level.BLOCKED, Level.UNJUDGED, Level.WARNING, Level.RIGHT)
    counts = ", ".join(f"{counted[level]} {level}" for level in levels if counted[level])
    meaning = {
        Level.RIGHT: "All is right: plan.",
        Level.WARNING: "Nothing stops a deployment; look at the warnings.",
        Level.UNJUDGED: "Nothing that is known stops a deployment.",
        Level.BLOCKED: "A deployment or the migration would fail.",
    }
    return Text(f"{counts}. {meaning[worst(findings)]}", style="bold")


def as_json(findings: Sequence[Finding], *, environment: str, account_id: str, region: str) -> str:
    """The findings as one JSON object, with the verdict and the exit status."""
    document = {
        "environment": environment,
        "account_id": account_id,
        "region": region,
        "verdict": worst(findings),
        "exit_code": worst(findings).status,
        "findings": [asdict(finding) for finding in findings],
    }
    return json.dumps(document, indent=2)
