"""`python -m ferry`: run the command line."""

import sys

from ferry.cli.app import app
from ferry.findings import ExitStatus

if __name__ == "__main__":
    try:
        app(prog_name="ferry")
    except OSError as error:  # of help and version, which typer prints itself
        from ferry.cli.printing import output_failed

        if not output_failed(error):
            raise
        sys.exit(ExitStatus.NOT_DONE)
