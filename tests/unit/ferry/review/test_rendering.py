"""The report in its three forms: whole, masked, inert, not too long."""

from __future__ import annotations

import json
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ferry.review import Phrase, Review, ours, read_plan, review
from ferry.review.report import as_json, as_markdown, as_text
from ferry.review.report.fitting import LIMIT_BYTES, Piece, fitted
from ferry.review.report.inert import code, code_in_html, code_in_table
from tests.unit.ferry.review.plans import change, plan_text, reviewed, stack_of, stays, update

if TYPE_CHECKING:
    from collections.abc import Callable

    from ferry.review.plan.values import Json

GITHUB_S_LIMIT = 65_536
FORMS = [as_markdown, as_text, as_json]
CLUSTER = "aws_rds_cluster"

DANGEROUS = (
    change(CLUSTER, "replace", {"id": "c", "skip_final_snapshot": True}, {"id": "d"},
           replace_paths=[["kms_key_id"]]),
    update("aws_rds_cluster_instance",
           {"instance_class": "db.r6g.large", "preferred_maintenance_window": "sun:03:00-sun:04:00"},
           instance_class="db.r6g.xlarge"),
    update("aws_dms_replication_task", {"table_mappings": '{"a": 1}', "status": "running"},
           table_mappings='{"a": 2}'),
    change("aws_vpc_security_group_ingress_rule", "create", None, {
        "security_group_id": "sg-1", "cidr_ipv4": "0.0.0.0/0", "ip_protocol": "tcp",
        "from_port": 5432, "to_port": 5432, "description": "Everyone",
    }),
    update("aws_sns_topic_policy", {"policy": "{}"}, policy=json.dumps({"Statement": {
        "Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "arn:topic",
        "Condition": {"Bool": {"aws:SecureTransport": "true"}},
    }})),
    change("aws_sns_topic_subscription", "delete", {"endpoint": "a@example.org"}),
    update("aws_vpc", {"tags": {"a": "b"}}, tags={"a": "c"}),
    change("aws_unheard_of", "create", None, {"a": 1}),
)  # fmt: skip


def dangerous(**parts: Json) -> Review:
    return reviewed(
        *DANGEROUS,
        resource_drift=[update("aws_eip", {"tags": {"team": "a"}}, tags={"team": "b"})],
        output_changes={"endpoint": {"actions": ["update"]}},
        stack=stack_of(aws_rds_cluster={}),
        **parts,
    )


def test_the_parts_of_the_report_stand_in_their_order() -> None:
    lines = as_markdown(dangerous()).splitlines()
    assert lines[0] == "## `dev`: blocked, and not all of it could be judged"
    assert [line for line in lines if line.startswith("### ")] == [
        "### Data at risk",
        "### Interruptions",
        "### Replication (DMS)",
        "### Security",
        "### IAM statements",
        "### Security group rules",
        "### Other effects",
        "### All changes, by construct",
        "### Changed outside Terraform since its last run",
        "### What I did not look at in this plan",
    ]


def test_the_lead_says_what_led_to_the_verdict() -> None:
    lead = as_markdown(dangerous()).split("\n### ")[0].splitlines()
    assert lead[2] == (
        "- Do not apply it: change the plan. What blocks is set in the environment's file, under "
        "[review]."
    )
    assert lead[3] == "- Terraform `1.11.4`."
    assert lead[4] == "- Resources: 2 to create, 4 to change, 1 to destroy, 1 to replace."
    assert lead[5].startswith("- Blocks: data loss: `aws_rds_cluster/it`. The cluster is replaced")
    assert lead[5].endswith(" When: at once, when the plan is applied.")
    assert lead[-1] == "- Not judged: 1, listed at the end. Look at them yourself."


