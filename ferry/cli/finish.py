"""`ferry finish ENV`, and its `--plan`."""

# ruff: noqa: PLC0415 - `ferry --help` does not wait for boto3 and pydantic

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from ferry.cli.arguments import (  # typer reads the annotations when it runs
    EnvironmentName,
    SourceAddress,
    TargetAddress,
    TargetAuthorities,
    addresses,
)
from ferry.cli.cutover import Json, Plan, Yes, ask_for, by_whom, see_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console
    from rich.text import Text

    from ferry.cli.migration import Ways
    from ferry.findings import Finding
    from ferry.migrate.finish.gate import Seen
    from settings.environment import Environment


def finish(
    name: EnvironmentName,
    *,
    plan: Plan = False,
    yes: Yes = None,
    json: Json = False,
    source_address: SourceAddress = None,
    target_address: TargetAddress = None,
    target_ca: TargetAuthorities = None,
) -> None:
    """End ENV's migration: what it needed goes from both sides, and the way back with it.

    Where the applications write to Aurora and nobody wants to go back any more. Asks for the environment's
    name, stops all tasks, drops their replication slots and markers, DMS's own tables, and what captured
    DDL at the source. Whatever only has a name like these is named and left. The source stays closed.
    Says which sections of the file go next. Was it interrupted, run it again: it goes on with what is
    left. With --plan nothing is changed.

    Exit status: 1 where somebody should look at something first (with --plan); 2 where nobody can be
    asked; 3 where something could not be read or done; 4 where something stands against it; 130 where
    another name was typed.
    """
    from ferry.cli.printing import failures_shown

    with failures_shown():
        from ferry.cli import migration
        from ferry.cli.printing import plain_console
        from ferry.findings import Level, worst
        from ferry.migrate.finish.reading import see

        see_options(name, plan=plan, yes=yes, json=json)
        source, target = addresses(source_address, target_address)
        deployment = migration.deployment_of(name)
        ways = migration.Ways(
            deployment=deployment, source=source, target=target, target_ca=target_ca
        )
        seen = see(deployment, ways.of_database)
        environment, account = deployment.environment, deployment.account
        if json:
            _print_json(environment, account.account_id, account.region, seen)
        console = plain_console()
        if seen.is_over and seen.is_clean and not plan:
            typer.echo(f"{name} is finished: nothing of the migration is left.")
            _print(console, (*_left(seen), *_end(environment, seen)))
            return
        title = f"Whether {name} can be finished, in account {account.account_id}, {account.region}"
        found = _judged(console, title, seen)
        if not plan:
            _go_on(found)
        _print(console, (*_to_do(seen), *_left(seen)))
        if plan:
            if worst(found) is not Level.BLOCKED:
                _print(console, _end(environment, seen))
            raise typer.Exit(worst(found).status)
        _go(console, title, ways, found, seen, yes=yes)
        typer.echo(f"{name} is finished.")
        _print(console, _end(environment, seen))


def _go(
    console: Console,
    title: str,
    ways: Ways,
    shown: list[Finding],
    seen: Seen,
    *,
    yes: str | None,
) -> None:
    """Ask, and do all that is left to do.

    Raises:
        typer.Exit: Something stands against it by now.
        FerryError: Something else than the name was typed, nobody can be asked, or something could not be
            done.
    """
    from ferry.migrate.finish.gate import judge
    from ferry.migrate.finish.running import opened

    deployment, is_begun = ways.deployment, seen.is_begun
    if is_begun:
        typer.echo("It was begun before, and goes on with what is left.")
    with opened(deployment, ways.of_database) as finishing:
        while True:
            if not is_begun and yes is None:
                ask_for(deployment.environment.name, "Nobody goes back after this.")
            now = finishing.see()  # People take their time to answer.
            if list(judge(now)) != shown:
                shown = _judged(console, title, now)
                _go_on(shown)
            is_more = set(_things(now)) - set(_things(seen))
            seen = now
            if not is_more:
                break
            # What was agreed to is what was shown.
            _print(console, (_heading("Since it was shown more has come"), *_to_do(seen)))
            if is_begun or yes is not None:
                break
        by = by_whom(deployment, shown, yes=yes)
        finishing.go(seen, by, tell=lambda line: _print(console, [line]))


def _things(seen: Seen) -> Iterator[tuple[str, str]]:
    """What is stopped and dropped, each with where it is."""
    yield from (("", task.name) for task in seen.running)
    yield from ((end.where, it.sql) for end in seen.ends for it in seen.of(end)[0])


