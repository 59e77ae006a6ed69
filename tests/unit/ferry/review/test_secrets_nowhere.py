"""A secret stands in no report and in no masked plan, wherever and however it stands in the plan."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ferry.review import masked, read_plan, review
from ferry.review.report import as_json, as_markdown, as_text
from tests.unit.ferry.review.plans import change, plan_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from ferry.review.plan.values import Json

CORE = "Zebra9Quiet31"
"""Stands in every secret, for a report writes other characters in its own way."""

MARKED = "aws_secretsmanager_secret_version"

secrets = st.builds(
    lambda before, after: f"{before}{CORE}{after}",
    st.text(st.sampled_from("ab1 <>&\"'\\/{}[]():;,=@%+|`#!?~\n\téß\u2028"), max_size=6),
    st.text(st.sampled_from("ab1 <>&\"'\\/{}[]():;,=@%+|`#!?~\n\téß\u2028"), max_size=6),
)


def jsonencode(value: Json) -> str:
    """As Terraform writes JSON. Source: https://developer.hashicorp.com/terraform/language/functions/jsonencode"""
    text = json.dumps(value, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda it: it,
    "in a text": lambda it: f"see {it} there",
    "JSON": lambda it: json.dumps({"x": it}),
    "JSON as it is": lambda it: json.dumps([it], ensure_ascii=False),
    "jsonencode": lambda it: jsonencode({"x": it}),
    "JSON in JSON": lambda it: json.dumps({"x": json.dumps([it])}),
    "jsonencode twice": lambda it: jsonencode([jsonencode({"x": it})]),
    "three times": lambda it: jsonencode(jsonencode(jsonencode(it))),
    "base64": in_base64,
    "base64 after one": lambda it: in_base64(f"u{it}"),
    "base64 after two": lambda it: in_base64(f"u:{it}!"),
    "base64 for URLs": lambda it: base64.urlsafe_b64encode(f"?{it}".encode()).decode(),
    "base64 of JSON": lambda it: in_base64(jsonencode({"x": it})),
    "a list": lambda it: f"eu-central-1a,{it},eu-central-1b",
    "in a URL": lambda it: f"https://example.org/?x={quote(it, safe='')}",
}


def mark_attribute(secret: str) -> dict[str, Any]:
    return change(MARKED, "create", None, {"x": secret}, after_sensitive={"x": True})


def mark_whole(secret: str) -> dict[str, Any]:
    return change(MARKED, "delete", {"x": [{"y": secret}]}, before_sensitive=True)


def mark_one_item(secret: str) -> dict[str, Any]:
    lists = {"x": ["other", secret]}
    return change(MARKED, "update", lists, {"x": []}, before_sensitive={"x": [False, True]})


MODULE = {
    "variables": {"v": {"sensitive": True}, "w": {}},
    "module_calls": {},
}
WHERE_MARKED: dict[str, Callable[[str], dict[str, Any]]] = {
    "an attribute": lambda it: {"resource_changes": [mark_attribute(it)]},
    "a whole resource": lambda it: {"resource_changes": [mark_whole(it)]},
    "an item of a list": lambda it: {"resource_changes": [mark_one_item(it)]},
    "a JSON text": lambda it: {
        "resource_changes": [mark_attribute(json.dumps({"user": "u", "db_pass": it}))]
    },
    "a drift": lambda it: {"resource_drift": [mark_whole(it)]},
    "an output": lambda it: {
        "output_changes": {
            "o": {"actions": ["create"], "before": None, "after": [it], "after_sensitive": True}
        }
    },
    "the state": lambda it: {
        "prior_state": {"values": {"outputs": {"o": {"value": it, "sensitive": True}}}}
    },
    "a variable": lambda it: {
        "variables": {"v": {"value": it}},
        "configuration": {"root_module": {"variables": {"v": {"sensitive": True}}}},
    },
    "a variable's default": lambda it: {
        "configuration": {"root_module": {"variables": {"v": {"sensitive": True, "default": it}}}}
    },
    "a module's variable": lambda it: {
        "configuration": {
            "root_module": {
                "module_calls": {
                    "m": {"expressions": {"v": {"constant_value": it}}, "module": MODULE}
                }
            }
        }
    },
    "a variable for a module's": lambda it: {
        "variables": {"root": {"value": it}},
        "configuration": {
            "root_module": {
                "module_calls": {
                    "m": {"expressions": {"v": {"references": ["var.root"]}}, "module": MODULE}
                }
            }
        },
    },
}