def test_an_interruption_says_what_when_how_long_and_why() -> None:
    (row,) = [
        it
        for it in as_markdown(dangerous()).splitlines()
        if "instance_class" in it and it[0] == "|" and "Attribute" not in it and "stopped" in it
    ]
    assert row == (
        "| second reviewer, interruption | `aws_rds_cluster_instance.it` `instance_class` | The "
        'writer, or what may be the writer, is stopped and started as `"db.r6g.xlarge"`, no longer '
        '`"db.r6g.large"`. [source](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/'
        "Aurora.Modifying.html) | in the next maintenance window, `sun:03:00-sun:04:00` UTC | about "
        "a minute with a reader to fail over to, about ten without | Change the readers first and "
        "fail over to one of them by hand. |"
    )


def test_statements_and_rules_stand_in_tables() -> None:
    text = as_markdown(dangerous())
    assert (
        "| added | `aws_sns_topic_policy.it` | allow | `*` | `sns:Publish` | `arn:topic` | `Bool "
        "aws:SecureTransport true` |" in text
    )
    assert (
        "| added | `aws_vpc_security_group_ingress_rule.it` | in | `tcp 5432` | `0.0.0.0/0` | "
        "`Everyone` |" in text
    )


def test_every_change_has_a_line_and_its_attributes_folded() -> None:
    text = as_markdown(dangerous())
    assert (
        "<details><summary>change <code>aws_vpc.it</code>: Tags; nothing restarts, nobody "
        "gets in by them.</summary>\n\n| Attribute | Before | After |\n"
        '| --- | --- | --- |\n| `tags.a` | `"b"` | `"c"` |\n\n</details>' in text
    )
    assert (
        "replace <code>aws_rds_cluster/it</code> (<code>aws_rds_cluster.it</code>), because of"
        in text
    )
    assert "- change output `endpoint`" in text
    assert "- destroy `aws_sns_topic_subscription.it`: see above" in text


def test_a_line_says_what_else_happens() -> None:
    moved = stays("aws_vpc", "a")
    moved["previous_address"] = "aws_vpc.b"
    imported = change(
        "aws_eip", "update", {"tags": {}}, {"tags": {"a": "b"}}, importing={"id": "x"}
    )
    deposed = change("aws_kms_alias", "delete", {"name": "a"}, deposed="ab")
    replaced = change(
        "aws_cloudwatch_dashboard", "replace", {}, {}, action_reason="replace_by_request"
    )
    text = as_text(reviewed(moved, imported, deposed, replaced))
    assert "leave aws_vpc.a, moved from aws_vpc.b" in text
    assert "change aws_eip.it, imported: see above" in text
    assert "destroy aws_kms_alias.it, left over from an earlier replacement" in text
    assert "replace aws_cloudwatch_dashboard.it, because -replace asks for it" in text


def test_drift_is_folded() -> None:
    text = as_markdown(dangerous())
    assert "<details><summary>1 change</summary>" in text.split("### Changed outside")[1]
    assert '| `tags.team` | `"a"` | `"b"` |' in text


def test_drift_that_is_dangerous_is_not_folded() -> None:
    found = reviewed(
        resource_drift=[
            change("aws_dms_replication_task", "delete", {"id": "t"}),
            update("aws_vpc", {"tags": {}}, tags={"a": "b"}),
        ]
    )
    text = as_markdown(found)
    assert "\n### Changed outside Terraform, and not harmless\n\n- destroy `aws_dms_" in text
    (folded,) = text.split("### Changed outside Terraform since its last run\n\n")[1:]
    assert folded.startswith(
        "<details><summary>1 change</summary>\n\n\n<details><summary>change <code>aws_vpc.it</code>"
    )


def test_drift_that_nobody_can_see_is_left_out() -> None:
    found = reviewed(
        resource_drift=[
            update("aws_eip", {"tags": None}, tags={}),
            change("aws_vpc", "delete", {"id": "x"}),
        ]
    )
    assert [it.type for it in found.drift] == ["aws_vpc"]


