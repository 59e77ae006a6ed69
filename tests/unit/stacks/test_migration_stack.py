"""What of an environment's file reaches which resource."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from settings.reading.loading import load_environments
from tests.unit.stacks.conftest import ENVIRONMENTS, synthesized

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.template import Template

DEV = (ENVIRONMENTS / "dev.toml").read_text()


@pytest.fixture
def dev_with(tmp_path: Path) -> Callable[..., Template]:
    """Synthesizes dev.toml with some of its text replaced and some added at the end."""

    def synthesize(*replacements: tuple[str, str], added: str = "") -> Template:
        text = DEV
        for old, new in replacements:
            assert old in text, f"dev.toml no longer says {old!r}"
            text = text.replace(old, new)
        (tmp_path / "dev.toml").write_text(f"{text}\n{added}")
        (environment,) = load_environments(tmp_path)
        return synthesized(environment)

    return synthesize


def policy(body: dict[str, Any]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(body["policy"])
    return loaded


def test_the_state_is_the_environments_own(templates: dict[str, Template]) -> None:
    backends = {
        name: template.document["terraform"]["backend"]["s3"]
        for name, template in templates.items()
    }

    assert {name: backend["key"] for name, backend in backends.items()} == {
        "dev": "environments/dev/terraform.tfstate",
        "staging": "environments/staging/terraform.tfstate",
        "prod": "environments/prod/terraform.tfstate",
    }
    assert all(backend["encrypt"] and backend["use_lockfile"] for backend in backends.values())


def test_every_resource_is_tagged_with_project_environment_and_repository(
    templates: dict[str, Template],
) -> None:
    (provider,) = templates["prod"].document["provider"]["aws"]

    assert provider["default_tags"] == [
        {
            "tags": {
                "project": "aurora-ferry",
                "environment": "prod",
                "repository": "github.com/example/aurora-ferry",
                "team": "payments",
                "cost-centre": "4711",
            }
        }
    ]


def test_the_source_secret_may_be_the_users_own(dev_with: Callable[..., Template]) -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/postgres-AbCdEf"
    key = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

    template = dev_with(
        (
            'ssl_mode = "require"',
            f'ssl_mode = "require"\nsecret_arn = "{arn}"\nsecret_kms_key_arn = "{key}"',
        )
    )

    listed = template.only("aws_secretsmanager_secrets", kind="data")
    assert arn in listed["lifecycle"]["postcondition"][0]["condition"]
    role_policies = template.resources("aws_iam_role_policy").values()
    assert any(key in body["policy"] for body in role_policies)


def test_a_route_through_a_virtual_private_gateway(dev_with: Callable[..., Template]) -> None:
    template = dev_with(
        (
            "[source]",
            '[network.route_to_source]\nvirtual_private_gateway_id = "vgw-00000abc"\n[source]',
        )
    )

    assert template.only("aws_vpn_gateway_attachment")["vpn_gateway_id"] == "vgw-00000abc"
    assert len(template.resources("aws_vpn_gateway_route_propagation")) == 4


@pytest.mark.parametrize(
    ("peering", "owner", "region"),
    [
        ('{ vpc_id = "vpc-00000abc" }', None, None),
        (
            '{ vpc_id = "vpc-00000abc", account_id = "999988887777", region = "eu-west-1" }',
            "999988887777",
            "eu-west-1",
        ),
    ],
)
def test_a_route_through_a_peering_connection(
    dev_with: Callable[..., Template], peering: str, owner: str | None, region: str | None
) -> None:
    template = dev_with(("[source]", f"[network.route_to_source]\npeering = {peering}\n[source]"))

    connection = template.only("aws_vpc_peering_connection")
    assert connection["peer_vpc_id"] == "vpc-00000abc"
    assert connection.get("peer_owner_id") == owner
    assert connection.get("peer_region") == region


EXISTING_VPC = """[network.existing_vpc]
vpc_id = "vpc-0123456789abcdef0"
aurora_subnet_ids = ["subnet-0000000a", "subnet-0000000b"]
dms_subnet_ids = ["subnet-0000000c", "subnet-0000000d"]
"""
NEW_VPC = """[network.vpc]
cidr = "10.20.0.0/20"
flow_log_retention_days = 7
# Here the network team attaches the VPC to its VPN. Otherwise: [network.route_to_source], or nat
# for a source on the internet.
route_made_elsewhere = true
"""


def test_an_existing_vpc_is_left_as_it_is(dev_with: Callable[..., Template]) -> None:
    template = dev_with((NEW_VPC, EXISTING_VPC))

    assert template.only("aws_vpc", kind="data")["id"] == "vpc-0123456789abcdef0"
    for untouched in ("aws_vpc", "aws_default_security_group", "aws_flow_log", "aws_route"):
        assert template.resources(untouched) == {}
    endpoint = template.only("aws_vpc_endpoint")
    assert endpoint["private_dns_enabled"] is False, "others in that VPC keep their own way"
    for body in template.resources("aws_dms_endpoint").values():
        assert "secretsManagerEndpointOverride=${" in body["extra_connection_attributes"]


@pytest.mark.parametrize(
    ("access", "rule"),
    [
        (
            'secretsmanager_security_group_id = "sg-00000abc"',
            {"referenced_security_group_id": "sg-00000abc", "from_port": 443},
        ),
        ('secretsmanager_cidr = "10.9.0.0/24"', {"cidr_ipv4": "10.9.0.0/24", "from_port": 443}),
    ],
)
def test_an_existing_vpc_may_have_its_own_endpoint(
    dev_with: Callable[..., Template], access: str, rule: dict[str, Any]
) -> None:
    template = dev_with((NEW_VPC, f"{EXISTING_VPC}secretsmanager_endpoint = false\n{access}\n"))

    assert template.resources("aws_vpc_endpoint") == {}
    template.has("aws_vpc_security_group_egress_rule", **rule)


def test_nat_is_one_or_one_for_each_zone(dev_with: Callable[..., Template]) -> None:
    def gateways(nat: str) -> int:
        template = dev_with(("[network.vpc]", f'[network.vpc]\nnat = "{nat}"'))
        return len(template.resources("aws_nat_gateway"))

    assert [gateways(nat) for nat in ("none", "single", "one-per-zone")] == [0, 1, 3]


def test_parameters_reach_their_groups(dev_with: Callable[..., Template]) -> None:
    template = dev_with(
        added="""