def of(type_: str, attribute: str) -> Callable[[str], dict[str, Any]]:
    """A change of an attribute that somebody looks at, to a copy of a secret."""
    return lambda it: {
        "resource_changes": [change(type_, "update", {attribute: "a"}, {attribute: it}, name="c")]
    }


def beside(**parts: Json) -> dict[str, Any]:
    item = change("aws_rds_cluster", "replace", {"port": 1}, {"port": 2}, name="c")
    return {"resource_changes": [{**item, **parts}]}


POLICY = {"Statement": [{"Effect": "Allow", "Action": "*", "Principal": "*"}]}
PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "an attribute": of("aws_rds_cluster", "engine_version"),
    "one that no rule knows": of("aws_rds_cluster", "no_such_attribute"),
    "of a type that no rule knows": of("aws_no_such_type", "x"),
    "a description": of("aws_security_group", "description"),
    "a route": of("aws_route", "destination_cidr_block"),
    "a window": of("aws_rds_cluster", "preferred_maintenance_window"),
    "a list": lambda it: of("aws_vpc", "x")([[it]]),  # type: ignore[arg-type]
    "a key": lambda it: of("aws_vpc", "tags")({it: "x"}),  # type: ignore[arg-type]
    "an attribute's name": lambda it: of("aws_vpc", it)("x"),
    "a parameter": lambda it: of("aws_db_parameter_group", "parameter")(
        [{"name": it, "value": it, "apply_method": "immediate"}]  # type: ignore[arg-type]
    ),
    "a policy": lambda it: of("aws_kms_key", "policy")(
        json.dumps({"Statement": [{**POLICY["Statement"][0], "Resource": it}]})
    ),
    "a group's rule": lambda it: of("aws_security_group", "ingress")(
        [{"cidr_blocks": [it], "protocol": it, "description": it}]  # type: ignore[arg-type]
    ),
    "an index": lambda it: beside(address=f'aws_rds_cluster.c["{it}"]', index=it),
    "an index as it is written": lambda it: beside(address=f"aws_rds_cluster.c[{json.dumps(it)}]"),
    "the address before": lambda it: beside(previous_address=f'aws_rds_cluster.c["{it}"]'),
    "a module's index": lambda it: beside(address=f'module.m["{it}"].aws_rds_cluster.c'),
    "a name": lambda it: beside(name=it),
    "the type": lambda it: beside(type=it),
    "a reason": lambda it: beside(action_reason=it),
    "the provider": lambda it: beside(provider_name=it),
    "what makes it anew": lambda it: {
        "resource_changes": [
            change("aws_rds_cluster", "replace", {"a": 1}, {"a": 2}, replace_paths=[["a", it]])
        ]
    },
    "drift": lambda it: {
        "resource_drift": [change("aws_vpc", "update", {"x": "a"}, {"x": it}, name="c")]
    },
    "an output's name": lambda it: {"output_changes": {it: {"actions": ["create"], "after": 1}}},
    "a check": lambda it: {
        "checks": [
            {
                "address": {"to_display": f"check.{it}"},
                "status": "fail",
                "instances": [
                    {
                        "address": {"to_display": f"check.{it}"},
                        "status": "fail",
                        "problems": [{"message": it}],
                    }
                ],
            }
        ]
    },
    "a part that nobody knows": lambda it: {it: [1]},
    "a provisioner": lambda it: {
        "resource_changes": [change("aws_vpc", "create", None, {"x": 1}, name="c")],
        "configuration": {
            "root_module": {"resources": [
                {"address": "aws_vpc.c", "mode": "managed", "provisioners": [{"type": it}]}
            ]}
        },
    },
    "a reference": lambda it: {
        "resource_changes": [change("aws_vpc", "create", None, {"x": 1}, name="c")],
        "configuration": {
            "root_module": {"resources": [
                {"address": "aws_vpc.c", "expressions": {"x": {"references": [f"{it}.a"]}}}
            ]}
        },
    },
}  # fmt: skip


