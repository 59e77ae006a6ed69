"""`python -m ferry`: run the command line."""

import signal
import sys
from errno import EPIPE

_ENDS = (signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    """Run the command line, and end with a status of the table.

    What `kill` sends, and a terminal that is gone, end it as Ctrl-C does: what is open is closed and
    files that hold a password are deleted. A shell's status for these is 128 and the signal's number.

    Ctrl-C ends with it from here on; while Python itself starts it ends by the signal, as any
    program, which a shell reports as the same 130.
    """
    # Whoever ignores a signal, such as nohup, goes on ignoring it.
    ours = [each for each in _ENDS if signal.getsignal(each) is signal.SIG_DFL]
    for each in ours:
        signal.signal(each, _end)
    try:
        from ferry.cli.app import app  # noqa: PLC0415 - Ctrl-C may come while it loads

        app(prog_name="ferry")
    except KeyboardInterrupt:
        sys.exit(130)  # as ExitStatus.INTERRUPTED, which may not be loaded yet
    except SystemExit as end:
        # where whoever reads has enough, rich and typer end with 1, which says that a look is due
        if isinstance(end.__context__, OSError) and end.__context__.errno == EPIPE:
            sys.exit(_not_done())
        raise
    except OSError as error:  # of help and version, which typer prints itself
        from ferry.cli.printing import output_failed  # noqa: PLC0415 - the same

        if not output_failed(error):
            raise
        sys.exit(_not_done())
    finally:
        for each in ours:
            signal.signal(each, signal.SIG_DFL)


def _end(number: int, _: object) -> None:
    sys.exit(128 + number)


def _not_done() -> int:
    from ferry.findings import ExitStatus  # noqa: PLC0415 - the same

    return ExitStatus.NOT_DONE


if __name__ == "__main__":
    main()
