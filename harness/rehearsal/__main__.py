"""`make rehearsal`: carries a database of sixty tables into Aurora, on this machine, end to end.

It types the commands that a person would type in a migration, with the variables that lead them to
local AWS, while an application goes on writing to the source. It compares both sides by means of its
own, and what the application was told with what arrived. What stands in for AWS: local AWS, a
PostgreSQL server for Aurora, its worker for DMS. All that the commands print is in a log, whose path
it names; ``VERBOSE=1`` shows it. Everything that it writes is in a temporary folder, every server
listens on a free port of 127.0.0.1 and ends with it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from facts import names, outputs
from ferry.account import account_of
from ferry.errors import FerryError, InputError
from ferry.findings import ExitStatus
from harness.aurora import Aurora, aurora
from harness.postgres import VERSIONS, PostgresMissingError, find_programs
from harness.progress import Progress
from harness.rehearsal.application import Application, write_secret
from harness.rehearsal.carrying import TABLES, Carrying
from harness.rehearsal.comparing import SHOP, NotEqualError, Sides
from harness.rehearsal.database import Database
from harness.rehearsal.dump import read, version_of
from harness.rehearsal.given import given
from harness.rehearsal.own_tables import fill
from harness.rehearsal.project import (
    DATABASE,
    ENVIRONMENT,
    HOST,
    name_secret,
    trust_aurora,
    write_project,
)
from harness.rehearsal.shop import KINDS_TABLES
from harness.rehearsal.source import let_in, own_source, schemas_of, source
from harness.rehearsal.trips import summary
from harness.rehearsal.writers import ShopLoad
from harness.server import LocalAws
from harness.standing import PATH as STANDING
from harness.standing import standing
from harness.steps import StepFailedError, Steps
from harness.surroundings import surroundings
from harness.terraform import Terraform, TerraformError
from settings.reading.loading import load_environments
from settings.reading.problem import EnvironmentsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ferry.account import Account
    from harness.rehearsal.given import Given
    from harness.rehearsal.own_tables import OwnTables
    from harness.rehearsal.source import Source
    from settings.environment import Environment

_ROWS = 500
_ROWS_OF_OWN = 50
_COMMITS_A_SECOND_OF_OWN = 60.0
_IN_THE_LOG_ALONE = re.compile(
    r"  done +(ROLE|TYPE|TABLE|SEQUENCE|DEFAULT|CONSTRAINT|ANALYZE|ACL|EXTENSION|DOMAIN)|  (CREATE|REVOKE|GRANT) |[0-9:]{8} slot "
)
_SECONDS_OF_WRITING = 10.0
_COMMITS_A_SECOND = 450.0


class Rehearsal:
    """The steps of the rehearsal, in order.

    Args:
        folder: Where everything is written.
        console: Where progress is shown.
        log: Where everything goes that the commands print.
        seed: From which the source's rows and the writes follow.
        rows: How many rows each table has at first.
        seeds: How often rows are spoilt in Aurora, for ferry to find, and how often it goes to Aurora and
            back.
        own: The user's own environment, and the dump of its source's schema; None for the rehearsal's.
    """

    def __init__(
        self,
        *,
        folder: Path,
        console: Console,
        log: Path,
        seed: int,
        rows: int,
        seeds: int,
        own: tuple[Given, Path] | None = None,
    ) -> None:
        self._folder = folder
        self._output = folder / "cdktf.out"
        self._steps = Steps(console=console, log=log)
        self._seed = seed
        self._rows = rows
        self._seeds = seeds
        self._own = own
        self._name = own[0].environment.name if own else ENVIRONMENT

    def run(self) -> None:
        """Run all steps; whatever was started ends with it."""
        find_programs()
        with ExitStack() as started:
            self._run(started)
        self._steps.say("done; all servers have stopped")

    def _run(self, started: ExitStack) -> None:
        tables: OwnTables | None = None
        if self._own is None:
            from_ = self._source(started)
        else:
            from_, tables = self._own_source(started, *self._own)
        port = from_.superuser.port
        own = self._own[0].own(port=port) if self._own else None
        self._project = write_project(self._folder, source=from_.superuser, own=own)
        (environment,) = load_environments(self._project / "environments")
        host = environment.migration.source.host
        self._steps.say("start what stands in for AWS: local AWS, and PostgreSQL for Aurora")
        cloud = started.enter_context(LocalAws(log=self._folder / "local-aws.log"))
        to = started.enter_context(
            aurora(
                cloud,
                account_id=environment.aws.account_id,
                region=environment.aws.region,
                cluster=environment.names.cluster,
                folder=self._sub("aurora"),
            )
        )
        trust_aurora(self._project, to.authority)
        for document in standing(environment):
            cloud.post(STANDING, document)
        cloud.post("addresses", {host: {"port": from_.superuser.port}})
        self._around = surroundings(
            url=cloud.url,
            account_id=environment.aws.account_id,
            region=environment.aws.region,
            folder=self._folder,
        )
        # What ferry remembers of an environment is of this rehearsal alone.
        self._around["XDG_STATE_HOME"] = str(self._sub("state"))
        # boto3, in this process.
        os.environ.update(self._around)
        account = account_of(environment)
        secret = write_secret(account.secretsmanager, from_.application)
        name_secret(self._project, secret)
        self._deploy(environment, from_)
        target = self._target(environment, account, to)
        application = Application(
            secrets=account.secretsmanager,
            arn=secret,
            reached={
                host: (from_.superuser.port, from_.superuser.authority),
                target.name: (to.port, to.authority),
            },
        )
        carrying = Carrying(
            steps=self._steps,
            ferry=self._ferry,
            sides=Sides(
                source=from_.superuser, target=target, what=tables.what if tables else SHOP
            ),
            source=from_,
            application=application,
            seed=self._seed,
            seconds_of_writing=_SECONDS_OF_WRITING,
            rows=self._rows,
            seeds=self._seeds,
            commits_a_second=_COMMITS_A_SECOND_OF_OWN if tables else _COMMITS_A_SECOND,
            environment=self._name,
            load=tables.load if tables else ShopLoad(),
            tables=len(tables.what.only or ()) if tables else TABLES,
            has_way_back=tables.has_way_back if tables else True,
            spoilt=() if tables else KINDS_TABLES,
        )
        carrying.prepare()
        trips = carrying.carry()
        carrying.finish()
        carrying.report(self._folder / "report.html")
        for line in summary(trips.made):
            self._steps.show(line)
        if tables is None:
            self._steps.say(
                f"destroy the environment: cdktf destroy {self._name} (about two minutes)"
            )
            self._cdktf("destroy", self._name, each_kind=False)

    def _source(self, started: ExitStack) -> Source:
        self._steps.say(
            f"start the source: {TABLES} tables of 84 types, {self._rows} rows each at first, "
            f"seed {self._seed}"
        )
        return started.enter_context(
            source(
                self._sub("source"),
                host=HOST,
                database=DATABASE,
                seed=self._seed,
                rows=self._rows,
            )
        )

    def _own_source(
        self, started: ExitStack, given_: Given, file: Path
    ) -> tuple[Source, OwnTables]:
        """The user's own: his tables, with made-up rows."""
        environment = given_.environment
        text = read(file, find_programs())
        version = version_of(text)
        if version is not None and version > max(VERSIONS):
            raise InputError(
                f"{file} is of PostgreSQL {version}; Aurora takes none that is newer than its own "
                f"version, and this rehearsal none beyond {max(VERSIONS)}."
            )
        self._steps.say(f"start a source with the schema of {file.name}")
        for line in given_.otherwise:
            self._steps.show(line)
        source_ = started.enter_context(
            own_source(
                self._sub("source"),
                host=environment.migration.source.host,
                database=environment.carried[0].source,
                text=text,
                dump=file.name,
                version=version if version in VERSIONS else None,
            )
        )
        schemas = schemas_of(source_.superuser)
        let_in(source_.superuser, schemas)
        self._steps.say(f"fill its tables with {self._rows} made-up rows each, seed {self._seed}")
        tables = fill(
            source_.superuser,
            environment,
            schemas,
            rows=self._rows,
            seed=self._seed,
        )
        for each in tables.filled:
            self._steps.show_short(str(each))
        if not tables.is_all:
            self._steps.show("tables with filters or transformations are left to ferry verify")
        return source_, tables

    def _deploy(self, environment: Environment, from_: Source) -> None:
        if environment.aws.state_bucket is None:
            self._steps.say(f"make the bucket for the state: ferry bootstrap {self._name}")
            self._ferry("bootstrap", self._name)
        self._steps.say(f"write what DMS signs in with: ferry secret source {self._name}")
        self._ferry("secret", "source", self._name, given=_credentials(from_.dms))
        if environment.migration.dms.rollback:
            self._steps.say(f"and on the way back: ferry secret reverse {self._name}")
            self._ferry("secret", "reverse", self._name, given=_credentials(from_.back))
        self._steps.say(f"and ferry itself: ferry secret operator {self._name} source")
        self._ferry("secret", "operator", self._name, "source", given=_credentials(from_.owner))
        account_stack = names.account_stack(environment.aws.account_id)
        self._steps.say(f"deploy the account: cdktf deploy {account_stack}")
        self._cdktf("deploy", account_stack)
        self._steps.say(f"deploy the environment: cdktf deploy {self._name} (about three minutes)")
        self._cdktf("deploy", self._name)
        self._steps.say(f"check what was deployed: ferry check deployment {self._name}")
        self._ferry("check", "deployment", self._name)

    def _target(self, environment: Environment, account: Account, to: Aurora) -> Database:
        """Aurora as its master user sees it."""
        held = json.loads(
            account.secretsmanager.get_secret_value(SecretId=environment.names.master_secret)[
                "SecretString"
            ]
        )
        terraform = Terraform(folder=self._output / "stacks" / self._name, environment=self._around)
        return Database(
            name=terraform.outputs()[outputs.CLUSTER_ENDPOINT],
            port=to.port,
            authority=to.authority,
            database=environment.carried[0].aurora,
            username=held["username"],
            password=held["password"],
        )

    def _sub(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir()
        return folder

    def _cdktf(self, verb: str, stack: str, *, each_kind: bool = True) -> None:
        progress = Progress(self._steps, each_kind=each_kind)
        self._type(
            "cdktf", verb, stack, "--auto-approve", "--skip-provider-lock",
            "--output", str(self._output), follow=progress,
        )  # fmt: skip
        progress.end()

    def _ferry(
        self,
        *arguments: str,
        given: str = "",
        accepted: tuple[int, ...] = (0,),
        told: Callable[[str], None] | None = None,
    ) -> None:
        self._type(
            sys.executable, "-m", "ferry", *arguments,
            given=given, accepted=accepted, follow=None if told else self._follow, told=told,
        )  # fmt: skip

    def _follow(self, line: str) -> None:
        """Show what a command says; the log has each object, line of SQL, look at a slot too."""
        if not _IN_THE_LOG_ALONE.match(line):
            self._steps.show_short(line)

    def _type(
        self,
        *command: str,
        given: str | None = None,
        follow: Callable[[str], None] | None = None,
        told: Callable[[str], None] | None = None,
        accepted: tuple[int, ...] = (0,),
    ) -> None:
        self._steps.type(
            *command,
            folder=self._project,
            environment=self._around,
            given=given,
            follow=follow,
            told=told,
            accepted=accepted,
        )


def _credentials(database: Database) -> str:
    return json.dumps({"username": database.username, "password": database.password})


def main(arguments: Sequence[str]) -> int:
    """Run the rehearsal; say what to do where it fails, and keep its folder then."""
    parser = argparse.ArgumentParser(prog="python -m harness.rehearsal", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--rows", type=int, help="of each table at first")
    parser.add_argument("--environment", help="one of your own, in the place of the rehearsal's")
    parser.add_argument(
        "--schema", type=Path, help="a dump of its source: pg_dump --schema-only, SQL or -Fc"
    )
    parser.add_argument(
        "--seeds",
        type=int,
        default=1,
        help="how often rows are spoilt, others each time, and how often it goes there and back",
    )
    options = parser.parse_args(arguments)
    if (options.environment is None) != (options.schema is None):
        parser.error("--environment and --schema go together: ENV=prod SCHEMA=dump.sql")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    console = Console(soft_wrap=True, emoji=False, highlight=False)
    own = None
    if options.environment is not None:
        try:
            own = given(options.environment), options.schema.resolve()
            read(own[1], find_programs())
        except (EnvironmentsError, InputError, PostgresMissingError) as error:
            console.print(str(error), markup=False)
            return ExitStatus.WRONG_USE
    handle, log = tempfile.mkstemp(prefix="aurora-ferry-rehearsal-", suffix=".log")
    os.close(handle)
    folder = Path(tempfile.mkdtemp(prefix="aurora-ferry-rehearsal-"))
    console.print(f"Everything goes to {log}; VERBOSE=1 shows it.")
    try:
        Rehearsal(
            folder=folder,
            console=console,
            log=Path(log),
            seed=options.seed,
            rows=options.rows or (_ROWS_OF_OWN if own else _ROWS),
            seeds=options.seeds,
            own=own,
        ).run()
    except InputError as error:  # of the user's own dump
        console.print(f"\n{error}", markup=False)
        shutil.rmtree(folder)
        return ExitStatus.WRONG_USE
    except (
        FerryError, NotEqualError, PostgresMissingError, StepFailedError,
        TerraformError,
    ) as error:  # fmt: skip
        console.print(f"\nThe rehearsal failed: {error}", markup=False)
        console.print(f"Its seed is {options.seed}; its files are kept in {folder}", markup=False)
        return ExitStatus.NOT_DONE
    except KeyboardInterrupt:
        console.print(f"\nStopped. Its files are kept in {folder}", markup=False)
        return ExitStatus.INTERRUPTED
    shutil.rmtree(folder)
    console.print(f"   Everything that was printed is in {log}")
    return ExitStatus.GOOD


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
