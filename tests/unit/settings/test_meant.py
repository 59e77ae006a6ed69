"""What a line tells to write instead is taken, and says what was meant."""

import copy
import json
import re
import tomllib
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settings.notation import toml
from settings.reading.loading import load_environments
from settings.reading.mending import read
from settings.reading.problem import Problem
from settings.reading.shape import Location
from tests.unit.settings.files import EXISTING_VPC, RIGHT, Changes, Folder, document
from tests.unit.settings.test_any_file import PLACES, VALUES, put
from tests.unit.settings.test_bad_files import BAD_SETTINGS, REFUSED

MEND = re.compile(r"(?:set|add) (?P<line>[\w-]+ = .*?)(?: to \[.*)?|write (?P<item>.+)")

MEANT = (
    ("aurora.engine_version", "15.10", '"15.10"'),
    ("aurora.engine_version", "16", '"16"'),
    ("aurora.reader_count", '"1"', "1"),
    ("aurora.reader_count", "3.0", "3"),
    ("aurora.monitoring_interval_seconds", '"30"', "30"),
    ("aurora.apply_immediately", '"True"', "true"),
    ("protection.deletion_protection", '"false"', "false"),
    ("protection.prevent_destroy", "0", "false"),
    ("source.ssl_mode", '"VERIFY_CA"', '"verify-ca"'),
    ("source.cidr", '["10.8.0.0/16"]', '"10.8.0.0/16"'),
    ("source.cidr", '"192.168.10.0/255.255.255.0"', '"192.168.10.0/24"'),
    ("network.vpc.cidr", '"10.20.0.17/28"', '"10.20.0.0/27"'),
    ("network.vpc.cidr", '"10.20.0.0/016"', '"10.20.0.0/16"'),
    ("network.vpc.nat", '" Single"', '"single"'),
    ("dms.tasks.0.migration_type", '"full_load"', '"full-load"'),
    ("dms.tasks.0.tables.0.action", '"excluded"', '"exclude"'),
    ("aws.account_id", "444455556666", '"444455556666"'),
    ("aws.state_key_prefix", '"/teams/db"', '"teams/db/"'),
    ("aws.role_path", '"teams"', '"/teams/"'),
    ("aws.provider_version", '"6.046.0"', '"5.100.0"'),
    ("alarms.emails", '"a@example.org, b@example.org"', '["a@example.org", "b@example.org"]'),
    ("aws.region", '"us-east-1a"', '"us-east-1"'),
    ("aws.region", '"AP_Southeast_2"', '"ap-southeast-2"'),
    ("source.host", '"tcp://DB.example.org:5432/app"', '"db.example.org"'),
    ("alarms.https_hosts", '"https://events.pagerduty.com"', '["events.pagerduty.com"]'),
    ("aurora.engine_version", '"V16.4"', '"16.4"'),
    ("cutover.dns.zone_id", '"/hostedzone/Z0A1"', '"Z0A1"'),
    ("aws.assume_role.external_id", '"x"', '"aurora-ferry"'),
    ("network.route_to_source", '"tgw"', '{ transit_gateway_id = "tgw-0123456789abcdef0" }'),
    ("source.port", '"5_433"', "5433"),
    ("aurora.serverless.min_acu", '"0.5"', "0.5"),
    ("aurora.serverless.max_acu", '"32"', "32.0"),
    # What cannot be told is an example.
    ("aws.account_id", "11112222333", '"111122223333"'),
    ("dms.engine_version", "3.5", '"3.5.4"'),
    ("network.vpc.nat", '"yes"', '"none"'),
    ("alarms.emails", "5", '["dba@example.org"]'),
    ("source.cidr", "[{}]", '"192.168.0.0/16"'),
    ("source.port", "[[]]", "5432"),
    ("source.execute_timeout_seconds", "inf", "60"),
    ("aurora.backup_retention_days", '"a week"', "7"),
    ("aurora.serverless.min_acu", "0.75", "2"),
    ("aurora.serverless.max_acu", "0.5", "16"),
    ("aurora.serverless.max_acu", "true", "16"),
    ("aurora.serverless.max_acu", "257", "16"),
    ("aurora.serverless.max_acu", "inf", "16"),
)
"""A setting, what a file gives it, what its line tells to write, both as TOML."""


@pytest.mark.parametrize(("setting", "written", "instead"), MEANT)
def test_a_line_tells_what_was_meant(
    setting: str, written: str, instead: str, folder: Folder
) -> None:
    _write(folder, {setting: "@"}, written)

    place = re.sub(r"\.(\d+)", r"[\1]", setting)
    (line,) = (it for it in folder.lines() if f": {place}: " in it)

    assert line.endswith(f"; set {setting.rpartition('.')[2]} = {instead}")


def _write(folder: Folder, changes: Changes, written: str) -> None:
    """Write a file with changes, in which something as TOML stands for each @."""
    lines = (f"{name} = {toml(value)}" for name, value in document(changes).items())
    text = "\n".join(lines).replace('"@"', written)
    (folder.path / "dev.toml").write_text(text, encoding="utf-8")