def test_what_was_not_analysed_is_told() -> None:
    found = reviewed(
        update(CLUSTER, {}, unheard_of=1),
        change("aws_vpc", "read", None, {}, mode="data"),
        complete=False,
    )
    text = " ".join(as_text(found).split())
    assert text.startswith("dev: could not be judged ")
    assert (
        "Not judged: aws_rds_cluster.it. No rule knows what comes of a change of unheard_of."
        in text
    )
    assert "Not judged: Terraform says that this plan is not all that there is to do" in text
    assert "Read only during apply: aws_vpc.it. " in text
    assert (
        "The plan does not tell its account and region and environment: whether it is the right "
        "one was not compared." in text
    )
    assert "Not in a plan, and so not looked at: whether AWS offers these versions" in text


@pytest.mark.parametrize(
    ("type_", "at_once", "changed", "is_told"),
    [
        (CLUSTER, True, {"backup_retention_period": 14}, True),
        (CLUSTER, False, {"backup_retention_period": 14}, False),
        (CLUSTER, True, {"tags": {"a": "b"}}, False),
        ("aws_rds_cluster_instance", True, {"monitoring_interval": 60}, True),
        ("aws_dms_replication_instance", True, {"allocated_storage": 200}, True),
        ("aws_vpc", True, {"enable_dns_support": True}, False),
    ],
)
def test_what_is_sent_along_is_named(
    type_: str,
    at_once: bool,  # noqa: FBT001 (a case)
    changed: dict[str, Json],
    is_told: bool,  # noqa: FBT001 (a case)
) -> None:
    found = reviewed(update(type_, {"apply_immediately": at_once}, **changed))
    said = (
        f"Not in a plan: what somebody put off to the maintenance window of {type_}.it, by other "
        "means than Terraform. It is done now too, restarts included, because apply_immediately "
        "is true. PendingModifiedValues show it."
    )
    assert (said in " ".join(as_text(found).split())) is is_told


def test_a_safe_plan_says_so() -> None:
    text = as_text(reviewed(update("aws_vpc", {"tags": {}}, tags={"a": "b"})))
    assert text.startswith(
        "dev: safe\n  It may be applied.\n  Terraform 1.11.4.\n  Resources: 1 to change.\n  No change stops, loses, opens or hides anything.\n"
    )


def test_the_head_says_whose_plan_it_is() -> None:
    provider = {
        "full_name": "registry.terraform.io/hashicorp/aws",
        "version_constraint": "5.100.0",
        "expressions": {
            "region": {"constant_value": "eu-central-1"},
            "allowed_account_ids": {"constant_value": ["111122223333"]},
            "default_tags": [{"tags": {"constant_value": {"environment": "dev"}}}],
        },
    }
    found = reviewed(configuration={"provider_config": {"aws": provider}})
    assert as_text(found).startswith(
        "dev: safe\n  It may be applied.\n  Account 111122223333, region eu-central-1, Terraform "
        "1.11.4, hashicorp/aws\n      5.100.0.\n  No resource changes.\n"
    )
    assert "does not tell" not in as_text(found)
    assert json.loads(as_json(found))["plan"] == {
        "account_id": "111122223333",
        "region": "eu-central-1",
        "environment": "dev",
        "terraform_version": "1.11.4",
        "provider_version": "5.100.0",
    }


def test_what_is_read_only_during_apply_is_named() -> None:
    items = [change("aws_region", "read", None, {}, mode="data", name=f"r{n}") for n in range(6)]
    assert (
        "Read only during apply: aws_region.r0, aws_region.r1, aws_region.r2, aws_region.r3, "
        "aws_region.r4 and 1 more. " in " ".join(as_text(reviewed(*items)).split())
    )


def test_a_plan_without_changes_says_so() -> None:
    assert as_text(reviewed()).startswith(
        "dev: safe\n  It may be applied.\n  Terraform 1.11.4.\n  No resource changes.\n\n"
        "What I did not look at in this plan\n"
    )


