from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local_aws.call import Call
from local_aws.faults import Fault, Faults, Refusal, Share
from tests.unit.local_aws.aws import Aws, refused

if TYPE_CHECKING:
    from collections.abc import Iterator


def call(name: str = "rds:CreateDBCluster", *, fingerprint: str = "f", account: str = "1") -> Call:
    service, _, operation = name.partition(":")
    return Call(
        service=service,
        operation=operation,
        account=account,
        region="eu-central-1",
        content_type="application/x-www-form-urlencoded" if service in ("rds", "ec2") else "",
        fingerprint=fingerprint,
        body=b"",
    )


def told(*rules: dict[str, Any], seed: int = 1) -> Faults:
    faults = Faults()
    faults.replace({"seed": seed, "rules": list(rules)})
    return faults


def struck(faults: Faults, calls: list[Call]) -> list[bool]:
    return [faults.strike(each) is not None for each in calls]


def test_without_rules_nothing_is_struck() -> None:
    faults = Faults()
    assert faults.strike(call()) is None
    assert faults.report() == {"seed": 0, "rules": 0, "injected": 0, "operations": {}}


def test_about_the_share_is_struck() -> None:
    hits = sum(struck(told({"share": 0.1}), [call(fingerprint=str(n)) for n in range(2000)]))
    assert 150 < hits < 250


def test_all_or_nothing() -> None:
    calls = [call(fingerprint=str(n)) for n in range(50)]
    assert struck(told({"share": 1}), calls) == [True] * 50
    assert struck(told({"share": 0}), calls) == [False] * 50


def test_the_order_of_calls_is_no_matter() -> None:
    calls = [call(fingerprint=str(n)) for n in range(100)]
    forwards = struck(told({"share": 0.3}), calls)
    backwards = struck(told({"share": 0.3}), calls[::-1])
    assert forwards == backwards[::-1]


def test_another_seed_strikes_others() -> None:
    calls = [call(fingerprint=str(n)) for n in range(100)]
    assert struck(told({"share": 0.3}, seed=1), calls) != struck(
        told({"share": 0.3}, seed=2), calls
    )


def test_a_repeated_call_is_drawn_anew() -> None:
    attempts = struck(told({"share": 0.5}), [call()] * 64)
    assert True in attempts
    assert False in attempts


@pytest.mark.parametrize(
    ("rule", "matching", "other"),
    [
        ({"services": ["rds"]}, call("rds:X"), call("s3:PutObject")),
        ({"except_services": ["s3"]}, call("rds:X"), call("s3:PutObject")),
        ({"operations": ["rds:X"]}, call("rds:X"), call("rds:Y")),
        ({"accounts": ["1"]}, call(account="1"), call(account="2")),
    ],
)
def test_a_rule_may_be_about_some_calls(rule: dict[str, Any], matching: Call, other: Call) -> None:
    assert struck(told({"share": 1, **rule}), [matching, other]) == [True, False]


def test_a_named_call_is_refused_so_many_times() -> None:
    faults = told({"operations": ["rds:ModifyDBCluster"], "times": 2})
    calls = [call("rds:ModifyDBCluster", fingerprint=str(n)) for n in range(4)]
    assert struck(faults, [call("rds:CreateDBCluster"), *calls]) == [
        False,
        True,
        True,
        False,
        False,
    ]
    assert faults.report() == {
        "seed": 1,
        "rules": 1,
        "injected": 2,
        "operations": {"rds:ModifyDBCluster": 2},
    }


def test_new_rules_count_from_nothing() -> None:
    faults = told({"share": 1})
    faults.strike(call())
    faults.replace({})
    assert faults.report()["injected"] == 0
    assert faults.strike(call()) is None


@pytest.mark.parametrize(
    ("name", "code", "status"),
    [
        ("dms:X", b"ThrottlingException", 400),
        ("kms:X", b"ThrottlingException", 400),
        ("rds:X", b"Throttling", 400),
        ("ec2:X", b"RequestLimitExceeded", 503),
        ("s3:PutObject", b"SlowDown", 503),
    ],
)
def test_each_service_throttles_in_its_own_words(name: str, code: bytes, status: int) -> None:
    fault = Fault(call=call(name), rule=Share(share=1, kind="throttle"))
    assert fault.reply().status == status
    assert code in fault.reply().body
    assert not fault.executes


def test_an_answer_is_lost_as_503() -> None:
    fault = Fault(call=call(), rule=Share(share=1, kind="throttle", moment="after"))
    assert fault.executes
    assert fault.reply().status == 503


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"share": 0.1}, "unknown key 'share': give seed and rules"),
        ({"rules": [{"share": 2}]}, "share 2: give a number from 0 to 1"),
        ({"rules": [{"share": 1, "kind": "x"}]}, "kind 'x': give throttle or unavailable"),
        ({"rules": [{"share": 1, "moment": "x"}]}, "moment 'x': give before or after"),
        (
            {"rules": [{"times": 1}]},
            "a refusal names its operations, such as rds:ModifyDBCluster",
        ),
        (
            {"rules": [{"operations": ["a:B"], "status": 503}]},
            "status 503: give one from 400 to 499",
        ),
    ],
)
def test_rules_that_make_no_sense_are_refused(document: dict[str, Any], message: str) -> None:
    faults = told({"share": 1})
    with pytest.raises(ValueError, match=f"^{message}$"):
        faults.replace(document)
    assert faults.strike(call()) is not None


def test_a_rule_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^a rule that cannot be read: .*'colour'"):
        told({"share": 1, "colour": "red"})


def test_the_rules_are_values() -> None:
    assert Refusal(operations=frozenset({"a:B"})) == Refusal(operations=frozenset({"a:B"}))


# Through the server


@pytest.fixture
def server(aws: Aws) -> Iterator[Aws]:
    """The server, which afterwards has no rules left."""
    yield aws
    aws.post("/local-aws/faults", {})


def tell(aws: Aws, **rule: object) -> None:
    report = aws.post(
        "/local-aws/faults", {"seed": 3, "rules": [{"accounts": [aws.account], **rule}]}
    )
    assert report == {"seed": 3, "rules": 1, "injected": 0, "operations": {}}


def test_a_call_refused_before_it_is_executed_does_nothing(server: Aws) -> None:
    tell(server, operations=["sns:CreateTopic"])
    with refused("AccessDenied", "local AWS was told to refuse sns:CreateTopic"):
        server.topic_arn()
    assert server.sns.list_topics()["Topics"] == []
    server.topic_arn()
    assert server.get("/local-aws/faults")["operations"] == {"sns:CreateTopic": 1}


def test_a_call_whose_answer_is_lost_was_executed(server: Aws) -> None:
    tell(server, share=1, moment="after", services=["sns"])
    with refused("ServiceUnavailable"):
        server.topic_arn()
    server.post("/local-aws/faults", {})
    assert len(server.sns.list_topics()["Topics"]) == 1
    calls = server.get(f"/local-aws/calls?account={server.account}&operation=CreateTopic")["calls"]
    assert [(each["status"], each["injected"]) for each in calls] == [(503, True)]


def test_s3_is_struck_too(server: Aws) -> None:
    tell(server, share=1, kind="throttle", services=["s3"])
    with refused("SlowDown"):
        server.s3.list_buckets()


def test_rules_that_cannot_be_read_are_answered(server: Aws) -> None:
    answer = server.post("/local-aws/faults", {"rules": [{"share": 7}]})
    assert answer == {"status": 400, "error": "share 7: give a number from 0 to 1"}
    assert server.request("POST", "/local-aws/faults", b"{")["status"] == 400