NAMES: tuple[tuple[str, object, str], ...] = (
    ("aurora.preferred_backup_window", "01:00-02:00", "rename it to backup_window, or remove it"),
    (
        "dms.replication_instance_class",
        "dms.t3.medium",
        "rename it to instance_class, or remove it",
    ),
    (
        "dms.tasks.0.migration_typ",
        "cdc",
        "rename it to migration_type, or remove it",
    ),
    (
        "network.route_to_source.transit_gateway",
        "tgw-0123456789abcdef0",
        "rename it to transit_gateway_id, or remove it",
    ),
    ("AWS", {}, "rename it to aws, or remove it"),
    (
        "alarms.email",
        "dba@example.org",
        'remove it, and set emails = ["dba@example.org"]',
    ),
    ("dms.tasks.0.table", "orders", 'remove it, and set tables = [{ schema = "public" }]'),
    (
        "aurora.master_password",
        "hunter2",
        "remove it: a password is made that nobody sees; master_password_version asks for another",
    ),
    ("aurora.master_password_versoin", 2, "rename it to master_password_version, or remove it"),
    (
        "aws.access_key",
        "hunter2",
        "remove it: Terraform and ferry sign in as the AWS CLI does, by AWS_PROFILE and the like",
    ),
    (
        "aws.secret_access_key",
        "hunter2",
        "remove it: Terraform and ferry sign in as the AWS CLI does, by AWS_PROFILE and the like",
    ),
    ("source.user", "dms", "remove it: ferry secret source takes the source's credentials"),
)


@pytest.mark.parametrize(("setting", "value", "mend"), NAMES)
def test_a_setting_that_there_is_not_leads_to_one_that_there_is(
    setting: str, value: object, mend: str, folder: Folder
) -> None:
    folder.write("dev.toml", {setting: value})

    (line,) = folder.lines()

    assert line.endswith(f"; {mend}")
    assert "hunter2" not in line


def test_a_table_and_a_list_of_tables_are_headed_as_such(folder: Folder) -> None:
    (task,) = RIGHT["dms"]["tasks"]
    folder.write("dev.toml", {"dms.tasks": task, "network": {"existing_vpc": [EXISTING_VPC]}})

    dms, network = folder.lines()

    assert dms.endswith(
        "dms.tasks: a table given; allowed: a list of 1 to 50; head it [[dms.tasks]]"
    )
    assert network.endswith(
        "network.existing_vpc: a list of 1 given; allowed: a table; head it [network.existing_vpc]"
    )


def test_a_parameters_value_is_the_number_and_not_its_spelling(folder: Folder) -> None:
    _write(folder, {"aurora.parameters": {"random_page_cost": "@"}}, "1.10")

    (environment,) = load_environments(folder.path)

    assert environment.aurora.parameters["random_page_cost"].value == "1.1"


def _mended(problem: Problem, held: dict[str, Any]) -> dict[str, Any] | None:
    """A document after what a line tells to do; None where it tells another thing."""
    mend = MEND.fullmatch(problem.mend)
    if not mend:
        return None
    line = mend["line"] or f"item = {mend['item']}"
    try:
        (value,) = tomllib.loads(line).values()
    except ValueError:
        return None
    after = copy.deepcopy(held)
    node: Any = after
    location = _location(problem.setting)
    for part, following in pairwise(location):
        if isinstance(following, str) and not isinstance(node[part], dict):
            node[part] = {}
        node = node[part]
    node[location[-1]] = value
    return after


def _location(setting: str) -> Location:
    parts = re.findall(r'"(?:[^"\\]|\\.)*"|\[\d+\]|[\w-]+', setting)
    return tuple(
        int(it[1:-1]) if it[0] == "[" else (json.loads(it) if it[0] == '"' else it) for it in parts
    )


def _problems(held: dict[str, Any]) -> set[Problem]:
    return set(read("environments/dev.toml", "dev", held).problems)


def _assert_mends(held: dict[str, Any]) -> int:
    tried = 0
    for problem in _problems(held):
        after = _mended(problem, held)
        if after is not None:
            tried += 1
            assert problem.setting not in {it.setting for it in _problems(after)}
    return tried


@pytest.mark.parametrize(("setting", "value"), [row[:2] for row in REFUSED])
def test_a_refused_value_s_mend_mends(setting: str, value: object) -> None:
    assert _assert_mends(document({setting: value})) == 1


@pytest.mark.parametrize("name", [it for it, (_, line) in BAD_SETTINGS.items() if "; set " in line])
def test_a_bad_setting_s_mend_mends(name: str) -> None:
    assert _assert_mends(document(BAD_SETTINGS[name][0])) == 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(PLACES, VALUES), min_size=1, max_size=3))
@pytest.mark.unfollowed
def test_a_mend_mends_whatever_was_given(changes: list[tuple[Location, object]]) -> None:
    held = copy.deepcopy(RIGHT)
    for place, value in changes:
        put(held, place, value)

    _assert_mends(held)