@pytest.mark.parametrize(
    ("item", "advice"),
    [
        (update(CLUSTER, {"storage_type": "a"}, storage_type="b"),
         "Apply it only after somebody else has read this and agrees."),
        (change("aws_unheard_of", "create", None, {}),
         "Do not apply it before somebody has looked at what is not judged."),
    ],
)  # fmt: skip
def test_what_to_do_with_the_plan_comes_first(item: dict[str, Json], advice: str) -> None:
    assert as_text(reviewed(item)).splitlines()[1] == f"  {advice}"


def test_columns_that_say_nothing_are_left_out() -> None:
    text = as_markdown(reviewed(update(CLUSTER, {"deletion_protection": True},
                                       deletion_protection=False)))  # fmt: skip
    assert "| Verdict | Where | What happens | When |\n| --- | --- | --- | --- |\n" in text


@pytest.mark.parametrize(("count", "folded"), [(30, False), (31, True)])
def test_many_changes_are_folded(count: int, folded: bool) -> None:  # noqa: FBT001 (a parameter)
    """What was not judged stands below them, and must not be far away."""
    items = [update("aws_vpc", {"tags": {}}, tags={"a": "b"}) for _ in range(count)]
    text = as_markdown(reviewed(*items))
    assert (f"<details><summary>{count} changes</summary>" in text) is folded


def test_several_effects_of_a_kind_are_counted() -> None:
    changes = [
        change("aws_kms_key", "delete", {"id": n, "deletion_window_in_days": n}, name=f"k{n}")
        for n in (7, 8, 9)
    ]
    lead = as_text(reviewed(*changes)).split("Data at risk")[0]
    assert "The key is deleted after 7 days." in lead
    assert "(and 2 more)" in lead


def test_notes_are_told() -> None:
    plan = read_plan(plan_text())
    note = Phrase("There is no {file}.", {"file": ours("environments/`x`.toml")})
    found = review(plan, environment="dev", block=frozenset(), notes=[note])
    assert "- There is no ``environments/`x`.toml``.\n" in as_markdown(found)
    assert json.loads(as_json(found))["notes"] == ["There is no environments/`x`.toml."]


def test_json_says_all() -> None:
    found = json.loads(as_json(dangerous()))
    assert (found["format_version"], found["environment"]) == (2, "dev")
    assert (found["verdict"], found["exit_code"], found["judged_whole"]) == ("blocked", 4, False)
    assert found["counts"] == {"change": 4, "create": 2, "destroy": 1, "replace": 1}
    first = found["findings"][0]
    assert (first["danger"], first["blocks"], first["section"]) == (
        "data-loss", True, "Data at risk",
    )  # fmt: skip
    assert (first["address"], first["path"]) == ("aws_rds_cluster.it", "aws_rds_cluster/it")
    assert {it["address"] for it in found["changes"]} == {it["address"] for it in DANGEROUS}
    assert found["iam_statements"][0]["conditions"] == [["Bool", "aws:SecureTransport", "true"]]
    assert found["security_group_rules"][0]["peer"] == "0.0.0.0/0"
    assert found["not_judged"] == [
        {
            "address": "aws_unheard_of.it",
            "path": "",
            "type": "aws_unheard_of",
            "attributes": [],
            "why": "No rule knows this type of resource.",
        }
    ]
    assert found["drift"][0]["differences"] == [
        {"path": "tags.team", "before": '"a"', "after": '"b"'}
    ]


def test_json_names_unreadable_parts() -> None:
    found = json.loads(as_json(reviewed(complete=False)))
    assert found["not_judged"][0]["why"].startswith("Terraform says that this plan is not all")


# Sensitive values


