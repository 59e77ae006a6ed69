"""The command line's root: which commands there are."""

from __future__ import annotations

import typer

from ferry.commands.adopt import adopt
from ferry.commands.bootstrap import bootstrap
from ferry.commands.check import aws
from ferry.commands.review import review
from ferry.commands.secret import source

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
