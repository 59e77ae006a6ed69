from pathlib import Path

import pytest

from harness.providers import cli_configuration, mirror_folder

PROVIDER = "registry.terraform.io/hashicorp/aws"


def test_the_variable_names_the_mirror(tmp_path: Path) -> None:
    (tmp_path / PROVIDER).mkdir(parents=True)

    assert mirror_folder({"TERRAFORM_PROVIDER_MIRROR": str(tmp_path)}) == tmp_path


def test_fails_when_the_variable_names_a_folder_without_the_provider(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="given; a folder that holds") as raised:
        mirror_folder({"TERRAFORM_PROVIDER_MIRROR": str(tmp_path)})

    assert str(raised.value) == (
        f"TERRAFORM_PROVIDER_MIRROR={tmp_path} given; a folder that holds {PROVIDER} is needed;"
        " make one with 'terraform providers mirror' or unset the variable"
    )


def test_terraforms_own_plugin_folder_counts_as_a_mirror(tmp_path: Path) -> None:
    plugins = tmp_path / ".terraform.d" / "plugins"
    (plugins / PROVIDER).mkdir(parents=True)

    assert mirror_folder({"HOME": str(tmp_path)}) == plugins


def test_a_folder_below_a_prefix_of_add_ons_counts_as_a_mirror(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "plugins" / PROVIDER).mkdir(parents=True)
    monkeypatch.setattr("harness.providers._ADD_ON_PREFIXES", ("/nonexistent", str(tmp_path)))

    assert mirror_folder({"XDG_DATA_DIRS": str(tmp_path)}) == tmp_path / "plugins"


def test_without_a_mirror_the_public_registry_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.providers._ADD_ON_PREFIXES", ())

    variables = cli_configuration(tmp_path, {"XDG_DATA_DIRS": str(tmp_path)})

    written = Path(variables["TF_CLI_CONFIG_FILE"]).read_text()
    assert written == "provider_installation {\n  direct {}\n}\n"


def test_with_a_mirror_the_aws_provider_comes_from_it_alone(tmp_path: Path) -> None:
    (tmp_path / PROVIDER).mkdir(parents=True)

    variables = cli_configuration(tmp_path, {"TERRAFORM_PROVIDER_MIRROR": str(tmp_path)})

    written = Path(variables["TF_CLI_CONFIG_FILE"]).read_text()
    assert f'filesystem_mirror {{\n    path = "{tmp_path}"' in written
    assert f'exclude = ["{PROVIDER}"]' in written


def test_a_configuration_of_the_users_own_is_left_to_rule(tmp_path: Path) -> None:
    own = tmp_path / "own.rc"
    own.touch()

    assert cli_configuration(tmp_path, {"TF_CLI_CONFIG_FILE": str(own)}) == {
        "TF_CLI_CONFIG_FILE": str(own)
    }
    (tmp_path / ".terraformrc").touch()
    assert cli_configuration(tmp_path, {"HOME": str(tmp_path)}) == {}


def test_a_configuration_that_does_not_exist_is_replaced(tmp_path: Path) -> None:
    (tmp_path / PROVIDER).mkdir(parents=True)

    variables = cli_configuration(
        tmp_path,
        {
            "TF_CLI_CONFIG_FILE": str(tmp_path / "absent.rc"),
            "TERRAFORM_PROVIDER_MIRROR": str(tmp_path),
        },
    )

    assert variables == {"TF_CLI_CONFIG_FILE": str(tmp_path / "terraform.rc")}