@pytest.mark.parametrize("form", FORMS)
def test_nothing_sensitive_is_shown_anywhere(form: Json) -> None:
    secret = {"deep": [{"deeper": "canary-1"}], "plain": "shown"}
    mask = {"odd": {"deep": [{"deeper": True}]}, "engine_version": True, "port": True}
    found = reviewed(
        change(
            CLUSTER,
            "update",
            {"odd": secret, "engine_version": "canary-2", "port": "canary-3"},
            {"odd": {**secret, "plain": "changed"}, "engine_version": "canary-4", "port": 5},
            before_sensitive=mask,
            after_sensitive=mask,
        ),
        change(
            "aws_secretsmanager_secret_version",
            "create",
            None,
            {"secret_string": "canary-5", "secret_id": "s"},
        ),
        update(
            "aws_dms_endpoint",
            {"password": "canary-6", "extra_connection_attributes": "a=b;password=canary-7"},
            password="canary-8",
            extra_connection_attributes="a=c;password=canary-9",
        ),
        change(
            "aws_rds_cluster_parameter_group",
            "update",
            {"parameter": [{"name": "a", "value": "canary-10"}]},
            {"parameter": [{"name": "a", "value": "canary-11"}]},
            before_sensitive={"parameter": [{"value": True}]},
            after_sensitive={"parameter": [{"value": True}]},
        ),
        output_changes={
            "password": {"actions": ["update"], "before": "canary-12", "after": "canary-13"}
        },
        resource_drift=[
            change(
                "aws_eip",
                "update",
                {"public_ip": "canary-14"},
                {"public_ip": "canary-15"},
                before_sensitive={"public_ip": True},
                after_sensitive={"public_ip": True},
            )
        ],
        variables={"password": {"value": "canary-16"}},
        prior_state={"values": "canary-17"},
    )
    text = form(found)
    assert "canary" not in text
    assert "(sensitive)" in text


# What a plan can hold to deceive


NASTY = [
    "<script>alert(1)</script>",
    "</code></summary></details><h1>safe</h1>",
    "`safe`",
    "``",
    "`",
    "| a | b |",
    r"\|",
    "\\",
    "a\n\n## safe\n\n",
    "a\r\nb",
    "@octocat #1 octo/repo#2 GH-3 :tada:",
    "https://evil.example www.evil.example mail@evil.example",
    "![x](https://evil.example/p.png)",
    "[x](javascript:alert(1))",
    "<!-- -->",
    "{address} {0} {{}}",
    "&lt;b&gt;",
    "\u202eevil\u2066",
    "\u200b\ufeff\x00\x1b[2J",
    "$`x`$ $$y$$",
    "***bold*** ~~gone~~",
    r"\\|@octocat",
    "`|@octocat",
    "` @octocat `",
    "&#64;octocat",
    "<https://evil.example>",
    "</summary>",
    "<![CDATA[ ]]> <?php ?>",
    "\u2028## safe\u2029\x85\x0b\x0c",
    "\ud800",
    "`" * 300,
    "x" * 5000,
    " ",
    "",
]


def deceiving(text: str) -> Review:
    """Every place at which a plan's author can put a text."""
    item = {
        "security_group_id": "sg-1", "cidr_ipv4": text, "description": text, "ip_protocol": text,
        "from_port": text, "to_port": text,
    }  # fmt: skip
    deep = {"id": text, "engine_version": text, "skip_final_snapshot": True}
    return reviewed(
        change(CLUSTER, "replace", deep, deep, name=text, replace_paths=[[text]], action_reason=text,
               previous_address=text),
        change(CLUSTER, "update", {"engine_version": "1.1"}, {"engine_version": text, text: text},
               name="b", address=text),
        change("aws_vpc_security_group_ingress_rule", "create", None, item),
        update("aws_sns_topic_policy", {"policy": "{}"}, policy=json.dumps({"Statement": {
            "Effect": text, "Principal": {text: text}, "Action": text, "Resource": text,
            "Condition": {text: {text: text}},
        }})),
        change(text, "create", None, {text: text}),
        update("aws_rds_cluster_instance", {"instance_class": "a", "preferred_maintenance_window": text},
               instance_class=text),
        update("aws_vpc", {"tags": {text: text}}, tags={text: text + "x"}),
        resource_drift=[update("aws_eip", {"public_ip": text}, public_ip="x")],
        output_changes={text: {"actions": ["update"]}},
    )  # fmt: skip


