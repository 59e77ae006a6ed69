"""Rules about two environments: each with a pair that keeps it and one that breaks it."""

from dataclasses import dataclass

import pytest

from settings.environment import Environment
from settings.reading.loading import load_environments
from settings.rules import ACROSS
from settings.rules.rule import PairRule
from tests.unit.settings.files import EXISTING_VPC, REMOVED, Changes, Folder, document
from tests.unit.settings.recorder import Recorder

TGW = {"network.route_to_source": {"transit_gateway_id": "tgw-0123456789abcdef0"}}
VGW = {"network.route_to_source": {"virtual_private_gateway_id": "vgw-0123456789abcdef0"}}
SHARED = {**EXISTING_VPC, "route_table_ids": ["rtb-0123456789abcdef0"]}
ROUTED = {
    "network": {
        "existing_vpc": SHARED,
        "route_to_source": {"transit_gateway_id": "tgw-0123456789abcdef0"},
    }
}
OTHER = {"network.vpc.cidr": "10.21.0.0/20"}
ACCOUNT = {"aws.account_id": "444455556666"}


@dataclass(frozen=True)
class Case:
    """A rule, two files that keep it, a second file that breaks it, and the line of that."""

    rule: str
    first: Changes
    keeps: Changes
    breaks: Changes
    line: str
    second: str = "dev-b"


BOUNDARY = "arn:aws:iam::111122223333:policy/aurora-ferry-boundary"
TAKEN = {"role_arn": "arn:aws:iam::111122223333:role/deployer", "external_id": "ferry-1"}

