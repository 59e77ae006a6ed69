"""`ferry subscribe ENV`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

import sys

import typer

from ferry.cli.arguments import EnvironmentName  # noqa: TC001 - typer reads the annotation when it runs
from ferry.cli.secret import at_terminal


def subscribe(name: EnvironmentName) -> None:
    """Have an on-call service, such as PagerDuty, told of ENV's alarms and events.

    Asks for the page's URL, unseen, for it is a secret. Where standard input is not a terminal, reads
    the URL from it instead. SNS alone is given it: it stands in no file, plan or state. Its host has
    to be one of alarms.https_hosts. Safe to run again.

    Exit status: 2 where the URL is none that may be subscribed; 3 where AWS refuses, or ENV is not
    deployed.
    """
    from ferry.cli.printing import failures_shown, show_next, show_steps

    with failures_shown():
        from ferry.account import account_of
        from ferry.environments import find
        from ferry.prepare import receivers

        environment = find(name)
        topic = receivers.topic_of(environment)
        account = account_of(environment)
        url = (ask() if at_terminal() else read()).strip()
        host = receivers.host_of(url, environment)
        show_steps(
            f"Who is told of {name}, in account {account.account_id}, {account.region}",
            receivers.subscribe(account.sns, topic, url, host),
        )
        show_next(f"ferry check deployment {name}; it says whether the page has confirmed")


def ask() -> str:
    """Ask the person at the terminal."""
    url: str = typer.prompt("URL", hide_input=True)
    return url


def read() -> str:
    """Read the URL from standard input; one that is closed holds none."""
    return "" if sys.stdin is None else sys.stdin.buffer.read().decode(errors="replace")