[aurora.parameters]
work_mem = 65536
"some_extension.level" = { value = "high", apply_method = "pending-reboot" }
"""
    )

    parameters = {
        parameter["name"]: (parameter["value"], parameter["apply_method"])
        for parameter in template.only("aws_rds_cluster_parameter_group")["parameter"]
    }
    assert parameters["work_mem"] == ("65536", "immediate")
    assert parameters["some_extension.level"] == ("high", "pending-reboot")
    assert parameters["log_statement"] == ("all", "immediate")


TASK = """[[dms.tasks]]
name = "all"
tables = [{ schema = "public" }]
"""


def only_task(template: Template) -> tuple[dict[str, Any], dict[str, Any]]:
    body = template.only("aws_dms_replication_task")
    return json.loads(body["replication_task_settings"]), json.loads(body["table_mappings"])


def test_a_tasks_settings_reach_dms(dev_with: Callable[..., Template]) -> None:
    settings, _ = only_task(
        dev_with(
            (
                TASK,
                f"""{TASK}lob_max_size_kb = 64
full_load_sub_tasks = 16
commit_rate = 5000
batch_apply = true
control_schema = "dms"
after_full_load = "stop-before-cached-changes"
target_table_preparation_mode = "TRUNCATE_BEFORE_LOAD"
validation = {{ enabled = false, skip_lob_columns = true }}
log_severities = {{ SOURCE_CAPTURE = "LOGGER_SEVERITY_DEBUG" }}
""",
            )
        )
    )

    assert settings["TargetMetadata"]["LobMaxSize"] == 64
    assert settings["TargetMetadata"]["BatchApplyEnabled"] is True
    full_load = settings["FullLoadSettings"]
    assert full_load["MaxFullLoadSubTasks"] == 16
    assert full_load["CommitRate"] == 5000
    assert full_load["StopTaskCachedChangesNotApplied"] is True
    assert full_load["TargetTablePrepMode"] == "TRUNCATE_BEFORE_LOAD"
    assert settings["ControlTablesSettings"]["ControlSchema"] == "dms"
    assert settings["ValidationSettings"]["EnableValidation"] is False
    assert settings["ValidationSettings"]["SkipLobColumns"] is True
    assert {"Id": "SOURCE_CAPTURE", "Severity": "LOGGER_SEVERITY_DEBUG"} in settings["Logging"][
        "LogComponents"
    ]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("limited", {"LimitedSizeLobMode": True, "FullLobMode": False, "InlineLobMaxSize": 0}),
        ("full", {"LimitedSizeLobMode": False, "FullLobMode": True, "InlineLobMaxSize": 0}),
        ("inline", {"LimitedSizeLobMode": False, "FullLobMode": True, "InlineLobMaxSize": 32}),
    ],
)
def test_the_lob_modes(
    dev_with: Callable[..., Template], mode: str, expected: dict[str, object]
) -> None:
    settings, _ = only_task(dev_with((TASK, f'{TASK}lob_mode = "{mode}"\n')))

    assert settings["TargetMetadata"].items() >= expected.items()


def test_table_mappings_reach_dms(dev_with: Callable[..., Template]) -> None:
    _, mappings = only_task(
        dev_with(
            (
                TASK,
                """[[dms.tasks]]