CASES = (
    Case(
        "account_is_agreed_on",
        {"aws.provider_version": "6.25.0"},
        {"aws.provider_version": "6.25.0"},
        {},
        'aws.provider_version: "5.100.0" given, but "6.25.0" elsewhere in account 111122223333; '
        'allowed: one value for all environments of an account; set provider_version = "6.25.0", '
        "or change the others",
    ),
    Case(
        "account_is_agreed_on",
        {"aws.role_path": "/databases/"},
        {"aws.role_path": "/databases/"},
        {},
        'aws.role_path: "/" given, but "/databases/" elsewhere in account 111122223333; allowed: one '
        'value for all environments of an account; set role_path = "/databases/", or change the '
        "others",
    ),
    Case(
        "bucket_is_agreed_on",
        {"aws.state_bucket": "platform-states"},
        {"aws.state_bucket": "platform-states"},
        {},
        'aws.state_bucket: none given, but "platform-states" elsewhere in account 111122223333; '
        "allowed: one bucket for all environments of an account, or none; give all of them the same",
    ),
    Case(
        "account_is_agreed_on",
        {"aws.state_key_prefix": "databases/"},
        {"aws.state_key_prefix": "databases/"},
        {},
        'aws.state_key_prefix: "" given, but "databases/" elsewhere in account 111122223333; allowed: '
        'one value for all environments of an account; set state_key_prefix = "databases/", or '
        "change the others",
    ),
    Case(
        "assumed_role_is_agreed_on",
        {"aws.assume_role": TAKEN},
        {"aws.assume_role": TAKEN},
        {},
        "aws.assume_role: none given, but one elsewhere in account 111122223333; allowed: one role for "
        "all environments of an account, or none; give all of them the same [aws.assume_role]",
    ),
    Case(
        "assumed_role_is_agreed_on",
        {"aws.assume_role": TAKEN},
        {"aws.assume_role": TAKEN},
        {"aws.assume_role": {**TAKEN, "external_id": "another"}},
        "aws.assume_role: another role, id or session name given than elsewhere in account "
        "111122223333; allowed: one role for all environments of an account, or none; give all of them "
        "the same [aws.assume_role]",
    ),
    Case(
        "boundary_is_agreed_on",
        {"aws.permissions_boundary_arn": BOUNDARY},
        {"aws.permissions_boundary_arn": BOUNDARY},
        {},
        f'aws.permissions_boundary_arn: none given, but "{BOUNDARY}" elsewhere in account '
        "111122223333; allowed: one boundary for all environments of an account, or none; give all "
        "of them the same",
    ),
    Case(
        "boundary_is_agreed_on",
        {},
        {},
        {"aws.permissions_boundary_arn": BOUNDARY},
        f'aws.permissions_boundary_arn: "{BOUNDARY}" given, but none elsewhere in account '
        "111122223333; allowed: one boundary for all environments of an account, or none; give all "
        "of them the same",
    ),
    Case(
        "account_is_agreed_on",
        {},
        {"aws.region": "eu-west-1", "aws.state_region": "eu-central-1"},
        {"aws.region": "eu-west-1"},
        'aws.state_region: "eu-west-1" given, but "eu-central-1" elsewhere in account '
        "111122223333; allowed: one value for all environments of an account; set state_region = "
        '"eu-central-1", or change the others',
    ),
    Case(
        "account_is_agreed_on",
        {},
        {**ACCOUNT, "tags.project": "ferry"},
        {"tags.project": "ferry"},
        'tags.project: "ferry" given, but "aurora-ferry" elsewhere in account 111122223333; '
        'allowed: one value for all environments of an account; set project = "aurora-ferry", or '
        "change the others",
    ),
    Case(
        "account_is_agreed_on",
        {},
        {**ACCOUNT, "tags.repository": "git.example.org/ferry"},
        {"tags.repository": "git.example.org/ferry"},
        'tags.repository: "git.example.org/ferry" given, but "github.com/example/aurora-ferry" '
        "elsewhere in account 111122223333; allowed: one value for all environments of an "
        'account; set repository = "github.com/example/aurora-ferry", or change the others',
    ),
    Case(
        "tasks_differ",
        {"dms.tasks.0.name": "b-all"},
        {"dms.tasks.0.name": "most"},
        {},
        'dms.tasks[0].name: "all" given, which makes aurora-ferry-dev-b-all, as a task of dev '
        "does; allowed: another identifier for each task; rename one of the tasks",
    ),
    Case(
        "transit_gateway_tells_vpcs_apart",
        TGW,
        {**TGW, **OTHER},
        {**TGW, "network.vpc.cidr": "10.20.8.0/24"},
        'network.vpc.cidr: "10.20.8.0/24" given, which overlaps dev\'s "10.20.0.0/20" on '
        "tgw-0123456789abcdef0; allowed: networks that do not overlap on one transit gateway; "
        "give one of the two VPCs another network",
    ),
    Case(
        "virtual_private_gateway_is_not_shared",
        VGW,
        TGW,
        VGW,
        'network.route_to_source.virtual_private_gateway_id: "vgw-0123456789abcdef0" given, '
        "which dev has too; allowed: a gateway for one environment; use a transit gateway for "
        "both, or another gateway for one",
    ),
    Case(
        "shared_vpc_is_routed_once",
        ROUTED,
        {"network": {"existing_vpc": EXISTING_VPC}},
        ROUTED,
        "network.route_to_source: given for vpc-0123456789abcdef0, whose route dev makes "
        "already; allowed: one environment that makes the route; remove "
        "[network.route_to_source] and route_table_ids from one of the two",
    ),
    Case(
        "slot_serves_one_environment",
        {"source.slot_name": "ferry"},
        {"source.slot_name": "ferry", "source.host": "192.168.10.16"},
        {"source.slot_name": "ferry", "source.database": "other"},
        'source.slot_name: "ferry" given, which dev has too at the same server; '
        "allowed: a slot for one environment; "
        "remove slot_name from one of the two, or name another slot",
    ),
)

IDS = [f"{case.rule}-{number}" for number, case in enumerate(CASES)]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_broken_rule_is_one_line_under_the_second_file(case: Case, folder: Folder) -> None:
    folder.write("dev.toml", case.first)
    folder.write("dev-b.toml", case.breaks)

    assert folder.lines() == [f"environments/dev-b.toml: {case.line}"]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_kept_rule_is_silent(case: Case, folder: Folder) -> None:
    folder.write("dev.toml", case.first)
    folder.write("dev-b.toml", case.keeps)

    assert len(load_environments(folder.path)) == 2


def test_names_that_differ_in_case_alone_have_one_state(folder: Folder) -> None:
    folder.write("dev.TOML")
    folder.write("dev.toml")

    assert folder.lines() == [
        (
            "environments/dev.toml: the state key environments/dev/terraform.tfstate is taken already in "
            "aurora-ferry-tfstate-111122223333-eu-central-1; allowed: one file for each environment; "
            "rename one of the files"
        )
    ]


def test_alarms_of_two_tasks_have_two_names(folder: Folder) -> None:
    folder.write("dev.toml", {"dms.tasks.0.name": "all-eu"})
    folder.write("eu-dev.toml", {"dms.tasks.0.name": "all"})

    assert folder.lines() == [
        (
            "environments/eu-dev.toml: dms.tasks[0].name: names given that make the alarm "
            "dms-cdc-latency-source-all-eu-dev, as those of dev do; allowed: other names for the alarms "
            "of each environment; rename one of the tasks"
        )
    ]


