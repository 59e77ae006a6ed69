"""`python -m ferry`: run the command line."""

from ferry.cli.app import app

if __name__ == "__main__":
    app(prog_name="ferry")