name = "all"
lob_max_size_kb = 48
tables = [
  { schema = "public", load_order = 2 },
  { schema = "public", table = "audit_%", action = "exclude" },
  { schema = "public", table = "orders", lob = { mode = "limited" } },
  { schema = "public", table = "files", lob = { mode = "unlimited" } },
  { schema = "public", table = "events", parallel_load = { columns = ["id"], boundaries = [["9"]] } },
]
transformations = [
  { target = "column", action = "remove-column", schema = "public", table = "t", column = "c" },
]
""",
            )
        )
    )

    rules = [
        {key: value for key, value in rule.items() if key not in {"rule-id", "rule-name"}}
        for rule in mappings["rules"]
    ]
    assert {
        "rule-type": "selection",
        "rule-action": "exclude",
        "object-locator": {"schema-name": "public", "table-name": "audit_%"},
    } in rules
    assert rules[0]["object-locator"] == {"schema-name": "ferry", "table-name": "fence_all"}
    assert rules[1]["load-order"] == "2"
    by_table = {
        rule["object-locator"]["table-name"]: rule
        for rule in rules
        if rule["rule-type"] == "table-settings"
    }
    assert by_table["orders"]["lob-settings"] == {"mode": "limited", "bulk-max-size": "48"}
    assert by_table["files"]["lob-settings"] == {"mode": "unlimited", "bulk-max-size": "0"}
    assert by_table["events"]["parallel-load"]["boundaries"] == [["9"]]
    assert [rule for rule in rules if rule["rule-type"] == "transformation"]


def test_the_source_settings_reach_dms(dev_with: Callable[..., Template]) -> None:
    template = dev_with(
        (
            'ssl_mode = "require"',
            """ssl_mode = "require"
plugin_name = "pglogical"
slot_name = "ferry"
heartbeat = { frequency_minutes = 9, schema = "dms" }
capture_ddls = false""",
        )
    )

    attributes = template.where("aws_dms_endpoint", endpoint_type="source")[
        "extra_connection_attributes"
    ]
    for attribute in (
        "pluginName=pglogical",
        "slotName=ferry",
        "heartbeatFrequency=9",
        "heartbeatSchema=dms",
        "captureDdls=false",
    ):
        assert attribute in attributes.split(";")


def test_only_a_protected_environment_refuses_its_destruction(
    templates: dict[str, Template],
) -> None:
    def protected(name: str) -> set[str]:
        return {
            type_
            for type_, bodies in templates[name].document["resource"].items()
            for body in bodies.values()
            if body.get("lifecycle", {}).get("prevent_destroy")
        }

    assert protected("dev") == set()
    assert protected("prod") == {"aws_rds_cluster", "aws_kms_key", "aws_secretsmanager_secret"}


def test_the_output_of_a_task_is_the_first_tasks(templates: dict[str, Template]) -> None:
    outputs = templates["prod"].document["output"]

    assert outputs["dms_task_arn"]["value"] == outputs["dms_task_arns"]["value"]["orders"]
    assert list(outputs["dms_task_arns"]["value"]) == ["orders", "rest"]


def test_serverless_instances_scale_as_the_file_says(dev_with: Callable[..., Template]) -> None:
    template = dev_with(
        ('instance_class = "db.t4g.medium"', 'instance_class = "db.serverless"'),
        added="[aurora.serverless]\nmin_acu = 0.5\nmax_acu = 8\n",
    )

    template.has(
        "aws_rds_cluster",
        serverlessv2_scaling_configuration={"max_capacity": 8, "min_capacity": 0.5},
    )
    instances = template.resources("aws_rds_cluster_instance").values()
    assert [it["instance_class"] for it in instances] == ["db.serverless"] * 3
