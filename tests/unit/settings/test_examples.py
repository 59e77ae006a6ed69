"""The examples in environments/: complete, working, and as different as real ones."""

import shutil
from pathlib import Path

import pytest

from settings.environment import Environment, NoMigrationError
from settings.reading.loading import load_environments

FOLDER = Path(__file__).parents[3] / "environments"


@pytest.fixture(scope="module")
def examples() -> dict[str, Environment]:
    """The examples by name."""
    return {environment.name: environment for environment in load_environments(FOLDER)}


def test_development_and_staging_share_an_account_that_production_is_not_in(
    examples: dict[str, Environment],
) -> None:
    assert {name: env.aws.account_id for name, env in examples.items()} == {
        "dev": "111122223333",
        "staging": "111122223333",
        "prod": "444455556666",
    }


def test_development_alone_is_unprotected(examples: dict[str, Environment]) -> None:
    assert {name: env.protection.prevent_destroy for name, env in examples.items()} == {
        "dev": False,
        "staging": True,
        "prod": True,
    }


def test_development_needs_nothing_that_exists(examples: dict[str, Environment]) -> None:
    network = examples["dev"].network

    assert network.vpc
    assert network.route_to_source is None


def test_production_logs_definitions_alone(examples: dict[str, Environment]) -> None:
    assert {name: env.aurora.log_statement for name, env in examples.items()} == {
        "dev": "all",
        "staging": "all",
        "prod": "ddl",
    }


def test_the_versions_are_those_that_everything_is_tested_with(
    examples: dict[str, Environment],
) -> None:
    versions = {
        (env.aurora.engine_version, env.migration.dms.engine_version) for env in examples.values()
    }

    assert versions == {("15.8", "3.5.4")}


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_editors_find_the_schema(name: str) -> None:
    first_line = (FOLDER / f"{name}.toml").read_text().partition("\n")[0]

    assert first_line == "#:schema ./schema.json"


def test_certificates_come_without_keys() -> None:
    held = [Path(file).read_text() for file in FOLDER.glob("certificates/*.pem")]

    assert held
    assert not any("PRIVATE KEY" in text for text in held)


def test_aurora_alone_has_no_migration_to_speak_of(examples: dict[str, Environment]) -> None:
    alone = examples["dev"].model_copy(update={"source": None, "dms": None})

    assert not alone.has_migration
    with pytest.raises(NoMigrationError):
        _ = alone.migration


def test_what_is_brought_along_is_an_environment_once_it_is_copied(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "certificates", tmp_path / "certificates")
    shutil.copy(FOLDER / "examples/own.toml", tmp_path / "own.toml")
    first_line = (tmp_path / "own.toml").read_text().partition("\n")[0]

    (own,) = load_environments(tmp_path)

    assert first_line == "#:schema ../schema.json"
    assert own.state_key == "databases/environments/own/terraform.tfstate"
    assert "own" not in {environment.name for environment in load_environments(FOLDER)}
