"""Tags and texts that AWS does not take."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferry.review import Danger, masked, read_plan, review
from ferry.review.rules.combined.limits import LIMITS
from tests.unit.ferry.review.plans import UNKNOWN, change, effects, plan_text, reviewed, update

CLUSTER, ROLE, RULE = "aws_rds_cluster", "aws_iam_role", "aws_vpc_security_group_ingress_rule"
LETTERS = "letters, digits, spaces and _.:/=+@-"
OF_EC2 = (
    "it takes 255 characters at most, letters from a to z, digits, spaces and ._-:/()#,@[]+=&;{}!$*"
)
SPELT = "IAM tells a role's tags apart without regard to small and large letters:"
DRAWN = (
    "CloudWatch refuses a dashboard of more than 500 widgets, of more than 500 metrics in one of them "
    "or 2500 in all."
)

OF_AWS = 'KMS refuses "{}": names that begin with alias/aws/ are those of AWS\'s own keys.'
OF_A_PATH = (
    'IAM refuses the path "{}": it begins and ends with a slash, and what is below /aws-service-role/ '
    "or /aws-reserved/ is AWS's own."
)
NUMBERED = "DMS refuses table mappings of which two rules bear one rule-id or rule-name."
TASK = "aws_dms_replication_task"
BEGIN = (
    "EC2 refuses the",
    "Secr",
    "SNS ",
    "CloudWatch ",
    "KMS refuses",
    "DMS refuses table",
    "IAM refuses the path",
)


def widgets(*metrics: int) -> str:
    return json.dumps({"widgets": [{"properties": {"metrics": [["m"]] * it}} for it in metrics]})


def numbered(*them: tuple[Any, str]) -> str:
    return json.dumps({"rules": [{"rule-id": id_, "rule-name": name} for id_, name in them]})


TAGS: list[tuple[str, dict[str, str], dict[str, str], str]] = [
    (CLUSTER, {}, {"Name": "Ärger 2 _.:/=+@-"}, ""),
    (CLUSTER, {}, {"k" * 128: "v" * 256}, ""),
    (CLUSTER, {}, {"k" * 129: ""}, f"A tag's key has 1 to 128 characters: AWS refuses {'k' * 129}."),
    (CLUSTER, {}, {"": "x"}, "A tag's key has 1 to 128 characters: AWS refuses ."),
    (CLUSTER, {}, {"k": "v" * 257},
     "A tag's value has 256 characters at most: AWS refuses what k says."),
    (CLUSTER, {}, {"k": "a;b"}, f"A tag has {LETTERS} alone: AWS refuses k."),
    (CLUSTER, {}, {"a,b": ""}, f"A tag has {LETTERS} alone: AWS refuses a,b."),
    ("aws_vpc", {}, {"k": "a;b"},
     f"In a tag every service takes {LETTERS}: no rule says that this one takes k."),
    (CLUSTER, {"k": "a;b"}, {"k": "a;b", "more": "x"}, ""),
    (CLUSTER, {}, {"Aws:x": "x"},
     "AWS keeps tags that begin with aws: for itself: it refuses Aws:x."),
    (ROLE, {"Team": "x"}, {"Team": "x", "team": "x"},
     f"{SPELT} it refuses team beside another that is spelt like it."),
    (ROLE, {"Team": "x"}, {"team": "x"}, ""),
    (ROLE, {"Team": "x", "team": "x"}, {"Team": "y", "team": "x"}, ""),
    (CLUSTER, {"Team": "x"}, {"Team": "x", "team": "x"}, ""),
    (CLUSTER, {}, {f"k{it}": "" for it in range(50)}, ""),
    (CLUSTER, {}, {f"k{it}": "" for it in range(51)},
     "A resource has 50 tags at most: AWS refuses more."),
    (CLUSTER, {f"k{it}": "" for it in range(51)}, {f"k{it}": "x" for it in range(51)}, ""),
]  # fmt: skip
"""Type, tags, what they become, and what is said of it."""


def of_tags(found: list[str]) -> list[str]:
    return [it for it in found if " tag" in it and "tags_all is harmless" not in it]


@pytest.mark.parametrize(("type_", "before", "after", "says"), TAGS)
def test_tags_that_aws_refuses(
    type_: str, before: dict[str, str], after: dict[str, str], says: str
) -> None:
    expected = [says] if says else []
    for side in ("tags", "tags_all"):
        assert of_tags(effects(reviewed(update(type_, {side: before}, **{side: after})))) == (
            expected if side == "tags_all" else []
        )
    unknown = {"tags": after, "tags_all": UNKNOWN}
    item = change(type_, "update", {"tags": before, "tags_all": before}, unknown)
    assert of_tags(effects(reviewed(item))) == expected


def test_tags_of_what_is_found_have_been_taken() -> None:
    item = update(CLUSTER, {"tags_all": {}}, tags_all={"k": "a;b"})
    assert of_tags(effects(reviewed(resource_drift=[item]))) == []


def test_tags_that_are_no_tags_are_not_looked_into() -> None:
    for odd in (None, ["a;b"], {"k": None}, {"k": 1}):
        assert of_tags(effects(reviewed(update(CLUSTER, {"tags_all": {}}, tags_all=odd)))) == []


SAMPLES: list[tuple[str, str, Any, str]] = [
    *(
        (type_, attribute, text, f'EC2 refuses the {attribute} "{text}": {OF_EC2}' if refused else "")
        for type_, attribute in (
            ("aws_security_group", "description"),
            ("aws_security_group", "name"),
            (RULE, "description"),
            ("aws_vpc_security_group_egress_rule", "description"),
        )
        for text, refused in (
            ("a-Z 09 ._:/()#,@[]+=&;{}!$*", False),
            ("x" * 255, False),
            ("x" * 256, True),
            ("ü", True),
            ("it's", True),
        )
    ),
    (RULE, "description", None, ""),
    (RULE, "description", UNKNOWN, ""),
    ("aws_secretsmanager_secret", "description", "x" * 2048, ""),
    ("aws_secretsmanager_secret", "description", "x" * 2049,
     "Secrets Manager refuses a description of more than 2,048 characters."),
    ("aws_sns_topic", "display_name", "x" * 100, ""),
    ("aws_sns_topic", "display_name", "x" * 101,
     "SNS refuses a display name of more than 100 characters."),
    ("aws_cloudwatch_dashboard", "dashboard_body", widgets(*[5] * 500), ""),
    ("aws_cloudwatch_dashboard", "dashboard_body", widgets(*[0] * 501), DRAWN),
    ("aws_cloudwatch_dashboard", "dashboard_body", widgets(501), DRAWN),
    ("aws_cloudwatch_dashboard", "dashboard_body", widgets(*[500] * 5, 1), DRAWN),
    ("aws_cloudwatch_dashboard", "dashboard_body", "no JSON", ""),
    ("aws_cloudwatch_dashboard", "dashboard_body", "[]", ""),
    ("aws_cloudwatch_dashboard", "dashboard_body", None, ""),
    ("aws_kms_alias", "name", "alias/aws/x", OF_AWS.format("alias/aws/x")),
    ("aws_kms_alias", "name", "alias/aws-x", ""),
    ("aws_kms_alias", "name_prefix", "alias/aws/", OF_AWS.format("alias/aws/")),
    ("aws_kms_alias", "name", UNKNOWN, ""),
    *((ROLE, "path", it, "") for it in ("/", "/databases/", "/a/b/", None, UNKNOWN)),
    *(
        (ROLE, "path", it, OF_A_PATH.format(it))
        for it in ("databases", "/databases", "/aws-service-role/rds.amazonaws.com/", "/aws-reserved/")
    ),
    (TASK, "table_mappings", numbered(("1", "a"), ("2", "b")), ""),
    (TASK, "table_mappings", numbered(("1", "a"), (1, "b")), NUMBERED),
    (TASK, "table_mappings", numbered(("1", "a"), ("2", "a")), NUMBERED),
    (TASK, "table_mappings", json.dumps({"rules": [{}, {}]}), ""),
    (TASK, "table_mappings", "no JSON", ""),
]  # fmt: skip
"""Type, attribute, what it becomes, and what is said of it."""


@pytest.mark.parametrize(("type_", "attribute", "text", "says"), SAMPLES)
def test_texts_that_aws_refuses(type_: str, attribute: str, text: Any, says: str) -> None:  # noqa: ANN401 (JSON)
    for item in (
        change(type_, "update", {attribute: "x"}, {attribute: text}),
        change(type_, "create", None, {attribute: text}),
    ):
        found = reviewed(item).findings
        told = [it.effect.text() for it in found if it.danger is Danger.REFUSED]
        assert [it for it in told if it.startswith(BEGIN)] == ([says] if says else [])


def test_a_text_that_is_found_has_been_taken() -> None:
    found = reviewed(resource_drift=[update(RULE, {"description": "x"}, description="ü")])
    assert not any("EC2 refuses" in it for it in effects(found))


def test_every_limit_has_a_sample_and_a_page() -> None:
    said = " ".join(it[3] for it in SAMPLES)
    for row in LIMITS:
        assert row.source.startswith("https://docs.aws.amazon.com/")
        assert row.effect.partition("{")[0] in said


def test_whether_aws_takes_a_hidden_text_nobody_can_tell() -> None:
    """In a plan that was masked for a pull request."""
    rule = change(
        "aws_vpc_security_group_ingress_rule", "update", {"description": "a"}, {"description": "b"}
    )
    marks = {"before_sensitive": {"description": True}, "after_sensitive": {"description": True}}
    text = plan_text(rule | {"change": rule["change"] | marks})

    found = review(read_plan(masked(text)), environment="dev", block=frozenset())

    assert "Whether AWS takes its description is hidden." in effects(found)
