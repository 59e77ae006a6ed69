from typing import Any

from cdktf import TerraformStack

from constructs_lib.aurora.parameter_groups import ParameterGroups
from tests.unit.constructs_lib.examples import NAMES, Parameter
from tests.unit.constructs_lib.network_examples import resolved
from tests.unit.template import Template

CLUSTER, INSTANCES = "aws_rds_cluster_parameter_group", "aws_db_parameter_group"


def groups(stack: TerraformStack, **different: Any) -> ParameterGroups:  # noqa: ANN401 (any argument)
    arguments: dict[str, Any] = {
        "names": NAMES,
        "engine_version": "15.8",
        "log_statement": "all",
        "log_min_duration_statement_ms": 1000,
        "parameters": {},
        "instance_parameters": {},
        **different,
    }
    return ParameterGroups(stack, "parameters", **arguments)


def applied(stack: TerraformStack, type_: str) -> dict[str, tuple[str, str]]:
    """Each parameter's value and method."""
    return {
        parameter["name"]: (parameter["value"], parameter["apply_method"])
        for parameter in Template.of(stack).only(type_).get("parameter", [])
    }


def test_the_cluster_has_what_the_migration_needs(stack: TerraformStack) -> None:
    groups(stack)

    assert applied(stack, CLUSTER) == {
        "log_min_duration_statement": ("1000", "immediate"),
        "log_statement": ("all", "immediate"),
        "rds.force_ssl": ("1", "immediate"),
        "rds.logical_replication": ("1", "pending-reboot"),
        "shared_preload_libraries": ("pg_stat_statements", "pending-reboot"),
    }


def test_what_is_logged_is_set(stack: TerraformStack) -> None:
    groups(stack, log_statement="ddl", log_min_duration_statement_ms=-1)

    assert applied(stack, CLUSTER)["log_statement"] == ("ddl", "immediate")
    assert applied(stack, CLUSTER)["log_min_duration_statement"] == ("-1", "immediate")


def test_further_parameters_join_them(stack: TerraformStack) -> None:
    groups(stack, parameters={"work_mem": Parameter("65536")})

    assert applied(stack, CLUSTER)["work_mem"] == ("65536", "immediate")
    assert len(applied(stack, CLUSTER)) == 6


def test_what_is_given_comes_before_the_projects_own(stack: TerraformStack) -> None:
    libraries = "pg_stat_statements,pg_cron"
    groups(stack, parameters={"shared_preload_libraries": Parameter(libraries)})

    assert applied(stack, CLUSTER)["shared_preload_libraries"] == (libraries, "pending-reboot")


def test_the_instances_have_a_group_of_their_own(stack: TerraformStack) -> None:
    groups(stack, instance_parameters={"brand_new": Parameter("on", "pending-reboot")})

    assert applied(stack, INSTANCES) == {"brand_new": ("on", "pending-reboot")}


def test_the_instances_group_is_there_when_it_is_empty(stack: TerraformStack) -> None:
    groups(stack)

    assert applied(stack, INSTANCES) == {}


def test_another_family_is_made_beside_the_old_one(stack: TerraformStack) -> None:
    groups(stack, engine_version="16.4")

    template = Template.of(stack)
    for type_ in (CLUSTER, INSTANCES):
        template.has(
            type_,
            name="aurora-ferry-dev-aurora-postgresql16",
            family="aurora-postgresql16",
            tags={"Name": "aurora-ferry-dev-aurora-postgresql16"},
            lifecycle={"create_before_destroy": True},
        )


def test_the_groups_say_what_they_are_for(stack: TerraformStack) -> None:
    groups(stack)

    template = Template.of(stack)
    template.has(CLUSTER, description="Parameters of the Aurora cluster aurora-ferry-dev")
    template.has(
        INSTANCES, description="Parameters of the instances of the Aurora cluster aurora-ferry-dev"
    )


def test_their_names_wait_for_them(stack: TerraformStack) -> None:
    made = groups(stack)

    assert resolved(made.cluster_group_name, stack).startswith(f"${{{CLUSTER}.")
    assert resolved(made.instance_group_name, stack).startswith(f"${{{INSTANCES}.")
