"""Secrets that are known by what stands before them."""

from __future__ import annotations

import json
import timeit
from time import thread_time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ferry.redaction import named_secrets, words
from ferry.redaction.redacting import redacted, secrets_in
from ferry.redaction.secret_names import ALWAYS, MEMBERS, MOSTLY, names_a_secret
from ferry.redaction.secret_shapes import SHAPES, TOKENS
from ferry.redaction.words import Shapes, Words

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a=b;password=canary", "a=b;password=(sensitive)"),
        ("password=canary", "password=(sensitive)"),
        ("host=x password=canary dbname=y", "host=x password=(sensitive) dbname=y"),
        ("user: a\npassword: canary\nport: 1", "user: a\npassword: (sensitive)\nport: 1"),
        ('{"password": "can ary, \\" canary", "a": 1}', '{"password": "(sensitive)", "a": 1}'),
        ('{"masterUserPassword": 4711}', '{"masterUserPassword": (sensitive)}'),
        ("{'api_key': 'canary'}", "{'api_key': '(sensitive)'}"),
        ('password="canary without end', 'password="(sensitive)'),
        ("https://h/x?auth_token=canary&b=c", "https://h/x?auth_token=(sensitive)&b=c"),
        ("postgres://ferry:canary@db:5432/app", "postgres://(sensitive)@db:5432/app"),
        ("postgres://:canary@db", "postgres://(sensitive)@db"),
        ("postgres://u:can/ary@cana@db/x", "postgres://(sensitive)@db/x"),
        # A password may begin as a port does: what may be one is hidden.
        ("https://u:8443/canary@b", "https://(sensitive)@b"),
        ("https://u:1?canary@b", "https://(sensitive)@b"),
        ("a://h:1/b://u:canary@db c://v:canary@e", "a://(sensitive)@db c://(sensitive)@e"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----(sensitive)-----END RSA PRIVATE KEY-----",
        ),
        ("-----BEGIN PRIVATE KEY-----\ncanary", "-----BEGIN PRIVATE KEY-----(sensitive)"),
        ("PGPASSWORD=canary psql", "PGPASSWORD=(sensitive) psql"),
        ("export DB_PASS=canary", "export DB_PASS=(sensitive)"),
        ("password=canary,canary;a=b", "password=(sensitive);a=b"),
        ("password=canary, user=x", "password=(sensitive), user=x"),
        ("Server=x;Password=canary;Port=1", "Server=x;Password=(sensitive);Port=1"),
        ("{ password => canary }", "{ password => (sensitive) }"),
        ('"password":["canary", "canary]"], "a": 1', '"password":(sensitive), "a": 1'),
        ("password <<EOF", "password <<EOF"),
        ("password = <<EOF\ncanary\nEOF\na = b", "password = <<EOF\n(sensitive)\nEOF\na = b"),
        ("token: >-\n  canary\n  canary\na: b", "token: (sensitive)\na: b"),
        ("Authorization: Bearer canary", "Authorization: Bearer (sensitive)"),
        ("curl -H 'x: Bearer canary-4711'", "curl -H 'x: Bearer (sensitive)'"),
        (
            "https://h/?X-Amz-Security-Token=canary&a=b",
            "https://h/?X-Amz-Security-Token=(sensitive)&a=b",
        ),
        ("AWS_SECRET_ACCESS_KEY=canary", "AWS_SECRET_ACCESS_KEY=(sensitive)"),
        ("psql --password canary -h x", "psql --password (sensitive) -h x"),
        ("alter user x password 'canary'", "alter user x password '(sensitive)'"),
        ('{"a": "b\\ntoken: canary"}', '{"a": "b\\ntoken: (sensitive)"}'),
        # Numbered, in a list, an older word, with more words behind.
        ("password_1=canary password2=canary", "password_1=(sensitive) password2=(sensitive)"),
        ('password[0] = "canary"', 'password[0] = "(sensitive)"'),
        ("DB_PW=canary", "DB_PW=(sensitive)"),
        ('tokens: ["canary", "canary"]', "tokens: (sensitive)"),
        ('secrets = ["canary"]', "secrets = (sensitive)"),
        ('secrets = [{ token = "canary" }]', 'secrets = [{ token = "(sensitive)" }]'),
        ('new_password_value = "canary"', 'new_password_value = "(sensitive)"'),
        ("Secret Access Key: canary", "Secret Access Key: (sensitive)"),
        ("Api Key: canary, auth__key=canary", "Api Key: (sensitive), auth__key=(sensitive)"),
        ("password := canary", "password := (sensitive)"),
        # SQL.
        ("PASSWORD E'can\\'ary' VALID", "PASSWORD (sensitive)' VALID"),
        ("PASSWORD $$can'ary$$;", "PASSWORD $$(sensitive)$$;"),
        ("password $a$can$$ary$a$ x", "password $a$(sensitive)$a$ x"),
        ("password='can''ary' user=x", "password='(sensitive)' user=x"),
        # XML, and JSON's and XML's other ways to write a quote.
        ("<a><DbPassword x='y'>canary</DbPassword></a>",
         "<a><DbPassword x='y'>(sensitive)</DbPassword></a>"),
        ("\\u003cpassword\\u003ecanary\\u003c/password\\u003e",
         "\\u003cpassword\\u003e(sensitive)\\u003c/password\\u003e"),
        ("{\\u0022password\\u0022:\\u0022can'ary\\u0022, x}",
         "{\\u0022password\\u0022:\\u0022(sensitive)\\u0022, x}"),
        ('"password\\u003dcanary", "x"', '"password\\u003d(sensitive)", "x"'),
        ("{&quot;password&quot;:&quot;canary&quot;}", "{&quot;password&quot;:&quot;(sensitive)&quot;}"),
        # Go, and what Terraform says of a provider's mistakes.
        ('x{MasterUserPassword:(*string)("canary"), A:(*string)("b")}',
         'x{MasterUserPassword:(sensitive), A:(*string)("b")}'),
        ('│ local.password is "canary"', '│ local.password is "(sensitive)"'),
        ('.password: was cty.StringVal("canary"), but now cty.StringVal("canary"). This',
         ".password: was (sensitive), but now (sensitive). This"),
        ('x.password: planned value cty.StringVal("canary") for a non-computed attribute.',
         "x.password: planned value (sensitive) for a non-computed attribute."),
        # A password that begins as something harmless does.
        ('"password": "arn:canary"', '"password": "(sensitive)"'),
        ("password=true-canary password=null.canary", "password=(sensitive) password=(sensitive)"),
        ("password=arn:canary", "password=(sensitive)"),
        # Signs of programs and URLs.
        ("password->canary x", "password->(sensitive) x"),
        ("user%3Da%26password%3Dcanary x", "user%3Da%26password%3D(sensitive) x"),
        ("password%253Dcanary", "password%253D(sensitive)"),
        ("postgres:\\/\\/u:canary@db", "postgres:\\/\\/(sensitive)@db"),
        # A word with letters and digits after a password's name.
        ("PGPASSWORD canary-4711", "PGPASSWORD (sensitive)"),
        ("The Password is canary-4711.", "The Password is (sensitive)"),
        ("user,passwd,canary4711,x", "user,passwd,(sensitive),x"),
        ("PASSWORD\ncanary4711\nx", "PASSWORD\n(sensitive)\nx"),
        ('"PASSWORD\\ncanary4711"', '"PASSWORD\\n(sensitive)"'),
        ("Kennwort: canary", "Kennwort: (sensitive)"),
        ("IDENTIFIED BY 'canary';", "IDENTIFIED BY '(sensitive)';"),
        # Options of one letter.
        ("curl -s -u user:canary https://x", "curl -s -u user:(sensitive) https://x"),
        ("curl -u user:canary x", "curl -u user:(sensitive) x"),
        ("psql -h db -W canary", "psql -h db -W (sensitive)"),
        ("mysqldump -u x -pcanary db", "mysqldump -u x -p(sensitive) db"),
        # Names that mean something else where they are an attribute's.
        ("encryption_key=canary", "encryption_key=(sensitive)"),
        ('"license_key": "canary4711"', '"license_key": "(sensitive)"'),
        ("otp=471147", "otp=(sensitive)"),
        ("https://h/?sv=x&sig=canary&a=b", "https://h/?sv=x&sig=(sensitive)&a=b"),
        ("h/?X-Amz-Signature=canary&a=b", "h/?X-Amz-Signature=(sensitive)&a=b"),
        ("session=canary; a=b", "session=(sensitive); a=b"),
        ("cookie: a=canary; b=canary", "cookie: (sensitive)"),
        # Names that mean a secret as a member's.
        ('{"otp": "471147", "session": "canary", "Cookie": "a=canary", "salt": ["canary"]}',
         '{"otp": "(sensitive)", "session": "(sensitive)", "Cookie": "(sensitive)", "salt": (sensitive)}'),
        ('"{\\"pat\\": \\"canary\\"}"', '"{\\"pat\\": \\"(sensitive)\\"}"'),
        ("encryptionKey = 'canary'\n", "encryptionKey = '(sensitive)'\n"),
        ('+ github_pat = "canary"', '+ github_pat = "(sensitive)"'),
        ('{"name": "SESSION_ID", "value": "canary"}', '{"name": "SESSION_ID", "value": "(sensitive)"}'),
        # Password files, and what PostgreSQL keeps of a password.
        ("db.example:5432:app:ferry:canary:4711 x\nnext", "db.example:5432:app:ferry:(sensitive)\nnext"),
        ("*:*:*:*:canary", "*:*:*:*:(sensitive)"),
        ("10.0.0.1:6543:*:ferry:can\\:ary", "10.0.0.1:6543:*:ferry:(sensitive)"),
        ('"db:5432:a\\\\:b:ferry:canary\\ndb2:5432:a:b:canary"',
         '"db:5432:a\\\\:b:ferry:(sensitive)"'),
        ("x SCRAM-SHA-256$4096:canary==$canary/a=:canary+b= y", "x SCRAM-SHA-256$(sensitive) y"),
        ('"SCRAM-SHA-256\\u00244096:can\\/ary$canary:canary"', '"SCRAM-SHA-256\\u0024(sensitive)"'),
        (f"role x md5{'0123456789abcdef' * 2} y", "role x md5(sensitive) y"),
        # Tokens and pages that are known as such.
        ("x ghp_canary4711canary4711 y", "x (sensitive) y"),
        ("x xoxb-4711-4711-canary y", "x (sensitive) y"),
        ("x eyJcanary4711.eyJcanary4711.canary y", "x (sensitive) y"),
        ("https://hooks.slack.com/services/T0/B0/canary x", "https://hooks.slack.com/(sensitive) x"),
        ("https:\\/\\/hooks.slack.com\\/services\\/canary", "https:\\/\\/hooks.slack.com\\/(sensitive)"),
        ("https://events.pagerduty.com/integration/canary/enqueue",
         "https://events.pagerduty.com/(sensitive)"),
        # YAML.
        ("passwords:\n  - canary\n  - canary\nport: 1", "passwords:\n  (sensitive)\nport: 1"),
    ],
)  # fmt: skip
def test_a_secret_in_a_text_is_not_shown(text: str, shown: str) -> None:
    assert redacted(text) == shown
    assert redacted(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "https://example.org/a:b@c",
        "https://example.org:8443/a?b",
        "arn:aws:secretsmanager:eu-central-1:111122223333:secret:dev/source",
        '{"manage_master_user_password": true}',
        '{"password": ""}',
        "password_wo_version=2",
        "Rotates the password.",
        "The token: see the handbook.",
        "A secret for each endpoint, a token for nobody; credentials are elsewhere",
        "Basic monitoring, and the bearer authentication of others",
        "secret=arn:aws:secretsmanager:eu-central-1:111122223333:secret:dev/source",
        '{"secret_arn": "x", "secrets_manager_arn": "y", "token_count": 3, "secret_name": "z"}',
        '{"Action": ["secretsmanager:GetSecretValue", "sts:GetSessionToken"], "Effect": "Allow"}',
        "secretsmanager:GetSecretValue",
        "compass=north;bypass=on",
        "password = (known after apply)",
        "password = true -> false",
        '"password": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:dev/source"',
        '[{"name": "password_age", "value": "5"}, {"name": "port", "value": "5432"}]',
        '{"name": "DB_PASSWORD", "valueFrom": "arn:aws:ssm:x:y:z"}, {"name": "a", "value": "b"}',
        '"secrets": [{"name": "DB_PASSWORD", "valueFrom": "arn:aws:ssm:x:y:parameter/z"}]',
        "<secret_arn>x</secret_arn>, <user>:<password>@<host>",
        "The session: see the handbook of 2024. The cookie: none. A session of 30 minutes.",
        "session = 5 min, salt: a pinch, signature: v4, an otp, Session Manager, cookies=3",
        "Access key AKIAIOSFODNN7EXAMPLE was used; the encryption key is arn:aws:kms:x:1:key/2.",
        "encryption_key=arn:aws:kms:eu-central-1:111122223333:key/1234abcd encryption_key=alias/aws-1",
        "2001:db8:1234:a:b:c:d:e 2001:db8:1234:a:b::/64 fe80::1:2345:a:b:c",
        "sun:05:00-sun:06:00:x:y arn:aws:rds:eu-central-1:111122223333:cluster:a:b 12:30:45:67:89",
        "image:8080/a:b:c:d http://h:8080/a:b:c:d, h:9092,i:9092 path=/a/pat patterns: x; md5=abc",
        "md5 of it, scram-sha-256, SCRAM-SHA-256$(known)",
        "session_replication_role=replica1 password_encryption=scram-sha-256",
        "idle_session_timeout=600000 log_statement=ddl",
        "Password scram-sha-256 since 2024, password 20261126, the password of aurora-1 rotated",
        "The cluster is identified by its name, aurora-1; curl and psql, mysql -h db, psql -p 5432",
        "https://docs.slack.com/a/b1 https://github.com/a/b1 https://hooks.example.org",
        'The secret is "dev/source" in the console, and the pws are elsewhere.',
    ],
)
def test_what_only_speaks_of_secrets_is_shown(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('[{"name":"DB_PASSWORD","value":"canary"}]', '[{"name":"DB_PASSWORD","value":"(sensitive)"}]'),
        ('{"value":"can}ary","name":"a/db-password"}', '{"value":"(sensitive)","name":"a/db-password"}'),
        (
            '{"ParameterKey":"MasterUserPassword","x":"}{","ParameterValue":"canary"}, {"Value":"b"}',
            '{"ParameterKey":"MasterUserPassword","x":"}{","ParameterValue":"(sensitive)"}, {"Value":"b"}',
        ),
        ('"{\\"Key\\":\\"token\\",\\"Value\\":\\"canary\\"}"', '"{\\"Key\\":\\"token\\",\\"Value\\":\\"(sensitive)\\"}"'),
        (
            'name  = "DB_PASSWORD"\n  ~ value = "canary" -> "canary"\n}\n{ value = "b" }',
            'name  = "DB_PASSWORD"\n  ~ value = "(sensitive)" -> "(sensitive)"\n}\n{ value = "b" }',
        ),
        ("- name: DB_PASSWORD\n  value: canary\n- name: a\n  value: b",
         "- name: DB_PASSWORD\n  value: (sensitive)\n- name: a\n  value: b"),
        ("ParameterKey=DbPassword,ParameterValue=canary", "ParameterKey=DbPassword,ParameterValue=(sensitive)"),
    ],
)  # fmt: skip
def test_a_value_beside_the_name_of_a_secret_is_not_shown(text: str, shown: str) -> None:
    assert redacted(text) == shown
    assert redacted(shown) == shown