def _judged(console: Console, title: str, seen: Seen) -> list[Finding]:
    """Show what the gate finds, and return it."""
    from rich.text import Text

    from facts.inert import visible
    from ferry.cli.report import show, summary
    from ferry.findings import Level
    from ferry.migrate.finish.gate import judge

    console.print(Text(visible(title), style="bold"))
    found = show(console, judge(seen))
    meanings = {
        Level.RIGHT: "It can be finished.",
        Level.WARNING: "It can be finished; look at the warnings first.",
        Level.BLOCKED: "It must not be finished.",
    }
    console.print(summary(found, meanings))
    return found


def _go_on(found: Sequence[Finding]) -> None:
    """Go on where the gate lets it.

    Raises:
        typer.Exit: It does not.
    """
    from ferry.findings import Level, worst

    if worst(found) is Level.BLOCKED:
        raise typer.Exit(worst(found).status)


def _print(console: Console, lines: Iterable[str | Text]) -> None:
    from rich.text import Text

    from facts.inert import visible

    for line in lines:
        console.print(Text(visible(line)) if isinstance(line, str) else line)


def _heading(words: str) -> Text:
    from rich.text import Text

    return Text(words, style="bold")


def _to_do(seen: Seen) -> Iterator[str | Text]:
    """What is stopped and dropped."""
    from ferry.migrate.finish.things import in_order

    if seen.is_clean:
        yield "Nothing is left to stop or to drop."
        return
    if seen.running:
        yield _heading("Tasks that are stopped")
        yield from (f"  {task.name}, which is {task.status}" for task in seen.running)
    for end in seen.ends:
        drops, _ = seen.of(end)
        if drops:
            yield _heading(f"What is dropped {end.where}")
            yield from (f"  {each.sql}" for each in in_order(drops))


def _left(seen: Seen) -> Iterator[str | Text]:
    """What looks like the migration's, and is left alone."""
    found = [(end, each) for end in seen.ends for each in seen.of(end)[1]]
    if found:
        yield _heading("What looks like the migration's, and is left alone")
    for end, each in found:
        yield f"  {each.what} {end.where}"
        yield f"    why: {each.why}"
        yield f"    if nobody needs it: {each.sql}"


def _end(environment: Environment, seen: Seen) -> Iterator[str | Text]:
    """What stays, and what comes next."""
    from ferry import progress
    from ferry.migrate.finish.after import following, stays

    yield _heading("What stays")
    folder = str(progress.folder(environment.name))
    for what, why in stays(environment, folder):
        yield f"  {what}"
        yield f"    {why}"
    yield _heading("Next")
    for number, (what, why) in enumerate(following(environment, seen.record), 1):
        yield f"  {number}. {what}"
        yield f"     {why}"


def _print_json(environment: Environment, account_id: str, region: str, seen: Seen) -> None:
    """Print what the plan says, for programs.

    Raises:
        typer.Exit: Always, with the status.
    """
    from facts.inert import visible_json
    from ferry import progress
    from ferry.cli.report import document
    from ferry.findings import worst
    from ferry.migrate.finish.after import following, stays
    from ferry.migrate.finish.gate import judge
    from ferry.migrate.finish.things import in_order

    found = list(judge(seen))

    def of(place: Any, **more: str) -> dict[str, str]:  # noqa: ANN401 - an end, as `where` has it
        side = "source" if place.at_source else "aurora"
        database = place.of.source if place.at_source else place.of.aurora
        return {"side": side, "database": database, **more}

    made = document(found, environment=environment.name, account_id=account_id, region=region)
    made |= {
        "finished": seen.is_over and seen.is_clean,
        "stops": [task.name for task in seen.running],
        "drops": [
            of(end, kind=it.kind, name=it.name, sql=it.sql)
            for end in seen.ends
            for it in in_order(seen.of(end)[0])
        ],
        "left": [
            of(end, what=it.what, why=it.why, sql=it.sql)
            for end in seen.ends
            for it in seen.of(end)[1]
        ],
        "stays": [
            {"what": what, "why": why}
            for what, why in stays(environment, str(progress.folder(environment.name)))
        ],
        "next": [{"what": what, "why": why} for what, why in following(environment, seen.record)],
    }
    typer.echo(visible_json(made, indent=2))
    raise typer.Exit(worst(found).status)
