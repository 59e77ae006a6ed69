"""`ferry secret application`, as a person types it: what is under which stage before and after."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber
from typer.testing import CliRunner, Result

from ferry.cli import application as application_command
from ferry.cli.app import app
from ferry.deployment import outputs_of
from ferry.environments import find
from tests.policies.calls import RECORDED
from tests.several_databases import with_databases
from tests.unit.ferry.conftest import ACCOUNT, REGION
from tests.unit.ferry.environments import DEV

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient

CANARY, OTHER = "canary-Pa55word", "other-canary-Pa55word"
HOST, AURORA = "192.168.10.15", "aurora-ferry-dev.cluster-c0.eu-central-1.rds.amazonaws.com"
VALUE: Final = {
    "engine": "postgres",
    "host": HOST,
    "port": 5432,
    "dbname": "app",
    "username": "shopkeeper",
    "password": CANARY,
}
TITLE: Final = f"The applications' secrets of dev, in account {ACCOUNT}, eu-central-1"


class Shop:
    """The environment dev, deployed, and the secrets of its applications."""

    def __init__(self, file: Path, client: SecretsManagerClient) -> None:
        self.file, self.client = file, client
        self.arns: list[str] = []

    def add(self, value: object = VALUE, name: str = "shop/orders", **more: Any) -> str:  # noqa: ANN401 - create_secret's
        """Make a secret and name it in the file."""
        if isinstance(value, bytes):
            more["SecretBinary"] = value
        elif value is not None:
            more["SecretString"] = value if isinstance(value, str) else json.dumps(value)
        arn = self.client.create_secret(Name=name, **more)["ARN"]
        self.arns.append(arn)
        self.file.write_text(
            f"{self.file.read_text().partition('[cutover]')[0]}"
            f"[cutover]\napplication_secret_arns = {json.dumps(self.arns)}\n"
        )
        return arn

    def under(self, arn: str) -> dict[str, Any]:
        """What is under each stage."""
        stages = self.client.describe_secret(SecretId=arn)["VersionIdsToStages"]
        return {
            stage: json.loads(
                self.client.get_secret_value(SecretId=arn, VersionId=version)["SecretString"]
            )
            for version, its in stages.items()
            for stage in its
        }

    def versions(self, arn: str) -> dict[str, str]:
        """Which version is under each stage."""
        stages = self.client.describe_secret(SecretId=arn)["VersionIdsToStages"]
        return {stage: version for version, its in stages.items() for stage in its}

    def now(self, arn: str, **more: object) -> None:
        """Give the applications another value."""
        self.client.put_secret_value(SecretId=arn, SecretString=json.dumps({**VALUE, **more}))


@pytest.fixture
def shop(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    s3: S3Client,
    secretsmanager: SecretsManagerClient,
) -> Shop:
    file = tmp_path / "environments" / "dev.toml"
    file.parent.mkdir()
    file.write_text(DEV)
    monkeypatch.setattr("ferry.environments.FOLDER", file.parent)
    environment = find("dev")
    s3.create_bucket(
        Bucket=environment.state_bucket,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    values = dict.fromkeys(outputs_of(environment), "x") | {"cluster_endpoint": AURORA}
    state = {"version": 4, "outputs": {name: {"value": value} for name, value in values.items()}}
    s3.put_object(
        Bucket=environment.state_bucket, Key=environment.state_key, Body=json.dumps(state)
    )
    return Shop(file, secretsmanager)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application_command, "at_terminal", lambda: True)


def ferry(*options: str, given: str = "") -> Result:
    arguments = ["secret", "application", "dev", *options]
    result = CliRunner().invoke(app, arguments, input=given, prog_name="ferry")
    assert CANARY not in result.output
    assert "shopkeeper" not in result.output
    return result


def test_it_puts_a_version_that_leads_to_aurora_under_ferry_next_alone(shop: Shop) -> None:
    arn = shop.add({**VALUE, "DATABASE_URL": f"postgres://shopkeeper:{CANARY}@{HOST}/app"})
    shop.now(arn, pool=5)
    before = shop.versions(arn)

    result = ferry("--yes")

    assert result.stdout.splitlines() == [
        "shop/orders: ferry-next beside AWSCURRENT",
        "  changes   host",
        TITLE,
        "  created        shop/orders: ferry-next",
    ]
    assert (result.stderr, result.exit_code) == ("", 0)
    after = shop.versions(arn)
    assert {stage: after[stage] for stage in before} == before
    assert set(after) == {"AWSCURRENT", "AWSPREVIOUS", "ferry-next"}
    assert shop.under(arn)["ferry-next"] == {**VALUE, "pool": 5, "host": AURORA}
    assert shop.under(arn)["AWSCURRENT"] == {**VALUE, "pool": 5}
    assert shop.client.get_secret_value(SecretId=arn)["VersionId"] == before["AWSCURRENT"]


def test_keys_are_shown_and_no_value(shop: Shop) -> None:
    url = f"postgres://shopkeeper:{CANARY}@{HOST}/app"
    shop.add({"dbInstanceIdentifier": "orders", **VALUE, "URL": url, "FACTS": "postgres://olap/x"})

    result = ferry("--yes", given=json.dumps({shop.arns[0]: {"password": OTHER}}))

    assert result.stdout.splitlines()[:5] == [
        "shop/orders: ferry-next beside AWSCURRENT",
        "  changes   host, password, URL",
        "  adds      dbClusterIdentifier",
        "  removes   dbInstanceIdentifier",
        "  stays     FACTS: leads to olap:5432/x",
    ]
    assert OTHER not in result.output
    assert shop.under(shop.arns[0])["ferry-next"]["URL"] == (
        f"postgres://shopkeeper:{OTHER}@{AURORA}/app"
    )


def test_a_second_run_finds_the_same_there(shop: Shop) -> None:
    arn = shop.add()
    ferry("--yes")
    before = shop.versions(arn)

    result = ferry()

    assert result.stdout.splitlines()[2:] == [
        TITLE,
        "  nothing to do  shop/orders: ferry-next",
        "Nothing to do: all is as it should be.",
    ]
    assert result.exit_code == 0
    assert shop.versions(arn) == before


def test_another_value_replaces_what_is_there(shop: Shop) -> None:
    arn = shop.add()
    ferry("--yes")
    first = shop.versions(arn)["ferry-next"]
    shop.now(arn, pool=5)

    result = ferry("--yes")

    assert "  mended         shop/orders: ferry-next" in result.stdout.splitlines()
    assert shop.under(arn)["ferry-next"] == {**VALUE, "pool": 5, "host": AURORA}
    # AWS leaves out what has no stage, moto does not
    stages = shop.client.describe_secret(SecretId=arn)["VersionIdsToStages"]
    assert not stages.get(first)


@pytest.mark.parametrize("following", [CANARY, json.dumps({**VALUE, "host": "old.example.org"})])
def test_what_stands_there_of_another_making_is_replaced(shop: Shop, following: str) -> None:
    arn = shop.add()
    shop.client.put_secret_value(SecretId=arn, SecretString=following, VersionStages=["ferry-next"])

    assert ferry("--yes").exit_code == 0

    assert shop.under(arn)["ferry-next"] == {**VALUE, "host": AURORA}


# --- credentials


@pytest.mark.usefixtures("terminal")
def test_at_a_terminal_it_asks_for_each_secret_and_then_whether_to_write(shop: Shop) -> None:
    first, second = shop.add(), shop.add(name="shop/carts")

    result = ferry(given=f"\n\nclerk\n{OTHER}\nmistyped\n{OTHER}\n{OTHER}\ny\n")

    assert result.exit_code == 0
    assert "shop/orders, on Aurora:\nUser name (empty keeps that of AWSCURRENT): " in result.stdout
    assert "The two passwords differ; once more." in result.stdout
    assert "Write them? [y/N]: y" in result.stdout
    assert OTHER not in result.output
    assert shop.under(first)["ferry-next"] == {**VALUE, "host": AURORA}
    assert shop.under(second)["ferry-next"] == {
        **VALUE, "host": AURORA, "username": "clerk", "password": OTHER,
    }  # fmt: skip


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("given", ["\n\nn\n", "\n\n", "\n", ""])
def test_without_a_yes_nothing_is_written(shop: Shop, given: str) -> None:
    arn = shop.add()

    assert ferry(given=given).exit_code == 130

    assert set(shop.versions(arn)) == {"AWSCURRENT"}


def test_where_nobody_can_be_asked_it_takes_yes(shop: Shop) -> None:
    arn = shop.add()

    result = ferry()

    assert result.stderr == "Nobody can be asked here: look at what is said, then add --yes.\n"
    assert result.exit_code == 2
    assert set(shop.versions(arn)) == {"AWSCURRENT"}


def test_a_standard_input_that_is_closed_keeps_all(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = shop.add()
    monkeypatch.setattr(application_command, "sys", type("sys", (), {"stdin": None}))

    assert ferry("--yes").exit_code == 0

    assert shop.under(arn)["ferry-next"]["password"] == CANARY


def test_credentials_that_were_given_stay_when_none_are_given(shop: Shop) -> None:
    arn = shop.add()
    ferry("--yes", given=json.dumps({arn: {"password": OTHER}}))
    before = shop.versions(arn)

    result = ferry()

    assert "  keeps     user and password of ferry-next" in result.stdout.splitlines()
    assert "  changes   host, password" in result.stdout.splitlines()
    assert result.exit_code == 0
    assert shop.versions(arn) == before


@pytest.fixture
def rotated(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> str:
    """A secret whose password was changed after another was given for Aurora."""
    arn = shop.add()
    shop.client.put_secret_value(
        SecretId=arn,
        SecretString=json.dumps({**VALUE, "host": AURORA, "password": OTHER}),
        VersionStages=["ferry-next"],
    )
    monkeypatch.setattr("moto.secretsmanager.models.time.time", lambda: 4_000_000_000)
    shop.now(arn, password=f"{CANARY}2")
    return arn


def test_whose_password_is_right_after_a_change_is_not_guessed(shop: Shop, rotated: str) -> None:
    before = shop.under(rotated)

    result = ferry("--yes")

    assert result.stderr == (
        "The secret shop/orders has a newer version under AWSCURRENT than under ferry-next, with "
        "another user or password: which of them Aurora has is not certain. Give both, or begin anew "
        "from AWSCURRENT: run this with --drop first.\n"
    )
    assert result.exit_code == 3
    assert shop.under(rotated) == before


@pytest.mark.usefixtures("terminal")
def test_after_a_change_both_may_be_given(shop: Shop, rotated: str) -> None:
    result = ferry(given=f"clerk\n{OTHER}3\n{OTHER}3\ny\n")

    assert "User name (of Aurora): clerk" in result.stdout
    assert shop.under(rotated)["ferry-next"]["password"] == f"{OTHER}3"


def test_after_a_change_dropping_begins_anew(shop: Shop, rotated: str) -> None:
    ferry("--drop", "--yes")

    assert ferry("--yes").exit_code == 0

    assert shop.under(rotated)["ferry-next"]["password"] == f"{CANARY}2"


def test_credentials_that_postgresql_rejects_are_wrong_use(shop: Shop) -> None:
    arn = shop.add()

    result = ferry("--yes", given=json.dumps({arn: {"password": f"{OTHER}\t"}}))

    assert result.stderr.startswith("The password holds control characters")
    assert OTHER not in result.output
    assert result.exit_code == 2


# --- --drop


def test_drop_takes_the_stage_away_and_leaves_the_others(shop: Shop) -> None:
    arn, bare = shop.add(), shop.add(name="shop/carts")
    shop.now(arn)
    before = shop.versions(arn)
    ferry("--yes")
    ferry("--drop", "--yes")
    shop.client.put_secret_value(SecretId=arn, SecretString="{}", VersionStages=["ferry-next"])

    result = ferry("--drop", "--yes")

    assert result.stdout.splitlines() == [
        TITLE,
        "  removed        shop/orders: no ferry-next",
        "  nothing to do  shop/carts: no ferry-next",
    ]
    assert shop.versions(arn) == before
    assert set(shop.versions(bare)) == {"AWSCURRENT"}


@pytest.mark.usefixtures("terminal")
def test_drop_asks(shop: Shop) -> None:
    arn = shop.add()
    shop.add(name="shop/carts")
    ferry("--yes", given="\n\n\n\n")

    result = ferry("--drop", given="n\n")

    assert "Take ferry-next from shop/orders, shop/carts? [y/N]: n" in result.stdout
    assert result.exit_code == 130
    assert "ferry-next" in shop.versions(arn)


# --- several databases


def test_each_secret_is_of_the_database_that_it_leads_to(shop: Shop) -> None:
    shop.file.write_text(with_databases(DEV, {"crm": "CRM-2019"}))
    app_secret = shop.add(name="a")
    crm_secret = shop.add({**VALUE, "dbname": "CRM-2019"}, name="b")

    assert ferry("--yes").exit_code == 0

    assert shop.under(app_secret)["ferry-next"]["dbname"] == "app"
    assert shop.under(crm_secret)["ferry-next"]["dbname"] == "crm"


# --- refused


NOT_THE_SOURCE = ", not to the source: 192.168.10.15, port 5432, app. Mend the secret, or take it"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({**VALUE, "host": "db.example.org"}, f"leads to db.example.org:5432/app{NOT_THE_SOURCE}"),
        ({**VALUE, "port": 6432}, f"leads to 192.168.10.15:6432/app{NOT_THE_SOURCE}"),
        ({**VALUE, "dbname": "App"}, f"leads to 192.168.10.15:5432/App{NOT_THE_SOURCE}"),
        ({**VALUE, "dbname": f"x/{CANARY}"}, f"leads to 192.168.10.15:5432/(not shown){NOT_THE_SOURCE}"),
        (
            {**VALUE, "host": AURORA},
            f"leads to {AURORA}:5432/app, which is Aurora already: there is nothing to prepare.",
        ),
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_lead_to_the_source_is_left_alone(
    shop: Shop, value: object, why: str
) -> None:
    arn = shop.add(value)

    result = ferry("--yes")

    assert result.stderr.startswith(f"The secret shop/orders {why}")
    assert result.stderr.count("\n") == 1
    assert result.exit_code == 3
    assert set(shop.versions(arn)) == {"AWSCURRENT"}


def test_the_record_of_the_applications_leads_to_the_source(shop: Shop) -> None:
    arn = shop.add({**VALUE, "host": "Orders.example.org"})
    dns = '[cutover.dns]\nzone_id = "Z0A1"\nname = "orders.example.org"\n'
    shop.file.write_text(shop.file.read_text() + dns)

    assert ferry("--yes").exit_code == 0

    assert shop.under(arn)["ferry-next"]["host"] == AURORA


def test_every_secret_that_cannot_be_prepared_is_said_and_none_is_written(shop: Shop) -> None:
    good = shop.add()
    shop.add(CANARY, name="text")
    shop.add(b"\x00", name="bytes")
    shop.add(None, name="empty")
    owned = [{"Key": "aws:secretsmanager:owningService", "Value": "rds"}]
    shop.add(name="owned", Tags=owned)
    shop.client.delete_secret(SecretId=shop.add(name="deleted"))
    gone = shop.add(name="gone")
    shop.client.delete_secret(SecretId=gone, ForceDeleteWithoutRecovery=True)

    result = ferry("--yes")

    assert [line.partition(": ")[0] for line in result.stderr.splitlines()] == [
        "What the secret text says is not certain",
        "What the secret bytes says is not certain",
        (
            "The secret empty has no version under AWSCURRENT, which the applications read. Give it "
            "its value first"
        ),
        (
            "The secret owned is owned by rds (OwningService), and no other may write its value. Take "
            "it out of cutover.application_secret_arns; the applications need one of their own."
        ),
        "The secret deleted is scheduled for deletion. If it is still needed",
        f"There is no secret {gone}. Correct it in cutover.application_secret_arns.",
    ]
    assert result.exit_code == 3
    assert set(shop.versions(good)) == {"AWSCURRENT"}


@pytest.mark.parametrize(
    ("described", "why"),
    [
        ({"RotationEnabled": True}, "The secret shop/orders is rotated: its rotation may give the"),
        ({"PrimaryRegion": "eu-west-1"}, "The secret shop/orders is a replica of the one in eu-west-1"),
    ],
)  # fmt: skip
def test_what_others_write_is_left_alone(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, described: Mapping[str, Any], why: str
) -> None:
    shop.add()
    client = stubbed(monkeypatch)
    with Stubber(client) as stubber:
        stubber.add_response("describe_secret", {**described})
        result = ferry("--yes")

    assert result.stderr.startswith(why)
    assert result.exit_code == 3


@pytest.mark.parametrize(
    ("operation", "code", "why"),
    [
        (
            "describe_secret",
            "AccessDeniedException",
            "Could not read the secret shop/orders: AWS denied DescribeSecret",
        ),
        (
            "get_secret_value",
            "DecryptionFailure",
            (
                "Could not read the value of the secret shop/orders: KMS refused the key that "
                "GetSecretValue needs (DecryptionFailure). Look at the key that encrypts it"
            ),
        ),
        (
            "put_secret_value",
            "ValidationException",
            "Could not write a version of the secret shop/orders: AWS refused PutSecretValue",
        ),
        (
            "put_secret_value",
            "EncryptionFailure",
            "Could not write a version of the secret shop/orders: KMS refused the key that",
        ),
        (
            "update_secret_version_stage",
            "AccessDeniedException",
            "Could not take ferry-next from the secret shop/orders: AWS denied Update",
        ),
    ],
)
def test_what_aws_refuses_is_one_line(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, operation: str, code: str, why: str
) -> None:
    shop.add()
    client = stubbed(monkeypatch)
    described = {"VersionIdsToStages": {"c" * 32: ["AWSCURRENT"], "n" * 32: ["ferry-next"]}}
    value = {"SecretString": json.dumps(VALUE), "CreatedDate": "2026-01-01T00:00:00Z"}
    answers: dict[str, list[tuple[str, dict[str, Any]]]] = {
        "describe_secret": [],
        "get_secret_value": [("describe_secret", described)],
        "put_secret_value": [
            ("describe_secret", described),
            *[("get_secret_value", value)] * 2,
            ("describe_secret", described),
        ],
        "update_secret_version_stage": [("describe_secret", described)],
    }
    with Stubber(client) as stubber:
        for name, answer in answers[operation]:
            stubber.add_response(name, answer)
        stubber.add_client_error(operation, code, f"1 error: value '{CANARY}'")
        result = ferry("--yes", *(["--drop"] if "stage" in operation else []))

    assert result.stderr.startswith(why)
    assert result.stderr.count("\n") == 1
    assert result.exit_code == 3


def test_a_secret_that_was_changed_meanwhile_is_not_written(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = shop.add()
    while_asked(monkeypatch, lambda: shop.now(arn, pool=5))

    result = ferry("--yes")

    assert result.stderr == (
        "The secret shop/orders was changed meanwhile; nothing was written to it. Run this again: it "
        "reads the secret anew.\n"
    )
    assert result.exit_code == 3
    assert "ferry-next" not in shop.versions(arn)


def test_a_secret_that_is_changed_while_it_is_written_is_said(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = shop.add()
    client = stubbed(monkeypatch)
    client.meta.events.register(
        "after-call.secrets-manager.PutSecretValue", lambda **_: shop.now(arn, pool=5)
    )

    result = ferry("--yes")

    assert result.stderr.startswith(
        "The secret shop/orders was changed while its version under ferry-next was written, which "
        "may be made of an older one."
    )
    assert result.exit_code == 3
    assert shop.under(arn)["AWSCURRENT"] == {**VALUE, "pool": 5}


def test_of_an_answer_that_is_lost_no_second_version_comes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = shop.add()
    client = stubbed(monkeypatch, retries={"mode": "standard"})
    tokens: list[str] = []
    lost = iter([True])

    def once(parsed: dict[str, Any], **_: object) -> None:
        if next(lost, False):
            parsed["Error"] = {"Code": "RequestTimeout", "Message": "lost"}

    events = client.meta.events
    events.register(
        "before-send.secrets-manager.PutSecretValue",
        lambda request, **_: tokens.append(json.loads(request.body)["ClientRequestToken"]),
    )
    events.register(
        "response-received.secrets-manager.PutSecretValue",
        lambda parsed_response, **_: once(parsed_response),
    )

    assert ferry("--yes").exit_code == 0

    assert len(tokens) == 2
    assert tokens[0] == tokens[1] == shop.versions(arn)["ferry-next"]


def test_the_file_has_to_name_secrets(shop: Shop) -> None:
    result = ferry("--yes")

    assert result.stderr.startswith("dev.toml names no secret of an application: cutover.")
    assert result.exit_code == 2
    shop.file.write_text(f"{DEV}[cutover]\n")
    assert ferry("--yes").exit_code == 2


def test_another_accounts_secret_is_wrong_use(shop: Shop) -> None:
    arn = shop.add()
    shop.file.write_text(shop.file.read_text().replace(arn, arn.replace(ACCOUNT, "444455556666")))

    result = ferry("--yes")

    assert "an ARN of account 444455556666 given with aws.account_id" in result.stderr
    assert result.exit_code == 2


def test_without_a_deployment_nobody_is_asked(shop: Shop, s3: S3Client) -> None:
    shop.add()
    environment = find("dev")
    s3.delete_object(Bucket=environment.state_bucket, Key=environment.state_key)

    result = ferry("--yes")

    assert "Deploy it first: cdktf deploy dev" in result.stderr
    assert result.exit_code == 3


def test_it_calls_what_its_iam_document_is_held_against(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """tests/policies sees to it that the document `cutover` lets these pass."""
    shop.add()
    client, called = stubbed(monkeypatch), set()
    client.meta.events.register(
        "before-call.secrets-manager", lambda model, **_: called.add(f"secretsmanager:{model.name}")
    )

    ferry("--yes")
    ferry("--drop", "--yes")

    recorded = set(RECORDED["ferry secret application"])
    assert called == {each for each in recorded if each.startswith("secretsmanager:")}
    assert recorded - called == {"s3:GetObject", "sts:GetCallerIdentity"}


def test_no_password_is_logged(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    shop.add()
    caplog.set_level(logging.DEBUG)
    caplog.clear()

    ferry("--yes", given=json.dumps({shop.arns[0]: {"password": OTHER}}))

    assert OTHER not in caplog.text
    assert CANARY not in caplog.text


def stubbed(monkeypatch: pytest.MonkeyPatch, **config: Any) -> SecretsManagerClient:  # noqa: ANN401 - Config's
    """The client that the command will use."""
    client = boto3.client("secretsmanager", region_name=REGION, config=Config(**config))
    monkeypatch.setattr("ferry.account.account.Account.secretsmanager", client)
    return client


def while_asked(monkeypatch: pytest.MonkeyPatch, change: Callable[[], None]) -> None:
    """Let something happen between reading and writing."""
    given = application_command._given  # noqa: SLF001 - where the command waits for a person

    def waiting(arns: Any) -> Any:  # noqa: ANN401 - as its own
        change()
        return given(arns)

    monkeypatch.setattr(application_command, "_given", waiting)