class Page(HTMLParser):
    """The elements of a rendered page, and the text that stands outside of code."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.plain = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs).get("href")))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "code" not in self.open:
            self.plain += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def rendered(markdown: str) -> Page:
    page = Page()
    page.feed(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(markdown))
    page.close()
    assert page.open == []
    return page


OURS = {
    "h2", "h3", "ul", "li", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "a",
    "details", "summary", "blockquote", "strong",
}  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_a_plan_cannot_put_anything_into_the_comment(text: str) -> None:
    page = rendered(as_markdown(deceiving(text)))
    assert {tag for tag, _ in page.elements} <= OURS
    assert all(
        href.startswith(("https://docs.aws.amazon.com/", "https://github.com/hashicorp/",
                         "https://developer.hashicorp.com/", "https://docs.datadoghq.com/",
                         "https://www.postgresql.org/"))
        for _, href in page.elements
        if href
    )  # fmt: skip
    calm = rendered(as_markdown(deceiving("calm")))
    headings, expected = (
        [tag for tag, _ in it.elements if tag.startswith("h")] for it in (page, calm)
    )
    assert len(headings) <= len(expected)
    assert headings.count("h2") == 1
    for marker in ("evil", "octocat", "alert", "bold"):
        assert marker not in page.plain


@settings(deadline=None)  # the first page takes longer
@given(st.text(max_size=40))
def test_no_text_breaks_out_of_code(text: str) -> None:
    page = rendered(f"a {code(text)} b\n\n| x | y |\n| --- | --- |\n| {code_in_table(text)} | z |\n\n"
                    f"<details><summary>{code_in_html(text)}</summary></details>\n")  # fmt: skip
    assert page.plain.split() == ["a", "b", "x", "y", "z"]
    assert [tag for tag, _ in page.elements].count("code") == 3


@pytest.mark.parametrize("text", NASTY)
def test_a_plan_cannot_steer_a_terminal(text: str) -> None:
    shown = as_text(deceiving(text))
    assert all(it.isprintable() for it in shown.split("\n"))
    assert "\u202e" not in shown


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a", "`a`"),
        ("", "`(empty)`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        (" a ", "`  a  `"),
        ("``a", "``` ``a ```"),
    ],
)
def test_code_spans(text: str, span: str) -> None:
    assert code(text) == span


# Size


@cache
def many(count: int) -> Review:
    """Changes as large as alarms are, all of them dangerous."""
    before = {
        "actions_enabled": True, "alarm_name": "x", "alarm_description": "words " * 40,
        "dimensions": {"ReplicationTaskIdentifier": "t", "ReplicationInstanceIdentifier": "i"},
        "metric_name": "CDCLatencySource", "namespace": "AWS/DMS", "threshold": 300,
        "comparison_operator": "GreaterThanThreshold",
        "alarm_actions": ["arn:aws:sns:eu-central-1:111122223333:topic"], "period": 60,
        "tags": {"Name": "x"}, "tags_all": {"Name": "x", "environment": "dev"},
    }  # fmt: skip
    changes = [
        change("aws_cloudwatch_metric_alarm", "update", before,
               {**before, "threshold": 200, "actions_enabled": False, "tags": {"Name": f"{n}"}},
               name=f"alarm-{n}_0123ABCD")
        for n in range(count)
    ]  # fmt: skip
    policy = {"Statement": [{"Effect": "Allow", "Action": f"a:{n}"} for n in range(count)]}
    return reviewed(
        *changes,
        update("aws_sns_topic_policy", {"policy": "{}"}, policy=json.dumps(policy)),
        resource_drift=changes,
        output_changes={f"o{n}": {"actions": ["create"]} for n in range(count)},
    )


@cache
def written(form: Callable[[Review], str], count: int) -> str:
    """Their report: several tests look at the same one."""
    return form(many(count))


@pytest.mark.parametrize("form", [as_markdown, as_text])
@pytest.mark.parametrize("count", [40, 300, 3000])
def test_a_report_stays_below_the_limit_and_says_what_is_missing(
    form: Callable[[Review], str], count: int
) -> None:
    text = written(form, count)
    assert len(text) <= len(text.encode()) <= LIMIT_BYTES < GITHUB_S_LIMIT
    head = text[:3_000].lower()
    assert ("this report is cut" in head) == (count > 40)
    assert "did not look at" in text


def test_a_report_that_is_cut_says_where_the_rest_is() -> None:
    note = next(it for it in written(as_markdown, 3000).splitlines() if "is cut" in it)
    assert "Other effects (" in note
    assert "IAM statements (" in note
    assert "of 3,000)" in note
    assert note.endswith("The verdict counts all. `ferry review` with `--format json` shows all.")


@pytest.mark.parametrize("count", [3000])
@pytest.mark.unfollowed
def test_a_cut_report_is_whole_markdown(count: int) -> None:
    assert {tag for tag, _ in rendered(written(as_markdown, count)).elements} <= OURS


def test_a_value_that_is_too_long_is_cut() -> None:
    found = reviewed(update("aws_vpc", {"tags": {"a": "b"}}, tags={"a": "x" * 5000}))
    assert f'"{"x" * 199}… (5,002 characters)' in as_text(found)


def test_many_differences_of_one_resource_are_cut() -> None:
    found = reviewed(update("aws_vpc", {"tags": {"n": "1"}}, tags={str(n): "x" for n in range(99)}))
    (row,) = [it for it in as_text(found).splitlines() if it.strip().startswith("and more")]
    assert row


def test_what_goes_shows_no_attributes() -> None:
    found = reviewed(change("aws_kms_alias", "delete", {"name": "alias/x"}))
    assert "alias/x" not in as_text(found)


def test_what_comes_shows_what_is_known() -> None:
    item = change("aws_kms_alias", "create", None, {"name": "alias/x"})
    item["change"]["after_unknown"] = {"arn": True}
    text = as_text(reviewed(item))
    assert 'name: (not set) -> "alias/x"' in text
    assert "arn" not in text.split("What I did not look at")[0]


def piece(title: str, lines: int, *, full: str = "full line\n", short: str = "short\n") -> Piece:
    return Piece(
        title=title, head=f"{title}\n", lines=lines, line=lambda _: full, short=lambda _: short
    )


def note(missing: str) -> str:
    return f"CUT {missing}\n"


def test_what_fits_is_left_as_it_is() -> None:
    assert fitted("head\n", [piece("one", 2)], note=note) == "head\none\nfull line\nfull line\n"


def test_lines_come_in_short_before_they_are_left_out() -> None:
    text = fitted("", [piece("one", 3, full="x" * 400 + "\n")], note=note, limit_bytes=1_300)
    assert text == "CUT Left out: one (attributes of 3).\none\nshort\nshort\nshort\n"


def test_lines_are_left_out_from_the_first_that_does_not_fit() -> None:
    long = piece("long", 3, full="x" * 3000, short="y" * 3000)
    text = fitted("", [long, piece("next", 2)], note=note, limit_bytes=2_200)
    assert text == "CUT Left out: long (3 of 3).\nlong\nnext\nfull line\nfull line\n"


def test_a_part_whose_heading_does_not_fit_is_named() -> None:
    text = fitted("", [piece("z" * 900, 2)], note=note, limit_bytes=1_500)
    assert text == f"CUT Left out: {'z' * 900} (all 2).\n"
