"""First deployments of what the settings offer beside the examples: each is safe, or is told why not."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, Final

import pytest

from settings.reading.loading import load_environments
from tests.unit.ferry.review.held.base import configured
from tests.unit.ferry.review.held.edits import NOTHING, SAFE, Held, part
from tests.unit.ferry.review.held.first import synthesized
from tests.unit.ferry.review.held.table import judged
from tests.unit.stacks.conftest import ENVIRONMENTS
from tests.unit.stacks.conftest import synthesized as template_of
from tests.unit.stacks.test_aurora_alone import alone

if TYPE_CHECKING:
    from pathlib import Path

    from ferry.review import Review
    from settings.environment import Environment

_NEW_VPC: Final = """[network.vpc]
cidr = "10.20.0.0/20"
flow_log_retention_days = 7
# Here the network team attaches the VPC to its VPN. Otherwise: [network.route_to_source], or nat
# for a source on the internet.
route_made_elsewhere = true
"""
_TASK: Final = 'name = "all"'
_TABLES: Final = 'tables = [{ schema = "public" }]'
_EXISTING_VPC: Final = """[network.existing_vpc]
vpc_id = "vpc-0123456789abcdef0"
aurora_subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
dms_subnet_ids = ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"]
"""
_OWN_SECRET: Final = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/source-AbCdEf"
_OWN_KEY: Final = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_OWN_TOPIC: Final = "arn:aws:sns:eu-central-1:111122223333:on-call"
_FOREIGN_KEY: Final = _OWN_KEY.replace("111122223333", "444455556666")

SAFE_SETTINGS: Final[dict[str, tuple[str, str]]] = {
    "nat": ("[network.vpc]", '[network.vpc]\nnat = "one-per-zone"'),
    "zones": (
        "[network.vpc]",
        '[network.vpc]\navailability_zones = ["eu-central-1a", "eu-central-1b"]',
    ),
    "existing-vpc": (_NEW_VPC, _EXISTING_VPC),
    "existing-vpc-and-shared-endpoint": (
        _NEW_VPC,
        f'{_EXISTING_VPC}secretsmanager_endpoint = false\nsecretsmanager_cidr = "10.99.0.0/24"\n',
    ),
    "existing-vpc-and-endpoint": (
        _NEW_VPC,
        (
            f"{_EXISTING_VPC}secretsmanager_endpoint = false\n"
            'secretsmanager_security_group_id = "sg-0123456789abcdef0"\n'
        ),
    ),
    "own-source-secret": (
        'ssl_mode = "require"',
        f'ssl_mode = "require"\nsecret_arn = "{_OWN_SECRET}"',
    ),
    "own-source-secret-and-key": (
        'ssl_mode = "require"',
        (f'ssl_mode = "require"\nsecret_arn = "{_OWN_SECRET}"\nsecret_kms_key_arn = "{_OWN_KEY}"'),
    ),
    "peering": (
        "[source]",
        '[network.route_to_source]\npeering = { vpc_id = "vpc-00000abc" }\n[source]',
    ),
    "transit-gateway": (
        "[source]",
        '[network.route_to_source]\ntransit_gateway_id = "tgw-0123456789abcdef0"\n[source]',
    ),
    "vpn": (
        "[source]",
        '[network.route_to_source]\nvirtual_private_gateway_id = "vgw-00000abc"\n[source]',
    ),
    "no-readers": ("[aurora]", "[aurora]\nreader_count = 0"),
    "another-port": ("[aurora]", "[aurora]\nport = 6432"),
    "no-monitoring": ("[aurora]", "[aurora]\nmonitoring_interval_seconds = 0"),
    "aurora-17": ("[aurora]", '[aurora]\nengine_version = "17.4"'),
    "own-key": ("[network.vpc]", f'kms_key_arn = "{_OWN_KEY}"\n[network.vpc]'),
    "assumed-role": (
        "[network.vpc]",
        '[aws.assume_role]\nrole_arn = "arn:aws:iam::111122223333:role/deployer"\n[network.vpc]',
    ),
    "role-path": ("[network.vpc]", 'role_path = "/databases/"\n[network.vpc]'),
    "no-capture": ("[source]", "[source]\ncapture_ddls = false"),
    "full-load": (_TASK, f'{_TASK}\nmigration_type = "full-load"'),
    "cdc": (_TASK, f'{_TASK}\nmigration_type = "cdc"'),
    "drop-and-create": (_TASK, f'{_TASK}\ntarget_table_preparation_mode = "DROP_AND_CREATE"'),
    "truncate": (_TASK, f'{_TASK}\ntarget_table_preparation_mode = "TRUNCATE_BEFORE_LOAD"'),
    "stop-before": (_TASK, f'{_TASK}\nafter_full_load = "stop-before-cached-changes"'),
    "batch": (_TASK, f"{_TASK}\nbatch_apply = true"),
    "skip-lobs": (_TASK, f"{_TASK}\nvalidation = {{ skip_lob_columns = true }}"),
    "transformations": (
        _TABLES,
        (
            f'{_TABLES}\ntransformations = [{{ target = "schema", action = "rename", '
            'schema = "public", value = "app" }]'
        ),
    ),
    "own-topic": ('emails = ["dev-team@example.org"]', f'topic_arn = "{_OWN_TOPIC}"'),
}
"""What is replaced in dev.toml, and by what."""

TOLD: Final[dict[str, tuple[str, str, set[str]]]] = {
    # DMS may send what it reads anywhere over HTTPS.
    "existing-vpc-and-nat": (
        _NEW_VPC,
        f'{_EXISTING_VPC}secretsmanager_endpoint = false\nsecretsmanager_cidr = "0.0.0.0/0"\n',
        {"All of the internet may be reached: 0.0.0.0/0, tcp 443."},
    ),
    # Another account's network, and whoever is let through to it, is beyond this one's control.
    "peering-with-another-account": (
        "[source]",
        (
            '[network.route_to_source]\npeering = { vpc_id = "vpc-00000abc", '
            'account_id = "444455556666" }\n[source]'
        ),
        {"The VPC is joined to another: routes and security groups decide what passes."},
    ),
    # That account's administrators can end it.
    "another-accounts-key": (
        "[network.vpc]",
        f'kms_key_arn = "{_FOREIGN_KEY}"\n[network.vpc]',
        {
            (
                f'It is encrypted with "{_FOREIGN_KEY}", a key of another account: whoever administers '
                "that one can end it, and then nobody reads what is encrypted."
            ),
            (
                f"A new role may kms:Decrypt, kms:DescribeKey on {_FOREIGN_KEY}: more than a few "
                "things of this account."
            ),
        },
    ),
    # Who may connect to the database, by a range: whose machines those are no plan says.
    "clients-of-ones-own": (
        "[aurora]",
        '[aurora]\nclient_cidrs = ["10.40.0.0/16"]',
        {
            "10.40.0.0/16 may connect to tcp 5432: a new group of an environment lets in groups alone."
        },
    ),
    "debug": (
        _TASK,
        f'{_TASK}\nlog_severities = {{ TARGET_APPLY = "LOGGER_SEVERITY_DEBUG" }}',
        {
            (
                "Logging.TARGET_APPLY writes rows of data into the log, and so much that the "
                "instance's disk can be full."
            )
        },
    ),
    # Whose data and which passwords it brings no plan says.
    "snapshot": (
        "[aurora]",
        '[aurora]\nsnapshot_identifier = "before"\nmaster_username = "shop"',
        {
            (
                'The cluster is made from "before", with its data, users and passwords: what they are, '
                "a plan does not say."
            )
        },
    ),
}
"""What somebody else looks at, and for what reason."""


def review_of(folder: Path, old: str, new: str) -> Review:
    """The review of dev's first deployment with other settings."""
    text = (ENVIRONMENTS / "dev.toml").read_text()
    assert old in text, f"dev.toml no longer says {old!r}"
    (folder / "dev.toml").write_text(text.replace(old, new, 1))
    (environment,) = load_environments(folder)
    return _first_deployment(environment)


