"""How results and failures look: plain lines, with colour where a terminal shows it."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from traceback import print_exc
from typing import TYPE_CHECKING, Final

import typer
from rich.console import Console
from rich.text import Text
from typer.exceptions import TyperException

from ferry.errors import FerryError
from ferry.findings import ExitStatus
from ferry.prepare.steps import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ferry.prepare.steps import Step

_COLOURS: Final = {Outcome.RIGHT: "dim", Outcome.MENDED: "yellow"}
_WIDTH: Final = max(len(outcome) for outcome in Outcome)


@contextmanager
def failures_shown() -> Iterator[None]:
    """Show a failure inside as its text on standard error, and end with its status.

    A fault of ferry's own shows its traceback and is something that could not be done: Python's
    status for it would be 1, which says that a look is enough.
    """
    try:
        yield
    except FerryError as error:
        _console(stderr=True).print(Text(str(error)))
        raise typer.Exit(error.exit_code) from None
    except (KeyboardInterrupt, typer.Abort):
        raise typer.Exit(ExitStatus.INTERRUPTED) from None
    except (typer.Exit, TyperException):
        raise
    except BrokenPipeError:  # whoever reads has enough, as `| head`; nothing more can be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(ExitStatus.NOT_DONE) from None
    except Exception:  # noqa: BLE001 - see above: any of them
        print_exc()
        raise typer.Exit(ExitStatus.NOT_DONE) from None


def show_steps(title: str, steps: Iterable[Step]) -> None:
    """Print the title, then each step when it is done, then whether there was nothing to do."""
    console = _console()
    console.print(Text(title, style="bold"))
    idle = True
    for step in steps:
        outcome = Text(f"  {step.outcome:<{_WIDTH}}  ", style=_COLOURS.get(step.outcome, "green"))
        console.print(outcome.append(step.what, style="default"))
        idle = idle and step.outcome is Outcome.RIGHT
    if idle:
        console.print(Text("Nothing to do: all is as it should be."))


def show_next(text: str) -> None:
    """Print what to do next."""
    _console().print(Text(f"Next: {text}"))


def _console(*, stderr: bool = False) -> Console:
    """A console that leaves lines whole, so that they can be searched and copied."""
    return Console(stderr=stderr, soft_wrap=True, highlight=False)
