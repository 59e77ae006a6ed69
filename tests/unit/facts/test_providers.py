"""The roles of those who run a service."""

import pytest

from facts.providers import PROVIDERS, is_of_provider, signs_in_for_provider


@pytest.mark.parametrize(
    "role",
    [
        "rdsadmin",
        "rds_superuser",
        "rdstopmgr",
        "aws_rds",
        "cloudsqladmin",
        "alloydbadmin",
        "azuresu",
        "azure_pg_admin",
        "azure_superuser",
        "supabase_admin",
        "heroku_admin",
    ],
)
def test_a_provider_s_role_is_known(role: str) -> None:
    assert is_of_provider(role, signs_in=False)


@pytest.mark.parametrize(
    "role",
    ["postgres", "rdsadministrator", "app", "azuresupport", "my_rds_admin", "pg_monitor", ""],
)
def test_another_role_is_none(role: str) -> None:
    assert not is_of_provider(role, signs_in=False)


@pytest.mark.parametrize("role", ["rdsadmin", "cloudsqladmin", "azuresu", "supabase_admin"])
def test_who_signs_in_for_a_provider_is_known(role: str) -> None:
    assert signs_in_for_provider(role)
    assert is_of_provider(role, signs_in=True)


@pytest.mark.parametrize("role", ["aws_etl", "rds_app", "azure_sync", "supabase_auth_admin"])
def test_an_application_may_be_called_as_a_provider_s_groups_are(role: str) -> None:
    assert is_of_provider(role, signs_in=False)
    assert not is_of_provider(role, signs_in=True)
    assert not signs_in_for_provider(role)


def test_each_has_its_page() -> None:
    assert all(each.source.startswith("https://") for each in PROVIDERS)