LOG = """Terraform will perform the following actions:

  # terraform_data.a will be updated in-place
  ~ resource "terraform_data" "a" {
        id     = "1"
{}
        kept   = "seen"
    }

  # aws_rds_cluster.aurora will be destroyed
  - resource "aws_rds_cluster" "aurora" {{
      - deletion_protection = false -> null
    }

Plan: 0 to add, 1 to change, 1 to destroy.
"""


def log(lines: str) -> str:
    """A plan as Terraform prints it, with some lines in one of its resources."""
    return LOG.replace("{{", "{").replace("{}", lines)


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        ('      ~ db_password = "canary" -> "canary"', '      ~ db_password = "(sensitive)" -> "(sensitive)"'),
        (
            '      ~ secret_string = "canary" -> "canary" # forces replacement',
            '      ~ secret_string = "(sensitive)" -> "(sensitive)" # forces replacement',
        ),
        ('      + password = null -> "canary"', '      + password = null -> "(sensitive)"'),
        ('      - password = "canary" -> null', '      - password = "(sensitive)" -> null'),
        ("      ~ password = (sensitive value)", "      ~ password = (sensitive value)"),
        ('      ~ password = "canary" -> (known after apply)',
         '      ~ password = "(sensitive)" -> (known after apply)'),
        (
            ("      ~ secret_string = jsonencode(\n          ~ {\n"
            '              ~ a = "canary" -> "canary"\n            }\n        )'),
            "      ~ secret_string = (sensitive)",
        ),
        (
            ("      ~ input = jsonencode(\n          ~ {\n"
            '              ~ pw = "canary" -> "canary"\n            }\n        )'),
            ("      ~ input = jsonencode(\n          ~ {\n"
            '              ~ pw = "(sensitive)" -> "(sensitive)"\n            }\n        )'),
        ),
        (
            '      + tokens = [\n          + "canary",\n          - "can]ary",\n        ]',
            "      + tokens = (sensitive)",
        ),
        (
            "      ~ password = <<-EOT\n          - canary\n          + canary\n            canary\n        EOT",
            "      ~ password = <<-EOT\n(sensitive)\n        EOT",
        ),
        (
            '      - password = <<-EOT\n            canary\n        EOT -> "canary"',
            '      - password = <<-EOT\n(sensitive)\n        EOT -> "(sensitive)"',
        ),
        (
            "      ~ input = <<-EOT\n          - password: |\n          -   canary\n            port: 1\n        EOT",
            "      ~ input = <<-EOT\n          - password: (sensitive)\n            port: 1\n        EOT",
        ),
        (
            ("      + key = <<-EOT\n            -----BEGIN PRIVATE KEY-----\n            canary+/=\n"
            "            -----END PRIVATE KEY-----\n        EOT"),
            ("      + key = <<-EOT\n            -----BEGIN PRIVATE KEY-----(sensitive)\n"
            "            -----END PRIVATE KEY-----\n        EOT"),
        ),
    ],
)  # fmt: skip
def test_neither_side_of_a_change_that_terraform_prints_is_shown(lines: str, shown: str) -> None:
    assert redacted(log(lines)).replace(
        "(sensitive)-----END", "(sensitive)\n            -----END"
    ) == log(shown)


