"""The findings of a check, for people and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import typer
from rich.text import Text

from facts.inert import visible, visible_json
from ferry.cli.printing import plain_console
from ferry.findings import Finding, Level, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Never

    from rich.console import Console

    from ferry.account import Account

_COLOURS: Final = {
    Level.RIGHT: "green",
    Level.WARNING: "yellow",
    Level.UNJUDGED: "magenta",
    Level.BLOCKED: "bold red",
}
_WIDTH: Final = max(len(level) for level in Level)
_INDENT: Final = " " * (_WIDTH + 4)


def report(
    findings: Iterable[Finding],
    *,
    title: str,
    meanings: Mapping[Level, str],
    environment: str,
    account: Account,
    as_json: bool,
    areas: Mapping[str, str] | None = None,
) -> Never:
    """Show the findings, each when it is known, and end with the status that they add up to.

    Args:
        findings: The findings.
        title: What was checked; `in account ..., REGION` is added.
        meanings: What it means that a level is the gravest.
        environment: The environment's name.
        account: Where it is.
        as_json: Whether JSON is printed, for programs.
        areas: The area of each check: what is right of an area is shown as one line. By default
            each finding has its own.

    Raises:
        typer.Exit: Always, with the status.
    """
    if as_json:
        found = list(findings)
        typer.echo(
            to_json(
                found,
                environment=environment,
                account_id=account.account_id,
                region=account.region,
            )
        )
    else:
        console = plain_console()
        title = f"{title}, in account {account.account_id}, {account.region}"
        console.print(Text(visible(title), style="bold"))
        found = show(console, findings, areas=areas)
        console.print(summary(found, meanings))
    raise typer.Exit(worst(found).status)


def show(
    console: Console, findings: Iterable[Finding], *, areas: Mapping[str, str] | None = None
) -> list[Finding]:
    """Show findings, each when it is known. Return them.

    Args:
        console: Where.
        findings: The findings.
        areas: As `report` has them.
    """
    found, again = [], []
    for area, group in groupby(findings, lambda finding: (areas or {}).get(finding.check)):
        right = 0
        for finding in group:
            found.append(finding)
            if area and finding.level is Level.RIGHT:
                right += 1
            elif _is_known(finding, found[:-1]):
                again.append(finding.check)
            else:
                console.print(to_text(finding))
        if area and right:
            line = Finding(check=area, level=Level.RIGHT, what=f"{area} ({right})")
            console.print(to_text(line))
    if again:
        what = f"Not judged either, each for a reason above: {', '.join(again)}."
        console.print(to_text(Finding(check="", level=Level.UNJUDGED, what=what)))
    return found


def _is_known(finding: Finding, earlier: Sequence[Finding]) -> bool:
    """Whether another was not judged for the same reason, such as an output that is missing."""
    return finding.level is Level.UNJUDGED and any(
        (one.level, one.why, one.remedy) == (finding.level, finding.why, finding.remedy)
        for one in earlier
    )


def to_text(finding: Finding) -> Text:
    """A finding in one to three lines: what it is, why it matters, how to mend it."""
    text = Text(f"  {finding.level:<{_WIDTH}}  ", style=_COLOURS[finding.level])
    text.append(visible(finding.what), style="default")
    for label, sentence in (("why", finding.why), ("remedy", finding.remedy)):
        if sentence:
            text.append(f"\n{_INDENT}{label}: ", style="dim").append(
                visible(sentence), style="default"
            )
    return text


def summary(findings: Sequence[Finding], meanings: Mapping[Level, str]) -> Text:
    """How many findings there are of each level, the gravest first, and what that means."""
    counted = Counter(finding.level for finding in findings)
    counts = ", ".join(
        f"{counted[level]} {level}"
        for level in sorted(counted, key=lambda level: level.status, reverse=True)
    )
    nothing = counted[Level.UNJUDGED] == len(findings) > 0
    meaning = "Nothing could be judged." if nothing else meanings[worst(findings)]
    return Text(f"{counts}. {meaning}", style="bold")


def to_json(findings: Sequence[Finding], *, environment: str, account_id: str, region: str) -> str:
    """The findings as one JSON object, with the verdict and the exit status."""
    made = document(findings, environment=environment, account_id=account_id, region=region)
    return visible_json(made, indent=2)


def document(
    findings: Sequence[Finding], *, environment: str, account_id: str, region: str
) -> dict[str, Any]:
    """What that object holds."""
    level = worst(findings)
    return {
        "environment": environment,
        "account_id": account_id,
        "region": region,
        "verdict": level,
        "exit_code": level.status,
        "findings": [asdict(finding) for finding in findings],
    }
