"""The command line's root: which commands there are."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from ferry.cli.adopt import adopt
from ferry.cli.application import application
from ferry.cli.bootstrap import bootstrap
from ferry.cli.check import aws, deployment
from ferry.cli.check import source as databases
from ferry.cli.cutover import cutover, rollback
from ferry.cli.finish import finish
from ferry.cli.policies import policies
from ferry.cli.prepare_databases import prepare_databases
from ferry.cli.reload import reload
from ferry.cli.report_page import report
from ferry.cli.review import review
from ferry.cli.schema import schema
from ferry.cli.secret import operator, reverse, source
from ferry.cli.start import start, stop
from ferry.cli.status import status
from ferry.cli.subscribe import subscribe
from ferry.cli.suggest import tasks
from ferry.cli.verify import verify
from ferry.cli.watch import watch
from ferry.findings import ExitStatus
from ferry.version import version

app = typer.Typer(
    help="Carry a PostgreSQL database into Aurora: what Terraform cannot do.",
    epilog="Exit status; where several hold, 4 comes before 3, and 3 before 1:\n"
    + "\n".join(f"- {status.value} {status.meaning}" for status in ExitStatus),
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="markdown",  # fills paragraphs
    pretty_exceptions_enable=False,  # rich's tracebacks show locals, and locals hold passwords
)
secret = typer.Typer(
    help="Write the secrets that DMS, ferry and the applications read.", no_args_is_help=True
)
suggest = typer.Typer(
    help="Say what an environment's file could better say, by what there is.", no_args_is_help=True
)
check = typer.Typer(
    help="Look at what a deployment needs, and at what is deployed.", no_args_is_help=True
)
_PREPARE: Final = "To prepare and deploy"
_MIGRATE: Final = "To migrate"
app.command(rich_help_panel=_PREPARE)(bootstrap)
app.command(rich_help_panel=_PREPARE)(policies)
app.add_typer(secret, name="secret", rich_help_panel=_PREPARE)
secret.command()(source)
secret.command()(reverse)
secret.command()(operator)
secret.command()(application)
app.add_typer(check, name="check", rich_help_panel=_PREPARE)
check.command()(aws)
check.command()(deployment)
check.command("source")(databases)
app.command(rich_help_panel=_PREPARE)(review)
app.command(rich_help_panel=_PREPARE)(adopt)
app.command(rich_help_panel=_PREPARE)(subscribe)
app.command(rich_help_panel=_MIGRATE)(prepare_databases)
app.command(rich_help_panel=_MIGRATE)(schema)
app.add_typer(suggest, name="suggest", rich_help_panel=_MIGRATE)
suggest.command()(tasks)
app.command(rich_help_panel=_MIGRATE)(start)
app.command(rich_help_panel=_MIGRATE)(watch)
app.command(rich_help_panel=_MIGRATE)(reload)
app.command(rich_help_panel=_MIGRATE)(verify)
app.command(rich_help_panel=_MIGRATE)(cutover)
app.command(rich_help_panel=_MIGRATE)(rollback)
app.command(rich_help_panel=_MIGRATE)(finish)
app.command(rich_help_panel=_MIGRATE)(report)
app.command(rich_help_panel=_MIGRATE)(stop)
app.command(rich_help_panel=_MIGRATE)(status)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer's signature
    if wanted:
        typer.echo(f"ferry {version()}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version, which pyproject.toml names, and end.",
        ),
    ] = False,
) -> None:
    """Options of ferry itself."""
