"""`ferry subscribe`: SNS alone is given the URL, which is a secret."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner, Result

from ferry.cli import subscribe as subscribe_command
from ferry.cli.app import app
from tests.unit.ferry.conftest import ACCOUNT
from tests.unit.ferry.environments import DEV

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_sns import SNSClient

CANARY = "canary7f3a9c"
URL = f"https://events.pagerduty.com/integration/{CANARY}/enqueue"
TOPIC = f"arn:aws:sns:eu-central-1:{ACCOUNT}:aurora-ferry-dev-alarms"
HEAD = f"Who is told of dev, in account {ACCOUNT}, eu-central-1"
NEXT = "Next: ferry check deployment dev; it says whether the page has confirmed"
EMAILS = 'emails = ["dba@example.org"]'


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment's file, which names two hosts."""
    file = tmp_path / "environments" / "dev.toml"
    file.parent.mkdir()
    hosts = 'https_hosts = ["events.pagerduty.com", "events.eu.pagerduty.com"]'
    file.write_text(DEV.replace(EMAILS, f"{EMAILS}\n{hosts}"))
    monkeypatch.setattr("ferry.environments.FOLDER", file.parent)
    return file


@pytest.fixture
def sns(aws: None) -> SNSClient:  # noqa: ARG001 - asked for its effect
    """SNS, with the environment's topic."""
    client = boto3.client("sns", region_name="eu-central-1")
    client.create_topic(Name="aurora-ferry-dev-alarms")
    return client


def ferry(given: str = URL) -> Result:
    """Run the command; what it says never holds the URL."""
    result = CliRunner().invoke(app, ["subscribe", "dev"], input=given, prog_name="ferry")
    assert CANARY not in result.output
    return result


def receivers(sns: SNSClient) -> list[tuple[str, str]]:
    found = sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]
    return [(one["Protocol"], one["Endpoint"]) for one in found]


@pytest.mark.usefixtures("dev")
@pytest.mark.parametrize("given", [URL, f"{URL}\n", f"  {URL}\r\n"])
def test_the_page_is_subscribed(sns: SNSClient, given: str) -> None:
    result = ferry(given)

    assert result.stdout.splitlines() == [
        HEAD,
        "  set            a page of events.pagerduty.com, which SNS asks to confirm",
        NEXT,
    ]
    assert (result.stderr, result.exit_code) == ("", 0)
    assert receivers(sns) == [("https", URL)]


@pytest.mark.usefixtures("dev")
def test_a_page_that_has_confirmed_is_left_alone(sns: SNSClient) -> None:
    sns.subscribe(TopicArn=TOPIC, Protocol="https", Endpoint=URL)

    result = ferry()

    assert result.stdout.splitlines()[1] == (
        "  nothing to do  a page of events.pagerduty.com, which has confirmed"
    )
    assert receivers(sns) == [("https", URL)]


@pytest.mark.usefixtures("dev")
def test_a_page_that_has_not_confirmed_is_asked_again(
    sns: SNSClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending = {
        "SubscriptionArn": "PendingConfirmation",
        "Protocol": "https",
        "Endpoint": URL,
        "TopicArn": TOPIC,
        "Owner": ACCOUNT,
    }
    stub = Stubber(sns)
    stub.add_response("list_subscriptions_by_topic", {"Subscriptions": [pending]})
    stub.add_response("subscribe", {"SubscriptionArn": "pending confirmation"})
    monkeypatch.setattr("ferry.account.Account.sns", sns)
    with stub:
        result = ferry()

    assert "which SNS asks to confirm" in result.stdout
    stub.assert_no_pending_responses()


@pytest.mark.usefixtures("dev", "sns")
def test_the_person_at_the_terminal_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribe_command, "at_terminal", lambda: True)

    assert ferry(f"{URL}\n").exit_code == 0


@pytest.mark.usefixtures("dev", "sns")
def test_standard_input_that_is_closed_holds_no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    assert subscribe_command.read() == ""


@pytest.mark.usefixtures("dev", "sns")
@pytest.mark.parametrize(
    "given",
    [
        "",
        f"http://events.pagerduty.com/{CANARY}",
        f"events.pagerduty.com/{CANARY}",
        f"https:///{CANARY}",
        f"https://[events.pagerduty.com/{CANARY}",
        f"https://events.pagerduty.com:port/{CANARY}",
        f"https://events.pagerduty.com/{CANARY} {CANARY}",
        f"https://events.pagerduty.com/{CANARY}\n{CANARY}",
        f"https://events.pagerduty.com/{CANARY}é",
        f"https://events.pagerduty.com/{CANARY}{'a' * 2048}",
    ],
)
def test_whatever_is_no_such_url_is_refused(given: str) -> None:
    result = ferry(given)

    assert result.stderr.strip() == (
        "What was given is no URL that begins with https:// and names a host; give the one that the "
        "on-call service shows for Amazon SNS."
    )
    assert result.exit_code == 2


@pytest.mark.usefixtures("dev", "sns")
@pytest.mark.parametrize(
    "host", ["hooks.example.org", "events.pagerduty.com.example.org", "pagerduty.com"]
)
def test_a_host_that_the_file_does_not_name_is_refused(host: str) -> None:
    result = ferry(f"https://{host}/{CANARY}")

    assert result.stderr.strip() == (
        f"The URL is of the host {host}; dev.toml allows events.pagerduty.com, "
        "events.eu.pagerduty.com. Give a URL of one of these, or add the host to alarms.https_hosts."
    )
    assert result.exit_code == 2


@pytest.mark.usefixtures("dev", "sns")
def test_user_and_password_before_the_host_are_no_host() -> None:
    assert ferry(f"https://events.pagerduty.com:{CANARY}@example.org/x").exit_code == 2
    assert ferry(f"https://me:{CANARY}@events.pagerduty.com/x").exit_code == 0


@pytest.mark.usefixtures("aws")
def test_a_file_without_hosts(dev: Path) -> None:
    dev.write_text(DEV)

    result = ferry()

    assert result.stderr.strip() == (
        "'dev' names no host that may be subscribed: add the URL's host to alarms.https_hosts in "
        "dev.toml."
    )
    assert result.exit_code == 2


@pytest.mark.usefixtures("aws")
def test_a_topic_of_ones_own_is_left_alone(dev: Path) -> None:
    own = f"arn:aws:sns:eu-central-1:{ACCOUNT}:on-call"
    dev.write_text(DEV.replace(EMAILS, f'topic_arn = "{own}"'))

    result = ferry()

    assert result.stderr.strip() == (
        f"'dev' brings its own topic (alarms.topic_arn = {own}), and ferry leaves it alone: subscribe "
        "to it where it is made."
    )
    assert result.exit_code == 2


@pytest.mark.usefixtures("dev", "aws")
def test_an_environment_that_is_not_deployed() -> None:
    result = ferry()

    assert result.exit_code == 3
    assert f"Could not look who is subscribed to the topic {TOPIC}" in result.stderr


@pytest.mark.usefixtures("dev")
def test_what_aws_says_of_a_refused_url_is_not_shown(
    sns: SNSClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = Stubber(sns)
    stub.add_response("list_subscriptions_by_topic", {"Subscriptions": []})
    stub.add_client_error("subscribe", "InvalidParameter", f"Invalid parameter: Endpoint {URL}")
    monkeypatch.setattr("ferry.account.Account.sns", sns)
    with stub:
        result = ferry()

    assert result.exit_code == 3
    assert "AWS refused Subscribe (InvalidParameter); its message is not shown" in result.stderr
