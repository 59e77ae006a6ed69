"""The command line's root: which commands there are."""

from __future__ import annotations

import typer

from ferry.cli.adopt import adopt
from ferry.cli.bootstrap import bootstrap
from ferry.cli.check import aws
from ferry.cli.review import review
from ferry.cli.secret import source

app = typer.Typer(
    help="Carry a PostgreSQL database into Aurora: what Terraform cannot do.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",  # fills paragraphs
    pretty_exceptions_enable=False,  # rich's tracebacks show locals, and locals hold passwords
)
secret = typer.Typer(help="Write the secrets that a deployment reads.", no_args_is_help=True)
check = typer.Typer(help="Look at what a deployment needs.", no_args_is_help=True)
app.command()(bootstrap)
app.command()(adopt)
app.command()(review)
app.add_typer(secret, name="secret")
secret.command()(source)
app.add_typer(check, name="check")
check.command()(aws)