def _first_deployment(environment: Environment) -> Review:
    document: dict[str, Any] = {"locals": {}, "data": {}, **template_of(environment).document}
    held = Held(
        name="variant",
        edit=[
            *synthesized(document),
            part("configuration", configured(document)),
            part("checks", []),
        ],
        expected=SAFE,
        why="Nothing is there that could be lost, and what is made is as the settings say.",
        of=NOTHING,
        environment=environment.name,
        stack_text=json.dumps(
            {"//": {"metadata": {"stackName": environment.name, "version": "0.21.0"}}, **document}
        ),
    )
    return judged(held)


@pytest.mark.parametrize("name", SAFE_SETTINGS)
def test_a_first_deployment_with_other_settings_is_safe(name: str, tmp_path: Path) -> None:
    review = review_of(tmp_path, *SAFE_SETTINGS[name])
    assert [it.effect.text() for it in review.findings] == []
    assert review.exit_code == 0


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_aurora_alone_is_safe(name: str) -> None:
    (environment,) = (it for it in load_environments(ENVIRONMENTS) if it.name == name)
    assert [it.effect.text() for it in _first_deployment(alone(environment)).findings] == []


@pytest.mark.parametrize("name", TOLD)
def test_a_first_deployment_with_other_settings_is_told_for_one_reason(
    name: str, tmp_path: Path
) -> None:
    old, new, said = TOLD[name]
    review = review_of(tmp_path, old, new)
    assert {it.effect.text() for it in review.findings} == said
    assert review.exit_code == 1


def test_of_what_an_organization_brings_along_those_are_told_who_come_in(tmp_path: Path) -> None:
    shutil.copytree(ENVIRONMENTS / "certificates", tmp_path / "certificates")
    shutil.copy(ENVIRONMENTS / "examples/own.toml", tmp_path / "dev.toml")
    (environment,) = load_environments(tmp_path)

    review = _first_deployment(environment)

    assert {it.effect.text() for it in review.findings} == {
        "10.99.0.0/16 may connect to tcp 5432: a new group of an environment lets in groups alone.",
        "A group that this plan does not have is let through: sg-0123456789abcdef0, tcp 5432.",
    }
    assert review.exit_code == 1


def test_a_task_that_drops_tables_is_told_where_a_cluster_begins_with_data(tmp_path: Path) -> None:
    drops = 'name = "all"\ntarget_table_preparation_mode = "DROP_AND_CREATE"'
    text = (ENVIRONMENTS / "dev.toml").read_text().replace('name = "all"', drops, 1)
    (tmp_path / "dev.toml").write_text(
        text.replace(
            "[aurora]", '[aurora]\nsnapshot_identifier = "before"\nmaster_username = "shop"'
        )
    )
    (environment,) = load_environments(tmp_path)
    said = {it.effect.text() for it in _first_deployment(environment).findings}
    assert (
        "When it is started or reloaded, the task drops Aurora's tables and makes them without their "
        "indexes and constraints."
    ) in said
