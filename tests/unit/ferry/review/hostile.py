"""Plans whose texts repeat what patterns look for, reviewed one after the other.

``python -m tests.unit.ferry.review.hostile`` says what it is at before it begins: a pattern that goes
back over what it has passed does not come to the next one in this life.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from ferry.review.report import as_json, as_markdown, as_text
from tests.unit.ferry.review.plans import change, reviewed, update

if TYPE_CHECKING:
    from ferry.review import Review

CHARACTERS: Final = 100_000

REPEATED: Final = (
    "a", "A", "0", " ", "_", "-", ".", "\\", '"', "'", "`", "[", "{", "(", "<", "=", ";", ",", "\n",
    "*", "?", "|", "${", "${a.b}", "a=;", "a=b;", "a: ", "a,", "://", "://:", "://a:", "://a:@",
    "password=", "password: ", "password,", "--password ", 'password="', "password=<<E\n", "token: ",
    "Authorization: basic ", "bearer a", "-----BEGIN PRIVATE KEY-----", "-----BEGIN A",
    "password: |\n", "  \n", '\\"', "\\\\", '{"a":', "[[", "10.0.0.0/8,", "1.", "arn:aws:", "aB",
    "(sensitive-", "module.a.", 'a["b"].', "\u202e", "<script>", "&#x",
)  # fmt: skip
"""What is repeated: what the review's patterns begin with, go on with or end with."""


def review_of(text: str) -> Review:
    """A plan that has a text wherever rules and reports look into one."""
    policy = {"Statement": {"Effect": "Allow", "Principal": text, "Action": text, "Resource": text,
                            "Condition": {"StringLike": {text: text}}}}  # fmt: skip
    rule = {"rule-type": "selection", "rule-id": "1", "rule-name": "1", "rule-action": "include",
            "object-locator": {"schema-name": text, "table-name": text}}  # fmt: skip
    task = {"table_mappings": "{}", "replication_task_settings": "{}", "cdc_start_position": ""}
    return reviewed(
        update("aws_dms_replication_task", task, cdc_start_position=text,
               table_mappings=json.dumps({"rules": [rule]}),
               replication_task_settings=json.dumps({"Logging": {text: text}})),
        update("aws_dms_endpoint", {"extra_connection_attributes": "a=b"},
               extra_connection_attributes=text, server_name=text),
        update("aws_iam_role", {"assume_role_policy": "{}"}, assume_role_policy=json.dumps(policy)),
        update("aws_kms_key", {"policy": "{}"}, policy=text),
        update("aws_cloudwatch_metric_alarm", {"dimensions": {}, "alarm_description": ""},
               dimensions={text: text}, alarm_description=text, alarm_actions=[text]),
        update("aws_cloudwatch_log_group", {"name": "a"}, name=text, tags={text: text}),
        update("aws_rds_cluster_parameter_group", {"parameter": []},
               parameter=[{"name": text, "value": text}]),
        update("aws_rds_cluster", {"engine_version": "15.8"}, engine_version=text,
               master_password=text),
        update("aws_route", {"destination_cidr_block": "10.0.0.0/8"}, destination_cidr_block=text),
        change("aws_vpc_security_group_ingress_rule", "create", None,
               {"cidr_ipv4": text, "security_group_id": text, "ip_protocol": text}),
        change("aws_vpc", "update", {"tags": {}}, {"tags": {"a": text}}, name=text,
               address=f"aws_vpc.it[{json.dumps(text)}]", action_reason=text),
        output_changes={text: {"actions": ["update"], "before": text, "after": "a",
                               "before_sensitive": True}},
        resource_drift=[update("aws_eip", {"public_ip": text}, public_ip="x")],
        configuration={"root_module": {"resources": [
            {"address": "aws_vpc.it", "depends_on": [text],
             "expressions": {"tags": {"references": [text]}}}]}},
    )  # fmt: skip


def main() -> None:
    """Review them all."""
    for repeated in REPEATED:
        print(repr(repeated), flush=True)  # noqa: T201 - the last line says what does not end
        text = repeated * (CHARACTERS // len(repeated))
        found = review_of(text)
        for form in (as_markdown, as_text, as_json):
            form(found)


if __name__ == "__main__":
    main()
