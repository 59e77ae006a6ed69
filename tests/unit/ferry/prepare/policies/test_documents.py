"""What the documents say. What AWS makes of them, and whom they let do what: tests/policies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ferry.errors import FerryError, InputError
from ferry.prepare.policies import chosen, documents, text, write
from ferry.prepare.policies.statements import Scope
from ferry.prepare.steps import Outcome
from tests.unit.ferry.environments import environment

if TYPE_CHECKING:
    from pathlib import Path

    from settings.environment import Environment

Statement = dict[str, Any]
DEV = environment()
CHINA = environment(aws={"region": "cn-north-1"})
WITHOUT_BOUNDARY = [
    "bootstrap",
    "account",
    "plan",
    "lock",
    "review",
    "apply-network",
    "apply-database",
    "apply-replication",
    "check-aws",
    "check-deployment",
    "check-source",
    "move",
    "operate",
    "snapshots",
    "dms-of-anybody",
    "administrator-roles",
    "boundary",
]


def statements(environment: Environment, name: str) -> dict[str, Statement]:
    """The statements of a document by their ids."""
    [document] = chosen(documents(environment, [environment]), [name])
    found: list[Statement] = document.as_json()["Statement"]
    assert len({each["Sid"] for each in found}) == len(found)
    return {each["Sid"]: each for each in found}


def test_every_document_is_there() -> None:
    assert [each.name for each in documents(DEV, [DEV])] == WITHOUT_BOUNDARY


def test_nothing_is_left_to_replace() -> None:
    for document in documents(CHINA, [CHINA]):
        assert "arn:aws:" not in text(document)
        assert "OWNER" not in text(document)
        assert "cn-north-1.amazonaws.com" not in text(document).replace(
            "cn-north-1.amazonaws.com.cn", ""
        )


def test_services_are_called_as_the_partition_calls_them() -> None:
    through = statements(CHINA, "apply-replication")["KeyThroughServices"]

    assert through["Condition"]["StringEquals"]["kms:ViaService"] == [
        "rds.cn-north-1.amazonaws.com.cn",
        "dms.cn-north-1.amazonaws.com.cn",
        "secretsmanager.cn-north-1.amazonaws.com.cn",
    ]


def writing(name: str) -> dict[str, Any]:
    """What a document lets write, and where."""
    return {
        action: each["Resource"]
        for each in statements(DEV, name).values()
        for action in listed(each["Action"])
        if not action.partition(":")[2].startswith(("Describe", "Get", "List", "Decrypt"))
    }


def test_who_plans_writes_nothing_and_takes_no_lock() -> None:
    assert writing("plan") == {}
    assert not any("runs/" in text(each) for each in chosen(documents(DEV, [DEV]), ["plan"]))


def test_locks_are_a_document_of_their_own() -> None:
    bucket = "arn:aws:s3:::aurora-ferry-tfstate-111122223333-eu-central-1"
    locks = [
        f"{bucket}/environments/dev/terraform.tfstate.tflock",
        f"{bucket}/account/terraform.tfstate.tflock",
    ]

    assert writing("lock") == {"s3:DeleteObject": locks, "s3:PutObject": locks}


def test_only_who_reviews_writes_plans_of_runs_and_who_applies_reads_its_own() -> None:
    runs = "arn:aws:s3:::aurora-ferry-tfstate-111122223333-eu-central-1/runs/*"

    assert writing("review") == {
        "s3:PutObject": [f"{runs}/dev.tfplan", f"{runs}/account-111122223333.tfplan"]
    }
    assert statements(DEV, "apply-database")["PlanOfTheRun"] == {
        "Sid": "PlanOfTheRun",
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": f"{runs}/dev.tfplan",
    }
    writers = {
        document.name
        for document in documents(DEV, [DEV])
        for each in document.as_json()["Statement"]
        if "s3:PutObject" in listed(each["Action"]) and "runs/" in str(each["Resource"])
    }
    assert writers == {"review"}


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_with_a_boundary_whoever_deploys_makes_roles_within_it() -> None:
    boundary = "arn:aws:iam::111122223333:policy/aurora-ferry-boundary"
    bounded = environment(aws={"permissions_boundary_arn": boundary})
    names = [each.name for each in documents(bounded, [bounded])]
    found = statements(bounded, "apply-roles")

    assert [name for name in names if name not in WITHOUT_BOUNDARY] == ["apply-roles"]
    assert "administrator-roles" not in names
    held = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    assert found["Roles"]["Condition"] == held
    assert found["GiveTheBoundary"]["Condition"] == held
    assert found["TheBoundaryStays"]["Resource"] == boundary
    assert statements(bounded, "account")["Roles"]["Condition"] == held


@pytest.mark.parametrize("name", ["plan", "review", "apply", "operate", "check"])
def test_without_a_boundary_nobody_but_an_administrator_writes_in_iam(name: str) -> None:
    harmless = ("iam:Get", "iam:List", "iam:PassRole", "iam:SimulatePrincipalPolicy")
    found = [
        action
        for document in chosen(documents(DEV, [DEV]), [name])
        for each in document.as_json()["Statement"]
        for action in listed(each["Action"])
        if action.startswith("iam:") and not action.startswith(harmless)
    ]

    assert found == []


def test_a_secret_of_ones_own_is_read_and_never_written() -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:source-AbCdEf"
    key = "arn:aws:kms:eu-central-1:111122223333:key/1234"
    own = environment(source={"secret_arn": arn, "secret_kms_key_arn": key})

    assert arn in statements(own, "plan")["LookAtSecrets"]["Resource"]
    shape = statements(own, "check-aws")["ShapesOfSecrets"]
    assert shape["Resource"] == arn
    boundary = statements(own, "boundary")
    assert boundary["SecretOfDev"]["Resource"] == arn
    assert boundary["KeyOfDev"]["Resource"] == key
    for name in ("apply", "operate"):
        assert all(arn not in text(each) for each in chosen(documents(own, [own]), [name]))


def test_what_the_file_names_by_an_id_is_allowed_by_that() -> None:
    existing = environment(
        network={
            "vpc": None,
            "existing_vpc": {
                "vpc_id": "vpc-11111111",
                "aurora_subnet_ids": ["subnet-11111111", "subnet-22222222"],
                "dms_subnet_ids": ["subnet-33333333", "subnet-44444444"],
                "route_table_ids": ["rtb-11111111"],
            },
            "route_to_source": {"virtual_private_gateway_id": "vgw-11111111"},
        }
    )
    found = statements(existing, "apply-network")

    where = "arn:aws:ec2:eu-central-1:*"
    assert found["ExistingVpc"]["Resource"] == f"{where}:vpc/vpc-11111111"
    assert found["ExistingSubnets"]["Resource"] == [
        f"{where}:subnet/subnet-33333333",
        f"{where}:subnet/subnet-44444444",
    ]
    assert found["ExistingRouteTables"]["Resource"] == f"{where}:route-table/rtb-11111111"
    assert found["VirtualPrivateGateway"]["Resource"] == f"{where}:vpn-gateway/vgw-11111111"
    assert "TagTheDefaultSecurityGroup" not in found


@pytest.mark.parametrize(
    ("route", "sid", "arn"),
    [
        ({"transit_gateway_id": "tgw-11111111"}, "TransitGateway", "transit-gateway/tgw-11111111"),
        ({"peering": {"vpc_id": "vpc-99999999"}}, "VpcOfTheSource", "vpc/vpc-99999999"),
    ],
)
def test_the_way_to_the_source_is_allowed_by_its_id(
    route: dict[str, Any], sid: str, arn: str
) -> None:
    network = {"vpc": {"cidr": "10.20.0.0/20"}, "route_to_source": route}

    found = statements(environment(network=network), "apply-network")

    assert found[sid]["Resource"] == f"arn:aws:ec2:eu-central-1:*:{arn}"


def test_a_vpc_without_route_tables_gets_no_statement_for_them() -> None:
    existing = {
        "vpc_id": "vpc-11111111",
        "aurora_subnet_ids": ["subnet-11111111", "subnet-22222222"],
        "dms_subnet_ids": ["subnet-33333333", "subnet-44444444"],
    }
    found = statements(
        environment(network={"vpc": None, "existing_vpc": existing}), "apply-network"
    )

    assert "ExistingRouteTables" not in found


@pytest.mark.parametrize(
    ("given", "arn"),
    [
        ("before", "arn:aws:rds:eu-central-1:111122223333:cluster-snapshot:before"),
        ("arn:aws:rds:eu-central-1:444455556666:cluster-snapshot:a",) * 2,
    ],
)
def test_the_snapshot_that_the_file_names_may_be_restored(given: str, arn: str) -> None:
    found = statements(environment(aurora={"snapshot_identifier": given}), "snapshots")

    assert found["RestoreTheGivenOne"]["Resource"] == arn
    assert "RestoreTheGivenOne" not in statements(DEV, "snapshots")


def test_every_alarm_has_a_name_that_the_documents_cover() -> None:
    begins = tuple(arn.partition("*")[0] for arn in Scope(DEV).alarms)
    names = DEV.alarms.thresholds

    assert names
    assert all(f"{begins[0].rpartition(':')[0]}:{each}".startswith(begins) for each in names)


def test_the_boundary_stays_as_it_is_when_an_environment_is_added() -> None:
    other = environment().model_copy(update={"name": "dev-2"})

    alone, together = (
        text(chosen(documents(DEV, of_account), ["boundary"])[0])
        for of_account in ([DEV], [DEV, other])
    )

    assert alone == together


ISSUER = "token.actions.githubusercontent.com"
APPLY_YML = "example/aurora-ferry/.github/workflows/apply.yml@refs/heads/main"


def trust(name: str, of: Environment = DEV) -> dict[str, Any]:
    [document] = chosen(documents(of, [of], ids="11/22", branch="main"), [name])
    [statement] = document.as_json()["Statement"]
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    [test] = statement["Condition"]
    assert test == "StringEquals"  # never StringLike: a pattern lets other repositories in
    return {key.removeprefix(f"{ISSUER}:"): it for key, it in statement["Condition"][test].items()}


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("trust-plan", "pull_request"),
        ("trust-review", "ref:refs/heads/main"),
        ("trust-apply", "environment:dev"),
        ("trust-account", "environment:account-111122223333"),
    ],
)
def test_one_subject_of_one_repository_takes_a_role_in_both_forms(name: str, subject: str) -> None:
    found = trust(name)

    assert found["aud"] == "sts.amazonaws.com"
    assert found["repository_id"] == "22"
    assert found["sub"] == [
        f"repo:example/aurora-ferry:{subject}",
        f"repo:example@11/aurora-ferry@22:{subject}",
    ]


@pytest.mark.parametrize("name", ["trust-review", "trust-apply", "trust-account"])
def test_what_writes_is_taken_by_one_workflow_of_the_default_branch(name: str) -> None:
    found = trust(name)

    assert (found["ref"], found["job_workflow_ref"]) == ("refs/heads/main", APPLY_YML)


def test_pull_requests_take_the_role_that_reads_and_no_other() -> None:
    assert set(trust("trust-plan")) == {"aud", "repository_id", "sub"}


@pytest.mark.parametrize(
    ("repository", "ids"),
    [("gitlab.com/example/aurora-ferry", "11/22"), ("github.com/example/aurora-ferry", "")],
)
def test_nobody_is_trusted_of_whom_too_little_is_known(repository: str, ids: str) -> None:
    of = environment(tags={"repository": repository})

    names = [each.name for each in documents(of, [of], ids=ids, branch="main")]

    assert [name for name in names if name.startswith("trust")] == []


# --- choosing and writing


def test_a_word_stands_for_all_that_begin_with_it() -> None:
    found = chosen(documents(DEV, [DEV]), ["apply", "check", "plan"])

    assert [each.name for each in found] == [
        "plan",
        "apply-network",
        "apply-database",
        "apply-replication",
        "check-aws",
        "check-deployment",
        "check-source",
    ]


def test_a_document_that_is_not_there() -> None:
    with pytest.raises(InputError) as error:
        chosen(documents(DEV, [DEV]), ["plan", "aply", "net"])

    assert str(error.value) == (
        f"'aply' and 'net' given; allowed are {', '.join(WITHOUT_BOUNDARY)}, and apply for all that "
        "begin with apply-, likewise check and trust."
    )


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("key", "where aws.kms_key_arn names one"),
        ("topic", "where alarms.topic_arn names one"),
        ("apply-roles", "where aws.permissions_boundary_arn names a boundary"),
        ("cutover", "where cutover.application_secret_arns names secrets"),
        ("cutover-dns", "where cutover.dns names a record"),
        ("trust", "with --github, where tags.repository is on github.com"),
    ],
)
def test_a_document_that_another_file_would_have_is_said_to_be_one(name: str, where: str) -> None:
    with pytest.raises(InputError) as error:
        chosen(documents(DEV, [DEV]), [name])

    assert str(error.value).endswith(f"check and trust. {name} is written {where}.")


def test_a_document_that_iam_would_not_take_is_refused() -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:source-AbCdEf"
    own = environment(source={"secret_arn": arn})
    many = [own.model_copy(update={"name": f"dev-{number}"}) for number in range(20)]

    with pytest.raises(InputError) as error:
        documents(DEV, many)

    assert str(error.value).startswith("The document boundary has ")
    assert str(error.value).endswith(
        " characters without white space; IAM takes 6144. It grows with what the account's files "
        "name, such as secrets of their own: divide them among accounts."
    )


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    found = documents(DEV, [DEV])
    folder = tmp_path / "a" / "b"

    first = list(write(found, folder))
    second = list(write(found, folder))

    assert {step.outcome for step in first} == {Outcome.CREATED}
    assert {step.outcome for step in second} == {Outcome.RIGHT}
    assert sorted(file.stem for file in folder.iterdir()) == sorted(WITHOUT_BOUNDARY)
    [plan] = chosen(found, ["plan"])
    assert json.loads((folder / "plan.json").read_text()) == plan.as_json()


def test_what_is_no_longer_right_is_written_anew(tmp_path: Path) -> None:
    found = chosen(documents(DEV, [DEV]), ["plan", "administrator"])
    (tmp_path / "plan.json").write_text("{}")
    (tmp_path / "apply-roles.json").write_text("{}")
    (tmp_path / "mine.json").write_text("{}")

    steps = list(write(found, tmp_path))

    assert [step.outcome for step in steps] == [Outcome.MENDED, Outcome.CREATED]
    assert steps[0].what == "plan.json: for terraform plan -lock=false, ferry adopt, pull requests"
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "administrator-roles.json",
        "mine.json",
        "plan.json",
    ]


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(FerryError) as error:
        list(write(documents(DEV, [DEV]), tmp_path / "file"))

    assert str(error.value) == f"{tmp_path / 'file'} cannot be written to: File exists."


# --- a key of one's own

KEY = "arn:aws:kms:eu-central-1:444455556666:key/1234abcd"
OWN_KEY = environment(aws={"kms_key_arn": KEY})


def test_what_the_policy_of_an_own_key_has_to_say() -> None:
    assert [each.name for each in documents(OWN_KEY, [OWN_KEY])] == [*WITHOUT_BOUNDARY, "key"]
    found = statements(OWN_KEY, "key")

    assert list(found) == [
        "Description",
        "UseThroughServices",
        "GrantsToServices",
        "LogGroups",
        "CloudWatchAlarms",
        "RdsEvents",
        "DmsEvents",
    ]
    assert found["CloudWatchAlarms"] == {
        "Sid": "CloudWatchAlarms",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
    }
    assert {each["Principal"].get("AWS") for each in found.values()} == {
        "arn:aws:iam::111122223333:root",
        None,
    }


def test_an_own_key_is_used_and_neither_made_nor_changed() -> None:
    found = statements(OWN_KEY, "apply-replication")

    assert {"CreateKey", "TagTheNewKey", "Key", "Alias"} <= set(
        statements(DEV, "apply-replication")
    )
    assert not {"CreateKey", "TagTheNewKey", "Key", "Alias"} & set(found)
    assert found["KeyThroughServices"]["Resource"] == KEY
    assert set(found["KeyThroughServices"]["Condition"]["StringEquals"]) == {"kms:ViaService"}


@pytest.mark.parametrize(
    ("document", "sid"),
    [
        ("plan", "DecryptThroughSecretsManager"),
        ("check-deployment", "DecryptThroughSecretsManager"),
        ("check-source", "DecryptThroughSecretsManager"),
        ("move", "DecryptThroughSecretsManager"),
        ("check-aws", "OwnKey"),
        ("snapshots", "TheGivenKeyThroughRds"),
        ("boundary", "KeyOfDev"),
    ],
)
def test_whoever_uses_the_key_may_use_the_own_one(document: str, sid: str) -> None:
    assert statements(OWN_KEY, document)[sid]["Resource"] == KEY


# --- a topic of one's own, and receivers that ferry subscribes

TOPIC = "arn:aws:sns:eu-central-1:111122223333:on-call"
OWN_TOPIC = environment(alarms={"topic_arn": TOPIC}, aws={"kms_key_arn": KEY})


def test_what_the_policy_of_an_own_topic_has_to_say() -> None:
    found = statements(OWN_TOPIC, "topic")

    assert list(found) == ["CloudWatchAlarms", "RdsEvents", "DmsEvents"]
    assert found["DmsEvents"] == {
        "Sid": "DmsEvents",
        "Effect": "Allow",
        "Principal": {"Service": "dms.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": TOPIC,
        "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:dms:eu-central-1:111122223333:*"}},
    }


def test_who_tells_an_own_topic_needs_nothing_of_the_environments_key() -> None:
    assert not {"CloudWatchAlarms", "RdsEvents", "DmsEvents"} & set(statements(OWN_TOPIC, "key"))


def test_alarms_may_tell_the_own_topic_and_nobody_makes_one() -> None:
    found = statements(OWN_TOPIC, "apply-database")

    assert {"Topic", "Subscriptions"} <= set(statements(DEV, "apply-database"))
    assert not {"Topic", "Subscriptions"} & set(found)
    condition = found["Alarms"]["Condition"]["ForAllValues:StringEquals"]
    assert condition == {"cloudwatch:AlarmActions": [TOPIC]}
    assert statements(OWN_TOPIC, "check-aws")["OwnTopic"]["Resource"] == TOPIC


def test_whoever_moves_signs_in_as_operator_and_never_writes_a_secret() -> None:
    for document in ("check-source", "move"):
        found = statements(DEV, document)
        assert found["WhoSignsIn"]["Action"] == "secretsmanager:GetSecretValue"
        assert [arn.split(":secret:")[1] for arn in found["WhoSignsIn"]["Resource"]] == [
            f"aurora-ferry-dev/{name}-??????"
            for name in ("source", "reverse", "operator-source", "operator-target", "master")
        ]
    assert "Tasks" in statements(DEV, "move")
    assert "Tasks" not in statements(DEV, "check-source")


def test_an_own_secret_of_the_source_is_read_in_its_place() -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:source-AbCdEf"
    own = statements(environment(source={"secret_arn": arn}), "check-source")

    assert own["WhoSignsIn"]["Resource"][0] == arn


def test_whoever_cuts_over_has_a_document_where_the_file_names_secrets() -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-AbCdEf"
    given = environment(cutover={"application_secret_arns": [arn]})
    none = environment(cutover={})

    found = statements(given, "cutover")

    assert [each.name for each in documents(none, [none])] == WITHOUT_BOUNDARY
    assert found["ApplicationSecrets"]["Resource"] == arn
    assert found["KeysOfApplicationSecrets"]["Condition"] == {
        "StringEquals": {
            "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com",
            "kms:EncryptionContext:SecretARN": [arn],
        }
    }


def test_whoever_cuts_over_has_a_document_where_the_file_names_a_record() -> None:
    given = environment(cutover={"dns": {"zone_id": "Z1", "name": "DB.example.com."}})

    (found,) = chosen(documents(given, [given]), ["cutover"])

    assert found.name == "cutover-dns"
    changing, zone, change = statements(given, "cutover-dns").values()
    prefix = "route53:ChangeResourceRecordSets"
    assert changing["Resource"] == zone["Resource"] == "arn:aws:route53:::hostedzone/Z1"
    assert changing["Condition"]["ForAllValues:StringEquals"] == {
        f"{prefix}NormalizedRecordNames": "db.example.com",
        f"{prefix}RecordTypes": "CNAME",
        f"{prefix}Actions": "UPSERT",
    }
    assert change["Resource"] == "arn:aws:route53:::change/*"


def test_whoever_moves_reads_which_versions_the_applications_secrets_have() -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-AbCdEf"
    given = environment(cutover={"application_secret_arns": [arn]})

    found = statements(given, "move")["VersionsOfApplicationSecrets"]

    assert (found["Action"], found["Resource"]) == ("secretsmanager:DescribeSecret", arn)
    assert "VersionsOfApplicationSecrets" not in statements(DEV, "move")


def test_aurora_alone_has_nothing_to_move() -> None:
    alone = environment(source=None, dms=None)

    names = [each.name for each in documents(alone, [alone])]
    assert {"check-source", "move"}.isdisjoint(names)


def test_whoever_operates_subscribes_where_the_file_names_a_host() -> None:
    on_call = environment(alarms={"https_hosts": ["events.pagerduty.com"]})

    assert "Subscribe" not in statements(DEV, "operate")
    assert statements(on_call, "operate")["Subscribe"]["Resource"] == (
        "arn:aws:sns:eu-central-1:111122223333:aurora-ferry-dev-alarms"
    )


# --- roles below a path

PLACED = environment(
    aws={
        "role_path": "/databases/",
        "permissions_boundary_arn": "arn:aws:iam::111122223333:policy/aurora-ferry-boundary",
    }
)
ROLE = "arn:aws:iam::111122223333:role"


@pytest.mark.parametrize(
    ("document", "sid", "some"),
    [
        ("apply-roles", "Roles", ["databases/aurora-ferry-dev-dms-secrets"]),
        ("apply-replication", "PassRoles", ["databases/aurora-ferry-dev-flow-logs"]),
        ("apply-replication", "PassRoles", ["databases/dms-vpc-role", "dms-vpc-role"]),
        ("account", "Roles", ["databases/dms-vpc-role", "dms-vpc-role"]),
        ("check-aws", "RolesThatDmsLooksUp", ["databases/dms-cloudwatch-logs-role"]),
    ],
)
def test_roles_are_named_where_they_are(document: str, sid: str, some: list[str]) -> None:
    named = statements(PLACED, document)[sid]["Resource"]

    assert {f"{ROLE}/{each}" for each in some} <= set(named)
    assert f"{ROLE}/aurora-ferry-dev-dms-secrets" not in named


def test_the_boundary_names_roles_where_they_are() -> None:
    found = statements(PLACED, "boundary")

    assert found["Monitoring"]["Condition"] == {
        "ArnLike": {"aws:PrincipalArn": [f"{ROLE}/databases/aurora-ferry-*-rds-monitoring"]}
    }


# --- the states somewhere else

ELSEWHERE = environment(aws={"state_bucket": "platform-states", "state_key_prefix": "databases/"})
THERE = "arn:aws:s3:::platform-states"


@pytest.mark.parametrize(
    ("document", "sid", "resource"),
    [
        ("plan", "StateList", THERE),
        ("apply-database", "StateWrite", f"{THERE}/databases/environments/dev/terraform.tfstate"),
        ("apply-database", "Lock", f"{THERE}/databases/environments/dev/terraform.tfstate.tflock"),
        ("account", "StateWrite", f"{THERE}/databases/account/terraform.tfstate"),
        ("operate", "StateRead", f"{THERE}/databases/environments/dev/terraform.tfstate"),
    ],
)
def test_the_states_are_named_where_they_are(document: str, sid: str, resource: str) -> None:
    assert statements(ELSEWHERE, document)[sid]["Resource"] == resource


def test_plans_of_runs_are_below_the_prefix() -> None:
    plans = statements(ELSEWHERE, "review")["PlansOfRuns"]["Resource"]

    assert plans == [
        f"{THERE}/databases/runs/*/dev.tfplan",
        f"{THERE}/databases/runs/*/account-111122223333.tfplan",
    ]


def test_nobody_sets_up_a_bucket_of_ones_own() -> None:
    assert [each.name for each in documents(ELSEWHERE, [ELSEWHERE])] == WITHOUT_BOUNDARY[1:]
