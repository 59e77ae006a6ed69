"""`make local-aws`: local AWS in the foreground, with PostgreSQL servers for Aurora and the source.

    python -m harness.trial dev --port 4566

It prints the lines that lead a shell's tools there, and runs until Ctrl-C; docs/trial.md carries a
database by it. The account and the region are those of the environment. Everything that it writes is
in a temporary folder; folder, servers and all that was deployed are gone when it ends. It ends with 2
where there is no environment of this name, or its file has mistakes.
"""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from ferry.findings import ExitStatus
from harness.aurora import aurora
from harness.certificates import write_certificate
from harness.deployment import ROOT
from harness.postgres import Postgres, PostgresMissingError, find_programs
from harness.providers import cli_configuration
from harness.server import LocalAws
from harness.standing import PATH, standing
from harness.surroundings import signed_in
from settings.reading.loading import load_environments
from settings.reading.problem import EnvironmentsError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from settings.environment import Environment
    from settings.source import Source

_HOST = "127.0.0.1"
# A session of AWS, or a proxy, would lead elsewhere.
_TAKEN_AWAY = "AWS_PROFILE AWS_SESSION_TOKEN HTTP_PROXY HTTPS_PROXY http_proxy https_proxy"


def main(arguments: Sequence[str]) -> ExitStatus:
    """Run until Ctrl-C."""
    options = _parser().parse_args(arguments)
    try:
        (environment,) = load_environments(ROOT / "environments", selected=options.environment)
    except EnvironmentsError as error:
        sys.stderr.write(f"{error}\n")
        return ExitStatus.WRONG_USE
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    try:
        with (
            tempfile.TemporaryDirectory(prefix="aurora-ferry-local-aws-") as folder,
            ExitStack() as started,
        ):
            for line in _start(environment, Path(folder), started, options.port, options.source):
                sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
            while True:
                signal.pause()
    except RuntimeError as error:
        sys.stderr.write(f"{error}\n")
        return ExitStatus.NOT_DONE
    except KeyboardInterrupt:
        return ExitStatus.GOOD


def _start(
    environment: Environment, folder: Path, started: ExitStack, port: int, source: int | None
) -> Iterator[str]:
    """Start everything, and say what there is and what leads there, a line each.

    Raises:
        RuntimeError: Something does not start; the text says why.
    """
    aws, log = environment.aws, folder / "local-aws.log"
    try:
        cloud = started.enter_context(LocalAws(log=log, port=port))
    except RuntimeError as error:
        raise RuntimeError(log.read_text().strip()) from error
    for document in standing(environment):
        cloud.post(PATH, document)
    yield f"local AWS at {cloud.url}, until Ctrl-C; its messages are in {log}"
    variables = signed_in(url=cloud.url, account_id=aws.account_id, region=aws.region)
    variables |= cli_configuration(folder)
    # What ferry remembers of an environment of this name elsewhere is of other databases.
    variables["XDG_STATE_HOME"] = str(folder)
    try:
        find_programs()
    except PostgresMissingError as error:
        yield f"Nothing can be carried: {error}"
    else:
        to = started.enter_context(
            aurora(
                cloud,
                account_id=aws.account_id,
                region=aws.region,
                cluster=environment.names.cluster,
                folder=_sub(folder, "aurora"),
            )
        )
        yield f"a PostgreSQL server at {_HOST}:{to.port} will be Aurora"
        variables["FERRY_TARGET_ADDRESS"] = f"{_HOST}:{to.port}"
        variables["FERRY_TARGET_CA"] = str(to.authority)
        if environment.source is not None and source is None:
            source = yield from _source(environment.source, folder, started, variables)
    if environment.source is not None and source is not None:
        cloud.post("addresses", {environment.source.host: {"port": source}})
        variables["FERRY_SOURCE_ADDRESS"] = f"{_HOST}:{source}"
        yield f"the source, {environment.source.host}, is at {_HOST}:{source}"
    file = folder / "shell"
    file.write_text("\n".join([*exports(variables), ""]))
    yield (
        f"In another shell, for {environment.name} with cdktf, Terraform, the AWS CLI, ferry and psql: "
        f". {file}"
    )
    yield "It has these lines:"
    yield from exports(variables)


def _source(
    source: Source, folder: Path, started: ExitStack, variables: dict[str, str]
) -> Generator[str, None, int]:
    """Start an empty server for the source, with a file by which psql signs in as its superuser.

    Returns:
        Its port.
    """
    own, authority = write_certificate(_sub(folder, "source"), source.host)
    server = started.enter_context(Postgres(certificate=own))
    file = folder / "pgpass"
    file.touch(mode=0o600)
    file.write_text(f"{_HOST}:{server.port}:*:{server.superuser}:{server.password}\n")
    variables["PGPASSFILE"] = str(file)
    yield (
        f"an empty PostgreSQL server will be the source: psql -h {_HOST} -p {server.port} "
        f"-U {server.superuser}"
    )
    if source.ssl_mode.startswith("verify"):
        yield f"its authority, for source.ca_certificate_file: {authority}"
    return server.port


def exports(variables: Mapping[str, str]) -> list[str]:
    """The lines that set variables in a shell, and take away what leads elsewhere."""
    return [
        f"unset {_TAKEN_AWAY}",
        *(f"export {name}={shlex.quote(value)}" for name, value in variables.items()),
    ]


def _sub(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m harness.trial", description=__doc__)
    parser.add_argument("environment", help="its name")
    parser.add_argument("--port", type=int, default=0, help="of local AWS; by default a free one")
    parser.add_argument(
        "--source",
        type=int,
        metavar="PORT",
        help="of 127.0.0.1, where a server of yours is the source",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
