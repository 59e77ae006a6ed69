"""What the stack wants, the state holds and AWS has, compared."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import boto3
import pytest
from botocore.stub import Stubber

from ferry.adopt import search as search_module
from ferry.adopt.listing import import_blocks, steps, summary
from ferry.adopt.search import Found, search
from ferry.adopt.stack import Wanted, read_stack
from ferry.deployment import State
from ferry.errors import FerryError
from tests.unit.ferry.conftest import REGION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ferry.account import Account
    from ferry.adopt.finders import Given

NOWHERE = cast("Account", SimpleNamespace())


# --- the stack's JSON


def test_the_stacks_resources_are_read(tmp_path: Path) -> None:
    file = tmp_path / "cdk.tf.json"
    file.write_text(
        json.dumps(
            {
                "data": {"aws_iam_roles": {"roles": {}}},
                "resource": {"aws_vpc": {"vpc": {"cidr_block": "10.0.0.0/16"}}},
            }
        )
    )

    (wanted,) = read_stack(file)

    assert wanted == Wanted(type="aws_vpc", name="vpc", arguments={"cidr_block": "10.0.0.0/16"})
    assert wanted.address == "aws_vpc.vpc"


def test_a_stack_that_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "cdk.tf.json"

    with pytest.raises(FerryError) as raised:
        read_stack(file)

    assert str(raised.value) == (
        f"The stack's JSON {file} cannot be read (No such file or directory). Run 'cdktf synth' "
        "first, or name the file with --stack."
    )


@pytest.mark.parametrize(
    "text",
    ["{", "{}", "[]", '{"resource": []}', "[" * 100_000],
    ids=["broken", "empty", "list", "no resources", "deep"],
)
def test_a_file_that_is_no_stack(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cdk.tf.json"
    file.write_text(text)

    with pytest.raises(FerryError) as raised:
        read_stack(file)

    assert str(raised.value) == (
        f"{file} is not a stack's JSON: it has no resources. Name the cdk.tf.json of the stack "
        "with --stack, or run 'cdktf synth' again."
    )


# --- the search


def finds(*ids: str) -> Callable[[Account, Given], list[str]]:
    return lambda _, __: list(ids)


def refers(argument: str) -> Callable[[Account, Given], list[str]]:
    """A finder whose id is made of another resource's."""
    return lambda _, given: [f"of-{given[argument]}"]


def found(
    monkeypatch: pytest.MonkeyPatch,
    finders: dict[str, Callable[[Account, Given], list[str]]],
    *,
    ids: dict[str, str] | None = None,
    **arguments: str,
) -> Found:
    """Search for one resource of each type, named `x`."""
    monkeypatch.setattr(search_module, "FINDERS", finders)
    wanted = [Wanted(type=type_, name="x", arguments=arguments) for type_ in finders]
    state = State(resources={address: {"id": each} for address, each in (ids or {}).items()})
    return search(wanted, state=state, account=NOWHERE)


def test_what_exists_and_is_in_no_state_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(monkeypatch, {"aws_vpc": finds("vpc-1")}) == Found(imports={"aws_vpc.x": "vpc-1"})