def test_alarms_of_two_environments_have_two_names(folder: Folder) -> None:
    folder.write("dev.toml")
    folder.write("writer-dev.toml")

    assert folder.lines() == [
        (
            "environments/writer-dev.toml: names given that make the alarm "
            "aurora-cpu-utilization-writer-dev, as those of dev do; allowed: other names for the alarms "
            "of each environment; rename the file"
        )
    ]


def test_alarms_in_two_regions_may_have_one_name(folder: Folder) -> None:
    folder.write("dev.toml", {"aws.state_region": "eu-central-1"})
    folder.write("writer-dev.toml", {"aws.region": "eu-west-1", "aws.state_region": "eu-central-1"})

    assert len(load_environments(folder.path)) == 2


def several(*names: str) -> Changes:
    """A file of several databases, each carried by a task."""
    return {
        "source.database": REMOVED,
        "databases": [{"source": name, "aurora": name} for name in ("app", *names)],
        "dms.tasks": [
            {"name": f"all-{number}", "database": name, "tables": [{"schema": "public"}]}
            for number, name in enumerate(("app", *names))
        ],
    }


def test_endpoints_of_two_environments_have_two_identifiers(folder: Folder) -> None:
    folder.write("dev.toml", several("crm", "source"))
    folder.write("dev-source.toml", {"dms.tasks.0.name": "b"})

    assert folder.lines() == [
        (
            "environments/dev-source.toml: names given that make the DMS endpoint "
            "aurora-ferry-dev-source-source, as those of dev do; allowed: another identifier for each "
            "endpoint; rename one of the files"
        )
    ]


def test_endpoints_of_a_later_files_database_have_identifiers_of_their_own(folder: Folder) -> None:
    folder.write("a.toml", several("Target_CRM"))
    folder.write("a-target.toml", several("erp", "crm"))

    assert folder.lines() == [
        (
            "environments/a-target.toml: databases[2].aurora: names given that make the DMS endpoint "
            "aurora-ferry-a-target-target-crm, as those of a do; allowed: another identifier for "
            "each endpoint; give it another name in Aurora"
        )
    ]


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"aws.account_id": "444455556666"},
        {"aws.region": "eu-west-1", "aws.state_region": "eu-central-1"},
    ],
)
def test_endpoints_elsewhere_may_have_one_identifier(folder: Folder, elsewhere: Changes) -> None:
    folder.write("dev.toml", {**several("source"), "aws.state_region": "eu-central-1"})
    folder.write("dev-source.toml", {"dms.tasks.0.name": "b", **elsewhere})

    assert len(load_environments(folder.path)) == 2


def test_an_account_that_two_agree_on_is_one_line(folder: Folder) -> None:
    folder.write("a.toml")
    folder.write("b.toml")
    folder.write("c.toml", {"tags.repository": "git.example.org/ferry"})

    assert len(folder.lines()) == 1


def test_every_rule_has_a_case() -> None:
    tested = {case.rule for case in CASES} | {"states_differ", "alarms_differ", "endpoints_differ"}
    assert tested == {rule.check.__name__ for rule in ACROSS}


@pytest.mark.parametrize("rule", ACROSS, ids=lambda rule: rule.check.__name__)
def test_a_rule_reads_what_its_row_says(rule: PairRule) -> None:
    read: set[str] = set()
    for case in CASES:
        one, other = (
            Recorder.of(Environment.model_validate({**document(changes), "name": name}), read)
            for name, changes in (("dev", case.first), ("dev-b", case.breaks))
        )
        list(rule.check(one, other))

    unforeseen = {
        path
        for path in read
        if not any(path == row or path.startswith(f"{row}.") for row in rule.reads)
    }
    assert unforeseen == set()


def test_rules_across_do_not_ask_what_a_file_does_not_say(folder: Folder) -> None:
    folder.write("dev.toml", {**TGW, "network.vpc.cidr": "here"})
    folder.write("dev-b.toml", {**TGW, "tags.repository": REMOVED})

    places = [line.split(": ")[:2] for line in folder.lines()]
    assert places == [
        ["environments/dev-b.toml", "tags.repository"],
        ["environments/dev.toml", "network.vpc.cidr"],
    ]


def test_aurora_alone_has_no_slot_to_share(folder: Folder) -> None:
    folder.write("dev.toml", {"source.slot_name": "ferry"})
    folder.write("prod.toml", {"source": REMOVED, "dms": REMOVED})

    assert len(load_environments(folder.path)) == 2
