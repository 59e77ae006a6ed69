"""How results and failures look: plain lines, with colour where a terminal shows it.

What others have written (files, AWS's answers) is made inert before it is printed.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from traceback import format_exc
from typing import TYPE_CHECKING, Final

import typer
from rich.console import Console
from rich.text import Text
from typer.exceptions import TyperException

from facts.inert import visible, visible_lines
from ferry.errors import FerryError
from ferry.findings import ExitStatus
from ferry.prepare.steps import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from ferry.prepare.steps import Step

_COLOURS: Final = {Outcome.RIGHT: "dim", Outcome.MENDED: "yellow"}
_WIDTH: Final = max(len(outcome) for outcome in Outcome)
_OF_THE_OUTPUT: Final = frozenset({errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


@contextmanager
def failures_shown() -> Iterator[None]:
    """Show a failure inside as its text on standard error, and end with its status.

    A fault of ferry's own shows its traceback and is something that could not be done: Python's
    status for it would be 1, which says that a look is enough.
    """
    try:
        yield
    except FerryError as error:
        tell(str(error))
        raise typer.Exit(error.exit_code) from None
    except (KeyboardInterrupt, typer.Abort):
        raise typer.Exit(ExitStatus.INTERRUPTED) from None
    except (typer.Exit, TyperException):
        raise
    except OSError as error:
        if not output_failed(error):
            tell(format_exc().rstrip())
        raise typer.Exit(ExitStatus.NOT_DONE) from None
    except Exception:  # noqa: BLE001 - see above: any of them
        tell(format_exc().rstrip())
        raise typer.Exit(ExitStatus.NOT_DONE) from None


def output_failed(error: OSError) -> bool:
    """Whether it is the output that cannot be written; then that is said, and no more is written.

    Nothing is said where whoever reads has enough, as `| head`.
    """
    if error.filename is not None or error.errno not in _OF_THE_OUTPUT:
        return False
    _end(sys.stdout)
    if error.errno != errno.EPIPE:
        tell(f"The output cannot be written: {error.strerror}.")
    return True


def tell(text: str) -> None:
    """Print lines on standard error, if it can be written."""
    try:
        plain_console(stderr=True).print(Text(visible_lines(text)))
    except OSError:
        _end(sys.stderr)


def _end(stream: TextIO) -> None:
    """Let what a stream still holds go nowhere: Python would try once more at the end, and fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def show_steps(title: str, steps: Iterable[Step]) -> None:
    """Print the title, then each step when it is done, then whether there was nothing to do."""
    console = plain_console()
    console.print(Text(visible(title), style="bold"))
    idle = True
    for step in steps:
        outcome = Text(f"  {step.outcome:<{_WIDTH}}  ", style=_COLOURS.get(step.outcome, "green"))
        console.print(outcome.append(visible(step.what), style="default"))
        idle = idle and step.outcome is Outcome.RIGHT
    if idle:
        console.print(Text("Nothing to do: all is as it should be."))


def show_lines(title: str, lines: Iterable[str]) -> None:
    """Print what is about to be done, such as SQL, below where it is done."""
    console = plain_console()
    console.print(Text(visible(title), style="bold"))
    for line in lines:
        console.print(Text(f"  {visible(line)}"))


def show_next(text: str) -> None:
    """Print what to do next."""
    plain_console().print(Text(f"Next: {visible(text)}"))


def plain_console(*, stderr: bool = False) -> Console:
    """A console that leaves lines whole, so that they can be searched and copied."""
    return Console(stderr=stderr, soft_wrap=True, highlight=False)