def together(*parts: dict[str, Any]) -> str:
    """A plan of all of them; where two say something of the same, of the resources of both."""
    whole: dict[str, Any] = {"resource_changes": [], "resource_drift": []}
    for part in parts:
        for name, value in part.items():
            if isinstance(whole.get(name), list):
                whole[name] = [*whole[name], *value]
            elif name == "configuration" and name in whole:
                whole[name]["root_module"] |= value["root_module"]
            elif isinstance(whole.get(name), dict):
                whole[name] |= value
            else:
                whole[name] = value
    return plan_text(*whole.pop("resource_changes"), **whole)


def said(plan: str) -> list[str]:
    """All that leaves a review: the three formats, and the plan that goes on to another job."""
    formats = (as_markdown, as_text, as_json)
    found = review(read_plan(plan), environment="dev", block=frozenset())
    again = masked(plan)
    second = review(read_plan(again), environment="dev", block=frozenset())
    return [*(write(found) for write in formats), again, *(write(second) for write in formats)]


@settings(deadline=None, max_examples=300)
@example("Zebra9Quiet31[", "JSON", "a JSON text", "an index")
@example("a.Zebra9Quiet31", "as it is", "an output", "what makes it anew")
@example("/ß11Zebra9Quiet31", "base64 for URLs", "an output", "a reason")
@given(
    secrets,
    st.sampled_from(sorted(ENCODINGS)),
    st.sampled_from(sorted(WHERE_MARKED)),
    st.sampled_from(sorted(PLACES)),
)
def test_what_is_marked_somewhere_is_shown_nowhere(
    secret: str, encoding: str, where: str, place: str
) -> None:
    copy = ENCODINGS[encoding](secret)
    plan = together(WHERE_MARKED[where](secret), PLACES[place](copy))
    kept = [CORE, *(it for it in (in_base64(CORE)[:12],) if it in copy)]

    for text in said(plan):
        assert [it for it in kept if it in text] == []
        assert not ("base64" in encoding and copy in text)


@pytest.mark.parametrize("place", sorted(PLACES))
def test_each_place_is_shown_where_nothing_is_sensitive(place: str) -> None:
    """Else the test above would prove nothing of it."""
    plan = together(PLACES[place](CORE))
    found = review(read_plan(plan), environment="dev", block=frozenset())
    unseen = {"a check", "a name", "a reference", "a provisioner"}
    assert (CORE in as_json(found)) or place in unseen
    assert (CORE in masked(plan)) or place == "a name"


NAMES = (
    "PGPASSWORD", "DB_PASS", "pass", "token", "secret", "signing_key", "psk", "Authorization",
    "credentials", "x-amz-security-token", "AWS_SECRET_ACCESS_KEY", "masterUserPassword",
    "passcode", "userpass", "jwt", "ssh_key", "id_rsa", "bearer", "connectionString",
    "DATABASE_URL", "webhook_url", "license_key",
)  # fmt: skip
MEMBERS = (
    "otp",
    "salt",
    "session",
    "sessionId",
    "Cookie",
    "Set-Cookie",
    "encryption_key",
    "GITHUB_PAT",
)
"""Names of secrets as members alone: in a text they may be words."""
FORMS: dict[str, Callable[[str, str], Json]] = {
    "a member": lambda name, it: {name: it},
    "a list": lambda name, it: {name: [it]},
    "a member of a member": lambda name, it: {name: {"x": it}},
    "name and value": lambda name, it: [{"name": name, "value": it}],
    "JSON": lambda name, it: json.dumps({"a": "b", name: it}),
    "JSON with a list": lambda name, it: json.dumps({name: [it]}),
    "JSON in JSON": lambda name, it: jsonencode({"x": jsonencode({name: it})}),
    "an option": lambda name, it: ["psql", f"--{name}", it],
}
plain = st.from_regex(
    r"[A-Za-z0-9!?~^*%,.]{0,4}" + CORE + r"[A-Za-z0-9!?~^*%]{0,4}", fullmatch=True
)
TEXTS: dict[str, str] = {
    "an assignment": "host=x;{name}={secret};port=1",
    "words": "host=x {name}={secret} port=1",
    "an arrow": "{{ {name} => {secret} }}",
    "YAML": "host: x\n{name}: {secret}\nport: 1",
    "YAML in quotes": "- {name}: '{secret}'",
    "a block of YAML": "{name}: |\n  {secret}\n  more\nport: 1",
    "a heredoc": "{name} = <<-EOF\n  {secret}\n  EOF\n",
    "HCL": '{name} = ["{secret}"]',
    "a header": "{name}: Bearer {secret}",
    "an option": "psql --{name} {secret} -h x",
    "options in JSON": '["psql", "--{name}", "{secret}"]',
    "a query": "https://example.org/?a=b&{name}={secret}&c=d",
}