HOSTILE = st.lists(
    st.sampled_from(
        [
            "password", "token", "secret_string", "name", "value", "<password>", "x", " ", "=", ": ",
            " = ", " -> ", "[", "{", "(", "jsonencode(", '"', "'", '\\"', "\\\\", "$$", "|", "<<EOT",
            "<<-E\\n", "\\n", "-----BEGIN PRIVATE KEY-----", "-----END", "://a:", "\\u0022", "&quot;",
            " will be destroyed", "# ", "cty.", "is ", "null", "arn:aws:",
        ]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(HOSTILE, st.sampled_from(["quoted", "heredoc", "key"]))
def test_no_value_hides_what_else_will_happen(value: str, where: str) -> None:
    """Whoever may write a text in one resource could have readers agree to what they do not see."""
    line = {
        "quoted": f'      ~ note   = "{value}" -> "x"',
        "heredoc": f"      ~ note   = <<-EOT\n          + {value}\n            more\n        EOT",
        "key": "",
    }[where]
    text = log(line)
    if where == "key":
        text = text.replace("terraform_data.a will", f'terraform_data.a["{value}"] will')
    lines = redacted(text).splitlines()

    assert "  # aws_rds_cluster.aurora will be destroyed" in lines
    assert "      - deletion_protection = false -> null" in lines
    assert "Plan: 0 to add, 1 to change, 1 to destroy." in lines
    assert '        kept   = "seen"' in lines
    assert sum(it.endswith(" will be updated in-place") for it in lines) == 1


@pytest.mark.unfollowed
def test_a_megabyte_that_begins_urls_over_and_over_is_read_once() -> None:
    """Followed from each of its beginnings to the end, it would take an hour."""
    text = "://a:" * 200_000

    assert redacted(text) == text
    assert redacted(f"{text}@db") == "://(sensitive)@db"


@pytest.mark.parametrize(
    "unit",
    [
        "://:", "://a:", "://:@", "://: ", "password", "password=", "password='", "password\\",
        "password \n", "token: ", "token: |\n ", "token=<<A\n", "password[", 'password:["', "a" * 9,
        "-----BEGIN PRIVATE KEY-----", "secret: {", "Bearer ", "bearer a", "--token, ", "\\npass",
        "-----BEGIN PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----a\n-----END ", "<password>",
        "<password ", "\\u003cpassword\\u003e", "secret access ", "password is ", 'password="a" -> ',
        "password: was cty.", "password $$", "password=$a$", "password=(", "password=x(\n ",
        "password='\\''\n", "password:\n ", "value=[", 'name="pw"value=[', 'value="name="pw"',
        'value=[name="pw"', "value=[{", '\\"name\\":\\"pw', "  # a will be destroyed\n",
        "  # a will ", "  # x.password=[ will be\n", "password[a", "sig=", "session: ", "cookie:", "cookie:1", "curl -u ", "curl a", "mysql -p",
        "psql ", "hooks.", "hooks.a/", "eyJ", "eyJaaaaaaaaa.", "-eyJaaaaaaaaa", "xoxb-", "ghp_",
        "pw", "1pw", "pw ", "a.pw", "-key", "security ", " access", "key: ", 'name="pw" ', "\u017f",
        "passwd,", "password is a", "identified by '", "%3Dpassword", ":\\/\\/a:", "&quot;password&quot;=", "password\\\\",
    ],
)  # fmt: skip
@pytest.mark.unfollowed
def test_a_text_eight_times_as_long_takes_about_eight_times_as_long(unit: str) -> None:
    """Were each beginning followed to the end of the text, it would take 64 times as long."""

    def seconds(text: str) -> float:
        """Of this thread alone: other processes take none of them."""
        return min(timeit.repeat(lambda: redacted(text), timer=thread_time, number=1, repeat=4))

    text = unit * (30_000 // len(unit))
    assert seconds(text * 8) < seconds(text) * 32


@pytest.mark.parametrize(("stem", "names"), [*ALWAYS.items(), *MOSTLY.items(), *MEMBERS.items()])
@given(data=st.data())
def test_a_name_is_looked_for_by_letters_that_it_has(
    stem: str, names: str, data: st.DataObject
) -> None:
    assert stem in data.draw(st.from_regex(names, fullmatch=True))


@pytest.mark.parametrize("begins", [*SHAPES, *TOKENS])
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_shape_is_looked_for_by_words_that_it_begins_with(
    begins: str, data: st.DataObject
) -> None:
    shape = {**SHAPES, **TOKENS}[begins]
    text = data.draw(st.from_regex(shape))

    found = Shapes({begins: shape}).found(text)
    assert [it.span() for it in found] == [it.span() for it in shape.finditer(text)]


NAMES = [
    "password", "PASSWORD", "pa\u017f\u017fwd", "pwd", "Pw", "db_pass", "pass", "psk", "Secret", "secret_string",
    "client-secret", "accessTo\N{KELVIN SIGN}en", "tokens", "secret access key", "api key", "ap\u0131_key", "api__key",
    "-api key", "access", "security ", "private", "certificate.pem", "authorization", "credentials", "kennwort", "_wo", "1",
    "otp", "Cookie", "session", "salt", "pat", "encryption_key", "name", "Name", "ParameterKey", "key", "api name", "value", "ParameterValue", "default", "field_value", "x", "é",
]  # fmt: skip
BETWEEN = [
    "=", ":", ": ", " = ", "=>", " := ", "->", "%3D", "\\u003d", ",", ", ", " ", "  ", "\n", "\n  ", "\\n", "\t", ";",
    "&", "?", ".", "_", "-", "--", "/", "+", '"', "'", '\\"', '\\\\"', "\\u0022", "&quot;", "{", "}", "[", "]", "(", ")",
    "<", ">", "</", "&lt;", "\\u003c", "\\u003e", "|\n", "%", "\\", "$$", "''", '": "', '", "', '"}, {"', "\ud800", "漢",
]  # fmt: skip
VALUES = [
    "canary", "canary4711", "Pa55-word", "a" * 24, "null", "true", "(sensitive)", "arn:aws:", "(known after apply)",
    "cty.", "cty.StringVal(", " is ", "was ", "jsonencode(", "<<EOT\n", "<<-E", "EOT", "E'", "$a$", "://", ":\\/\\/",
    "postgres://u:p@db ", "-----BEGIN PRIVATE KEY-----", "-----END", "bearer ", "Basic ", "ghp_", "xoxb-", "eyJ", "hooks.a/",
    "webhook", "curl -u ", "psql -W ", "mysql -p", "identified by '", "sig", ":5432:a:b:", "h:*:a:", "md5", "0123456789abcdef" * 2, "SCRAM-SHA-256$4096:", "2001:db8::", "\u017fig=", "session: ", "set-cookie: a=", "otp",
    "  # a.b will be destroyed\n", "Plan: 1\n", "\nChanges to Outputs:\n", '{"name":"DB_PASSWORD","value":"canary"}',
]  # fmt: skip
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(BETWEEN),
        st.sampled_from(NAMES),
        st.sampled_from(VALUES),
        st.sampled_from(BETWEEN),
        st.one_of(*(st.from_regex(it) for it in (*SHAPES.values(), *TOKENS.values()))),
    ),
    max_size=24,
).map("".join)


def everywhere(words: Words, text: str) -> Iterator[tuple[int, int]]:
    """As if each word stood at each place."""
    return ((at, which) for at in range(len(text)) for which in range(len(words.words)))


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXTS)
def test_words_make_no_difference_to_what_is_found(text: str) -> None:
    """Each pattern tried at each place, and each name taken for a member beside others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "_AT_ONCE", 8)
        found = redacted(text), list(secrets_in(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Words, "stand_in", lambda *_: True)
        patch.setattr(Words, "found", everywhere)
        patch.setattr(named_secrets, "_tells_a_secret", lambda _: True)
        assert (redacted(text), list(secrets_in(text))) == found


@given(st.text(min_size=1, max_size=20).filter(lambda text: text not in "(sensitive)"))
def test_a_password_in_json_is_never_shown_however_deep_the_json(secret: str) -> None:
    secret = f"canary{secret}"
    text = json.dumps({"a": "b", "password": secret, "c": "d"})
    for _ in range(3):
        assert "canary" not in redacted(text)
        text = json.dumps({"inner": text})


@pytest.mark.parametrize(
    "name",
    [
        "masterUserPassword",
        "db_pwd",
        "clientSecret",
        "session-token",
        "SecretAccessKey",
        "PGPASSWORD",
        "DB_PASS",
        "pass",
        "token",
        "secret",
        "signing_key",
        "psk",
        "Authorization",
        "credentials",
        "x-amz-security-token",
        "tunnel1_preshared_key",
        "password_wo",
        "password_1",
        "password2",
        "pw",
        "db.pw",
        "tokens",
        "password_hash",
        "/app/db/password",
        "otp",
        "TOTP",
        "salt",
        "session",
        "sessionId",
        "Cookie",
        "Set-Cookie",
        "encryption_key",
        "decryptionKey",
        "pat",
        "GITHUB_PAT",
    ],
)
def test_names_of_secrets_in_every_way_of_writing(name: str) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "kms_key_id",
        "secret_arn",
        "token_count",
        "key",
        "password_age",
        "secrets_manager_arn",
        "secret_id",
        "password_wo_version",
        "compass",
        "tokens_left",
        "credentials_parameter",
        "secret_string_version",
        "passwordless",
        "kms_key_1",
        "path",
        "session_replication_role",
        "max_session_duration",
        "idle_session_timeout",
        "encryption_key_arn",
        "password_encryption",
        "sha1",
    ],
)
def test_other_names(name: str) -> None:
    assert not names_a_secret(name)
