"""`ferry review ENV PLAN.json`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for pydantic

from __future__ import annotations

import gc
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from contextlib import contextmanager
from enum import StrEnum
from errno import EFBIG, EINVAL
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ferry.cli.arguments import environments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ferry.review import Danger, Phrase, Plan

_LARGEST_MB: Final = 1_000
"""Of a plan's JSON, and of a stack's: a plan of 10,000 changes has 64 MB (`python -m bench review`)."""


class Format(StrEnum):
    """What the review is written as."""

    MARKDOWN = "markdown"
    JSON = "json"
    TEXT = "text"


def review(
    name: Annotated[
        str,
        typer.Argument(
            metavar="ENV",
            help="The environment, such as dev; its file says what blocks.",
            autocompletion=environments,
        ),
    ],
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN.json", help="What terraform show -json printed.")
    ],
    *,
    stack: Annotated[
        Path | None,
        typer.Option(
            metavar="cdk.tf.json", help="The stack that was planned; names the constructs."
        ),
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="What the review is written as.")
    ] = Format.MARKDOWN,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; standard output by default.")
    ] = None,
) -> None:
    """Say what a plan will do to the database, and whether it may be applied.

    Asks AWS nothing, changes nothing, and shows no sensitive value.

    Exit status: 0 safe; 1 needs a second reviewer; 3 the plan could not be read, or a change could
    not be judged; 4 blocked by the environment's guardrails.
    """
    from ferry.cli.printing import failures_shown

    with failures_shown(), _crashes_told(), _no_collection():
        from ferry.review import review as judge
        from ferry.review.report import as_json, as_markdown, as_text

        block, asked, notes = _settings(name)
        reviewed = judge(
            _read(plan, stack, environment=name, **asked),
            environment=name,
            block=block,
            notes=notes,
        )
        write = {Format.MARKDOWN: as_markdown, Format.JSON: as_json, Format.TEXT: as_text}
        text = write[format_](reviewed)
        if output is None:
            typer.echo(text)
        else:
            _write(output, text)
        raise typer.Exit(reviewed.exit_code)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Leave out Python's search for what is no longer used: all that a plan holds is, to the end.

    It would be done when it is turned on again and twice as Python ends: a tenth of all the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


@contextmanager
def _crashes_told() -> Iterator[None]:
    """End a failure of the review's own with its status for what could not be judged.

    Python's would be 1, which says that a second reviewer is enough; and its traceback might hold
    values of the plan.
    """
    from ferry.errors import FerryError
    from ferry.review import PlanError

    try:
        yield
    except (FerryError, typer.Exit):
        raise
    except RecursionError:
        raise PlanError("The plan is nested too deeply to be a plan of Terraform's.") from None
    except Exception as error:  # noqa: BLE001 - see above: any of them
        where = extract_tb(error.__traceback__)[-1]
        raise PlanError(
            f"The plan could not be judged: {type(error).__name__} in {Path(where.filename).name}, "
            f"line {where.lineno}. This is a fault of ferry's; please report it."
        ) from None


def _settings(name: str) -> tuple[frozenset[Danger], dict[str, str], list[Phrase]]:
    """What blocks, what the plan must be of, and notes; without a file what blocks by default."""
    from ferry.environments import FOLDER, find, known
    from ferry.review import Danger, Phrase, ours
    from settings.review import Review

    if name not in known():
        note = Phrase(
            "There is no {file}, so the default guardrails hold, and neither the environment's "
            "account nor its region is known: the plan may be of another.",
            {"file": ours(f"{FOLDER.name}/{name}.toml")},
        )
        return frozenset(map(Danger, Review().block)), {}, [note]
    environment = find(name)
    asked = {
        "account_id": environment.aws.account_id,
        "region": environment.aws.region,
        "project": environment.tags.project,
    }
    return frozenset(map(Danger, environment.review.block)), asked, []


def _read(
    plan: Path,
    stack: Path | None,
    *,
    environment: str,
    account_id: str = "",
    region: str = "",
    project: str = "",
) -> Plan:
    from facts import names
    from ferry.errors import InputError
    from ferry.review import read_plan, stack_name

    stack_text = None if stack is None else _text(stack)
    if stack_text is not None:
        name = stack_name(stack_text)
        expected = [names.environment_stack(environment)]
        expected += [names.account_stack(account_id)] if account_id else []
        if name not in expected:
            raise InputError(
                f"{stack} is the stack {name!r}; the environment {environment!r} has "
                f"{' and '.join(map(repr, expected))}. Give the cdk.tf.json of the stack that was "
                "planned."
            )
    return read_plan(
        _text(plan),
        stack_text=stack_text,
        account_id=account_id,
        region=region,
        environment=environment,
        project=project,
    )


def _text(file: Path) -> str:
    from ferry.review import PlanError
    from settings.reading.files import content as content_of

    try:
        content = content_of(file, largest_mb=_LARGEST_MB)
    except OSError as error:
        is_of_another_kind = error.errno in {EINVAL, EFBIG}
        allowed = f" Give a regular file of {_LARGEST_MB:,} MB at most." * is_of_another_kind
        raise PlanError(f"{file} cannot be read: {error.strerror}.{allowed}") from None
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise PlanError(
            f"{file} is in UTF-16, as older PowerShell's > writes it. Write it in UTF-8: "
            "terraform show -json FILE | Out-File -Encoding utf8 plan.json"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PlanError(
            f"{file} is not text in UTF-8. Give what 'terraform show -json' prints, not the plan "
            "file itself."
        ) from None


def _write(file: Path, text: str) -> None:
    from ferry.review import PlanError

    try:
        file.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise PlanError(f"{file} cannot be written: {error.strerror}.") from None