@settings(deadline=None, max_examples=150)
@given(secrets, st.sampled_from([*NAMES, *MEMBERS]), st.sampled_from(sorted(FORMS)))
def test_a_value_that_bears_the_name_of_a_secret(secret: str, name: str, form: str) -> None:
    item = change("terraform_data", "create", None, {"input": FORMS[form](name, secret)})
    for text in said(plan_text(item)):
        assert CORE not in text


@settings(deadline=None, max_examples=150)
@given(plain, st.sampled_from(NAMES), st.sampled_from(sorted(TEXTS)))
def test_a_text_that_has_the_name_of_a_secret(secret: str, name: str, form: str) -> None:
    text = TEXTS[form].format(name=name, secret=secret)
    for value in (text, json.dumps({"script": text})):
        item = change("terraform_data", "create", None, {"input": value})
        for shown in said(plan_text(item)):
            assert CORE not in shown


QUOTED = ("HCL", "YAML in quotes")
fields = st.from_regex(r"[A-Za-z_][A-Za-z0-9_\-]{0,8}|\*", fullmatch=True)
base64s = st.from_regex(r"[A-Za-z0-9+/]{6,12}={0,2}", fullmatch=True)


@settings(deadline=None, max_examples=100)
@given(plain, st.sampled_from(MEMBERS), st.sampled_from(QUOTED))
def test_a_member_that_has_the_name_of_a_secret(secret: str, name: str, form: str) -> None:
    text = TEXTS[form].format(name=name, secret=secret)
    for value in (text, json.dumps({"script": text})):
        item = change("terraform_data", "create", None, {"input": value})
        for shown in said(plan_text(item)):
            assert CORE not in shown


@settings(deadline=None, max_examples=150)
@given(
    st.from_regex(r"[a-z][a-z0-9.\-]{0,9}\.?|\*|10\.0\.0\.1", fullmatch=True),
    st.integers(100, 65_535).map(str) | st.just("*"),
    st.tuples(fields, fields),
    secrets.filter(lambda it: not set(it) & set('\n\u2028"')) | plain,
)
def test_a_line_of_a_password_file(host: str, port: str, of: tuple[str, str], secret: str) -> None:
    escaped = secret.replace("\\", "\\\\").replace(":", "\\:")
    line = ":".join([host, port, *of, escaped])
    text = f"# passwords\n{line}\nlocalhost:5432:x:y:{CORE}\n"
    for value in (text, line, json.dumps({"script": text}), json.dumps([json.dumps([line])])):
        item = change("terraform_data", "create", None, {"input": value})
        for shown in said(plan_text(item)):
            assert CORE not in shown


@settings(deadline=None, max_examples=100)
@given(base64s, base64s, base64s, st.integers(1, 99_999))
def test_what_postgresql_keeps_of_a_password(
    salt: str, stored: str, server: str, times: int
) -> None:
    verifier = f"SCRAM-SHA-256${times}:{salt}{CORE}${CORE}{stored}:{server}{CORE}="
    text = f"alter role x password '{verifier}' --{verifier}"
    for value in (text, verifier, jsonencode({"x": verifier}), jsonencode([jsonencode([text])])):
        item = change("terraform_data", "create", None, {"input": value})
        for shown in said(plan_text(item)):
            assert CORE not in shown


@settings(deadline=None, max_examples=50)
@given(plain)
def test_credentials_in_urls_and_private_keys(secret: str) -> None:
    key = f"-----BEGIN EC PRIVATE KEY-----\n{secret}\n-----END EC PRIVATE KEY-----"
    values = {"url": f"postgres://ferry:{secret}@db/app", "key": key, "json": json.dumps([key])}
    for text in said(plan_text(change("terraform_data", "create", None, values))):
        assert CORE not in text
