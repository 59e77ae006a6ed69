"""What ferry takes from an environment's file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ferry.errors import InputError
from settings.reading.files import toml_files
from settings.reading.loading import load_environments
from settings.reading.problem import EnvironmentsError

if TYPE_CHECKING:
    from settings.environment import Environment, Migration

FOLDER: Final = Path(__file__).resolve().parent.parent / "environments"
"""Where the environments' files are: in the project, wherever ferry is called from."""


def known() -> list[str]:
    """The names of all environments, sorted."""
    return sorted(file.stem for file in toml_files(FOLDER))


def find(name: str) -> Environment:
    """The environment of that name.

    Raises:
        InputError: There is none, or the files have problems: a line for each, as `cdktf synth`
            shows them.
    """
    names = known()
    if names and name not in names:
        raise InputError(
            f"There is no environment '{name}'; the files in {FOLDER.name}/ are those of "
            f"{', '.join(names)}. Name one of these, or add {FOLDER.name}/NAME.toml."
        )
    try:
        (environment,) = load_environments(FOLDER, selected=name)
    except EnvironmentsError as error:
        raise InputError(str(error)) from None
    return environment


def migration_of(environment: Environment) -> Migration:
    """What an environment carries, for a command that is about it.

    Raises:
        InputError: It carries nothing.
    """
    if not environment.has_migration:
        raise InputError(
            f"'{environment.name}' is Aurora alone: it has no [source], and nothing is carried. Add "
            f"[source] and [dms] to {environment.name}.toml to begin a migration."
        )
    return environment.migration


def every() -> tuple[Environment, ...]:
    """All environments, sorted by name.

    Raises:
        InputError: The files have problems, any of them: a line for each.
    """
    try:
        return tuple(load_environments(FOLDER))
    except EnvironmentsError as error:
        raise InputError(str(error)) from None


def of_account(environment: Environment) -> tuple[Environment, ...]:
    """All environments of an environment's account, itself included, sorted by name.

    Raises:
        InputError: The files have problems, any of them: a line for each.
    """
    account_id = environment.aws.account_id
    return tuple(each for each in every() if each.aws.account_id == account_id)


def shared_tags(environment: Environment) -> dict[str, str]:
    """The tags of what an account's environments share: only those that they agree on."""
    return {
        "project": environment.tags.project,
        "repository": environment.tags.repository,
    }


def tags(environment: Environment) -> dict[str, str]:
    """The tags of what is one environment's own, as its stack gives them."""
    return {
        **environment.tags.extra,
        **shared_tags(environment),
        "environment": environment.name,
    }