def test_what_does_not_exist_is_left_to_terraform(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(monkeypatch, {"aws_vpc": finds()}) == Found()


def test_what_the_state_holds_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    held = {"aws_vpc.x": "vpc-1"}

    assert found(monkeypatch, {"aws_vpc": finds("vpc-1")}, ids=held) == Found()


def test_a_double_of_what_the_state_holds_is_left_over(monkeypatch: pytest.MonkeyPatch) -> None:
    held = {"aws_vpc.x": "vpc-1"}

    assert found(monkeypatch, {"aws_vpc": finds("vpc-1", "vpc-2")}, ids=held) == Found(
        left_over={"aws_vpc.x": ["vpc-2"]}
    )


def test_a_name_that_aws_holds_unique_is_not_looked_for_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = {"aws_db_subnet_group.x": "one"}

    assert found(monkeypatch, {"aws_db_subnet_group": finds("other")}, ids=held) == Found()


def test_a_person_chooses_among_several(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(monkeypatch, {"aws_vpc": finds("vpc-1", "vpc-2")}) == Found(
        ambiguous={"aws_vpc.x": ["vpc-1", "vpc-2"]}
    )


def test_what_terraform_makes_again_without_harm_is_not_looked_for() -> None:
    wanted = Wanted(type="aws_iam_role_policy", name="x", arguments={})

    assert search([wanted], state=State(), account=NOWHERE) == Found()


def test_a_type_that_is_not_known_is_told() -> None:
    wanted = Wanted(type="aws_new", name="x", arguments={})

    assert search([wanted], state=State(), account=NOWHERE) == Found(unknown=["aws_new.x"])


def test_a_reference_leads_to_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    finders = {"aws_vpc": finds("vpc-1"), "aws_route": refers("vpc")}

    assert found(monkeypatch, finders, vpc="${aws_vpc.x.id}").imports["aws_route.x"] == "of-vpc-1"


def test_a_reference_leads_to_what_the_state_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    finders = {"aws_vpc": finds(), "aws_route": refers("vpc")}
    held = {"aws_vpc.x": "vpc-2"}

    assert found(monkeypatch, finders, ids=held, vpc="${aws_vpc.x.id}").imports == {
        "aws_route.x": "of-vpc-2"
    }


@pytest.mark.parametrize("ids", [(), ("vpc-1", "vpc-2")])
def test_what_belongs_to_nothing_certain_does_not_exist(
    monkeypatch: pytest.MonkeyPatch, ids: tuple[str, ...]
) -> None:
    finders = {"aws_vpc": finds(*ids), "aws_route": refers("vpc")}

    assert found(monkeypatch, finders, vpc="${aws_vpc.x.id}").imports == {}


def test_an_argument_may_name_what_others_made(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(monkeypatch, {"aws_route": refers("vpc")}, vpc="vpc-9").imports == {
        "aws_route.x": "of-vpc-9"
    }


def test_aws_is_asked_once_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(_: Account, __: Given) -> list[str]:
        asked.append("vpc")
        return ["vpc-1"]

    found(monkeypatch, {"aws_vpc": ask, "aws_route": refers("vpc")}, vpc="${aws_vpc.x.id}")

    assert asked == ["vpc"]


@pytest.mark.usefixtures("credentials")
def test_what_aws_refuses_says_what_was_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ec2 = boto3.client("ec2", region_name=REGION)

    with Stubber(ec2) as stub:
        stub.add_client_error("describe_vpcs", "AccessDenied", "no")
        with pytest.raises(FerryError, match=r"^Could not look for aws_vpc\.x: AWS denied"):
            found(monkeypatch, {"aws_vpc": lambda _, __: [str(ec2.describe_vpcs())]})


# --- what is shown


def test_import_blocks() -> None:
    assert import_blocks({"aws_vpc.a": "vpc-1", "aws_route.b": 'r"1'}) == (
        'import {\n  to = aws_vpc.a\n  id = "vpc-1"\n}\n'
        'import {\n  to = aws_route.b\n  id = "r\\"1"\n}'
    )


@pytest.mark.parametrize(
    ("id_", "written"),
    [
        ('${file("/etc/passwd")}', r'"$${file(\"/etc/passwd\")}"'),
        ("%{ if true }", '"%%{ if true }"'),
        ("a\\\nb\x08", r'"a\\\nb\u0008"'),
        ("\x9b2J\u202e##[x]", r'"\u009b2J\u202e\u0023#[x]"'),
    ],
)
def test_an_id_is_data_to_terraform_and_to_a_terminal(id_: str, written: str) -> None:
    assert import_blocks({"aws_vpc.a": id_}) == f"import {{\n  to = aws_vpc.a\n  id = {written}\n}}"


def test_what_is_typed_is_quoted_for_the_shell() -> None:
    found = Found(ambiguous={"aws_vpc.b": ["$(id)", "vpc-3"]})

    assert list(steps(found, State(tainted=('aws_new.a["x"]',)))) == [
        (
            "Marked as half made, though it exists; before you apply: "
            """terraform untaint 'aws_new.a["x"]'"""
        ),
        (
            "Several exist for aws_vpc.b: '$(id)', vpc-3. Import the one that is in use: "
            "terraform import aws_vpc.b ID; then run this again."
        ),
    ]


def test_what_a_person_has_to_do() -> None:
    found = Found(
        imports={"aws_vpc.a": "vpc-1"},
        ambiguous={"aws_vpc.b": ["vpc-2", "vpc-3"]},
        left_over={"aws_vpc.c": ["vpc-4"]},
        unknown=["aws_new.d"],
    )

    assert list(steps(found, State(tainted=("aws_rds_cluster.e",)))) == [
        (
            "Marked as half made, though it exists; before you apply: "
            "terraform untaint aws_rds_cluster.e"
        ),
        (
            "Several exist for aws_vpc.b: vpc-2, vpc-3. Import the one that is in use: "
            "terraform import aws_vpc.b ID; then run this again."
        ),
        (
            "Left over: vpc-4 has the name of aws_vpc.c, which the state holds as another. Nothing uses "
            "it unless somebody made it on purpose: look, then delete it."
        ),
        "Not looked for: aws_new.d, a type that ferry does not know.",
    ]
    assert list(steps(Found(), State())) == []


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        ((), "Nothing to import: the state holds all that exists."),
        (
            ("vpc-1",),
            (
                "1 resource exists and is in no state: the import blocks on standard output bring in "
                "what is missing with the next apply."
            ),
        ),
        (
            ("vpc-1", "vpc-2"),
            (
                "2 resources exist and are in no state: the import blocks on standard output bring in "
                "what is missing with the next apply."
            ),
        ),
    ],
)
def test_how_much_was_found(ids: tuple[str, ...], said: str) -> None:
    assert summary(Found(imports={f"aws_vpc.{id_}": id_ for id_ in ids})) == said
